"""The answer to a question: at most eight sentences of abstracts, grouped by what they support, or nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Literal, get_args

from store.answers.directions import read_statement
from store.answers.findings import is_finding
from store.answers.question import Question, TermWeights
from store.answers.ranking import Ranked
from store.answers.sides import Side, Sides
from store.models import Frozen, Handle, Paper
from store.summaries.extractive import MAX_SENTENCE_LENGTH
from store.summaries.sentence_splitter import Sentence

Group = Literal["for", "against", "mixed", "background"]
GROUPS: tuple[Group, ...] = get_args(Group)

MOST_QUOTES = 8
"""Sentences of an answer, as asked for."""
LEAST_SCORE = 0.30
"""Score of the best sentence below which nothing is said. Of the claims of `tests.bench.ask`, 0.86 find nothing then
when their abstract is not there. So that 0.85 of the claims of four fifths of the abstracts do, it would be 0.27 to
0.32; of the other fifth's claims 0.82 do then."""
LEAST_OF_BEST = 0.5
"""Sentences that score less than this share of the best one are left out: of `tests.bench.ask` one in twelve, and
no evidence."""
LEAST_AGREEING = 2
"""Sentences of a paper on one side, with none on the other, from which its unsure ones are taken to be on that side,
too. With 1, a fifth more of the evidence of `tests.bench.ask` is on the wrong side; without, a tenth less is on any."""


class Quote(Frozen):
    """A sentence of an abstract, word for word; `number` counts the answer's from 1."""

    number: int
    group: Group
    paper: Paper
    sentence: Sentence


class Answer(Frozen):
    """What the abstracts of some papers say. Without quotes, nothing was found that says so.

    `looked_at` is how many papers were read for it, of the `papers` in the store.
    """

    question: Question
    quotes: tuple[Quote, ...]
    looked_at: int
    papers: int


def choose(
    question: Question, ranked: Sequence[Ranked], weights: TermWeights, least: float = LEAST_SCORE
) -> list[Quote]:
    """The best sentences, for and against first; none where the best scores less than `least`."""
    if not ranked or ranked[0].score < least:
        return []
    best = [one for one in ranked[:MOST_QUOTES] if one.score >= LEAST_OF_BEST * ranked[0].score]
    grouped = sorted(zip(_groups(question, best, weights), best, strict=True), key=lambda one: GROUPS.index(one[0]))
    return [
        Quote(number=number, group=group, paper=one.paper, sentence=one.sentence)
        for number, (group, one) in enumerate(grouped, 1)
    ]


def _groups(question: Question, chosen: Sequence[Ranked], weights: TermWeights) -> list[Group]:
    """A paper whose sentences are on both sides is mixed: one of them was misread, or the paper says both."""
    sides = Sides(question, weights)
    statements = [read_statement(one.sentence.text[:MAX_SENTENCE_LENGTH]) for one in chosen]
    on_subject = [
        sides.is_on_subject(statement) and is_finding(one.paper, one.sentence)
        for one, statement in zip(chosen, statements, strict=True)
    ]
    taken = [
        sides.side(statement) if fits and sides.is_paper_on_subject(one.paper) else None
        for one, statement, fits in zip(chosen, statements, on_subject, strict=True)
    ]
    of_paper: dict[Handle, list[Side]] = defaultdict(list)
    for one, side in zip(chosen, taken, strict=True):
        if side:
            of_paper[one.paper.handle].append(side)
    groups: list[Group] = []
    for one, side, fits in zip(chosen, taken, on_subject, strict=True):
        agreed = of_paper.get(one.paper.handle, [])
        if len(set(agreed)) > 1:
            side = None
        elif len(agreed) >= LEAST_AGREEING:
            side = agreed[0]
        groups.append("background" if not fits else side or "mixed")
    return groups
