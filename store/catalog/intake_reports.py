"""What imports that changed the store reported."""

from __future__ import annotations

import json

from store.models import IntakeReport, Problem
from store.storage.connection import Connection
from store.storage.database import Database


async def save(connection: Connection, report: IntakeReport) -> None:
    """Add the report of an import."""
    await connection.execute(
        "INSERT INTO intakes (source, finished, new, changed, unchanged, problems) VALUES (?, ?, ?, ?, ?, ?)",
        [
            report.source,
            report.finished.isoformat(timespec="seconds"),
            report.new,
            report.changed,
            report.unchanged,
            json.dumps([p.model_dump() for p in report.problems]),
        ],
    )


async def latest(db: Database, limit: int = 5) -> list[IntakeReport]:
    """The reports of the last imports that changed the store, newest first."""
    async with (
        db.read() as connection,
        connection.execute("SELECT * FROM intakes ORDER BY id DESC LIMIT ?", [limit]) as rows,
    ):
        return [
            IntakeReport(
                source=row["source"],
                finished=row["finished"],
                new=row["new"],
                changed=row["changed"],
                unchanged=row["unchanged"],
                problems=tuple(Problem.model_validate(p) for p in json.loads(row["problems"])),
            )
            async for row in rows
        ]
