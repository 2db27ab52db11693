"""The composition of the store: what commands and the process are given."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from store.database import Database


@dataclass(frozen=True)
class Library:
    """An open paper store."""

    db: Database

    @classmethod
    async def open(cls, path: Path) -> Library:
        """Open the store at `path`, making it where it is missing; raises the errors of `Database.open`."""
        return cls(await Database.open(path))

    async def close(self) -> None:
        """Finish the running write and let go of the file."""
        await self.db.close()
