"""The papers of a message, the best first.

First come those that are closest to what is followed, where that was scored, then those of which most terms of a
query are in title and authors, then the newest, then those that arrived first. Which papers a message shows, and which
go over the cap, is stored when it is begun; the order within a message is found whenever it is sent.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from store.guilds import own_papers
from store.guilds.own_papers import Owner
from store.models import Frozen, Handle, Paper
from store.search.matcher import Reason
from store.storage.connection import Connection


class Item(Frozen):
    """A paper in a message, with the reasons of all its subscriptions there."""

    paper: Paper
    reasons: tuple[Reason, ...]


def best_first(known: Mapping[Handle, Paper], matches: Iterable[tuple[Handle, str]]) -> dict[Handle, Item]:
    """The papers of matches, which arrived in this order, each with the reasons, given as JSON, of all its matches.

    Papers that were removed since are left out.
    """
    reasons: dict[Handle, list[Reason]] = defaultdict(list)
    best: dict[Handle, tuple[float, int]] = defaultdict(lambda: (0.0, 0))
    for handle, of_match in matches:
        if handle in known:
            given = [Reason.model_validate(reason) for reason in json.loads(of_match)]
            reasons[handle] += given
            score = max((reason.score or 0.0 for reason in given), default=0.0)
            on_top = sum(reason.is_on_top for reason in given)
            best[handle] = max(best[handle][0], score), max(best[handle][1], on_top)
    newest_first = sorted(reasons, key=lambda handle: known[handle].published or "", reverse=True)
    return {
        handle: Item(paper=known[handle], reasons=tuple(dict.fromkeys(reasons[handle])))
        for handle in sorted(newest_first, key=best.__getitem__, reverse=True)
    }


async def load(connection: Connection, owner: Owner, matches: Sequence[tuple[Handle, str]]) -> list[Item]:
    """The same of papers that are still to be read, as the owner sees them."""
    known = await own_papers.load_by_handles(connection, owner, [handle for handle, _ in matches])
    return list(best_first(known, matches).values())
