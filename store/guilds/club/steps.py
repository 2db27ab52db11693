"""What is to be done about a session now. A step that is late is done as long as it is of use."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from store.guilds.club import ballot
from store.guilds.club.models import SessionState, Times

Step = Literal["wait", "call", "poll", "take_only", "take_first", "count", "skip_none", "skip_missed", "close"]
"""Nothing yet; say that nothing is nominated; open a poll; take the only paper nominated, or the one nominated first;
count a poll; skip the session as nothing was nominated, or as its time had passed; it is over."""


def step(state: SessionState, times: Times, now: datetime, nominated: int) -> Step:
    """The next step of a session for which so many papers are nominated; to call for some twice changes nothing."""
    if state == "decided":
        return "close" if now >= times.ends else "wait"
    if state not in ("open", "polling") or now < times.poll_at:
        return "wait"
    if now >= times.starts:
        return "skip_missed" if nominated or state == "polling" else "skip_none"
    if state == "polling":
        return "count" if now >= times.decide_at else "wait"
    if nominated == 1:
        return "take_only"
    if nominated:
        return "poll" if ballot.hours(now, times.decide_at) else "take_first"
    return "call" if now < times.decide_at else "skip_none"


def next_moment(state: SessionState, times: Times, now: datetime) -> datetime | None:
    """When something is due next; None where nothing is, as in a session that is over."""
    if state in ("held", "skipped"):
        return None
    moments = (times.poll_at, times.decide_at, times.remind_at, times.starts, times.ends)
    return next((moment for moment in moments if moment > now), times.ends)
