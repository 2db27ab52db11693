"""Small data that the tests make themselves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from store.models import AuthorPage, Authorship, Identifier, Metric, MetricName, PaperRecord, Source, SourceKind

DAY = datetime(2026, 11, 22, 8, 30, tzinfo=UTC)


def source(name: str = "page.txt", kind: SourceKind = "author_page", retrieved: datetime = DAY) -> Source:
    return Source(kind=kind, name=name, retrieved=retrieved)


def names(*listed: str) -> tuple[Authorship, ...]:
    return tuple(Authorship(name=name, position=place) for place, name in enumerate(listed, 1))


def record(title: str = "Attention Is All You Need", **fields: Any) -> PaperRecord:
    given: dict[str, Any] = {"source": source(), "authors": names("Ashish Vaswani", "Noam Shazeer")}
    return PaperRecord(title=title, **(given | fields))


def arxiv(value: str) -> tuple[Identifier, ...]:
    return (Identifier(scheme="arxiv", value=value),)


def page(name: str, *papers: PaperRecord, where: Source | None = None, **metrics: float) -> AuthorPage:
    where = where or source()
    kinds: dict[str, MetricName] = {
        "h_index": "h_index", "papers": "papers", "citations": "citations", "novelty": "novelty", "ai_score": "ai_score"
    }  # fmt: skip
    figures = tuple(Metric(name=kinds[metric], value=value, source=where) for metric, value in metrics.items())
    return AuthorPage(source=where, name=name, field="CL", metrics=figures, papers=papers)
