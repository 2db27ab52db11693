"""Bytes of a file decoded into text, and the problems that a reader meets, listed up to a bound."""

from __future__ import annotations

import codecs
import re

from seeds.tex.convert import clean
from store.models import Problem

MOST_PROBLEMS = 100
"""Problems that are listed for one source, more than anybody reads; the others are counted."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")


class Problems:
    """The problems of one source."""

    def __init__(self) -> None:
        self._listed: list[Problem] = []
        self._more = 0

    def add(self, line: int | None, message: str) -> None:
        """Add what could not be read; lines count from 1."""
        if len(self._listed) < MOST_PROBLEMS:
            self._listed.append(Problem(line=line, message=clean(message)))
        else:
            self._more += 1

    def listed(self) -> tuple[Problem, ...]:
        """At most 100 problems, by line, and how many there are beside them."""
        by_line = sorted(self._listed, key=lambda problem: (problem.line is None, problem.line or 0))
        rest = (Problem(line=None, message=f"and {self._more:,} more problems"),) if self._more else ()
        return (*by_line, *rest)


def decode(content: bytes, problems: Problems, declared: str | None = None) -> str:
    """Text of a file: by its byte order mark, the encoding declared in it, UTF-8, or Windows-1252, which is a problem.

    Lines end with a line feed and hold no control characters. What is no text at all is a problem and an empty text.
    """
    text = _decoded(content, problems, declared).replace("\r\n", "\n").replace("\r", "\n")
    kept = _CONTROL.sub("", text)
    controls = len(text) - len(kept)
    if controls > 16 and controls > len(text) // 20:
        problems.add(1, "this is not text")
        return ""
    if controls:
        first = _CONTROL.search(text)
        problems.add(text.count("\n", 0, first.start() if first else 0) + 1, "control characters are left out")
    return kept


def _decoded(content: bytes, problems: Problems, declared: str | None) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content[len(mark) :].decode(encoding, errors="replace")
    zeros = content[:1000].count(0)
    if zeros > len(content[:1000]) // 4:  # every other byte of Latin letters in UTF-16
        big = content[:1000:2].count(0) > content[1:1000:2].count(0)
        return content.decode("utf-16-be" if big else "utf-16-le", errors="replace")
    if declared:
        try:
            return content.decode(declared)
        except (UnicodeError, LookupError):
            pass
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        cut_off = error.end == len(content) and error.reason == "unexpected end of data"
    damaged = content.decode("utf-8", errors="replace")
    wrong = damaged.count("\ufffd")
    if cut_off or wrong <= sum(char > "\x7f" for char in damaged) // 2:
        problems.add(line, "bytes that are not UTF-8 are left out")
        return damaged.replace("\ufffd", "")
    problems.add(line, "this is not UTF-8; it is read as Windows-1252")
    return content.decode("cp1252", errors="replace")


def excerpt(text: str) -> str:
    """The beginning of a text, in quotation marks, for a problem's message."""
    words = clean(text)
    return f"“{words}”" if len(words) <= 40 else f"“{words[:40].rstrip()}…”"
