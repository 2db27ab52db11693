"""Keeping a reading list and a library of Zotero the same.

What changed there is read and kept first; then each thing goes through `store.list_sync.merge`, what is to change here
is changed in one transaction, and what is to change there is sent with the version that it was compared with. A new
item's key is kept before it is sent. So a run can end anywhere: the next one begins with what is kept, and an item that
was written without an answer is found there as it was sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime

from store.guilds import zotero_links
from store.guilds.zotero_links import LinkedItem, ZoteroLink
from store.list_sync.merge import Value
from store.list_sync.models import Kind, RemoteChangedError, RemoteItem, RemoteLibrary, RemoteWrite
from store.models import Handle, Paper
from store.storage.database import Database
from store.zotero_changes import keep
from store.zotero_compare import Plan, compare

_ATTEMPTS = 3
"""Times that both are compared in a run, where the library changes between reading and writing."""
MOST_WRITTEN = 50
"""Items that are sent together, as many as Zotero takes."""
Find = Callable[[Sequence[RemoteItem]], Awaitable[Mapping[str, Paper]]]
"""The papers that items are about, by the items' keys: those of the store, else taken in. What is none is left out."""
Load = Callable[[Sequence[Handle]], Awaitable[Mapping[Handle, Paper]]]
"""The papers of these handles that can be shown."""


async def sync(
    db: Database, link: ZoteroLink, remote: RemoteLibrary, find: Find, load: Load, now: datetime
) -> tuple[str, ...]:
    """Compare a list with its library once; gives what the library says is wrong with items of ours.

    Raises what the library raises; the next run goes on from there.
    """
    for _ in range(_ATTEMPTS - 1):
        with suppress(RemoteChangedError):
            return await _sync_once(db, link, remote, find, load, now)
    return await _sync_once(db, link, remote, find, load, now)


async def _sync_once(
    db: Database, link: ZoteroLink, remote: RemoteLibrary, find: Find, load: Load, now: datetime
) -> tuple[str, ...]:
    async with db.read() as connection:
        link = await zotero_links.get(connection, link.list_id) or link
    changes = await remote.changes(link.version)
    async with db.read() as connection:
        known = {item.item_key: item for item in await zotero_links.items(connection, link.list_id)}
    new = [one for one in changes.items if one.kind == "paper" and one.in_list and one.key not in known]
    papers = await find(new) if new else {}
    async with db.write() as connection:
        await keep(connection, link, changes, papers)
    async with db.read() as connection:
        linked = await zotero_links.items(connection, link.list_id)
    shown = await load([item.ours for item in linked if item.kind == "paper" and item.ours])
    # Notes are on papers, whose items have to be there first.
    kinds: tuple[Kind, ...] = ("paper", "note")
    version, problems = changes.version, dict[str, None]()
    for kind in kinds:
        async with db.write() as connection:
            plan = await compare(connection, link, kind, shown, now)
        version, wrong = await _write(db, link, remote, load, plan, version)
        problems |= dict.fromkeys(wrong)
    async with db.write() as connection:
        await zotero_links.compared(connection, link.list_id, now)
    return tuple(problems)


async def _write(
    db: Database, link: ZoteroLink, remote: RemoteLibrary, load: Load, plan: Plan, version: int
) -> tuple[int, list[str]]:
    """Send what is to change there; what is refused, as it changed meanwhile, is compared again in the next run.

    Takes the version that the library was read at, and gives the one that it has then, and what is wrong with items.
    """
    problems: list[str] = []
    papers = await load([item.ours or "" for item, _ in plan.writes if item.kind == "paper" and not item.version])
    # A new item of a paper that is hidden here, or was removed from the store, waits.
    writes = [
        (item, value) for item, value in plan.writes if item.kind == "note" or item.version or item.ours in papers
    ]
    for start in range(0, len(writes), MOST_WRITTEN):
        part = writes[start : start + MOST_WRITTEN]
        sent = [_sent(item, value, papers.get(item.ours or "")) for item, value in part]
        written = await remote.write(sent, version)
        version = written.version
        problems += written.problems
        async with db.write() as connection:
            for item, value in part:
                if item.item_key not in written.keys:
                    continue
                if value is None:
                    await zotero_links.forget(connection, link.list_id, item.item_key)
                    continue
                agreed: dict[str, object] = {"base": value, "theirs": value, "asked": None, "choice": None}
                agreed["version"] = version
                if item.kind == "note":
                    agreed["details"] = {}
                await zotero_links.put(connection, link.list_id, item.model_copy(update=agreed))
            await zotero_links.set_version(connection, link.list_id, version)
    return version, problems


def _sent(item: LinkedItem, value: Value | None, paper: Paper | None) -> RemoteWrite:
    return RemoteWrite(
        key=item.item_key,
        version=item.version,
        kind=item.kind,
        removed=value is None,
        restored=item.theirs is None and item.version > 0,
        paper=paper,
        tags=tuple(sorted(value)) if value is not None and not isinstance(value, str) else (),
        other_tags=tuple(item.details.get("tags", ())),
        collections=tuple(item.details.get("collections", ())),
        parent=item.parent,
        text=value if isinstance(value, str) else "",
    )
