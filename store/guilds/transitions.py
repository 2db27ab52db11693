"""The states of matches and posts, and every change of state that is allowed: the table that the outbox goes by.

A match is a row of the ledger: a paper and a subscription. A post is one message.

| match    | what becomes of the paper                                           |
|----------|---------------------------------------------------------------------|
| pending  | it is posted when it is due                                         |
| held     | it waits until its subscription is resumed                          |
| posting  | it is in a message that was begun                                   |
| posted   | it is in a message of the channel                                   |
| over_cap | it is behind the button of a message, as the digest had enough      |
| excluded | an exclusion of the query keeps it out                              |
| silent   | it came with an import that is not announced                        |
| dropped  | it is no longer wanted; the row's note says why                     |
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, get_args

MatchState = Literal["pending", "held", "posting", "posted", "over_cap", "excluded", "silent", "dropped"]
PostState = Literal["posting", "posted", "failed"]
"""`failed` is a message that Discord takes for wrong: it is tried again, but does not hold up others."""

Event = Literal[
    "match",
    "edit",
    "pause",
    "resume",
    "delete",
    "in_channel",
    "in_guild",
    "begin",
    "retry",
    "post",
    "withdraw",
    "merge",
    "separate",
    "retract",
    "remove",
    "bring_back",
]
"""What happens: a new paper matches; somebody changes the query, pauses, resumes or deletes the subscription; a paper
is found to be in the channel already, or in another one of the server; a message is begun, could not be sent, is out,
or will never be; two papers turn out to be one, or not to be one after all; a paper that is due turns out to be
withdrawn; a paper is removed from the store, or brought back."""

MATCH_STATES = get_args(MatchState)
NONE = (None,)
"""Before a row is made, or after it is deleted."""


class Transition(NamedTuple):
    """What an event may do with a row: from any of the states `before` to any of the states `after`."""

    event: Event
    of: Literal["match", "post"]
    before: tuple[MatchState | PostState | None, ...]
    after: tuple[MatchState | PostState | None, ...]


# fmt: off
TRANSITIONS = (
    Transition("match",      "match", (None, "excluded"),    ("pending", "held", "silent")),
    Transition("match",      "match", NONE,                  ("excluded",)),
    Transition("edit",       "match", ("pending",),          ("pending", "excluded", "dropped")),
    Transition("edit",       "match", ("held",),             ("held", "excluded", "dropped")),
    Transition("pause",      "match", ("pending",),          ("held",)),
    Transition("resume",     "match", ("held",),             ("pending", "dropped")),
    Transition("delete",     "match", ("pending", "held"),   ("dropped",)),
    Transition("in_channel", "match", ("pending",),          ("posted",)),
    Transition("in_guild",   "match", ("pending",),          ("dropped",)),
    Transition("in_channel", "post",  NONE,                  ("posted",)),
    Transition("begin",      "post",  NONE,                  ("posting",)),
    Transition("begin",      "match", ("pending",),          ("posting", "over_cap")),
    Transition("retry",      "post",  ("posting", "failed"), ("posting", "failed")),
    Transition("post",       "post",  ("posting", "failed"), ("posted",)),
    Transition("post",       "match", ("posting",),          ("posted",)),
    Transition("withdraw",   "post",  ("posting", "failed"), NONE),
    Transition("withdraw",   "match", ("posting", "over_cap"), ("pending", "held", "dropped")),
    Transition("merge",      "match", ("pending", "held", "posting", "over_cap"), ("dropped",)),
    Transition("separate",   "match", ("dropped",),          ("pending", "held", "posting", "over_cap", "dropped")),
    Transition("separate",   "match", ("pending", "held", "silent"), ("excluded", None)),
    Transition("separate",   "match", ("excluded",),         NONE),
    Transition("retract",    "match", ("pending",),          ("dropped",)),
    Transition("remove",     "match", ("pending", "held"),   ("dropped",)),
    Transition("remove",     "match", ("pending", "held", "excluded", "silent", "dropped"), NONE),
    Transition("bring_back", "match", ("dropped",),          ("pending", "held", "dropped")),
)
# fmt: on


class IllegalTransitionError(RuntimeError):
    """A change of state that the table does not have: a mistake in Lectern."""


def states_before(
    event: Event, of: Literal["match", "post"], after: MatchState | PostState | None
) -> tuple[MatchState | PostState | None, ...]:
    """From which states the event leads to this one. Raises `IllegalTransitionError` where it never does."""
    found = [t for t in TRANSITIONS if t.event == event and t.of == of and after in t.after]
    if not found:
        raise IllegalTransitionError(f"{event} does not lead a {of} to {after}")
    return tuple(state for transition in found for state in transition.before)


def in_sql(states: Iterable[MatchState | PostState | None]) -> str:
    """A condition on the column `state`; written out, so that SQLite can use the indexes of a single state."""
    quoted = ", ".join(f"'{state}'" for state in states if state)
    return f"state IN ({quoted})"
