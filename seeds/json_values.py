"""Values of foreign JSON, which may be anything: each function takes what it hopes for and else gives nothing."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from typing import Any

# No part of these runs over another tag, so that no text takes longer than its length.
_ATTRIBUTES = r"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*'))*\s*"
_ESCAPED_TAG = re.compile(r"&lt;(/?(?:i|b|u|em|strong|sub|sup|p|scp))&gt;", re.IGNORECASE)
_NOT_SHOWN = re.compile(
    rf"<((?:mml:)?annotation){_ATTRIBUTES}>[^<]*</\1\s*>"
    rf"|<(?:jats:)?title{_ATTRIBUTES}>\s*(?:abstract|summary)\s*</(?:jats:)?title\s*>|<!--[^<>]*-->",
    re.IGNORECASE,
)
_TEX_MATH = re.compile(rf"<((?:jats:)?tex-math){_ATTRIBUTES}>([^<]*)</\1\s*>", re.IGNORECASE)
_RAISED = re.compile(rf"<(?:jats:)?(sup|sub){_ATTRIBUTES}>([^<>{{}}$\\]{{1,40}})</(?:jats:)?\1\s*>", re.IGNORECASE)
_INLINE = re.compile(
    r"</?(?:[a-z]+:)?(?:i|b|u|em|strong|italic|bold|sc|scp|sup|sub|span|tt|monospace|a|xref|m[a-z]+)"
    rf"{_ATTRIBUTES}/?>",
    re.IGNORECASE,
)
_TAG = re.compile(rf"</?[A-Za-z][\w:.-]*{_ATTRIBUTES}/?>")


def mapping(value: object) -> Mapping[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> Sequence[Any]:
    """The value if it is a list, a list of it if it is a single value, an empty list for null."""
    if value is None:
        return ()
    return value if isinstance(value, list) else (value,)


def text(value: object) -> str:
    """The value if it is a text or a whole number, or the first that is in a list; else an empty text."""
    if isinstance(value, list):
        return next((one for one in map(text, value) if one), "")
    return value if isinstance(value, str) else str(value) if type(value) is int else ""


def count(value: object) -> int | None:
    """The value if it is a number of things: whole, not negative, and not beyond what can be."""
    return value if type(value) is int and 0 <= value < 10**9 else None


def without_markup(marked: str) -> str:
    """A title or abstract in JATS, HTML or MathML as text, with sub- and superscripts as TeX."""
    if "<" not in marked and "&" not in marked:
        return marked
    shown = _NOT_SHOWN.sub(" ", _ESCAPED_TAG.sub(r"<\1>", marked))
    # A formula is often given twice, in TeX and in MathML.
    shown = _TEX_MATH.sub(" " if "<mml:math" in shown else lambda match: _formula(match[2]), shown)
    shown = _RAISED.sub(lambda match: f"${'^' if match[1].lower() == 'sup' else '_'}{{{match[2]}}}$", shown)
    return html.unescape(_TAG.sub(" ", _INLINE.sub("", shown)))


def _formula(tex: str) -> str:
    """What a TeX formula says, which some publishers wrap in a document of its own."""
    return tex.rpartition("\\begin{document}")[2].replace("\\end{document}", "")
