"""Addresses on the web that show what a subscription, an author or a list is to its owner: capability URLs.

Whoever has the key reads, so a key is long, is looked for by its digest, and can be taken back. The key itself is kept,
because those who may manage it have to be shown it again; it opens nothing that is not in the same file.
"""

from __future__ import annotations

import hashlib
import json
import re
import secrets
from datetime import datetime
from typing import Literal, NamedTuple

from pydantic import AwareDatetime

from store.guilds.following import from_text
from store.guilds.own_papers import OWNER_SQL, Owner
from store.models import Frozen, Handle
from store.search.matcher import Reason
from store.search.query import Query
from store.storage.connection import Connection, Row
from store.text.timestamps import moment_of, stamp

Kind = Literal["subscription", "author", "list"]
KEY_BYTES = 24
"""192 bits: 128 are taken for enough (W3C, Good Practices for Capability URLs, 2014)."""
_KEY = re.compile(r"[A-Za-z0-9_-]{32}", re.ASCII)


class Subject(NamedTuple):
    """What an address shows: `name` is the token of a subscription or list, or an author's handle.

    `person` is whose list it is; 0 where it is not one person's.
    """

    owner: Owner
    kind: Kind
    name: str
    person: int = 0


class WebAddress(Frozen):
    """An address that holds."""

    key: str
    subject: Subject
    made: AwareDatetime


class PostedMatch(NamedTuple):
    """A paper that a subscription posted, also one over a digest's cap."""

    handle: Handle
    reasons: tuple[Reason, ...]
    posted: datetime


async def make(connection: Connection, subject: Subject, made_by: int, now: datetime) -> WebAddress:
    """The address of that subject; a new one where it has none."""
    key = secrets.token_urlsafe(KEY_BYTES)
    await connection.execute(
        "INSERT INTO web_addresses (key_digest, key, owner, person, kind, subject, made_by, made)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, kind, subject) DO NOTHING",
        [_digest(key), key, subject.owner, subject.person, subject.kind, subject.name, made_by, stamp(now)],
    )
    async with connection.execute(
        "SELECT * FROM web_addresses WHERE owner = ? AND kind = ? AND subject = ?",
        [subject.owner, subject.kind, subject.name],
    ) as rows:
        (row,) = await rows.fetchall()
    return _address(row)


async def take_back(connection: Connection, subject: Subject) -> bool:
    """From now on the address leads to nothing. False where there is none."""
    cursor = await connection.execute(
        "DELETE FROM web_addresses WHERE owner = ? AND kind = ? AND subject = ?",
        [subject.owner, subject.kind, subject.name],
    )
    return cursor.rowcount > 0


async def by_key(connection: Connection, key: str) -> WebAddress | None:
    """The address with that key, which may be any text; None where none has it, or no longer."""
    if not _KEY.fullmatch(key):
        return None
    async with connection.execute("SELECT * FROM web_addresses WHERE key_digest = ?", [_digest(key)]) as rows:
        row = await rows.fetchone()
    return _address(row) if row else None


async def query_of(connection: Connection, subject: Subject) -> Query | None:
    """What the subscription follows; None where it is deleted."""
    async with connection.execute(
        f"SELECT query FROM subscriptions WHERE token = ? AND {OWNER_SQL} = ? AND deleted IS NULL",  # noqa: S608
        [subject.name, subject.owner],
    ) as rows:
        row = await rows.fetchone()
    return from_text(row["query"]) if row else None


async def posted(connection: Connection, subject: Subject, limit: int) -> list[PostedMatch]:
    """What the subscription posted, the last first, at most so many."""
    async with connection.execute(
        "SELECT handle, reasons, posts.posted FROM ledger"  # noqa: S608
        " JOIN subscriptions ON subscriptions.id = ledger.subscription_id JOIN posts ON posts.id = post_id"
        f" WHERE subscriptions.token = ? AND {OWNER_SQL} = ? AND ledger.state IN ('posted', 'over_cap')"
        " AND posts.state = 'posted' ORDER BY posts.posted DESC, ledger.id DESC LIMIT ?",
        [subject.name, subject.owner, limit],
    ) as rows:
        return [
            PostedMatch(
                row["handle"],
                tuple(Reason.model_validate(one) for one in json.loads(row["reasons"])),
                moment_of(row["posted"]),
            )
            for row in await rows.fetchall()
        ]


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _address(row: Row) -> WebAddress:
    subject = Subject(row["owner"], row["kind"], row["subject"], row["person"])
    return WebAddress(key=row["key"], subject=subject, made=row["made"])
