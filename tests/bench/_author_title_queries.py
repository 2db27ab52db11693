"""Queries by author, title words and year, made from a corpus."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from store.text.normalize import fold
from tests.bench._store import Row
from tests.bench._synthetic_corpus import Query, typo

_QUERIES = 400


def author_title_queries(
    rows: Sequence[Row], among: Sequence[Row] | None = None, number: int = _QUERIES, seed: int = 7
) -> list[Query]:
    """Three per paper: the first author's surname with the two rarest title words, with one and the year, and misspelt.

    Rarest in the titles of `among`, which are those of `rows` if left out.
    """
    draw = random.Random(seed)
    counts = Counter(word for row in among or rows for word in set(fold(row.title).split()))
    made = []
    known = [row for row in rows if row.authors and row.year and fold(row.authors[0])]
    for row in draw.sample(known, min(number, len(known))):
        surname = fold(row.authors[0]).split()[-1]
        rarest = sorted(set(fold(row.title).split()), key=lambda word: (counts[word], word))[:2]
        for group, text in (
            ("w_told", f"{surname} {' '.join(rarest)}"),
            ("w_told_year", f"{rarest[0]} ({surname.capitalize()} et al., {row.year})"),
            ("w_told_typo", f"{typo(draw, surname)} {' '.join(rarest)}"),
        ):
            made.append(Query(group, "author_title", text, row.id, fold(row.title)))
    return made
