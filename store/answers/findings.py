"""Which sentences of an abstract may say what was found, and not what was known, asked or done."""

from __future__ import annotations

import re

from store.models import Paper
from store.summaries.cue_patterns import EXPLICIT_FINDING
from store.summaries.extractive import MAX_SENTENCE_LENGTH, MAX_SENTENCES
from store.summaries.features import TokenizedAbstract
from store.summaries.model import load_model
from store.summaries.rhetorical_roles import BACKGROUND, METHOD, OBJECTIVE, role_margins
from store.summaries.sentence_splitter import Sentence, split_sentences

_HEADING = re.compile(
    r"(?:AIMS?|BACKGROUND|CONTEXT|DESIGN|IMPORTANCE|INTRODUCTION|MAIN OUTCOME|METHODS?|OBJECTIVES?|PARTICIPANTS|"
    r"PATIENTS|PURPOSE|QUESTION|RATIONALE|SETTING)\b"
)
"""Headings of structured abstracts, under which nothing is found."""
_ASKED = re.compile(
    r"\b(?:whether|aims? (?:of|to)|aimed (?:at|to)|hypothesi[sz]ed?|"
    r"(?:to|[Ww]e) (?:assess|determine|evaluate|examine|explore|investigate|study|test)d?)\b"
)
"""What says that something was to be found out. The fitted roles know computer science better than medicine."""

SURE_METHOD = 1000
"""Margin from which a sentence is a method, in thousandths of a nat: medicine tells findings in words that computer
science has for methods. With 0, a fifth less of the evidence of `tests.bench.ask` is on a side, and no more of it on
the right one."""


def is_finding(paper: Paper, sentence: Sentence) -> bool:
    """Whether a sentence of a paper's abstract is no background, objective or method, by its role and by cues.

    One that says that something shows or was found is a finding, whatever its role: *we present X and show that …*
    """
    text = sentence.text[:MAX_SENTENCE_LENGTH]
    if _HEADING.match(text):
        return False
    if EXPLICIT_FINDING.search(text):
        return True
    if _ASKED.search(text):
        return False
    texts = [one.text[:MAX_SENTENCE_LENGTH] for one in split_sentences(paper.abstract or "")[:MAX_SENTENCES]]
    cues = TokenizedAbstract(paper.title[:MAX_SENTENCE_LENGTH], texts).role_cues()
    margins = role_margins(cues, load_model().roles)[sentence.number - 1]
    return max(margins[BACKGROUND], margins[OBJECTIVE]) <= 0 and margins[METHOD] <= SURE_METHOD
