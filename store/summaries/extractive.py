"""Extractive summaries: sentences of the abstract for four slots, each with its place in the abstract.

Sentences are chosen, never written: the TL;DR by a fitted score, the result and the problem by fitted rhetorical roles
and by cues without which the slot stays empty, resources by cues alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from store.models import Frozen
from store.summaries import cue_patterns
from store.summaries.features import TokenizedAbstract
from store.summaries.model import SummaryModel, load_model
from store.summaries.rhetorical_roles import BACKGROUND, CONTRIBUTION, RESULT, log_probability, role_margins
from store.summaries.scoring import SlotScorer
from store.summaries.sentence_splitter import Sentence, split_sentences

Slot = Literal["tldr", "result", "problem", "resources"]

MAX_SENTENCES = 80
"""Sentences of an abstract that are looked at: texts from outside can be of any length."""
MAX_SENTENCE_LENGTH = 1500
"""Characters of a sentence, and of a title, that are looked at."""
_ROLES = (BACKGROUND, CONTRIBUTION, RESULT)
"""The roles that three sentences should fill between them."""


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

    `margins` are those of `role_margins`, `tldr_fit` the fitted scores as TL;DR, `resources` the sentences that give
    code or data away.
    """

    def __init__(
        self,
        title: str,
        sentences: Sequence[str],
        model: SummaryModel | None = None,
        scorer: SlotScorer | None = None,
    ) -> None:
        model = model or load_model()
        self._scorer = scorer or SlotScorer()
        self.texts = [sentence[:MAX_SENTENCE_LENGTH] for sentence in sentences[:MAX_SENTENCES]]
        tokenized = TokenizedAbstract(title[:MAX_SENTENCE_LENGTH], self.texts)
        self.margins = role_margins(tokenized.role_cues(), model.roles)
        self.tldr_fit = [
            model.tldr_score(tokenized.features(index, self.margins), ngrams)
            for index, ngrams in enumerate(tokenized.ngrams)
        ]
        self.resources = [index for index, text in enumerate(self.texts) if cue_patterns.RESOURCE.search(text)]
        self._others = [index for index in range(len(self.texts)) if index not in self.resources]
        self._role_fit = {role: [log_probability(margins[role]) for margins in self.margins] for role in _ROLES}
        # The three best sentences for each role: two of them can be taken for other roles.
        self._best_of_role = {
            role: sorted(range(len(self.texts)), key=lambda index: -self.margins[index][role])[:3] for role in _ROLES
        }
        self._is_survey = bool(cue_patterns.SURVEY_TITLE.search(title)) or any(
            map(cue_patterns.SURVEY.search, self.texts)
        )

    def choose(self) -> tuple[int | None, int | None, int | None]:
        """The sentences for TL;DR, result and problem, no two of them the same."""
        tldr = self.choose_tldr()
        if tldr is None:
            return None, None, None
        result = self._best(
            (index, self._scorer.result(self.texts[index], self.margins[index][RESULT], self._is_survey))
            for index in self._others
            if index != tldr
        )
        problem = self._best(
            (index, self._scorer.problem(self.texts[index], self.margins[index][BACKGROUND]))
            for index in self._others
            if index not in (tldr, result) and not self._refers_back(index, tldr)
        )
        return tldr, result, problem

    def choose_tldr(self) -> int | None:
        """The sentence for the TL;DR; one that gives resources only where there is no other."""
        return max(self._others or self.resources, key=self._tldr_score, default=None)

    def best_triple(self, tldr: int) -> tuple[int, list[int]]:
        """The TL;DR with the two sentences that best fill the roles it leaves open.

        Also gives, first, the log-probability in thousandths that the three fill all roles. An abstract of fewer than
        three sentences gives fewer.
        """
        triples = []
        for own_role in _ROLES:
            chosen, total = [tldr], self._role_fit[own_role][tldr]
            for role in _ROLES:
                best = next((index for index in self._best_of_role[role] if index not in chosen), None)
                if role != own_role and best is not None:
                    chosen.append(best)
                    total += self._role_fit[role][best]
            triples.append((total, chosen))
        return max(triples, key=lambda triple: triple[0])

    def _tldr_score(self, index: int) -> int:
        coverage, _ = self.best_triple(index)
        return self._scorer.tldr(self.texts[index], self.tldr_fit[index], coverage, self.margins[index][CONTRIBUTION])

    def _best(self, scores: Iterable[tuple[int, int | None]]) -> int | None:
        """The sentence with the highest score; of equal ones that with the better fit as TL;DR."""
        fitting = {index: score for index, score in scores if score is not None}
        return max(fitting, key=lambda index: (fitting[index], self.tldr_fit[index]), default=None)

    def _refers_back(self, index: int, tldr: int) -> bool:
        """Whether the sentence, behind the TL;DR, speaks of the paper's own work as "this" or "it"."""
        return index > tldr and bool(cue_patterns.CONTEXT_DEPENDENT.search(self.texts[index]))


def summarise(title: str, abstract: str) -> Summary:
    """Choose the sentences. Takes about a millisecond; the same texts give the same summary on every machine."""
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
