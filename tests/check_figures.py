"""Holds the figures of a bench to what was reached: `python -m tests.bench.NAME … | python -m tests.check_figures NAME`.

Only figures that do not depend on the machine are held: what is found and what is chosen, never how fast.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any

RECALL = {
    0.99: "a_exact a_nodiac a_reorder a_surname_prefix a_translit a_typo1 t_abbrev t_acronym t_acronym_spaced t_exact t_reorder "
    "t_short_typo1 t_typo1 t_typo2 t_typo3 w_told w_told_year",
    0.98: "a_reorder_typo1 a_typo2 t_missing t_trunc t_messy t_acronym_typo",
    0.97: "w_told_typo",
    0.95: "t_window4_typo1 a_dblp_alias",
    0.90: "t_prefix_typo",
}
NAMESAKES = {
    0.98: "a_exact a_reorder a_typo1 a_bare_for_digraphs a_bare_for_marks a_digraphs_for_bare a_digraphs_for_marks "
    "a_marks_for_bare a_marks_for_digraphs w_told w_told_year",
    0.97: "a_reorder_typo1 a_east_typo1",
    0.94: "a_east_reorder_typo1 w_told_typo",
}
OFF_THE_ORACLE = 0.04
"""How far beginnings, initials and surnames may stay behind what can be had at best."""
SLOTS = {"tldr": 0.67, "problem": 0.69, "result": 0.68}
MOST_FALSE_SLOTS = 0.70
DECISIONS = {
    "opened_right": (0.525, 1.0),
    "opened_wrong": (0.0, 0.025),
    "asked_without": (0.0, 0.145),
    "nothing_right": (0.055, 1.0),
    "nothing_wrong": (0.0, 0.005),
}
"""Shares of 60 queries of each class."""
SUMMARIES = {"r1": 41.7, "kpr3": 50.3, "new3": 38.5}
MOVES = {"lectern": 0.74, "lectern slots": 0.43}
SLOTS_BY_LABEL = {"otherwise": (0.0, 0.20), "false": (0.0, 0.135), "tldr": (0.67, 1.0)}
"""Shares of results and problems that are labelled otherwise, of abstracts with one that none of their sentences is, and
of TL;DRs with an objective or a method."""
MERGING = {"precision": 0.99, "recall": 0.945}
PEOPLE = {"precision": 0.955, "recall": 0.76, "f1": 0.82}

RELATED = {"lectern": 56.0, "lectern_semantic": 62.0}
AHEAD_OF_TFIDF = {"lectern": 0.03, "lectern_semantic": 0.09}
"""By how much the mean reciprocal rank is higher."""

CLOSE, CLOSE_TO_KEYWORDS = 0.15, 1.5
"""The recall of what labs wrote, of 40 labs of each year, and how many times that of keywords with as many posts."""

ASK = {
    "lectern": {
        "recall8": (0.76, 1.0), "mixed_up": (0.0, 0.12), "on_a_side": (0.26, 1.0), "nothing_said": (0.82, 0.88)
    },
    "lectern_semantic": {
        "recall8": (0.81, 1.0), "mixed_up": (0.0, 0.12), "on_a_side": (0.26, 1.0), "nothing_said": (0.80, 0.88)
    },
}  # fmt: skip
"""Shares, each in its range, so that a threshold that is too high fails as one that is too low."""

FOUND, COPIED, DRAWN = 0.85, 0, 95
"""The nearest papers of all that are found; the highest percentile of a copy, and the least of words without a text."""

SHARE_OF_BARE = 0.04
"""Commands for each second of processor time, of those of a client that looks nothing up."""


def lookup(figures: dict[str, Any]) -> Iterator[str]:
    """Recall within five, by class."""
    return _recall(figures, RECALL)


def namesakes(figures: dict[str, Any]) -> Iterator[str]:
    """The same among many namesakes."""
    return _recall(figures, NAMESAKES)


def _recall(figures: dict[str, Any], floors: dict[float, str]) -> Iterator[str]:
    held = {name: floor for floor, names in floors.items() for name in names.split()}
    for name, of_class in figures["classes"].items():
        floor = held.get(name, of_class["oracle5"] - OFF_THE_ORACLE)
        if of_class["r5"] < floor:
            yield f"{name}: recall@5 is {of_class['r5']}, not {floor:.3f}"


def resolve(figures: dict[str, Any]) -> Iterator[str]:
    """Decisions: each share in its range, so that a threshold that is too low fails as one that is too high."""
    for name, (low, high) in DECISIONS.items():
        if not low <= figures[name] <= high:
            yield f"{name} is {figures[name]}, not in {low}..{high}"


def summaries(figures: dict[str, Any]) -> Iterator[str]:
    """What the chosen sentences hold of the references, and of the moves."""
    for name, floor in SUMMARIES.items():
        if figures["methods"]["lectern"][name] < floor:
            yield f"{name} is {figures['methods']['lectern'][name]}, not {floor}"
    for name, floor in MOVES.items():
        if figures["moves"][name] < floor:
            yield f"moves of {name} are {figures['moves'][name]}, not {floor}"
    for name, (low, high) in SLOTS_BY_LABEL.items():
        if not low <= figures["slots"][name] <= high:
            yield f"{name} is {figures['slots'][name]}, not in {low}..{high}"


def slots(figures: dict[str, Any]) -> Iterator[str]:
    """How often a slot holds what people marked, and how often it is filled where they marked nothing."""
    for name, floor in SLOTS.items():
        if figures[name] < floor:
            yield f"{name} is {figures[name]}, not {floor}"
    if figures["false"] > MOST_FALSE_SLOTS:
        yield f"false is {figures['false']}, not {MOST_FALSE_SLOTS}"


def merging(figures: dict[str, Any]) -> Iterator[str]:
    """Pairs of records that are made one paper."""
    for name, floor in MERGING.items():
        if figures[name] < floor:
            yield f"{name} is {figures[name]}, not {floor}"


def people(figures: dict[str, Any]) -> Iterator[str]:
    """Pairs of papers under one name that are united without asking."""
    for name, floor in PEOPLE.items():
        if figures["methods"]["lectern"][name] < floor:
            yield f"{name} is {figures['methods']['lectern'][name]}, not {floor}"


def close_to_us(figures: dict[str, Any]) -> Iterator[str]:
    """What labs wrote after the papers that they follow, beside keywords at equal volume."""
    ours, keywords = (figures["methods"][name]["recall"] for name in ("lectern", "keywords"))
    if ours < CLOSE or ours < CLOSE_TO_KEYWORDS * keywords:
        yield f"recall is {ours}, not {CLOSE} and {CLOSE_TO_KEYWORDS} times {keywords}"


def related(figures: dict[str, Any]) -> Iterator[str]:
    """Papers close to a paper, beside people's grades."""
    methods = figures["methods"]
    for name, floor in RELATED.items():
        if name in methods and methods[name]["ndcg20"] < floor:
            yield f"NDCG%20 of {name} is {methods[name]['ndcg20']}, not {floor}"


def described(figures: dict[str, Any]) -> Iterator[str]:
    """Papers that fit a description, beside TF-IDF."""
    tfidf = figures["methods"]["tfidf"]["mrr"]
    for name, ahead in AHEAD_OF_TFIDF.items():
        if name in figures["methods"] and (mrr := figures["methods"][name]["mrr"]) < tfidf + ahead:
            yield f"MRR of {name} is {mrr}, not {tfidf} and {ahead} more"


def novelty(figures: dict[str, Any]) -> Iterator[str]:
    """How often the nearest paper is found, and where copies and words drawn at random stand."""
    percentiles = figures["percentiles"]
    if figures["found"] < FOUND:
        yield f"found is {figures['found']}, not {FOUND}"
    if max(percentiles["copied"], percentiles["shuffled"]) > COPIED or percentiles["drawn"] < DRAWN:
        yield f"percentiles are {percentiles}, not at most {COPIED} for copies and at least {DRAWN} for drawn words"


def ask(figures: dict[str, Any]) -> Iterator[str]:
    """Evidence that is found, how much of it is on a side and on the wrong one, and claims of which nothing is said."""
    for method, ranges in ASK.items():
        for name, (low, high) in ranges.items():
            if method in figures["methods"] and not low <= figures["methods"][method][name] <= high:
                yield f"{name} of {method} is {figures['methods'][method][name]}, not in {low}..{high}"


def load(figures: dict[str, Any]) -> Iterator[str]:
    """First answers that Discord would not take, what was never finished, and commands beside a bare client's."""
    for name, of_one in figures["configurations"].items():
        for what in ("over_3s", "unfinished"):
            if of_one[what]:
                yield f"{what} of {name} is {of_one[what]}, not 0"
        share = of_one["commands_per_cpu_s"] / figures["bare"]["commands_per_cpu_s"]
        if share < SHARE_OF_BARE:
            yield f"the share of commands_per_cpu_s of {name} is {share:.3f}, not {SHARE_OF_BARE}"


def main() -> None:
    """Pass on what the bench prints; exit status 1 where a figure is below its floor."""
    last = ""
    for line in sys.stdin:
        sys.stdout.write(line)
        last = line.strip() or last
    checks = {
        "lookup": lookup,
        "namesakes": namesakes,
        "resolve": resolve,
        "summaries": summaries,
        "slots": slots,
        "people": people,
        "novelty": novelty,
        "ask": ask,
        "close_to_us": close_to_us,
        "described": described,
        "related": related,
        "merging": merging,
        "load": load,
    }
    below = list(checks[sys.argv[1]](json.loads(last)))
    sys.exit("\n".join(below) or 0)


if __name__ == "__main__":
    main()
