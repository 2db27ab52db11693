"""Answering a question from the abstracts that a guild may see: candidates, ranking, and the choice of sentences."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

from store.answers.answer import LEAST_SCORE, Answer, choose
from store.answers.candidates import QuestionWords, candidates, question_words
from store.answers.meaning import LEAST_BY_MEANING, by_meaning
from store.answers.question import read_question
from store.answers.ranking import rank
from store.guilds import hidden_papers, own_papers, subscriptions
from store.guilds.explain import posted_papers
from store.guilds.subscriptions import Scope
from store.models import Handle, Paper
from store.search.matcher import FoldedPaper, is_match
from store.search.query import Query
from store.storage.database import Database
from store.text.stems import stem
from store.view import View

MOST_PAPERS = 100
"""Abstracts that are read for an answer, which bounds the time. By choice: `tests.bench.ask` finds as much with 20, in
a store of a few thousand abstracts."""
MOST_FOLLOWED = 500
"""Papers, those that share most with the question, among which those are looked for that subscriptions match."""
MOST_OWN, MOST_OWN_READ = 500, 50
"""Own papers of a guild with a word of the question, the newest, that are looked through, and of these those that share
most with it, which are read."""

EVERYTHING = Query(clauses=())
"""The scope of all papers."""


class Followed(NamedTuple):
    """What a channel follows: the queries of its subscriptions, and the papers that any of them posted."""

    queries: Sequence[Query]
    posted: frozenset[Handle]

    def has(self, paper: Paper, folded: FoldedPaper) -> bool:
        """Whether a paper is followed."""
        return paper.handle in self.posted or any(is_match(query, folded) for query in self.queries)


async def followed_in(db: Database, scope: Scope) -> Followed | None:
    """What the channel follows; None where it has no subscription.

    Subscriptions to papers close to others have no words: of them it is what they posted.
    """
    made = await subscriptions.in_channel(db, scope)
    if not made:
        return None
    posted = frozenset(await posted_papers(db, scope))
    return Followed([one.query for one in made if one.query.clauses], posted)


async def ask(view: View, text: str, scope: Query = EVERYTHING, followed: Followed | None = None) -> Answer:
    """What the abstracts in the scope say; where `followed` is given, of what a channel follows."""
    question = read_question(text)
    async with view.db.read() as connection:
        words = await question_words(connection, question)
        hidden = await hidden_papers.handles(connection, view.owner)
        limit = MOST_PAPERS if followed is None else MOST_FOLLOWED
        handles = await candidates(connection, words, scope, hidden, limit)
        outside = await own_papers.count_outside(connection, view.owner)
    own = await _own_handles(view, words)
    found = await view.papers(list(dict.fromkeys([*own, *handles])))
    read = await asyncio.to_thread(_in_scope, found, scope, followed)
    ranked = await asyncio.to_thread(rank, question, read, words.weights)
    least = LEAST_SCORE
    if view.semantic and ranked and (closest := await by_meaning(question, ranked, view.semantic.embedder)):
        ranked, least = closest, LEAST_BY_MEANING
    quotes = await asyncio.to_thread(choose, question, ranked, words.weights, least)
    return Answer(question=question, quotes=tuple(quotes), looked_at=len(read), papers=words.weights.papers + outside)


async def _own_handles(view: View, words: QuestionWords) -> list[Handle]:
    """The owner's own papers that share most words with the question."""
    forms = [form for of_term in words.forms.values() for form in of_term]
    if not forms:
        return []
    async with view.db.read() as connection:
        own = await own_papers.load_folded(connection, view.owner, containing=[forms], limit=MOST_OWN)

    def weight(one: own_papers.OwnPaper) -> float:
        stems = set(map(stem, f"{one.folded.title} {one.folded.abstract}".split()))
        return sum(words.weights.weight(term) for term in words.forms if term in stems)

    best = await asyncio.to_thread(sorted, own, key=lambda one: -weight(one))
    return [one.handle for one in best[:MOST_OWN_READ]]


def _in_scope(found: Sequence[Paper], scope: Query, followed: Followed | None) -> list[Paper]:
    """Those with an abstract that are in the scope, also by what the owner's own records say, and followed."""

    def is_wanted(paper: Paper) -> bool:
        folded = FoldedPaper.of(paper)
        return is_match(scope, folded) and (followed is None or followed.has(paper, folded))

    with_abstract = (paper for paper in found if paper.abstract)
    wanted = filter(is_wanted, with_abstract) if scope.clauses or followed is not None else with_abstract
    return list(islice(wanted, MOST_OWN_READ + MOST_PAPERS))
