"""Papers that fit a description: `python -m tests.bench.described --queries FILE --pool FILE… [--without-model]`.

FILE of `--queries` has JSON lines of `query` and either `answer` (`id`: the paper that was judged best) or `relevant`
(ids). Those of `--pool` have `id`, `title` and `abstract`, or are the files of `tests.bench.related`, of whose papers
the abstracts alone are taken. All are in one store, which is asked as `/search` asks it for a description. `mrr` is the
mean reciprocal rank of the first answer and `r5` the share of queries with one among five; `map` is the mean average
precision over all that is found; `ms` is the median CPU time. TF-IDF and BM25 see the same texts. Without the extra
`semantic` the methods with the model are left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import fmean, median
from typing import Any

from store import ingest, ranked_search
from store.catalog import papers
from store.embeddings import minilm
from store.embeddings.semantic_index import SemanticIndex
from store.library import Library
from store.models import Handle, Identifier, PaperRecord, ParsedSource, Source
from tests.bench._store import lines
from tests.bench._text_peers import Bm25, TfIdf, by_score
from tests.bench.related import flat

MOST = 1_000
"""Papers of each list that are looked at."""


def pool(files: Sequence[Path]) -> dict[str, tuple[str, str]]:
    """Title and abstract of each paper, by id; the first file that has it decides."""
    found: dict[str, tuple[str, str]] = {}
    for path in files:
        for row in lines(path):
            if "candidates" in row:
                for one in row["candidates"]:
                    found.setdefault(one["id"], ("", flat(one["abstract"])))
            else:
                found.setdefault(row["id"], (row["title"], row["abstract"] or ""))
    return found


def answers(row: Mapping[str, Any]) -> set[str]:
    """The ids that are looked for."""
    return set(row["relevant"]) if "relevant" in row else {row["answer"]["id"]}


def figures(found: Sequence[tuple[Sequence[str], set[str]]], times: Sequence[float]) -> dict[str, float]:
    """The figures of one method."""
    reciprocal, average, among_five = [], [], []
    for order, wanted in found:
        places = [place for place, id_ in enumerate(order, 1) if id_ in wanted]
        reciprocal.append(1 / places[0] if places else 0.0)
        average.append(sum(number / place for number, place in enumerate(places, 1)) / len(wanted))
        among_five.append(bool(places) and places[0] <= 5)
    return {
        "mrr": round(fmean(reciprocal), 4),
        "r5": round(fmean(among_five), 4),
        "map": round(fmean(average), 4),
        "ms": round(median(times), 1),
    }


async def lectern(
    library: Library, texts: Mapping[str, tuple[str, str]], queries: Sequence[Mapping[str, Any]]
) -> dict[str, float]:
    """As `/search` answers a description, but for the end of the list, which is longer."""
    ids: dict[Handle, str] = {}
    async for page in papers.in_pages(library.db):
        ids |= {paper.handle: one.value for paper in page for one in paper.identifiers if one.scheme == "doi"}
    found, times = [], []
    for row in queries:
        started = time.process_time()
        handles = await ranked_search.by_description(library.view(), row["query"])
        times.append(1000 * (time.process_time() - started))
        found.append(([ids[handle].removeprefix("10.5555/") for handle in handles], answers(row)))
    return figures(found, times)


def peer(ask: Callable[[str], Mapping[str, float]], queries: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """Another method over the same texts."""
    found, times = [], []
    for row in queries:
        started = time.process_time()
        scores = ask(row["query"])
        times.append(1000 * (time.process_time() - started))
        found.append((by_score(scores)[:MOST], answers(row)))
    return figures(found, times)


def records(texts: Mapping[str, tuple[str, str]]) -> Iterator[PaperRecord]:
    """A record of each; one without a title is called by its id, which no description has."""
    source = Source(kind="dump", name="bench", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
    for id_, (title, abstract) in texts.items():
        yield PaperRecord(
            source=source,
            title=title or f"p{id_}",
            abstract=abstract or None,
            identifiers=(Identifier(scheme="doi", value=f"10.5555/{id_}"),),
        )


async def measured(queries_file: Path, files: Sequence[Path], *, without_model: bool) -> dict[str, Any]:
    """All methods."""
    texts = pool(files)
    queries = list(lines(queries_file))
    plain = {id_: f"{title} {abstract}" for id_, (title, abstract) in texts.items()}
    methods = {"tfidf": peer(TfIdf(plain).scores, queries), "bm25": peer(Bm25(plain).scores, queries)}
    with tempfile.TemporaryDirectory() as folder:
        library = await Library.open(Path(folder) / "described.db")
        try:
            await ingest.take(library.db, "bench", ParsedSource(papers=tuple(records(texts))))
            methods["lectern"] = await lectern(library, texts, queries)
            if minilm.is_installed() and not without_model:
                model = minilm.MiniLM()
                semantic = SemanticIndex(model)
                while await semantic.embed_missing(library.db, 64):
                    pass
                methods["lectern_semantic"] = await lectern(replace(library, semantic=semantic), texts, queries)
                model.close()
        finally:
            await library.close()
    for name, of_method in methods.items():
        print(f"{name:18}" + "".join(f"{key:>6}{value:9}" for key, value in of_method.items()))
    return {"methods": methods}


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--queries", type=Path, required=True)
    parser.add_argument("--pool", type=Path, nargs="+", required=True)
    parser.add_argument("--without-model", action="store_true")
    arguments = parser.parse_args()
    print(json.dumps(asyncio.run(measured(arguments.queries, arguments.pool, without_model=arguments.without_model))))


if __name__ == "__main__":
    main()
