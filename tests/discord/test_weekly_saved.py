"""Each week a channel is told what the team saved, once, whatever was missed."""

from __future__ import annotations

from datetime import timedelta

import time_machine

from tests.discord.server import Server, labels, shown, text


async def a_minute_and_more(server: Server) -> None:
    """The worker looks once a minute."""
    await server.scene.env.advance_time(61)
    await server.work()


async def test_the_most_saved_papers_of_a_week_are_posted_on_monday(
    server: Server, clock: time_machine.Traveller
) -> None:
    max_, lounge = server.scene.member, server.scene.channels["lounge"]
    titles = [f"Looms of Lyon {number}" for number in range(7)]
    await server.arrive(*titles)
    assert "Post weekly here" not in labels(shown(await max_.slash(lounge, "lists")))
    lists = shown(await server.admin.slash(server.papers, "lists"))
    told = text(shown(await server.admin.click(lists, label="Post weekly here")))
    assert "Each Monday at 09:00 (UTC)" in told
    for title in titles:
        await max_.slash(lounge, "save", paper=title, list="team: silk")
    await max_.slash(lounge, "save", paper=titles[3], list="team: looms", note="Read this first.")
    await max_.slash(lounge, "save", paper=titles[4], list="mine")
    await server.restart()
    await a_minute_and_more(server)
    assert not server.papers.history(), "the first Monday is at nine"
    clock.shift(timedelta(hours=3))
    await a_minute_and_more(server)
    (post,) = server.papers.history()
    assert "### Saved this week: 7 papers" in text(post)
    assert f"**1.** **{titles[3]}**\n-# in 2 lists · 1 note" in text(post)
    assert "And 2 more, in /lists." in text(post)
    assert "in 2 lists" not in text(post).replace(f"**1.** **{titles[3]}**\n-# in 2 lists", ""), "lists of one's own"
    opened = shown(await max_.click(post, label="1"))
    assert opened.ephemeral and titles[3] in text(opened)

    clock.shift(timedelta(days=7))
    await server.restart()
    await a_minute_and_more(server)
    assert len(server.papers.history()) == 1, "nothing was saved since"
    await max_.slash(lounge, "save", paper=titles[0], list="team: wool")
    clock.shift(timedelta(days=15))
    await server.restart()
    await a_minute_and_more(server)
    assert len(server.papers.history()) == 1, "what was missed for more than a week is past"
    await max_.slash(lounge, "save", paper=titles[1], list="team: wool")
    clock.shift(timedelta(days=6))
    await a_minute_and_more(server)
    await a_minute_and_more(server)
    (_, second) = server.papers.history()
    assert "### Saved this week: 1 paper\n" in text(second) and titles[1] in text(second)
    lists = shown(await server.admin.slash(server.papers, "lists"))
    await server.admin.click(lists, label="Stop posting weekly here")
    await max_.slash(lounge, "save", paper=titles[2], list="team: wool")
    clock.shift(timedelta(days=7))
    await a_minute_and_more(server)
    assert len(server.papers.history()) == 2
