"""A percolator: new papers are matched against all subscriptions, without trying each.

A new paper is tried against the subscriptions that `store.guilds.subscription_keys` has under its own words, categories
and names.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from store.catalog.entity_resolution import PaperChange
from store.guilds import follows, outbox, own_papers, removed_matches
from store.guilds.following import from_text
from store.guilds.outbox import EditedMatch, NewMatch
from store.guilds.own_papers import OWNER_SQL, Owner
from store.guilds.schedule import Schedule, stored_schedule
from store.guilds.subscription_keys import keys_of_subject
from store.guilds.transitions import MatchState
from store.models import Handle, Paper
from store.search.matcher import FoldedPaper, Reason, Rejection, matches
from store.search.query import Query
from store.storage.connection import Connection
from store.text.timestamps import stamp


class Update(NamedTuple):
    """A paper of which a source told, and the papers that it was before: none if it is new, several if they merged."""

    after: Paper
    before: tuple[Paper | FoldedPaper, ...]

    @property
    def is_change(self) -> bool:
        """Whether the source said anything new."""
        return self.before != (self.after,)


def folded(paper: Paper | FoldedPaper) -> FoldedPaper:
    """The paper in the form in which queries are compared with it."""
    return paper if isinstance(paper, FoldedPaper) else FoldedPaper.of(paper)


def updates_of(changes: Iterable[PaperChange]) -> list[Update]:
    """What an intake has done to papers, in the order in which they came."""
    return [
        Update(c.after, tuple(paper for paper in (c.before, *(gone for _, gone in c.merged)) if paper))
        for c in sorted(changes, key=lambda change: change.paper_id)
    ]


class _Candidate(NamedTuple):
    """A subscription that a paper may match. `needs` are keys that a paper must have, all of them."""

    owner: Owner
    query: str
    needs: tuple[str, ...]
    schedule: Schedule
    paused: bool
    target_id: int


async def match(
    connection: Connection,
    updates: Iterable[Update],
    now: datetime,
    *,
    notify: bool = True,
    owner: Owner | None = None,
) -> int:
    """Record the matches of papers just stored, in the same transaction; returns how many are new.

    A paper that was known counts where it did not match before. Without `notify`, matches are noted but never posted.
    With an `owner`, only that guild's subscriptions, or that person's in direct messages, are tried.
    """
    changed = [update for update in updates if update.is_change]
    if notify:
        new = [update.after.handle for update in changed if not update.before]
        await follows.wait_for_score(connection, new, owner, now)
    if not changed or not await _has_subscriptions(connection):
        return 0
    subjects = {update.after.handle: FoldedPaper.of(update.after) for update in changed}
    before = {update.after.handle: [folded(paper) for paper in update.before] for update in changed}
    keys = {handle: keys_of_subject(subject) for handle, subject in subjects.items()}
    candidates = await _candidates(connection, keys)
    subscriptions = await _load(connection, {i for ids in candidates.values() for i in ids})
    due: dict[Schedule, str] = {}
    found = []
    for handle, subscription_ids in candidates.items():
        for subscription_id in sorted(subscription_ids):
            candidate = subscriptions[subscription_id]
            if owner not in (None, candidate.owner) or not keys[handle].issuperset(candidate.needs):
                continue
            query = from_text(candidate.query)
            verdict = matches(query, subjects[handle])
            if verdict is None or any(_is_match(query, subject) for subject in before[handle]):
                continue
            state: MatchState = "pending" if notify and not candidate.paused else "held" if notify else "silent"
            if isinstance(verdict, Rejection):
                state = "excluded"
            if candidate.schedule not in due:
                due[candidate.schedule] = stamp(candidate.schedule.due(now))
            found.append(
                NewMatch(subscription_id, handle, candidate.target_id, state, _json(verdict), due[candidate.schedule])
            )
    await outbox.record_matches(connection, found, now)
    await removed_matches.drop_hidden(connection, {match.handle for match in found}, now)
    return sum(match.state != "excluded" for match in found)


async def rematch(connection: Connection, subscription_id: int, query: Query, now: datetime) -> None:
    """Match what still waits for a subscription with its new query: it has new reasons, or is dropped."""
    async with connection.execute(
        "SELECT id, handle, state FROM ledger WHERE subscription_id = ? AND state IN ('pending', 'held')",
        [subscription_id],
    ) as rows:
        waiting = list(await rows.fetchall())
    async with connection.execute(
        f"SELECT {OWNER_SQL} FROM subscriptions WHERE id = ?",  # noqa: S608
        [subscription_id],
    ) as rows:
        ((owner,),) = await rows.fetchall()
    known = await own_papers.load_by_handles(connection, owner, [row["handle"] for row in waiting])
    changes = []
    for match_id, handle, state in waiting:
        if handle not in known:
            changes.append(EditedMatch(match_id, "dropped", "[]", removed_matches.REMOVED))
            continue
        verdict = matches(query, known[handle])
        if verdict is None:
            changes.append(EditedMatch(match_id, "dropped", "[]", "the query was changed and no longer asks for it"))
        else:
            after: MatchState = "excluded" if isinstance(verdict, Rejection) else state
            changes.append(EditedMatch(match_id, after, _json(verdict)))
    await outbox.edit(connection, changes, now)


async def forget_unmatched(connection: Connection, owner: Owner, papers: Sequence[Paper]) -> None:
    """Forget unsent matches of an owner's subscriptions with papers that match no longer."""
    for paper in papers:
        subject = FoldedPaper.of(paper)
        async with connection.execute(
            f"SELECT subscription_id, query FROM ledger JOIN subscriptions ON subscriptions.id = subscription_id"  # noqa: S608
            f" WHERE handle = ? AND {OWNER_SQL} = ? AND state <> 'excluded'",
            [paper.handle, owner],
        ) as rows:
            found = list(await rows.fetchall())
        lost = [row[0] for row in found if not _is_match(from_text(row[1]), subject)]
        await removed_matches.forget(connection, owner, [paper.handle], lost)


async def _has_subscriptions(connection: Connection) -> bool:
    async with connection.execute("SELECT 1 FROM subscription_keys LIMIT 1") as rows:
        return await rows.fetchone() is not None


async def _candidates(connection: Connection, keys: Mapping[Handle, set[str]]) -> dict[Handle, set[int]]:
    by_key: dict[str, list[Handle]] = defaultdict(list)
    for handle, of_paper in keys.items():
        for key in of_paper:
            by_key[key].append(handle)
    found: dict[Handle, set[int]] = {handle: set() for handle in keys}
    async with connection.execute(
        "SELECT subscription_keys.key, subscription_id FROM json_each(?) AS wanted JOIN subscription_keys"
        " ON subscription_keys.key = wanted.value",
        [json.dumps(list(by_key))],
    ) as rows:
        for key, subscription_id in await rows.fetchall():
            for handle in by_key[key]:
                found[handle].add(subscription_id)
    return found


async def _load(connection: Connection, ids: Iterable[int]) -> dict[int, _Candidate]:
    async with connection.execute(
        f"SELECT subscriptions.id, query, needs, cadence, at, weekday, zone, pause, target_id, {OWNER_SQL}"  # noqa: S608
        " FROM json_each(?) AS wanted JOIN subscriptions ON subscriptions.id = CAST(wanted.value AS INTEGER)",
        [json.dumps(list(ids))],
    ) as rows:
        return {
            row[0]: _Candidate(
                owner=row[9],
                query=row[1],
                needs=tuple(row[2].split()),
                schedule=stored_schedule(row[3], row[4], row[5], row[6]),
                paused=row[7] is not None,
                target_id=row[8],
            )
            for row in await rows.fetchall()
        }


def _is_match(query: Query, subject: FoldedPaper) -> bool:
    verdict = matches(query, subject)
    return verdict is not None and not isinstance(verdict, Rejection)


def _json(verdict: tuple[Reason, ...] | Rejection) -> str:
    if isinstance(verdict, Rejection):
        return verdict.model_dump_json()
    return json.dumps([reason.model_dump() for reason in verdict])
