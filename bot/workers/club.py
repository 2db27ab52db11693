"""Journal clubs: what is due of their sessions is done, and what needs Discord beside messages.

Messages go by the outbox. A session's event has no nonce: it is looked for by its code before it is made. A thread has
the id of its message, so that it is there at most once.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any, Final

import aiohttp
import discord

from bot.client import Lectern
from commands.club_permissions import may_make_events
from commands.context import CLUBS_CHANGED, OUTBOX_CHANGED
from commands.views import markdown, paper_text
from store.guilds import scheduled_messages
from store.guilds.club import clubs, messages, progress, sessions, steps
from store.guilds.club.messages import Discussion, Quoted
from store.guilds.club.models import Club, Session
from store.guilds.club.sessions import EVENT_BEGUN
from store.guilds.own_papers import Owner
from store.models import Paper
from store.summaries.discussion import summary_and_subjects
from store.summaries.sentence_splitter import Sentence
from store.text.partial_dates import in_words

logger = logging.getLogger(__name__)

LONGEST_IDLE_S, SHORTEST_IDLE_S = 60.0, 1.0
"""Seconds between two looks at the clubs, unless something tells it to look: also to what other processes change."""
SOON, SOON_FOR = timedelta(seconds=1), timedelta(minutes=1)
"""How often, and for how long, it looks at what delivery or Discord is about to do."""
NO_ANSWER_RETRY, REFUSED_RETRY = timedelta(minutes=1), timedelta(minutes=10)
"""Until something is tried again: an outage ends by itself, a refusal once somebody gives a permission."""
COUNTING = timedelta(minutes=10)
"""How long it may take to find a poll of which no answer came, and Discord to count it; then what is known counts."""
THREAD_EXISTS = 160004
"""Discord's code for a message that has a thread already."""
THREAD_MINUTES: Final = 10080
"""Minutes without a message after which Discord hides a thread from the list: a week, the longest that it allows."""
_NAME, _DESCRIPTION = 100, 1000
"""Characters of the name of an event or thread, and of an event's description, that Discord allows."""


async def run_clubs(client: Lectern, now: Callable[[], datetime]) -> None:
    """Do what is due in every club, until cancelled."""
    await client.wait_until_ready()
    work = _Clubs(client, now)
    while True:
        moments = [moment for moment in await work.look() if moment]
        wait = min([(moment - now()).total_seconds() for moment in moments], default=LONGEST_IDLE_S)
        try:
            await client.wait_for(CLUBS_CHANGED, timeout=min(max(wait, SHORTEST_IDLE_S), LONGEST_IDLE_S))
        except TimeoutError:
            continue


class _Clubs:
    def __init__(self, client: Lectern, now: Callable[[], datetime]) -> None:
        self._client, self._now = client, now
        self._db = client.library.db
        self._since: dict[tuple[int, str], datetime] = {}
        """Since when this process waits for something of a session."""
        self._put_off: dict[tuple[int, str], datetime] = {}
        """What Discord refused of which session, and when it is tried again; forgotten at a restart."""

    async def look(self) -> list[datetime | None]:
        """Do what is due; returns when something is due next, of each club of a server that is this process's."""
        async with self._db.read() as connection:
            owners = await clubs.owners(connection)
        return [await self._work_for(owner) for owner in owners if self._ours(owner)]

    def _ours(self, owner: Owner) -> bool:
        return self._client.get_guild(owner) is not None and self._client.serves(owner)

    async def _work_for(self, owner: Owner) -> datetime | None:
        try:
            return await self._take_steps(owner)
        except Exception:
            logger.exception("The journal club of a server failed and is tried again")
            return None

    async def _take_steps(self, owner: Owner) -> datetime | None:
        session, now = await self._advance(owner), self._now()
        if session and session.state == "polling" and now >= session.times.decide_at:
            await self._try(session, "poll", self._count)
            session = await self._advance(owner)
        async with self._db.read() as connection:
            off = await sessions.to_clear_up(connection, owner)
        for over in off:
            if over.event_id is not None:
                await self._try(over, "cancelling of an event", self._cancel_event)
            if over.ends_poll:
                await self._try(over, "end of a poll", self._end_poll)
        if session is None:
            return None
        if session.state == "decided" and self._now() < session.times.starts:
            if not session.event_id:
                await self._try(session, "event", self._make_event)
            if session.thread_id is None:
                await self._try(session, "thread", self._make_thread)
                if self._waits(session, "thread") < SOON_FOR:
                    return now + SOON
        if session.state == "polling" and now >= session.times.decide_at and self._waits(session, "poll") < SOON_FOR:
            return now + SOON
        return steps.next_moment(session.state, session.times, now)

    def _waits(self, session: Session, what: str) -> timedelta:
        """How long this process has waited for that."""
        now = self._now()
        return now - self._since.setdefault((session.id, what), now)

    async def _advance(self, owner: Owner) -> Session | None:
        async with self._db.write() as connection:
            before = connection.total_changes
            session = await progress.advance(connection, owner, self._now())
            changed = connection.total_changes > before
        if changed:
            self._client.dispatch(OUTBOX_CHANGED)
        return session

    async def _try(self, session: Session, what: str, do: Callable[[Session], Awaitable[None]]) -> None:
        """Do something in Discord, unless it failed just now."""
        key, now = (session.id, what), self._now()
        if (until := self._put_off.get(key)) and now < until <= now + REFUSED_RETRY:
            return
        self._put_off.pop(key, None)
        try:
            await do(session)
        except (discord.DiscordException, aiohttp.ClientError, OSError, TimeoutError) as error:
            refused = isinstance(error, discord.HTTPException) and error.status < 500 and error.status != 429
            self._put_off[key] = now + (REFUSED_RETRY if refused else NO_ANSWER_RETRY)
            logger.warning("The %s of a journal club failed and is tried again: %s", what, error)

    async def _count(self, session: Session) -> None:
        """Read the result of a poll; it is closed first where it still runs, as after it was posted late."""
        async with self._db.read() as connection:
            said = await scheduled_messages.by_key(connection, session.key("poll"))
        is_waiting = self._waits(session, "poll") < COUNTING
        if is_waiting and said and not said.message_id and not said.dropped:
            return  # Delivery looks for it in the channel, if it was begun.
        poll = await self._poll(session, said.message_id) if said and said.message_id else None
        if is_waiting and poll and not poll.is_finalised():
            if poll.expires_at and poll.expires_at > self._now():
                await poll.end()
            return
        counts = {answer.id: answer.vote_count for answer in poll.answers} if poll else None
        async with self._db.write() as connection:
            await progress.count(connection, session.owner, counts, self._now())
        self._client.dispatch(OUTBOX_CHANGED)

    async def _poll(self, session: Session, message_id: int) -> discord.Poll | None:
        """The poll as Discord has it now; None where it is gone, or may not be read any more."""
        try:
            return (await self._client.get_partial_messageable(session.channel_id).fetch_message(message_id)).poll
        except (discord.NotFound, discord.Forbidden):
            return None

    async def _make_event(self, session: Session) -> None:
        guild = self._client.get_guild(session.owner)
        async with self._db.read() as connection:
            club = await clubs.of_owner(connection, session.owner)
        if guild is None or club is None or session.paper is None or not may_make_events(guild, club):
            return
        event = await self._event_of(guild, session)
        if event is None:
            async with self._db.write() as connection:
                await sessions.save_event(connection, session, EVENT_BEGUN)
            event = await guild.create_scheduled_event(
                name=markdown.plain(f"Journal club: {session.paper.title}", _NAME),
                description=markdown.plain(f"{session.paper.title[:800]} (Lectern {session.code})", _DESCRIPTION),
                start_time=session.times.starts,
                end_time=session.times.ends,
                privacy_level=discord.PrivacyLevel.guild_only,
                **_where(guild, club),
            )
        async with self._db.write() as connection:
            await sessions.save_event(connection, session, event.id)

    async def _event_of(self, guild: discord.Guild, session: Session) -> discord.ScheduledEvent | None:
        """The session's event, which an attempt without an answer, or a former copy of the store, may have made."""
        own = self._client.user
        for event in await guild.fetch_scheduled_events(with_counts=False):
            if own and event.creator_id == own.id and session.code in (event.description or ""):
                return event
        return None

    async def _cancel_event(self, session: Session) -> None:
        guild = self._client.get_guild(session.owner)
        if guild is None:
            return
        event = await self._event_of(guild, session)
        if event is not None and event.status is discord.EventStatus.scheduled:
            await event.cancel()
        async with self._db.write() as connection:
            await sessions.save_event(connection, session, None)

    async def _end_poll(self, session: Session) -> None:
        async with self._db.read() as connection:
            said = await scheduled_messages.by_key(connection, session.key("poll"))
        poll = await self._poll(session, said.message_id) if said and said.message_id else None
        if poll and not poll.is_finalised():
            await poll.end()
        async with self._db.write() as connection:
            await sessions.poll_has_ended(connection, session)

    async def _make_thread(self, session: Session) -> None:
        async with self._db.read() as connection:
            said = await scheduled_messages.by_key(connection, session.key("paper"))
        channel = self._client.get_channel(session.channel_id)
        if said is None or said.message_id is None or session.paper is None:
            return
        if not isinstance(channel, discord.TextChannel):
            return
        name = markdown.plain(f"{in_words(session.day.isoformat())}: {session.paper.title}", _NAME)
        thread_id = said.message_id
        try:
            await channel.get_partial_message(thread_id).create_thread(name=name, auto_archive_duration=THREAD_MINUTES)
        except discord.HTTPException as error:
            if error.code != THREAD_EXISTS:
                raise
        paper = await self._client.library.view(session.owner).paper(session.paper.handle)
        content = await asyncio.to_thread(_discussion, session, paper)
        async with self._db.write() as connection:
            await sessions.save_thread(connection, session, thread_id)
            await messages.send(connection, session, "thread", content, self._now(), channel_id=thread_id)
        self._client.dispatch(OUTBOX_CHANGED)


def _where(guild: discord.Guild, club: Club) -> dict[str, Any]:
    """Where an event is: in a voice or stage channel, or else in words."""
    room = guild.get_channel(club.place_id) if club.place_id else None
    if isinstance(room, discord.VoiceChannel | discord.StageChannel):
        is_stage = isinstance(room, discord.StageChannel)
        return {
            "channel": room,
            "entity_type": discord.EntityType.stage_instance if is_stage else discord.EntityType.voice,
        }
    channel = guild.get_channel(club.channel_id)
    place = club.place or (f"#{channel.name}" if channel else "Discord")
    return {"location": markdown.plain(place, _NAME), "entity_type": discord.EntityType.external}


def _discussion(session: Session, paper: Paper | None) -> Discussion:
    """What is said first in a session's thread; all sentences are the paper's own."""
    assert session.paper
    sentences: list[Quoted] = []
    questions: list[Quoted] = []
    if paper and paper.abstract:
        summary, subjects = summary_and_subjects(paper.title, paper.abstract)
        sentences = [_quoted(slot, one) for slot, one in summary.single_slots()]
        questions = [_quoted(subject, one) for subject, one in subjects]
    return Discussion(
        day=session.day,
        paper=session.paper.handle,
        title=paper.title if paper else session.paper.title,
        sentences=tuple(sentences),
        questions=tuple(questions),
        links=tuple(paper_text.links(paper)[:4]) if paper else (),
        event=f"https://discord.com/events/{session.owner}/{session.event_id}" if session.event_id else "",
    )


def _quoted(about: str, sentence: Sentence) -> Quoted:
    return Quoted(about=about, text=sentence.text, number=sentence.number, total=sentence.total)
