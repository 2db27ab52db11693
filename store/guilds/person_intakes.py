"""People whose papers are fetched from a service because somebody asked for them, and how far that is.

A person's papers come in pages. Each page is stored before the place is noted from where to go on, so that after a kill
the last page comes twice, which changes nothing, and none is missed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from store.models import Frozen, Handle
from store.outside import FoundPerson, PersonIdentifier
from store.storage.connection import Connection, Row
from store.storage.database import Database
from store.text.timestamps import moment_of, stamp

FIRST_WAIT = timedelta(minutes=2)
"""Until a page that failed is tried again; doubled each time, up to `LONGEST_WAIT`."""
LONGEST_WAIT = timedelta(hours=12)


class PersonIntake(Frozen):
    """How far the papers of a person are. `author` is their page here, None until their first papers are stored."""

    person: FoundPerson
    asked: datetime
    author: Handle | None = None
    cursor: str | None = None
    total: int | None = None
    taken: int = 0
    failures: int = 0
    failure: str = ""
    next_try: datetime | None = None

    @property
    def complete(self) -> bool:
        """Whether all papers that the service lists are here."""
        return self.next_try is None


FIRST_PAGE_WITHIN = timedelta(minutes=1)
"""For which the first page is left to whoever asked."""


async def begin(db: Database, person: FoundPerson, now: datetime, author: Handle | None = None) -> PersonIntake:
    """Note that a person's papers are wanted, from the first page on; what goes on already is left as it is.

    Where the person is an `author` here, as another service knows them, nobody waits for the first page.
    """
    first = now if author else now + FIRST_PAGE_WITHIN
    async with db.write() as connection:
        await connection.execute(
            "INSERT INTO person_intakes (scheme, value, person, asked, next_try) VALUES (?, ?, ?, ?, ?)"
            " ON CONFLICT (scheme, value) DO UPDATE SET person = excluded.person, asked = excluded.asked,"
            " next_try = excluded.next_try, cursor = NULL, total = NULL, taken = 0, failures = 0, failure = NULL"
            " WHERE person_intakes.next_try IS NULL",
            [*_key(person.identifier), person.model_dump_json(), stamp(now), stamp(first)],
        )
        await connection.execute(
            "UPDATE person_intakes SET author = coalesce(author, ?) WHERE scheme = ? AND value = ?",
            [author, *_key(person.identifier)],
        )
        return await _get(connection, person.identifier)


async def advance(
    db: Database, intake: PersonIntake, author: Handle, taken: int, total: int | None, cursor: str | None, now: datetime
) -> PersonIntake:
    """Note that a page was stored, and from where to go on; without a cursor it was the last."""
    async with db.write() as connection:
        await connection.execute(
            "UPDATE person_intakes SET author = ?, taken = taken + ?, total = coalesce(?, total), cursor = ?,"
            " failures = 0, failure = NULL, next_try = ? WHERE scheme = ? AND value = ?",
            [author, taken, total, cursor, stamp(now) if cursor else None, *_key(intake.person.identifier)],
        )
        return await _get(connection, intake.person.identifier)


async def fail(db: Database, intake: PersonIntake, reason: str, now: datetime) -> PersonIntake:
    """Note that the service did not give a page, and when to try again."""
    wait = min(FIRST_WAIT * 2 ** min(intake.failures, 20), LONGEST_WAIT)
    async with db.write() as connection:
        await connection.execute(
            "UPDATE person_intakes SET failures = failures + 1, failure = ?, next_try = ?"
            " WHERE scheme = ? AND value = ?",
            [reason, stamp(now + wait), *_key(intake.person.identifier)],
        )
        return await _get(connection, intake.person.identifier)


async def found_elsewhere(db: Database, intake: PersonIntake, found: tuple[FoundPerson, ...], now: datetime) -> None:
    """Note as whom other services know the person, whose papers there are wanted too."""
    whole = intake.person.model_copy(update={"elsewhere": found})
    async with db.write() as connection:
        await connection.execute(
            "UPDATE person_intakes SET person = ? WHERE scheme = ? AND value = ?",
            [whole.model_dump_json(), *_key(intake.person.identifier)],
        )
    for one in whole.everywhere[1:]:
        await begin(db, one, now, intake.author)


async def only_one_service(db: Database) -> list[PersonIntake]:
    """Those who are here and for whom nobody has looked in other services."""
    return await _where(db, "author IS NOT NULL AND person ->> '$.elsewhere' IS NULL ORDER BY asked DESC", [])


async def waiting(db: Database, now: datetime) -> list[PersonIntake]:
    """Those that can go on now, the one that has waited longest first."""
    return await _where(db, "next_try <= ? ORDER BY next_try", [stamp(now)])


async def of_author(db: Database, author: Handle) -> list[PersonIntake]:
    """From where an author's papers were fetched, the last asked for first."""
    return await _where(db, "author = ? ORDER BY asked DESC", [author])


async def affiliations(db: Database, authors: Sequence[Handle]) -> dict[Handle, str]:
    """Where services last saw these authors, as far as they were fetched from one that says it."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT author, person ->> '$.affiliations[0].name' AS place FROM json_each(?) AS wanted"
            " JOIN person_intakes ON author = wanted.value WHERE person ->> '$.affiliations[0].name' IS NOT NULL"
            " ORDER BY asked, scheme DESC",
            [json.dumps(list(authors))],
        ) as rows,
    ):
        return {row["author"]: row["place"] async for row in rows}


async def _where(db: Database, condition: str, values: Sequence[str]) -> list[PersonIntake]:
    async with (
        db.read() as connection,
        connection.execute(f"SELECT * FROM person_intakes WHERE {condition}", values) as rows,  # noqa: S608
    ):
        return [_intake(row) async for row in rows]


async def _get(connection: Connection, identifier: PersonIdentifier) -> PersonIntake:
    async with connection.execute(
        "SELECT * FROM person_intakes WHERE scheme = ? AND value = ?", _key(identifier)
    ) as rows:
        row = await rows.fetchone()
    assert row is not None
    return _intake(row)


def _key(identifier: PersonIdentifier) -> list[str]:
    return [identifier.scheme, identifier.value]


def _intake(row: Row) -> PersonIntake:
    return PersonIntake(
        person=FoundPerson.model_validate_json(row["person"]),
        asked=moment_of(row["asked"]),
        author=row["author"],
        cursor=row["cursor"],
        total=row["total"],
        taken=row["taken"],
        failures=row["failures"],
        failure=row["failure"] or "",
        next_try=moment_of(row["next_try"]) if row["next_try"] else None,
    )
