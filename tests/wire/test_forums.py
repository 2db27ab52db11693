"""Posts of their own in forums, by the real process: what a forum asks for, and what it refuses."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from tests.wire import payloads
from tests.wire.clients import until
from tests.wire.conftest import Scene
from tests.wire.faults import Fault, Script
from tests.wire.payloads import Json
from tests.wire.process import Program
from tests.wire.test_subscriptions import Lab, posted, said
from tests.wire.world import MANAGE_THREADS, SEND_MESSAGES, Channel


class Forum(Lab):
    """A forum with a post in it, in which commands are used."""

    def __init__(self, scene: Scene, program: Program) -> None:
        super().__init__(scene, program)
        self.open(payloads.FORUM)

    def open(self, kind: int) -> None:
        """Go to a new forum of that kind."""
        world = self.scene.world
        self.forum = world.add_channel(next(iter(world.guilds.values())), "reading", kind)
        self.scene.channel = world.add_thread(self.forum, "Questions", 4320)

    async def ask(self, query: str) -> Json:
        """The preview of a subscription with a post of its own."""
        return await self.slash("subscribe", query=query, thread=True)

    async def follow(self, query: str) -> tuple[str, Channel]:
        """What the preview says, and the post that Confirm makes."""
        before, preview = self.scene.world.children(self.forum), await self.ask(query)
        shown = said(preview)
        answer = await self.press(preview, "Confirm")
        (made,) = [thread for thread in self.scene.world.children(self.forum) if thread not in before]
        assert "Subscribed" in said(answer)
        return shown, made

    def tag_of(self, thread: Channel) -> list[str]:
        """The names of the tags of a post."""
        names = {tag["id"]: tag["name"] for tag in self.forum.body["available_tags"]}
        return [names[ident] for ident in thread.body["applied_tags"]]


@pytest_asyncio.fixture
async def lab(scene: Scene, tmp_path: Path) -> AsyncIterator[Forum]:
    """The program runs."""
    program = Program(scene, tmp_path)
    program.settings["LECTERN_PERSON_QUESTIONS"] = "1000"
    lab = Forum(scene, program)
    await program.start()
    await program.ready()
    yield lab
    assert "ERROR" not in program.output()
    if program.is_running:
        await program.kill()


async def test_a_post_has_a_tag_where_the_forum_requires_one(lab: Forum) -> None:
    world = lab.scene.world
    preview, made = await lab.follow("anything")
    assert lab.tag_of(made) == []
    assert "tagged" not in preview
    world.require_tag(lab.forum, "Help", "New Papers", "On cs.CL", moderated=["arXiv papers"])
    preview, made = await lab.follow("parsers cat:cs.CL")
    assert lab.tag_of(made) == ["On cs.CL"]
    assert "tagged “On cs.CL”" in preview
    assert lab.tag_of((await lab.follow("widgets"))[1]) == ["New Papers"]
    world.require_tag(lab.forum, "Help", "Talk")
    preview, made = await lab.follow("gadgets")
    assert lab.tag_of(made) == ["Help"]
    await lab.add("A Theory of Gadgets")
    await until(lambda: len(made.messages) == 2, 15)
    assert "A Theory of Gadgets" in posted(made)[1]


async def test_a_tag_for_moderators_is_used_by_a_moderator_only(lab: Forum) -> None:
    world = lab.scene.world
    world.require_tag(lab.forum, "Talk")
    preview = await lab.ask("widgets")
    world.require_tag(lab.forum, moderated=["Papers"])
    assert "there is none that I may use" in said(await lab.press(preview, "Confirm"))
    assert "there is none that I may use" in said(await lab.ask("widgets"))
    assert "no subscriptions" in said(await lab.slash("subscriptions"))
    world.require_tag(lab.forum)
    assert "there is none that I may use" in said(await lab.ask("widgets"))
    (own,) = [role for role in next(iter(world.guilds.values())).body["roles"] if role["name"] == "lectern"]
    own["permissions"] = str(int(own["permissions"]) | MANAGE_THREADS)
    world.require_tag(lab.forum, moderated=["Papers"])
    assert lab.tag_of((await lab.follow("widgets"))[1]) == ["Papers"]


async def test_a_media_channel_takes_posts_and_one_that_takes_none_says_so(lab: Forum) -> None:
    lab.open(payloads.MEDIA)
    lab.scene.world.require_tag(lab.forum, "Papers")
    assert lab.tag_of((await lab.follow("widgets"))[1]) == ["Papers"]
    preview = await lab.ask("gadgets")
    lab.scene.world.forbid(lab.forum, SEND_MESSAGES)
    assert "I lack permissions here: Send Messages" in said(await lab.press(preview, "Confirm"))
    assert "I lack permissions here: Send Messages" in said(await lab.ask("gadgets"))


async def test_what_only_discord_knows_is_told_in_words(lab: Forum) -> None:
    world, scene = lab.scene.world, lab.scene

    async def refused(query: str) -> str:
        preview = await lab.ask(query)
        (confirm,) = [c["custom_id"] for c in payloads.controls(preview) if c.get("label") == "Confirm"]
        pressed = scene.interactions.click(lab.boss, scene.channel, preview, confirm)
        await until(lambda: bool(pressed.followups))
        return said(pressed.followups[0])

    # The change of the forum is on its way to the bot.
    lab.forum.body["flags"] |= payloads.REQUIRE_TAG
    assert "need a tag" in await refused("widgets")
    lab.forum.body["flags"] = 0
    world.most_threads = 1
    assert "as many open threads as Discord allows" in await refused("widgets")
    world.most_threads = 1000
    scene.faults = Script(lambda call: call.route.endswith("/threads"), [Fault("status", status=400)])
    assert "Discord refused a thread here" in await refused("widgets")
    assert "no subscriptions" in said(await lab.slash("subscriptions"))
    assert len(world.children(lab.forum)) == 1
