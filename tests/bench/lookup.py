"""Look-up beside its peers: `python -m tests.bench.lookup --papers FILE --queries FILE [--sample N] [--made N]`.

Runs on one core. `--made` generates a corpus of so many papers and 0.6 times as many authors from the words of FILE,
with queries. `--sample` is how many queries of a class the peers answer (0: all). `--inserting N` then inserts N
papers in batches of 1,000 while searches go on. `--store PATH` keeps the store for another run.

Classes `t_` are titles, `a_` names, and `w_` author with title words. A hit counts if it is the paper, or folds to
the same text. The oracle is what could be had at best: the answer's rank by popularity among all
that fit the query exactly, where a class has it. Private memory is that of the whole process after the look-ups of
titles and names, before any peer is made.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from store.lookup import Lookup
from store.lookup.index.reader_pool import shorten_thread_switches
from store.storage.database import Database
from store.text.normalize import fold
from tests.bench import _concurrent_inserts, _synthetic_corpus
from tests.bench._author_title_queries import author_title_queries
from tests.bench._peers import Find, Texts, peers
from tests.bench._store import Row, corpus, fill, fill_names, handle, lines
from tests.bench._synthetic_corpus import Query

PEERS = ("rapidfuzz", "fts5_words", "fts5_trigrams", "tantivy", "pg_trgm")
WANTED = {
    0.99: "t_exact t_typo1 t_typo2 t_typo3 t_short_typo1 t_missing t_reorder t_abbrev t_acronym t_acronym_spaced "
    "t_trunc a_nodiac a_translit a_exact a_typo1 a_typo2 a_reorder a_surname_prefix",
    0.98: "t_messy a_reorder_typo1",
    0.96: "t_acronym_typo t_prefix_typo",
    0.90: "a_dblp_alias",
    0.85: "t_window4_typo1",
}
_MADE_QUERIES = 200


@dataclass
class Tally:
    """Ranks and times of the queries of one class or field."""

    ranks: list[int] = field(default_factory=list)
    best: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    def add(self, rank: int, best: int, seconds: float) -> None:
        self.ranks.append(rank)
        self.best.append(best)
        self.times.append(seconds * 1000)

    def within(self, rank: int) -> float:
        return round(sum(r <= rank for r in self.ranks) / len(self.ranks), 4)

    def oracle(self, rank: int) -> float:
        return round(sum(r <= rank for r in self.best) / len(self.best), 4)

    def at(self, share: float) -> float:
        ordered = sorted(self.times)
        return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 3)

    def figures(self) -> dict[str, Any]:
        return {
            "n": len(self.ranks),
            **{f"r{k}": self.within(k) for k in (1, 5, 25)},
            **{f"oracle{k}": self.oracle(k) for k in (5, 25)},
            **{f"p{q}_ms": self.at(q / 100) for q in (50, 95, 99)},
            "max_ms": round(max(self.times), 3),
        }


def summary(tallies: dict[str, Tally]) -> dict[str, Any]:
    """Figures by class, and of all titles and all names together."""
    said: dict[str, Any] = {"classes": {group: tally.figures() for group, tally in tallies.items()}}
    for kind, letter in (("titles", "t"), ("authors", "a")):
        whole = Tally()
        for group, tally in tallies.items():
            if group.startswith(letter):
                whole.ranks += tally.ranks
                whole.best += tally.best
                whole.times += tally.times
        if whole.ranks:
            said[kind] = {
                k: v for k, v in whole.figures().items() if k in {"r5", "p50_ms", "p95_ms", "p99_ms", "max_ms"}
            }
    return said


def read_queries(path: Path) -> list[Query]:
    return [
        Query(entry["cls"], entry["kind"], entry["q"], entry.get("id"), entry["ans"], entry.get("orank") or 1)
        for entry in lines(path)
    ]


def sampled(queries: Iterable[Query], number: int) -> list[Query]:
    """So many queries of each class; all if the number is 0."""
    by_group: dict[str, list[Query]] = defaultdict(list)
    for query in queries:
        by_group[query.group].append(query)
    draw = random.Random(5)
    return [
        query
        for group in by_group.values()
        for query in (draw.sample(group, number) if 0 < number < len(group) else group)
    ]


async def ask(lookup: Lookup, queries: Sequence[Query]) -> dict[str, Tally]:
    """Answer every query with Lectern."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for query in queries:
        find = {"title": lookup.titles, "author": lookup.authors, "author_title": lookup.by_author_and_title}[
            query.kind
        ]
        start = time.perf_counter()
        hits = await find(query.text, 25)
        taken = time.perf_counter() - start
        wanted = handle("p", query.id) if query.kind != "author" and query.id is not None else ""
        rank = next((i for i, h in enumerate(hits, 1) if h.handle == wanted or fold(h.text) == query.answer), 10**6)
        tallies[query.group].add(rank, query.best, taken)
    return dict(tallies)


def ask_peer(find: Find, texts: dict[str, Texts], queries: Sequence[Query]) -> dict[str, Tally]:
    """Answer every query with a peer."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for query in queries:
        start = time.perf_counter()
        hits = find(query.kind, query.text)
        taken = time.perf_counter() - start
        rank = next((i for i, at in enumerate(hits, 1) if texts[query.kind][at] == query.answer), 10**6)
        tallies[query.group].add(rank, query.best, taken)
    return dict(tallies)


def table(tallies: dict[str, Tally], others: dict[str, dict[str, Tally]]) -> None:
    least = {group: wanted for wanted, groups in WANTED.items() for group in groups.split()}
    print(
        f"{'class':18}{'n':>5}{'r@1':>7}{'r@5':>7}{'r@25':>7}{'oracle5':>9}{'wanted':>8}"
        f"{'p50':>8}{'p95':>8}{'p99':>8} ms",
        end="",
    )
    print("".join(f"{name + ' r@5':>19}" for name in others))
    for group, tally in sorted(tallies.items()):
        wanted = least.get(group, tally.oracle(5) - 0.02)
        print(
            f"{group:18}{len(tally.ranks):5}{tally.within(1):7.3f}{tally.within(5):7.3f}{tally.within(25):7.3f}"
            f"{tally.oracle(5):9.3f}{wanted:7.2f}{' ' if tally.within(5) >= wanted - 1e-9 else '!'}"
            f"{tally.at(0.5):8.2f}{tally.at(0.95):8.2f}{tally.at(0.99):8.2f}   ",
            end="",
        )
        print("".join(f"{other[group].within(5):19.3f}" if group in other else " " * 19 for other in others.values()))


async def make(store: Path, papers: Path, made: int) -> None:
    db = await Database.open(store)
    try:
        if made:
            await fill(db, _synthetic_corpus.titles(made, papers))
            await fill_names(db, _synthetic_corpus.names(made * 3 // 5, papers))
        else:
            await fill(db, corpus(papers))
    finally:
        await db.close()


async def build(store: Path) -> float:
    """Open once, so that the index is built and its image written; returns the seconds until the index was ready."""
    start = time.perf_counter()
    db = await Database.open(store)
    lookup = await Lookup.open(db, _progress)
    taken = time.perf_counter() - start
    await lookup.titles("x")
    await lookup.authors("x")
    await lookup.ready()
    await lookup.close()
    await db.close()
    return taken


def prepare(arguments: argparse.Namespace) -> dict[str, Any]:
    """Fill a store and build its index; returns what that took."""
    asyncio.run(make(arguments.store, arguments.papers, arguments.made))
    before = arguments.store.stat().st_size
    taken = asyncio.run(build(arguments.store))
    return {
        "build_s": round(taken, 2),
        "index_mb": round((arguments.store.stat().st_size - before) / 1e6, 1),
        "build_peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _progress(what: str, done: int, total: int) -> None:
    print(f"\r{what}: {done:,} of {total:,}   ", end="\n" if done == total else "", file=sys.stderr, flush=True)


async def made_queries(db: Database, inserted: int) -> list[Query]:
    """Queries for the first `inserted` papers of a generated corpus."""
    draw = random.Random(6)
    async with db.read() as connection:
        ((names,),) = await connection.execute_fetchall("SELECT count(*) FROM authors")
        papers = await connection.execute_fetchall(
            "SELECT id, title FROM papers WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(draw.sample(range(1, inserted + 1), min(inserted, 900))),),
        )
        authors = await connection.execute_fetchall(
            "SELECT id, name FROM authors WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
            (json.dumps(draw.sample(range(1, names + 1), min(names, 400))),),
        )
    queries = _synthetic_corpus.title_queries([Row(id_, title, (), None, 0) for id_, title in papers])
    queries += _synthetic_corpus.name_queries([(id_, name, 0) for id_, name in authors])
    return sampled(queries, _MADE_QUERIES)


async def load_texts(db: Database) -> tuple[dict[str, Texts], dict[str, list[int]]]:
    """Folded texts for the peers, and their popularity."""
    texts: dict[str, Texts] = {}
    ranks: dict[str, list[int]] = {}
    async with db.read() as connection:
        for kind, table_, column, order in (
            ("title", "papers", "title", "citations"),
            ("author", "authors", "name", "papers"),
        ):
            rows = await connection.execute_fetchall(f"SELECT {column}, {order} FROM {table_} ORDER BY id")
            texts[kind] = [fold(row[0]) for row in rows]
            ranks[kind] = [row[1] or 0 for row in rows]
    return texts, ranks


def private_mb() -> float:
    """Memory of this process that is not shared with others, in MB."""
    with Path("/proc/self/smaps_rollup").open() as file:
        return round(sum(int(line.split()[1]) for line in file if line.startswith("Private_")) / 1024, 1)


async def run(arguments: argparse.Namespace, store: Path, figures: dict[str, Any]) -> None:
    shorten_thread_switches()
    start = time.perf_counter()
    db = await Database.open(store)
    lookup = await Lookup.open(db)
    figures["open_s"] = round(time.perf_counter() - start, 3)
    try:
        queries = read_queries(arguments.queries) if not arguments.made else await made_queries(db, arguments.made)
        figures["opened_mb"] = private_mb()
        tallies = await ask(lookup, queries)
        figures["rss_mb"] = private_mb()
        if not arguments.made:
            tallies |= await ask(lookup, author_title_queries(list(corpus(arguments.papers))))
        texts: dict[str, Texts] = {}
        if arguments.made or arguments.peers:
            texts, ranks = await load_texts(db)
        if arguments.made:
            best = _synthetic_corpus.best_ranks(queries, texts, ranks)
            for group, tally in tallies.items():
                tally.best = [best[query] for query in queries if query.group == group]
        others: dict[str, dict[str, Tally]] = {}
        with ExitStack() as stack:
            for name, find in peers(texts, arguments.peers, stack):
                print(f"asking {name}", file=sys.stderr)
                others[name] = ask_peer(find, texts, [replace(query) for query in sampled(queries, arguments.sample)])
                stack.pop_all().close()
        table(tallies, others)
        figures |= summary(tallies)
        figures["peers"] = {name: summary(other) for name, other in others.items()}
        if arguments.inserting:
            figures["inserting"] = await _concurrent_inserts.measure(
                db, lookup, arguments.inserting, queries, arguments.papers
            )
    finally:
        await lookup.close()
        await db.close()


def points(figures: dict[str, Any]) -> None:
    """Print the summary of the figures."""
    brute = figures["peers"].get("rapidfuzz")
    for kind in ("titles", "authors"):
        own = figures[kind]
        print(f"{kind}: p50 {own['p50_ms']} ms, p99 {own['p99_ms']} ms, slowest {own['max_ms']} ms", end="")
        print(f" ({own['max_ms'] / own['p99_ms']:.1f} times the p99)", end="")
        if brute and kind in brute:
            ratios = [brute[kind][q] / own[q] for q in ("p50_ms", "p99_ms")]
            print(
                f"; {ratios[0]:.0f} times at p50 and {ratios[1]:.0f} times at p99 as fast as rapidfuzz over everything",
                end="",
            )
        print()
    print(
        f"open {figures['open_s']} s, private memory {figures['rss_mb']} MB, index {figures['index_mb']} MB in the file"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--queries", type=Path)
    parser.add_argument("--sample", type=int, default=25)
    parser.add_argument("--made", type=int, default=0)
    parser.add_argument("--peers", type=lambda said: [p for p in said.split(",") if p], default=list(PEERS))
    parser.add_argument("--inserting", type=int, default=0)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--prepare", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if not (arguments.made or arguments.queries or arguments.prepare):
        parser.error("--queries is needed, unless --made")
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if arguments.prepare:
        print(json.dumps(prepare(arguments)))
        return
    with TemporaryDirectory() as folder:
        store = arguments.store or Path(folder) / "bench.db"
        figures: dict[str, Any] = {"build_s": None, "index_mb": None}
        if not store.exists():
            # In a process of its own, so that memory is measured in a process that only opens the store.
            command = [sys.executable, "-m", "tests.bench.lookup", "--prepare", "--store", str(store)]
            command += ["--papers", str(arguments.papers), "--made", str(arguments.made)]
            prepared = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
            figures |= json.loads(prepared.stdout.splitlines()[-1])
        asyncio.run(run(arguments, store, figures))
        points(figures)
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
