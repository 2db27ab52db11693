"""The two fields that can be searched, titles of papers and names of authors, and their tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

FORMAT = 2
"""Version of the index: of text folding and of the tables in 0002_lookup.sql. Raising it rebuilds every index."""

FieldName = Literal["title", "author"]


@dataclass(frozen=True)
class Field:
    """A searchable field. Its attributes are pasted into SQL, so they must never come from user input."""

    name: FieldName
    source: str
    """Table that holds the original texts."""
    text: str
    """Column of that table with the text."""
    popularity: str
    """SQL expression that orders hits with equal scores: citations, or number of papers."""
    recency: str
    """SQL expression that orders equally popular ones: a year, 0 if unknown."""

    has_acronyms: bool
    """Whether a text may start with an acronym and a colon, as in `BERT: Pre-training of ...`."""

    @property
    def texts(self) -> str:
        """Table of folded texts."""
        return f"{self.name}_texts"

    @property
    def words(self) -> str:
        """Full-text table (FTS5) with the posting lists."""
        return f"{self.name}_words"


TITLES = Field(
    name="title",
    source="papers",
    text="title",
    popularity="coalesce(citations, 0)",
    recency="coalesce(CAST(substr(published, 1, 4) AS INTEGER), 0)",
    has_acronyms=True,
)
AUTHORS = Field(name="author", source="authors", text="name", popularity="papers", recency="0", has_acronyms=False)
