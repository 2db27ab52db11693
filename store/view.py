"""A guild's view: the papers as one guild sees them, everybody's and those that its members added."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property, partial

from store import own_intake
from store.catalog import novelty_percentile, papers, removed_papers
from store.catalog.novelty import Novelty
from store.catalog.records import handles_by_keys
from store.embeddings.semantic_index import SemanticIndex
from store.guilds import aliases, hidden_papers, own_additions, own_authors, own_papers
from store.guilds.hidden_papers import HiddenPaper
from store.guilds.own_papers import Owner, OwnPaper
from store.lookup import Lookup, OwnPaperText, OwnTexts, ReadAlias, resolve
from store.lookup.index.fields import FieldName
from store.models import Handle, Hit, Identifier, Paper, PaperOutline, PaperRecord
from store.people_view import PeopleView
from store.search import full_text
from store.search.full_text import ResultPage, SearchOrder, Statistics
from store.search.matcher import is_match, start_of
from store.search.query import Query
from store.text.handles import is_handle
from store.text.identifiers import names_of
from store.text.normalize import fold

NAMED_AS_NEAREST = 3
"""Earlier papers that are named as nearest to one; by choice."""


@dataclass(frozen=True)
class View(PeopleView):
    """What the owner may see. `lookup` searches the catalogue; the owner's own papers are searched beside it."""

    lookup: Lookup
    semantic: SemanticIndex | None = None

    # Papers

    async def papers(self, handles: Sequence[Handle]) -> list[Paper]:
        """The papers in the order asked for; those that are not there are left out."""
        async with self.db.read() as connection:
            found = await own_papers.load_by_handles(connection, self.owner, handles)
            hidden = await hidden_papers.handles(connection, self.owner)
        return [found[handle] for handle in handles if handle in found and found[handle].handle not in hidden]

    async def outlines(self, handles: Sequence[Handle]) -> list[Paper | PaperOutline]:
        """The papers in the order asked for, those outlined that need not be read; at the cost of a tenth."""
        async with self.db.read() as connection:
            own = await own_papers.load_records(connection, self.owner, handles)
            found = await papers.outlines(connection, [handle for handle in handles if handle not in own])
        read = {paper.handle: paper for paper in await self.papers([one for one in handles if one not in found])}
        hidden = await self.hidden_handles()
        known = read | {handle: one for handle, one in found.items() if handle not in hidden}
        return [known[handle] for handle in handles if handle in known]

    async def hidden(self) -> list[HiddenPaper]:
        """What the owner's managers hid, the last one first."""
        async with self.db.read() as connection:
            return await hidden_papers.of_owner(connection, self.owner)

    async def hidden_named(self, names: Sequence[Identifier | Handle]) -> list[HiddenPaper]:
        """Those of the hidden papers that go by these outside names or handles, also former ones."""
        hidden = await self.hidden()
        if not hidden:
            return []
        wanted = [(i.scheme, i.value) for one in names if isinstance(one, Identifier) for i in names_of(one)]
        async with self.db.read() as connection:
            own = await own_papers.find_by_keys(connection, self.owner, wanted)
            named = [*own.values(), *(await handles_by_keys(connection, wanted)).values()]
            named += [one for one in names if isinstance(one, str)]
            now = {one.handle for one in (await own_papers.load_by_handles(connection, self.owner, named)).values()}
        return [one for one in hidden if one.handle in now]

    async def hidden_titled(self, title: str) -> HiddenPaper | None:
        """The hidden paper of exactly this title, but for case and accents."""
        return next((one for one in await self.hidden() if fold(one.title) == fold(title)), None)

    async def paper(self, handle: Handle) -> Paper | None:
        """The paper, also by a handle that it had before it was merged into another."""
        return next(iter(await self.papers([handle])), None) if is_handle(handle) else None

    async def newest(self, limit: int) -> list[Handle]:
        """The newest papers by date of publication, at most `limit`."""
        async with self.db.read() as connection:
            own = await own_papers.load_folded(connection, self.owner, limit=limit)
            hidden = await hidden_papers.handles(connection, self.owner)
        dated = dict(await papers.newest(self.db, limit + len(hidden)))
        dated |= {one.handle: one.folded.published for one in own}
        dated = {handle: published for handle, published in dated.items() if handle not in hidden}
        return sorted(dated, key=lambda handle: dated[handle] or "", reverse=True)[:limit]

    async def papers_named(self, identifiers: Sequence[Identifier]) -> list[Paper]:
        """The papers that go by these outside names, each once, in their order; everybody's before the owner's own."""
        wanted = [(i.scheme, i.value) for one in identifiers for i in names_of(one)]
        async with self.db.read() as connection:
            own = await own_papers.find_by_keys(connection, self.owner, wanted)
            handles = own | await handles_by_keys(connection, wanted)
        return await self.papers(list(dict.fromkeys(handles[key] for key in wanted if key in handles)))

    async def removed(self, identifiers: Sequence[Identifier]) -> list[Paper]:
        """The papers that went by these outside names when they were removed from the store."""
        wanted = [(i.scheme, i.value) for one in identifiers for i in names_of(one)]
        async with self.db.read() as connection:
            return [one.paper for one in await removed_papers.by_keys(connection, wanted)]

    async def papers_added(self, records: Sequence[PaperRecord]) -> list[Paper]:
        """The papers that records, which the owner's members handed over, are about; each once."""
        async with self.db.read() as connection:
            handles = await own_intake.by_records(connection, self.owner, records)
        return await self.papers(handles)

    async def added_by(self, handle: Handle) -> list[int]:
        """Who added what the owner has of a paper, the first one first."""
        async with self.db.read() as connection:
            return await own_additions.people_of(connection, self.owner, handle)

    async def count_own(self) -> int:
        """Of how many papers the owner has records."""
        async with self.db.read() as connection:
            return await own_papers.count(connection, self.owner)

    async def novelty(self, paper: Paper) -> Novelty | None:
        """How far a paper lies from earlier ones of the catalogue; hidden ones count, but are not named.

        None where too little is known to say.
        """
        found = await novelty_percentile.novelty(self.db, paper)
        if found is None:
            return None
        shown = {one.handle: one for one in await self.papers([one.paper.handle for one in found.nearest])}
        named = [one for one in found.nearest if one.paper.handle in shown][:NAMED_AS_NEAREST]
        nearest = tuple(one.model_copy(update={"paper": shown[one.paper.handle]}) for one in named)
        return found.model_copy(update={"nearest": nearest})

    # Search

    async def search(self, query: Query, limit: int, offset: int = 0, order: SearchOrder = "date") -> ResultPage:
        """The papers that match, newest or most cited first, `limit` of them from `offset` on.

        The owner's own papers, whose citations are not known, come after those of the catalogue.
        """
        own, hidden = await self.own_matches(query), await self.hidden_handles()
        if not own or order == "citations":
            found = await full_text.search(self.db, query, limit, offset, hidden, order)
            after = [one.handle for one in own][max(0, offset - found.total) :][: limit - len(found.handles)]
            return found.model_copy(update={"handles": (*found.handles, *after), "total": found.total + len(own)})
        found = await full_text.search(self.db, query, offset + limit, without=hidden)
        dated = [*zip(found.handles, found.published, strict=True), *((o.handle, o.folded.published) for o in own)]
        dated.sort(key=lambda one: one[1] or "", reverse=True)
        chosen = dated[offset : offset + limit]
        return ResultPage(
            handles=tuple(handle for handle, _ in chosen),
            published=tuple(published for _, published in chosen),
            total=found.total + len(own),
        )

    async def all_matches(self, query: Query) -> AsyncGenerator[list[Paper], None]:
        """Every paper that matches, newest first, page by page."""
        done = 0
        while handles := (await self.search(query, papers.PAGE_SIZE, done)).handles:
            yield await self.papers(handles)
            done += papers.PAGE_SIZE

    async def statistics(self, query: Query, first: date, last: date, newest: int) -> Statistics:
        """Count the papers that match, those of the days from `first` to `last` by day, and give the `newest` ones."""
        found = await full_text.statistics(self.db, query, first, last, newest, await self.hidden_handles())
        own = await self.own_matches(query)
        return found.with_others([(one.handle, one.folded.published) for one in own], first, last, newest)

    async def own_matches(self, query: Query) -> list[OwnPaper]:
        """The owner's own papers that match, newest first, but for those that match in the catalogue as well."""
        words = [
            [start_of(term) for term in clause.alternatives]
            for clause in query.required
            if all(term.kind == "text" for term in clause.alternatives)
        ]
        async with self.db.read() as connection:
            own = await own_papers.load_folded(connection, self.owner, containing=words)
            hidden = await hidden_papers.handles(connection, self.owner)
        if not own:
            return []
        matching = await asyncio.to_thread(
            lambda: [one for one in own if one.handle not in hidden and is_match(query, one.folded)]
        )
        known = await papers.by_handles(self.db, [one.handle for one in matching if one.in_catalogue])
        there = {paper.handle for paper in known if is_match(query, paper)}
        return [one for one in matching if one.handle not in there]

    # Look-up

    async def resolve_paper(
        self, query: str, *, recent: Sequence[Handle] = (), taught: bool = True
    ) -> resolve.Resolution:
        """The paper that the query means, by the aliases of the guild if `taught`, and among ties the one used last."""
        alias = self._alias("title", query) if taught else None
        return await resolve.resolve_paper(self.lookup, query, recent=recent, alias=alias, own=self._own_texts)

    async def resolve_author(
        self, query: str, *, recent: Sequence[Handle] = (), taught: bool = True
    ) -> resolve.Resolution:
        """The person that the query means; the rest as for `resolve_paper`."""
        view = await self.for_one_answer()
        return await resolve.resolve_author(
            self.lookup,
            query,
            namesakes=view.namesakes,
            authors=view.authors,
            united=view.united,
            recent=recent,
            alias=self._alias("author", query) if taught else None,
            own=self._own_texts,
        )

    async def find_papers(self, query: str, limit: int, *, recent: Sequence[Handle] = ()) -> resolve.FoundPapers:
        """Suggestions for what has been typed so far; the rest as for `resolve_paper`."""
        alias = self._alias("title", query)
        return await resolve.find_papers(self.lookup, query, limit, recent=recent, alias=alias, own=self._own_texts)

    async def find_authors(self, query: str, limit: int, *, recent: Sequence[Handle] = ()) -> list[Hit]:
        """Suggestions for what has been typed so far, best first; the rest as for `resolve_paper`."""
        alias = self._alias("author", query)
        return await self.united(
            await self.lookup.authors(query, limit, recent=recent, alias=alias, own=self._own_texts)
        )

    @cached_property
    def _own_texts(self) -> OwnTexts:
        return _OwnTexts(self.owner)

    def _alias(self, field: FieldName, query: str) -> ReadAlias | None:
        """Reads what the query stands for in a guild; in direct messages nothing is taught."""
        return partial(_meant_by, self.owner, field, query) if self.owner > 0 else None


@dataclass(frozen=True)
class _OwnTexts(OwnTexts):
    owner: Owner

    def titles(self, connection: sqlite3.Connection) -> Sequence[tuple[Handle, str]]:
        return own_papers.titles(connection, self.owner)

    def hidden(self, connection: sqlite3.Connection) -> frozenset[Handle]:
        return hidden_papers.handles_on(connection, self.owner)

    def names(self, connection: sqlite3.Connection) -> Sequence[tuple[Handle, str]]:
        return own_authors.names(connection, self.owner)

    def papers(self, connection: sqlite3.Connection) -> Sequence[OwnPaperText]:
        return [
            OwnPaperText(handle, title, frozenset(names.split()), int(published[:4] or 0))
            for handle, title, names, published in own_papers.bylines(connection, self.owner)
        ]


def _meant_by(owner: Owner, field: FieldName, query: str, connection: sqlite3.Connection) -> Handle | None:
    meant = aliases.meant_by(connection, guild_id=owner, kind=field, query=query)
    return own_papers.current_handle(connection, owner, meant) if meant else None
