"""Sentences of an abstract that people can discuss, each with what it is about. Sentences are chosen, never written."""

from __future__ import annotations

from typing import Literal

from store.summaries.extractive import SentenceScores, Summary, summarise
from store.summaries.rhetorical_roles import METHOD
from store.summaries.sentence_splitter import Sentence, split_sentences

Subject = Literal["problem", "contribution", "method", "result", "resources"]


def summary_and_subjects(title: str, abstract: str) -> tuple[Summary, list[tuple[Subject, Sentence]]]:
    """The summary of an abstract, and at most one sentence for each subject, no two of them the same.

    The method is what most surely is one by its rhetorical role; there is none where no sentence is one more likely
    than not.
    """
    summary = summarise(title, abstract)
    found: list[tuple[Subject, Sentence]] = []
    if summary.problem:
        found.append(("problem", summary.problem))
    if summary.tldr:
        found.append(("contribution", summary.tldr))
    if method := _method(title, abstract, summary):
        found.append(("method", method))
    if summary.result:
        found.append(("result", summary.result))
    if summary.resources:
        found.append(("resources", summary.resources[0]))
    return summary, found


def _method(title: str, abstract: str, summary: Summary) -> Sentence | None:
    sentences = split_sentences(abstract)
    margins = SentenceScores(title, [sentence.text for sentence in sentences]).margins
    taken = {summary.problem, summary.tldr, summary.result, *summary.resources}
    likely = [
        (of_sentence[METHOD], sentence)
        for of_sentence, sentence in zip(margins, sentences, strict=False)
        if of_sentence[METHOD] > 0 and sentence not in taken
    ]
    return max(likely, key=lambda one: one[0], default=(0, None))[1]
