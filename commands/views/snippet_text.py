"""Snippets: a part of each abstract, with the words that were searched for in bold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from commands.views import markdown
from store.models import Handle, Paper
from store.search.snippets import Snippet, snippet


def of_papers(papers: Sequence[Paper], searched: Mapping[str, bool]) -> dict[Handle, str]:
    """A line for each paper whose abstract has one of the words."""
    found = ((paper.handle, snippet(paper.abstract, searched)) for paper in papers if paper.abstract and searched)
    return {handle: _line(one) for handle, one in found if one}


def _line(shown: Snippet) -> str:
    text = "".join(
        f"**{markdown.escape(piece.text)}**" if piece.is_match else markdown.escape(" ".join(_spaced(piece.text)))
        for piece in shown.pieces
    )
    return f"-# {'… ' if shown.is_after_start else ''}{text.strip()}{' …' if shown.is_before_end else ''}"


def _spaced(text: str) -> list[str]:
    """Split at blanks of any kind, with an empty part where the text begins or ends with one."""
    return [*([""] if text[:1].isspace() else []), *text.split(), *([""] if text[-1:].isspace() else [])]
