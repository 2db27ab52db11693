"""One store, its delivery and a Discord, in simulated time: what the histories of the outbox are made with."""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
from collections.abc import Coroutine
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bot.workers.delivery import Delivery
from bot.workers.request_pace import Clock
from bot.workers.transport import DiscordTransport
from store.guilds.explain import Outcome, explain
from store.guilds.subscriptions import Scope
from store.guilds.transitions import Event
from store.storage.database import Database
from store.storage.restore import restore
from tests.guilds.outbox_rules import OBSERVE, allowed
from tests.guilds.simulated_discord import SimulatedDiscord
from tests.guilds.simulated_time import SimulatedLoop, sqlite_without_threads
from tests.support.migrated import put_empty_store
from tests.wire.faults import Fault

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
MEMORY = Path("/dev/shm")
"""A folder in memory, where there is one: a history writes some thousand transactions."""
DELIVERY: tuple[Event, ...] = ("in_channel", "begin", "retry", "post", "withdraw", "pause", "retract")
"""What delivery may do by itself."""


class OutboxScene:
    """To be closed. `ahead` is by how much the clock is wrong."""

    def __init__(self, channels: int) -> None:
        self._stack = ExitStack()
        self._stack.enter_context(sqlite_without_threads())
        self.runner = self._stack.enter_context(asyncio.Runner(loop_factory=SimulatedLoop))
        place = MEMORY if MEMORY.is_dir() else None
        self.folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(dir=place)))
        self.loop = self.runner.get_loop()
        put_empty_store(self.folder / "store.db")
        self.discord = SimulatedDiscord(self.loop.time, channels)
        self.discord.cut = self._cut
        self.ahead = timedelta()
        self._open()

    def _open(self) -> None:
        self.db = self.runner.run(Database.open(self.folder / "store.db", readers=1))
        self.reader = sqlite3.connect(self.db.path)
        self.runner.run(self._observe())
        self.restart()

    async def _observe(self) -> None:
        async with self.db.write() as connection:
            for statement in OBSERVE.strip().splitlines():
                await connection.execute(statement)

    def _close_store(self) -> None:
        self.reader.close()
        self.runner.run(self.db.close())

    def close(self) -> None:
        """Give everything back."""
        self._close_store()
        self._stack.close()

    def now(self) -> datetime:
        """The moment that the clock shows."""
        return START + timedelta(seconds=self.loop.time()) + self.ahead

    def do(self, work: Coroutine[Any, Any, Any], *events: Event) -> Any:
        """Do it, and hold what changed to the table of transitions."""
        done = self.runner.run(work)
        changed = self.runner.run(self._observed())
        assert changed <= allowed(events), (events, changed - allowed(events))
        return done

    async def _observed(self) -> set[tuple[str, str | None, str | None]]:
        async with self.db.write() as connection:
            rows = list(await connection.execute_fetchall("SELECT kind, before, after FROM observed"))
            await connection.execute("DELETE FROM observed")
        return {(row[0], row[1], row[2]) for row in rows}

    def read(self, sql: str, *values: int | str) -> list[Any]:
        """Rows, as they are committed."""
        return self.reader.execute(sql, values).fetchall()

    def restart(self) -> None:
        """The process begins anew: nothing is known but what is in the store."""
        self.is_cut = False
        self.runner.run(self._start())

    async def _start(self) -> None:
        clock = Clock(self.now, self.loop.time, asyncio.sleep)
        transport = DiscordTransport(self.discord.client())
        self.delivery = Delivery(self.db, transport, clock, jitter=random.Random(0))

    def _cut(self) -> None:
        self.is_cut = True
        for task in self.delivery.tasks:
            task.cancel()

    def deliver(self) -> None:
        """One round of delivery, to its end or until it is cut off."""
        self.do(self._deliver(), *DELIVERY)
        if self.is_cut:
            self.restart()

    async def _deliver(self) -> None:
        await self.delivery.start()
        await self.delivery.finish()

    def wait(self, seconds: float) -> None:
        """Time passes, in which nothing happens."""
        self.runner.run(asyncio.sleep(max(seconds, 0.0)))

    def trouble(self, channel: int, faults: list[Fault | None]) -> None:
        """What the next posts to a channel meet, after what was to come anyway."""
        self.discord.faults[self.discord.channels[channel].id] += faults

    def explain(self, channel_id: int, handle: str, token: str) -> Outcome:
        """What `/why` knows of a paper for one subscription."""
        guild = self.discord.guild.id
        _, outcomes = self.runner.run(explain(self.db, Scope(guild, channel_id), guild, handle))
        (outcome,) = (one for one in outcomes if one.token == token)
        return outcome

    def back_up(self, name: str) -> None:
        """Copy the store."""
        copy = self.folder / name
        copy.unlink(missing_ok=True)
        self.runner.run(self.db.backup(copy))

    def restore(self, name: str) -> None:
        """The bot is stopped, the backup put in the place of the store, and the bot started."""
        self._close_store()
        restore(self.db.path, self.folder / name, self.now())
        self._open()
