"""A query as a condition of SQL on `papers`, as `store.search.matcher` defines what matches.

The SQL consists of fixed pieces; everything that comes from a query is a parameter.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence

from store.models import Frozen, Handle
from store.search import words
from store.search.query import Clause, Query, Term
from store.storage.connection import Connection
from store.text.partial_dates import less_exact, text_after
from store.text.person_names import LAST_WORD_SQL, answers_to
from store.text.stems import stem


class Condition(Frozen):
    """A query as a condition of SQL on `papers`.

    `match` is what the full text has to match, None where the query asks for no words or categories; `rest` is all
    else, `true` where there is nothing else.
    """

    match: str | None
    rest: str
    rest_parameters: tuple[str | int, ...]

    @property
    def sql(self) -> str:
        """The condition as a whole, for a query that few papers match: they are looked up one by one."""
        return self.rest if self.match is None else f"id IN ({_MATCHING}) AND {self.rest}"

    @property
    def probing_sql(self) -> str:
        """The same for a query that many papers match, read in an order of `papers` until there are enough."""
        return self.rest if self.match is None else f"EXISTS ({_MATCHING} AND rowid = papers.id) AND {self.rest}"

    @property
    def parameters(self) -> tuple[str | int, ...]:
        """Of either."""
        return self.rest_parameters if self.match is None else (self.match, *self.rest_parameters)


_MATCHING = "SELECT rowid FROM paper_words WHERE paper_words MATCH ?"


async def condition_of(connection: Connection, query: Query, without: Collection[Handle] = ()) -> Condition:
    """The query in SQL, for papers but those `without`.

    Names are looked up now, so that the condition is valid in the open transaction only.
    """
    people = {
        term: await _people(connection, term)
        for clause in query.clauses
        for term in clause.alternatives
        if term.kind == "author"
    }
    forms = await words.forms(connection, stems_of(query))
    required = [_words_match(clause, forms) for clause in query.required if _by_words(clause)]
    excluded = [_words_match(clause, forms) for clause in query.exclusions if _by_words(clause)]
    parts: list[tuple[str, list[str | int]]] = []
    match = " AND ".join(required) or None
    if match and excluded:
        match = f"({match}) NOT ({' OR '.join(excluded)})"
    elif excluded:
        sql, parameters = _by_match(" OR ".join(excluded))
        parts.append((f"NOT {sql}", parameters))
    for clause in query.clauses:
        if not _by_words(clause):
            tests = [_test(term, people, forms) for term in clause.alternatives]
            sql = "(" + " OR ".join(test for test, _ in tests) + ")"
            # A value that is missing matches no term, so that an exclusion does not apply.
            parts.append((f"{sql} IS NOT TRUE" if clause.excluded else sql, [p for _, ps in tests for p in ps]))
    if without:
        parts.append(("handle NOT IN (SELECT value FROM json_each(?))", [json.dumps(sorted(without))]))
    return Condition(
        match=match,
        rest=" AND ".join(sql for sql, _ in parts) or "true",
        rest_parameters=tuple(p for _, parameters in parts for p in parameters),
    )


async def _people(connection: Connection, term: Term) -> list[int]:
    query_words = term.folded.split()
    async with connection.execute(
        f"SELECT id, name_key FROM authors WHERE {LAST_WORD_SQL} IN (SELECT value FROM json_each(?))",  # noqa: S608
        [json.dumps(query_words)],
    ) as rows:
        return [row[0] async for row in rows if answers_to(row[1].split(), query_words)]


def _by_words(clause: Clause) -> bool:
    return all(term.kind in ("text", "cat") for term in clause.alternatives)


def stems_of(query: Query) -> set[str]:
    """The stems of which a query asks for any form."""
    return {
        stem(term.folded.rpartition(" ")[2])
        for clause in query.clauses
        for term in clause.alternatives
        if term.has_forms
    }


def _words_match(clause: Clause, forms: Mapping[str, Sequence[str]]) -> str:
    """A clause of words and categories in FTS5's syntax. Folded texts and categories hold no quotation marks."""
    tests = [
        f"{{title abstract}} : ({text_match(term, forms)})"
        if term.kind == "text"
        else f'categories : "{term.value.lower()}"'
        for term in clause.alternatives
    ]
    return "(" + " OR ".join(tests) + ")"


def text_match(term: Term, forms: Mapping[str, Sequence[str]]) -> str:
    """A term of text in FTS5's syntax, with the forms of the words of its last word's stem."""
    if term.exact:
        return f'"{term.folded}"'
    first, _, last = term.folded.rpartition(" ")
    words = dict.fromkeys((last, *forms[stem(last)]))
    return " OR ".join(f'"{first} {word}"' if first else f'"{word}"' for word in words)


def _by_match(match: str) -> tuple[str, list[str | int]]:
    return f"id IN ({_MATCHING})", [match]


def _test(
    term: Term, people: Mapping[Term, Sequence[int]], forms: Mapping[str, Sequence[str]]
) -> tuple[str, list[str | int]]:
    match term.kind:
        case "text" | "cat":
            return _by_match(_words_match(Clause(alternatives=(term,)), forms))
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
