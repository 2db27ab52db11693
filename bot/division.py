"""Which of the work is this process's, where several serve one installation: by leases in the store.

There is a lease for each shard that is connected, for the delivery to the guilds of each shard, and for each worker
that runs once. A process reckons with a lease by its own monotonic clock, from before it asked, and stops a margin
before anybody else can begin; so two never do the same, whatever their times of day are.
"""

from __future__ import annotations

import asyncio
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from bot.shards import Shards, shard_of
from bot.wanted_leases import Situation, delivery_lease, shard_lease, wanted, worker_lease
from store.errors import StoreError
from store.guilds import leases
from store.storage.database import Database

logger = logging.getLogger(__name__)

LEASE_S, RENEW_S = 20.0, 5.0
"""How long a lease holds, and how often it is renewed: what a process did that died is done by another within 30 s, of
which 20 s pass until the lease runs out and 5 s until another looks."""
MARGIN = 0.25
"""The last part of a lease, in which its holder does nothing more: what it does may take a moment to stop."""
CHECK_S = 0.5
"""Seconds between two looks at whether a running worker still has its lease; a fraction of the margin."""
IDENTIFY_S = 5.0
"""Discord allows so many shards to identify themselves in 5 s."""
TURN_S, AGAIN_S = 15.0, 0.5
"""Seconds for which a turn is kept for whoever has it, should it die, and until one that waits asks again."""


@dataclass
class Division:
    """The leases of this process. `workers` are the names of those that run once, `of_host` of those once on a host."""

    db: Database
    shards: Shards
    workers: Collection[str] = ()
    of_host: Collection[str] = ()
    is_ready: Callable[[], bool] = lambda: False
    monotonic: Callable[[], float] = time.monotonic
    me: str = field(default_factory=lambda: f"{socket.gethostname()} {os.getpid()} {secrets.token_hex(4)}")
    before_giving_back: Callable[[Collection[int]], Awaitable[None]] | None = None
    """Is told of shards right before their leases are given to others."""
    total: int = 0
    max_concurrency: int = 1
    _claimed: dict[str, float] = field(default_factory=dict)
    """The leases of this process, and when on its clock it asked for them last."""
    _tenure: int = 0
    _has_warned: bool = False
    _began: float = 0.0
    _looked: asyncio.Event = field(default_factory=asyncio.Event)
    _wake: asyncio.Event = field(default_factory=asyncio.Event)
    _keeping: asyncio.Task[None] | None = None

    async def start(self, recommended: int, max_concurrency: int) -> None:
        """Claim what is wanted for the first time, and go on with it. What Discord recommends is asked before.

        As long as processes take their shares of a number of shards, those that come later count by the same.
        """
        self.max_concurrency, self._began = max_concurrency, self.monotonic()
        async with self.db.write() as connection:
            await leases.forget_old(connection)
            holders = await leases.held(connection)
        totals = [int(name.rpartition("/")[2]) for name in holders if name.startswith("shard:")]
        self.total = self.shards.total or max(totals, default=recommended)
        await self.look()
        self._keeping = asyncio.create_task(self._keep())

    async def stop(self) -> None:
        """Give everything back, so that others go on at once."""
        if self._keeping is None:
            return
        self._keeping.cancel()
        await asyncio.gather(self._keeping, return_exceptions=True)
        self._claimed.clear()
        try:
            async with self.db.write() as connection:
                await leases.release_all(connection, self.me)
        except StoreError as error:
            logger.warning("Leases could not be given back, and run out by themselves: %s", error)

    def look_soon(self) -> None:
        """Something has changed that decides what is wanted."""
        self._wake.set()

    async def look(self) -> None:
        """Renew what this process has, give back what it does not want any more, and claim what is free."""
        async with self.db.write() as connection:
            asked = self.monotonic()
            await leases.renew_all(connection, self.me, LEASE_S)
            holders = await leases.held(connection)
        mine = {name for name, holder in holders.items() if holder == self.me}
        now = self._situation(holders)
        self._warn(now)
        want = wanted(now)
        self._note(dict.fromkeys(mine, asked))
        if given_back := mine - want:
            shards = [shard for shard in range(self.total) if shard_lease(shard, self.total) in given_back]
            if shards and self.before_giving_back:
                await self.before_giving_back(shards)
            self._note({name: at for name, at in self._claimed.items() if name not in given_back})
        claimed = dict[str, float]()
        if given_back or want - holders.keys():
            async with self.db.write() as connection:
                asked = self.monotonic()
                for name in given_back:
                    await leases.release(connection, name, self.me)
                for name in sorted(want - holders.keys()):
                    if await leases.claim(connection, name, self.me, LEASE_S):
                        claimed[name] = asked
            if claimed:
                logger.info("This process has taken on: %s", ", ".join(sorted(claimed)))
        self._note({**self._claimed, **claimed})
        self._looked.set()
        self._looked = asyncio.Event()

    def _situation(self, holders: Mapping[str, str]) -> Situation:
        has_waited = self.monotonic() - self._began > LEASE_S
        workers = [self.lease_of(name) for name in (*self.workers, *self.of_host)]
        return Situation(
            self.me, self.shards.ids, self.total, workers, self.is_ready(), has_waited, holders, self.max_concurrency
        )

    def _warn(self, now: Situation) -> None:
        """Say once that another process was told to serve the same, if it is not one that has just ended."""
        twice = [shard for shard in now.shards or () if now.has_waited and now.server_of(shard) not in (None, self.me)]
        if twice and not self._has_warned:
            self._has_warned = True
            logger.error("Another process serves the shards %s too; end one of them", ", ".join(map(str, twice)))

    def _note(self, claimed: dict[str, float]) -> None:
        if claimed.keys() != self._claimed.keys():
            self._tenure += 1
        self._claimed = claimed

    async def _keep(self) -> None:
        while True:
            try:
                async with asyncio.timeout(RENEW_S):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            try:
                await self.look()
            except StoreError as error:
                logger.warning("Leases could not be renewed, which is tried again: %s", error)
            except Exception:
                logger.exception("Leases could not be renewed, which is tried again")

    def left(self, name: str) -> float:
        """For how many seconds this process may do what a lease is for; not positive where it may not."""
        return self._claimed.get(name, float("-inf")) + LEASE_S * (1 - MARGIN) - self.monotonic()

    def holds(self, name: str) -> bool:
        """Whether this process may do what a lease is for."""
        return self.left(name) > 0

    def lease_of(self, worker: str) -> str:
        """The lease of a worker: what is done to the papers and files of a host is done on each."""
        return worker_lease(worker, socket.gethostname() if worker in self.of_host else "")

    def does(self, worker: str) -> bool:
        """Whether a worker that runs once runs in this process."""
        return self.holds(self.lease_of(worker))

    def serves(self, guild_id: int) -> bool:
        """Whether what is done for a guild, beside answering, is this process's."""
        return self.holds(delivery_lease(shard_of(guild_id, self.total), self.total))

    def current_tenure(self) -> int:
        """Changes whenever leases were claimed or lost: what was known of their work before may be out of date."""
        return self._tenure

    def share(self) -> float:
        """The part of all deliveries that is this process's, by shards; at least one of them."""
        own = sum(self.holds(delivery_lease(shard, self.total)) for shard in range(self.total))
        return max(1, own) / self.total

    def own_shards(self) -> list[int]:
        """The shards for which this process is to be connected: also while the database cannot be asked."""
        return [shard for shard in range(self.total) if shard_lease(shard, self.total) in self._claimed]

    async def first_shards(self) -> list[int]:
        """The shards to begin with: those that it was told to serve, or as soon as there are any, those it has got."""
        if self.shards.ids is not None:
            return list(self.shards.ids)
        while not (own := self.own_shards()):
            await self._looked.wait()
        return own

    async def run(self, name: str, work: Callable[[], Awaitable[Any]]) -> None:
        """Run a worker whenever this process has its lease, until it returns; what it raises is raised."""
        lease = self.lease_of(name)
        while True:
            while not self.holds(lease):
                await self._looked.wait()
            task = asyncio.ensure_future(work())
            try:
                while not task.done() and (left := self.left(lease)) > 0:
                    await asyncio.wait([task], timeout=min(left, CHECK_S))
            finally:
                was_lost = not task.done()
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            if not was_lost:
                task.result()
                return
            logger.warning("The worker %r has stopped: this process no longer has its lease", name)

    @asynccontextmanager
    async def turn(self, name: str, seconds: float = TURN_S) -> AsyncIterator[None]:
        """Keep other processes from doing something meanwhile that is done once, if it takes no longer than that."""
        holder = f"{self.me} {secrets.token_hex(4)}"
        await self._claim(name, holder, seconds)
        try:
            yield
        finally:
            async with self.db.write() as connection:
                await leases.release(connection, name, holder)

    async def turn_to_identify(self, shard: int) -> None:
        """Wait until a shard may identify itself: all processes of a token have so many turns in 5 s together."""
        name, holder = f"identify:{shard % self.max_concurrency}", f"{self.me} {secrets.token_hex(4)}"
        try:
            await self._claim(name, holder, IDENTIFY_S)
        except StoreError:
            # Without the database nobody knows whose turn it is; Discord refuses what comes too early.
            await asyncio.sleep(IDENTIFY_S)

    async def _claim(self, name: str, holder: str, seconds: float) -> None:
        """Claim a lease as soon as it is free. Who asks for it twice in a process is two holders."""
        while True:
            async with self.db.write() as connection:
                if await leases.claim(connection, name, holder, seconds):
                    return
            await asyncio.sleep(AGAIN_S)
