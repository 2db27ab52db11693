"""What a server remembers: who showed a paper first, and that another channel had it."""

from __future__ import annotations

from datetime import timedelta

import discord
import time_machine

from tests.discord.server import Server, shown, text


async def test_who_showed_a_paper_first_is_told_on_its_card(server: Server) -> None:
    await server.arrive("Web Agents that Browse")
    max_, lounge = server.scene.member, server.scene.channels["lounge"]
    first = shown(await max_.slash(lounge, "paper", title="Web Agents that Browse", private=True))
    assert "↻" not in text(first)
    assert "↻" not in text(shown(await max_.slash(lounge, "paper", title="Web Agents that Browse"))), (
        "nobody had it yet"
    )
    await server.restart()
    later = text(shown(await server.admin.slash(server.papers, "paper", title="Web Agents that Browse")))
    assert f"↻ Shared by <@{max_.user.id}> in <#{lounge.id}> on" in later


async def test_the_notes_of_the_team_are_counted_on_the_card_and_read_there(server: Server) -> None:
    await server.arrive("Web Agents that Browse")
    max_, lounge = server.scene.member, server.scene.channels["lounge"]
    await max_.slash(
        lounge, "save", paper="Web Agents that Browse", list="team: to read", note="Only *four* sites\nwere tried."
    )
    await max_.slash(lounge, "save", paper="Web Agents that Browse", note="Ask them about seeds.")
    card = shown(await server.admin.slash(lounge, "paper", title="Web Agents that Browse"))
    assert "↻ 1 note" in text(card)
    notes = shown(await server.admin.click(card, label="1 note"))
    assert notes.ephemeral and "Only *four* sites" in text(notes) and "seeds" not in text(notes)
    own = text(shown(await max_.click(card, label="1 note")))
    assert "Ask them about seeds." in own and "for you alone" in own


async def test_what_a_private_channel_had_is_told_there_alone(server: Server) -> None:
    await server.arrive("Web Agents that Browse")
    lounge = server.scene.channels["lounge"]
    channel = server.client.get_channel(server.papers.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, view_channel=True)
    await channel.set_permissions(channel.guild.default_role, view_channel=False)
    await server.admin.slash(server.papers, "paper", title="Web Agents that Browse")
    assert "↻" not in text(shown(await server.admin.slash(lounge, "paper", title="Web Agents that Browse")))
    assert "↻" not in text(shown(await server.admin.slash(server.papers, "paper", title="Web Agents that Browse")))
    await channel.set_permissions(channel.guild.default_role, view_channel=True)
    later = text(shown(await server.scene.member.slash(lounge, "paper", title="Web Agents that Browse")))
    assert f"in <#{server.papers.id}>" in later


async def test_a_paper_is_posted_once_a_server_unless_both_are_wanted(server: Server) -> None:
    lounge = server.scene.channels["lounge"]
    await server.confirm(server.papers, query="agents")
    await server.confirm(lounge, query="browse")
    await server.arrive("Web Agents that Browse", "Shops to Browse")
    posts = {channel.id: [text(one) for one in channel.history()] for channel in (server.papers, lounge)}
    assert sum("Web Agents" in post for of_channel in posts.values() for post in of_channel) == 1
    assert sum("Shops to Browse" in post for post in posts[lounge.id]) == 1
    without = lounge if not any("Web Agents" in post for post in posts[lounge.id]) else server.papers
    why = text(shown(await server.admin.slash(without, "why", paper="Web Agents that Browse")))
    assert "another channel of this server has had it" in why

    for channel in (server.papers, lounge):  # which of them is the first to post is left open
        listed = shown(await server.admin.slash(channel, "subscriptions"))
        managed = shown(await server.admin.click(listed, label="Manage"))
        assert "not what another channel here has had" in text(managed)
        changed = shown(await server.admin.click(managed, label="Post repeats too"), managed)
        assert "also what another channel here has had" in text(changed)
    await server.restart()
    await server.arrive("More Agents Browse")
    both = [post for channel in (server.papers, lounge) for one in channel.history() if "More" in (post := text(one))]
    assert len(both) == 2


async def test_a_private_channel_keeps_nothing_from_a_public_one(server: Server) -> None:
    channel = server.client.get_channel(server.papers.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, view_channel=True, send_messages=True, read_message_history=True)
    await channel.set_permissions(channel.guild.default_role, view_channel=False)
    lounge = server.scene.channels["lounge"]
    await server.confirm(server.papers, query="agents")
    await server.arrive("Web Agents")
    await server.confirm(lounge, query="agents")
    await server.arrive("More Web Agents")
    assert any("More Web Agents" in text(one) for one in lounge.history())
    assert not any("↻" in text(one) for one in lounge.history())


async def test_a_post_that_repeats_a_paper_says_quietly_where_it_was(
    server: Server, clock: time_machine.Traveller
) -> None:
    lounge = server.scene.channels["lounge"]
    await server.confirm(server.papers, query="browse")
    await server.confirm(lounge, query="browse", cadence="daily", repeats=True)
    await server.arrive("Shops to Browse")
    assert [len(channel.history()) for channel in (server.papers, lounge)] == [1, 0]
    await server.restart()
    await server.arrive("Agents Browse", notify=False)
    clock.shift(timedelta(days=1))
    await server.work()
    (post,) = lounge.history()
    assert f"↻ Posted in <#{server.papers.id}> on 1 Mar 2027" in text(post)
    assert "↻" not in text(server.papers.history()[0])
