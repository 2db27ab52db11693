"""Papers close to those that a lab wrote: `python -m tests.bench.close_to_us --papers FILE --per-day 3`.

FILE has papers as JSON lines (`title`, `authors`, `year`, perhaps `abstract`). A lab is an author with those who wrote
at least three papers with them up to a year; it follows the papers of which at least two of them are authors. What
they write in the two years after is what it wants, among all papers of those years, which come in random order, 1,500
a day. Nothing of the authors is used for the scores, as it would be the answer. The threshold is found as in the bot,
over the 5,000 papers before each day. Keywords are the lab's words of most TF-IDF weight, any of which subscribes to a
paper; words are added, and passed over where they would bring too many, as long as they bring no more papers of those
years than Lectern posts. `--votes` lets labs vote in the first year on what was posted, and measures the second one.
`--semantic` adds the cosines of vectors. `--cross-validate` chooses the half-life on four fifths of the labs and measures
the others. `--followers` times the bot's own way from the papers of a day to the outbox.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import mean

import numpy as np

from store.catalog.content_words import content_words
from store.catalog.merge import merge
from store.embeddings.embedder import text_of
from store.embeddings.minilm import MiniLM
from store.models import Paper, PaperRecord, Source
from store.similarity import profiles as profiles_module
from store.similarity.feedback import Vote, learned
from store.similarity.follower_index import FollowerIndex, VectorIndex
from store.similarity.profiles import Background, Followed, profile
from store.similarity.terms import Floats, Vector, terms_of
from store.similarity.threshold import threshold
from store.similarity.window import SIZE, VECTOR_WEIGHT
from store.text.handles import handle
from store.text.partial_dates import from_iso
from tests.bench import _closeness_store
from tests.bench._store import lines

SOURCE = Source(kind="dump", name="bench", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
A_DAY = 1_500
WINDOW = SIZE
YEARS_AFTER = 2
MOST_KEYWORDS = 32
BEFORE_THE_LAST_YEAR = (3, 5, 7)
HALF_LIVES = (1.0, 2.0, 3.0, 5.0, 10.0, 1000.0)


@dataclass(frozen=True)
class Entry:
    """One paper."""

    paper: Paper
    authors: frozenset[str]
    year: int
    terms: Vector


@dataclass(frozen=True)
class Lab:
    """The places of the papers that a lab followed, and of those that it wrote afterwards."""

    followed: tuple[int, ...]
    wrote: frozenset[int]


@dataclass(frozen=True)
class Time:
    """A year up to which labs followed, what was known by then, and what came after, in the order in which it came."""

    labs: list[Lab]
    known: list[int]
    coming: list[int]


def read(path: Path) -> list[Entry]:
    """The papers with a year."""
    found = []
    for number, one in enumerate(lines(path)):
        if one.get("year"):
            record = PaperRecord(
                source=SOURCE,
                title=one["title"],
                abstract=one.get("abstract") or None,
                published=from_iso(str(one["year"])),
            )
            paper = merge(handle("bench", str(number)), [record])
            found.append(Entry(paper, frozenset(one.get("authors") or ()), one["year"], terms_of(paper)))
    return found


def labs_at(papers: Sequence[Entry], year: int, most: int) -> Time:
    """Labs that have no member in common."""
    draw = random.Random(year)
    known = sorted((n for n, one in enumerate(papers) if one.year <= year), key=lambda n: papers[n].year)
    coming = [n for n, one in enumerate(papers) if year < one.year <= year + YEARS_AFTER]
    draw.shuffle(coming)
    coming.sort(key=lambda n: papers[n].year)
    by_author: dict[str, list[int]] = defaultdict(list)
    later: dict[str, list[int]] = defaultdict(list)
    for n in known:
        for author in papers[n].authors:
            by_author[author].append(n)
    for n in coming:
        for author in papers[n].authors:
            later[author].append(n)
    heads = sorted(author for author, own in by_author.items() if len(own) >= 8)
    draw.shuffle(heads)
    used: set[str] = set()
    labs: list[Lab] = []
    for head in heads:
        together = Counter(other for n in by_author[head] for other in papers[n].authors)
        group = {other for other, count in together.items() if count >= 3}
        if len(group) < 3 or group & used:
            continue

        def of_group(of: dict[str, list[int]], group: set[str] = group) -> set[int]:
            return {n for one in group for n in of[one] if len(papers[n].authors & group) >= 2}

        followed, wrote = of_group(by_author), of_group(later)
        if len(followed) >= 5 and len(wrote) >= 3:
            used |= group
            labs.append(Lab(tuple(sorted(followed)), frozenset(wrote)))
        if len(labs) == most:
            break
    return Time(labs, known, coming)


def score_table(papers: Sequence[Entry], background: Background, profiles: list[Vector], of: Sequence[int]) -> Floats:
    """The scores of these papers, a row each, with a column for each lab."""
    index = FollowerIndex(profiles)
    return np.array([index.scores(background.vector(papers[n].terms)) for n in of], dtype=np.float32)


def posted_of(time_: Time, known: Floats, coming: Floats, per_day: float) -> list[list[int]]:
    """What is posted to each lab, day by day, each day with the threshold by the papers before it."""
    posted: list[list[int]] = [[] for _ in time_.labs]
    before = time_.known[-WINDOW:] + time_.coming
    scores = np.concatenate([known, coming])
    first = len(before) - len(time_.coming)
    for number, lab in enumerate(time_.labs):
        own = frozenset(lab.followed)
        for start in range(first, len(before), A_DAY):
            end = min(start + A_DAY, len(before))
            window = [place for place in range(max(0, start - WINDOW), start) if before[place] not in own]
            least = threshold(scores[window, number], len(window) / A_DAY, per_day)
            posted[number] += [before[place] for place in range(start, end) if scores[place, number] > least]
    return posted


def keywords_of(
    papers: Sequence[Entry], time_: Time, posted: Sequence[Sequence[int]], *, pairs: bool
) -> list[set[int]]:
    """What keywords post: the words, or also pairs of words, of most weight, no more papers than were posted."""

    def terms(n: int) -> set[str]:
        found: set[str] = set()
        for text in (papers[n].paper.title, papers[n].paper.abstract or ""):
            words = content_words(text)
            found.update(words)
            if pairs:
                found.update(f"{a} {b}" for a, b in pairwise(words))
        return found

    of_paper = {n: terms(n) for n in (*time_.known, *time_.coming)}
    counts = Counter(term for n in time_.known for term in of_paper[n])
    coming: dict[str, set[int]] = defaultdict(set)
    for n in time_.coming:
        for term in of_paper[n]:
            coming[term].add(n)
    found = []
    for lab, of_lab in zip(time_.labs, posted, strict=True):
        own = Counter(term for n in lab.followed for term in of_paper[n])
        weight = {term: count * float(np.log(len(time_.known) / counts[term])) for term, count in own.items()}
        chosen: set[int] = set()
        used = 0
        for term in sorted(weight, key=lambda term: (-weight[term], term)):
            both = chosen | coming[term]
            if used < MOST_KEYWORDS and len(chosen) < len(both) <= len(of_lab):
                chosen, used = both, used + 1
        found.append(chosen)
    return found


def rates(posted: Sequence[Iterable[int]], wanted: Sequence[frozenset[int]]) -> tuple[float, float, int]:
    """Precision over all posts, recall as the mean over labs, and the number of posts."""
    hits = [len(set(one) & of_lab) for one, of_lab in zip(posted, wanted, strict=True)]
    sent = sum(len(set(one)) for one in posted)
    return sum(hits) / max(1, sent), mean(hit / len(of_lab) for hit, of_lab in zip(hits, wanted, strict=True)), sent


@dataclass(frozen=True)
class Run:
    """A time with its scores: of the window before it, and of what came."""

    time: Time
    background: Background
    profiles: list[Vector]
    known: Floats
    coming: Floats


def run_of(papers: Sequence[Entry], time_: Time) -> Run:
    """Score what came after a time, with what was known by then."""
    background = Background.of(papers[n].terms for n in time_.known[-WINDOW:])
    profiles = [
        profile(background, [Followed(papers[n].terms, papers[n].year) for n in lab.followed]) for lab in time_.labs
    ]
    known = score_table(papers, background, profiles, time_.known[-WINDOW:])
    return Run(time_, background, profiles, known, score_table(papers, background, profiles, time_.coming))


def with_votes(
    papers: Sequence[Entry], run: Run, per_day: float
) -> dict[str, tuple[list[list[int]], list[frozenset[int]]]]:
    """What is posted in the second year, without votes and with those of the first year."""
    time_ = run.time
    first = [n for n in time_.coming if papers[n].year == min(papers[m].year for m in time_.coming)]
    second = time_.coming[len(first) :]
    posted = posted_of(Time(time_.labs, time_.known, first), run.known, run.coming[: len(first)], per_day)
    taught = []
    for number, lab in enumerate(time_.labs):
        least = threshold(run.known[:, number], len(run.known) / A_DAY, per_day)
        votes = [Vote(run.background.vector(papers[n].terms), n in lab.wrote) for n in posted[number]]
        taught.append(learned(run.profiles[number], votes, least))
    wanted = [lab.wrote & set(second) for lab in time_.labs]
    found = {}
    later = Time(time_.labs, time_.known + first, second)
    for name, profiles in {"without votes": run.profiles, "with votes": taught}.items():
        known = score_table(papers, run.background, profiles, later.known[-WINDOW:])
        coming = score_table(papers, run.background, profiles, second)
        of_labs = posted_of(later, known, coming, per_day)
        asked = [number for number, one in enumerate(wanted) if one]
        found[name] = [of_labs[n] for n in asked], [wanted[n] for n in asked]
    return found


async def embedded(papers: Sequence[Entry], times: Sequence[Time]) -> dict[int, Floats]:
    """The vectors of all papers that are compared, by the model on this machine; a paper takes some 30 ms."""
    needed = {n for one in times for n in (*one.known[-WINDOW:], *one.coming)}
    needed |= {n for one in times for lab in one.labs for n in lab.followed}
    model = MiniLM()
    try:
        found = {n: await model.embed([text_of(papers[n].paper)]) for n in sorted(needed)}
    finally:
        model.close()
    return {n: vectors[0] for n, vectors in found.items() if vectors is not None}


def with_vectors(run: Run, vectors: Mapping[int, Floats]) -> Run:
    """The same with the cosines of vectors added to the scores."""
    index = VectorIndex([np.array([vectors[n] for n in lab.followed]) for lab in run.time.labs])

    def added(table: Floats, places: Sequence[int]) -> Floats:
        cosines = np.array([index.scores(vectors[n]) for n in places], dtype=np.float32)
        return np.asarray(table + np.float32(VECTOR_WEIGHT) * cosines, dtype=np.float32)

    known, coming = added(run.known, run.time.known[-WINDOW:]), added(run.coming, run.time.coming)
    return replace(run, known=known, coming=coming)


def cross_validated(papers: Sequence[Entry], times: Sequence[Time], per_day: float) -> None:
    """Print, for each fifth of the labs, the half-life that the others choose and what it finds there."""
    chosen = profiles_module.HALF_LIFE
    found: dict[float, list[float]] = {}
    for years in HALF_LIVES:
        profiles_module.HALF_LIFE = years
        of_labs = []
        for time_ in times:
            run = run_of(papers, time_)
            posted = posted_of(time_, run.known, run.coming, per_day)
            of_labs += [len(lab.wrote & set(one)) / len(lab.wrote) for lab, one in zip(time_.labs, posted, strict=True)]
        found[years] = of_labs
    profiles_module.HALF_LIFE = chosen
    labs = range(len(found[chosen]))
    held: list[float] = []
    for part in range(5):
        best = max(HALF_LIVES, key=lambda years: mean(found[years][n] for n in labs if n % 5 != part))
        of_part = [found[best][n] for n in labs if n % 5 == part]
        held += of_part
        print(f"part {part}: half-life {best:g} years, recall {mean(of_part):.3f}")
    print("recall by half-life:", {years: round(mean(one), 3) for years, one in found.items()})
    print(f"recall of labs that did not choose {mean(held):.3f}")


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=Path, required=True)
    parser.add_argument("--per-day", type=float, default=3)
    parser.add_argument("--labs", type=int, default=150, help="at most so many for each of the three years")
    parser.add_argument("--semantic", action="store_true", help="also with vectors; embeds some 28,000 papers first")
    parser.add_argument("--votes", action="store_true")
    parser.add_argument("--cross-validate", action="store_true")
    parser.add_argument("--followers", type=int, default=0, help="time a day's scores for so many subscriptions")
    arguments = parser.parse_args()
    papers = read(arguments.papers)
    last = max(one.year for one in papers)
    times = [labs_at(papers, last - before, arguments.labs) for before in BEFORE_THE_LAST_YEAR]
    if arguments.cross_validate:
        cross_validated(papers, times, arguments.per_day)
    found: dict[str, tuple[list[Iterable[int]], list[frozenset[int]]]] = defaultdict(lambda: ([], []))

    def count(name: str, posted: Iterable[Iterable[int]], wanted: Iterable[frozenset[int]]) -> None:
        found[name][0].extend(posted)
        found[name][1].extend(wanted)

    vectors = asyncio.run(embedded(papers, times)) if arguments.semantic else None
    days = 0.0
    for time_ in times:
        run = run_of(papers, time_)
        posted = posted_of(time_, run.known, run.coming, arguments.per_day)
        wanted = [lab.wrote for lab in time_.labs]
        days += len(time_.labs) * len(time_.coming) / A_DAY
        count("lectern", posted, wanted)
        if vectors is not None:
            semantic = with_vectors(run, vectors)
            count("lectern_semantic", posted_of(time_, semantic.known, semantic.coming, arguments.per_day), wanted)
        count("keywords", keywords_of(papers, time_, posted, pairs=False), wanted)
        count("words and pairs", keywords_of(papers, time_, posted, pairs=True), wanted)
        if arguments.votes:
            for name, (of_labs, asked) in with_votes(papers, run, arguments.per_day).items():
                count(name, of_labs, asked)
    print(f"{len(papers):,} papers, {sum(len(one.labs) for one in times)} labs, {days:,.0f} days of labs\n")
    print(f"{'':18}{'precision':>10}{'recall':>8}{'posts':>8}")
    methods = {}
    for name, (of_methods, wanted) in found.items():
        precision, recall, posts = rates(of_methods, wanted)
        print(f"{name:18}{precision:10.3f}{recall:8.3f}{posts:8,}")
        if name in ("lectern", "lectern_semantic", "keywords"):
            methods[name] = {"precision": round(precision, 4), "recall": round(recall, 4)}
    print()
    if arguments.followers:
        shuffled = random.Random(3).sample([one.paper for one in papers], SIZE + A_DAY)
        print(asyncio.run(_closeness_store.measure(shuffled, arguments.followers)))
    print(json.dumps({"methods": methods}))


if __name__ == "__main__":
    main()
