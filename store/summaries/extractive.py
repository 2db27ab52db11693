"""Summaries that can be traced: sentences of the abstract in four slots, each at its place.

Nothing is written here, only chosen: the TL;DR by a fitted score, the others by the fitted roles of sentences and by
cues without which a slot stays empty.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from store.models import Frozen
from store.summaries.features import Draft
from store.summaries.model import Weights, weights
from store.summaries.rhetorical_roles import BACKGROUND, CONTRIBUTION, RESULT, log_probability, role_margins
from store.summaries.sentence_splitter import Sentence, split_sentences

Slot = Literal["tldr", "result", "problem", "resources"]

_ARTEFACT = (
    r"(?:codes?|codebase|software|implementations?|data|datasets?|corpus|corpora|models?|checkpoints?|weights|"
    r"benchmarks?|toolkits?|toolbox|librar(?:y|ies)|packages?|demos?|videos?|scripts?|materials?|website|tools?|"
    r"framework|prompts|annotations|leaderboard|resources?|projects?)"
)
_PLACE = (
    r"(?:online|here|soon|for download|upon|under|on request|on our|by anonymous|(?:at|on|from|via|through|in) "
    r"(?:https?|www|github|gitlab|our|this|the (?:following|project|authors|supplement\w*)|\S+\.\w))"
)
_RESOURCE = re.compile(
    r"https?://|\bwww\.\w|\b(?:github|gitlab|huggingface|zenodo|figshare|bitbucket|sourceforge)\.\w"
    rf"|\b{_ARTEFACT}\b[^.;]{{0,80}}\b(?:is|are|be|been|was|were) (?:\w+ ){{0,2}}"
    r"(?:(?:publicly|freely|openly) available|made available|released|open-?sourced)\b"
    rf"|\b{_ARTEFACT}\b[^.;]{{0,80}}\b(?:is|are|be) (?:\w+ ){{0,2}}(?:available|accessed|downloaded|found)\b"
    rf"[^.;]{{0,30}}\b{_PLACE}"
    rf"|^(?:our |the |all |source )*{_ARTEFACT}\b[^.;]{{0,40}} (?:is|are|will be) (?:\w+ )?available\W*$"
    rf"|\bwe\b[^.;]{{0,60}}\b(?:releas(?:e|ed|ing)|publish|share)\b[^.;]{{0,100}}\b{_ARTEFACT}\b"
    rf"|\bwe (?:have |will |also |fully |further )*open-?sourced?\b[^.;]{{0,100}}\b{_ARTEFACT}\b"
    rf"|\bwe\b[^.;]{{0,40}}\b(?:make|made)\b[^.;]{{0,80}}\b{_ARTEFACT}\b[^.;]{{0,60}}\bavailable\b",
    re.IGNORECASE,
)
_FINDING = re.compile(
    r"\b(?:outperform|surpass|exceed|achiev|attain|improv|reduc|increas|decreas|gain|significant|superior|better|best"
    r"|faster|higher|lower|fewer|state-of-the-art|competitive|comparable|effective|accura|confirm|verif)\w*"
    r"|\b(?:conclude|conclusions?|findings?|results?|(?:was|were) found|(?:is|are) shown)\b",
    re.IGNORECASE,
)
_EXPLICIT_FINDING = re.compile(
    r"\b(?:we|results?|experiments?|evaluations?|findings?|stud(?:y|ies)|analys[ei]s|tests?|simulations?|comparisons?)\b"
    r"[^.;:]{0,60}\b(?:show|find|found|demonstrate|indicate|suggest|reveal|confirm|prove|observe|conclude)\w*",
    re.IGNORECASE,
)
_MEASURED = re.compile(r"\d ?(?:%|percent\b|points?\b|x\b|×|-?fold\b|dB\b|ms\b)|(?<![\w.-])\d+\.\d+(?![\w.-]*[A-Za-z])")
_TROUBLE = re.compile(
    r"\b(?:however|unfortunately|despite|challeng\w*|difficult\w*|lacks?|lacking|limit\w*|fail\w*|struggl\w*|suffer\w*"
    r"|insufficien\w*|inadequa\w*|unable|cannot|impractical|expensive|costly|scarc\w*|hinder\w*|overlook\w*|neglect\w*"
    r"|unclear|unknown|inefficien\w*|vulnerab\w*|unreliab\w*|deficien\w*|drawbacks?|shortcomings?|bottlenecks?"
    r"|understudied|unexplored|saturate\w*|gaps?|poor\w*|prone|little|rarely|open (?:question|problem))\b",
    re.IGNORECASE,
)
_TURN = re.compile(r"^(?:however|unfortunately|despite|yet|but|nevertheless)\b|\bhowever\b", re.IGNORECASE)
_SLIGHT_TROUBLE = re.compile(
    r"\b(?:but|yet|although|though|nevertheless|hard|harder|problems?|issues?|absence|ignor\w*|misleading|misinformation"
    r"|risks?|harm\w*|threat\w*|errors?|obstacles?|impediments?|necessit\w*|crucial|critical|conflicts?|in spite of"
    r"|negative(?:ly)? (?:affect|impact|influenc)\w*|degrad\w*|imbalanced?|concerns|still|time-consuming|tedious"
    r"|labou?r-intensive|manually|not (?:yet )?been|hampers?|prevents?|restrict(?:s|ed)?|impedes?)\b",
    re.IGNORECASE,
)
_OWN_WORK = re.compile(
    r"^(?:we|our)\b|\bwe (?!lack\b)\w+|\b(?:this|the present) (?:paper|work|survey|study|article)\b", re.IGNORECASE
)
_LEANING = re.compile(
    r"^(?:(?:this|these|that|those|such|it|they|its|their)\b(?! (?:paper|work|survey|study|article|thesis|review))"
    r"|(?:furthermore|moreover|additionally|also|second|secondly|then|besides|further|consequently|as a result)\b)",
    re.IGNORECASE,
)
"""A sentence that needs the one before it."""
_SURVEY = re.compile(
    r"\b(?:this|our|the present) (?:\w+ )?(?:survey|review|overview|tutorial)\b|\bwe (?:survey|review)\b", re.IGNORECASE
)
_SURVEY_TITLE = re.compile(r"\b(?:survey|review|overview|tutorial)\b", re.IGNORECASE)
_MOVES = (BACKGROUND, CONTRIBUTION, RESULT)
_BOUND = 4000
"""No role is surer than this, in thousandths of a nat."""
_MOST_SENTENCES, _MOST_CHARACTERS = 80, 1500
"""What is looked at of an abstract and of each sentence: texts from outside can be of any length."""


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


class Reading:
    """An abstract with its sentences scored: `margins` are those of the roles, `choice` that of the TL;DR."""

    def __init__(self, title: str, sentences: Sequence[str], tables: Weights | None = None) -> None:
        self.texts = [sentence[:_MOST_CHARACTERS] for sentence in sentences[:_MOST_SENTENCES]]
        tables = tables or weights()
        draft = Draft(title[:_MOST_CHARACTERS], self.texts)
        self.margins = role_margins(draft.role_cues(), tables.roles)
        self.choice = [
            tables.choice(draft.features(index, self.margins), cues) for index, cues in enumerate(draft.ngrams)
        ]
        given = [bool(_RESOURCE.search(text)) for text in self.texts]
        self.resources = [index for index, is_given in enumerate(given) if is_given]
        self.others = [index for index, is_given in enumerate(given) if not is_given]
        self._makes = {move: [log_probability(roles[move]) for roles in self.margins] for move in _MOVES}
        # For each move the sentences that make it best; of three, two can be taken.
        self._makers = {
            move: sorted(range(len(self.texts)), key=lambda i: (-self.margins[i][move], i))[:3] for move in _MOVES
        }
        self.survey = bool(_SURVEY_TITLE.search(title)) or any(map(_SURVEY.search, self.texts))

    def tldr(self) -> int | None:
        """The best choice that leaves sentences for the other moves, less what speaks against its being the
        contribution, or standing alone.
        """
        return max(self.others or self.resources, key=lambda i: (self._as_tldr(i), -i), default=None)

    def slots(self) -> tuple[int | None, int | None, int | None]:
        """The sentences for TL;DR, result and problem, counted from 0."""
        tldr = self.tldr()
        if tldr is None:
            return None, None, None
        results = {i: fitness for i in self.others if i != tldr and (fitness := self._as_result(i)) is not None}
        result = max(results, key=lambda i: (results[i], self.choice[i], -i), default=None)
        taken = (tldr, result)
        # Behind the TL;DR, "This …" is about the paper's own work.
        apart = [i for i in self.others if i not in taken and not (i > tldr and _LEANING.search(self.texts[i]))]
        problems = {i: fitness for i in apart if (fitness := self._as_problem(i)) is not None}
        return tldr, result, max(problems, key=lambda i: (problems[i], self.choice[i], -i), default=None)

    def three(self) -> list[int]:
        """The TL;DR and the two sentences that best make the moves (background, contribution, result) it does not."""
        tldr = self.tldr()
        return [] if tldr is None else self._with_moves(tldr)[1]

    def _with_moves(self, tldr: int) -> tuple[int, list[int]]:
        """How likely the best three with this TL;DR make all moves, as a logarithm in thousandths; and those three."""
        readings = []
        for own in _MOVES:
            chosen, total = [tldr], self._makes[own][tldr]
            for move in _MOVES:
                best = next((index for index in self._makers[move] if index not in chosen), None)
                if move != own and best is not None:
                    chosen.append(best)
                    total += self._makes[move][best]
            readings.append((total, chosen))
        return max(readings, key=lambda reading: reading[0])

    def _margin(self, index: int, role: int) -> int:
        return max(-_BOUND, min(_BOUND, self.margins[index][role]))

    def _as_tldr(self, index: int) -> int:
        # More weight for the moves costs ROUGE: in folds of the training splits, this much does so within its error.
        moves = 500 * self._with_moves(index)[0]
        foreign = 50 * max(-3000, min(0, self.margins[index][CONTRIBUTION]))
        return self.choice[index] + moves + foreign - 300_000 * bool(_LEANING.search(self.texts[index]))

    def _as_result(self, index: int) -> int | None:
        """None for what is no finding; the constants were set by reading, not fitted."""
        text, margin = self.texts[index], self._margin(index, RESULT)
        explicit, measured = bool(_EXPLICIT_FINDING.search(text)), bool(_MEASURED.search(text))
        if self.survey and not (explicit or measured):
            return None
        if margin <= -_BOUND or not (explicit or measured or (margin > -800 and _FINDING.search(text))):
            return None
        return min(margin, 2000) + 1500 * explicit + 2000 * measured

    def _as_problem(self, index: int) -> int | None:
        """None for what states no problem."""
        text, margin = self.texts[index], self._margin(index, BACKGROUND)
        plain = bool(_TROUBLE.search(text))
        if margin < -1500 or _OWN_WORK.search(text) or not (plain or _SLIGHT_TROUBLE.search(text)):
            return None
        return min(margin, 1000) + 2000 * plain + 1500 * bool(_TURN.search(text))


def summarise(title: str, abstract: str) -> Summary:
    """Choose the sentences. Takes about a millisecond; the same texts give the same summary on every machine."""
    sentences = split_sentences(abstract)
    reading = Reading(title, [sentence.text for sentence in sentences])
    tldr, result, problem = (None if index is None else sentences[index] for index in reading.slots())
    return Summary(
        tldr=tldr,
        result=result,
        problem=problem,
        resources=tuple(sentences[index] for index in reading.resources if sentences[index] != tldr),
    )


def three_sentences(title: str, sentences: Sequence[str]) -> list[int]:
    """The places (from 0) of the TL;DR first, then of up to two more, in an abstract whose sentences are known."""
    return Reading(title, sentences).three()


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
