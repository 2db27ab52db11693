"""Full text: the papers of the whole store that match a query, as `store.search.matcher` defines it."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import Literal, TypeAlias

from store.catalog.entity_resolution import PaperChange
from store.models import Frozen, Handle, Paper
from store.search import words
from store.search.query import Query
from store.search.sql_condition import Condition, condition_of
from store.storage.connection import Connection
from store.storage.database import Database
from store.text.arxiv_taxonomy import category_words
from store.text.normalize import fold
from store.text.stems import stem


class ResultPage(Frozen):
    """One page of an answer, with the dates of publication; `total` counts the papers of all pages."""

    handles: tuple[Handle, ...]
    published: tuple[str | None, ...]
    total: int


_Words: TypeAlias = tuple[str, str, str]
"""The folded title and abstract of a paper, and its categories."""


async def index(connection: Connection, changes: Sequence[PaperChange]) -> None:
    """Make the full-text index follow the papers, in the transaction that stores them.

    The index keeps no texts, so that what is deleted has to be given as it was inserted.
    """
    edited = await asyncio.to_thread(_edited, changes)
    deleted = [(paper_id, *before) for paper_id, before, _ in edited if before]
    deleted += [(paper_id, *_words(paper)) for c in changes for paper_id, paper in c.merged]
    await _delete(connection, deleted)
    await connection.executemany(
        "INSERT INTO paper_words (rowid, title, abstract, categories) VALUES (?, ?, ?, ?)",
        [(paper_id, *after) for paper_id, _, after in edited],
    )
    await words.follow(connection, (), (after[:2] for _, _, after in edited))


def _edited(changes: Sequence[PaperChange]) -> list[tuple[int, _Words | None, _Words]]:
    """The papers whose words changed, with those before and after."""
    return [
        (c.paper_id, before, after)
        for c in changes
        if c.status != "unchanged" and (before := _words(c.before) if c.before else None) != (after := _words(c.after))
    ]


async def remove(connection: Connection, paper_id: int, paper: Paper) -> None:
    """Take a paper that is deleted, as it was indexed, out of the index."""
    await _delete(connection, [(paper_id, *_words(paper))])


async def _delete(connection: Connection, texts: Sequence[tuple[int, str, str, str]]) -> None:
    await connection.executemany(
        "INSERT INTO paper_words (paper_words, rowid, title, abstract, categories) VALUES ('delete', ?, ?, ?, ?)",
        texts,
    )
    await words.follow(connection, (one[1:3] for one in texts), ())


SearchOrder = Literal["date", "citations"]
_ORDERS: Mapping[SearchOrder, str] = {
    "date": "published DESC, id",
    "citations": "citations DESC, published DESC, id",
}
MOST_COUNTED = 100_000
"""Papers that match and are counted; of more it is only told that they are, as counting 1.3 million takes 0.4 s."""
MOST_LOOKED_UP = 60_000
"""Papers that match, from which on the first ones are found by reading `papers` in order. Of 3 million made papers, of
which 1.1 million match, the newest five take 1 ms so and 490 ms otherwise; of some 60,000 both take about as long."""
JOINED = "paper_words JOIN papers ON papers.id = paper_words.rowid"


async def search(
    db: Database,
    query: Query,
    limit: int,
    offset: int = 0,
    without: Collection[Handle] = (),
    order: SearchOrder = "date",
) -> ResultPage:
    """The papers that match, but for those `without`, newest or most cited first, `limit` of them from `offset` on."""
    async with db.read() as connection:
        condition = await condition_of(connection, query, without)
        total = await count(connection, condition)
        where = condition.sql if total <= MOST_LOOKED_UP else condition.probing_sql
        async with connection.execute(
            f"SELECT handle, published FROM papers WHERE {where} ORDER BY {_ORDERS[order]} LIMIT ? OFFSET ?",  # noqa: S608
            (*condition.parameters, limit, offset),
        ) as rows:
            found = [(row[0], row[1]) async for row in rows]
    return ResultPage(
        handles=tuple(handle for handle, _ in found),
        published=tuple(published for _, published in found),
        total=total,
    )


async def count(connection: Connection, condition: Condition) -> int:
    """How many papers match; where they are more than `MOST_COUNTED`, one more than that."""
    matching = "FROM papers"
    if condition.match is not None:
        matching = "FROM paper_words" if condition.rest == "true" else f"FROM {JOINED}"
    where = condition.rest if condition.match is None else f"paper_words MATCH ? AND {condition.rest}"
    async with connection.execute(
        f"SELECT count(*) FROM (SELECT 1 {matching} WHERE {where} LIMIT ?)",  # noqa: S608  # fixed pieces
        [*condition.parameters, MOST_COUNTED + 1],
    ) as rows:
        ((total,),) = await rows.fetchall()
    return int(total)


class Statistics(Frozen):
    """How many papers match, how many of them appeared on each day, with most first, and the newest of them.

    `latest` is the last date of publication. Papers of which only month or year are known are of no day; `undated` has
    how many there are of each month and year that reaches into the days that were asked for, the last ones first.
    """

    total: int
    latest: str | None
    days: tuple[tuple[date, int], ...]
    undated: tuple[tuple[str, int], ...]
    newest: tuple[tuple[Handle, str | None], ...]

    def with_others(
        self, others: Sequence[tuple[Handle, str | None]], first: date, last: date, newest: int
    ) -> Statistics:
        """The same with other papers counted as well, given with their dates of publication."""
        days = Counter(dict(self.days))
        days.update(
            day
            for _, published in others
            if published and len(published) == 10 and first <= (day := date.fromisoformat(published)) <= last
        )
        undated = Counter(dict(self.undated))
        undated.update(
            published
            for _, published in others
            if published and len(published) < 10 and _overlaps(published, first, last)
        )
        by_date = sorted([*self.newest, *others], key=lambda one: one[1] or "", reverse=True)
        return Statistics(
            total=self.total + len(others),
            latest=max((published for _, published in by_date if published), default=None),
            days=tuple(sorted(days.items(), key=lambda day: (day[1], day[0]), reverse=True)),
            undated=tuple(sorted(undated.items(), reverse=True)),
            newest=tuple(by_date[:newest]),
        )


def _overlaps(published: str, first: date, last: date) -> bool:
    """Whether a year or month reaches into the days from `first` to `last`."""
    size = len(published)
    return first.isoformat()[:size] <= published <= last.isoformat()[:size]


async def statistics(
    db: Database, query: Query, first: date, last: date, newest: int, without: Collection[Handle] = ()
) -> Statistics:
    """Count the papers that match, those of the days from `first` to `last` by day, and give the `newest` ones.

    Papers `without` are left out.
    """
    async with db.read() as connection:
        condition = await condition_of(connection, query, without)
        where = f"FROM papers WHERE {condition.sql}"
        async with connection.execute(f"SELECT count(*), max(published) {where}", condition.parameters) as rows:
            ((total, latest),) = await rows.fetchall()
        async with connection.execute(
            f"SELECT published, count(*) AS papers {where} AND length(published) = 10 AND published BETWEEN ? AND ?"
            " GROUP BY published ORDER BY papers DESC, published DESC",
            (*condition.parameters, first.isoformat(), last.isoformat()),
        ) as rows:
            days = tuple([(date.fromisoformat(row[0]), row[1]) async for row in rows])
        async with connection.execute(
            f"SELECT published, count(*) {where} AND length(published) < 10 AND published BETWEEN ? AND ?"
            " GROUP BY published ORDER BY published DESC",
            (*condition.parameters, first.isoformat()[:4], last.isoformat()[:7]),
        ) as rows:
            undated = tuple([(row[0], row[1]) async for row in rows if _overlaps(row[0], first, last)])
        async with connection.execute(
            f"SELECT handle, published {where} ORDER BY published DESC, id LIMIT ?", (*condition.parameters, newest)
        ) as rows:
            papers = tuple([(row[0], row[1]) async for row in rows])
    return Statistics(total=total, latest=latest, days=days, undated=undated, newest=papers)


async def category_frequencies(connection: Connection, categories: Iterable[str]) -> dict[str, int]:
    """About how many papers are in each of these categories or archives; those that none is in are left out."""
    async with connection.execute(
        "SELECT term, doc FROM json_each(?) AS wanted JOIN paper_word_counts ON term = wanted.value",
        [json.dumps(sorted(categories))],
    ) as rows:
        return {row[0]: row[1] async for row in rows}


async def other_forms(connection: Connection, query: Query) -> list[tuple[str, tuple[str, ...]]]:
    """The words that a query asks for, each with other forms that it finds as well, those in most papers first."""
    asked = {
        term.folded.rpartition(" ")[2]: term.value
        for clause in query.clauses
        for term in clause.alternatives
        if term.has_forms
    }
    forms = await words.forms(connection, map(stem, asked))
    found = ((value, tuple(form for form in forms[stem(word)] if form != word)) for word, value in asked.items())
    return [(value, others) for value, others in found if others and others != (stem(value),)]


def _words(paper: Paper) -> _Words:
    categories = category_words(paper.category, paper.cross_lists)
    return fold(paper.title), fold(paper.abstract or ""), " ".join(sorted(categories))
