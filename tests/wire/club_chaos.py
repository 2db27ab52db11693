"""Chaos test of journal clubs: `python -m tests.wire.club_chaos --kills 60 --seed 1`

The real process runs three clubs through their weeks, while its clock is moved on by hours and days between runs. It is
killed at random points: before a poll, event, thread or message takes effect, after that, after its answer was sent, or
at any time. The server answers some requests with faults, and loses answers. At the end every message that was not
dropped is there once, and every session has at most one poll, event and thread.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import signal
import tempfile
import time as clock
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from commands.message_ids import MessageReason
from store import ingest
from store.guilds.club import calendar, clubs, rotas, sessions
from store.guilds.club.models import Club, Rhythm
from store.guilds.club.rota import Presenter
from store.library import Library
from store.models import Authorship, Handle, PaperRecord, ParsedSource, Source
from tests.wire import payloads, polls
from tests.wire.faults import Call, Seeded
from tests.wire.limits import Limits
from tests.wire.process import Program
from tests.wire.server import Server
from tests.wire.world import Channel, Person

STAGES = ("arrived", "done", "answered")
START_S, WAIT_S, SETTLE_S = 60.0, 6.0, 60.0
"""Seconds that a start may take, to wait for a request to kill the program at, and for the last ones at the end."""
PAPERS = 40


def makes_something(call: Call) -> bool:
    """Whether the request makes a message, a thread or an event, or ends one."""
    return call.method in ("POST", "PATCH") and call.route.startswith(("/channels/{channel_id}/", "/guilds/{guild_id}"))


@dataclass
class ClubChaos:
    """The store, the server and the program, with a club in each guild."""

    library: Library
    server: Server
    program: Program
    chance: random.Random
    channels: list[Channel] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    papers: list[Handle] = field(default_factory=list)
    killed: Counter[str] = field(default_factory=Counter)

    @property
    def now(self) -> datetime:
        return self.server.world.moment()

    async def set_up(self) -> None:
        """Papers, and three guilds of which each has a club with its own zone and rota."""
        source = Source(kind="bibtex", name="chaos", retrieved=datetime.now(UTC))
        records = [
            PaperRecord(source=source, title=f"Club study {n:03d}", authors=(Authorship(name=f"Ada N{n}", position=1),))
            for n in range(PAPERS)
        ]
        await ingest.take(self.library.db, "chaos", ParsedSource(papers=tuple(records)))
        async with self.library.db.read() as connection:
            rows = await connection.execute_fetchall("SELECT handle FROM papers ORDER BY handle")
        self.papers = [row[0] for row in rows]
        for number, zone in enumerate(("Europe/Berlin", "America/New_York", "Asia/Tokyo")):
            guild = self.server.world.add_guild(f"Lab {number}")
            channel = self.server.world.add_channel(guild, "club")
            self.channels.append(channel)
            members = [self.server.world.add_person(f"ann{number}{who}", guild) for who in range(3)]
            self.people += members
            rhythm = Rhythm(first_day=self.now.date(), at=time(16), zone=zone, poll_days=4 + number % 3)
            rhythm = rhythm.model_copy(update={"first_day": calendar.first_day(rhythm, number, self.now)})
            club = Club(
                owner=guild.id, anchor_id=payloads.snowflake(), channel_id=channel.id, creator_id=members[0].id,
                rhythm=rhythm, place="",
            )  # fmt: skip
            async with self.library.db.write() as connection:
                await clubs.save(connection, club)
                await rotas.save(connection, guild.id, tuple(Presenter(person_id=who.id) for who in members))

    async def _nominate(self) -> None:
        for channel in self.channels:
            assert channel.guild
            owner = channel.guild.id
            async with self.library.db.write() as connection:
                if len(await clubs.nominated(connection, owner)) < 3 and self.chance.random() < 0.5:
                    who = self.chance.choice(self.people).id
                    await clubs.nominate(connection, owner, self.chance.choice(self.papers), "", who, self.now)

    def _vote(self) -> None:
        for channel in self.channels:
            for ident, message in channel.messages.items():
                self.server.world.message(channel, ident)
                if "poll" in message and not message["poll"]["results"]["is_finalized"]:
                    polls.vote(message, self.chance.randint(1, len(message["poll"]["answers"])))

    async def _move_on(self) -> None:
        """To the next step of a club, or by some hours, or not at all; Discord forgets nonces within minutes."""
        kind, moments = self.chance.random(), []
        async with self.library.db.read() as connection:
            for channel in self.channels:
                if channel.guild and (session := await sessions.current(connection, channel.guild.id)):
                    moments += [at for at in session.times.model_dump().values() if at > self.now]
        if kind < 0.6:
            by = min(moments) - self.now if moments else timedelta(days=1)
            self.server.world.ahead += by + timedelta(minutes=self.chance.choice((0, 1, 90)))
        elif kind < 0.7:
            self.server.world.ahead += timedelta(hours=self.chance.choice((5, 30, 60)))
        self.server.world.forget_nonces()
        self.program.settings["AHEAD_S"] = str(self.server.world.ahead.total_seconds())

    async def kill_once(self) -> None:
        """Run the program a little later, and kill it at a random point."""
        await self._nominate()
        self._vote()
        await self._move_on()
        stage, number = self.chance.choice(STAGES), self.chance.randint(1, 3)
        fired = asyncio.Event()

        async def look(now: str, call: Call) -> None:
            nonlocal number
            if now == stage and makes_something(call) and "callback" not in call.route:
                number -= 1
                if number == 0 and self.program.is_running:
                    self.program.signal(signal.SIGKILL)
                    fired.set()

        self.server.on_stage = look
        await self.program.start()
        if self.chance.random() < 0.9:
            with contextlib.suppress(RuntimeError):  # It was killed before it was ready.
                await self.program.ready(START_S)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(fired.wait(), WAIT_S * self.chance.uniform(0.5, 1.0))
        self.server.on_stage = None
        self.killed[stage if fired.is_set() else "at a time"] += 1
        await self.program.kill()

    async def settle(self) -> None:
        """Let the program finish what it began, without faults and kills."""
        self.server.faults = Seeded(0, 0.0, makes_something)
        await self.program.start()
        ends = clock.monotonic() + SETTLE_S
        while await self._waiting() and clock.monotonic() < ends:  # noqa: ASYNC110 - the other side's state
            await asyncio.sleep(0.3)
        await asyncio.sleep(3)
        await self.program.stop()

    async def _waiting(self) -> int:
        sql = (
            "SELECT count(*) FROM scheduled_messages LEFT JOIN posts ON posts.id = post_id"
            " WHERE dropped IS NULL AND message_id IS NULL"
        )
        async with self.library.db.read() as connection:
            ((count,),) = await connection.execute_fetchall(sql)
        return int(count)

    async def judge(self) -> dict[str, int]:
        """What was lost or made twice, and how much there was."""
        world = self.server.world
        tokens = Counter(
            state.token
            for channel in world.channels.values()
            for message in channel.messages.values()
            for one in payloads.controls(message)
            if (state := MessageReason.parse(one["custom_id"]))
        )
        questions = Counter(
            (channel.id, message["poll"]["question"]["text"])
            for channel in self.channels
            for message in channel.messages.values()
            if "poll" in message
        )
        events = Counter(event["description"] for guild in world.guilds.values() for event in guild.events.values())
        async with self.library.db.read() as connection:
            wanted = await connection.execute_fetchall("SELECT token FROM scheduled_messages WHERE dropped IS NULL")
            late = await connection.execute_fetchall("SELECT 1 FROM scheduled_messages WHERE dropped IS NOT NULL")
            held = [
                one
                for channel in self.channels
                if channel.guild
                for one in await sessions.over(connection, channel.guild.id)
            ]
        lost = [row[0] for row in wanted if row[0] not in tokens]
        lost_events = [one for one in held if one.event_id and not any(one.code in said for said in events)]
        lost_threads = [one for one in held if one.thread_id and one.thread_id not in world.channels]
        twice = [sum(count - 1 for count in counts.values()) for counts in (tokens, questions, events)]
        assert self.server.violations == [], self.server.violations[:3]
        return {
            "sessions": len(held),
            "read": sum(one.state == "held" for one in held),
            "messages": len(tokens),
            "dropped": len(list(late)),
            "polls": len(questions),
            "events": len(events),
            "threads": sum(channel.parent is not None for channel in world.channels.values()),
            "lost": len(lost) + len(lost_events) + len(lost_threads),
            "doubled": sum(twice),
        }


async def run(kills: int, seed: int, folder: Path, *, rate: float = 0.15) -> dict[str, int]:
    """The whole run; returns the figures."""
    faults = Seeded(seed, rate, makes_something)
    library = await Library.open(folder / "lectern.db")
    try:
        async with Server(faults=faults, limits=Limits(bucket=5, bucket_s=1.0)) as server:
            chaos = ClubChaos(library, server, Program(server, folder), random.Random(seed))
            await chaos.set_up()
            try:
                for number in range(1, kills + 1):
                    await chaos.kill_once()
                    if number % 20 == 0:
                        print(f"{number} kills, {chaos.now:%Y-%m-%d}", flush=True)
                await chaos.settle()
            finally:
                if chaos.program.is_running:
                    await chaos.program.kill()
            print(f"killed: {dict(chaos.killed)}\nfaults: {faults.drawn}")
            return await chaos.judge() | {"kills": kills}
    finally:
        await library.close()


def main() -> None:
    """Print what happened, and the figures as one JSON object in the last line; exit status 1 where one is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(run(asked.kills, asked.seed, Path(folder)))
    print(json.dumps(figures))
    raise SystemExit(bool(figures["lost"] or figures["doubled"]))


if __name__ == "__main__":
    main()
