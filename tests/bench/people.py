"""Which papers under one name are one person's: `python -m tests.bench.people --records FILE`.

FILE has JSON lines of `name` and `papers`, each with `title`, `authors`, `organisation` (the bearer's), `venue`, `year`
and `person`. Precision, recall and F1 are over the pairs of a name's papers, and the mean over names; where nothing is
united, precision is 1. Only what is united without asking counts. What is rare is told by the papers of all names.
The peers take all papers of a name for one person's, or unite what shares a co-author, directly or through others.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any

from store.catalog.author_disambiguation import divide
from store.catalog.person_evidence import Appearance, Collection, beginnings, content_words
from store.text.normalize import fold
from store.text.person_names import answers_to, name_key

PEOPLE = 1_000_000
"""Authors of DBLP, from which the names were taken, at the time: among so many the namesakes are to be expected."""

Row = dict[str, Any]


def read(path: Path) -> list[Row]:
    """The names with their papers."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def appearances(row: Row) -> list[Appearance]:
    """What each paper says of the name's bearer, who is the author whose name is the most like it."""
    found = []
    for paper in row["papers"]:
        place = bearer(row["name"], paper["authors"])
        found.append(
            Appearance(
                name=row["name"] if place is None else paper["authors"][place],
                title=paper["title"],
                coauthors=tuple(name for number, name in enumerate(paper["authors"]) if number != place),
                organisation=paper["organisation"],
                venue=paper["venue"],
                year=paper["year"],
            )
        )
    return found


def bearer(name: str, authors: Sequence[str]) -> int | None:
    """The place of the author who has the name, or may have it; None where nobody has."""
    words = name_key(name).split()

    def alike(place: int) -> tuple[bool, bool, bool]:
        other = name_key(authors[place]).split()
        return other == words, answers_to(other, words) or answers_to(words, other), other[-1] == words[-1]

    best = max(range(len(authors)), key=alike, default=None)
    return best if best is not None and any(alike(best)) else None


def collection(rows: Sequence[Row]) -> Collection:
    """What is common in the papers of all names."""
    papers = [paper for row in rows for paper in row["papers"]]
    names = {name_key(author) for paper in papers for author in paper["authors"]}
    return Collection(
        papers=len(papers),
        words=Counter(word for paper in papers for word in content_words(paper["title"])),
        places=Counter(fold(paper["venue"]) for paper in papers),
        organisations=Counter(word for paper in papers for word in content_words(paper["organisation"])),
        given=Counter(beginning for name in names for beginning in beginnings(name)),
        family=Counter(name.rpartition(" ")[2] for name in names),
        names=len(names),
        people=PEOPLE,
    )


def pairs(labels: Sequence[object]) -> set[tuple[int, int]]:
    """Every two papers of one label."""
    return {(one, other) for one, other in combinations(range(len(labels)), 2) if labels[one] == labels[other]}


def lectern(papers: Sequence[Appearance], known: Collection) -> list[object]:
    """The person of each paper, as the store divides them."""
    labels: list[object] = [None] * len(papers)
    for number, person in enumerate(divide(papers, known).people):
        for paper in person.papers:
            labels[paper] = number
    return labels


def one_per_name(papers: Sequence[Appearance], known: Collection) -> list[object]:
    """One person for all."""
    return [0] * len(papers)


def shared_coauthor(papers: Sequence[Appearance], known: Collection) -> list[object]:
    """What shares a co-author is one person's, transitively."""
    labels = list(range(len(papers)))
    first: dict[str, int] = {}
    for number, paper in enumerate(papers):
        for name in paper.coauthors:
            known_label, own = labels[first.setdefault(name_key(name), number)], labels[number]
            labels = [known_label if label == own else label for label in labels]
    return list(labels)


METHODS: dict[str, Callable[[Sequence[Appearance], Collection], list[object]]] = {
    "lectern": lectern,
    "one_per_name": one_per_name,
    "shared_coauthor": shared_coauthor,
}


def measured(said: set[tuple[int, int]], right: set[tuple[int, int]]) -> tuple[float, float, float]:
    """Precision, recall and F1 of pairs."""
    both = len(said & right)
    precision = both / len(said) if said else 1.0
    recall = both / len(right) if right else 1.0
    return precision, recall, 2 * precision * recall / (precision + recall) if both or not right else 0.0


def figures(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """The figures of each method."""
    known = collection(rows)
    found: dict[str, list[tuple[float, float, float]]] = defaultdict(list)
    for row in rows:
        papers = appearances(row)
        right = pairs([paper["person"] for paper in row["papers"]])
        for name, method in METHODS.items():
            found[name].append(measured(pairs(method(papers, known)), right))
    return {
        name: {
            kind: round(fmean(of_kind), 4)
            for kind, of_kind in zip(("precision", "recall", "f1"), zip(*of_names, strict=True), strict=True)
        }
        for name, of_names in found.items()
    }


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, required=True)
    rows = read(parser.parse_args().records)
    found = figures(rows)
    print(f"{len(rows)} names, {sum(len(row['papers']) for row in rows):,} papers")
    for name, of_method in found.items():
        print(f"{name:16}" + "".join(f"{kind:>11}{value:7.3f}" for kind, value in of_method.items()))
    print(json.dumps({"methods": found}))


if __name__ == "__main__":
    main()
