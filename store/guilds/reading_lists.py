"""Reading lists of a person and of the whole team; what is in one, `store.guilds.list_entries` knows.

Every function takes the owner and the person who asks. A person's list is theirs alone until they share it; then the
team may read it, and nobody else changes it. A list of the team is everybody's to read and change.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Literal, get_args

from store.errors import NotFoundError, StoreError
from store.guilds.own_papers import Owner
from store.models import Frozen
from store.storage.connection import Connection, Row
from store.text.normalize import fold
from store.text.timestamps import stamp
from store.text.visible import one_line

ReadingState = Literal["unread", "reading", "read"]
STATES: tuple[ReadingState, ...] = get_args(ReadingState)
TEAM = 0
"""In the place of a person: the list is the team's."""
DEFAULT_NAME = "To read"
"""The list that a paper is saved to where none is named."""
LONGEST_NAME = 60
MOST_LISTS = 12
"""Of one person or team: both fit into a menu of Discord, which has 25 entries, beside one more."""


class TooManyListsError(StoreError):
    """There are as many lists as there can be; delete one, or use one that is there."""


class NameTakenError(StoreError):
    """Another list has that name already; choose another one."""


class ReadingList(Frozen):
    """A list as somebody sees it; `person` is `TEAM` where it is the team's."""

    id: int
    token: str
    owner: Owner
    person: int
    name: str
    shared: bool
    made_by: int
    counts: Mapping[ReadingState, int]

    @property
    def total(self) -> int:
        """How many papers are in it."""
        return sum(self.counts.values())

    def may_change(self, person: int) -> bool:
        """Whether that person may change it, of those who may see it."""
        return self.person in (TEAM, person)


_VISIBLE = "owner = :owner AND (person = :person OR person = 0 OR shared)"
_LIST = (
    "SELECT id, token, owner, person, name, shared, made_by, (SELECT json_group_object(state, papers) FROM"
    " (SELECT state, count(*) AS papers FROM list_entries WHERE list_id = reading_lists.id AND removed IS NULL"
    "  GROUP BY state)) AS counts FROM reading_lists"
)


async def lists_of(connection: Connection, owner: Owner, person: int) -> list[ReadingList]:
    """The lists that a person may see: their own, the team's, and those that others shared, in this order, by name."""
    async with connection.execute(
        f"{_LIST} WHERE {_VISIBLE} ORDER BY person = 0, person <> :person, name_key, person",
        {"owner": owner, "person": person},
    ) as rows:
        return [_list(row) async for row in rows]


async def get(connection: Connection, owner: Owner, person: int, token: str) -> ReadingList:
    """A list that the person may see; raises `NotFoundError` where there is none."""
    async with connection.execute(
        f"{_LIST} WHERE {_VISIBLE} AND token = :token", {"owner": owner, "person": person, "token": token}
    ) as rows:
        row = await rows.fetchone()
    if row is None:
        raise NotFoundError
    return _list(row)


async def by_id(connection: Connection, list_id: int) -> ReadingList:
    """A list, for what goes on without anybody who asks; raises `NotFoundError`."""
    async with connection.execute(f"{_LIST} WHERE id = ?", [list_id]) as rows:
        row = await rows.fetchone()
    if row is None:
        raise NotFoundError
    return _list(row)


async def get_to_change(connection: Connection, owner: Owner, person: int, token: str) -> ReadingList:
    """The same, if the person may change it."""
    found = await get(connection, owner, person, token)
    if not found.may_change(person):
        raise NotFoundError
    return found


async def named(
    connection: Connection, owner: Owner, person: int, name: str, now: datetime, *, team: bool = False
) -> ReadingList:
    """The person's list of that name, or the team's; made where there is none. Raises `TooManyListsError`."""
    whose, shown = TEAM if team else person, clean_name(name)
    key = {"owner": owner, "person": whose, "name_key": fold(shown) or shown}
    async with connection.execute(
        f"{_LIST} WHERE owner = :owner AND person = :person AND name_key = :name_key", key
    ) as rows:
        row = await rows.fetchone()
    if row:
        return _list(row)
    mine = [one for one in await lists_of(connection, owner, person) if one.person == whose]
    if len(mine) >= MOST_LISTS:
        raise TooManyListsError
    token = secrets.token_urlsafe(12)
    await connection.execute(
        "INSERT INTO reading_lists (token, owner, person, name, name_key, made_by, made)"
        " VALUES (:token, :owner, :person, :name, :name_key, :made_by, :made)",
        {**key, "token": token, "name": shown, "made_by": person, "made": stamp(now)},
    )
    return await get(connection, owner, person, token)


async def rename(connection: Connection, chosen: ReadingList, name: str) -> None:
    """Give a list another name; raises `NameTakenError`."""
    shown = clean_name(name)
    cursor = await connection.execute(
        "UPDATE reading_lists SET name = :name, name_key = :key WHERE id = :id AND NOT EXISTS (SELECT 1"
        " FROM reading_lists AS other WHERE other.owner = reading_lists.owner AND other.person = reading_lists.person"
        "  AND other.name_key = :key AND other.id <> :id)",
        {"name": shown, "key": fold(shown) or shown, "id": chosen.id},
    )
    if cursor.rowcount == 0:
        raise NameTakenError


async def share(connection: Connection, chosen: ReadingList, *, shared: bool) -> None:
    """Let the team read a person's list, or no longer. Notes are shared one by one."""
    await connection.execute("UPDATE reading_lists SET shared = ? WHERE id = ?", [shared, chosen.id])


async def delete(connection: Connection, chosen: ReadingList) -> None:
    """Delete a list with its entries; notes stay with their papers."""
    await connection.execute("DELETE FROM zotero_items WHERE list_id = ?", [chosen.id])
    await connection.execute("DELETE FROM zotero_links WHERE list_id = ?", [chosen.id])
    await connection.execute("DELETE FROM list_entries WHERE list_id = ?", [chosen.id])
    await connection.execute("DELETE FROM reading_lists WHERE id = ?", [chosen.id])


def clean_name(name: str) -> str:
    """A list's name on one line, of `LONGEST_NAME` characters at most; the default one where nothing is left."""
    return one_line(name)[:LONGEST_NAME].strip() or DEFAULT_NAME


def _list(row: Row) -> ReadingList:
    return ReadingList.model_validate({**dict(row), "shared": bool(row["shared"]), "counts": json.loads(row["counts"])})
