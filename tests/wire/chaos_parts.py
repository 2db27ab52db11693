"""The parts of the chaos test: each makes things happen, and says what has to be in which channel once.

A part is told from its messages by their text, and what it expects follows from what it did, not from the store. A new
part is a class like these, named in `PARTS`.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import ClassVar

from store import ingest
from store.catalog import papers
from store.guilds import subscriptions, watches
from store.guilds.schedule import Schedule
from store.guilds.watches import Watcher
from store.library import Library
from store.models import Authorship, Identifier, Paper, PaperRecord, ParsedSource, Source
from store.search.parser import parse
from tests.wire import payloads
from tests.wire.server import Server
from tests.wire.world import Channel

CATEGORIES = ("cs.CL", "cs.LG", "cs.IR", "cs.AI", "stat.ML", "math.CO")
WORDS = ("lattice", "widget", "tensor")

Told = tuple[int, str]
"""A channel's id, and what it is told there."""


@dataclass
class Place:
    """The store and the server, with the channels in which something may be told, and the ids of their guilds."""

    library: Library
    server: Server
    chance: random.Random
    channels: list[tuple[Channel, int]] = field(default_factory=list)
    person: int = 0

    def fill(self) -> None:
        """Channels of every kind."""
        world = self.server.world
        person = world.add_person("ann")
        self.person = person.id
        for shard, name in enumerate(("Lab", "Group")):
            guild = world.add_guild(name, (shard, 2))
            guild.members[person.id] = payloads.member(person.body, [])
            made = [world.add_channel(guild, f"papers-{number}") for number in range(3)]
            made.append(world.add_channel(guild, "news", payloads.ANNOUNCEMENT))
            made.append(world.add_thread(guild.channels[0], "its own", 10_080))
            self.channels += [(channel, guild.id) for channel in made]
        self.channels.append((world.direct(person.id), 0))


class Part:
    """Something that has to be told once. `expected` is what was to be told so far."""

    message: ClassVar[re.Pattern[str]]
    """What in a text tells something; its groups are what."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.expected: set[Told] = set()

    async def begin(self) -> None:
        """Prepare; before the program is started for the first time."""
        raise NotImplementedError

    async def happen(self, count: int) -> None:
        """So many things happen, by this process, while the bot runs in another."""
        raise NotImplementedError

    def told(self, text: str) -> set[str]:
        """What a text tells."""
        return {" ".join(found.groups()) for found in self.message.finditer(text)}


class NewPapers(Part):
    """Papers that subscriptions post: which go where follows from their categories and words."""

    message = re.compile(r"Chaos study (\d{6})")

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.follows: dict[int, set[str]] = {}
        self.of_term: dict[str, set[str]] = defaultdict(set)
        """The papers of each category and word."""
        self.papers = 0

    async def begin(self) -> None:
        """Subscriptions that overlap."""
        chance, now = self.place.chance, datetime.now(UTC)
        options = subscriptions.Options(schedule=Schedule(cadence="now"), cap=subscriptions.MAX_CAP)
        for channel, guild in self.place.channels:
            wanted = {*chance.sample(CATEGORIES, 2), chance.choice(WORDS)}
            self.follows[channel.id] = wanted
            scope = subscriptions.Scope(guild, (channel.parent or channel).id)
            for term in sorted(wanted):
                query = parse(f"cat:{term}" if term in CATEGORIES else term)
                await subscriptions.create(
                    self.place.library.db, scope, channel.id, self.place.person, query, options, now
                )

    async def happen(self, count: int) -> None:
        """Store new papers."""
        now, chance = datetime.now(UTC), self.place.chance
        records = []
        for number in range(self.papers, self.papers + count):
            category, word = chance.choice(CATEGORIES), chance.choice(WORDS)
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
            for term in (category, word):
                self.of_term[term].add(f"{number:06d}")
            self.expected |= {
                (channel, f"{number:06d}") for channel, terms in self.follows.items() if terms & {category, word}
            }
        self.papers += count
        await ingest.take(self.place.library.db, "chaos", ParsedSource(papers=tuple(records)))


class WatchedPapers(Part):
    """New versions of papers that channels and a person watch; a source often says the same twice."""

    message = re.compile(r"New version (\d+): Watched study (\d{3})")
    PAPERS = 6

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.versions = [1] * self.PAPERS
        self.watchers: list[set[int]] = [set() for _ in range(self.PAPERS)]
        """The channels in which each paper's versions are told."""

    async def begin(self) -> None:
        """Papers, each watched by one to three channels and often by the person."""
        await self._say(range(self.PAPERS))
        for number in range(self.PAPERS):
            (paper,) = await papers.by_identifiers(self.place.library.db, [self._name(number)])
            for channel, guild in self.place.chance.sample(self.place.channels, self.place.chance.randint(1, 3)):
                watcher = Watcher(guild, channel.id, 0) if guild else watches.of_person(self.place.person)
                await self._watch(watcher, paper)
                self.watchers[number].add(channel.id)

    async def _watch(self, watcher: Watcher, paper: Paper) -> None:
        async with self.place.library.db.write() as connection:
            await watches.start(connection, watcher, paper, self.place.person, datetime.now(UTC))

    async def happen(self, count: int) -> None:
        """New versions of so many papers."""
        chosen = self.place.chance.sample(range(self.PAPERS), min(count, self.PAPERS))
        for number in chosen:
            self.versions[number] += 1
            self.expected |= {(channel, f"{self.versions[number]} {number:03d}") for channel in self.watchers[number]}
        for _ in range(self.place.chance.choice((1, 2))):
            await self._say(chosen)

    async def _say(self, numbers: range | list[int]) -> None:
        now = datetime.now(UTC)
        records = tuple(
            PaperRecord(
                source=Source(kind="arxiv", name="chaos", retrieved=now),
                title=f"Watched study {number:03d}",
                abstract=f"It has {self.versions[number]} versions.",
                authors=(Authorship(name=f"Bo Watched{number}", position=1),),
                version=self.versions[number],
                identifiers=(self._name(number),),
            )
            for number in numbers
        )
        await ingest.take(self.place.library.db, "chaos", ParsedSource(papers=records))

    @staticmethod
    def _name(number: int) -> Identifier:
        return Identifier(scheme="arxiv", value=f"2610.{number:05d}")


PARTS: tuple[type[Part], ...] = (NewPapers, WatchedPapers)
