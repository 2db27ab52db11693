"""What a subscription would have posted, over the papers in the store."""

from __future__ import annotations

from datetime import date, timedelta

from store.catalog import papers
from store.guilds.digests import Item
from store.models import Frozen
from store.search.full_text import condition_of
from store.search.matcher import Rejection, matches
from store.search.query import Query
from store.storage.database import Database

DAYS = 30


class Preview(Frozen):
    """`recent` counts the last 30 days; `peak` is the day of those with most. `samples` are the newest of all."""

    total: int
    recent: int
    peak: tuple[date, int] | None
    newest: str | None
    samples: tuple[Item, ...]


async def preview(db: Database, query: Query, today: date, samples: int = 3) -> Preview:
    """Count by date of publication; papers of which only month or year are known count in the total alone."""
    first = (today - timedelta(days=DAYS - 1)).isoformat()
    async with db.read() as connection:
        condition = await condition_of(connection, query)
        where = f"FROM papers WHERE {condition.sql}"
        async with connection.execute(f"SELECT count(*), max(published) {where}", condition.parameters) as rows:
            row = await rows.fetchone()
        async with connection.execute(
            f"SELECT published, count(*) AS papers {where} AND length(published) = 10 AND published BETWEEN ? AND ?"
            " GROUP BY published ORDER BY papers DESC, published DESC",
            (*condition.parameters, first, today.isoformat()),
        ) as rows:
            days = [(str(r[0]), int(r[1])) for r in await rows.fetchall()]
        async with connection.execute(
            f"SELECT handle {where} ORDER BY published DESC, id LIMIT ?", (*condition.parameters, samples)
        ) as rows:
            handles = [r[0] for r in await rows.fetchall()]
    return Preview(
        total=row[0] if row else 0,
        recent=sum(count for _, count in days),
        peak=(date.fromisoformat(days[0][0]), days[0][1]) if days else None,
        newest=row[1] if row else None,
        samples=tuple(
            Item(paper=paper, reasons=reasons)
            for paper in await papers.by_handles(db, handles)
            if (reasons := matches(query, paper)) and not isinstance(reasons, Rejection)
        ),
    )
