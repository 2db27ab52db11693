"""Candidate generation: the papers that share most words with a text, found with few postings read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from store.models import Handle
from store.search.sql_condition import Condition
from store.storage.connection import Connection

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


class WeightedMatch(NamedTuple):
    """A full-text query, what a paper that it finds gains, and how many papers are read, the last ones."""

    weight: int
    match: str
    papers: int


async def sharing_words(connection: Connection, terms: Sequence[SearchTerm], limit: int) -> list[Handle]:
    """At most `limit` papers, those first whose terms weigh most, newer ones first among equals."""
    strongest = sorted((term for term in terms if term.papers), key=lambda term: (-term.weight, term.forms))
    matches = []
    for term, match in anchored(strongest[:MOST_TERMS], MOST_POSTINGS):
        weight = round(1000 * term.weight)
        title = f"{{title}} : ({_any_form(term)})"
        matches.append(WeightedMatch(weight, f"{{title abstract}} : {match}", MOST_POSTINGS))
        matches.append(WeightedMatch(weight * TITLE_BONUS, title, MOST_POSTINGS // MOST_TERMS))
    return await best(connection, matches, limit)


def anchored(terms: Sequence[SearchTerm], postings: int) -> Iterator[tuple[SearchTerm, str]]:
    """The terms, the rarest first, each with its full-text query.

    The rarest ones, which may have so many `postings` together, are looked for alone; the others only beside one of
    these.
    """
    anchors: list[str] = []
    left = postings
    for term in sorted(terms, key=lambda term: (term.papers, term.forms)):
        match = f"({_any_form(term)})"
        if term.papers <= left or not anchors:
            anchors.append(match)
            left = max(0, left - term.papers)
        else:
            match = f"({match} AND ({' OR '.join(anchors)}))"
        yield term, match


def _any_form(term: SearchTerm) -> str:
    """In FTS5's syntax; folded words hold no quotation marks."""
    return " OR ".join(f'"{form}"' for form in term.forms)


async def best(
    connection: Connection, matches: Sequence[WeightedMatch], limit: int, scope: Condition = ANYWHERE
) -> list[Handle]:
    """At most `limit` papers in the scope, those first that gain most, newer ones first among equals."""
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
