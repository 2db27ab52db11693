# ruff: noqa: S608 - statements are made of constants only.
"""What becomes of matches when papers turn out to be one, and when that is undone."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime

from store.guilds import (
    found_posts,
    hidden_papers,
    list_entries,
    paper_notes,
    scheduled_messages,
    team_memory,
    watches,
    zotero_links,
)
from store.guilds.club import clubs
from store.guilds.outbox import DELETED, move
from store.guilds.transitions import MatchState, in_sql, states_before
from store.models import Handle
from store.storage.connection import Connection

MERGED = "the same paper had matched before, under another record"
"""The note of matches whose paper turned out to be that of another match, which says what becomes of it."""

_STRENGTH = "excluded dropped silent held pending over_cap posting posted"
"""Of two matches that become one, that of the later word stays."""
_MERGING = ""
"""Stands for a handle while the handles of two matches are exchanged, as no two of a subscription may be the same."""
_OF_BOTH = "gone = :gone AND survivor = :survivor"
_SAVED = "handle, state, reasons, matched, due, changed, note, post_id"
_SAVED_ANEW = ", ".join(f"{column} = excluded.{column}" for column in _SAVED.split(", "))


async def merge_papers(connection: Connection, merged: Iterable[tuple[Handle, Handle]], now: datetime) -> None:
    """Papers, by their handles, turned out to be others: of two matches of a subscription the stronger one stays.

    Of two in the same state it is that of the paper that stays. The other is kept under the handle that is gone, so
    that no match is forgotten: it is no longer wanted, or has come to its end before.
    """
    merged = list(merged)
    await hidden_papers.follow(connection, merged)
    await found_posts.merge_papers(connection, merged)
    await scheduled_messages.follow(connection, merged)
    await team_memory.follow(connection, merged)
    await clubs.follow(connection, merged)
    await watches.follow(connection, merged)
    await list_entries.follow(connection, merged)
    await paper_notes.follow(connection, merged)
    await zotero_links.follow(connection, merged)
    for gone, survivor in merged:
        await connection.execute(
            f"INSERT INTO merged_matches (gone, survivor, match_id, {_SAVED})"
            f" SELECT :gone, :survivor, id, {_SAVED} FROM ledger WHERE handle IN (:gone, :survivor)"
            f" ON CONFLICT (gone, survivor, match_id) DO UPDATE SET {_SAVED_ANEW}",
            {"gone": gone, "survivor": survivor},
        )
        await connection.execute(
            "UPDATE ledger AS weaker SET handle = :kept WHERE handle IN (:gone, :survivor)"
            " AND EXISTS (SELECT 1 FROM ledger AS other WHERE other.subscription_id = weaker.subscription_id"
            "  AND other.handle IN (:gone, :survivor) AND other.handle <> weaker.handle"
            "  AND (instr(:order, other.state), other.handle = :survivor)"
            "   > (instr(:order, weaker.state), weaker.handle = :survivor))",
            {"gone": gone, "survivor": survivor, "order": _STRENGTH, "kept": _MERGING},
        )
        await connection.execute("UPDATE ledger SET handle = ? WHERE handle = ?", [survivor, gone])
        await move(connection, "merge", "dropped", now, "handle = ?", [_MERGING], note=MERGED, post_id=None)
        await connection.execute("UPDATE ledger SET handle = ? WHERE handle = ?", [gone, _MERGING])


async def separate_papers(connection: Connection, separated: Iterable[tuple[Handle, Handle]], now: datetime) -> None:
    """Papers, by their handles, are not the others that they were merged into: each has its own matches again.

    What was sent since stays sent. What a paper matched only as part of the other, and what is not yet sent, is
    forgotten, to be matched anew.
    """
    for gone, survivor in separated:
        both = {"gone": gone, "survivor": survivor}
        saved = f"SELECT match_id FROM merged_matches WHERE {_OF_BOTH}"
        unsent = in_sql(states_before("separate", "match", None))
        await connection.execute(
            f"DELETE FROM ledger WHERE handle = :survivor AND id NOT IN ({saved}) AND {unsent}",
            both,
        )
        # Two matches of a subscription exchange their handles.
        await connection.execute(f"UPDATE ledger SET handle = id WHERE id IN ({saved})", both)
        await connection.execute(
            "UPDATE ledger SET handle = before.handle FROM merged_matches AS before"
            f" WHERE match_id = id AND {_OF_BOTH}",
            both,
        )
        await _wait_again(connection, both, now)
        # What an exclusion had kept out matched as part of the other paper only.
        rematched = in_sql(states_before("separate", "match", "excluded"))
        await _restore(connection, both, f"before.state = 'excluded' AND ledger.{rematched}")
        await connection.execute(f"DELETE FROM merged_matches WHERE {_OF_BOTH}", both)


async def _wait_again(connection: Connection, both: Mapping[str, Handle], now: datetime) -> None:
    """Matches that were dropped as another's are what they were, unless their subscription or message changed since."""
    dropped = "ledger.note = :merged AND before.note IS NOT ledger.note"
    active, paused = (
        "EXISTS (SELECT 1 FROM subscriptions WHERE subscriptions.id = ledger.subscription_id AND deleted IS NULL"
        f" AND pause IS {test})"
        for test in ("NULL", "NOT NULL")
    )
    message = (
        "SELECT 1 FROM posts WHERE posts.id = before.post_id AND (posts.state <> 'posted' OR before.state = 'over_cap')"
    )
    as_before = (
        f"before.state = 'pending' AND {active} OR before.state = 'held' AND {paused}"
        f" OR before.state IN ('posting', 'over_cap') AND EXISTS ({message})"
    )
    parameters = {**both, "merged": MERGED}
    await _restore(connection, parameters, f"{dropped} AND ({as_before})")
    async with connection.execute(
        "SELECT ledger.id FROM ledger JOIN merged_matches AS before ON match_id = ledger.id"
        f" WHERE {_OF_BOTH} AND {dropped}",
        parameters,
    ) as rows:
        ids = json.dumps([row[0] async for row in rows])
    outcomes: list[tuple[MatchState, str, str | None]] = [
        ("held", f" AND {paused}", None),
        ("pending", f" AND {active}", None),
        ("dropped", "", DELETED),
    ]
    for state, condition, note in outcomes:
        where = f"id IN (SELECT CAST(value AS INTEGER) FROM json_each(?)){condition}"
        await move(connection, "separate", state, now, where, [ids], note=note)


async def _restore(connection: Connection, both: Mapping[str, str], condition: str) -> None:
    """Let matches be in every column as they were before the merge."""
    await connection.execute(
        "UPDATE ledger SET state = before.state, reasons = before.reasons, matched = before.matched, due = before.due,"
        " changed = before.changed, note = before.note, post_id = before.post_id FROM merged_matches AS before"
        f" WHERE match_id = id AND {_OF_BOTH} AND ({condition})",
        both,
    )
