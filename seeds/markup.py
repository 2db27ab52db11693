"""JATS, HTML and MathML in titles and abstracts, as Crossref, OpenAlex and DBLP give them, turned into text."""

from __future__ import annotations

import html
import re

# No part of a pattern can match beyond the next tag, so that the time grows with the length of the text alone.
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
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
"""To a character. Without the semicolon, which HTML forgives, it is text: `AT&T`, `Q&#A`."""


def without_markup(marked: str) -> str:
    """A title or abstract in JATS, HTML or MathML as text, with sub- and superscripts as TeX."""
    if "<" not in marked and "&" not in marked:
        return marked
    shown = _NOT_SHOWN.sub(" ", _ESCAPED_TAG.sub(r"<\1>", marked))
    # A formula is often given twice, in TeX and in MathML.
    shown = _TEX_MATH.sub(" " if "<mml:math" in shown else lambda match: _formula(match[2]), shown)
    shown = _RAISED.sub(lambda match: f"${'^' if match[1].lower() == 'sup' else '_'}{{{match[2]}}}$", shown)
    return _REFERENCE.sub(lambda match: html.unescape(match[0]), _TAG.sub(" ", _INLINE.sub("", shown)))


def _formula(tex: str) -> str:
    """What a TeX formula says, which some publishers wrap in a document of its own."""
    return tex.rpartition("\\begin{document}")[2].replace("\\end{document}", "")
