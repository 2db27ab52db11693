"""The real process between two guilds that do not know each other: the victims', and that of a stranger.

The stranger is a plain member of their own guild and may write to the bot directly. An attack is a function that takes
the scene. What the victims see is taken before and after it, as the bytes of their cards, and while it goes on one of
them asks again and again, so that a delay shows.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from store import ingest
from store.library import Library
from store.models import ParsedSource
from tests.attacks.services import Services
from tests.support.limits_off import UNLIMITED
from tests.wire import payloads
from tests.wire.clients import until
from tests.wire.interactions import Interaction
from tests.wire.made_papers import author, made_papers, title
from tests.wire.payloads import Json
from tests.wire.process import Program
from tests.wire.server import Server
from tests.wire.world import MANAGE_CHANNELS, MEMBER_PERMISSIONS, Channel, Person

_NO_LIMITS = {f"LECTERN_{name.upper()}": str(value) for name, value in UNLIMITED.items()}
PAPERS = 60
ANSWER_WITHIN_S = 3.0
"""Discord's own limit: the victims' answers come within it, whatever others do."""
ASKED_EVERY_S = 0.25


@dataclass
class Scene:
    """Two guilds, their people, the process and the services that it asks."""

    server: Server
    program: Program
    services: Services
    channel: Channel
    boss: Person
    ann: Person
    stranger: Person
    strangers: Channel
    direct: Channel
    share: float
    """How much of the full attack, from 0 to 1."""
    waits: list[float] = field(default_factory=list)
    """Seconds that the victims waited for answers during the attack."""
    told_so_far: list[str] = field(default_factory=list)
    """What the stranger read in the answers to the attack."""
    before: dict[str, bytes] = field(default_factory=dict)
    """What the victims saw before the attack."""

    def ask(self, name: str, /, where: Channel | None = None, **given: object) -> Interaction:
        """A command of the stranger's, in their guild unless said otherwise."""
        return self.server.interactions.slash(self.stranger, where or self.strangers, name, **given)

    async def told(self, name: str, /, where: Channel | None = None, **given: object) -> str:
        """What the stranger reads in the answer to it; it may take as long as an attack may last."""
        self.told_so_far.append(said(await self.ask(name, where, **given).answer(60)))
        return self.told_so_far[-1]

    async def add(self, entry: str, where: Channel | None = None) -> str:
        """`/add` with that text, by the stranger."""
        return await self.told("add", where, entry=entry, private=True)

    async def attach(
        self, name: str, content: bytes, where: Channel | None = None, *, content_type: str = "text/plain",
        size: int | None = None,
    ) -> str:  # fmt: skip
        """`/add` with that file, by the stranger."""
        file = self.server.world.add_file(name, content, content_type, size)
        return await self.told("add", where, file=file, private=True)

    async def victim(self, name: str, by: Person | None = None, /, **given: object) -> Json:
        """The answer to a victim's command, by one who may manage the channel and has asked nothing before."""
        guild = self.channel.guild
        assert guild is not None
        person = by or self.server.world.add_person("v", guild, permissions=self.boss.permissions)
        return await self.server.interactions.slash(person, self.channel, name, **given).answer(20)

    async def press(self, message: Json, label: str) -> Json:
        """The answer to a victim's press of the button with that label."""
        (custom_id,) = [c["custom_id"] for c in payloads.controls(message) if c.get("label") == label]
        return await self.server.interactions.click(self.boss, self.channel, message, custom_id).answer(20)

    async def seen(self) -> dict[str, bytes]:
        """The bytes of the victims' cards, by what they asked, and of what was posted in their channel."""
        asked: list[tuple[str, Mapping[str, object]]] = [
            *(("paper", {"title": title(number)}) for number in (0, 1, 2, 59)),
            *(("author", {"name": author(number, 0)}) for number in (0, 1)),
            *(("search", {"query": query}) for query in ("sparse", "cat:cs.CL", "year:2020")),
            ("cite", {"paper": title(1)}),
            ("related", {"paper": title(2)}),
            ("summary", {"paper": title(3)}),
            ("subscriptions", {}),
        ]
        cards = {
            f"/{name} {' '.join(map(str, given.values()))}": _bytes(await self.victim(name, private=True, **given))
            if name != "subscriptions"
            else _bytes(await self.victim(name))
            for name, given in asked
        }
        cards["posts"] = b"\n".join(_bytes(message) for message in self.channel.messages.values())
        return cards

    async def changed(self) -> list[str]:
        """What the victims do not see as it was before the attack."""
        after = await self.seen()
        return [asked for asked in self.before if after[asked] != self.before[asked]]

    async def victims_own(self, entry: str) -> str:
        """The victims add a paper of their own that is posted, which is no harm; returns the post, and removes it."""
        assert not await self.changed()
        count = len(self.channel.messages)
        await self.victim("add", entry=entry, private=True)
        await until(lambda: len(self.channel.messages) > count, 20)
        (made,) = list(self.channel.messages)[count:]
        post = said(self.channel.messages.pop(made))
        self.before = await self.seen()
        return post

    @asynccontextmanager
    async def watched(self) -> AsyncIterator[None]:
        """Have a victim ask again and again; `waits` has the times."""
        self.waits = []
        asking = asyncio.create_task(self._ask_on())
        try:
            yield
        finally:
            await asyncio.sleep(ASKED_EVERY_S)
            asking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asking

    async def _ask_on(self) -> None:
        guild = self.channel.guild
        assert guild is not None
        for number in itertools.count():
            person = self.server.world.add_person("v", guild)
            asked = self.server.interactions.slash(
                person, self.channel, "paper", title=title(number % PAPERS), private=True
            )
            begun = time.monotonic()
            try:
                await asked.answer(60)
            finally:
                self.waits.append(asked.settled_s or time.monotonic() - begun)
            await asyncio.sleep(ASKED_EVERY_S)


Attack = Callable[[Scene], Awaitable[None]]
"""Its docstring is its name; it raises AssertionError where the stranger is shown or given what they must not have."""


@dataclass(frozen=True)
class Outcome:
    """What came of an attack; `harm` is empty where it was refused or harmless."""

    attack: str
    harm: Sequence[str]
    told: Sequence[str]
    """What the stranger read."""
    slowest_answer_s: float
    seconds: float
    rss_mb: float


@asynccontextmanager
async def staged(share: float = 1.0, *, limited: bool = False) -> AsyncIterator[Scene]:
    """The scene with its papers and a subscription of the victims', in a process that runs.

    Unless it is `limited`, people may ask as often as they like, so that limits do not stand before what is tried.
    """
    with TemporaryDirectory() as folder:
        async with Server() as server, Services() as services:
            world = server.world
            lab, others = world.add_guild("Lab"), world.add_guild("Strangers")
            channel, strangers = world.add_channel(lab, "papers"), world.add_channel(others, "talk")
            boss = world.add_person("boss", lab, permissions=MEMBER_PERMISSIONS | MANAGE_CHANNELS)
            ann, stranger = world.add_person("ann", lab), world.add_person("mallory", others)
            run_in = Path(folder) / "run"
            run_in.mkdir()
            program = Program(server, run_in)
            program.settings |= services.environment | ({} if limited else _NO_LIMITS)
            library = await Library.open(program.db)
            await ingest.take(library.db, "made", ParsedSource(papers=tuple(made_papers(PAPERS))))
            await library.close()
            direct = world.direct(stranger.id)
            scene = Scene(server, program, services, channel, boss, ann, stranger, strangers, direct, share)
            await program.start()
            try:
                await program.ready()
                await scene.press(await scene.victim("subscribe", boss, query="looms"), "Confirm")
                yield scene
            finally:
                if program.is_running:
                    await program.kill()


async def carry_out(scene: Scene, attack: Attack) -> Outcome:
    """Attack, and compare what the victims see with what they saw before."""
    name = (attack.__doc__ or "").strip().splitlines()[0]
    harm: list[str] = []
    log = len(scene.program.output())
    scene.server.violations.clear()
    scene.before, scene.told_so_far = await scene.seen(), []
    began = time.monotonic()
    try:
        async with scene.watched():
            await attack(scene)
    except (AssertionError, TimeoutError) as error:
        harm.append(f"{type(error).__name__}: {error}")
    seconds = time.monotonic() - began
    try:
        harm += [f"{asked} is not what it was" for asked in await scene.changed()]
    except TimeoutError:
        harm.append("the victims get no answers any more")
    if max(scene.waits) > ANSWER_WITHIN_S:
        harm.append(f"a victim waited {max(scene.waits):.1f} s for an answer")
    harm += [f"Discord refuses a card: {problem}" for problem in scene.server.violations]
    harm += [f"logged: {line[:200]}" for line in scene.program.output()[log:].splitlines() if "ERROR" in line]
    rss = scene.program.rss_mb() if scene.program.is_running else 0.0
    return Outcome(name, harm, tuple(scene.told_so_far), max(scene.waits), seconds, rss)


def said(message: Json) -> str:
    """All that is to be read in an answer."""
    return "\n".join(payloads.texts(message))


def _bytes(message: Json) -> bytes:
    """What people see of a message, without what is its own, such as its id and the time."""
    return json.dumps([message["content"], message["components"]], sort_keys=True).encode()
