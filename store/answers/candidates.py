"""Candidate generation: the abstracts of the catalogue that share most words with a question, reading few postings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from store.answers.question import Question, TermWeights
from store.models import Handle
from store.search import words as word_index
from store.search.candidates import SearchTerm, WeightedMatch, anchored, best
from store.search.query import Clause, Query
from store.search.sql_condition import condition_of
from store.storage.connection import Connection

MOST_POSTINGS = 20_000
"""Papers that the rarest words of a question may have in all, which bounds the time; of a word with more, only papers
that have one of those words, too, are read. By choice."""
MOST_WORDS = 12
"""Words, the rarest ones, by which candidates are found; all count when sentences are ranked."""


class QuestionWords:
    """The words of the catalogue that are forms of a question's terms, and how common they are."""

    def __init__(self, forms: Mapping[str, Sequence[str]], weights: TermWeights) -> None:
        self.forms = forms
        self.weights = weights


async def question_words(connection: Connection, question: Question) -> QuestionWords:
    """Look the terms up: their forms, and how many papers have one."""
    forms = await word_index.forms(connection, question.terms)
    counts = await word_index.counts(connection, stems=question.terms)
    return QuestionWords(forms, TermWeights(papers=counts.papers, holding=counts.stems))


async def candidates(
    connection: Connection, words: QuestionWords, scope: Query, without: Collection[Handle], limit: int
) -> list[Handle]:
    """At most `limit` papers in the scope but those `without`, first those whose words weigh most, then newer ones.

    Categories are asked for with each word, as the papers of a large one would have to be listed otherwise.
    """
    by_category = [clause for clause in scope.required if all(term.kind == "cat" for term in clause.alternatives)]
    holding = words.weights.holding
    terms = [
        SearchTerm(words.forms[term], words.weights.weight(term), holding[term])
        for term in words.forms
        if holding.get(term)
    ]
    rarest = sorted(terms, key=lambda term: (term.papers, term.forms))[:MOST_WORDS]
    within = "".join(f" AND ({_any_category(clause)})" for clause in by_category)
    matches = [
        WeightedMatch(round(1000 * term.weight), f"{{abstract}} : {match}{within}", MOST_POSTINGS)
        for term, match in anchored(rarest, MOST_POSTINGS)
    ]
    others = Query(clauses=tuple(clause for clause in scope.clauses if clause not in by_category))
    return await best(connection, matches, limit, await condition_of(connection, others, without))


def _any_category(clause: Clause) -> str:
    return " OR ".join(f'categories : "{term.value.lower()}"' for term in clause.alternatives)
