"""Summaries that can be traced: sentences of the abstract in four slots, each at its place.

Nothing is written here, only chosen: the TL;DR by a fitted score, the others by the fitted roles of sentences and by
cues without which a slot stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from store.derive.features import Draft
from store.derive.roles import ROLES, role_margins
from store.derive.sentences import Sentence, split_sentences
from store.derive.weights import weights
from store.models import Frozen

Slot = Literal["tldr", "result", "problem", "resources"]

_ARTEFACT = (
    r"(?:codes?|codebase|software|implementations?|data|datasets?|corpus|corpora|models?|checkpoints?|weights|"
    r"benchmarks?|toolkits?|toolbox|librar(?:y|ies)|packages?|demos?|videos?|scripts?|materials?|website|tools?|"
    r"framework|prompts|annotations|leaderboard|resources?|projects?)"
)
_RESOURCE = re.compile(
    r"https?://|\bwww\.\w|\b(?:github|gitlab|huggingface|zenodo|figshare|bitbucket|sourceforge)\.\w"
    rf"|\b{_ARTEFACT}\b[^.;]{{0,120}}\b(?:is|are|be|been|was|were|made|can be|become)\b[^.;]{{0,40}}"
    r"\b(?:available|released|open-?sourced|downloaded|accessed|published)\b"
    rf"|\b{_ARTEFACT}\b[^.;]{{0,40}}\b(?:publicly |freely |openly )?available (?:at|online|upon request|under)\b"
    rf"|\bwe\b[^.;]{{0,60}}\b(?:releas(?:e|ed|ing)|open-?sourced?|publish|share)\b[^.;]{{0,100}}\b{_ARTEFACT}\b"
    rf"|\bwe\b[^.;]{{0,40}}\b(?:make|made)\b[^.;]{{0,80}}\b{_ARTEFACT}\b[^.;]{{0,60}}\bavailable\b",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"\b(?:outperform|surpass|exceed|achiev|attain|improv|reduc|increas|decreas|gain|significant|superior|better|best"
    r"|faster|higher|lower|fewer|state-of-the-art|competitive|comparable|effective|accura|confirm|verif)\w*"
    r"|\b(?:results?|experiments?|evaluations?|stud(?:y|ies)|analys[ei]s|findings?|tests?|simulations?|comparisons?"
    r"|observations?|we|it|data)\b[^.;:]{0,60}"
    r"\b(?:show|demonstrate|indicate|suggest|reveal|confirm|prove|find|found|observe|conclude|identify|see)\w*"
    r"|\b(?:conclude|conclusion|was found|were found|is shown|are shown|findings?|results?)\b"
    r"|\d ?%|\d percent|\d points",
    re.IGNORECASE,
)
_EXPLICIT_FINDING = re.compile(
    r"\b(?:we|results?|experiments?|evaluations?|findings?|analys[ei]s)\b[^.;:]{0,40}"
    r"\b(?:show|find|found|demonstrate|reveal|indicate|observe|conclude)\w*|\d ?%",
    re.IGNORECASE,
)
_TROUBLE = re.compile(
    r"\b(?:however|but|yet|unfortunately|although|despite|though|nevertheless|nonetheless|while|without|still"
    r"|challeng\w*|difficult\w*|hard|harder|problem\w*|issues?|gaps?|lacks?|lacking|absence|limit\w*|fail\w*|struggl\w*"
    r"|suffer\w*|insufficien\w*|inadequa\w*|unable|cannot|can not|impractical|expensive|costly|costs?|scarc\w*"
    r"|poor\w*|hinder\w*|overlook\w*|ignor\w*|neglect\w*|misleading|unclear|unknown|little|few|rarely|not|risks?|harm\w*"
    r"|threat\w*|bottleneck|obstacle|inefficien\w*|vulnerab\w*|unreliab\w*|prone|deficien\w*|drawbacks?|shortcoming\w*|need\w*"
    r"|necessit\w*|crucial|critical|essential|demand\w*|requir\w*|open question|remains?|understudied|unexplored)\b",
    re.IGNORECASE,
)
_SURVEY = re.compile(
    r"\b(?:this|our|the present) (?:\w+ )?(?:survey|review|overview|tutorial|perspective)\b|\bwe (?:survey|review)\b",
    re.IGNORECASE,
)
_SURVEY_TITLE = re.compile(r"\b(?:survey|review|overview|tutorial)\b", re.IGNORECASE)
_BACKGROUND, _RESULT = ROLES.index("background"), ROLES.index("result")
_CONTRIBUTION = (ROLES.index("objective"), ROLES.index("method"))


class Summary(Frozen):
    """Sentences of one abstract. A slot for which the abstract has nothing is None or empty."""

    tldr: Sentence | None
    result: Sentence | None
    problem: Sentence | None
    resources: tuple[Sentence, ...]


class Segment(Frozen):
    """A stretch of an abstract and the slot that it was chosen for; all of them together are the abstract."""

    text: str
    slot: Slot | None


class _Reading:
    """An abstract with its sentences scored: `margins` are those of the roles, `choice` that of the TL;DR."""

    def __init__(self, title: str, sentences: Sequence[str]) -> None:
        self.texts = sentences
        tables = weights()
        draft = Draft(title, sentences)
        self.margins = role_margins(draft.role_cues(), tables.roles)
        self.choice = [
            tables.choice(draft.features(index, self.margins), draft.ngrams[index]) for index in range(len(sentences))
        ]
        self.resources = [index for index, text in enumerate(sentences) if _RESOURCE.search(text)]
        self.others = [index for index in range(len(sentences)) if index not in self.resources]
        self.survey = bool(_SURVEY_TITLE.search(title)) or any(map(_SURVEY.search, sentences))

    def slots(self) -> tuple[int | None, int | None, int | None]:
        """The sentences for TL;DR, result and problem, counted from 0."""
        tldr = max(self.others or self.resources, key=lambda i: (self.choice[i], -i), default=None)
        result = self._best(_RESULT, [i for i in self.others if i != tldr and self._is_finding(i)])
        problem = self._best(_BACKGROUND, [i for i in self.others if i not in (tldr, result) and self._is_trouble(i)])
        return tldr, result, problem

    def three(self) -> list[int]:
        """The slots' sentences, and for each empty slot the best that is left: what three sentences can tell."""
        tldr, result, problem = self.slots()
        chosen = [index for index in (tldr, result, problem) if index is not None]
        for role, slot in ((_RESULT, result), (_BACKGROUND, problem)):
            left = [index for index in range(len(self.texts)) if index not in chosen]
            if slot is None and left:
                chosen.append(max(left, key=lambda i: (self._fitness(role, i), -i)))
        return chosen

    def _fitness(self, role: int, index: int) -> int:
        return 1000 * max(-3000, min(3000, self.margins[index][role])) + self.choice[index]

    def _best(self, role: int, candidates: Sequence[int]) -> int | None:
        return max(candidates, key=lambda i: (self._fitness(role, i), -i), default=None)

    def _is_finding(self, index: int) -> bool:
        if self.margins[index][_RESULT] < -1500:
            return False
        return bool((_EXPLICIT_FINDING if self.survey else _FINDING).search(self.texts[index]))

    def _is_trouble(self, index: int) -> bool:
        return self.margins[index][_BACKGROUND] > -1500 and bool(_TROUBLE.search(self.texts[index]))


def summarise(title: str, abstract: str) -> Summary:
    """Choose the sentences. Takes about a millisecond; the same texts give the same summary on every machine."""
    sentences = split_sentences(abstract)
    reading = _Reading(title, [sentence.text for sentence in sentences])
    tldr, result, problem = (None if index is None else sentences[index] for index in reading.slots())
    return Summary(
        tldr=tldr,
        result=result,
        problem=problem,
        resources=tuple(sentences[index] for index in reading.resources if sentences[index] != tldr),
    )


def three_sentences(title: str, sentences: Sequence[str]) -> list[int]:
    """The places (from 0) of the TL;DR first, then of up to two more, in an abstract whose sentences are known."""
    return _Reading(title, sentences).three()


def overview(papers: Sequence[tuple[str, str]]) -> list[Sentence | None]:
    """One sentence for each (title, abstract): its TL;DR; None where the abstract is empty."""
    return [summarise(title, abstract).tldr for title, abstract in papers]


def marked(abstract: str, summary: Summary) -> list[Segment]:
    """The abstract cut where sentences of its summary begin and end."""
    spans: list[tuple[int, int, Slot]] = [(s.start, s.end, "resources") for s in summary.resources]
    named: tuple[tuple[Sentence | None, Slot], ...] = (
        (summary.tldr, "tldr"),
        (summary.result, "result"),
        (summary.problem, "problem"),
    )
    spans += [(sentence.start, sentence.end, slot) for sentence, slot in named if sentence]
    segments, place = [], 0
    for start, end, slot in sorted(spans):
        if start > place:
            segments.append(Segment(text=abstract[place:start], slot=None))
        segments.append(Segment(text=abstract[start:end], slot=slot))
        place = end
    if place < len(abstract):
        segments.append(Segment(text=abstract[place:], slot=None))
    return segments
