"""What people follow for themselves: from a button to the digest in their direct messages, which nobody else sees."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from store.guilds import subscriptions
from tests.discord.server import Server, labels, press, shown, text


async def test_somebody_follows_words_a_person_and_a_paper_and_gets_one_digest_a_day(
    server: Server, clock: time_machine.Traveller
) -> None:
    max_, lounge = server.scene.member, server.scene.channels["lounge"]
    await server.arrive("Web Agents that Browse", "Old Norse Syntax", category="cs.CL")
    found = shown(await max_.slash(lounge, "search", query="browse"))
    asked = shown(await max_.click(found, label="Follow"))
    assert asked.ephemeral and "Follow this for yourself?" in text(asked)
    assert "daily at 08:30 (UTC)" in text(asked) and "Follow here" not in labels(asked), (
        "Max may not subscribe channels"
    )
    await server.restart()
    made = shown(await max_.click(asked, label="Follow for me"), asked)
    assert "For you alone" in text(made)

    paper = shown(await max_.slash(lounge, "paper", title="Old Norse Syntax"))
    followed = shown(await max_.click(paper, label="Follow"))
    assert "close to" in text(followed)
    await max_.click(followed, label="Follow for me")
    author = shown(await max_.slash(lounge, "author", name="Ada Bee"))
    await max_.click(shown(await max_.click(author, label="Follow")), label="Follow for me")
    direct = max_.user.dm_channel
    assert len(direct.history()) == 3, "each says that new papers come here"

    await server.restart()
    clock.shift(timedelta(hours=1))
    await server.arrive("How Agents Browse and Click", "How Shops Sell")
    assert len(direct.history()) == 3, "it is not half past eight yet"
    clock.shift(timedelta(hours=1))
    await server.work()
    told = direct.history()[3:]
    assert len([message for message in told if "How Agents Browse and Click" in text(message)]) == 1
    assert len([message for message in told if "How Shops Sell" in text(message)]) == 1
    assert not server.papers.history()
    assert not server.scene.direct.history(), "nobody else is told"

    mine = shown(await max_.slash(lounge, "mine"))
    assert mine.ephemeral and "You follow 3 things" in text(mine)
    paused = shown(await max_.click(mine, label="Pause all"), mine)
    assert "paused" in text(paused)
    await server.arrive("They Browse Again")
    clock.shift(timedelta(days=1))
    await server.restart()
    await server.work()
    assert not any("They Browse Again" in text(message) for message in direct.history())
    await max_.click(paused, label="Resume all")
    clock.shift(timedelta(days=1))
    await server.work()
    assert any("They Browse Again" in text(message) for message in direct.history())
    ended = shown(await max_.click(shown(await max_.slash(lounge, "mine")), label="End all"))
    assert "End all 3" in text(ended)
    await max_.click(ended, label="End all")
    assert "You follow nothing" in text(shown(await max_.slash(lounge, "mine")))


async def test_one_of_them_is_edited_from_a_server_and_by_nobody_else(server: Server) -> None:
    max_, lounge = server.scene.member, server.scene.channels["lounge"]
    asked = shown(await max_.slash(lounge, "mine", follow="agents"))
    await max_.click(asked, label="Follow for me")
    (one,) = await subscriptions.of_person(server.client.library.db, max_.user.id)
    managed = shown(await max_.click(shown(await max_.slash(lounge, "mine")), label="Manage"))
    assert "agents" in text(managed)
    paused = shown(await max_.click(managed, label="Pause"), managed)
    assert "paused" in text(paused)
    assert "no longer here" in await press(server.admin, server, f"sub:resume:{one.token}", server.papers)
    assert "You follow nothing" in text(shown(await server.admin.slash(lounge, "mine")))


async def test_whoever_manages_the_channel_chooses_where(server: Server) -> None:
    await server.arrive("Web Agents that Browse")
    found = shown(await server.admin.slash(server.papers, "search", query="browse"))
    asked = shown(await server.admin.click(found, label="Follow"))
    assert "Follow this here, or for yourself?" in text(asked)
    assert {"Follow here", "Follow for me", "Cancel"} <= set(labels(asked))
    await server.admin.click(asked, label="Follow here")
    assert len(await server.subscribed(server.papers)) == 1
    assert await subscriptions.of_person(server.client.library.db, server.admin.user.id) == []
