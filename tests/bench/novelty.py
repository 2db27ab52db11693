"""Novelty of real and of made-up abstracts, and how long it takes: `python -m tests.bench.novelty --data DIR [--made N]`.

DIR holds `eval/related/*.jsonl` and `lookup/papers.jsonl.gz`. Each of some papers is measured as it is, as a copy with
another title, as a copy with its words shuffled, and with each word drawn from another paper. `found` is the share
whose nearest of all earlier papers is among the candidates; `error` by how many points a percentile among 100 papers
differs from that among all of the year. `--made` measures among so many made papers instead, with abstracts of 80
words, in CPU time: a paper, and what is asked first of a category and year, and asked again.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from statistics import mean

import numpy as np

from store.catalog import novelty_percentile
from store.catalog.merge import merge
from store.catalog.novelty import Weighed, WordCounts, distance, earlier_candidates, nearest, weights
from store.catalog.novelty_percentile import novelty, word_counts
from store.models import Paper, PaperRecord, Source
from store.storage.database import Database
from store.text.handles import handle
from store.text.normalize import fold
from store.text.partial_dates import from_iso
from tests.bench import _synthetic_corpus
from tests.bench._store import corpus, lines

SOURCE = Source(kind="dump", name="bench", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
YEAR, ASKED, SHOWN = "2017", 100, 4
CATEGORIES = ("cs.CL", "cs.LG", "cs.CV", "cs.AI")


def paper(title: str, abstract: str | None, year: object, category: str | None) -> Paper:
    published = from_iso(str(year))
    record = PaperRecord(source=SOURCE, title=title, abstract=abstract, published=published, category=category)
    return merge(handle("bench", title), [record])


def real(data: Path) -> list[Paper]:
    """Each title once. All that have an abstract pass for papers of one category."""
    read = [entry for path in sorted((data / "eval/related").glob("*.jsonl")) for entry in lines(path)]
    entries = [one for entry in read for one in (entry["query"], *entry["candidates"])]
    found: dict[str, Paper] = {}
    for one in [*entries, *lines(data / "lookup/papers.jsonl.gz")]:
        abstract = one.get("abstract") or None
        found.setdefault(fold(one["title"]), paper(one["title"], abstract, one["year"], "cs.CL" if abstract else None))
    return list(found.values())


def made(number: int, titles: Path) -> Iterator[Paper]:
    """Made titles, abstracts of real ones, of four categories and 25 years."""
    draw = random.Random(1)
    sentences = [row.title for row in corpus(titles)]
    for row in _synthetic_corpus.titles(number, titles):
        abstract = ". ".join(draw.choices(sentences, k=9))
        yield paper(
            row.title, abstract, f"{draw.randint(2000, 2024)}-{draw.randint(1, 12):02}", draw.choice(CATEGORIES)
        )


async def fill(db: Database, papers: Iterable[Paper]) -> None:
    """Write papers straight into the tables."""
    place = 0
    async with db.write() as connection:
        await connection.execute("INSERT INTO sources (id, kind, name) VALUES (1, 'dump', 'bench')")
    rest = iter(papers)
    while batch := list(islice(rest, 20_000)):
        numbered = list(enumerate(batch, place + 1))
        place += len(batch)
        async with db.write() as connection:
            await connection.executemany(
                "INSERT INTO papers (id, handle, title, published, category, added) VALUES (?, ?, ?, ?, ?, '2026-01-01')",
                [(id_, one.handle, one.title, one.published, one.category) for id_, one in numbered],
            )
            await connection.executemany(
                "INSERT INTO records (paper_id, source_id, retrieved, body) VALUES (?, 1, '2026-01-01T00:00:00+00:00', ?)",
                [
                    (id_, one.model_dump_json(include=set(PaperRecord.model_fields) - {"source"}))
                    for id_, one in numbered
                ],
            )
            await connection.executemany(
                "INSERT INTO paper_words (rowid, title, abstract, categories) VALUES (?, ?, ?, '')",
                [(id_, fold(one.title), fold(one.abstract or "")) for id_, one in numbered],
            )


async def distance_of(db: Database, one: Paper, counts: WordCounts) -> float:
    async with db.read() as connection:
        candidates = await earlier_candidates(connection, one, known := Weighed(counts))
    assert candidates is not None
    return distance(nearest(one, candidates, known))


def least_of_all(asked: Sequence[Paper], papers: Sequence[Paper], counts: WordCounts) -> Iterator[float]:
    """The distance of each to the nearest of all earlier papers."""
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    earlier = [one for one in papers if one.published and one.published < YEAR]
    for place, one in enumerate(earlier):
        theirs = weights(one, counts)
        norm = float(np.linalg.norm(list(theirs.values()))) or 1.0
        for word, weight in theirs.items():
            postings[word].append((place, weight / norm))
    for one in asked:
        own = weights(one, counts)
        sums = np.zeros(len(earlier))
        for word, weight in own.items():
            for place, theirs_of_word in postings[word]:
                sums[place] += weight * theirs_of_word
        yield 1 - float(sums.max()) / float(np.linalg.norm(list(own.values())))


async def of_real_papers(db: Database, data: Path) -> dict[str, object]:
    draw = random.Random(2)
    papers = real(data)
    await fill(db, papers)
    with_abstract = [one for one in papers if one.abstract]
    year = [one for one in with_abstract if one.published == YEAR]
    asked = draw.sample(year, ASKED)
    others = [word.split() for one in with_abstract if (word := one.abstract)]
    counts = (await word_counts(db))[1]
    print(f"{len(papers):,} papers, {len(with_abstract):,} with abstracts, {len(year)} of {YEAR}\n")
    percentiles: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(asked):
        assert one.abstract
        earlier = draw.choice([other for other in with_abstract if other.published and other.published < YEAR])
        assert earlier.abstract
        shuffled = earlier.abstract.split()
        draw.shuffle(shuffled)
        drawn = [draw.choice(draw.choice(others)) for _ in one.abstract.split()]
        for name, abstract in {
            "as it is": one.abstract,
            "copied": earlier.abstract,
            "shuffled": " ".join(shuffled),
            "drawn": " ".join(drawn),
        }.items():
            found = await novelty(db, one.model_copy(update={"abstract": abstract}))
            assert found
            percentiles[name].append(found.percentile)
            if place < SHOWN:
                near = found.nearest[0]
                print(
                    f"{name:9}{found.percentile:4} %  {one.title[:44]:44}  {near.similarity:.2f} {near.paper.published} "
                    f"{near.paper.title[:44]:44}  {', '.join(near.words)}"
                )
    print(f"\n{'abstract':10}{'least':>7}{'median':>8}{'most':>6}   percentile of {ASKED} papers")
    for name, values in percentiles.items():
        print(f"{name:10}{min(values):7}{int(np.median(values)):8}{max(values):6}")
    exact = list(least_of_all(asked, papers, counts))
    distances = [await distance_of(db, one, counts) for one in year]
    by_handle = {one.handle: value for one, value in zip(year, distances, strict=True)}
    found_all = mean(by_handle[one.handle] - least < 1e-6 for one, least in zip(asked, exact, strict=True))
    behind = max(by_handle[one.handle] - least for one, least in zip(asked, exact, strict=True))
    among_all = [100 * mean(other < by_handle[one.handle] for other in distances) for one in asked]
    error = mean(abs(all_ - some) for all_, some in zip(among_all, percentiles["as it is"], strict=True))
    print(f"\nfound {found_all:.2f}, else at most {behind:.2f} farther; error {error:.1f} points")
    return {
        "percentiles": {name: int(np.median(values)) for name, values in percentiles.items()},
        "found": round(found_all, 3),
        "error": round(error, 1),
    }


async def of_made_papers(db: Database, number: int, titles: Path) -> dict[str, object]:
    await fill(db, made(number, titles))
    started = time.process_time()
    _, counts = await word_counts(db)
    counting = time.process_time() - started
    taken: list[float] = []
    first: list[float] = []
    again: list[float] = []
    for one in made(ASKED, titles):
        asked = one.model_copy(update={"published": "2024-12-31", "handle": handle("asked")})
        started = time.process_time()
        await distance_of(db, asked, counts)
        taken.append(time.process_time() - started)
    for category in CATEGORIES:
        for times in (first, again):
            started = time.process_time()
            await novelty(db, asked.model_copy(update={"category": category}))
            times.append(time.process_time() - started)
    p50, p99 = (round(float(value) * 1000, 1) for value in np.percentile(taken, (50, 99)))
    print(
        f"{number:,} papers: words of the sample counted in {counting:.1f} s; a paper {p50} ms, slowest of 100 {p99} ms;"
    )
    print(
        f"asked first {1000 * mean(first):.0f} ms, with {novelty_percentile.COMPARED} papers; again {1000 * mean(again):.0f} ms"
    )
    return {"p50_ms": p50, "p99_ms": p99, "first_ms": round(1000 * mean(first)), "again_ms": round(1000 * mean(again))}


async def measured(data: Path, number: int) -> dict[str, object]:
    with tempfile.TemporaryDirectory() as folder:
        db = await Database.open(Path(folder) / "lectern.db")
        try:
            if number:
                return await of_made_papers(db, number, data / "lookup/papers.jsonl.gz")
            return await of_real_papers(db, data)
        finally:
            await db.close()


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--made", type=int, default=0)
    arguments = parser.parse_args()
    print(json.dumps(asyncio.run(measured(arguments.data, arguments.made))))


if __name__ == "__main__":
    main()
