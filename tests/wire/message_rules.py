"""Discord's rules for messages that its OpenAPI description does not express.

Each check returns a sentence for each broken rule. Sources: Discord's developer documentation; the limit of 4,000
characters of text in a layout is from discord.py.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator
from datetime import datetime

from tests.wire import polls
from tests.wire.payloads import EPHEMERAL, V2, Json

ROW, BUTTON, SELECT, SECTION, TEXT, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER = 1, 2, 3, 9, 10, 11, 12, 13, 14, 17
SELECTS = {3, 5, 6, 7, 8}
LINK, PREMIUM = 5, 6

_MESSAGE = {
    *("content", "embeds", "components", "flags", "attachments", "poll", "shared_client_theme", "sticker_ids"),
    *("allowed_mentions", "message_reference", "nonce", "enforce_nonce", "tts"),
    *("username", "avatar_url", "thread_name", "applied_tags"),
}
_SELECT = {
    *("custom_id", "placeholder", "min_values", "max_values", "disabled", "required"),
    *("options", "default_values", "channel_types"),
}
_SHARED = {"type", "id"}
_FIELDS = {
    ROW: {"components"},
    BUTTON: {"custom_id", "style", "label", "disabled", "url", "sku_id", "emoji"},
    **dict.fromkeys(SELECTS, _SELECT),
    SECTION: {"components", "accessory"},
    TEXT: {"content"},
    THUMBNAIL: {"media", "description", "spoiler"},
    GALLERY: {"items"},
    FILE: {"file", "spoiler"},
    SEPARATOR: {"divider", "spacing"},
    CONTAINER: {"components", "accent_color", "spoiler"},
}
_INSIDE = {
    None: {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR, CONTAINER},
    CONTAINER: {ROW, SECTION, TEXT, GALLERY, FILE, SEPARATOR},
    SECTION: {TEXT},
    ROW: {BUTTON, *SELECTS},
}


def check_message_payload(payload: Json, *, edits: Json | None = None) -> list[str]:
    """What is wrong with a body that makes a message, or that changes the message `edits`."""
    return list(_message(payload, edits))


def _message(payload: Json, edits: Json | None) -> Iterator[str]:
    yield from _unknown("message", payload, _MESSAGE)
    if edits is not None:
        payload = {key: edits.get(key) for key in ("content", "embeds", "components", "attachments")} | payload
    content, embeds = payload.get("content") or "", payload.get("embeds") or []
    components, flags = payload.get("components") or [], payload.get("flags") or 0
    is_v2 = bool((flags | (edits or {}).get("flags", 0)) & V2)
    if not any((content.strip(), embeds, components, *map(payload.get, _OTHER_CONTENT))):
        yield "message: it is empty (50006)"
    yield from check_length("content", content, 0, 2000)
    if isinstance(nonce := payload.get("nonce"), str):
        yield from check_length("nonce", nonce, 0, 25)
    if flags & ~(1 << 2 | EPHEMERAL | 1 << 12 | 1 << 13 | V2):
        yield f"flags: {flags} has bits that cannot be set"
    yield from _embeds(embeds)
    if is_v2:
        for key in ("content", "embeds", "sticker_ids", "poll"):
            if payload.get(key):
                yield f"{key}: not allowed beside components of version 2"
    elif len(components) > 5:
        yield f"components: {len(components)} rows, at most 5"
    yield from polls.check(payload.get("poll"))
    yield from _components(components, is_v2)
    yield from _pictures(
        components, {f"attachment://{one.get('filename')}" for one in payload.get("attachments") or []}
    )


def _pictures(components: list[Json], files: set[str]) -> Iterator[str]:
    """What is wrong with the items of galleries; files that are sent with the message are named by their URL."""
    for component in components:
        yield from _pictures(component.get("components") or [], files)
        for item in component.get("items") or []:
            url = (item.get("media") or {}).get("url") or ""
            if url.startswith("attachment:") and url not in files:
                yield f"gallery: {url} is not sent with the message"
            elif not url.startswith("attachment:"):
                yield from _url("gallery", url)
            yield from check_length("gallery.description", item.get("description") or "", 0, 1024)


_OTHER_CONTENT = ("attachments", "sticker_ids", "poll", "message_reference", "shared_client_theme")


def _unknown(place: str, given: Json, known: set[str]) -> Iterator[str]:
    for key in given.keys() - known:
        yield f"{place}: unknown field {key}"


def check_length(place: str, text: str, least: int, most: int) -> Iterator[str]:
    """Whether a text has `least` to `most` characters."""
    if not least <= len(text) <= most:
        yield f"{place}: {len(text)} characters, not {least} to {most}"


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_WEB = re.compile(rf"https?://(?:{_LABEL}\.)+{_LABEL}(?::(\d{{1,5}}))?(?:[/?#][!-~]*)?", re.ASCII)
"""As strict as any known check of Discord's ("Not a well formed URL"): the host has labels, the port is a number."""


def _url(place: str, url: str, most: int = 2048, schemes: Collection[str] = ()) -> Iterator[str]:
    web = _WEB.fullmatch(url)
    other = any(re.fullmatch(rf"{scheme}://[!-~]+", url) for scheme in schemes)
    if len(url) > most or not (other or (web and 0 < int(web[1] or 1) < 65536)):
        yield f"{place}: not a URL of at most {most} characters"


def _embeds(embeds: list[Json]) -> Iterator[str]:
    total = 0
    for number, embed in enumerate(embeds):
        place = f"embeds[{number}]"
        footer, author = embed.get("footer") or {}, embed.get("author") or {}
        parts = [
            ("title", embed.get("title"), 256),
            ("description", embed.get("description"), 4096),
            ("footer.text", footer.get("text"), 2048),
            ("author.name", author.get("name"), 256),
        ]
        fields = embed.get("fields") or []
        if len(fields) > 25:
            yield f"{place}.fields: {len(fields)}, at most 25"
        for field in fields:
            for key, most in (("name", 256), ("value", 1024)):
                yield from check_length(f"{place}.fields.{key}", (field.get(key) or "").strip(), 1, most)
                total += len((field.get(key) or "").strip())
        for key, text, most in parts:
            yield from check_length(f"{place}.{key}", (text or "").strip(), 0, most)
            total += len((text or "").strip())
        media = [(key, (embed.get(key) or {}).get("url")) for key in ("image", "thumbnail", "author")]
        icons = [("footer.icon_url", footer.get("icon_url")), ("author.icon_url", author.get("icon_url"))]
        for key, url in [("url", embed.get("url")), *media, *icons]:
            if url:
                yield from _url(f"{place}.{key}", url, schemes=() if key == "url" else ("attachment",))
        if stamp := embed.get("timestamp"):
            try:
                datetime.fromisoformat(stamp)
            except ValueError:
                yield f"{place}.timestamp: {stamp!r} is no ISO 8601 time"
    if total > 6000:
        yield f"embeds: {total} characters in all, at most 6000"


def _components(components: list[Json], is_v2: bool) -> Iterator[str]:
    everything: list[Json] = []
    yield from _walk("components", None, components, is_v2, everything)
    ids = Counter(c["custom_id"] for c in everything if c.get("custom_id") is not None)
    for custom_id, times in ids.items():
        if times > 1:
            yield f"components: custom_id {custom_id!r} {times} times"
    if is_v2:
        if len(everything) > 40:
            yield f"components: {len(everything)} counted nested, at most 40"
        if (text := sum(len(c.get("content") or "") for c in everything if c["type"] == TEXT)) > 4000:
            yield f"components: {text} characters of text in all, at most 4000"


def _walk(place: str, parent: int | None, components: list[Json], is_v2: bool, seen: list[Json]) -> Iterator[str]:
    for number, component in enumerate(components):
        here, kind = f"{place}[{number}]", component.get("type")
        if kind not in _FIELDS:
            yield f"{here}: unknown type {kind}"
            continue
        seen.append(component)
        if kind not in _INSIDE.get(parent, set()):
            yield f"{here}: type {kind} is not allowed here"
        if not is_v2 and kind not in {ROW, BUTTON, *SELECTS}:
            yield f"{here}: type {kind} needs the flag IS_COMPONENTS_V2"
        yield from _component(here, component)
        yield from _walk(f"{here}.components", kind, component.get("components") or [], is_v2, seen)
        if accessory := component.get("accessory"):
            seen.append(accessory)
            if accessory.get("type") not in {BUTTON, THUMBNAIL}:
                yield f"{here}.accessory: type {accessory.get('type')} is not allowed here"
            else:
                yield from _component(f"{here}.accessory", accessory)


def _component(place: str, component: Json) -> Iterator[str]:
    kind, children = component["type"], component.get("components") or []
    yield from _unknown(place, component, _FIELDS[kind] | _SHARED)
    if kind == BUTTON:
        yield from _button(place, component)
    elif kind in SELECTS:
        yield from _select(place, component)
    elif kind == TEXT:
        yield from check_length(f"{place}.content", component.get("content") or "", 1, 4000)
    elif kind == ROW:
        kinds = [child.get("type") for child in children]
        if not (1 <= len(kinds) <= 5 and set(kinds) == {BUTTON}) and not (len(kinds) == 1 and kinds[0] in SELECTS):
            yield f"{place}: a row is 1 to 5 buttons or one select, not {kinds}"
    elif kind == SECTION:
        if not 1 <= len(children) <= 3:
            yield f"{place}: a section has 1 to 3 texts, not {len(children)}"
        if not component.get("accessory"):
            yield f"{place}: a section needs an accessory"
    elif kind == GALLERY and not 1 <= len(component.get("items") or []) <= 10:
        yield f"{place}: a gallery has 1 to 10 items"
    elif kind == CONTAINER and not children:
        yield f"{place}: a container needs components"


def _button(place: str, button: Json) -> Iterator[str]:
    named = {key for key in ("custom_id", "url", "sku_id") if button.get(key) is not None}
    style = button.get("style")
    wanted = {LINK: {"url"}, PREMIUM: {"sku_id"}}.get(style if isinstance(style, int) else 0, {"custom_id"})
    if named != wanted:
        yield f"{place}: a button of style {style} has {', '.join(wanted)} alone, not {sorted(named)}"
    if style != PREMIUM and not button.get("label") and not button.get("emoji"):
        yield f"{place}: a button needs a label or an emoji"
    yield from check_length(f"{place}.label", button.get("label") or "", 0, 80)
    if "custom_id" in named:
        yield from check_length(f"{place}.custom_id", button["custom_id"], 1, 100)
    if "url" in named:
        yield from _url(f"{place}.url", button["url"], 512, ("discord",))


def _select(place: str, select: Json) -> Iterator[str]:
    yield from check_length(f"{place}.custom_id", select.get("custom_id") or "", 1, 100)
    yield from check_length(f"{place}.placeholder", select.get("placeholder") or "", 0, 150)
    if select["type"] != SELECT:
        return
    options = select.get("options") or []
    if not 1 <= len(options) <= 25:
        yield f"{place}.options: {len(options)}, not 1 to 25"
    for option in options:
        yield from check_length(f"{place}.options.label", option.get("label") or "", 1, 100)
        yield from check_length(f"{place}.options.value", option.get("value") or "", 1, 100)
        yield from check_length(f"{place}.options.description", option.get("description") or "", 0, 100)
    if len({option.get("value") for option in options}) < len(options):
        yield f"{place}.options: the same value twice"
