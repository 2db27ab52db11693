"""Whether the slots of a summary hold what people marked: `python -m tests.bench.slots --records FILE`.

FILE has JSON lines of `abstract` and `spans`, by label (`problem`, `task`, `idea`, `result`) the `start` and `end` of
what was marked. `problem` and `result` are the shares of abstracts with such a mark in which the slot's sentence
overlaps one (an empty slot does not); `tldr` the same for a mark of the idea or the task, and `first_sentence` for the
abstract's first sentence in place of the TL;DR. `false` is the share of filled slots among the problems and results of
abstracts without such a mark. Not all of these are wrong: people marked mostly one sentence a label, and left labels out
where the abstract has such a sentence; `tests.bench.summaries` says more of what is false. The records have no titles.
The fitted weights have seen the records that `tools.fit_summaries` was given; figures on others come from
`tools.cross_validate_summaries`.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from store.summaries.extractive import SentenceScores
from store.summaries.model import SingleSlot, SummaryModel
from store.summaries.sentence_splitter import Sentence, split_sentences
from tests.bench.summaries import Row, read

MARKS: dict[SingleSlot, tuple[str, ...]] = {"tldr": ("idea", "task"), "result": ("result",), "problem": ("problem",)}
"""The labels of marks that a slot's sentence should overlap."""


def overlaps(sentence: Sentence | None, row: Row, *labels: str) -> bool:
    marks = [mark for label in labels for mark in row["spans"].get(label, [])]
    return sentence is not None and any(mark["start"] < sentence.end and sentence.start < mark["end"] for mark in marks)


def figures(rows: Sequence[Row], model: SummaryModel | None = None) -> dict[str, float]:
    hits: dict[str, list[bool]] = {key: [] for key in ("tldr", "problem", "result", "false", "first_sentence")}
    for row in rows:
        sentences = split_sentences(row["abstract"])
        scores = SentenceScores("", [sentence.text for sentence in sentences], model)
        tldr, result, problem = (None if index is None else sentences[index] for index in scores.choose())
        if row["spans"].get("idea") or row["spans"].get("task"):
            hits["tldr"].append(overlaps(tldr, row, "idea", "task"))
            hits["first_sentence"].append(overlaps(sentences[0], row, "idea", "task"))
        for slot, sentence in (("problem", problem), ("result", result)):
            if row["spans"].get(slot):
                hits[slot].append(overlaps(sentence, row, slot))
            else:
                hits["false"].append(sentence is not None)
    return {key: fmean(values) if values else 0.0 for key, values in hits.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, required=True)
    rows = read(parser.parse_args().records)
    found = figures(rows)
    print(f"{len(rows)} abstracts")
    for key, share in found.items():
        print(f"{key:16}{share:8.1%}")
    print(json.dumps({key: round(share, 4) for key, share in found.items()}))


if __name__ == "__main__":
    main()
