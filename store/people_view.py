"""The authors as one guild sees them: everybody's, and those of papers that its members added."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from store.catalog import authors
from store.guilds import own_authors, own_papers
from store.guilds.own_papers import Owner
from store.models import Author, Handle, Metric
from store.storage.database import Database


@dataclass(frozen=True)
class PeopleView:
    """What the owner, a guild or a person in direct messages, may see of authors."""

    db: Database
    owner: Owner

    async def authors(self, handles: Sequence[Handle]) -> list[Author]:
        """The authors in the order asked for, with the owner's papers counted; unknown ones are left out.

        A handle of somebody who turned out to be another is the other's.
        """
        moved = await authors.moved(self.db, handles)
        handles = list(dict.fromkeys(moved.get(handle, handle) for handle in handles))
        found = {author.handle: author for author in await authors.by_handles(self.db, handles)}
        async with self.db.read() as connection:
            own = await own_authors.load(connection, self.owner, handles)
        for handle, author in own.items():
            known = found.get(handle)
            found[handle] = known.model_copy(update={"papers": known.papers + author.papers}) if known else author
        return [found[handle] for handle in handles if handle in found]

    async def author(self, handle: Handle) -> Author | None:
        """The author of that handle."""
        return next(iter(await self.authors([handle])), None)

    async def namesakes(self, name: str) -> list[Author]:
        """Everybody of exactly this name, those with most papers first."""
        known = [author.handle for author in await authors.namesakes(self.db, name)]
        found = await self.authors(list(dict.fromkeys([*known, own_authors.handle_of(name)])))
        return sorted(found, key=lambda author: -author.papers)

    async def metrics(self, handle: Handle) -> list[Metric]:
        """The latest figure of each kind from each source."""
        async with self.db.read() as connection:
            own = await own_authors.metrics(connection, self.owner, handle)
        return [*await authors.metrics(self.db, handle), *own]

    async def papers_of(self, handle: Handle) -> list[Handle]:
        """The author's papers, newest first."""
        everybodys = await authors.papers_of(self.db, handle)
        async with self.db.read() as connection:
            own = await own_authors.papers_of(connection, self.owner, handle)
            if not own:
                return everybodys
            found = await own_papers.load_by_handles(connection, self.owner, [*everybodys, *own])
        by_handle = {paper.handle: paper for paper in found.values()}
        return sorted(by_handle, key=lambda one: by_handle[one].published or "", reverse=True)

    async def coauthors(self, handle: Handle, limit: int = 8) -> list[tuple[Author, int]]:
        """Who else is named on the author's papers, with how many they share, most first."""
        async with self.db.read() as connection:
            own = await own_authors.coauthors(connection, self.owner, handle)
        shared = Counter(own)
        # Beyond the first `limit` of the catalogue, one can be among the first in all only by the owner's papers.
        for author, count in await authors.coauthors(self.db, handle, limit + len(own)):
            shared[author.handle] += count
        people = {author.handle: author for author in await self.authors(list(shared))}
        order = sorted(people, key=lambda one: (-shared[one], -people[one].papers, people[one].name))
        return [(people[one], shared[one]) for one in order[:limit]]

    async def authors_of(self, paper: Handle) -> list[Author]:
        """The authors of a paper in the order of its list; those without a place last."""
        everybodys = [author.handle for author in await authors.of_paper(self.db, paper)]
        async with self.db.read() as connection:
            own = await own_authors.of_paper(connection, self.owner, paper)
        return await self.authors(list(dict.fromkeys(everybodys or own)))
