"""A guild's own papers: the records that its members added, which no other guild sees.

They stand beside the catalogue. What a guild is shown of a paper is merged from the records of both.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from store.catalog import papers
from store.catalog.merge import merge
from store.catalog.records import Key, from_row, source_key
from store.models import Handle, Paper, PaperRecord
from store.search.matcher import FoldedPaper
from store.storage.connection import Connection
from store.storage.on_the_loop import bit_by_bit

MERGED_AT_ONCE = 50
"""Papers that are merged or unpacked before the event loop serves others, as each takes some 40 microseconds."""
Owner = int
"""A guild, by its id, or in direct messages a person, by the negative of theirs."""
OWNER_SQL = "coalesce(nullif(guild_id, 0), -creator_id)"
"""SQL: the owner of a row of `subscriptions`, as `owner_of` says."""
EVERYBODY: Owner = 0
"""Nobody in particular, who sees only what everybody does."""


def owner_of(guild_id: int | None, user_id: int) -> Owner:
    """Whose own papers a person sees: the guild's in which they ask, or theirs in direct messages (guild None or 0)."""
    return guild_id or -user_id


class OwnPaper(NamedTuple):
    """A paper of which an owner has records, in the form in which queries are compared with it."""

    handle: Handle
    in_catalogue: bool
    folded: FoldedPaper


async def load_by_handles(connection: Connection, owner: Owner, handles: Iterable[Handle]) -> dict[Handle, Paper]:
    """The papers as the owner sees them, by the handles asked for, also former ones; unknown ones are left out."""
    wanted = list(dict.fromkeys(handles))
    current = {handle: handle for handle in wanted} | await moved(connection, owner, wanted)
    known = await papers.load_columns(connection, current.values())
    handle_now = {handle: known[now][0] if now in known else now for handle, now in current.items()}
    own = await load_records(connection, owner, handle_now.values())

    def merged(some: Sequence[tuple[Handle, Handle]]) -> list[tuple[Handle, Paper]]:
        found: list[tuple[Handle, Paper]] = []
        for wanted, handle in some:
            _, everybodys = known.get(current[wanted], (handle, ()))
            if handle in own:
                found.append((wanted, merge(handle, [*(from_row(*one) for one in everybodys), *own[handle]])))
            elif everybodys:
                found.append((wanted, papers.merged(handle, everybodys)))
        return found

    return dict(await bit_by_bit(merged, list(handle_now.items()), MERGED_AT_ONCE))


async def load_records(
    connection: Connection, owner: Owner, handles: Iterable[Handle]
) -> dict[Handle, list[PaperRecord]]:
    """What the owner's members said of these papers, by handle; papers of which they said nothing are left out.

    Of a source that was handed over several times, what it said last counts, at the time when it said so first.
    """
    found: dict[Handle, dict[tuple[str, str], PaperRecord]] = {}
    async with connection.execute(
        "SELECT handle, kind, name, retrieved, body FROM json_each(?) AS wanted"
        " JOIN own_records ON owner = ? AND handle = wanted.value ORDER BY handle, kind, name, addition",
        [json.dumps(list(dict.fromkeys(handles))), owner],
    ) as rows:
        async for handle, *columns in rows:
            record, of_paper = from_row(*columns), found.setdefault(handle, {})
            before = of_paper.get(source_key(record.source))
            if before is None or not says_the_same(before, record):
                of_paper[source_key(record.source)] = record
    return {handle: list(of_paper.values()) for handle, of_paper in found.items()}


def says_the_same(one: PaperRecord, other: PaperRecord) -> bool:
    """Whether two records of a source differ in nothing but their time."""
    return one.model_copy(update={"source": other.source}) == other


async def find_by_keys(connection: Connection, owner: Owner, keys: Iterable[Key]) -> dict[Key, Handle]:
    """The owner's papers that have these keys."""
    async with connection.execute(
        "SELECT scheme, own_keys.value, handle FROM json_each(?) AS key JOIN own_keys"
        " ON scheme = key.value ->> 0 AND own_keys.value = key.value ->> 1 AND owner = ?",
        [json.dumps(list(keys)), owner],
    ) as rows:
        return {(row[0], row[1]): row[2] async for row in rows}


async def owners_of_keys(connection: Connection, keys: Iterable[Key]) -> list[tuple[Key, Owner, Handle]]:
    """All papers that have these keys and are not in the catalogue, whosever they are."""
    async with connection.execute(
        "SELECT scheme, own_keys.value, own_keys.owner, own_keys.handle FROM json_each(?) AS key JOIN own_keys"
        " ON scheme = key.value ->> 0 AND own_keys.value = key.value ->> 1"
        " JOIN own_papers ON own_papers.owner = own_keys.owner AND own_papers.handle = own_keys.handle"
        " WHERE NOT in_catalogue ORDER BY own_keys.owner, own_keys.handle",
        [json.dumps(list(keys))],
    ) as rows:
        return [((row[0], row[1]), row[2], row[3]) async for row in rows]


async def owners_of(connection: Connection, handles: Iterable[Handle]) -> list[tuple[Owner, Handle]]:
    """Who has records of these papers, and of which."""
    async with connection.execute(
        "SELECT owner, handle FROM json_each(?) AS wanted JOIN own_papers ON handle = wanted.value"
        " ORDER BY owner, handle",
        [json.dumps(list(handles))],
    ) as rows:
        return [(row[0], row[1]) async for row in rows]


async def any_owner(connection: Connection) -> bool:
    """Whether anybody has papers of their own."""
    async with connection.execute("SELECT 1 FROM own_papers LIMIT 1") as rows:
        return await rows.fetchone() is not None


async def count(connection: Connection, owner: Owner) -> int:
    """Of how many papers the owner has records."""
    async with connection.execute("SELECT count(*) FROM own_papers WHERE owner = ?", [owner]) as rows:
        ((papers_,),) = await rows.fetchall()
    return int(papers_)


async def count_outside(connection: Connection, owner: Owner) -> int:
    """Of how many papers that are not in the catalogue the owner has records."""
    async with connection.execute(
        "SELECT count(*) FROM own_papers WHERE owner = ? AND NOT in_catalogue", [owner]
    ) as rows:
        ((papers_,),) = await rows.fetchall()
    return int(papers_)


async def load_folded(
    connection: Connection,
    owner: Owner,
    *,
    handles: Iterable[Handle] | None = None,
    containing: Sequence[Sequence[str]] = (),
    limit: int = sys.maxsize,
) -> list[OwnPaper]:
    """The papers of which the owner has records, newest first, at most `limit`.

    Only those of these handles, where they are given, that contain, of each of some lists of folded texts, one.
    """
    conditions = ["owner = ?"]
    parameters: list[str | int] = [owner]
    if handles is not None:
        conditions.append("handle IN (SELECT value FROM json_each(?))")
        parameters.append(json.dumps(list(handles)))
    for alternatives in containing:
        conditions.append("EXISTS (SELECT 1 FROM json_each(?) AS words WHERE instr(folded, words.value))")
        parameters.append(json.dumps(list(alternatives)))
    async with connection.execute(
        f"SELECT handle, in_catalogue, folded FROM own_papers WHERE {' AND '.join(conditions)}"  # noqa: S608
        " ORDER BY published DESC, handle DESC LIMIT ?",
        [*parameters, limit],
    ) as rows:
        found = list(await rows.fetchall())
    return await bit_by_bit(
        lambda some: [OwnPaper(handle, bool(known), FoldedPaper.from_json(text)) for handle, known, text in some],
        found,
        MERGED_AT_ONCE,
    )


def titles(connection: sqlite3.Connection, owner: Owner) -> list[tuple[Handle, str]]:
    """The titles of the owner's papers, on the connection of a look-up."""
    return list(connection.execute("SELECT handle, title FROM own_papers WHERE owner = ? ORDER BY handle", [owner]))


def bylines(connection: sqlite3.Connection, owner: Owner) -> list[tuple[Handle, str, str, str]]:
    """The owner's papers, on the connection of a look-up: titles, words of the authors' names, dates or nothing."""
    return list(
        connection.execute(
            "SELECT handle, title, names, coalesce(published, '') FROM own_papers WHERE owner = ? ORDER BY handle",
            [owner],
        )
    )


def current_handle(connection: sqlite3.Connection, owner: Owner, handle: Handle) -> Handle:
    """The handle that a paper of the owner goes by now, on the connection of a look-up."""
    row = connection.execute(
        "SELECT survivor FROM own_moves WHERE owner = ? AND handle = ?", [owner, handle]
    ).fetchone()
    return row[0] if row else handle


async def save(
    connection: Connection,
    owner: Owner,
    paper: Paper,
    keys: Iterable[Key] = (),
    *,
    in_catalogue: bool,
) -> None:
    """Write a paper as the owner sees it now, with keys that lead to it."""
    folded = FoldedPaper.of(paper)
    names = " ".join(sorted({word for words in folded.names for word in words}))
    await connection.execute(
        "INSERT INTO own_papers (owner, handle, in_catalogue, title, published, names, folded)"
        " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (owner, handle) DO UPDATE SET in_catalogue = excluded.in_catalogue,"
        " title = excluded.title, published = excluded.published, names = excluded.names, folded = excluded.folded",
        [owner, paper.handle, in_catalogue, paper.title, paper.published, names, folded.to_json()],
    )
    await connection.executemany(
        "INSERT INTO own_keys (scheme, value, owner, handle) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        [(*key, owner, paper.handle) for key in keys],
    )


async def move(connection: Connection, owner: Owner, handle: Handle, survivor: Handle) -> None:
    """The owner's paper goes by another handle from now on.

    Of two records of one source in one addition the newer one stays.
    """
    await connection.execute(
        "INSERT INTO own_records SELECT owner, ?, kind, name, addition, retrieved, body, added_by FROM own_records"
        " WHERE owner = ? AND handle = ? ON CONFLICT (owner, handle, kind, name, addition) DO UPDATE"
        " SET retrieved = excluded.retrieved, body = excluded.body, added_by = excluded.added_by"
        " WHERE excluded.retrieved > own_records.retrieved",
        [survivor, owner, handle],
    )
    await connection.execute("UPDATE own_keys SET handle = ? WHERE owner = ? AND handle = ?", [survivor, owner, handle])
    await connection.execute(
        "INSERT INTO own_authorships SELECT owner, author, ?, name, is_group, position FROM own_authorships"
        " WHERE owner = ? AND handle = ? ON CONFLICT DO NOTHING",
        [survivor, owner, handle],
    )
    for table in ("own_authorships", "own_records", "own_papers"):
        await connection.execute(f"DELETE FROM {table} WHERE owner = ? AND handle = ?", [owner, handle])  # noqa: S608
    await connection.execute(
        "UPDATE own_moves SET survivor = ? WHERE owner = ? AND survivor = ?", [survivor, owner, handle]
    )
    await connection.execute(
        "INSERT INTO own_moves (owner, handle, survivor) VALUES (?, ?, ?)"
        " ON CONFLICT (owner, handle) DO UPDATE SET survivor = excluded.survivor",
        [owner, handle, survivor],
    )


async def moved(connection: Connection, owner: Owner, handles: Sequence[Handle]) -> dict[Handle, Handle]:
    """Of these handles those by which the owner's papers went once, each with the handle now."""
    async with connection.execute(
        "SELECT handle, survivor FROM json_each(?) AS wanted JOIN own_moves ON owner = ? AND handle = wanted.value",
        [json.dumps(handles), owner],
    ) as rows:
        return {row[0]: row[1] async for row in rows}
