"""A Discord message as plain text, for `lectern try`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import discord

from store.text.timestamps import day_in_words, moment_in_words

RULE = "─" * 60
Component = Mapping[str, Any]

_MARKDOWN = re.compile(
    r"""
      \\(?P<escaped>[^A-Za-z0-9\s])
    | \[(?P<label>(?:\\.|[^\]\\])+)\]\((?P<url><?https?://[^\s)]+>?)\)
    | `+(?P<code>[^`]+)`+
    | <t:(?P<time>-?\d+)(?::(?P<style>[tTdDfFR]))?>
    | <a?:(?P<emoji>\w+):\d+>
    | </(?P<command>[^:>]+):\d+>
    | <(?P<kind>\#|@&|@!?)(?P<id>\d+)>
    | (?P<mark>\*\*|\*|__|~~|\|\||(?<!\w)_(?=\S)|(?<=\S)_(?!\w))
    """,
    re.VERBOSE,
)
_CODE_BLOCK = re.compile(r"(^```\w*\n.*?^```$)", re.DOTALL | re.MULTILINE)
_LINE_MARK = re.compile(r"^(?:-#|#{1,3}|>>>|>)\s+")


def plain(text: str, names: Mapping[int, str]) -> str:
    """Discord's markdown as plain text: without marks, links with their address, timestamps as dates in UTC.

    A block of code stays as it is, to be copied.
    `names` are what the ids of channels, roles and people are shown as.
    """

    def shown(match: re.Match[str]) -> str:
        part = match.groupdict()
        if part["url"]:
            return f"{_MARKDOWN.sub(shown, part['label'])} <{part['url'].strip('<>')}>"
        if part["time"]:
            return _date(int(part["time"]), part["style"] or "f")
        if part["id"]:
            return names.get(int(part["id"]), "somebody" if "@" in part["kind"] else "somewhere")
        if part["command"]:
            return f"/{part['command']}"
        if part["emoji"]:
            return f":{part['emoji']}:"
        return part["escaped"] or part["code"] or ""

    def prose(written: str) -> str:
        return "\n".join(_MARKDOWN.sub(shown, _LINE_MARK.sub("", line)) for line in written.split("\n"))

    parts = _CODE_BLOCK.split(text.replace("\N{WORD JOINER}", ""))
    return "".join(part if part.startswith("```") else prose(part) for part in parts)


def message_lines(message: Mapping[str, Any], names: Mapping[int, str]) -> Iterator[str]:
    """The lines of a message in the form that Discord's API gives it."""
    if message.get("content"):
        yield plain(message["content"], names)
    yield from _stacked(message.get("components", ()), names)
    for attachment in message.get("attachments", ()):
        yield f"(file {attachment['filename']}, {attachment['size']:,} bytes)"


def modal_lines(modal: Mapping[str, Any], names: Mapping[int, str]) -> Iterator[str]:
    """The lines of a form that a button opens."""
    yield f"(form) {modal['title']}"
    yield from _stacked(modal["components"], names)


def walk(components: Sequence[Component]) -> Iterator[Component]:
    """Every component, also those inside others, in the order in which they are read."""
    for component in components:
        yield component
        yield from walk(component.get("components") or ())
        yield from walk([part for part in (component.get("accessory"), component.get("component")) if part])


def label(component: Component) -> str:
    """What is written on a button; its emoji where it has no label."""
    emoji = component.get("emoji") or {}
    return component.get("label") or emoji.get("name") or ""


def _stacked(components: Sequence[Component], names: Mapping[int, str]) -> Iterator[str]:
    for component in components:
        kind = discord.ComponentType(component["type"]) if component["type"] in _KNOWN else None
        yield from _SHOWN.get(kind, _unknown)(component, names)


def _text(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    yield plain(component["content"], names)


def _container(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    yield RULE
    yield from _stacked(component["components"], names)
    yield RULE


def _section(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    *texts, last = [plain(text["content"], names) for text in component["components"]]
    yield from texts
    yield f"{last}  {' '.join(_stacked([component['accessory']], names))}"


def _row(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    yield "  ".join(_stacked(component["components"], names))


def _button(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    address = f" <{component['url']}>" if component.get("url") else ""
    off = " (off)" if component.get("disabled") else ""
    yield f"[{label(component)}]{address}{off}"


def _select(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    options = " | ".join(option["label"] for option in component.get("options") or ())
    yield f"[{component.get('placeholder') or 'Choose'}: {options or '…'}]"


def _gallery(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    for item in component["items"]:
        yield f"(picture: {item.get('description') or 'without a description'})"


def _separator(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    if component.get("divider", True):
        yield ""


def _labelled(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    yield f"{component['label']}: {' '.join(_stacked([component['component']], names))}"


def _input(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    yield f"[{component.get('label') or component.get('placeholder') or 'text'}]"


def _unknown(component: Component, names: Mapping[int, str]) -> Iterator[str]:
    yield f"(component of type {component['type']})"


_KNOWN = {kind.value for kind in discord.ComponentType}
_SHOWN: dict[discord.ComponentType | None, Callable[[Component, Mapping[int, str]], Iterator[str]]] = {
    discord.ComponentType.text_display: _text,
    discord.ComponentType.container: _container,
    discord.ComponentType.section: _section,
    discord.ComponentType.action_row: _row,
    discord.ComponentType.button: _button,
    discord.ComponentType.select: _select,
    discord.ComponentType.user_select: _select,
    discord.ComponentType.role_select: _select,
    discord.ComponentType.channel_select: _select,
    discord.ComponentType.mentionable_select: _select,
    discord.ComponentType.media_gallery: _gallery,
    discord.ComponentType.separator: _separator,
    discord.ComponentType.label: _labelled,
    discord.ComponentType.text_input: _input,
}


def _date(timestamp: int, style: str) -> str:
    try:
        moment = datetime.fromtimestamp(timestamp, UTC)
    except (OverflowError, ValueError, OSError):
        return str(timestamp)
    match style:
        case "t" | "T":
            return f"{moment:%H:%M} UTC"
        case "d" | "D":
            return day_in_words(moment)
    return moment_in_words(moment)
