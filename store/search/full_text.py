"""Full text: the papers of the whole store that match a query, as `store.search.matcher` defines it.

The SQL consists of fixed pieces; everything that comes from a query is a parameter.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

import aiosqlite

from store.catalog.entity_resolution import PaperChange
from store.models import Frozen, Handle, Paper
from store.search.query import Clause, Query, Term
from store.storage.database import Database
from store.text.arxiv_taxonomy import category_words
from store.text.normalize import fold
from store.text.partial_dates import less_exact, text_after
from store.text.person_names import LAST_WORD_SQL, answers_to


class ResultPage(Frozen):
    """One page of an answer, with the dates of publication; `total` counts the papers of all pages."""

    handles: tuple[Handle, ...]
    published: tuple[str | None, ...]
    total: int


_Words: TypeAlias = tuple[str, str, str]
"""The folded title and abstract of a paper, and its categories."""


class Condition(Frozen):
    """A query as a condition of SQL on `papers`, with its parameters."""

    sql: str
    parameters: tuple[str | int, ...]


async def index(connection: aiosqlite.Connection, changes: Sequence[PaperChange]) -> None:
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


def _edited(changes: Sequence[PaperChange]) -> list[tuple[int, _Words | None, _Words]]:
    """The papers whose words changed, with those before and after."""
    return [
        (c.paper_id, before, after)
        for c in changes
        if c.status != "unchanged" and (before := _words(c.before) if c.before else None) != (after := _words(c.after))
    ]


async def remove(connection: aiosqlite.Connection, paper_id: int, paper: Paper) -> None:
    """Take a paper that is deleted, as it was indexed, out of the index."""
    await _delete(connection, [(paper_id, *_words(paper))])


async def _delete(connection: aiosqlite.Connection, texts: Sequence[tuple[int, str, str, str]]) -> None:
    await connection.executemany(
        "INSERT INTO paper_words (paper_words, rowid, title, abstract, categories) VALUES ('delete', ?, ?, ?, ?)",
        texts,
    )


async def search(
    db: Database, query: Query, limit: int, offset: int = 0, without: Collection[Handle] = ()
) -> ResultPage:
    """The papers that match, but for those `without`, newest first, `limit` of them from `offset` on."""
    async with db.read() as connection:
        condition = await condition_of(connection, query, without)
        async with connection.execute(
            f"SELECT handle, published FROM papers WHERE {condition.sql}"  # noqa: S608
            " ORDER BY published DESC, id LIMIT ? OFFSET ?",
            (*condition.parameters, limit, offset),
        ) as rows:
            found = [(row[0], row[1]) async for row in rows]
        async with connection.execute(
            f"SELECT count(*) FROM papers WHERE {condition.sql}",  # noqa: S608
            condition.parameters,
        ) as rows:
            row = await rows.fetchone()
    return ResultPage(
        handles=tuple(handle for handle, _ in found),
        published=tuple(published for _, published in found),
        total=row[0] if row else 0,
    )


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


async def document_frequencies(connection: aiosqlite.Connection, words: Iterable[str]) -> dict[str, int]:
    """How many papers hold each of these words; those that none holds are left out."""
    async with connection.execute(
        "SELECT term, doc FROM json_each(?) AS wanted JOIN paper_word_counts ON term = wanted.value",
        [json.dumps(sorted(words))],
    ) as rows:
        return {row[0]: row[1] async for row in rows}


async def condition_of(connection: aiosqlite.Connection, query: Query, without: Collection[Handle] = ()) -> Condition:
    """The query in SQL, for papers but those `without`.

    Names are looked up now, so that the condition is valid in the open transaction only.
    """
    people = {
        term: await _people(connection, term)
        for clause in query.clauses
        for term in clause.alternatives
        if term.kind == "author"
    }
    required = [_words_match(clause) for clause in query.required if _by_words(clause)]
    excluded = [_words_match(clause) for clause in query.exclusions if _by_words(clause)]
    parts: list[tuple[str, list[str | int]]] = []
    if required:
        match = " AND ".join(required)
        parts.append(_by_match(f"({match}) NOT ({' OR '.join(excluded)})" if excluded else match))
    elif excluded:
        sql, parameters = _by_match(" OR ".join(excluded))
        parts.append((f"NOT {sql}", parameters))
    for clause in query.clauses:
        if not _by_words(clause):
            tests = [_test(term, people) for term in clause.alternatives]
            sql = "(" + " OR ".join(test for test, _ in tests) + ")"
            # A value that is missing matches no term, so that an exclusion does not apply.
            parts.append((f"{sql} IS NOT TRUE" if clause.excluded else sql, [p for _, ps in tests for p in ps]))
    if without:
        parts.append(("handle NOT IN (SELECT value FROM json_each(?))", [json.dumps(sorted(without))]))
    return Condition(
        sql=" AND ".join(sql for sql, _ in parts), parameters=tuple(p for _, parameters in parts for p in parameters)
    )


def _words(paper: Paper) -> _Words:
    categories = category_words(paper.category, paper.cross_lists)
    return fold(paper.title), fold(paper.abstract or ""), " ".join(sorted(categories))


async def _people(connection: aiosqlite.Connection, term: Term) -> list[int]:
    query_words = term.folded.split()
    async with connection.execute(
        f"SELECT id, name_key FROM authors WHERE {LAST_WORD_SQL} IN (SELECT value FROM json_each(?))",  # noqa: S608
        [json.dumps(query_words)],
    ) as rows:
        return [row[0] async for row in rows if answers_to(row[1].split(), query_words)]


def _by_words(clause: Clause) -> bool:
    return all(term.kind in ("text", "cat") for term in clause.alternatives)


def _words_match(clause: Clause) -> str:
    """A clause of words and categories in FTS5's syntax. Folded texts and categories hold no quotation marks."""
    tests = [
        f'{{title abstract}} : "{term.folded}"' if term.kind == "text" else f'categories : "{term.value.lower()}"'
        for term in clause.alternatives
    ]
    return "(" + " OR ".join(tests) + ")"


def _by_match(match: str) -> tuple[str, list[str | int]]:
    return "id IN (SELECT rowid FROM paper_words WHERE paper_words MATCH ?)", [match]


def _test(term: Term, people: Mapping[Term, Sequence[int]]) -> tuple[str, list[str | int]]:
    match term.kind:
        case "text" | "cat":
            return _by_match(_words_match(Clause(alternatives=(term,))))
        case "author":
            return (
                "id IN (SELECT paper_id FROM authorships WHERE author_id IN (SELECT value FROM json_each(?)))",
                [json.dumps(people[term])],
            )
        case "code":
            return "has_code IS 1" if term.value == "yes" else "has_code IS NOT 1", []
        case "since":
            return "published >= ?", [term.bound]
        case "until":
            return (
                "(published < ? AND published NOT IN (SELECT value FROM json_each(?)))",
                [text_after(term.bound), json.dumps(less_exact(term.bound))],
            )
