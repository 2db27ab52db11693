"""Look-up of papers by title and of authors by name, however they are typed.

`Lookup` finds and ranks, `resolve` decides what a query means; whoever changes papers or authors calls `index.writer`.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, TypeVar

from store.lookup import author_title_query, exhaustive, fallback, hydrate, other_titles, scoring
from store.lookup.cascade import ScoredText, Search
from store.lookup.index.fields import AUTHORS, TITLES, Field, FieldName
from store.lookup.index.lifecycle import IndexLifecycle
from store.lookup.index.posting_lists import PostingLists
from store.lookup.index.reader_pool import ReaderPool
from store.lookup.index.snapshot import BuildProgress
from store.models import Frozen, Handle, Hit
from store.storage.database import Database
from store.text.normalize import fold, words

__all__ = ["Lookup", "OwnPaperText", "OwnTexts", "ReadAlias", "UnknownWord"]

T = TypeVar("T")

_MAX_RECENT = 50
_PUNCTUATION = "!?.,;:()[]{}\"'“”‘’«»"


ReadAlias = Callable[[sqlite3.Connection], Handle | None]
"""Reads what a query is known to stand for, on the connection of the search: waiting for another would show in the time
of autocomplete."""


class OwnPaperText(NamedTuple):
    """A paper that only some see: its title, the words of its authors' names, its year or 0."""

    handle: Handle
    title: str
    names: frozenset[str]
    year: int


class OwnTexts(Protocol):
    """What a guild knows beside the catalogue, read on the connection of the search for the same reason."""

    def titles(self, connection: sqlite3.Connection) -> Sequence[tuple[Handle, str]]:
        """Its papers with their titles."""
        ...

    def hidden(self, connection: sqlite3.Connection) -> frozenset[Handle]:
        """The papers that are not to be found, of its own and of the catalogue."""
        ...

    def names(self, connection: sqlite3.Connection) -> Sequence[tuple[Handle, str]]:
        """The authors of its papers with their names."""
        ...

    def papers(self, connection: sqlite3.Connection) -> Sequence[OwnPaperText]:
        """Its papers with their authors and years."""
        ...


class UnknownWord(Frozen):
    """A word of a query that no text has, as it was typed; known words that may have been meant, likeliest first."""

    word: str
    suggestions: tuple[str, ...]


class Lookup:
    """Searches one store, off the event loop. Create it with `open`."""

    def __init__(self, db: Database, progress: BuildProgress) -> None:
        self._readers = ReaderPool(db.path)
        self._lifecycles: dict[FieldName, IndexLifecycle] = {
            field.name: IndexLifecycle(field, db, self._readers, progress) for field in (TITLES, AUTHORS)
        }

    @classmethod
    async def open(cls, db: Database, progress: BuildProgress | None = None, *, wait: bool = True) -> Lookup:
        """Load the index, and build what is missing or damaged.

        `progress` is called as building goes on. Without `wait`, it goes on in the background, and until it is done
        searches scan the tables, which finds less.
        """
        lookup = cls(db, progress or (lambda what, done, total: None))
        try:
            for lifecycle in lookup._lifecycles.values():
                await lifecycle.load()
            for lifecycle in lookup._lifecycles.values():
                lifecycle.start()
            for lifecycle in lookup._lifecycles.values():
                if wait and not lifecycle.usable:
                    await lifecycle.ready()
        except BaseException:
            await lookup.close()
            raise
        return lookup

    async def ready(self) -> None:
        """Wait until nothing is being built, checked or written; raises the error of such work."""
        await asyncio.gather(*(lifecycle.ready() for lifecycle in self._lifecycles.values()))

    async def close(self) -> None:
        """Cancel what is being built, wait for running searches, and close the file."""
        for lifecycle in self._lifecycles.values():
            await lifecycle.close()
        await self._readers.close()

    async def titles(
        self,
        query: str,
        limit: int = 25,
        *,
        recent: Sequence[Handle] = (),
        alias: ReadAlias | None = None,
        own: OwnTexts | None = None,
    ) -> list[Hit]:
        """The papers whose titles match the query best, best first.

        `recent` are papers used lately, latest first, which win ties. `alias` reads which paper the query was taught to
        stand for: that comes first, with score 1, unless something is called exactly so. `own` are papers that are
        searched beside those of the catalogue.
        """
        return await self._run(TITLES, lambda c: self._search(c, TITLES, query, limit, recent, alias, own))

    async def authors(
        self,
        query: str,
        limit: int = 25,
        *,
        recent: Sequence[Handle] = (),
        alias: ReadAlias | None = None,
        own: OwnTexts | None = None,
    ) -> list[Hit]:
        """The authors whose names match the query best, best first; the rest as for `titles`."""
        return await self._run(AUTHORS, lambda c: self._search(c, AUTHORS, query, limit, recent, alias, own))

    async def by_author_and_title(self, query: str, limit: int = 25, *, own: OwnTexts | None = None) -> list[Hit]:
        """The papers that match the query by an author, words of the title and perhaps a year, best first."""
        return await self._run(TITLES, lambda c: self._search_by_author_and_title(c, query, limit, own))

    async def unknown_words(
        self, query: str, field: FieldName = "title", *, own: OwnTexts | None = None
    ) -> list[UnknownWord]:
        """The words of the query that no text has, with suggestions."""
        of = AUTHORS if field == "author" else TITLES
        return await self._run(of, lambda c: self._find_unknown_words(c, query, of, own))

    async def title_frequencies(self, words: Iterable[str]) -> tuple[int, dict[str, int]]:
        """How many titles the catalogue has, and how many of them hold each of these words; none without an index."""
        return await self._run(TITLES, lambda c: self._count_titles(c, words))

    async def _run(self, field: Field, function: Callable[[sqlite3.Connection], T]) -> T:
        answer = await self._readers.run(function)
        self._lifecycles[field.name].schedule_maintenance()
        return answer

    def _search(
        self,
        connection: sqlite3.Connection,
        field: Field,
        query: str,
        limit: int,
        recent: Sequence[Handle],
        alias: ReadAlias | None,
        own: OwnTexts | None,
    ) -> list[Hit]:
        hidden = own.hidden(connection) if own and field is TITLES else frozenset()
        found = self._ranked(connection, field, query, limit + min(len(hidden), limit), recent)
        if field is TITLES and not any(one.score >= scoring.EXACT for one in found[:1]):
            found = other_titles.added(found, other_titles.search(connection, query))
        hits = hydrate.hits_of(connection, field, found)
        texts = _own_texts(own, field, connection)
        if texts:
            indexed = [exhaustive.text_of(i, field, text) for i, (_, text) in enumerate(texts)]
            ranked = exhaustive.search(field, query, indexed, limit, scoring.MAX_WORDS)
            hits = hydrate.merged(hits, hydrate.own_hits(ranked, texts))
        meant = alias(connection) if alias else None
        if meant and not any(hit.score >= scoring.ACRONYM for hit in hits[:1]):
            hits = hydrate.with_alias_first(connection, field, hits, texts, meant)
        return [hit for hit in hits if hit.handle not in hidden][:limit]

    def _ranked(
        self, connection: sqlite3.Connection, field: Field, query: str, limit: int, recent: Sequence[Handle]
    ) -> list[ScoredText]:
        lifecycle = self._lifecycles[field.name]
        if snapshot := lifecycle.current(connection):
            recent_ids = hydrate.ids_of(connection, field, recent[:_MAX_RECENT])
            try:
                return Search(query, snapshot, PostingLists(connection, field), limit, recent_ids).run()
            except sqlite3.DatabaseError as error:
                lifecycle.mark_damaged(error)
        return fallback.search(connection, field, query, limit)

    def _search_by_author_and_title(
        self, connection: sqlite3.Connection, query: str, limit: int, own: OwnTexts | None
    ) -> list[Hit]:
        titles, names = (self._lifecycles[field.name].current(connection) for field in (TITLES, AUTHORS))
        if titles is None or names is None:
            return []
        found = author_title_query.search(connection, query, titles, names, limit)
        hits = hydrate.hits_of(connection, TITLES, found)
        if own and (papers := own.papers(connection)):
            few = [
                author_title_query.FewPaper(exhaustive.text_of(i, TITLES, paper.title), paper.names, paper.year)
                for i, paper in enumerate(papers)
            ]
            ranked = author_title_query.search_few(query, few, limit)
            hits = hydrate.merged(hits, hydrate.own_hits(ranked, [(paper.handle, paper.title) for paper in papers]))
        hidden = own.hidden(connection) if own else frozenset()
        return [hit for hit in hits if hit.handle not in hidden][:limit]

    def _count_titles(self, connection: sqlite3.Connection, words: Iterable[str]) -> tuple[int, dict[str, int]]:
        snapshot = self._lifecycles["title"].current(connection)
        if snapshot is None:
            return 0, {}
        return snapshot.texts, {word: snapshot.vocabulary.count(word) for word in words}

    def _find_unknown_words(
        self, connection: sqlite3.Connection, query: str, field: Field, own: OwnTexts | None
    ) -> list[UnknownWord]:
        snapshot = self._lifecycles[field.name].current(connection)
        if snapshot is None:
            return []
        known = {
            word
            for _, text in _own_texts(own, field, connection)
            for word in exhaustive.text_of(0, field, text).folded.split()
        }
        unknown: dict[str, UnknownWord] = {}
        for typed, word in _typed_words(query):
            if not snapshot.vocabulary.count(word) and word not in known and typed not in unknown:
                edits = 1 if len(word) < scoring.TWO_ERROR_SUGGESTION_LETTERS else 2
                similar = snapshot.vocabulary.similar(word, edits, scoring.SUGGESTIONS)
                unknown[typed] = UnknownWord(word=typed, suggestions=tuple(match.word for match in similar))
        return list(unknown.values())


def _own_texts(own: OwnTexts | None, field: Field, connection: sqlite3.Connection) -> Sequence[tuple[Handle, str]]:
    if own is None:
        return ()
    return own.titles(connection) if field is TITLES else own.names(connection)


def _typed_words(query: str) -> Iterator[tuple[str, str]]:
    """The words of a query that say what is meant, as they were typed and as they are looked up.

    What is no Latin text is shown as a whole: one sign may be looked up by several words, such as its transliteration.
    """
    for token in query[: scoring.MAX_QUERY].split()[: scoring.MAX_WORDS]:
        folded = words(fold(token))
        for word in folded:
            if word not in author_title_query.FUNCTION_WORDS:
                yield (word if len(folded) > 1 and token.isascii() else token.strip(_PUNCTUATION) or token), word
