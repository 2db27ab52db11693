"""A journal club and its sessions, as frozen values."""

from __future__ import annotations

from datetime import date, time
from typing import Literal, Self

from pydantic import AwareDatetime, Field, field_validator, model_validator

from store.guilds.own_papers import Owner
from store.guilds.schedule import known_zones
from store.models import Frozen, Handle
from store.text.handles import handle

SessionState = Literal["open", "polling", "decided", "held", "skipped"]
"""Papers are nominated; a poll runs; the paper is chosen; it took place; it did not."""
HowChosen = Literal["most", "tie", "no_votes", "only", "no_time", "no_poll"]
"""Most votes; nominated first among those with most; nominated first as nobody voted; the only one nominated; nominated
first as there was no time for a poll, or as its poll is gone."""
WhySkipped = Literal["none", "missed", "called_off"]
"""Nothing was nominated; Lectern was not running; somebody who manages the channel called it off."""


class Rhythm(Frozen):
    """When a club meets: every so many weeks from `first_day` on, at a local time of day, for so many minutes.

    `poll_days` before a session its poll opens.
    """

    first_day: date
    every_weeks: int = Field(default=1, ge=1, le=12)
    at: time
    zone: str
    minutes: int = Field(default=60, ge=15, le=480)
    poll_days: int = Field(default=5, ge=3, le=14)

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        if zone not in known_zones():
            raise ValueError(f"There is no time zone {zone[:60]}.")
        return zone

    @model_validator(mode="after")
    def _one_session_at_a_time(self) -> Self:
        if self.poll_days >= 7 * self.every_weeks:
            raise ValueError("The poll of a session opens after the session before it: choose fewer days.")
        return self


class Club(Frozen):
    """A guild's club. `anchor_id` is a Discord id from when it was set up, `channel_id` where it writes.

    It meets in the voice or stage channel `place_id`, or else at `place`, which is words.
    """

    owner: Owner
    anchor_id: int
    channel_id: int
    creator_id: int
    rhythm: Rhythm
    place: str
    place_id: int | None = None


class Nomination(Frozen):
    """A paper that somebody wants to read; `polls` counts those in which it was not chosen."""

    handle: Handle
    title: str
    person_id: int
    nominated: AwareDatetime
    polls: int = 0


class Times(Frozen):
    """When a session's poll opens, its paper is chosen, people are reminded of it, it begins and ends."""

    poll_at: AwareDatetime
    decide_at: AwareDatetime
    remind_at: AwareDatetime
    starts: AwareDatetime
    ends: AwareDatetime


class Session(Frozen):
    """One meeting, on a local `day`. What it is about is known once it is `decided`."""

    id: int
    owner: Owner
    anchor_id: int
    channel_id: int
    day: date
    times: Times
    state: SessionState
    paper: Nomination | None = None
    how: HowChosen | None = None
    votes: int | None = None
    decided: AwareDatetime | None = None
    presenter_id: int | None = None
    event_id: int | None = None
    thread_id: int | None = None
    ends_poll: bool = False
    why: WhySkipped | None = None

    def key(self, step: str) -> str:
        """The key of the message that a step sends: the same for the same session, also after a restart."""
        return f"club:{self.anchor_id}:{self.day}:{step}"

    @property
    def code(self) -> Handle:
        """Stands in the description of the session's event, by which that is found again."""
        return handle("club", str(self.anchor_id), self.day.isoformat())
