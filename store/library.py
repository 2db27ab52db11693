"""The composition of the store: what commands and the process are given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from store.catalog import authors
from store.guilds import aliases
from store.lookup import Lookup, ReadAlias, resolve
from store.lookup.index.fields import FieldName
from store.lookup.index.snapshot import BuildProgress
from store.models import Handle, Hit
from store.storage.database import Database
from store.summaries.rewriter import Rewriter


@dataclass(frozen=True)
class Library:
    """An open paper store, the look-up over it, and a language model where the team has one."""

    db: Database
    lookup: Lookup
    rewriter: Rewriter | None = None

    @classmethod
    async def open(cls, path: Path, progress: BuildProgress | None = None, *, wait: bool = True) -> Library:
        """Open the store at `path`, making it where it is missing; raises the errors of `Database.open`.

        `progress` and `wait` are those of `Lookup.open`.
        """
        db = await Database.open(path)
        try:
            return cls(db, await Lookup.open(db, progress, wait=wait))
        except BaseException:
            await db.close()
            raise

    async def close(self) -> None:
        """Finish the running write and let go of the file."""
        await self.lookup.close()
        await self.db.close()

    async def resolve_paper(
        self, query: str, *, guild_id: int | None = None, recent: Sequence[Handle] = ()
    ) -> resolve.Resolution:
        """The paper that the query means, by the aliases of the guild, and among ties the one used last."""
        alias = _alias(guild_id, "title", query)
        return await resolve.resolve_paper(self.lookup, query, recent=recent, alias=alias)

    async def resolve_author(
        self, query: str, *, guild_id: int | None = None, recent: Sequence[Handle] = ()
    ) -> resolve.Resolution:
        """The person that the query means; the rest as for `resolve_paper`."""
        alias = _alias(guild_id, "author", query)
        namesakes = partial(authors.namesakes, self.db)
        return await resolve.resolve_author(self.lookup, query, namesakes=namesakes, recent=recent, alias=alias)

    async def find_papers(
        self, query: str, limit: int, *, guild_id: int | None = None, recent: Sequence[Handle] = ()
    ) -> resolve.FoundPapers:
        """Suggestions for what has been typed so far; the rest as for `resolve_paper`."""
        alias = _alias(guild_id, "title", query)
        return await resolve.find_papers(self.lookup, query, limit, recent=recent, alias=alias)

    async def find_authors(
        self, query: str, limit: int, *, guild_id: int | None = None, recent: Sequence[Handle] = ()
    ) -> list[Hit]:
        """Suggestions for what has been typed so far, best first; the rest as for `resolve_paper`."""
        alias = _alias(guild_id, "author", query)
        return await self.lookup.authors(query, limit, recent=recent, alias=alias)


def _alias(guild_id: int | None, field: FieldName, query: str) -> ReadAlias | None:
    return partial(aliases.meant_by, guild_id=guild_id, kind=field, query=query) if guild_id is not None else None
