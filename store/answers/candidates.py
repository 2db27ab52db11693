"""Candidate generation: the abstracts of the catalogue that share most words with a question, reading few postings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import aiosqlite

from store.answers.question import Question, TermWeights
from store.models import Handle
from store.search import words as word_index
from store.search.query import Clause, Query
from store.search.sql_condition import condition_of

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


async def question_words(connection: aiosqlite.Connection, question: Question) -> QuestionWords:
    """Look the terms up; a paper with two forms of a term counts twice."""
    forms = await word_index.forms(connection, question.terms)
    counts = await word_index.counts(connection, stems=question.terms)
    return QuestionWords(forms, TermWeights(papers=counts.papers, holding=counts.stems))


async def candidates(
    connection: aiosqlite.Connection, words: QuestionWords, scope: Query, without: Collection[Handle], limit: int
) -> list[Handle]:
    """At most `limit` papers in the scope but those `without`, first those whose words weigh most, then newer ones.

    Categories are asked for with each word, as the papers of a large one would have to be listed otherwise.
    """
    by_category = [clause for clause in scope.required if all(term.kind == "cat" for term in clause.alternatives)]
    matches = _matches(words, by_category)
    if not matches:
        return []
    others = Query(clauses=tuple(clause for clause in scope.clauses if clause not in by_category))
    condition = await condition_of(connection, others, without)
    piece = (
        "SELECT rowid AS id, ? AS weight FROM"
        " (SELECT rowid FROM paper_words WHERE paper_words MATCH ? ORDER BY rowid DESC LIMIT ?)"
    )
    async with connection.execute(
        "SELECT handle FROM (SELECT id, sum(weight) AS weight FROM"  # noqa: S608  # fixed pieces, values are parameters
        f" ({' UNION ALL '.join([piece] * len(matches))}) GROUP BY id) JOIN papers USING (id)"
        f" WHERE {condition.sql or 'true'} ORDER BY weight DESC, id DESC LIMIT ?",
        [*(value for match in matches for value in match), *condition.parameters, limit],
    ) as rows:
        return [row[0] async for row in rows]


def _matches(words: QuestionWords, categories: Sequence[Clause]) -> list[tuple[int, str, int]]:
    """For each word its weight as a whole number, its full-text query, and how many papers to read."""
    holding = words.weights.holding
    terms = sorted((term for term in words.forms if holding.get(term)), key=lambda term: (holding[term], term))
    within = "".join(f" AND ({_any_category(clause)})" for clause in categories)
    anchors: list[str] = []
    left = MOST_POSTINGS
    found = []
    for term in terms[:MOST_WORDS]:
        weight, match = round(1000 * words.weights.weight(term)), _any_form(words.forms[term])
        if holding[term] <= left or not anchors:
            anchors.append(match)
            found.append((weight, f"{{abstract}} : ({match}){within}", MOST_POSTINGS))
            left = max(0, left - holding[term])
        else:
            rarer = " OR ".join(anchors)
            found.append((weight, f"{{abstract}} : (({match}) AND ({rarer})){within}", MOST_POSTINGS))
    return found


def _any_form(forms: Sequence[str]) -> str:
    """In FTS5's syntax; folded words hold no quotation marks."""
    return " OR ".join(f'"{form}"' for form in forms)


def _any_category(clause: Clause) -> str:
    return " OR ".join(f'categories : "{term.value.lower()}"' for term in clause.alternatives)
