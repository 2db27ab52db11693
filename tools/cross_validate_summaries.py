"""What the fitted weights of summaries reach on abstracts that they were not fitted to.

`python -m tools.cross_validate_summaries` with the options of `tools.fit_summaries`: the training sets are cut into
three, each third is measured with what was fitted to the others, and the means are printed: ROUGE-1 of the TL;DR, and
the figures of `tests.bench.summaries` and `tests.bench.slots` for the card's slots.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from statistics import fmean

from store.summaries.extractive import SentenceScores
from tests.bench import slots, summaries
from tests.bench.rouge import Rouge
from tools.fit_summaries import training_sets
from tools.role_fitting import fit_roles
from tools.slot_fitting import fit_model, prepare

FOLDS = 3


def main() -> None:
    sets = training_sets(argparse.ArgumentParser(description=__doc__))
    found, rouge = defaultdict(list), Rouge()  # type: defaultdict[str, list[float]], Rouge
    for fold in range(FOLDS):
        summarised, labelled, marked = (
            [row for number, row in enumerate(rows) if number % FOLDS != fold] for rows in sets
        )
        roles = fit_roles(labelled)
        model = fit_model(prepare(summarised, labelled, marked, roles), roles)
        summarised, labelled, marked = (rows[fold::FOLDS] for rows in sets)
        for row in summarised:
            tldr = SentenceScores(row["title"], row["source"], model).choose()[0]
            found["ROUGE-1"].append(rouge.best(row["target"], row["source"][tldr or 0])[0])
        found["moves"].append(summaries.moves(labelled, summaries.slots(model)))
        for key, share in summaries.slot_figures(labelled, model).items():
            found[f"labelled: {key}"].append(share)
        for key, share in slots.figures(marked, model).items():
            found[f"marked: {key}"].append(share)
    for key, shares in found.items():
        print(f"{key:24}{fmean(shares):8.4f}")


if __name__ == "__main__":
    main()
