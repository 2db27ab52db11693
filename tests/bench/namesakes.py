"""Look-up among many namesakes: `python -m tests.bench.namesakes --papers FILE [--number N] [--queries N]`.

The store has the papers of FILE, and made ones whose authors are of all cultures, so that there are N; as many queries
of each class are asked for the made ones. Classes `a_X_for_Y` are names typed in spelling X that the store has in
spelling Y: with their marks, with two letters instead (Joerg), or bare (Jorg). `a_east` are Chinese and Korean names.

The oracle is what can be asked for at best: the place of the answer among all that fit the query exactly, ordered by
popularity. Among those that are equally popular nobody can know which is meant, so it has a drawn place.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import accumulate, chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from store.lookup import Lookup
from store.storage.database import Database
from store.text.normalize import fold
from tests.bench import _synthetic_corpus
from tests.bench._author_title_queries import author_title_queries
from tests.bench._names_of_cultures import bare, people, with_digraphs
from tests.bench._store import Row, corpus, fill
from tests.bench._synthetic_corpus import Query, typo
from tests.bench.lookup import Tally, ask, build, summary, table

_PEOPLE_PER_PAPER = 1.4
_MOST_PAPERS = 300
_UNLIKE_PRINTED = 0.15
"""Share of names that the store has in digraphs, and as many without any marks."""


class Stored(NamedTuple):
    """A name as it is printed, and as the store has it."""

    printed: str
    stored: str
    culture: str


def _persons(number: int, seed: int = 12) -> list[Stored]:
    draw = random.Random(seed)
    ways: list[Callable[[str], str]] = [str, with_digraphs, bare]
    shares = (1 - 2 * _UNLIKE_PRINTED, _UNLIKE_PRINTED, _UNLIKE_PRINTED)
    return [
        Stored(name, (bare if culture == "vietnamese" and way is with_digraphs else way)(name), culture)
        for name, culture in people(number).items()
        for way in draw.choices(ways, shares)
    ]


def rows(number: int, source: Path, seed: int = 13) -> list[Row]:
    """So many papers: those of `source`, the rest made."""
    real = list(corpus(source))[:number]
    return real + made(number - len(real), source, seed, max((row.id for row in real), default=0))


def made(number: int, source: Path, seed: int = 13, after: int = 0) -> list[Row]:
    """So many made papers, with ids above `after`."""
    draw = random.Random(seed)
    persons = _persons(round(number * _PEOPLE_PER_PAPER))
    # Lotka's law: the share of people with n papers falls with the square of n.
    sums = list(accumulate(min(_MOST_PAPERS, draw.paretovariate(1.0)) for _ in persons))
    numbers = range(1, 9)
    return [
        replace(
            row,
            id=after + row.id,
            authors=tuple(
                dict.fromkeys(
                    person.stored
                    for person in draw.choices(
                        persons, cum_weights=sums, k=draw.choices(numbers, (2, 4, 5, 4, 3, 2, 1, 1))[0]
                    )
                )
            ),
        )
        for row in _synthetic_corpus.titles(number, source, seed)
    ]


def queries(papers: Sequence[Row], real: int, number: int, seed: int = 14) -> list[Query]:
    """So many queries of each class for the papers after the first `real`, which are made."""
    new = papers[real:]
    persons = {person.stored: person for person in _persons(round(len(new) * _PEOPLE_PER_PAPER))}
    counts = Counter(chain.from_iterable(map(fold, row.authors) for row in papers))
    wrote = sorted({name for row in new for name in row.authors})
    asked = _name_queries([persons[name] for name in wrote], number, seed)
    best = _Best(papers, counts, seed)
    return [replace(query, best=best.of(query)) for query in [*asked, *author_title_queries(new, papers, number)]]


def _name_queries(persons: Sequence[Stored], number: int, seed: int) -> list[Query]:
    draw = random.Random(seed)
    made: dict[str, list[Query]] = defaultdict(list)

    def add(group: str, person: Stored, text: str) -> None:
        if len(made[group]) < number and fold(text):
            made[group].append(Query(group, "author", text, None, fold(person.stored)))

    for person in draw.sample(list(persons), len(persons)):
        printed, stored, culture = person
        parts = stored.split()
        turned = " ".join([parts[-1], *parts[:-1]])
        shuffled = " ".join(draw.sample(parts, len(parts)))
        add("a_exact", person, stored)
        add("a_typo1", person, typo(draw, stored))
        add("a_reorder", person, turned)
        add("a_reorder_typo1", person, typo(draw, shuffled))
        if culture in {"chinese", "korean"}:
            add("a_east_typo1", person, typo(draw, stored))
            add("a_east_reorder_typo1", person, typo(draw, turned))
        add("a_initial", person, f"{stored[0]}. {parts[-1]}")
        spelt = with_digraphs(printed)
        if spelt != printed and culture != "vietnamese":
            stands = {printed: "marks", spelt: "digraphs"}.get(stored, "bare")
            for typed, text in (("marks", printed), ("digraphs", spelt), ("bare", bare(printed))):
                if text != stored:
                    add(f"a_{typed}_for_{stands}", person, text)
    return list(chain.from_iterable(made.values()))


class _Best:
    """Ranks by popularity among all that fit a query."""

    def __init__(self, papers: Sequence[Row], counts: Counter[str], seed: int) -> None:
        self._draw = random.Random(seed)
        self._counts = counts
        self._by_initial: dict[tuple[str, str], list[str]] = defaultdict(list)
        for name in counts:
            if name:
                self._by_initial[name[0], name.split()[-1]].append(name)
        self._papers = {row.id: row for row in papers}
        self._words: dict[int, frozenset[str]] = {}
        self._having: dict[str, set[int]] = defaultdict(set)
        for row in papers:
            self._words[row.id] = frozenset(chain(fold(row.title).split(), *(fold(a).split() for a in row.authors)))
            for word in self._words[row.id]:
                self._having[word].add(row.id)

    def of(self, query: Query) -> int:
        """The best rank that can be asked for."""
        words = fold(query.text).split()
        if query.group == "a_initial":
            fitting: Iterable[int] = (self._counts[name] for name in self._by_initial[words[0], words[-1]])
            return self._place(self._counts[query.answer], fitting)
        if query.kind == "author_title" and query.id is not None and query.group != "w_told_typo":
            row = self._papers[query.id]
            wanted = [word for word in words if word in self._words[row.id]]
            ids = set.intersection(*(self._having[word] for word in wanted))
            if query.group == "w_told_year":
                ids = {id_ for id_ in ids if self._papers[id_].year == row.year}
            return self._place(row.citations, (self._papers[id_].citations for id_ in ids))
        return 1

    def _place(self, own: int, fitting: Iterable[int]) -> int:
        values = list(fitting)
        return sum(value > own for value in values) + self._draw.randint(1, max(1, values.count(own)))


async def measure(papers: Path, number: int, of_class: int) -> dict[str, Tally]:
    """Ranks and times by class."""
    written = rows(number, papers)
    asked = queries(written, min(number, sum(1 for _ in corpus(papers))), of_class)
    with TemporaryDirectory() as folder:
        store = Path(folder) / "bench.db"
        db = await Database.open(store)
        await fill(db, written)
        await db.close()
        await build(store)
        db = await Database.open(store)
        lookup = await Lookup.open(db)
        try:
            return await ask(lookup, asked)
        finally:
            await lookup.close()
            await db.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--queries", type=int, default=400)
    arguments = parser.parse_args()
    tallies = asyncio.run(measure(arguments.papers, arguments.number, arguments.queries))
    table(tallies, {})
    print(json.dumps(summary(tallies)))


if __name__ == "__main__":
    main()
