"""What each hand-set weight of summaries does: `python -m tools.vary_summary_weights` with three training splits.

Sets each field of `SlotScorer` to zero, half and double, and prints the figures of `tests.bench.summaries` and
`tests.bench.slots` that it can change: ROUGE-1 of the TL;DR, the share of abstracts whose three best sentences fill all
roles, and the shares of right problems and results and of false ones. Give it training splits; what is measured on the
development sets was not to be chosen by them.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import fields, replace
from pathlib import Path
from statistics import fmean

from store.summaries.extractive import SentenceScores
from store.summaries.scoring import SlotScorer
from tests.bench import slots
from tests.bench.rouge import Rouge
from tests.bench.summaries import Row, moves, read, three_sentences


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("--scitldr", "--csabstruct", "--slots"):
        parser.add_argument(name, type=Path, required=True)
    options = parser.parse_args()
    tldr, labelled, marked = (read(path) for path in (options.scitldr, options.csabstruct, options.slots))
    rouge = Rouge()
    rewards = [[rouge.best(row["target"], sentence)[0] for sentence in row["source"]] for row in tldr]
    print(f"{'weight':32}{'value':>9}{'r1':>8}{'roles':>8}{'tldr':>8}{'problem':>8}{'result':>8}{'false':>8}")

    def show(name: str, scorer: SlotScorer, value: str) -> None:
        shares = slots.figures(marked, scorer)
        row = [100 * rouge_1(tldr, rewards, scorer), 100 * moves(labelled, three_sentences(scorer=scorer))]
        row += [100 * shares[key] for key in ("tldr", "problem", "result", "false")]
        print(f"{name:32}{value:>9}" + "".join(f"{figure:8.2f}" for figure in row), flush=True)

    present = SlotScorer()
    show("as they are", present, "")
    for field in fields(present):
        value = getattr(present, field.name)
        for other in (0, value // 2, 2 * value):
            show(field.name, replace(present, **{field.name: other}), str(other))


def rouge_1(rows: Sequence[Row], rewards: Sequence[Sequence[float]], scorer: SlotScorer) -> float:
    """The mean over abstracts of the chosen TL;DR's ROUGE-1, 0..1."""
    chosen = (SentenceScores(row["title"], row["source"], scorer=scorer).choose_tldr() for row in rows)
    return fmean(of_row[index or 0] for of_row, index in zip(rewards, chosen, strict=True))


if __name__ == "__main__":
    main()
