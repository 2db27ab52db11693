"""Titles that other sources give a paper: a preprint's, another version's. Found as they are, or by their beginning."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from store.lookup import scoring
from store.lookup.cascade import ScoredText
from store.text.normalize import fold

SHORTEST = 12
"""Letters of a query, of which fewer begin too many titles."""
_MOST = 25


def search(connection: sqlite3.Connection, query: str) -> list[ScoredText]:
    """The papers that a source calls so, or whose title there begins so, as the keys of entity resolution have them."""
    folded = fold(query[: scoring.MAX_QUERY])
    if len(folded) < SHORTEST:
        return []
    found: dict[int, ScoredText] = {}
    for beginning, score in ((f"{folded}|", scoring.EXACT), (folded, scoring.PREFIX)):
        for (paper_id,) in connection.execute(
            "SELECT paper_id FROM identifiers WHERE scheme = 'title' AND value >= ? AND value < ? LIMIT ?",
            (beginning, f"{beginning}\U0010ffff", _MOST),
        ):
            found.setdefault(paper_id, ScoredText(paper_id, folded, score, ()))
    return list(found.values())


def added(found: Sequence[ScoredText], others: Sequence[ScoredText]) -> list[ScoredText]:
    """Both, best first, each paper by its better title; of equal ones those come first that were found first."""
    best: dict[int, ScoredText] = {}
    for one in sorted([*found, *others], key=lambda one: -round(one.score, 2)):
        best.setdefault(one.id, one)
    return list(best.values())
