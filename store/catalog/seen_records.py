"""Which records of papers an import has given already, so that an entry that a file repeats is taken once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime, timedelta

from store.storage.connection import Connection
from store.text.timestamps import stamp

FORGOTTEN_AFTER = timedelta(days=7)
"""What an import noted that never ended, as its process was killed, is kept for so long; by choice."""


class SeenRecords:
    """Records already seen, by source and paper: in one batch, or in all of an import that is named by a number.

    What earlier batches have seen is in the store, as each host applies them by itself, and may be restarted between.
    """

    def __init__(self, import_id: int | None = None) -> None:
        self._import_id = import_id
        self._loaded: set[tuple[int, int]] = set()
        self._seen: set[tuple[int, int]] = set()

    async def load(self, connection: Connection, paper_ids: Iterable[int]) -> None:
        """Load what earlier batches have seen of these papers."""
        if self._import_id is None:
            return
        rows = await connection.execute_fetchall(
            "SELECT source_id, paper_id FROM seen_records"
            " WHERE import_id = ? AND paper_id IN (SELECT value FROM json_each(?))",
            [self._import_id, json.dumps(list(paper_ids))],
        )
        found = {(source_id, paper_id) for source_id, paper_id in rows} - self._loaded
        self._loaded |= found
        self._seen |= found

    async def save(self, connection: Connection, now: datetime) -> None:
        """Store what this batch has seen for the next ones."""
        if self._import_id is None:
            return
        await connection.executemany(
            "DELETE FROM seen_records WHERE import_id = ? AND source_id = ? AND paper_id = ?",
            [(self._import_id, *one) for one in self._loaded - self._seen],
        )
        await connection.executemany(
            "INSERT INTO seen_records (import_id, source_id, paper_id, noted) VALUES (?, ?, ?, ?)",
            [(self._import_id, *one, stamp(now)) for one in self._seen - self._loaded],
        )

    def add(self, source_id: int, paper_id: int) -> bool:
        """Add a source's record of a paper; whether it is the first one."""
        is_first = (source_id, paper_id) not in self._seen
        self._seen.add((source_id, paper_id))
        return is_first

    def move(self, merged_id: int, survivor_id: int) -> set[int]:
        """Count the records of one paper for another, as its id may be given again.

        Returns the sources of which only the first paper had been seen.
        """
        moved = {one for one in self._seen if one[1] == merged_id}
        self._seen -= moved
        return {source_id for source_id, _ in moved if self.add(source_id, survivor_id)}


async def forget(connection: Connection, import_id: int, now: datetime) -> None:
    """Forget what an import has seen, as it is over, and what those left behind that were killed."""
    await connection.execute(
        "DELETE FROM seen_records WHERE import_id = ? OR noted < ?", [import_id, stamp(now - FORGOTTEN_AFTER)]
    )
