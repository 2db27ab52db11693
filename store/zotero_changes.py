"""What changed in a library of Zotero, kept with what is known of it, and which item stands for which paper."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Mapping

from store.guilds import zotero_links
from store.guilds.zotero_links import LinkedItem, ZoteroLink
from store.list_sync.merge import Value
from store.list_sync.models import Changes, Kind
from store.models import Paper
from store.storage.connection import Connection

_KEY_LETTERS = "23456789ABCDEFGHIJKLMNPQRSTUVWXYZ"
"""Of which Zotero makes keys, without 0, 1 and O, which are mistaken for others."""


async def keep(connection: Connection, link: ZoteroLink, changes: Changes, papers: Mapping[str, Paper]) -> None:
    """Keep what changed there, so that it need not be read again."""
    kept = {item.item_key: item for item in await zotero_links.items(connection, link.list_id)}
    known = dict(kept)
    for one in changes.items:
        if one.kind == "note" and one.in_list and one.text is None:
            continue  # A list can't hold it. One that was held stays as it was, and writing it is refused there.
        before = known.get(one.key)
        about = before.about if before else papers[one.key].handle if one.key in papers else None
        if before is None and (not one.in_list or (one.kind == "paper" and about is None)):
            continue  # In the trash, in another collection or without a title.
        theirs: Value | None = frozenset(one.tags) if one.kind == "paper" else one.text
        item = before or new_item(one.kind, None, one.parent)
        known[one.key] = item.model_copy(
            update={
                "item_key": one.key,
                "about": about,
                "theirs": theirs if one.in_list else None,
                "version": one.version,
                "details": {
                    "tags": [dict(tag) for tag in one.other_tags],
                    "collections": list(one.collections),
                    "formatted": one.is_formatted,
                },
            }
        )
    for key in changes.deleted:
        if key in known:
            known[key] = known[key].model_copy(update={"theirs": None, "version": 0})
    _give_papers(known)
    for key in kept.keys() - known.keys():
        await zotero_links.forget(connection, link.list_id, key)
    for key, item in known.items():
        if item != kept.get(key):
            await zotero_links.put(connection, link.list_id, item)
    await zotero_links.set_version(connection, link.list_id, changes.version)


def _give_papers(known: dict[str, LinkedItem]) -> None:
    """Let one item stand for each paper, where several there are about it: the one that did so, unless it is gone."""
    by_paper: dict[str, list[LinkedItem]] = defaultdict(list)
    for item in known.values():
        if item.kind == "paper" and item.about:
            by_paper[item.about].append(item)
    for handle, items in by_paper.items():
        holder = next((item for item in items if item.ours), None)
        unsent = holder is not None and holder.base is None and holder.theirs is None
        if holder and holder.theirs is not None:
            continue
        others = [item for item in items if item is not holder and item.theirs is not None]
        if not others:
            continue
        known[others[0].item_key] = others[0].model_copy(
            update={"ours": handle, "base": holder.base if holder and not unsent else None}
        )
        if holder:
            del known[holder.item_key]


def new_item(kind: Kind, ours: str | None, parent: str | None) -> LinkedItem:
    """An item that neither side has agreed on, with a key of its own."""
    key = "".join(secrets.choice(_KEY_LETTERS) for _ in range(8))
    return LinkedItem(
        about=ours if kind == "paper" else None,
        item_key=key, kind=kind, ours=ours, parent=parent, base=None, theirs=None, version=0, details={}, asked=None,
        choice=None,
    )  # fmt: skip
