"""Catching up on what came while somebody was away, in the channels that they can read."""

from __future__ import annotations

from datetime import timedelta

import discord
import time_machine

from tests.discord.server import Server, labels, press, shown, text


async def test_somebody_catches_up_with_what_they_follow_first(server: Server, clock: time_machine.Traveller) -> None:
    max_, lounge = server.scene.member, server.scene.channels["lounge"]
    await server.confirm(server.papers, query="looms|agents|norse")
    await server.arrive("Old Looms", "Web Agents")
    seen = shown(await max_.slash(lounge, "catchup"))
    assert seen.ephemeral and "### 2 papers since 22 Feb 2027" in text(seen)
    assert f"in <#{server.papers.id}>" in text(seen)
    assert "Show in channel" not in labels(seen)
    clock.shift(timedelta(days=3))
    await max_.click(shown(await max_.slash(lounge, "mine", follow="norse")), label="Follow for me")
    await server.arrive(*(f"Looms of Lyon {number}" for number in range(5)))
    await server.arrive("Norse Grammar")
    await server.arrive("Agents at Sea")
    await server.restart()
    since = text(shown(await max_.slash(lounge, "catchup")))
    assert "### 9 papers since 1 Mar 2027" in since, "the day of the last time is shown again"
    assert "1 of them for what you follow" in since
    assert since.index("Norse Grammar") < since.index("Agents at Sea") < since.index("Looms of Lyon")
    assert "**for** “norse”" in since
    later = shown(await max_.slash(lounge, "catchup", since="2d"))
    assert "### 7 papers since" in text(later)
    second = shown(await max_.click(later, label="▶"), later)
    assert "Looms of Lyon" in text(second) and "Norse" not in text(second)
    opened = shown(await max_.click(second, label="1"), second)
    assert "← Back" in labels(opened)


async def test_what_somebody_cannot_read_is_not_told(server: Server) -> None:
    max_, lounge = server.scene.member, server.scene.channels["lounge"]
    channel = server.client.get_channel(server.papers.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, view_channel=True, send_messages=True, read_message_history=True)
    await channel.set_permissions(channel.guild.default_role, view_channel=False)
    await server.confirm(server.papers, query="looms")
    await server.arrive("Old Looms")
    assert server.papers.history()
    assert "Nothing came since" in text(shown(await max_.slash(lounge, "catchup")))
    assert "Nothing came since" in await press(max_, server, "missed:2020-01-01:0", lounge)
    assert "Old Looms" in text(shown(await server.admin.slash(lounge, "catchup")))
    assert "is no date" in text(shown(await max_.slash(lounge, "catchup", since="soon")))


async def test_what_people_showed_is_part_of_it(server: Server) -> None:
    max_, lounge = server.scene.member, server.scene.channels["lounge"]
    await server.arrive("Old Looms", notify=False)
    await max_.slash(lounge, "paper", title="Old Looms")
    told = text(shown(await server.admin.slash(lounge, "catchup")))
    assert f"in <#{lounge.id}> · by <@{max_.user.id}>" in told
