"""Subscribing from end to end with the real process: preview, Confirm, papers by `/add` and RSS, posts, `/why`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.wire import payloads
from tests.wire.arxiv import Arxiv
from tests.wire.clients import until
from tests.wire.conftest import Scene
from tests.wire.payloads import Json
from tests.wire.process import Program
from tests.wire.world import MANAGE_CHANNELS, MEMBER_PERMISSIONS, Channel

WHEN = "Time of day and time zone of a digest"


class Lab:
    """The guild, with somebody who may subscribe its channels."""

    def __init__(self, scene: Scene, program: Program) -> None:
        self.scene, self.program = scene, program
        guild = next(iter(scene.world.guilds.values()))
        self.boss = scene.world.add_person("boss", guild, permissions=MEMBER_PERMISSIONS | MANAGE_CHANNELS)

    async def slash(self, name: str, **given: object) -> Json:
        """Send a command and get the answer's message."""
        return await self.scene.interactions.slash(self.boss, self.scene.channel, name, **given).answer()

    async def press(self, message: Json, label: str) -> Json:
        """Press the button with that label under a message."""
        (custom_id,) = [c["custom_id"] for c in payloads.controls(message) if c.get("label") == label]
        return await self.scene.interactions.click(self.boss, self.scene.channel, message, custom_id).answer()

    async def submit(self, form: Json, **texts: str) -> Json:
        """Send a form back."""
        return await self.scene.interactions.submit(self.boss, self.scene.channel, form, **texts).answer()

    async def why(self, paper: str, wanted: str) -> None:
        """Wait until `/why` says that."""
        ends = time.monotonic() + 15
        while wanted not in (answer := said(await self.slash("why", paper=paper))):
            assert time.monotonic() < ends, answer
            await asyncio.sleep(0.2)

    async def add(self, *titles: str) -> None:
        """`/add` with a BibTeX entry for each."""
        entries = (
            f"@article{{k{n}, title={{{title}}}, author={{Abe, Ada}}, year=2026}}" for n, title in enumerate(titles)
        )
        await self.slash("add", private=True, entry="\n".join(entries))


def said(message: Json) -> str:
    """All that is to be read in a message."""
    return "\n".join(payloads.texts(message))


def posted(channel: Channel) -> list[str]:
    """What stands in a channel."""
    return [said(message) for message in channel.messages.values()]


@pytest_asyncio.fixture
async def lab(scene: Scene, tmp_path: Path) -> AsyncIterator[Lab]:
    """The program runs."""
    program = Program(scene, tmp_path)
    program.settings["LECTERN_PERSON_QUESTIONS"] = "1000"  # The tests ask faster than a person.
    lab = Lab(scene, program)
    await program.start()
    await program.ready()
    yield lab
    if program.is_running:
        await program.kill()


async def test_subscribe_preview_posts_and_why(lab: Lab) -> None:
    channel = lab.scene.channel
    await lab.add("Parsers of Yesterday")
    preview = await lab.slash("subscribe", query="parsers -survey", cap=2)
    assert preview["flags"] & payloads.EPHEMERAL
    assert "Parsers of Yesterday" in said(preview)
    await lab.press(preview, "Confirm")
    await lab.add("Parsers One", "Parsers Two", "Parsers Three", "A Survey of Parsers", "Nothing of the Kind")
    await until(lambda: bool(channel.messages), 15)
    (text,) = posted(channel)
    assert "Parsers One" in text
    assert "Parsers Two" in text
    assert "and 1 more" in text
    await lab.why("Parsers One", "Posted")
    await lab.why("Parsers Three", "Over the cap")
    await lab.why("A Survey of Parsers", "Excluded by")
    await lab.why("Nothing of the Kind", "Did not match")
    await lab.why("Parsers of Yesterday", "was in the store before")
    await lab.why("qqqq zzzz", "qqqq")
    managed = await lab.press(await lab.press(await lab.slash("subscriptions"), "Manage"), "Pause")
    await lab.add("Parsers While Paused")
    await lab.why("Parsers While Paused", "Held")
    await lab.press(await lab.press(managed, "Resume"), "Post")
    await lab.why("Parsers While Paused", "Posted")
    assert len(channel.messages) == 2
    assert "Parsers While Paused" in posted(channel)[1]
    # A form: what is changed in it holds from now on.
    form = await lab.press(managed, "Edit")
    changed = await lab.submit(form, **{"Query": "widgets", "How often": "daily", WHEN: "08:30 Asia/Tokyo"})
    assert "widgets" in said(changed)
    assert "daily at 08:30 (Asia/Tokyo)" in said(changed)
    await lab.add("A Theory of Widgets", "Parsers at Last")
    await lab.why("A Theory of Widgets", "To be posted")
    await lab.why("Parsers at Last", "Did not match")
    assert "ERROR" not in lab.program.output()


async def test_announcements_by_rss_are_posted_once_and_new_versions_not_at_all(lab: Lab) -> None:
    channel = lab.scene.channel
    await lab.press(await lab.slash("subscribe", query="cat:cs.CL"), "Confirm")
    await lab.program.stop()
    async with Arxiv() as arxiv:
        lab.program.settings |= arxiv.environment
        arxiv.announced["cs.CL"] = [
            ("2611.00001", "On Parsing & Its <Discontents>", "new"),
            ("2611.00002", "Crossing Lists", "cross"),
            ("2611.00003", "An Old Paper Again", "replace"),
        ]
        await lab.program.start()
        await lab.program.ready()
        await until(lambda: bool(channel.messages), 20)
        await lab.why("2611.00001", "Posted")
        await lab.why("2611.00003", "did not come in as a new paper")
        # A second run asks again only when it is time, and posts nothing twice.
        await lab.program.stop()
        await lab.program.start()
        await lab.program.ready()
        await lab.why("2611.00002", "Posted")
        assert arxiv.asked == ["cs.CL"]
    (text,) = posted(channel)
    assert "Crossing Lists" in text
    assert "On Parsing & Its" in text
    assert "An Old Paper" not in text
    assert "ERROR" not in lab.program.output()


async def test_a_preview_changes_when_arxiv_has_answered_unless_it_was_decided(lab: Lab) -> None:
    interactions, channel = lab.scene.interactions, lab.scene.channel
    await lab.program.stop()
    async with Arxiv() as arxiv:
        lab.program.settings |= arxiv.environment
        arxiv.announced["cs.CL"] = [("2611.00001", "On Parsing", "new"), ("2611.00002", "On Looms", "new")]
        arxiv.open.clear()
        await lab.program.start()
        await lab.program.ready()
        waiting = [interactions.slash(lab.boss, channel, "subscribe", query="parsing cat:cs.CL") for _ in range(2)]
        kept, cancelled = [await one.answer() for one in waiting]
        assert "I am asking now" in said(kept)
        await lab.press(cancelled, "Cancel")
        arxiv.open.set()
        await until(lambda: "of the 2 papers that arXiv announced in" in said(waiting[0].original or {}), 15)
        await asyncio.sleep(0.5)
        assert "Cancelled" in said(waiting[1].original or {})
        assert arxiv.asked == ["cs.CL"]
        assert "Subscribed" in said(await lab.press(waiting[0].original or {}, "Confirm"))
    assert "ERROR" not in lab.program.output()
