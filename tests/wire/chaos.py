"""Chaos test: is any post lost or doubled while the process is killed? `python -m tests.wire.chaos --kills 200 --seed 1`

The real process posts papers and news of watched ones (`tests.wire.chaos_parts`) through a server that answers 429 and 5xx, resets connections and loses answers. It is
killed at random points: before a message takes effect, after that, after its answer was sent, or at any time while it
starts. Some kills are followed by an outage of a day, after which Discord has forgotten every nonce. Papers are imported
by another process than the bot's. What has to be posted follows from what happened, not from the outbox, and is
recognised by the text of a message. A feed reader (`tests.wire.feed_reader`) asks for the feeds of all subscriptions
meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import signal
import tempfile
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from typing import NoReturn

from store.library import Library
from tests.wire import payloads
from tests.wire.chaos_parts import PARTS, NewPapers, Place, Told
from tests.wire.clients import beside
from tests.wire.faults import Call, Seeded
from tests.wire.feed_reader import FeedReader
from tests.wire.limits import Limits
from tests.wire.process import Program
from tests.wire.server import Server

STAGES = ("arrived", "done", "answered")
WAIT_FOR_POST_S, SETTLE_S = 6.0, 180.0
"""Seconds to wait for a post to kill the program at, and for the last posts at the end."""
MOST_WAITING = 60
OUTAGE = timedelta(days=1)


def is_post(call: Call) -> bool:
    """Whether the request posts a message to a channel, or a thread with one."""
    return call.method == "POST" and call.route in ("/channels/{channel_id}/messages", "/channels/{channel_id}/threads")


async def outage(library: Library, server: Server) -> None:
    """Let a day pass without the bot: unfinished posts are a day older, and Discord has forgotten their nonces."""
    server.world.forget_nonces()
    async with library.db.write() as connection:
        async with connection.execute("SELECT id, started, next_try FROM posts WHERE state <> 'posted'") as rows:
            begun = [(row[0], *(datetime.fromisoformat(row[key]) - OUTAGE for key in (1, 2))) async for row in rows]
        await connection.executemany(
            "UPDATE posts SET started = ?, next_try = ? WHERE id = ?",
            [(*(when.isoformat(timespec="microseconds") for when in times), ident) for ident, *times in begun],
        )


class Chaos:
    """The store, the server and the program, and the parts that say what has to be in which channel."""

    def __init__(self, library: Library, server: Server, program: Program, chance: random.Random) -> None:
        self.library, self.server, self.program, self.chance = library, server, program, chance
        place = Place(library, server, chance)
        place.fill()
        self.parts = [part(place) for part in PARTS]
        self.reader = FeedReader(place)
        self.killed: Counter[str] = Counter()

    @property
    def expected(self) -> set[Told]:
        """What was to be told so far."""
        return {told for part in self.parts for told in part.expected}

    async def begin(self) -> None:
        """Prepare all parts."""
        for part in self.parts:
            await part.begin()
        await self.reader.begin()
        self.program.settings["LECTERN_WEB"] = self.reader.listen

    async def happen(self, count: int) -> None:
        """So many things happen in each part."""
        for part in self.parts:
            await part.happen(count)

    async def _happen_later(self, over: asyncio.Event, count: int) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), self.chance.uniform(1.0, 3.0))
        await self.happen(count)

    async def waiting(self) -> int:
        """How many rows of the outbox, and scheduled messages, are still to be posted."""
        states, (scheduled, sent) = await self.states(), await self.messages()
        return sum(states[state] for state in ("pending", "held", "posting")) + scheduled - sent

    async def messages(self) -> tuple[int, int]:
        """How many scheduled messages there are, and how many of them were sent."""
        async with (
            self.library.db.read() as connection,
            connection.execute(
                "SELECT count(*), coalesce(sum(state IS 'posted'), 0) FROM scheduled_messages"
                " LEFT JOIN posts ON posts.id = post_id"
            ) as rows,
        ):
            ((scheduled, sent),) = await rows.fetchall()
        return scheduled, sent

    async def states(self) -> Counter[str]:
        """How many rows of the outbox are in each state."""
        async with (
            self.library.db.read() as connection,
            connection.execute("SELECT state, count(*) FROM ledger GROUP BY state") as rows,
        ):
            return Counter({row[0]: row[1] async for row in rows})

    async def kill_once(self) -> None:
        """Start the program, store new papers, and kill the program at a random point."""
        room = await self.waiting() < MOST_WAITING
        if room:
            await self.happen(self.chance.randint(1, 3))
        over = asyncio.Event()
        meanwhile = asyncio.create_task(self._happen_later(over, int(room)))
        if self.chance.random() < 0.75:
            await self._kill_at(self.chance.choice(STAGES), self.chance.randint(1, 4))
        else:
            for _ in range(self.chance.choice((1, 1, 2))):
                if self.program.is_running:
                    await self.program.stop()
                    self.killed["and a SIGTERM before"] += 1
                await self.program.start()
                await asyncio.sleep(self.chance.uniform(0.0, 4.0))
            self.killed["at a time"] += 1
        await self.program.kill()
        over.set()
        await meanwhile
        if self.chance.random() < 0.2:
            await outage(self.library, self.server)
            self.killed["and an outage"] += 1

    async def _kill_at(self, stage: str, number: int) -> None:
        fired = asyncio.Event()
        left = number

        async def look(now: str, call: Call) -> None:
            nonlocal left
            if now == stage and is_post(call):
                left -= 1
                if left == 0 and self.program.is_running:
                    self.program.signal(signal.SIGKILL)
                    fired.set()

        self.server.on_stage = look
        await self.program.start()
        try:
            await asyncio.wait_for(fired.wait(), WAIT_FOR_POST_S)
            self.killed[stage] += 1
        except TimeoutError:
            self.killed["nothing to post"] += 1
        finally:
            self.server.on_stage = None

    async def settle(self) -> None:
        """Let the program post the rest, with the server's faults but without kills."""
        await self.program.start()
        ends = time.monotonic() + SETTLE_S
        while await self.waiting() and time.monotonic() < ends:
            if not self.program.is_running:
                raise RuntimeError(f"the program ended by itself:\n{self.program.output()[-3000:]}")
            await asyncio.sleep(0.2)
        await self.reader.read_all()
        await self.program.stop()

    def shown(self) -> Counter[Told]:
        """How many messages of a channel, that answer nobody, tell what."""
        return Counter(
            (channel.id, told)
            for channel in self.server.world.channels.values()
            for message in channel.messages.values()
            if "interaction_metadata" not in message
            for told in {told for text in payloads.texts(message) for part in self.parts for told in part.told(text)}
        )

    async def messages_missing(self) -> int:
        """Rows that are posted with a message that is not in the channel."""
        async with (
            self.library.db.read() as connection,
            connection.execute("SELECT target_id, message_id FROM posts WHERE state = 'posted'") as rows,
        ):
            posted = [(row[0], row[1]) async for row in rows]
        channels = self.server.world.channels
        return sum(message not in channels[channel].messages for channel, message in posted)


async def run(kills: int, seed: int, folder: Path, *, rate: float = 0.25) -> dict[str, float]:
    """The whole run; returns the figures. Raises `AssertionError` where outbox and channels disagree."""
    began = time.monotonic()
    chance = random.Random(seed)
    faults = Seeded(seed, rate, lambda call: is_post(call) or call.route.startswith("/channels/"))
    library = await Library.open(folder / "lectern.db")
    try:
        async with Server(faults=faults, limits=Limits(bucket=5, bucket_s=1.0)) as server:
            chaos = Chaos(library, server, Program(server, folder), chance)
            await chaos.begin()
            try:
                async with beside(chaos.reader.read_on()):
                    for number in range(1, kills + 1):
                        await chaos.kill_once()
                        if number % 20 == 0:
                            took = time.monotonic() - began
                            print(f"{number} kills, {len(chaos.expected)} to tell, {took:.0f} s", flush=True)
                    await chaos.settle()
            finally:
                if chaos.program.is_running:
                    await chaos.program.kill()
            return await judge(chaos, kills, time.monotonic() - began)
    finally:
        await library.close()


async def judge(chaos: Chaos, kills: int, seconds: float) -> dict[str, float]:
    """The figures of a run. Raises `AssertionError` where outbox and channels disagree."""
    states, shown = await chaos.states(), chaos.shown()
    faults = chaos.server.faults.drawn if isinstance(chaos.server.faults, Seeded) else {}
    print(f"killed: {dict(chaos.killed)}\nfaults: {faults}\noutbox: {dict(states)}")
    lost = chaos.expected - set(shown)
    doubled = {match: times for match, times in shown.items() if times > 1}
    print(f"lost: {sorted(lost)[:10]}\ndoubled: {dict(list(doubled.items())[:10])}")
    assert chaos.server.violations == [], chaos.server.violations[:5]
    assert set(shown) <= chaos.expected, "a message without a match"
    assert await chaos.messages_missing() == 0, "a posted row without its message"
    scheduled, sent = await chaos.messages()
    feed_lost, feed_doubled = chaos.reader.judge(next(part for part in chaos.parts if isinstance(part, NewPapers)))
    print(f"feeds: {chaos.reader.answers} answers, of which {chaos.reader.unchanged} were unchanged")
    return {
        "matched": states.total(),
        "posted": states["posted"],
        "scheduled": scheduled,
        "sent": sent,
        "lost": len(lost),
        "doubled": sum(doubled.values()) - len(doubled),
        "feed_lost": feed_lost,
        "feed_doubled": feed_doubled,
        "kills": kills,
        "seconds": round(seconds, 1),
    }


def conclude(figures: dict[str, float]) -> NoReturn:
    """Print the figures as one JSON object in the last line; exit status 1 where one is wrong."""
    print(json.dumps(figures))
    complete = (figures["matched"], figures["scheduled"]) == (figures["posted"], figures["sent"])
    wrong = ("lost", "doubled", "feed_lost", "feed_doubled", "different_files", "unanswered", "answered_twice")
    raise SystemExit(not complete or any(figures.get(name) for name in wrong))


def main() -> None:
    """Print what happened, and the figures as one JSON object in the last line; exit status 1 where one is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(run(asked.kills, asked.seed, Path(folder)))
    conclude(figures)


if __name__ == "__main__":
    main()
