"""People who ask while hosts are killed: is every interaction answered once by whoever was there to answer?

An answer counts as missing if the first one has not come within Discord's 3 s, if after a deferral nothing to see
came, or if it says that something went wrong in the program. It is excused where nobody could give it: the host's
connection ended meanwhile, or the host stood still or was cut off from Discord. PostgreSQL that is gone excuses nothing,
since a sentence has to say so.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from tests.wire import payloads
from tests.wire.gateway import Connection
from tests.wire.interactions import ANSWER_WITHIN_S, Interaction
from tests.wire.server import Server
from tests.wire.world import Channel, Person

PAUSE_S = (0.1, 0.7)
FINISH_S = 20.0
"""What was deferred is shown after that at the latest, however long statements wait for PostgreSQL."""
LOOK_S = 0.05
LAG_S = 0.5
"""Our own event loop, with the server in it, may be late by so much; what is later may have been answered in time."""


class Askers:
    """Commands and keystrokes at random moments in all guilds, and what became of them."""

    def __init__(self, server: Server, chance: random.Random, words: list[str]) -> None:
        self.server, self.chance, self.words = server, chance, words
        self.person: Person = server.world.add_person("asker")
        self.outcomes: Counter[str] = Counter()
        self.missing: list[str] = []
        """What was not answered though it could have been."""
        self._reachable: list[Interaction] = []
        self._absent: Counter[int] = Counter()
        self._back: dict[int, float] = {}
        self._late = 0.0

    @property
    def answered_twice(self) -> int:
        """How many were given a first answer again, though no way was cut."""
        return sum(asked.answered_again > 0 for asked in self._reachable)

    @contextmanager
    def absent(self, shards: Iterable[int]) -> Iterator[None]:
        """Nobody can answer for these shards as long as the block lasts."""
        shards = list(shards)
        self._absent.update(shards)
        try:
            yield
        finally:
            self._absent.subtract(shards)
            self._back.update(dict.fromkeys(shards, time.monotonic()))

    async def ask_on(self) -> None:
        """Ask again and again until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._watch_lag())
            while True:
                await asyncio.sleep(self.chance.uniform(*PAUSE_S))
                if found := self._somewhere():
                    group.create_task(self._ask(*found))

    def _somewhere(self) -> tuple[Channel, Connection] | None:
        """A channel of a guild, and the connection that carries its events; None where there is none now."""
        guild = self.chance.choice(list(self.server.world.guilds.values()))
        channel = next((one for one in guild.channels if one.body["type"] == payloads.TEXT), None)
        for connection in self.server.gateway.live():
            session = connection.session
            if channel and session and (guild.id >> 22) % session.shards == session.shard:
                return channel, connection
        return None

    def _send(self, channel: Channel) -> Interaction:
        words = self.chance.choice(self.words)
        interactions, kind = self.server.interactions, self.chance.randrange(6)
        # One that types is somebody new: a person's next keystroke makes the one before need no answer.
        person = self.server.world.add_person("typist") if kind == 0 else self.person
        assert channel.guild is not None
        channel.guild.members.setdefault(person.id, payloads.member(person.body, []))
        match kind:
            case 0:
                return interactions.keystroke(person, channel, "paper", "title", words[:9])
            case 1:
                return interactions.slash(person, channel, "subscriptions")
            case 2:
                return interactions.slash(person, channel, "save", paper=words)
            case 3:
                return interactions.slash(person, channel, "search", query=words)
            case 4:
                return interactions.slash(person, channel, "mine")
            case _:
                return interactions.slash(person, channel, "paper", title=words)

    async def _ask(self, channel: Channel, connection: Connection) -> None:
        try:
            asked = self._send(channel)
        except LookupError:
            self.outcomes["before the commands were there"] += 1
            return
        with contextlib.suppress(TimeoutError):
            await asked.answer(ANSWER_WITHIN_S)
        if asked.answered_s is not None:
            with contextlib.suppress(TimeoutError):
                await asked.answer(FINISH_S)
        assert connection.session is not None
        shard = connection.session.shard
        if asked.settled_s is not None and "went wrong" not in json.dumps(
            [asked.callback, asked.original, asked.followups]
        ):
            outcome = "answered"
        elif connection not in self.server.gateway.connections:
            outcome = "the host was gone"
        elif self._was_absent(shard, asked.born):
            outcome = "the host stood still or was cut off"
        elif self._late > asked.born:
            outcome = "the server was late"
        else:
            outcome = "missing"
            what = f"{asked.kind} /{asked.event['data'].get('name')}, shard {shard}, at {time.strftime('%X')}"
            self.missing.append(f"{what}: {asked.answered_s}, {asked.settled_s}, {asked.original}")
        self.outcomes[outcome] += 1
        if not self._was_absent(shard, asked.born):
            # Where the way was cut, the library may send an answer again that had come through.
            self._reachable.append(asked)

    def _was_absent(self, shard: int, since: float) -> bool:
        return self._absent[shard] > 0 or self._back.get(shard, 0.0) > since

    async def _watch_lag(self) -> None:
        while True:
            began = time.monotonic()
            await asyncio.sleep(LOOK_S)
            if (now := time.monotonic()) - began - LOOK_S > LAG_S:
                self._late = now
