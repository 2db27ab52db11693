"""Candidate generation: the papers that share most words with a text, found with few postings read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import aiosqlite

from store.models import Handle
from store.search.sql_condition import Condition

MOST_POSTINGS, MOST_TERMS = 10_000, 12
"""Papers that the rarest terms may have in all, and terms, those of most weight, which bounds the time: of a term with
more papers only those are read that also have a rare one. Of the five nearest of 49,736 real papers 0.844 are among the
candidates so; with 20,000 and 20 it is 0.876, and takes 2.4 times as long among 3 million."""
TITLE_BONUS = 2
"""What a term in a title counts in addition; as in `store.catalog.novelty`."""
ANYWHERE = Condition(match=None, rest="true", rest_parameters=())


class SearchTerm(NamedTuple):
    """What is looked for: any of some words, its weight, and how many papers have it."""

    forms: Sequence[str]
    weight: float
    papers: int


async def sharing_words(
    connection: aiosqlite.Connection, terms: Sequence[SearchTerm], limit: int, scope: Condition = ANYWHERE
) -> list[Handle]:
    """At most `limit` papers in the scope, those first whose terms weigh most, newer ones first among equals."""
    matches = _matches(terms)
    if not matches:
        return []
    piece = (
        "SELECT rowid AS id, ? AS weight FROM"
        " (SELECT rowid FROM paper_words WHERE paper_words MATCH ? ORDER BY rowid DESC LIMIT ?)"
    )
    async with connection.execute(
        "SELECT handle FROM (SELECT id, sum(weight) AS weight FROM"  # noqa: S608  # fixed pieces, values are parameters
        f" ({' UNION ALL '.join([piece] * len(matches))}) GROUP BY id) JOIN papers USING (id)"
        f" WHERE {scope.sql} ORDER BY weight DESC, id DESC LIMIT ?",
        [*(value for match in matches for value in match), *scope.parameters, limit],
    ) as rows:
        return [row[0] async for row in rows]


def _matches(terms: Sequence[SearchTerm]) -> list[tuple[int, str, int]]:
    """For each term its weight as a whole number, its full-text query, and how many papers to read."""
    strongest = sorted((term for term in terms if term.papers), key=lambda term: (-term.weight, term.forms))
    anchors: list[str] = []
    left = MOST_POSTINGS
    found = []
    for term in sorted(strongest[:MOST_TERMS], key=lambda term: (term.papers, term.forms)):
        weight, forms = round(1000 * term.weight), " OR ".join(f'"{form}"' for form in term.forms)
        match = f"({forms})"
        if term.papers <= left or not anchors:
            anchors.append(match)
            left = max(0, left - term.papers)
        else:
            match = f"({match} AND ({' OR '.join(anchors)}))"
        found.append((weight, f"{{title abstract}} : {match}", MOST_POSTINGS))
        found.append((weight * TITLE_BONUS, f"{{title}} : ({forms})", MOST_POSTINGS // MOST_TERMS))
    return found
