"""Which reading lists are kept the same as a library of Zotero, and what is known of each item there.

The key of a person's account is in `ZoteroLink` as a secret, which no log and no card shows.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, SecretStr

from store.guilds.own_papers import Owner
from store.list_sync.merge import Choice, Question, Value
from store.list_sync.models import Kind
from store.models import Frozen, Handle
from store.storage.connection import Connection, Row
from store.text.timestamps import stamp


class ZoteroLink(Frozen):
    """A list's library. `person` is whose key it is; `stopped` where somebody has to do something first."""

    list_id: int
    owner: Owner
    person: int
    library: str
    collection: str | None
    api_key: SecretStr
    version: int
    due: AwareDatetime
    synced: AwareDatetime | None
    failure: str | None
    stopped: bool


class Asked(Frozen):
    """A question that is open: what it is, and what was here and there when it was asked."""

    question: Question
    here: str | tuple[str, ...] | None
    there: str | tuple[str, ...] | None


class LinkedItem(Frozen):
    """An item of a library and what it is here: a paper by its handle, a note by its token.

    `about` is the paper that an item is about, also where another item stands for it here.
    """

    item_key: str
    kind: Kind
    ours: str | None
    about: Handle | None
    parent: str | None
    base: Value | None
    theirs: Value | None
    version: int
    details: Mapping[str, Any]
    asked: Asked | None
    choice: Choice | None


async def connect(connection: Connection, link: ZoteroLink) -> None:
    """Tie a list to a library; what was known of another one is forgotten."""
    await disconnect(connection, link.list_id)
    await connection.execute(
        "INSERT INTO zotero_links (list_id, owner, person, library, collection, api_key, version, due)"
        " VALUES (?, ?, ?, ?, ?, ?, 0, ?)",
        [
            link.list_id, link.owner, link.person, link.library, link.collection, link.api_key.get_secret_value(),
            stamp(link.due),
        ],
    )  # fmt: skip


async def disconnect(connection: Connection, list_id: int) -> None:
    """Forget a list's library with its key; what both have stays."""
    await connection.execute("DELETE FROM zotero_items WHERE list_id = ?", [list_id])
    await connection.execute("DELETE FROM zotero_links WHERE list_id = ?", [list_id])


async def get(connection: Connection, list_id: int) -> ZoteroLink | None:
    """A list's library."""
    async with connection.execute("SELECT * FROM zotero_links WHERE list_id = ?", [list_id]) as rows:
        row = await rows.fetchone()
    return _link(row) if row else None


async def due(connection: Connection, now: datetime) -> list[ZoteroLink]:
    """Those that are to be asked now, the longest due first."""
    async with connection.execute(
        "SELECT * FROM zotero_links WHERE due <= ? AND NOT stopped ORDER BY due", [stamp(now)]
    ) as rows:
        return [_link(row) async for row in rows]


async def schedule(
    connection: Connection,
    list_id: int,
    due_at: datetime,
    failure: str | None = None,
    *,
    stopped: bool = False,
) -> None:
    """When a list is compared next, and why that did not work now, if it did not."""
    await connection.execute(
        "UPDATE zotero_links SET due = ?, failure = ?, stopped = ? WHERE list_id = ?",
        [stamp(due_at), failure, stopped, list_id],
    )


async def compared(connection: Connection, list_id: int, now: datetime) -> None:
    """Both were compared, and what is not asked about is the same."""
    await connection.execute("UPDATE zotero_links SET synced = ? WHERE list_id = ?", [stamp(now), list_id])


async def set_version(connection: Connection, list_id: int, version: int) -> None:
    """The library is known up to this version."""
    await connection.execute("UPDATE zotero_links SET version = ? WHERE list_id = ?", [version, list_id])


async def items(connection: Connection, list_id: int) -> list[LinkedItem]:
    """All items of a list's library that are known."""
    async with connection.execute("SELECT * FROM zotero_items WHERE list_id = ? ORDER BY item_key", [list_id]) as rows:
        return [_item(row) async for row in rows]


async def open_questions(connection: Connection, list_id: int) -> list[LinkedItem]:
    """The items about which somebody is to decide."""
    return [one for one in await items(connection, list_id) if one.asked and not one.choice]


async def put(connection: Connection, list_id: int, item: LinkedItem) -> None:
    """Write what is known of an item."""
    known = item.model_dump()
    for name in ("base", "theirs"):
        known[name] = json_of(getattr(item, name))
    known["details"] = json.dumps(item.details)
    known["asked"] = item.asked.model_dump_json() if item.asked else None
    columns = ", ".join(known)
    places = ", ".join(f":{name}" for name in known)
    await connection.execute(
        f"INSERT INTO zotero_items (list_id, {columns}) VALUES (:list_id, {places})"  # noqa: S608
        f" ON CONFLICT (list_id, item_key) DO UPDATE SET {', '.join(f'{name} = excluded.{name}' for name in known)}",
        {**known, "list_id": list_id},
    )


async def forget(connection: Connection, list_id: int, item_key: str) -> None:
    """Neither side has the item any more."""
    await connection.execute("DELETE FROM zotero_items WHERE list_id = ? AND item_key = ?", [list_id, item_key])


async def choose(connection: Connection, list_id: int, item_key: str, choice: Choice) -> bool:
    """Answer an open question. False where there is none."""
    cursor = await connection.execute(
        "UPDATE zotero_items SET choice = ? WHERE list_id = ? AND item_key = ? AND asked IS NOT NULL",
        [choice, list_id, item_key],
    )
    return cursor.rowcount > 0


async def follow(connection: Connection, merged: Iterable[tuple[Handle, Handle]]) -> None:
    """Papers, by their handles, turned out to be others: so are their items."""
    await connection.executemany(
        "UPDATE zotero_items SET ours = iif(ours = :gone, :survivor, ours), about = :survivor WHERE about = :gone",
        [{"gone": gone, "survivor": survivor} for gone, survivor in merged],
    )


def json_of(value: Value | None) -> str | None:
    """A value as it is stored."""
    return None if value is None else json.dumps(value if isinstance(value, str) else sorted(value))


def _value(stored: str | None) -> Value | None:
    read = json.loads(stored) if stored is not None else None
    return frozenset(read) if isinstance(read, list) else read


def _link(row: Row) -> ZoteroLink:
    return ZoteroLink.model_validate({**dict(row), "stopped": bool(row["stopped"])})


def _item(row: Row) -> LinkedItem:
    known = {name: row[name] for name in LinkedItem.model_fields}
    known |= {"base": _value(row["base"]), "theirs": _value(row["theirs"]), "details": json.loads(row["details"])}
    known["asked"] = Asked.model_validate_json(row["asked"]) if row["asked"] else None
    return LinkedItem.model_validate(known)
