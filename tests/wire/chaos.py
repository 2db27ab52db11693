"""Chaos test: is any post lost or doubled while the process is killed? `python -m tests.wire.chaos --kills 200 --seed 1`

The real process posts papers through a server that answers 429 and 5xx, resets connections and loses answers. It is
killed at random points: before a message takes effect, after that, after its answer was sent, or at any time while it
starts. Some kills are followed by an outage of a day, after which Discord has forgotten every nonce. Papers are imported
by another process than the bot's. Which papers have to be posted follows from their categories and words, not from the
outbox, and a paper is recognised by its title in a message.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import re
import signal
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from store import ingest
from store.guilds import subscriptions
from store.guilds.schedule import Schedule
from store.library import Library
from store.models import Authorship, Identifier, PaperRecord, ParsedSource, Source
from store.search.parser import parse
from tests.wire import payloads
from tests.wire.faults import Call, Seeded
from tests.wire.limits import Limits
from tests.wire.process import Program
from tests.wire.server import Server
from tests.wire.world import Channel

CATEGORIES = ("cs.CL", "cs.LG", "cs.IR", "cs.AI", "stat.ML", "math.CO")
WORDS = ("lattice", "widget", "tensor")
TITLE = re.compile(r"Chaos study (\d{6})")
STAGES = ("arrived", "done", "answered")
WAIT_FOR_POST_S, SETTLE_S = 6.0, 180.0
"""Seconds to wait for a post to kill the program at, and for the last posts at the end."""
MOST_WAITING = 60
OUTAGE = timedelta(days=1)

Match = tuple[int, int]
"""A channel's id and a paper's number."""


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


@dataclass
class Chaos:
    """The store, the server and the program, and which papers have to be in which channel."""

    library: Library
    server: Server
    program: Program
    chance: random.Random
    follows: dict[int, set[str]] = field(default_factory=dict)
    """The categories and words that each channel follows."""
    papers: int = 0
    expected: set[Match] = field(default_factory=set)
    killed: Counter[str] = field(default_factory=Counter)

    async def subscribe(self) -> None:
        """Channels of every kind, with subscriptions that overlap."""
        person = self.server.world.add_person("ann")
        for name in ("Lab", "Group"):
            guild = self.server.world.add_guild(name)
            guild.members[person.id] = payloads.member(person.body, [])
            for number in range(3):
                await self._follow(self.server.world.add_channel(guild, f"papers-{number}"), guild.id, person.id)
            news = self.server.world.add_channel(guild, "news", payloads.ANNOUNCEMENT)
            await self._follow(news, guild.id, person.id)
            thread = self.server.world.add_thread(guild.channels[0], "its own", 10_080)
            await self._follow(thread, guild.id, person.id)
        await self._follow(self.server.world.direct(person.id), 0, person.id)

    async def _follow(self, channel: Channel, guild: int, person: int) -> None:
        wanted = {*self.chance.sample(CATEGORIES, 2), self.chance.choice(WORDS)}
        self.follows[channel.id] = wanted
        parent = channel.parent or channel
        options = subscriptions.Options(schedule=Schedule(cadence="now"), cap=subscriptions.MAX_CAP)
        for term in sorted(wanted):
            query = parse(f"cat:{term}" if term in CATEGORIES else term)
            scope = subscriptions.Scope(guild, parent.id)
            now = datetime.now(UTC)
            await subscriptions.create(self.library.db, scope, channel.id, person, query, options, now)

    async def arrive(self, count: int) -> None:
        """Store new papers from this process, while the bot runs in another."""
        now = datetime.now(UTC)
        records = []
        for number in range(self.papers, self.papers + count):
            category, word = self.chance.choice(CATEGORIES), self.chance.choice(WORDS)
            records.append(
                PaperRecord(
                    source=Source(kind="arxiv", name="chaos", retrieved=now),
                    title=f"Chaos study {number:06d} of a {word}",
                    abstract=f"We study the {word}. It is faster by {number % 90 + 1}%.",
                    authors=(Authorship(name=f"Ada Number{number}", position=1),),
                    published=f"{now:%Y-%m-%d}",
                    category=category,
                    identifiers=(Identifier(scheme="arxiv", value=f"2611.{number:05d}"),),
                )
            )
            self.expected |= {(channel, number) for channel, terms in self.follows.items() if terms & {category, word}}
        self.papers += count
        await ingest.take(self.library.db, "chaos", ParsedSource(papers=tuple(records)))

    async def _arrive_later(self, over: asyncio.Event, count: int) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), self.chance.uniform(1.0, 3.0))
        await self.arrive(count)

    async def waiting(self) -> int:
        """How many rows of the outbox are still to be posted."""
        states = await self.states()
        return sum(states[state] for state in ("pending", "held", "posting"))

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
            await self.arrive(self.chance.randint(1, 3))
        over = asyncio.Event()
        meanwhile = asyncio.create_task(self._arrive_later(over, int(room)))
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
        await self.program.stop()

    def shown(self) -> Counter[Match]:
        """In how many messages of a channel each paper is."""
        return Counter(
            (channel.id, number)
            for channel in self.server.world.channels.values()
            for message in channel.messages.values()
            for number in {int(found) for text in payloads.texts(message) for found in TITLE.findall(text)}
        )

    async def messages_missing(self) -> int:
        """Rows that are posted with a message that is not in the channel."""
        async with (
            self.library.db.read() as connection,
            connection.execute(
                "SELECT ledger.target_id, message_id FROM ledger JOIN posts ON posts.id = post_id"
                " WHERE ledger.state = 'posted'"
            ) as rows,
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
            await chaos.subscribe()
            try:
                for number in range(1, kills + 1):
                    await chaos.kill_once()
                    if number % 20 == 0:
                        print(f"{number} kills, {chaos.papers} papers, {time.monotonic() - began:.0f} s", flush=True)
                await chaos.settle()
            finally:
                if chaos.program.is_running:
                    await chaos.program.kill()
            return await _judge(chaos, kills, time.monotonic() - began)
    finally:
        await library.close()


async def _judge(chaos: Chaos, kills: int, seconds: float) -> dict[str, float]:
    states, shown = await chaos.states(), chaos.shown()
    faults = chaos.server.faults.drawn if isinstance(chaos.server.faults, Seeded) else {}
    print(f"killed: {dict(chaos.killed)}\nfaults: {faults}\noutbox: {dict(states)}")
    lost = chaos.expected - set(shown)
    doubled = {match: times for match, times in shown.items() if times > 1}
    print(f"lost: {sorted(lost)[:10]}\ndoubled: {dict(list(doubled.items())[:10])}")
    assert chaos.server.violations == [], chaos.server.violations[:5]
    assert set(shown) <= chaos.expected, "a message without a match"
    assert await chaos.messages_missing() == 0, "a posted row without its message"
    return {
        "matched": states.total(),
        "posted": states["posted"],
        "lost": len(lost),
        "doubled": sum(doubled.values()) - len(doubled),
        "kills": kills,
        "seconds": round(seconds, 1),
    }


def main() -> None:
    """Print what happened, and the figures as one JSON object in the last line; exit status 1 where one is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(run(asked.kills, asked.seed, Path(folder)))
    print(json.dumps(figures))
    raise SystemExit(bool(figures["lost"] or figures["doubled"] or figures["matched"] != figures["posted"]))


if __name__ == "__main__":
    main()
