"""What comes first when more is asked than can be answered: deferrals, then commands in their order, then keystrokes."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from discord import app_commands

from bot.client import Lectern
from bot.composition import make_client, open_services
from bot.library_opening import open_library
from bot.settings import Settings
from commands.admission import AT_ONCE, EACH, Keystrokes
from commands.context import Interaction
from commands.respond import reply
from commands.views import paper_cards
from commands.views.layout import CardView
from store import ingest
from store.errors import TooBusyError
from store.models import ParsedSource
from store.storage.database import READERS_EACH
from store.turns import ASKER, Turns, elsewhere
from tests.seeds.asking import gone
from tests.support.limits_off import UNLIMITED
from tests.wire import payloads
from tests.wire.clients import connected, until
from tests.wire.conftest import Scene
from tests.wire.made_papers import made_papers, title
from tests.wire.world import Channel, Person

DEFERRED = 5


class Thinking:
    """The command `/think about:…`, which is answered when a test says so."""

    def __init__(self, client: Lectern) -> None:
        self.client = client
        self.begun: list[str] = []
        self.may_end: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        client.tree.add_command(app_commands.Command(name="think", description="Thinks", callback=self._think))

    async def _think(self, interaction: Interaction, about: str, private: bool = False) -> None:
        await reply(interaction, self._thought(about), private=private)

    async def _thought(self, about: str) -> CardView:
        self.begun.append(about)
        await self.may_end[about].wait()
        if about == "too much":
            raise TooBusyError
        return paper_cards.message(about)


@pytest_asyncio.fixture
async def thinking(scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Thinking]:
    """The client on a store of made papers, connected."""
    monkeypatch.setattr("commands.respond.DEFER_AFTER_S", 0.1)
    chosen = gone() | UNLIMITED
    settings = Settings(_env_file=None, db=tmp_path / "lectern.db", watch=False, **chosen)
    async with open_library(settings) as library, open_services(settings, library) as services:
        await ingest.take(library.db, "made", ParsedSource(papers=tuple(made_papers(20))))
        client = make_client(settings, library, services)
        thinking = Thinking(client)
        async with connected(client, scene):
            await until(lambda: bool(client.command_ids))
            yield thinking


def elsewhere_in(scene: Scene) -> tuple[Person, Channel]:
    """A member of another guild, and where they write."""
    guild = scene.world.add_guild("Other lab")
    return scene.world.add_person("bob", guild), scene.world.add_channel(guild, "papers")


async def test_what_waits_is_deferred_as_it_will_be_shown(scene: Scene, thinking: Thinking) -> None:
    ask = scene.interactions.slash
    sent = [ask(scene.ann, scene.channel, "think", about=f"{n}", private=n % 2 == 1) for n in range(2 * EACH)]
    await until(lambda: all(one.callback is not None for one in sent))
    assert len(thinking.begun) == EACH, "the others have not begun"
    for number, one in enumerate(sent):
        assert one.callback and one.callback["type"] == DEFERRED
        assert bool((one.callback.get("data") or {}).get("flags", 0) & payloads.EPHEMERAL) == (number % 2 == 1)
        assert one.settled_s is None
    for number, one in enumerate(sent):
        thinking.may_end[f"{number}"].set()
        assert payloads.texts(await one.answer()) == [f"{number}"]
    assert thinking.begun == [f"{number}" for number in range(2 * EACH)]


async def test_what_comes_when_others_wait_is_deferred_at_once(
    scene: Scene, thinking: Thinking, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("commands.respond.DEFER_AFTER_S", 60.0)
    begun = [scene.interactions.slash(scene.ann, scene.channel, "think", about="long") for _ in range(EACH + 1)]
    await until(lambda: thinking.client.work.waiting() == 1)
    last = scene.interactions.slash(scene.ann, scene.channel, "think", about="long")
    await until(lambda: last.callback is not None)
    assert all(one.callback is None for one in begun)
    thinking.may_end["long"].set()
    for one in (*begun, last):
        await one.answer()


async def test_a_stalled_store_delays_no_deferral(scene: Scene, thinking: Thinking) -> None:
    going_on = asyncio.Event()

    async def hold() -> None:
        ASKER.set(next(iter(scene.world.guilds)))
        async with thinking.client.library.db.read():
            await going_on.wait()

    held = [asyncio.create_task(hold()) for _ in range(READERS_EACH)]
    asked = [scene.interactions.slash(scene.ann, scene.channel, "paper", title=title(3)) for _ in range(3 * AT_ONCE)]
    await until(lambda: all(one.callback is not None for one in asked))
    assert [one.callback and one.callback["type"] for one in asked] == [DEFERRED] * len(asked)
    going_on.set()
    for one in asked:
        assert any(title(3) in text for text in payloads.texts(await one.answer()))
    await asyncio.gather(*held)


async def test_a_guild_that_floods_keeps_no_other_waiting(scene: Scene, thinking: Thinking) -> None:
    flood = [scene.interactions.slash(scene.ann, scene.channel, "think", about="flood") for _ in range(50)]
    bob = elsewhere_in(scene)
    await until(lambda: thinking.begun == ["flood"] * EACH)
    assert payloads.texts(await scene.interactions.slash(*bob, "paper", title=title(3)).answer())
    typed = await scene.interactions.keystroke(*bob, "paper", "title", title(3)[:8]).answer()
    assert typed["choices"]
    assert thinking.begun == ["flood"] * EACH < ["flood"] * AT_ONCE
    thinking.may_end["flood"].set()
    for one in flood:
        await one.answer()


async def test_keystrokes_are_dropped_first(scene: Scene, thinking: Thinking) -> None:
    scene_keystroke = scene.interactions.keystroke
    before = await scene_keystroke(scene.ann, scene.channel, "paper", "title", title(3)[:8]).answer()
    assert before["choices"]
    waiting = [scene.interactions.slash(scene.ann, scene.channel, "think", about="long") for _ in range(EACH + 1)]
    await until(lambda: thinking.begun == ["long"] * EACH)
    cat = scene.world.add_person("cat", next(iter(scene.world.guilds.values())))
    overtaken = scene_keystroke(cat, scene.channel, "paper", "title", title(3)[:7])
    last = scene_keystroke(cat, scene.channel, "paper", "title", title(3)[:8])
    assert (await last.answer())["choices"] == []
    assert overtaken.callback is None
    thinking.may_end["long"].set()
    for one in waiting:
        await one.answer()
    after = await scene_keystroke(cat, scene.channel, "paper", "title", title(3)[:8]).answer()
    assert after["choices"] == before["choices"]


async def test_who_waits_for_a_service_leaves_the_turn_to_others(scene: Scene, thinking: Thinking) -> None:
    client, asked, answered = thinking.client, asyncio.Event(), asyncio.Event()
    client.work = Turns(1)
    client.keystrokes = Keystrokes(client.work)

    async def fetched() -> CardView:
        async with elsewhere():
            asked.set()
            await answered.wait()
        return paper_cards.message("fetched")

    async def fetch(interaction: Interaction) -> None:
        await reply(interaction, fetched())

    client.tree.add_command(app_commands.Command(name="fetch", description="Fetches", callback=fetch))
    await client.tree.sync()
    slow = scene.interactions.slash(scene.ann, scene.channel, "fetch")
    await asked.wait()
    assert payloads.texts(await scene.interactions.slash(scene.ann, scene.channel, "paper", title=title(3)).answer())
    answered.set()
    assert payloads.texts(await slow.answer()) == ["fetched"]


async def test_a_card_stays_where_the_store_is_too_busy_for_more(scene: Scene, thinking: Thinking) -> None:
    card = paper_cards.message("all there is")

    async def more() -> CardView | None:
        raise TooBusyError

    card.replacement = more

    async def shown() -> CardView:
        await asyncio.sleep(0.2)
        return card

    async def show(interaction: Interaction) -> None:
        await reply(interaction, shown())

    thinking.client.tree.add_command(app_commands.Command(name="show", description="Shows", callback=show))
    await thinking.client.tree.sync()
    asked = scene.interactions.slash(scene.ann, scene.channel, "show")
    assert payloads.texts(await asked.answer()) == ["all there is"]
    await asyncio.sleep(0.05)
    assert asked.followups == []
