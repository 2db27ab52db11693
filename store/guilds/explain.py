"""What became of a paper in a channel, and by which rule."""

from __future__ import annotations

import json
from typing import Literal

import aiosqlite
from pydantic import AwareDatetime

from store.catalog import papers
from store.errors import NotFoundError
from store.guilds.subscriptions import Scope, Token
from store.models import Frozen, Handle, Paper
from store.search.matcher import Reason, Rejection, Subject, matches, missing
from store.search.query import Clause, Query, parse
from store.storage.database import Database

State = Literal[
    "pending",
    "held",
    "posting",
    "failed",
    "posted",
    "over_cap",
    "excluded",
    "silent",
    "dropped",
    "unmatched",
    "earlier",
]


class Fate(Frozen):
    """What one subscription did with the paper.

    `failed` is a post that Discord takes for wrong; `unmatched` has the clauses that do not hold in `missing`;
    `earlier` would match, but was in the store before the subscription was made. `due` is when it is to be posted.
    """

    token: Token
    query: Query
    deleted: bool
    state: State
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


async def why(db: Database, scope: Scope, handle: Handle) -> tuple[Paper, list[Fate]]:
    """The paper, and what each subscription of the channel did with it. Raises `NotFoundError` for an unknown paper."""
    paper = await papers.by_handle(db, handle)
    if paper is None:
        raise NotFoundError
    async with (
        db.read() as connection,
        connection.execute(
            "SELECT subscriptions.token, query, deleted, pause_reason, ledger.state, reasons, note, due, posted,"
            " posts.target_id, message_id, tries, next_try, posts.why, posts.state AS post_state FROM subscriptions"
            " LEFT JOIN ledger ON ledger.subscription_id = subscriptions.id"
            "  AND paper_id = (SELECT id FROM papers WHERE handle = ?)"
            " LEFT JOIN posts ON posts.id = post_id WHERE guild_id = ?"
            " AND ? IN (channel_id, subscriptions.target_id) AND (deleted IS NULL OR ledger.state IS NOT NULL)"
            " ORDER BY subscriptions.id",
            [paper.handle, *scope],
        ) as rows,
    ):
        return paper, [_fate(row, Subject.of(paper)) async for row in rows]


def _fate(row: aiosqlite.Row, subject: Subject) -> Fate:
    query = parse(row["query"])
    state = row["state"]
    common = {"token": row["token"], "query": query, "deleted": row["deleted"] is not None}
    if state is None:
        return _without_row(query, subject, common)
    said = json.loads(row["reasons"])
    return Fate.model_validate(
        {
            **common,
            "state": "failed" if row["post_state"] == "failed" and state == "posting" else state,
            "reasons": said if state != "excluded" else (),
            "rejection": said if state == "excluded" else None,
            "pause_reason": row["pause_reason"],
            "note": row["note"],
            "due": row["due"] if state == "pending" else None,
            "posted": row["posted"],
            "target_id": row["target_id"],
            "message_id": row["message_id"],
            "tries": row["tries"] or 0,
            "next_try": row["next_try"] if state == "posting" else None,
            "problem": row["why"],
        }
    )


def _without_row(query: Query, subject: Subject, common: dict[str, object]) -> Fate:
    verdict = matches(query, subject)
    if verdict is None:
        return Fate.model_validate({**common, "state": "unmatched", "missing": missing(query, subject)})
    if isinstance(verdict, Rejection):
        return Fate.model_validate({**common, "state": "excluded", "rejection": verdict})
    return Fate.model_validate({**common, "state": "earlier", "reasons": verdict})
