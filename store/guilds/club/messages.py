"""What a club writes, as values: the contents of its scheduled messages, and when they are of no use any more."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from pydantic import AwareDatetime

from store.guilds import scheduled_messages
from store.guilds.club.models import HowChosen, Nomination, Session, WhySkipped
from store.guilds.scheduled_messages import KEPT, NewMessage
from store.models import Frozen, Handle
from store.storage.connection import Connection

REASON = "It is from the journal club of a server that you are in; /club there shows how it stands."


class Call(Frozen):
    """Nothing is nominated for a session; what is nominated first is read."""

    starts: AwareDatetime
    decide_at: AwareDatetime


class Ballot(Frozen):
    """A poll on what to read, which runs for some hours; `left_out` counts nominations that wait for the next."""

    day: date
    starts: AwareDatetime
    closes: AwareDatetime
    hours: int
    offered: tuple[Nomination, ...]
    left_out: int


class Chosen(Frozen):
    """The paper of a session, how it was chosen, and who presents it. `place` is a channel as a mention, or words."""

    day: date
    starts: AwareDatetime
    ends: AwareDatetime
    paper: Nomination
    how: HowChosen
    votes: int
    place: str
    presenter_id: int | None


class Quoted(Frozen):
    """A sentence of the paper, which of how many in the abstract, and what it stands for."""

    about: str
    text: str
    number: int
    total: int


class Discussion(Frozen):
    """What stands first in a session's thread: sentences of the paper, questions about some, and links."""

    day: date
    paper: Handle
    title: str
    sentences: tuple[Quoted, ...]
    questions: tuple[Quoted, ...]
    links: tuple[tuple[str, str], ...]
    event: str


class Reminder(Frozen):
    """A session is near."""

    starts: AwareDatetime
    paper: Nomination
    place: str
    presenter_id: int | None
    thread_id: int | None


class Turn(Frozen):
    """Somebody presents a paper; `again` where they were told before."""

    guild_id: int
    channel_id: int
    starts: AwareDatetime
    paper: Nomination
    again: bool


class Skipped(Frozen):
    """Sessions that do not take place, and when the next one is."""

    days: tuple[date, ...]
    why: WhySkipped
    next_starts: AwareDatetime | None


class SwapRequest(Frozen):
    """Somebody asks to change places in the rota."""

    token: Handle
    guild_id: int
    channel_id: int
    asker_id: int


Content = Call | Ballot | Chosen | Discussion | Reminder | Turn | Skipped
Kind = Literal[
    "club_call", "club_poll", "club_paper", "club_thread", "club_reminder", "club_turn", "club_skipped", "club_swap"
]
_KINDS: dict[type[Content], Kind] = {
    Call: "club_call",
    Ballot: "club_poll",
    Chosen: "club_paper",
    Discussion: "club_thread",
    Reminder: "club_reminder",
    Turn: "club_turn",
    Skipped: "club_skipped",
}


async def send(
    connection: Connection,
    session: Session,
    step: str,
    content: Content,
    now: datetime,
    *,
    person_id: int | None = None,
    channel_id: int | None = None,
) -> bool:
    """Schedule what a step says, once: for the club's channel unless another one or a person is named."""
    times = session.times
    expires = {Call: times.decide_at, Ballot: times.decide_at, Discussion: times.ends, Skipped: now + KEPT}
    paper = getattr(content, "paper", None)
    return await scheduled_messages.schedule(
        connection,
        NewMessage(
            key=session.key(step),
            owner=session.owner,
            kind=_KINDS[type(content)],
            content=content.model_dump_json(),
            reason=REASON,
            due=now,
            expires=expires.get(type(content), times.starts),
            target_id=None if person_id else channel_id or session.channel_id,
            person_id=person_id,
            handle=paper.handle if isinstance(paper, Nomination) else paper,
            anchor_id=session.anchor_id,
        ),
    )


def ballot_of(session: Session, offered: Sequence[Nomination], hours: int, left_out: int, now: datetime) -> Ballot:
    """The poll of a session, opened now."""
    return Ballot(
        day=session.day,
        starts=session.times.starts,
        closes=now + timedelta(hours=hours),
        hours=hours,
        offered=tuple(offered),
        left_out=left_out,
    )
