"""The bot does for a person only what that person may do: its own rights, here all of them, do not stand in for theirs."""

from __future__ import annotations

from typing import Any

import discord
import pytest
import simcord

from tests.discord.conversation import walk
from tests.discord.server import Server, components_of, press, shown, text


def moderator(server: Server, **rights: bool) -> simcord.MemberActor:
    """Somebody who may manage channels, and what else is said."""
    guild = server.scene.guild
    role = guild.create_role("Moderators", permissions=discord.Permissions(manage_channels=True, **rights))
    return guild.add_member(server.scene.env.create_user("mia"), roles=[role])


def channel_without(server: Server, who: simcord.MemberActor, *rights: str) -> Any:
    """A channel in which that person lacks rights that the bot has."""
    overwrite = discord.PermissionOverwrite(**dict.fromkeys(rights, False))
    return server.scene.guild.create_text_channel("announcements", overwrites={who: overwrite})


async def subscribe(who: simcord.MemberActor, channel: Any, **options: Any) -> simcord.ResponseMessage:
    return shown(await who.slash(channel, "subscribe", query="agents", **options))


async def test_a_role_is_mentioned_only_for_who_may_mention_it(server: Server) -> None:
    guild = server.scene.guild
    closed, open_to_all = guild.create_role("Closed"), guild.create_role("Open", mentionable=True)
    mia = moderator(server)
    assert "You may not mention that role" in text(await subscribe(mia, server.papers, role=closed))
    assert f"<@&{open_to_all.id}>" in text(await subscribe(mia, server.papers, role=open_to_all))
    assert f"<@&{closed.id}>" in text(await subscribe(server.admin, server.papers, role=closed))


async def test_who_may_mention_everyone_may_mention_any_role_if_the_bot_may_too(server: Server) -> None:
    closed = server.scene.guild.create_role("Closed")
    mia = moderator(server, mention_everyone=True)
    assert f"<@&{closed.id}>" in text(await subscribe(mia, server.papers, role=closed))
    bot = server.scene.guild.me
    assert bot is not None
    own = next(role for role in bot.roles if role.permissions.mention_everyone)
    rights = discord.Permissions.all()
    rights.update(administrator=False, mention_everyone=False)
    server.scene.env.backend.edit_role(server.scene.guild.id, own.id, {"permissions": rights.value})
    assert "I may not mention that role" in text(await subscribe(mia, server.papers, role=closed))


async def test_the_right_to_mention_is_asked_again_at_confirm_and_when_a_subscription_is_edited(server: Server) -> None:
    guild = server.scene.guild
    role = guild.create_role("Readers", mentionable=True)
    mia = moderator(server)
    early, late = [await subscribe(mia, server.papers, role=role) for _ in range(2)]
    await mia.click(early, label="Confirm")
    (one,) = await server.subscribed(server.papers)
    server.scene.env.backend.edit_role(guild.id, role.id, {"mentionable": False})
    refused = shown(await mia.click(late, label="Confirm"))
    assert "You may not mention that role" in text(refused)
    changes = {"query": "tools", "cadence": ["now"], "at": "08:30 UTC", "cap": "10", "role": [role]}
    for actor, says in ((mia, "You may not mention that role"), (server.admin, "Changed")):
        listed = shown(await actor.slash(server.papers, "subscriptions"))
        form = await actor.click(shown(await actor.click(listed, label="Manage")), label="Edit")
        assert says in text(shown(await actor.submit_modal(form, changes)))
    (edited,) = await server.subscribed(server.papers)
    assert (edited.id, edited.options.role_id) == (one.id, role.id)


@pytest.mark.parametrize(
    ("lacking", "own_thread", "named"),
    [
        ("send_messages", False, "Send Messages"),
        ("create_public_threads", True, "Create Public Threads"),
        ("send_messages_in_threads", True, "Send Messages In Threads"),
    ],
)
async def test_a_channel_gets_no_posts_by_who_may_not_write_there(
    server: Server, lacking: str, own_thread: bool, named: str
) -> None:
    mia = moderator(server)
    channel = channel_without(server, mia, lacking)
    assert f"You lack permissions here: {named}" in text(await subscribe(mia, channel, thread=own_thread))
    assert "Subscribe this channel?" in text(await subscribe(server.admin, channel, thread=own_thread))


async def test_the_right_to_write_is_asked_again_at_confirm(server: Server) -> None:
    mia = moderator(server)
    preview = await subscribe(mia, server.papers)
    confirm = next(c["custom_id"] for c in walk(components_of(preview)) if c.get("label") == "Confirm")
    everyone = discord.Permissions(view_channel=True, use_application_commands=True)
    guild = server.scene.guild
    server.scene.env.backend.edit_role(guild.id, guild.default_role.id, {"permissions": everyone.value})
    assert "You lack permissions here: Send Messages" in await press(mia, server, confirm, server.papers)
    assert not await server.subscribed(server.papers)


@pytest.mark.parametrize(("lacking", "private"), [("send_messages", True), ("embed_links", False)])
async def test_who_may_not_write_in_a_channel_gets_answers_that_nobody_else_sees(
    server: Server, lacking: str, private: bool
) -> None:
    await server.arrive("Web Agents")
    member = server.scene.member
    channel = channel_without(server, member, lacking)
    assert shown(await member.slash(channel, "search", query="agents")).ephemeral == private
