"""Posting what is due in the outbox: each message exactly once, whatever fails in between.

A message's nonce, its idempotency key, is committed before the first attempt. If an attempt of this process had no
answer and is younger than Discord's memory of nonces, the message is sent again with the same nonce, for which Discord
returns the first one. Otherwise the channel's history is searched for the token in its buttons first.
`bot.workers.attempts` says why that holds for several processes too.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.client import Lectern
from bot.workers.attempts import Attempts, NotOursError, Serves, everything
from bot.workers.request_pace import Clock, RequestPace
from bot.workers.transport import (
    ChannelUnavailableError,
    DiscordTransport,
    MessageRejectedError,
    NotSentError,
    OutcomeUnknownError,
    RateLimitedError,
    Transport,
)
from commands.context import OUTBOX_CHANGED
from commands.views import posts as post_cards
from store.errors import DatabaseUnavailableError
from store.guilds import digests, found_posts, outbox, pauses, posts, scheduled_messages, target_guilds
from store.guilds.digests import Digest
from store.guilds.posts import Post
from store.guilds.scheduled_messages import ScheduledMessage
from store.guilds.transitions import IllegalTransitionError, PostState
from store.storage.database import Database

logger = logging.getLogger(__name__)

FIRST_RETRY_S, LONGEST_RETRY_S = 2.0, 600.0
"""Seconds to wait after an attempt without a clear answer, doubled each time; most outages of Discord last minutes."""
REJECTED_RETRY_S = 3600.0
"""Seconds until a message that was rejected or could not be made is tried again; it takes an update to mend it."""
REQUESTS_PER_S, CHANNELS_AT_ONCE = 40, 50
"""Requests to Discord in a second, which allows 50, of which commands need some; more channels at once would wait."""
SHORTEST_IDLE_S, LONGEST_IDLE_S = 0.5, 10.0
"""Seconds between two looks at the outbox. Papers that another process imported are noticed after the longest."""
CHECK_DUE_EVERY = timedelta(minutes=10)
"""Between two searches for papers that a clock which was ahead has put off; a clock that is set back starts one too."""


class _NothingToSayError(Exception):
    """None of the message's papers is there any more, or its time has passed."""


@dataclass
class Delivery:
    """Delivery from one store to Discord, by way of `transport`."""

    db: Database
    transport: Transport
    clock: Clock
    per_second: float = REQUESTS_PER_S
    jitter: random.Random = field(default_factory=random.SystemRandom)
    serves: Serves = everything
    tenure: Callable[[], int] = int  # as in `bot.workers.attempts`
    share: Callable[[], float] = lambda: 1.0  # of what Discord allows all processes together
    _guilds: dict[int, int] = field(default_factory=dict)  # of the channels that are worked on
    _running: dict[int, asyncio.Task[None]] = field(default_factory=dict)
    _looked_through: set[int] = field(default_factory=set)
    """Channels in which no post is unknown to the store."""
    _due_checked: datetime | None = None

    def __post_init__(self) -> None:
        self._pace = RequestPace(self.clock, self.per_second, self.share)
        self._attempts = Attempts(self.clock.monotonic, self.serves, self.tenure)

    async def start(self) -> None:
        """Start a task for every channel that has something due and no task yet."""
        if self._pace.is_limited:
            return
        now = self.clock.now()
        if self._due_checked is None or not self._due_checked <= now < self._due_checked + CHECK_DUE_EVERY:
            await digests.correct_due(self.db, now)
            self._due_checked = now
        async with self.db.read() as connection:
            begun = await posts.targets_to_try(connection, now)
            due = await digests.due_targets(connection, now)
            messages = await scheduled_messages.due_targets(connection, now)
            people = await scheduled_messages.people_without_channel(connection, now)
            # A person whose channel is to be found stands among the channels with a negative id.
            guilds = dict.fromkeys([*begun, *due, *messages, *(-person_id for person_id in people)], 0)
            if self.serves is not everything:
                guilds = await target_guilds.guilds_of(connection, guilds)
        for target_id, guild_id in guilds.items():
            if target_id not in self._running and len(self._running) < CHANNELS_AT_ONCE and self.serves(guild_id):
                self._guilds[target_id] = guild_id
                self._running[target_id] = asyncio.create_task(self._run(target_id))

    @property
    def tasks(self) -> list[asyncio.Task[None]]:
        """The running tasks, one for each channel."""
        return list(self._running.values())

    async def finish(self) -> None:
        """Wait until all running tasks have ended."""
        while self._running:
            await asyncio.wait(self.tasks)

    async def stop(self) -> None:
        """Cancel the running tasks; another process can continue from the outbox."""
        for task in (tasks := self.tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def next_moment(self) -> datetime | None:
        """When the next post is due, None where the outbox has none."""
        moments = await digests.next_due(self.db), await scheduled_messages.next_due(self.db)
        return min(filter(None, moments), default=None)

    async def _run(self, target_id: int) -> None:
        try:
            await (self._find_channel(-target_id) if target_id < 0 else self._post_due(target_id))
        except (NotOursError, DatabaseUnavailableError) as error:
            logger.info("Delivery to a channel has to wait: %s", error)
        except Exception as error:
            if isinstance(error, IllegalTransitionError) and self.serves is not everything:
                logger.info("Another process has meanwhile moved on a post of this channel")
            else:
                logger.exception("Delivery to a channel failed and is tried again")
        finally:
            del self._running[target_id], self._guilds[target_id]

    async def _post_due(self, target_id: int) -> None:
        """Finish the messages that were begun in a channel, then make and post those that are due there."""
        now = self.clock.now()
        async with self.db.read() as connection:
            begun = await posts.unfinished(connection, target_id)
        for post in begun:
            is_done = post.is_due(now) and await self._attempt(post)
            if not is_done and post.state == "posting":
                return
        if not await self._look_for_unknown_posts(target_id):
            return
        tenure = self._attempts.require_ours(self._guilds[target_id])
        for post, is_fresh in await scheduled_messages.begin_due(self.db, target_id, self.clock.now()):
            if is_fresh:
                self._attempts.are_fresh([post.id], tenure)
            if not await self._attempt(post):
                return
        is_public = self.transport.is_public
        while begun := await digests.begin_due(self.db, target_id, self.clock.now(), post_cards.split, is_public):
            self._attempts.are_fresh((post.id for post in begun), tenure)
            for post in begun:
                if not await self._attempt(post):
                    return

    async def _look_for_unknown_posts(self, target_id: int) -> bool:
        """Once in a run: posts that an older copy of the store lacks. Returns False if Discord is to be asked again."""
        if target_id in self._looked_through:
            return True
        async with self.db.read() as connection:
            newest = await found_posts.newest_known(connection, target_id)
        try:
            found = []
            if self.transport.has_messages_after(target_id, newest):
                await self._pace.wait_for_turn()
                found = await self.transport.posts_after(target_id, newest)
        except (OutcomeUnknownError, RateLimitedError) as error:
            self._pace.note_limit(error)
            logger.info("A channel could not be looked through, and is tried again: %s", error)
            return False
        except ChannelUnavailableError as error:
            async with self.db.write() as connection:
                await pauses.channel_lost(connection, target_id, str(error), self.clock.now())
            return False
        if found:
            async with self.db.write() as connection:
                if unknown := await found_posts.save(connection, target_id, found):
                    logger.warning("A channel has %d posts that the store does not know; it is an older copy", unknown)
        self._looked_through.add(target_id)
        return True

    async def _attempt(self, post: Post) -> bool:
        """Try to post a message once. Returns False where the channel's next message has to wait for this one."""
        tenure = self._attempts.require_ours(self._guilds[post.target_id])
        unsure = self._attempts.is_unsure(post)
        try:
            message_id = None
            if unsure and not self._attempts.nonce_is_remembered(post.id):
                await self._pace.wait_for_turn()
                message_id = await self.transport.find_message(post.target_id, post.token, post.after_id)
            if message_id is None:
                message_id = await self._send(post, tenure)
        except (NotOursError, DatabaseUnavailableError):
            raise  # It is not sent, and tried again at the next look.
        except _NothingToSayError:
            # Its papers were merged with others that the channel has had.
            async with self.db.write() as connection:
                await outbox.withdraw(connection, post.id, self.clock.now())
            self._attempts.forget(post.id)
            return True
        except OutcomeUnknownError as error:
            await self._retry_later(post, self._backoff(post), str(error), unsure=True)
            return False
        except RateLimitedError as error:
            self._pace.note_limit(error)
            wait = error.retry_after + self.jitter.uniform(0, 1)
            await self._retry_later(post, wait, str(error), unsure=unsure or error.retried)
            return False
        except MessageRejectedError as error:
            logger.error("Discord does not accept a post; it is tried again in an hour: %s", error)
            await self._retry_later(post, REJECTED_RETRY_S, str(error), unsure=unsure or error.retried, state="failed")
            return True
        except ChannelUnavailableError as error:
            not_out = [] if unsure or error.retried else [post.id]
            not_out += [other for other in self._attempts.surely_not_out() if other != post.id]
            async with self.db.write() as connection:
                now, reason = self.clock.now(), str(error)
                await pauses.channel_lost(connection, post.target_id, reason, now, tried=post.id, not_out=not_out)
            self._attempts.forget(post.id)
            return False
        except Exception as error:
            logger.exception("A post cannot be made; it is tried again in an hour")
            problem = f"{type(error).__name__} in Lectern"
            await self._retry_later(post, REJECTED_RETRY_S, problem, unsure=True, state="failed")
            return True
        async with self.db.write() as connection:
            await outbox.mark_posted(connection, post.id, message_id, self.clock.now())
        self._attempts.forget(post.id)
        return True

    async def _send(self, post: Post, tenure: int) -> int:
        said: Digest | ScheduledMessage | None
        if post.subscription_id is None:
            said = await scheduled_messages.content(self.db, post, self.clock.now())
        else:
            said = await digests.content(self.db, post)
        if said is None or (isinstance(said, Digest) and not said.items):
            raise _NothingToSayError
        if not post.unsure:
            async with self.db.write() as connection:
                await outbox.mark_unsure(connection, post.id)
        await self._pace.wait_for_turn()
        self._attempts.require_ours(self._guilds[post.target_id], tenure)
        answered = self._attempts.sends(post.id)
        try:
            return await self.transport.send(post.target_id, said, post.token)
        except NotSentError as error:
            if answered and not error.retried:
                self._attempts.was_refused(post.id, tenure)
            raise

    def _backoff(self, post: Post) -> float:
        return min(LONGEST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(post.tries, 20)) * self.jitter.uniform(0.5, 1.0)

    async def _retry_later(
        self, post: Post, wait: float, problem: str, *, unsure: bool, state: PostState = "posting"
    ) -> None:
        next_try = self.clock.now() + timedelta(seconds=wait)
        async with self.db.write() as connection:
            await outbox.retry_later(connection, post.id, next_try, problem, unsure=unsure, state=state)

    async def _find_channel(self, person_id: int) -> None:
        """Find the channel of direct messages with somebody, for the messages that are due to them."""
        try:
            await self._pace.wait_for_turn()
            target_id = await self.transport.open_direct(person_id)
        except (NotSentError, OutcomeUnknownError) as error:
            self._pace.note_limit(error)
            logger.info("Somebody cannot be written to, which is tried again: %s", error)
            is_refused = isinstance(error, ChannelUnavailableError | MessageRejectedError)
            async with self.db.write() as connection:
                await scheduled_messages.put_off(connection, person_id, self.clock.now(), is_refused=is_refused)
        else:
            async with self.db.write() as connection:
                await scheduled_messages.found_channel(connection, person_id, target_id)


async def deliver(client: Lectern, db: Database) -> None:
    """Post what is due, until cancelled."""
    await client.wait_until_ready()
    clock = Clock(now=lambda: datetime.now(UTC), monotonic=time.monotonic, sleep=asyncio.sleep)
    delivery = Delivery(db, DiscordTransport(client), clock)
    if division := client.division:
        delivery = replace(delivery, serves=division.serves, tenure=division.current_tenure, share=division.share)
    try:
        while True:
            await delivery.start()
            moment = await delivery.next_moment()
            wait = (moment - clock.now()).total_seconds() if moment else LONGEST_IDLE_S
            with suppress(TimeoutError):
                await client.wait_for(OUTBOX_CHANGED, timeout=min(max(wait, SHORTEST_IDLE_S), LONGEST_IDLE_S))
    finally:
        await delivery.stop()
