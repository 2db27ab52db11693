"""Whether the evidence for claims is found, and its side: `python -m tests.bench.ask --claims FILE`.

FILE has JSON lines of `claim`, `title`, `abstract_sentences`, `evidence` (their numbers from 0), `fits` and `label`:
one for a claim and an abstract. All abstracts are in one store with those of `related/*.jsonl`,
`described/doris/pool.jsonl` and `described/cacm/docs.jsonl` in the folder above, as far as they are there.

`recall8` is the share of all sentences marked as evidence that are among the eight for their claim; a sentence of ours
is one of these where they share more than half of the shorter one. `mixed_up` is the share of such sentences, among
those that are shown as for or against, that are on the other side than the label of their claim and abstract says
(SUPPORT is for); `on_a_side` is the share of the evidence among the eight that is shown on a side. `nothing_said` is
the share of claims of which nothing is said while their abstracts are removed from the store. `ms` is the CPU time of
an answer, the median. BM25 takes the eight best sentences of all (k1 1.5, b 0.75, stemmed) and knows no sides.
`lectern_semantic` is there where the extra `semantic` is. Where `pubmedqa.jsonl` lies beside FILE, it is told how many of
the sentences on a side agree with people's answer to its questions.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median

from store import answering, ingest, removal
from store.answers.answer import MOST_QUOTES, Group, choose
from store.answers.question import TermWeights, read_question
from store.answers.ranking import rank
from store.catalog import papers
from store.catalog.merge import merge
from store.embeddings import minilm
from store.embeddings.semantic_index import SemanticIndex
from store.library import Library
from store.models import PaperRecord, ParsedSource, Source
from store.summaries.sentence_splitter import Sentence, split_sentences
from store.text.handles import handle
from store.text.normalize import fold
from store.text.stems import stem
from tests.bench._store import lines

K1, B = 1.5, 0.75
SIDES: tuple[Group, ...] = ("for", "against")


@dataclass
class Evidence:
    """What people marked in one abstract for one claim: places of sentences in it."""

    title: str
    abstract: str
    supports: bool
    spans: list[tuple[int, int]]

    def marked(self, sentence: Sentence) -> set[int]:
        """Which of the marked sentences a sentence is."""
        return {
            number
            for number, (start, end) in enumerate(self.spans)
            if min(end, sentence.end) - max(start, sentence.start) > min(end - start, sentence.end - sentence.start) / 2
        }


@dataclass
class Figures:
    """What is counted over all claims."""

    found: int = 0
    marked: int = 0
    shown: Counter[Group | None] = field(default_factory=Counter)
    evidence: Counter[Group | None] = field(default_factory=Counter)
    wrong: Counter[Group | None] = field(default_factory=Counter)
    silent: int = 0
    asked: int = 0
    ms: list[float] = field(default_factory=list)


def read(path: Path) -> dict[str, list[Evidence]]:
    """The claims, with what was marked in each of their abstracts."""
    claims: dict[str, list[Evidence]] = defaultdict(list)
    for row in lines(path):
        sentences, start = row["abstract_sentences"], 0
        spans = []
        for sentence in sentences:
            spans.append((start, start + len(sentence)))
            start += len(sentence) + 1
        marked = [spans[number] for number in row["evidence"] if number < len(spans)] if row["fits"] else []
        claims[row["claim"]].append(Evidence(row["title"], " ".join(sentences), row["label"] == "SUPPORT", marked))
    return claims


def pool(claims: dict[str, list[Evidence]], folder: Path) -> Iterator[tuple[str, str]]:
    """Title and abstract of everything that is in the store."""
    yield from ((one.title, one.abstract) for of_claim in claims.values() for one in of_claim)
    for path in sorted((folder / "related").glob("*.jsonl")):
        for row in lines(path):
            yield from ((one["title"], one["abstract"]) for one in (row["query"], *row["candidates"]))
    for path in (folder / "described/doris/pool.jsonl", folder / "described/cacm/docs.jsonl"):
        if path.exists():
            yield from ((row["title"], row["abstract"]) for row in lines(path))


def records(texts: Iterable[tuple[str, str]]) -> list[PaperRecord]:
    """A record of each paper that has an abstract; one without a title is called by its beginning."""
    source = Source(kind="dump", name="bench", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
    return [
        PaperRecord(source=source, title=title or abstract[:80], abstract=abstract)
        for title, abstract in dict.fromkeys(texts)
        if abstract
    ]


async def measure(library: Library, claims: dict[str, list[Evidence]]) -> Figures:
    """Ask every claim, with its abstracts and without."""
    figures = Figures()
    handles = {one.abstract: one.handle async for page in papers.in_pages(library.db) for one in page}
    for claim, abstracts in claims.items():
        started = time.process_time()
        answer = await answering.ask(library.view(), claim)
        figures.ms.append(1000 * (time.process_time() - started))
        count(figures, abstracts, [(quote.paper.abstract, quote.sentence, quote.group) for quote in answer.quotes])
        taken = {handles[one.abstract] for one in abstracts}
        for gone in taken:
            await removal.remove(library.db, gone)
        figures.silent += not (await answering.ask(library.view(), claim)).quotes
        for gone in taken:
            await removal.bring_back(library.db, gone)
    return figures


def count(
    figures: Figures, abstracts: Sequence[Evidence], quotes: Sequence[tuple[str | None, Sentence, Group | None]]
) -> None:
    """Count what is evidence among the abstracts and sentences that are shown for a claim."""
    of_claim = {one.abstract: one for one in abstracts}
    found = set()
    for abstract, sentence, group in quotes:
        figures.shown[group] += 1
        if (there := of_claim.get(abstract or "")) and (marked := there.marked(sentence)):
            found |= {(there.abstract, number) for number in marked}
            figures.evidence[group] += 1
            if group in SIDES:
                figures.wrong[group] += (group == "for") != there.supports
    figures.found += len(found)
    figures.marked += sum(len(one.spans) for one in abstracts)
    figures.asked += 1


class Bm25:
    """BM25 (Robertson et al. 1994) over the sentences of all abstracts, stemmed."""

    def __init__(self, texts: Sequence[tuple[str, Sentence]]) -> None:
        self.texts = texts
        self.postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self.lengths = []
        for number, (_, sentence) in enumerate(texts):
            counts = Counter(map(stem, fold(sentence.text).split()))
            self.lengths.append(counts.total())
            for word, times in counts.items():
                self.postings[word].append((number, times))
        self.mean = fmean(self.lengths)

    def best(self, claim: str) -> list[tuple[str, Sentence]]:
        """The eight sentences with the highest scores."""
        scores: Counter[int] = Counter()
        for term in read_question(claim).terms:
            postings = self.postings[term]
            rarity = math.log(1 + (len(self.texts) - len(postings) + 0.5) / (len(postings) + 0.5))
            for number, times in postings:
                norm = K1 * (1 - B + B * self.lengths[number] / self.mean)
                scores[number] += rarity * times * (K1 + 1) / (times + norm)  # type: ignore[assignment]
        return [self.texts[number] for number, _ in scores.most_common(MOST_QUOTES)]


def peer(claims: dict[str, list[Evidence]], stored: Sequence[PaperRecord]) -> Figures:
    """The same with BM25, which is never silent."""
    bm25 = Bm25(
        [(one.abstract, sentence) for one in stored if one.abstract for sentence in split_sentences(one.abstract)]
    )
    figures = Figures()
    for claim, abstracts in claims.items():
        started = time.process_time()
        best = bm25.best(claim)
        figures.ms.append(1000 * (time.process_time() - started))
        count(figures, abstracts, [(abstract, sentence, None) for abstract, sentence in best])
    return figures


def shares(figures: Figures) -> dict[str, float]:
    """The figures of the last line; without sides, `mixed_up` and `on_a_side` are 0."""
    on_a_side = sum(figures.evidence[side] for side in SIDES)
    return {
        "recall8": round(figures.found / figures.marked, 4),
        "mixed_up": round(sum(figures.wrong.values()) / on_a_side, 4) if on_a_side else 0.0,
        "on_a_side": round(on_a_side / max(1, figures.evidence.total()), 4),
        "nothing_said": round(figures.silent / figures.asked, 4),
        "ms": round(median(figures.ms), 1),
    }


def sides_of_questions(path: Path) -> dict[Group, tuple[int, int]]:
    """Of the sentences that are for and against in the one abstract of each question: how many are right, of how many.

    For is right where people answer yes, and against where they answer no. `maybe` is left out.
    """
    rows = [row for row in lines(path) if row["label"] != "maybe"]
    abstracts = [" ".join([*(one["text"] for one in row["contexts"]), row["conclusion"]]) for row in rows]
    holding = Counter(term for abstract in abstracts for term in set(map(stem, fold(abstract).split())))
    weights = TermWeights(papers=len(rows), holding=holding)
    right: Counter[Group] = Counter()
    shown: Counter[Group] = Counter()
    for number, (row, abstract) in enumerate(zip(rows, abstracts, strict=True)):
        question = read_question(row["question"])
        (record,) = records([("Untitled", abstract)])
        ranked = rank(question, [merge(handle("bench", str(number)), [record])], weights)
        for quote in choose(question, ranked, weights, 0.0):
            shown[quote.group] += 1
            right[quote.group] += (quote.group == "for") == (row["label"] == "yes")
    return {side: (right[side], shown[side]) for side in SIDES}


async def figures_of(path: Path) -> dict[str, dict[str, float]]:
    """All methods."""
    claims = read(path)
    stored = records(pool(claims, path.parent.parent))
    methods = {"bm25": peer(claims, stored)}
    with tempfile.TemporaryDirectory() as folder:
        library = await Library.open(Path(folder) / "ask.db")
        try:
            await ingest.take(library.db, "bench", ParsedSource(papers=tuple(stored)))
            methods["lectern"] = await measure(library, claims)
            if minilm.is_installed():
                model = minilm.MiniLM()
                methods["lectern_semantic"] = await measure(replace(library, semantic=SemanticIndex(model)), claims)
                model.close()
        finally:
            await library.close()
    if (questions := path.with_name("pubmedqa.jsonl")).exists():
        right = sides_of_questions(questions)
        print("right sides of yes and no: " + ", ".join(f"{side} {r} of {n}" for side, (r, n) in right.items()))
    for name, figures in methods.items():
        told = {group or "no side": number for group, number in sorted(figures.shown.items(), key=str)}
        print(f"{name:18}{shares(figures)}\n{'':18}shown {told}, evidence {dict(figures.evidence)}")
    return {name: shares(figures) for name, figures in methods.items()}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=Path, required=True)
    print(json.dumps({"methods": asyncio.run(figures_of(parser.parse_args().claims))}))


if __name__ == "__main__":
    main()
