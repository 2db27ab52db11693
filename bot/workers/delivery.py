"""The ledger worked off: what is due becomes messages, each exactly once, whatever fails in between.

A message's nonce is committed before its first try. Where this process knows when a try began whose answer did not
come, and that was a moment ago, the message is sent again with the same nonce, and Discord returns the first one.
Otherwise the channel's history is asked for the token in its buttons before anything is sent again.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import discord

from bot.workers.transport import (
    DiscordSender,
    LimitedError,
    LostError,
    NotOutError,
    RefusedError,
    Sender,
    UnclearError,
)
from commands.context import LEDGER
from commands.views import posts as post_cards
from store.guilds import digests, outbox, pauses, posts
from store.guilds.posts import Post
from store.guilds.transitions import PostState
from store.storage.database import Database

logger = logging.getLogger(__name__)

FRESH_S = 60.0
"""How long Discord surely remembers a nonce; it says "the past few minutes"."""
FIRST_WAIT_S, LONGEST_WAIT_S = 2.0, 600.0
REFUSED_WAIT_S = 3600.0
PER_SECOND = 40
"""Requests to Discord a second in all; it allows 50, and commands need some."""
SHORTEST_WAIT_S, LONGEST_IDLE_S = 0.5, 10.0
"""Seconds between two looks at the outbox. Papers of another process, such as an import, wait for the longest."""
AT_ONCE = 50
"""Channels that are worked on at the same time."""
_CREATORS = 0
"""Stands among the channels for telling people that their subscriptions are paused."""


class _NothingToShowError(Exception):
    """A message whose papers are gone."""


@dataclass(frozen=True)
class Clock:
    """Where time comes from: the hour, seconds that never go back, and waiting."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], Awaitable[None]]


@dataclass
class Delivery:
    """Delivery from one store to one Discord."""

    db: Database
    sender: Sender
    clock: Clock
    per_second: float = PER_SECOND
    chance: random.Random = field(default_factory=random.SystemRandom)
    _working: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _unanswered: dict[int, float | None] = field(default_factory=dict)
    """Posts whose whole history this process knows, with the moment of the first try that had no answer."""
    _next_request: float = 0.0
    _closed_until: float = 0.0

    async def start(self) -> None:
        """Begin work in every channel that has some and is not being worked on."""
        if self.clock.monotonic() < self._closed_until:
            return
        now = self.clock.now()
        async with self.db.read() as connection:
            begun = await posts.targets_to_try(connection, now)
            due = await digests.due_targets(connection, now)
        for target_id in dict.fromkeys([_CREATORS, *begun, *due]):
            if target_id not in self._working and len(self._working) < AT_ONCE:
                self._working[target_id] = asyncio.create_task(self._guarded(target_id))

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """The work that is going on, one task a channel."""
        return list(self._working.values())

    async def finish(self) -> None:
        """Wait until the work that was begun has come to its end or to a wait."""
        while self._working:
            await asyncio.wait(self.tasks)

    async def stop(self) -> None:
        """Leave the work where it is; another process can take it up."""
        for task in (tasks := self.tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def next_moment(self) -> datetime | None:
        """When there will be something to do, as far as the ledger knows."""
        return await digests.next_due(self.db)

    async def _guarded(self, target_id: int) -> None:
        try:
            await (self._tell() if target_id == _CREATORS else self._work(target_id))
        except Exception:
            logger.exception("Delivery to a channel failed; it is tried again")
        finally:
            del self._working[target_id]

    async def _work(self, target_id: int) -> None:
        """Finish what was begun in a channel, then begin and post what is due there."""
        now = self.clock.now()
        async with self.db.read() as connection:
            begun = await posts.unfinished(connection, target_id)
        for post in begun:
            if not post.is_due(now):
                if post.state == "posting":
                    return
                continue
            if not await self._deliver(post) and post.state == "posting":
                return
        while begun := await digests.begin_due(self.db, target_id, self.clock.now(), post_cards.split):
            self._unanswered.update((post.id, None) for post in begun)
            for post in begun:
                if not await self._deliver(post):
                    return

    async def _deliver(self, post: Post) -> bool:
        """One try. True where the message is out, or is refused and does not hold up others."""
        unsure = self._unanswered[post.id] is not None if post.id in self._unanswered else post.unsure
        try:
            message_id = None
            if unsure and not self._fresh(post.id):
                await self._pace()
                message_id = await self.sender.find(post.target_id, post.token, post.after_id)
            if message_id is None:
                message_id = await self._send(post)
        except _NothingToShowError:
            # Its papers turned out to be others, which the channel has.
            async with self.db.write() as connection:
                await outbox.withdraw(connection, post.id, self.clock.now())
            self._unanswered.pop(post.id, None)
            return True
        except UnclearError as error:
            await self._retry_later(post, self._wait(post), str(error), unsure=True)
            return False
        except LimitedError as error:
            self._heed(error)
            wait = error.retry_after + self.chance.uniform(0, 1)
            await self._retry_later(post, wait, str(error), unsure=unsure or error.repeated)
            return False
        except RefusedError as error:
            logger.error("Discord takes a post for wrong: %s", error)
            await self._retry_later(post, REFUSED_WAIT_S, str(error), unsure=unsure or error.repeated, state="failed")
            return True
        except LostError as error:
            not_out = [] if unsure or error.repeated else [post.id]
            not_out += [other for other, begun in self._unanswered.items() if begun is None and other != post.id]
            async with self.db.write() as connection:
                await pauses.channel_lost(connection, post, not_out, str(error), self.clock.now())
            self._unanswered.pop(post.id, None)
            return False
        except Exception as error:
            logger.exception("A post cannot be made; it is tried again in an hour")
            await self._retry_later(
                post, REFUSED_WAIT_S, f"{type(error).__name__} in Lectern", unsure=True, state="failed"
            )
            return True
        async with self.db.write() as connection:
            await outbox.mark_posted(connection, post.id, message_id, self.clock.now())
        self._unanswered.pop(post.id, None)
        return True

    async def _send(self, post: Post) -> int:
        digest = await digests.content(self.db, post)
        if not digest.items:
            raise _NothingToShowError
        if not post.unsure:
            async with self.db.write() as connection:
                await outbox.mark_unsure(connection, post.id)
        await self._pace()
        answered = self._unanswered.get(post.id, self.clock.monotonic()) is None
        if answered:
            self._unanswered[post.id] = self.clock.monotonic()
        try:
            return await self.sender.send(post.target_id, digest, post.token)
        except NotOutError as error:
            if answered and not error.repeated:
                self._unanswered[post.id] = None
            raise

    def _fresh(self, post_id: int) -> bool:
        begun = self._unanswered.get(post_id)
        return begun is not None and self.clock.monotonic() - begun < FRESH_S

    def _wait(self, post: Post) -> float:
        longest: float = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(post.tries, 20))
        return longest * self.chance.uniform(0.5, 1.0)

    async def _retry_later(
        self, post: Post, wait: float, problem: str, *, unsure: bool, state: PostState = "posting"
    ) -> None:
        next_try = self.clock.now() + timedelta(seconds=wait)
        async with self.db.write() as connection:
            await outbox.retry_later(connection, post.id, next_try, problem, unsure=unsure, state=state)

    def _heed(self, error: Exception) -> None:
        if isinstance(error, LimitedError) and error.everywhere:
            self._closed_until = max(self._closed_until, self.clock.monotonic() + error.retry_after)

    async def _pace(self) -> None:
        """Wait for a turn. Raises `LimitedError` while Discord wants nothing from us: each request prolongs a ban."""
        now = self.clock.monotonic()
        turn = max(now, self._next_request)
        self._next_request = turn + 1 / self.per_second
        if turn > now:
            await self.clock.sleep(turn - now)
        if (left := self._closed_until - self.clock.monotonic()) > 0:
            raise LimitedError(left, everywhere=True)

    async def _tell(self) -> None:
        for notice in await pauses.notices(self.db):
            try:
                await self._pace()
                # Noted first: told once, though it may fail, rather than again and again.
                await pauses.mark_notified(self.db, notice.subscription_id)
                await self.sender.tell(
                    notice.creator_id,
                    f"Your subscription {post_cards.quoted(notice.query)} in <#{notice.target_id}> is paused, because"
                    f" Discord said: {post_cards.quoted(notice.reason)}. Nothing is lost: when I may post"
                    " there again, press Resume in /subscriptions there.",
                )
            except (LostError, RefusedError, LimitedError, UnclearError) as error:
                self._heed(error)
                logger.info("The person who made a subscription could not be told that it is paused: %s", error)


async def deliver(client: discord.Client, db: Database) -> None:
    """Post what is due, until it is cancelled."""
    await client.wait_until_ready()
    clock = Clock(now=lambda: datetime.now(UTC), monotonic=time.monotonic, sleep=asyncio.sleep)
    delivery = Delivery(db, DiscordSender(client), clock)
    try:
        while True:
            await delivery.start()
            moment = await delivery.next_moment()
            wait = (moment - clock.now()).total_seconds() if moment else LONGEST_IDLE_S
            try:
                await client.wait_for(LEDGER, timeout=min(max(wait, SHORTEST_WAIT_S), LONGEST_IDLE_S))
            except TimeoutError:
                continue
    finally:
        await delivery.stop()
