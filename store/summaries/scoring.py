"""How well a sentence fits each slot of a summary: every weight and threshold that was set by hand.

Scores are compared within one abstract only. Weights that were fitted are in `weights.json` (see
`store.summaries.model`). Those here were set by hand while reading abstracts, within the training splits: print what
half and double of each does with `python -m tools.vary_summary_weights`. `tests/summaries/test_scoring.py` holds each
value, and `tests.bench.summaries` and `tests.bench.slots` hold what they achieve.
"""

from __future__ import annotations

from dataclasses import dataclass

from store.summaries import cue_patterns


@dataclass(frozen=True)
class SlotScorer:
    """Scores of a sentence. Margins (of `role_margins`) and their thresholds are in thousandths of a nat."""

    coverage_weight: int = 500
    """Of the log-probability that three sentences fill all roles, against the fitted TL;DR score. More costs ROUGE: in
    folds of SciTLDR's training split this much does so within the error of the measurement."""
    contribution_weight: int = 50
    """Of the margin by which the sentence is not the paper's contribution."""
    contribution_floor: int = -3000
    """Lower margins of the contribution count as this."""
    context_penalty: int = 300_000
    """Millionths of the fitted TL;DR score that a sentence loses if it cannot stand alone: three tenths of a nat."""
    result_margin_above: int = -4000
    """A sentence whose result margin is not above this is no result, whatever its words say."""
    implicit_result_margin_above: int = -800
    """The same for a sentence with words of a finding, but neither a measurement nor "we show"."""
    result_margin_cap: int = 2000
    """Higher result margins count as this, so that explicit findings and measurements decide among sure results."""
    explicit_finding_bonus: int = 1500
    measurement_bonus: int = 2000
    measured_change_bonus: int = 1500
    """Besides that of the measurement: as much as for an explicit finding, so that the two outweigh a sentence with
    rivals' figures or without any."""
    problem_margin_from: int = -1500
    """A sentence whose background margin is below this states no problem."""
    problem_margin_cap: int = 1000
    """Higher background margins count as this, so that words for problems decide among sure backgrounds."""
    problem_bonus: int = 2000
    """For words that state a problem, against words that only often do."""
    contrast_bonus: int = 1500
    """For "however" and the like."""

    def tldr(self, text: str, fitted: int, coverage: int, contribution_margin: int) -> int:
        """The fitted score of a sentence as the TL;DR, with what it leaves for the other slots; in millionths.

        `coverage` is the log-probability, in thousandths, that the TL;DR and the best two others fill all roles.
        """
        doubt = max(self.contribution_floor, min(0, contribution_margin))
        alone = not cue_patterns.CONTEXT_DEPENDENT.search(text)
        return (
            fitted
            + self.coverage_weight * coverage
            + self.contribution_weight * doubt
            - (0 if alone else self.context_penalty)
        )

    def result(self, text: str, margin: int, is_survey: bool) -> int | None:
        """None for a sentence that is no finding; a survey's findings have to be explicit or measured."""
        explicit = bool(cue_patterns.EXPLICIT_FINDING.search(text))
        measured = bool(cue_patterns.MEASUREMENT.search(text))
        if margin <= self.result_margin_above:
            return None
        if not (explicit or measured):
            sure = margin > self.implicit_result_margin_above
            if is_survey or not (sure and cue_patterns.FINDING.search(text)):
                return None
        bonus = self.explicit_finding_bonus * explicit + self.measurement_bonus * measured
        bonus += self.measured_change_bonus * bool(cue_patterns.MEASURED_CHANGE.search(text))
        return min(margin, self.result_margin_cap) + bonus

    def problem(self, text: str, margin: int) -> int | None:
        """None for a sentence that states no problem, or is about the paper itself."""
        clear = bool(cue_patterns.PROBLEM.search(text))
        if margin < self.problem_margin_from or cue_patterns.OWN_WORK.search(text):
            return None
        if not (clear or cue_patterns.WEAK_PROBLEM.search(text)):
            return None
        bonus = self.problem_bonus * clear + self.contrast_bonus * bool(cue_patterns.CONTRAST.search(text))
        return min(margin, self.problem_margin_cap) + bonus
