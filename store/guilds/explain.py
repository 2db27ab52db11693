"""What became of a paper in a channel, and by which rule."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import AwareDatetime

from store.catalog import removed_papers
from store.errors import NotFoundError
from store.guilds import announcements, own_papers
from store.guilds.following import Following, from_text
from store.guilds.own_papers import Owner
from store.guilds.posts import OPEN
from store.guilds.subscriptions import Scope
from store.guilds.transitions import MatchState
from store.models import Frozen, Handle, Paper
from store.search.matcher import FoldedPaper, Reason, Rejection, matches, missing
from store.search.query import Clause, Query
from store.storage.connection import Row
from store.storage.database import Database
from store.text.handles import Token

OutcomeState = MatchState | Literal["failed", "unmatched", "earlier", "unannounced", "not_close"]
"""`failed` is in a post that Discord takes for wrong; `unmatched` has no match; `earlier` would match, but was in the
store before the subscription was made; `unannounced` will match when a source announces it; `not_close` is not close
enough to the papers that are followed, or was in the store before."""

Release = Literal["time", "resume", "button"]
"""What a paper that is not posted waits for: a moment, somebody who resumes, or somebody who presses a button."""


class Closeness(Frozen):
    """How close a paper is to those that a subscription follows: its score, and the one asked for."""

    score: float
    asked: float


class Outcome(Frozen):
    """What became of a paper for one subscription.

    Where the paper is unmatched, `missing` has the clauses that do not hold; where it is not close enough to papers
    that are followed, `closeness` how close it is. `due` is when a pending one is to be posted. `lost` is set where
    its message was begun and waits until a subscription of the channel is resumed.
    """

    subscription_id: int
    token: Token
    query: Query
    deleted: bool
    state: OutcomeState
    reasons: tuple[Reason, ...] = ()
    rejection: Rejection | None = None
    missing: tuple[Clause, ...] = ()
    pause_reason: str | None = None
    note: str | None = None
    due: AwareDatetime | None = None
    posted: AwareDatetime | None = None
    target_id: int | None = None
    message_id: int | None = None
    tries: int = 0
    next_try: AwareDatetime | None = None
    problem: str | None = None
    lost: bool = False
    closeness: Closeness | None = None

    @property
    def release(self) -> Release | None:
        """What it waits for; None at its end."""
        match self.state:
            case "held":
                return "resume"
            case "posting" | "failed":
                return "resume" if self.lost else "time"
            case "pending":
                return "time"
            case "over_cap":
                return "button"
        return None


async def explain(db: Database, scope: Scope, owner: Owner, handle: Handle) -> tuple[Paper, list[Outcome]]:
    """The paper as the owner sees it, and what became of it for each subscription of the channel.

    Also for one that was removed. Raises `NotFoundError` for a paper that the store never had.
    """
    async with db.read() as connection:
        paper = (await own_papers.load_by_handles(connection, owner, [handle])).get(handle)
        if paper is None and (removed := await removed_papers.by_handle(connection, handle)):
            paper = removed.paper
        if paper is None:
            raise NotFoundError
        unannounced = await announcements.is_unannounced(connection, paper.handle)
        async with connection.execute(
            "SELECT subscriptions.id, subscriptions.token, query, deleted,"  # noqa: S608
            " pause_reason, ledger.state, reasons, note, due, posted,"
            " posts.target_id, message_id, tries, next_try, posts.why, posts.state AS post_state,"
            f" posts.id IS NOT NULL AND NOT {OPEN} AS lost FROM subscriptions"
            " LEFT JOIN ledger ON ledger.subscription_id = subscriptions.id"
            "  AND handle = ?"
            " LEFT JOIN posts ON posts.id = post_id WHERE guild_id = ?"
            " AND ? IN (channel_id, subscriptions.target_id) AND (deleted IS NULL OR ledger.state IS NOT NULL)"
            " ORDER BY subscriptions.id",
            [paper.handle, *scope],
        ) as rows:
            subject = FoldedPaper.of(paper)
            return paper, [_outcome(row, subject, unannounced=unannounced) async for row in rows]


def _outcome(row: Row, subject: FoldedPaper, *, unannounced: bool) -> Outcome:
    query = from_text(row["query"])
    state = row["state"]
    common = {
        "subscription_id": row["id"],
        "token": row["token"],
        "query": query,
        "deleted": row["deleted"] is not None,
    }
    if state is None:
        return _without_row(query, subject, common, unannounced=unannounced)
    reasons = json.loads(row["reasons"])
    return Outcome.model_validate(
        {
            **common,
            "state": "failed" if row["post_state"] == "failed" and state == "posting" else state,
            "reasons": reasons if state != "excluded" else (),
            "rejection": reasons if state == "excluded" else None,
            "pause_reason": row["pause_reason"],
            "note": row["note"],
            "due": row["due"] if state == "pending" else None,
            "posted": row["posted"],
            "target_id": row["target_id"],
            "message_id": row["message_id"],
            "tries": row["tries"] or 0,
            "next_try": row["next_try"] if state == "posting" else None,
            "problem": row["why"],
            "lost": bool(row["lost"]) and state == "posting",
        }
    )


def _without_row(query: Query, subject: FoldedPaper, common: dict[str, object], *, unannounced: bool) -> Outcome:
    if isinstance(query, Following):
        return Outcome.model_validate({**common, "state": "not_close"})
    verdict = matches(query, subject)
    if verdict is None:
        return Outcome.model_validate({**common, "state": "unmatched", "missing": missing(query, subject)})
    if isinstance(verdict, Rejection):
        return Outcome.model_validate({**common, "state": "excluded", "rejection": verdict})
    state: OutcomeState = "unannounced" if unannounced else "earlier"
    return Outcome.model_validate({**common, "state": state, "reasons": verdict})


async def posted_papers(db: Database, scope: Scope) -> list[Handle]:
    """The papers that subscriptions of the channel posted, the last posted first; also those over a message's cap."""
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT handle, max(posted) AS last FROM subscriptions JOIN ledger"
            " ON ledger.subscription_id = subscriptions.id JOIN posts ON posts.id = ledger.post_id"
            " WHERE guild_id = ? AND channel_id = ? AND posts.state = 'posted'"
            " GROUP BY handle ORDER BY last DESC, handle",
            [scope.guild_id, scope.channel_id],
        ) as rows,
    ):
        return [row["handle"] async for row in rows]
