"""Text from papers, made safe and short for Discord's markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import quote

from store.text.visible import one_line, visible
from store.text.web_addresses import ADDRESS, LONGEST, normalised, with_scheme, without_punctuation

_MARKDOWN = str.maketrans({character: f"\\{character}" for character in r"\*_~|`<>[]"})
_LINE_START = re.compile(r"^([^\S\n]*+)([#+-])|^([^\S\n]*+\d++)([.)])(?=\s|$)", re.MULTILINE)
_SCHEME = re.compile(r"(?<=[a-z]):(?=//)", re.IGNORECASE)
_MASS_MENTION = re.compile(r"@(?=everyone|here)", re.IGNORECASE)
_TEX = re.compile(r"\\([A-Za-z]+)|[\\{}$]")
_PADDING = re.compile(r"(?<=“) | (?=”)")
_WORD_JOINER = "\u2060"
ELLIPSIS = "…"


def length(text: str) -> int:
    """UTF-16 code units: never fewer than Discord counts, however it counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def escape(text: str, *, links: bool = False) -> str:
    """Text that markdown shows as it is: no emphasis, link, mention, heading, list or address that unfolds.

    With `links`, addresses that may be followed can be, and lead where they say.
    """
    if links:
        return "".join(_with_links(text))
    text = text.translate(_MARKDOWN)
    text = _LINE_START.sub(lambda m: f"{m[1] or m[3] or ''}\\{m[2] or m[4]}", text)
    text = _SCHEME.sub(rf"\\:{_WORD_JOINER}", text)
    return _MASS_MENTION.sub(f"@{_WORD_JOINER}", text)


def _with_links(text: str) -> Iterator[str]:
    end = 0
    for found in ADDRESS.finditer(text):
        # One that was cut leads elsewhere, and one that is too long is none.
        written = "" if len(found[0]) > 2 * LONGEST or ELLIPSIS in found[0] else without_punctuation(found[0])
        if address := web_address(with_scheme(written)):
            yield escape(text[end : found.start()])
            yield f"<{address}>"
            end = found.start() + len(written)
    yield escape(text[end:])


def shorten(text: str, limit: int) -> str:
    """At most `limit` UTF-16 units, cut between words where there is a space in the last part, with an ellipsis."""
    if length(text) <= limit:
        return text
    cut = _start(text, limit - length(ELLIPSIS))
    head, space, _ = cut.rpartition(" ")
    return (head if space and len(head) > len(cut) // 2 else cut).rstrip(" ,;:·-") + ELLIPSIS


def _start(text: str, limit: int) -> str:
    """The longest beginning of at most `limit` UTF-16 units."""
    # As many bytes as two for each unit, of which the last two may be half of a character.
    start = text[:limit].encode("utf-16-le", "surrogatepass")[: 2 * limit].decode("utf-16-le", "surrogatepass")
    return start if text.startswith(start) else start[:-1]


def plain(text: str, limit: int) -> str:
    """For labels and choices, where markdown is not read: cleaned and shortened; never empty."""
    return shorten(one_line(text), limit) or "?"


def safe(text: str, limit: int, *, links: bool = False) -> str:
    """For markdown: cleaned, shortened and escaped so that the escaped form keeps to `limit`; never empty."""
    cleaned = one_line(text) or "?"
    room = limit
    while length(escaped := escape(shorten(cleaned, room), links=links)) > limit:
        room -= length(escaped) - limit
    return escaped


def echo(typed: str, limit: int) -> str:
    """What a person typed, said back to them: as `safe`, and of TeX only the words."""
    words = one_line(_TEX.sub(lambda found: f" {found[1] or ''} ", typed))
    return safe(_PADDING.sub("", words) or typed, limit)


def code_block(text: str, language: str) -> str:
    """Lines to copy, in a block that they cannot end."""
    lines = "\n".join(map(visible, text.splitlines())).replace("```", "'''")
    return f"```{language}\n{lines}\n```"


def parts(text: str, limit: int) -> list[str]:
    """The whole text in parts of at most `limit` UTF-16 units, which end with a line, else with a word."""
    found: list[str] = []
    place = 0
    while place < len(text) or not found:
        start = _start(text[place : place + limit], limit)
        if place + len(start) < len(text):
            start = start[: start.rfind("\n") + 1 or start.rfind(" ") + 1 or len(start)]
        found.append(start)
        place += len(start)
    return found


def link(text: str, url: str | None, limit: int) -> str:
    """The text, linked where the address is one that may be followed and both fit."""
    address = web_address(url) if url else None
    if address is None or length(address) + 40 > limit:
        return safe(text, limit)
    return f"[{safe(text, limit - length(address) - 4)}]({address})"


def web_address(url: str) -> str | None:
    """The address in a form that markdown cannot be broken with; None where it is not to be followed."""
    address = quote(normalised(url) or "", safe="/:?#!$&+,;=%~-._")
    return address if 0 < len(address) <= LONGEST else None


def moment(value: datetime) -> str:
    """A time as Discord shows it in the reader's language, by how long it is from now: *3 days ago*, *in 5 hours*."""
    return f"<t:{int(value.timestamp())}:R>"


def date_and_time(value: datetime) -> str:
    """A moment to be there at, as Discord shows it in the reader's language and time zone."""
    return f"<t:{int(value.timestamp())}:F>"


def number(value: float) -> str:
    """With thousands separated; without a fraction that is nought."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def counted(count: int, noun: str) -> str:
    """A number with its noun in the right form."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def first_of(texts: Sequence[str], most: int, separator: str = ", ") -> str:
    """As many of the texts, which are safe to show, in a row, and how many more there are."""
    more = f" and {len(texts) - most:,} more" if len(texts) > most else ""
    return separator.join(texts[:most]) + more
