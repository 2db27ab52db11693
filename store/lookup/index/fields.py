"""The two things that are looked up, and where each lives in the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FORMAT = 1
"""Of folding and of the tables in 0002_lookup.sql; raise it where either changes, and every index is built anew."""

KindName = Literal["title", "author"]


@dataclass(frozen=True)
class Kind:
    """Titles of papers, or names of authors. The fields go into SQL; none ever comes from outside."""

    name: KindName
    source: str
    text: str
    popularity: str
    """What orders texts that fit equally well: citations, or papers written."""
    recency: str
    """What orders those that are equally popular: a year, 0 where unknown."""

    has_heads: bool
    """Whether a text may begin with an acronym before a colon."""

    @property
    def texts(self) -> str:
        """The table of folded texts."""
        return f"{self.name}_texts"

    @property
    def words(self) -> str:
        """The full-text table of postings."""
        return f"{self.name}_words"


TITLES = Kind(
    name="title",
    source="papers",
    text="title",
    popularity="coalesce(citations, 0)",
    recency="coalesce(CAST(substr(published, 1, 4) AS INTEGER), 0)",
    has_heads=True,
)
AUTHORS = Kind(name="author", source="authors", text="name", popularity="papers", recency="0", has_heads=False)
