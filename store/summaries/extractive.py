"""Extractive summaries: sentences of the abstract for four slots, each with its place in the abstract.

Sentences are chosen, never written. Each sentence has a fitted score for TL;DR, result and problem; "nothing" has one,
too, for result and problem, and the slot stays empty where that is the highest. Resources are found by cues alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from store.models import Frozen
from store.summaries.cue_patterns import RESOURCE
from store.summaries.features import TokenizedAbstract, features_of_nothing
from store.summaries.model import SingleSlot, SummaryModel, load_model
from store.summaries.rhetorical_roles import BACKGROUND, RESULT, role_margins
from store.summaries.scoring import NOTHING_BONUS, can_be_problem, is_survey, result_bonus
from store.summaries.sentence_splitter import Sentence, split_sentences

Slot = Literal["tldr", "result", "problem", "resources"]

MAX_SENTENCES = 80
"""Sentences of an abstract that are looked at: texts from outside can be of any length."""
MAX_SENTENCE_LENGTH = 1500
"""Characters of a sentence, and of a title, that are looked at."""
ROLE_OF_SLOT: Mapping[SingleSlot, int] = {"result": RESULT, "problem": BACKGROUND}
"""The rhetorical role of a slot that may stay empty."""


class Summary(Frozen):
    """Sentences of one abstract. A slot for which the abstract has nothing is None or empty."""

    tldr: Sentence | None
    result: Sentence | None
    problem: Sentence | None
    resources: tuple[Sentence, ...]

    def single_slots(self) -> list[tuple[Slot, Sentence]]:
        """The slots of one sentence that have one, in the order in which they are shown."""
        slots: list[tuple[Slot, Sentence | None]] = [
            ("tldr", self.tldr),
            ("result", self.result),
            ("problem", self.problem),
        ]
        return [(slot, sentence) for slot, sentence in slots if sentence]


class Segment(Frozen):
    """A stretch of an abstract and the slot that it was chosen for; all of them together are the abstract."""

    text: str
    slot: Slot | None


class SentenceScores:
    """The sentences of one abstract with their scores; sentences are counted from 0.

    `margins` are those of `role_margins`, `resources` the sentences that give code or data away. `fit` are the scores
    for each slot; those for the result and the problem are above 0 for a sentence that is better than none.
    """

    def __init__(self, title: str, sentences: Sequence[str], model: SummaryModel | None = None) -> None:
        model = model or load_model()
        title = title[:MAX_SENTENCE_LENGTH]
        self.texts = [sentence[:MAX_SENTENCE_LENGTH] for sentence in sentences[:MAX_SENTENCES]]
        tokenized = TokenizedAbstract(title, self.texts)
        self.margins = role_margins(tokenized.role_cues(), model.roles)
        features = [tokenized.features(index, self.margins) for index in range(len(self.texts))]
        self.fit: dict[SingleSlot, list[int]] = {"tldr": list(map(model.tldr_score, features, tokenized.ngrams))}
        for slot, role in ROLE_OF_SLOT.items():
            nothing = model.score(slot, features_of_nothing(role, self.margins)) + NOTHING_BONUS
            self.fit[slot] = [model.score(slot, of_sentence) - nothing for of_sentence in features]
        self.resources = [index for index, text in enumerate(self.texts) if RESOURCE.search(text)]
        self._is_survey = is_survey(title, self.texts)

    def choose(self) -> tuple[int | None, int | None, int | None]:
        """The sentences for TL;DR, result and problem, no two of them the same.

        A sentence that gives resources is chosen for the TL;DR only where there is no other, and for nothing else.
        """
        others = [index for index in range(len(self.texts)) if index not in self.resources]
        tldr = max(others or self.resources, key=self.fit["tldr"].__getitem__, default=None)
        results: dict[int, int] = {}
        for index in others:
            bonus = result_bonus(self.texts[index], self._is_survey)
            if index != tldr and bonus is not None:
                results[index] = self.fit["result"][index] + bonus
        result = _best(results)
        problems = {
            index: self.fit["problem"][index]
            for index in others
            if index not in (tldr, result) and can_be_problem(self.texts[index])
        }
        return tldr, result, _best(problems)


def _best(scores: dict[int, int]) -> int | None:
    """The sentence with the highest score, the first of equal ones, if it is better than none."""
    best = max(scores, key=scores.__getitem__, default=None)
    return best if best is not None and scores[best] > 0 else None


def summarise(title: str, abstract: str) -> Summary:
    """Choose the sentences. Takes about two milliseconds; the same texts give the same summary on every machine."""
    sentences = split_sentences(abstract)
    scores = SentenceScores(title, [sentence.text for sentence in sentences])
    tldr, result, problem = (None if index is None else sentences[index] for index in scores.choose())
    return Summary(
        tldr=tldr,
        result=result,
        problem=problem,
        resources=tuple(sentences[index] for index in scores.resources if sentences[index] != tldr),
    )


def highlight(abstract: str, summary: Summary) -> list[Segment]:
    """The abstract cut where sentences of its summary begin and end."""
    chosen: list[tuple[Slot, Sentence]] = [
        *summary.single_slots(),
        *(("resources", sentence) for sentence in summary.resources),
    ]
    spans = sorted((sentence.start, sentence.end, slot) for slot, sentence in chosen)
    segments, position = [], 0
    for start, end, slot in spans:
        if start > position:
            segments.append(Segment(text=abstract[position:start], slot=None))
        segments.append(Segment(text=abstract[start:end], slot=slot))
        position = end
    if position < len(abstract):
        segments.append(Segment(text=abstract[position:], slot=None))
    return segments
