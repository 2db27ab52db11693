"""The papers that match a query by relevance: BM25, with the date and the citations where that is the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import NamedTuple

from store.models import Frozen, Handle
from store.search import words
from store.search.bm25 import Bm25, TextCounts, WeightedTerm
from store.search.full_text import JOINED, count
from store.search.matcher import TITLE_WEIGHT
from store.search.query import Query, Term
from store.search.sql_condition import Condition
from store.storage.connection import Connection
from store.text.normalize import fold
from store.text.stems import stem

MOST_RANKED = 300
"""Papers that are ranked, which bounds the time: reading and scoring them takes some 50 ms; by choice."""
MOST_SCORED = 100_000
"""Papers that the words of a query are in, added up, up to which FTS5's own BM25, which knows no lengths, chooses those
that are ranked: for 3 million it takes up to 0.7 s. Of more they are the last ones that came, those with all words in
the title first."""
SATURATION = 1.2
"""BM25's k1; as is usual."""
_SAME = 1
"""Decimals of scores that have to differ for the date not to decide."""


class Text(NamedTuple):
    """A paper as it is ranked; title and abstract are folded."""

    handle: Handle
    title: str
    abstract: str
    published: str | None
    citations: int | None


class Ranked(Frozen):
    """The first papers by relevance, and how many match."""

    handles: tuple[Handle, ...]
    total: int


async def matching_texts(
    connection: Connection, condition: Condition, terms: Sequence[WeightedTerm]
) -> tuple[list[Text], int]:
    """At most `MOST_RANKED` papers that match, and how many do, counted as by `count`."""
    total = await count(connection, condition)
    if condition.match is None:
        return [], total
    last, scored = "paper_words.rowid DESC", f"bm25(paper_words, {TITLE_WEIGHT:d}, 1, 0)"
    # A category is in neither title nor abstract.
    titled = condition.match.replace("{title abstract}", "{title}")
    choices = [(titled, last), (condition.match, last)]
    if sum(term.papers for term in terms) <= MOST_SCORED:
        choices = [(condition.match, scored)]
    ids: dict[int, None] = {}
    for match, order in choices:
        if len(ids) < MOST_RANKED:
            async with connection.execute(
                f"SELECT papers.id FROM {JOINED} WHERE paper_words MATCH ? AND {condition.rest}"  # noqa: S608
                f" ORDER BY {order} LIMIT ?",
                [match, *condition.rest_parameters, MOST_RANKED],
            ) as rows:
                ids |= {row[0]: None async for row in rows}
    return await _load(connection, _TEXTS + "papers.id = wanted.value", list(ids)[:MOST_RANKED]), total


_TEXTS = (
    "SELECT handle, title, (SELECT max(json_extract(body, '$.abstract')) FROM records WHERE paper_id = papers.id),"
    " published, citations FROM json_each(?) AS wanted JOIN papers ON "
)


async def texts_of(connection: Connection, handles: Sequence[Handle]) -> list[Text]:
    """The texts of papers of the catalogue by what one of their sources says, which is read without merging them."""
    return await _load(connection, _TEXTS + "handle = wanted.value", handles)


async def _load(connection: Connection, statement: str, wanted: Sequence[Handle | int]) -> list[Text]:
    async with connection.execute(statement, [json.dumps(list(wanted))]) as rows:
        found = [tuple(row) async for row in rows]
    return await asyncio.to_thread(
        lambda: [
            Text(handle=handle, title=fold(title), abstract=fold(abstract or ""), published=published, citations=cited)
            for handle, title, abstract, published, cited in found
        ]
    )


async def weighted_terms(connection: Connection, query: Query) -> tuple[list[WeightedTerm], words.WordCounts]:
    """The words and phrases that a query asks for; a phrase is as rare as its rarest word."""
    terms = {term for clause in query.required for term in clause.alternatives if term.kind == "text"}
    every = {word for term in terms for word in term.folded.split()}
    counts = await words.counts(connection, every, map(stem, every))
    return [_weighted(term, counts) for term in sorted(terms, key=lambda term: term.folded)], counts


def _weighted(term: Term, counts: words.WordCounts) -> WeightedTerm:
    if term.has_forms and " " not in term.folded:
        return WeightedTerm(stem(term.folded), False, 1, counts.stems.get(stem(term.folded), 0))
    return WeightedTerm(term.folded, True, 1, min(counts.words.get(word, 0) for word in term.folded.split()))


def by_relevance(texts: Sequence[Text], terms: Sequence[WeightedTerm], counts: words.WordCounts) -> list[Handle]:
    """The best first; of those that fit equally well the newest, and of these the most cited."""
    bm25 = Bm25(terms, counts.papers, counts.length, saturation=SATURATION, title_weight=TITLE_WEIGHT)
    scores = {one.handle: bm25.score(TextCounts.of(one.title), TextCounts.of(one.abstract)) for one in texts}
    ranked = sorted(
        texts,
        key=lambda one: (round(scores[one.handle], _SAME), one.published or "", one.citations or 0, one.handle),
        reverse=True,
    )
    return [one.handle for one in ranked]
