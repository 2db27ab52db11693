"""Ranking: how well each sentence of some abstracts answers a question, by the terms that they share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from store.answers.question import Question, TermWeights
from store.models import Paper
from store.summaries.extractive import MAX_SENTENCE_LENGTH, MAX_SENTENCES
from store.summaries.sentence_splitter import Sentence, split_sentences
from store.text.normalize import fold
from store.text.stems import stem

SENTENCE, TITLE, PAPER, NEIGHBOUR = 1.0, 1.0, 0.5, 0.5
"""What the share of the question's terms counts that is in the sentence, the title, title and abstract together, and
the better of the two sentences beside it. With these, 0.80 of the evidence of `tests.bench.ask` is among the eight best
sentences, by the sentence alone 0.71; a dozen other weightings that do not leave out the title gave 0.78 to 0.80."""
_WHOLE = SENTENCE + TITLE + PAPER + NEIGHBOUR


class Ranked(NamedTuple):
    """A sentence of a paper; its score is from 0 to 1, which has every term everywhere."""

    score: float
    paper: Paper
    sentence: Sentence


def rank(question: Question, papers: Sequence[Paper], weights: TermWeights) -> list[Ranked]:
    """All sentences, the best first; also those that share no term, as what is beside them may say of what they are."""
    found = [one for paper in papers for one in _of_paper(question, paper, weights)]
    return sorted(found, key=lambda one: (-one.score, one.paper.handle, one.sentence.number))


def _of_paper(question: Question, paper: Paper, weights: TermWeights) -> list[Ranked]:
    asked = frozenset(question.terms)
    title = asked & _stems(paper.title)
    sentences = split_sentences(paper.abstract or "")[:MAX_SENTENCES]
    shared = [asked & _stems(sentence.text) for sentence in sentences]
    own = [weights.share(terms, asked) for terms in shared]
    of_paper = TITLE * weights.share(title, asked) + PAPER * weights.share(title.union(*shared), asked)
    found = []
    for place, sentence in enumerate(sentences):
        beside = max(own[place - 1] if place else 0.0, own[place + 1] if place + 1 < len(own) else 0.0)
        score = (SENTENCE * own[place] + of_paper + NEIGHBOUR * beside) / _WHOLE
        found.append(Ranked(round(score, 6), paper, sentence))
    return found


def _stems(text: str) -> set[str]:
    return set(map(stem, fold(text[:MAX_SENTENCE_LENGTH]).split()))
