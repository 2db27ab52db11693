"""A session's progress: every step that is due is taken, each in one transaction with the message that tells of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

from store.guilds import scheduled_messages
from store.guilds.club import ballot, calendar, clubs, messages, rota, rotas, sessions, steps
from store.guilds.club.ballot import Outcome
from store.guilds.club.messages import Call, Chosen, Reminder, Skipped, Turn
from store.guilds.club.models import Club, Session, WhySkipped
from store.guilds.own_papers import Owner
from store.storage.connection import Connection


async def advance(connection: Connection, owner: Owner, now: datetime) -> Session | None:
    """Take all steps that need nothing of Discord. Returns the session where they end; None where there is no club.

    It waits for its time, or as `polling` for its poll to be counted, which `count` goes on from.
    """
    while club := await clubs.of_owner(connection, owner):
        session = await sessions.current(connection, owner)
        if session is None:
            session = await sessions.begin(connection, club, await _next_day(connection, club, now))
        if session is None or not await _take(connection, club, session, now):
            return session
    return None


async def _next_day(connection: Connection, club: Club, now: datetime) -> date:
    before = await sessions.last(connection, club.owner)
    counts = before is not None and (before.state == "held" or before.anchor_id == club.anchor_id)
    return calendar.next_day(club.rhythm, now, after=before.day if before and counts else None)


async def _take(connection: Connection, club: Club, session: Session, now: datetime) -> bool:
    """Take the step that is due; False where there is none that ends the session's state."""
    nominated = await clubs.nominated(connection, club.owner) if session.state == "open" else []
    times = session.times
    match steps.step(session.state, times, now, len(nominated)):
        case "call":
            await messages.send(connection, session, "call", Call(starts=times.starts, decide_at=times.decide_at), now)
            return False
        case "poll":
            offered = ballot.ballot(nominated)
            await sessions.open_poll(connection, session, offered)
            runs = ballot.hours(now, times.decide_at)
            content = messages.ballot_of(session, offered, runs, len(nominated) - len(offered), now)
            await messages.send(connection, session, "poll", content, now)
        case "take_only":
            await _decide(connection, club, session, Outcome(nominated[0], "only"), now)
        case "take_first":
            await _decide(connection, club, session, ballot.earliest(nominated, "no_time"), now)
        case "skip_none":
            await skip(connection, club, session, "none", now)
        case "skip_missed":
            await skip(connection, club, session, "missed", now)
        case "close":
            await _close(connection, session)
        case "wait" | "count":
            await _tell(connection, club, session, now)
            return False
    return True


async def count(connection: Connection, owner: Owner, counts: Mapping[int, int] | None, now: datetime) -> None:
    """The votes of the poll that was to be counted, by number of the answer; None where there is no poll any more."""
    club, session = await clubs.of_owner(connection, owner), await sessions.current(connection, owner)
    if club is None or session is None or session.state != "polling":
        return
    offered = await sessions.offered(connection, session)
    chosen = ballot.earliest(offered, "no_poll") if counts is None else ballot.outcome(offered, counts)
    await clubs.count_poll(connection, owner, offered)
    await _decide(connection, club, session, chosen, now)


async def _decide(connection: Connection, club: Club, session: Session, chosen: Outcome, now: datetime) -> None:
    await sessions.decide(connection, session, chosen, now)
    await clubs.withdraw(connection, club.owner, chosen.paper.handle)
    content = Chosen(
        day=session.day,
        starts=session.times.starts,
        ends=session.times.ends,
        paper=chosen.paper,
        how=chosen.how,
        votes=chosen.votes,
        place=place(club),
        presenter_id=rota.presenter(await rotas.of_owner(connection, club.owner), session.day),
    )
    await messages.send(connection, session, "paper", content, now)


async def _tell(connection: Connection, club: Club, session: Session, now: datetime) -> None:
    """Who presents is told, whenever that changes; near the session everybody is reminded."""
    times = session.times
    if session.paper is None or session.decided is None or now >= times.starts:
        return
    presenter_id = rota.presenter(await rotas.of_owner(connection, club.owner), session.day)
    # A paper that was chosen so late has only just been told of.
    reminds = session.decided < times.remind_at <= now
    if reminds:
        content = Reminder(
            starts=times.starts,
            paper=session.paper,
            place=place(club),
            presenter_id=presenter_id,
            thread_id=session.thread_id,
        )
        await messages.send(connection, session, "reminder", content, now)
    if presenter_id is not None:
        step = "remind" if reminds else "turn"
        turn = Turn(
            guild_id=club.owner,
            channel_id=session.channel_id,
            starts=times.starts,
            paper=session.paper,
            again=reminds,
        )
        await messages.send(connection, session, f"{step}:{presenter_id}", turn, now, person_id=presenter_id)


async def _close(connection: Connection, session: Session) -> None:
    people = await rotas.of_owner(connection, session.owner)
    presenter_id = rota.presenter(people, session.day)
    await sessions.close(connection, session, presenter_id)
    if presenter_id is not None:
        await rotas.save(connection, session.owner, rota.presented(people, presenter_id))


async def skip(connection: Connection, club: Club, session: Session, why: WhySkipped, now: datetime) -> None:
    """A session does not take place, which is said; its paper is nominated as before."""
    await sessions.skip(connection, session, why)
    await scheduled_messages.drop(connection, session.key(""), "the session does not take place")
    if session.paper:
        await clubs.put_back(connection, club.owner, session.paper)
    following = calendar.next_day(club.rhythm, now, after=session.day)
    days = [session.day]
    if why == "missed" and session.anchor_id == club.anchor_id:
        days = calendar.days_between(club.rhythm, session.day, following)
    next_starts = calendar.times(club.rhythm, following).starts
    await messages.send(
        connection, session, "skipped", Skipped(days=tuple(days), why=why, next_starts=next_starts), now
    )


async def end(connection: Connection, club: Club, now: datetime) -> None:
    """The club ends, and with it the session that was being prepared; nothing else is said about that."""
    if session := await sessions.current(connection, club.owner):
        await sessions.skip(connection, session, "called_off")
        await scheduled_messages.drop(connection, session.key(""), "the club has ended")
        if session.paper:
            await clubs.put_back(connection, club.owner, session.paper)
    await clubs.end(connection, club.owner)


async def left_out(connection: Connection, session: Session) -> list[str]:
    """What a session that took place went without, as its time had passed: nobody is told of that at the time."""
    if session.state != "held" or session.decided is None:
        return []
    reminder = await scheduled_messages.by_key(connection, session.key("reminder"))
    wanted = {
        "the reminder": session.decided >= session.times.remind_at or (reminder and reminder.message_id),
        "the event": session.event_id,
        "the thread": session.thread_id,
    }
    return [what for what, there in wanted.items() if not there]


def place(club: Club) -> str:
    """Where the club meets: a channel as a mention, or words."""
    return f"<#{club.place_id}>" if club.place_id else club.place or f"<#{club.channel_id}>"
