"""The composition of the store: what commands and the process are given."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from store.closeness.paper_scores import PaperScores
from store.embeddings.semantic_index import SemanticIndex
from store.guilds import subscription_keys
from store.guilds.own_papers import EVERYBODY, Owner
from store.intake_log import joining
from store.lookup import Lookup
from store.lookup.index.snapshot import BuildProgress
from store.operations import OPERATIONS
from store.search import words
from store.storage import moved
from store.storage.database import Database
from store.storage.two_halves import TwoHalves
from store.summaries.rewriter import Rewriter
from store.view import View


@dataclass(frozen=True)
class Library:
    """An open paper store, the look-up over it, and a language model and a semantic index where the team has them."""

    db: Database
    lookup: Lookup
    rewriter: Rewriter | None = None
    semantic: SemanticIndex | None = None

    @classmethod
    async def open(
        cls, path: Path, progress: BuildProgress | None = None, *, wait: bool = True, guilds: str | None = None
    ) -> Library:
        """Open the store at `path`, making it where it is missing; raises the errors of `Database.open`.

        `progress` and `wait` are those of `Lookup.open`; `guilds` is the address of a PostgreSQL database for the
        guild half.
        """
        db = await (TwoHalves.open_with(path, guilds, OPERATIONS) if guilds else Database.open(path))
        try:
            if isinstance(db, TwoHalves):
                await joining.join(db)
                await db.refresh_mirror()
            else:
                async with db.read() as reader:
                    await moved.refuse_file_alone(reader)
            async with db.write() as connection:
                await subscription_keys.bring_up_to_date(connection)
            async with db.write_papers() as papers:
                await words.bring_up_to_date(papers)
            return cls(db, await Lookup.open(db, progress, wait=wait))
        except BaseException:
            await db.close()
            raise

    async def close(self) -> None:
        """Finish the running write and let go of the file."""
        await self.lookup.close()
        await self.db.close()

    @cached_property
    def scores(self) -> PaperScores:
        """How close papers are to those that subscriptions follow."""
        return PaperScores(self.db, embeds=self.semantic is not None)

    def view(self, owner: Owner = EVERYBODY) -> View:
        """The papers as a guild sees them, or a person in direct messages; without an owner, as everybody does."""
        return View(self.db, owner, self.lookup, self.semantic)
