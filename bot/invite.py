"""The invitation of the bot into a guild: its address and the permissions that it asks for."""

from __future__ import annotations

import base64
import binascii

import discord

PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    embed_links=True,
    attach_files=True,
    read_message_history=True,
    create_public_threads=True,
    send_polls=True,
    create_events=True,
)
"""What the bot needs in a guild: to post papers, to find its own posts in a channel's history, and for the journal club
polls, events and threads."""


def invite(application_id: str | None) -> str:
    """The address at which an administrator adds the bot to a guild."""
    url = discord.utils.oauth_url(0, permissions=PERMISSIONS, scopes=("bot", "applications.commands"))
    return url.replace("client_id=0", f"client_id={application_id or 'APPLICATION_ID'}")


def application_of(token: str) -> str | None:
    """The application's id, which is the first part of its token; None where the token does not have that form."""
    part = token.partition(".")[0]
    try:
        text = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        return None
    return text if text.isdigit() else None


def permission_names() -> str:
    """The permissions that the invitation asks for, in words."""
    return ", ".join(name.replace("_", " ") for name, wanted in PERMISSIONS if wanted)
