"""Fits `store/summaries/weights.json`: `python -m tools.fit_summaries --csabstruct FILE --scitldr FILE --marked FILE`.

The rhetorical roles are fitted to CSAbstruct's training split (`tools.role_fitting`), the scores for the slots to
SciTLDR's and CSAbstruct's training splits and to the abstracts of `tests.bench.slots` (`tools.slot_fitting`). Weights
are rounded to thousandths. Abstracts that share a sentence with a file to measure on (`--apart FILE …`, the development
splits) are left out. What the weights can be expected to reach, `python -m tools.cross_validate_summaries` says.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from store.summaries.rhetorical_roles import ROLES
from tools.role_fitting import fit_roles
from tools.slot_fitting import fit_model, prepare


def read(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of JSON lines."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def without_shared_sentences(rows: Sequence[dict[str, Any]], others: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The abstracts that have no sentence in common with the others."""
    known = {sentence for row in others for sentence in _sentences(row)}
    return [row for row in rows if known.isdisjoint(_sentences(row))]


def _sentences(row: dict[str, Any]) -> list[str]:
    return [" ".join(sentence.lower().split()) for sentence in row.get("sentences") or row["source"]]


def training_sets(parser: argparse.ArgumentParser) -> list[list[dict[str, Any]]]:
    """The summarised, the labelled and the marked abstracts that the options name."""
    for name in ("--scitldr", "--csabstruct", "--marked"):
        parser.add_argument(name, type=Path, required=True)
    parser.add_argument("--apart", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    others = [row for path in options.apart for row in read(path)]
    summarised, labelled = (
        without_shared_sentences(read(path), others) for path in (options.scitldr, options.csabstruct)
    )
    return [summarised, labelled, read(options.marked)]


def main() -> None:
    """Fit and write the weights."""
    summarised, labelled, marked = training_sets(argparse.ArgumentParser(description=__doc__))
    roles = fit_roles(labelled)
    model = fit_model(prepare(summarised, labelled, marked, roles), roles)
    names = sorted({*model.ngrams, *roles.cues})
    rows = {name: [model.ngrams.get(name, 0), *roles.cues.get(name, ())] for name in names}
    lines = ",\n".join(
        f"{json.dumps(name, ensure_ascii=False)}:{json.dumps(row, separators=(',', ':'))}" for name, row in rows.items()
    )
    head = {
        "origin": "fitted by tools/fit_summaries.py to the training splits of SciTLDR (Cachola et al. 2020, "
        "Apache-2.0) and CSAbstruct (Cohan et al. 2019, Apache-2.0), the features also to 361 abstracts with marked "
        "problems, tasks, ideas and results; thousandths; cues: [TL;DR, *roles]",
        "roles": ROLES,
        "transitions": roles.transitions,
        "features": model.features,
    }
    text = json.dumps(head, indent=0, ensure_ascii=False)[:-2] + f',\n"cues": {{\n{lines}\n}}\n}}\n'
    (Path(str(resources.files("store.summaries"))) / "weights.json").write_text(text, "utf-8")
    print(f"fitted to {len(summarised)}, {len(labelled)} and {len(marked)} abstracts")
    print(f"{len(roles.cues)} cues of roles, {len(model.ngrams)} n-grams: {len(text)} bytes")


if __name__ == "__main__":
    main()
