"""What is voted on, and what a poll decides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from store.guilds.club.models import HowChosen, Nomination

MOST_ANSWERS = 10
"""Answers that a poll of Discord has at most."""
SHORTEST_POLL, LONGEST_POLL = timedelta(hours=1), timedelta(hours=768)
"""How long a poll of Discord can run, in whole hours."""


class Outcome(NamedTuple):
    """What was chosen, how, and by how many votes."""

    paper: Nomination
    how: HowChosen
    votes: int = 0


def ballot(nominated: Sequence[Nomination]) -> list[Nomination]:
    """Those that a poll offers: first those that were in the fewest polls, then those nominated first."""
    ranked = sorted(nominated, key=lambda one: (one.polls, one.nominated, one.handle))
    return sorted(ranked[:MOST_ANSWERS], key=lambda one: (one.nominated, one.handle))


def hours(now: datetime, closes: datetime) -> int:
    """How many whole hours a poll may run that opens now and is over at `closes`; 0 where there is no time for one."""
    return max(0, min(closes - now, LONGEST_POLL) // SHORTEST_POLL)


def earliest(nominated: Sequence[Nomination], how: HowChosen) -> Outcome:
    """The one that was nominated first."""
    return Outcome(min(nominated, key=lambda one: (one.nominated, one.handle)), how)


def outcome(offered: Sequence[Nomination], counts: Mapping[int, int]) -> Outcome:
    """What the votes say; `counts` is by number of the answer, from 1. Of a tie, the one nominated first is chosen."""
    votes = [counts.get(number, 0) for number in range(1, len(offered) + 1)]
    most = max(votes)
    if not most:
        return earliest(offered, "no_votes")
    best = [one for one, got in zip(offered, votes, strict=True) if got == most]
    return earliest(best, "most" if len(best) == 1 else "tie")._replace(votes=most)
