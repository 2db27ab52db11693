"""Discord's rules for commands, and for answers to interactions, that its OpenAPI description does not express.

Each check returns a sentence for each broken rule. Source: Discord's developer documentation.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator

from tests.wire.message_rules import check_length, check_message_payload
from tests.wire.payloads import EPHEMERAL, Json


def check_callback(payload: Json) -> list[str]:
    """What is wrong with the initial answer to an interaction."""
    kind, data = payload.get("type"), payload.get("data")
    if kind in (4, 7, 8, 9) and not data:
        return [f"data: missing, and type {kind} needs it"]
    if kind in (4, 7):
        # An update may leave out what it does not change, so only a new message is held to be one.
        return [p for p in check_message_payload(data or {}) if kind == 4 or "empty" not in p]
    if kind == 5 and (data or {}).get("flags", 0) & ~EPHEMERAL:
        return ["data.flags: a deferral takes EPHEMERAL only"]
    if kind == 8:
        return list(_choices("data.choices", (data or {}).get("choices") or []))
    return list(_modal(data or {})) if kind == 9 else []


def _choices(place: str, choices: list[Json]) -> Iterator[str]:
    if len(choices) > 25:
        yield f"{place}: {len(choices)}, at most 25"
    for choice in choices:
        yield from check_length(f"{place}.name", choice.get("name") or "", 1, 100)
        if isinstance(value := choice.get("value"), str):
            yield from check_length(f"{place}.value", value, 1, 100)


def _modal(data: Json) -> Iterator[str]:
    yield from check_length("data.custom_id", data.get("custom_id") or "", 1, 100)
    yield from check_length("data.title", data.get("title") or "", 1, 45)
    rows = data.get("components") or []
    if not 1 <= len(rows) <= 5:
        yield f"data.components: {len(rows)} in a modal, not 1 to 5"
    for row in rows:
        yield from check_length("data.components.label", row.get("label") or "", 1 if row.get("type") == 18 else 0, 45)
        for field in [row["component"]] if row.get("component") else row.get("components") or []:
            yield from check_length("data.components.custom_id", field.get("custom_id") or "", 1, 100)
            yield from check_length("data.components.placeholder", field.get("placeholder") or "", 0, 100)
            yield from check_length("data.components.value", field.get("value") or "", 0, 4000)


def check_commands(commands: list[Json]) -> list[str]:
    """What is wrong with a bulk overwrite of the commands of one scope."""
    return list(_commands(commands))


def _commands(commands: list[Json]) -> Iterator[str]:
    counts = Counter(command.get("type") or 1 for command in commands)
    for kind, most in ((1, 100), (2, 15), (3, 15)):
        if counts[kind] > most:
            yield f"commands: {counts[kind]} of type {kind}, at most {most}"
    names = Counter((command.get("type") or 1, command.get("name")) for command in commands)
    yield from (f"commands: {name} twice" for (_, name), times in names.items() if times > 1)
    for command in commands:
        place = f"/{command.get('name')}"
        if (command.get("type") or 1) == 1:
            yield from _described(place, command)
            yield from _options(place, command.get("options") or [])
            if (size := _size(command)) > 8000:
                yield f"{place}: {size} characters of names, descriptions and values, at most 8000"
        else:
            yield from check_length(f"{place}.name", command.get("name") or "", 1, 32)
            if command.get("description"):
                yield f"{place}: a command of an Apps menu has no description"


def _described(place: str, entry: Json) -> Iterator[str]:
    name = entry.get("name") or ""
    if not (1 <= len(name) <= 32 and name == name.lower() and all(map(_may_name, name))):
        yield f"{place}.name: {name!r} does not match Discord's pattern"
    yield from check_length(f"{place}.description", entry.get("description") or "", 1, 100)


def _may_name(letter: str) -> bool:
    scripts = ("DEVANAGARI", "THAI")
    return (
        letter in "-_'" or unicodedata.category(letter)[0] in "LN" or unicodedata.name(letter, "").startswith(scripts)
    )


def _options(place: str, options: list[Json]) -> Iterator[str]:
    if len(options) > 25:
        yield f"{place}.options: {len(options)}, at most 25"
    if len({option.get("name") for option in options}) < len(options):
        yield f"{place}.options: a name twice"
    required = [bool(option.get("required")) for option in options]
    if required != sorted(required, reverse=True):
        yield f"{place}.options: a required one after an optional one"
    for option in options:
        here = f"{place} {option.get('name')}"
        yield from _described(here, option)
        if option.get("autocomplete") and option.get("choices"):
            yield f"{here}: choices and autocomplete exclude each other"
        yield from _choices(f"{here}.choices", option.get("choices") or [])
        yield from _options(here, option.get("options") or [])


def _size(entry: Json) -> int:
    own = len(entry.get("name") or "") + len(entry.get("description") or "")
    choices = sum(len(c.get("name") or "") + len(str(c.get("value") or "")) for c in entry.get("choices") or [])
    return own + choices + sum(_size(option) for option in entry.get("options") or [])
