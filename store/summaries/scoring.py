"""What makes a good result or problem, beyond what is fitted: set by hand, in millionths of a nat as the fitted scores.

CSAbstruct's labels cannot say which of an abstract's results is the main one, and marked abstracts are too few to say
it alone. `tests/summaries/test_scoring.py` holds each value, `tests.bench.slots` and the bundled papers in
`tests/summaries/test_extractive.py` hold what they achieve.
"""

from __future__ import annotations

from store.summaries.cue_patterns import EXPLICIT_FINDING, MEASURED_CHANGE, MEASUREMENT, OWN_WORK, SURVEY, SURVEY_TITLE

FINDING_BONUS = 1_000_000
"""For each of: somebody shows or finds it; it is measured; it is a change with its size. So a measured change outweighs
a sentence with rivals' figures or without any."""

NOTHING_BONUS = 500_000
"""What leaving a slot empty gains: more takes right sentences from the card, less puts false ones on it. On
CSAbstruct's development split 0.440 of the cards have all moves and 0.125 a false slot; with half a nat less 0.510 and
0.186, with a quarter more 0.380 and 0.068."""


def is_survey(title: str, sentences: list[str]) -> bool:
    """Whether the paper calls itself a survey."""
    return bool(SURVEY_TITLE.search(title)) or any(map(SURVEY.search, sentences))


def result_bonus(text: str, of_survey: bool) -> int | None:
    """What explicit and measured findings gain. None for a survey's sentence that is neither: an outlook, no result."""
    explicit, measured = bool(EXPLICIT_FINDING.search(text)), bool(MEASUREMENT.search(text))
    if of_survey and not (explicit or measured):
        return None
    changed = bool(MEASURED_CHANGE.search(text))
    return FINDING_BONUS * (explicit + measured + changed)


def can_be_problem(text: str) -> bool:
    """Not what a paper does itself, even where labels call it background."""
    return not OWN_WORK.search(text)
