"""Papers close to a paper, beside people's grades: `python -m tests.bench.related --records FILE… [--without-model]`.

Each FILE has JSON lines of `facet`, `query` (`title`, `abstract`) and `candidates` (`id`, `title`, `abstract`, `grade`
from 0 to 3). All papers are in one store; the candidates of a query are ranked as `/related` ranks them, with the facet; it shows those that have enough in common.
NDCG%20 is the NDCG of the graded list at a fifth of the candidates (gain the grade, discount 1, 1, log2 3, …); MAP takes
grades of 2 and 3 for related. The means are over queries. TF-IDF and BM25 see the same texts; `model` is the cosine of
the vectors alone. Without the extra `semantic` the methods with the model are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import tempfile
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean
from typing import Any

from store import ingest
from store.catalog import papers
from store.embeddings import minilm
from store.embeddings.semantic_index import SemanticIndex
from store.library import Library
from store.models import Paper, PaperRecord, ParsedSource, Source
from store.related_papers import vector_of
from store.search import related, words
from store.search.related import FACETS, Facet
from store.text.normalize import fold
from tests.bench._store import lines
from tests.bench._text_peers import Bm25, TfIdf, by_score

FACET_OF: Mapping[str, Facet] = {"background": "problem", **{facet: facet for facet in FACETS}}
"""The facet of `/related` for each of the collection's, whose background means what it is about and for."""


def ndcg(grades: Sequence[int]) -> float:
    """Of the first fifth of a list of grades, beside the best order of all."""
    most = int(0.2 * len(grades))

    def gain(some: Sequence[int]) -> float:
        return sum(grade / max(1.0, math.log2(place + 1)) for place, grade in enumerate(some[:most]))

    best = gain(sorted(grades, reverse=True))
    return gain(grades) / best if best else 0.0


def average_precision(grades: Sequence[int]) -> float:
    """Of all papers with a grade of 2 or 3."""
    places = [place for place, grade in enumerate(grades, 1) if grade >= 2]
    return fmean(number / place for number, place in enumerate(places, 1)) if places else 0.0


def text(entry: Mapping[str, Any]) -> str:
    """What the peers read of a paper."""
    return f"{entry['title']} {flat(entry['abstract'])}"


def flat(abstract: str | Sequence[str]) -> str:
    """An abstract that is given whole or by its sentences."""
    return abstract if isinstance(abstract, str) else " ".join(abstract)


async def ranked(
    library: Library, semantic: SemanticIndex | None, query: Mapping[str, Any], stored: Mapping[str, Paper]
) -> dict[str, dict[str, float]]:
    """The scores of the candidates by Lectern's methods."""
    candidates = {one["id"]: stored[one["id"]] for one in query["candidates"]}
    asked = related.read(stored[query["query_id"]], FACET_OF[query["facet"]])
    async with library.db.read() as connection:
        counts = await words.counts(connection, stems={s for p in candidates.values() for s in related.read(p).stems})
    ids = {paper.handle: id_ for id_, paper in candidates.items()}
    everyone = list({paper.handle: paper for paper in candidates.values()}.values())

    def scores(similarities: Mapping[str, float]) -> dict[str, float]:
        found = related.scored(asked, everyone, counts, similarities)
        return dict.fromkeys(candidates, 0.0) | {ids[one.paper.handle]: one.score for one in found}

    methods = {"lectern": scores({})}
    if semantic and (vector := await vector_of(library.db, semantic, asked)) is not None:
        near = await semantic.similarities(library.db, vector, list(ids))
        methods["lectern_semantic"] = scores(near)
        own = await semantic.of_paper(library.db, asked.paper.handle)
        assert own is not None
        alone = await semantic.similarities(library.db, own, list(ids))
        methods["model"] = {id_: alone[paper.handle] for id_, paper in candidates.items()}
    return methods


async def measured(files: Sequence[Path], *, without_model: bool) -> dict[str, Any]:
    """All methods over all queries."""
    queries = [row for path in files for row in lines(path)]
    entries = {one["id"]: one for row in queries for one in row["candidates"]}
    entries |= {row["query_id"]: row["query"] for row in queries}
    peers = {
        name: peer({id_: text(one) for id_, one in entries.items()})
        for name, peer in (("tfidf", TfIdf), ("bm25", Bm25))
    }
    by_facet: dict[str, dict[str, list[tuple[float, float]]]] = defaultdict(lambda: defaultdict(list))
    model = minilm.MiniLM() if minilm.is_installed() and not without_model else None
    with tempfile.TemporaryDirectory() as folder:
        library = await Library.open(Path(folder) / "related.db")
        try:
            stored = await fill(library, entries)
            semantic = SemanticIndex(model) if model else None
            while semantic and await semantic.embed_missing(library.db, 64):
                pass
            for query in queries:
                grades = {one["id"]: one["grade"] for one in query["candidates"] if one["id"] != query["query_id"]}
                methods = await ranked(library, semantic, query, stored)
                methods |= {name: peer.scores(text(query["query"])) for name, peer in peers.items()}
                for name, scores in methods.items():
                    order = [grades[id_] for id_ in by_score({id_: scores[id_] for id_ in grades})]
                    by_facet[name][query["facet"]].append((ndcg(order), average_precision(order)))
        finally:
            await library.close()
            if model:
                model.close()
    return told(by_facet)


async def fill(library: Library, entries: Mapping[str, Mapping[str, Any]]) -> dict[str, Paper]:
    """Put all papers into the store; returns them as they are there, by their ids in the files."""
    source = Source(kind="dump", name="bench", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
    found = {
        id_: PaperRecord(source=source, title=one["title"], abstract=flat(one["abstract"]))
        for id_, one in entries.items()
    }
    await ingest.take(library.db, "bench", ParsedSource(papers=tuple(found.values())))
    every = [one async for page in papers.in_pages(library.db) for one in page]
    by_text = {key: one for one in every for key in (fold(one.title), fold(one.abstract or one.title))}
    return {id_: by_text.get(fold(one.abstract or "")) or by_text[fold(one.title)] for id_, one in found.items()}


def told(by_facet: Mapping[str, Mapping[str, Sequence[tuple[float, float]]]]) -> dict[str, Any]:
    """The table, and the figures of the last line."""
    methods: dict[str, dict[str, float]] = {}
    facets: dict[str, dict[str, float]] = defaultdict(dict)
    facet_names = list(next(iter(by_facet.values())))
    print(f"{'method':18}{'NDCG%20':>9}{'MAP':>7}" + "".join(f"{facet:>12}" for facet in facet_names))
    for name, of_facets in by_facet.items():
        every = [one for of_facet in of_facets.values() for one in of_facet]
        methods[name] = {
            "ndcg20": round(100 * fmean(one[0] for one in every), 2),
            "map": round(100 * fmean(one[1] for one in every), 2),
        }
        for facet, of_facet in of_facets.items():
            facets[facet][name] = round(100 * fmean(one[0] for one in of_facet), 2)
        shown = "".join(f"{facets[facet][name]:12}" for facet in facet_names)
        print(f"{name:18}{methods[name]['ndcg20']:9}{methods[name]['map']:7}{shown}")
    return {"methods": methods, "facets": facets}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=Path, nargs="+", required=True)
    parser.add_argument("--without-model", action="store_true")
    arguments = parser.parse_args()
    print(json.dumps(asyncio.run(measured(arguments.records, without_model=arguments.without_model))))


if __name__ == "__main__":
    main()
