"""JSON objects as Discord answers with them: every field that its description requires, and nothing else."""

from __future__ import annotations

import itertools
import time
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

DISCORD_EPOCH_MS = 1_420_070_400_000
V2 = 1 << 15
EPHEMERAL = 1 << 6
LOADING = 1 << 7
TEXT, DIRECT, ANNOUNCEMENT, ANNOUNCEMENT_THREAD, THREAD, FORUM, MEDIA = 0, 1, 5, 10, 11, 15, 16
FORUMS = (FORUM, MEDIA)
REQUIRE_TAG = 1 << 4
THREADS = (ANNOUNCEMENT_THREAD, THREAD)

_serial = itertools.count(1)


def snowflake() -> int:
    """A new id; ids made later are greater."""
    return (int(time.time() * 1000) - DISCORD_EPOCH_MS << 22) + next(_serial) % (1 << 22)


def now() -> str:
    """This moment as Discord writes it."""
    return datetime.now(UTC).isoformat()


def user(ident: int, name: str, *, bot: bool = False) -> Json:
    """A user without the fields that only the user itself sees."""
    return {
        "id": str(ident),
        "username": name,
        "global_name": None if bot else name.title(),
        "discriminator": "0",
        "avatar": None,
        "bot": bot,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def member(person: Json, roles: list[int]) -> Json:
    """A user as a member of a guild."""
    return {
        "user": person,
        "roles": [str(role) for role in roles],
        "nick": None,
        "avatar": None,
        "banner": None,
        "joined_at": now(),
        "premium_since": None,
        "communication_disabled_until": None,
        "pending": False,
        "mute": False,
        "deaf": False,
        "flags": 0,
    }


def role(ident: int, name: str, permissions: int, position: int) -> Json:
    """A role; the one with the guild's own id is everybody's."""
    return {
        "id": str(ident),
        "name": name,
        "permissions": str(permissions),
        "position": position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def guild_channel(ident: int, guild: int, name: str, kind: int, position: int) -> Json:
    """A text, announcement, forum or media channel."""
    body: Json = {
        "id": str(ident),
        "guild_id": str(guild),
        "name": name,
        "type": kind,
        "position": position,
        "flags": 0,
        "topic": None,
        "nsfw": False,
        "parent_id": None,
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "permission_overwrites": [],
    }
    if kind in FORUMS:
        body |= {"available_tags": [], "default_reaction_emoji": None, "default_sort_order": None}
    return body


def direct_channel(ident: int, recipient: Json) -> Json:
    """A direct message channel, as the bot sees it."""
    return {"id": str(ident), "type": DIRECT, "flags": 0, "recipients": [recipient], "last_message_id": None}


def thread(ident: int, parent: Json, name: str, owner: int, minutes: int) -> Json:
    """An open public thread in `parent`."""
    return {
        "id": str(ident),
        "guild_id": parent["guild_id"],
        "parent_id": parent["id"],
        "name": name,
        "type": ANNOUNCEMENT_THREAD if parent["type"] == ANNOUNCEMENT else THREAD,
        "flags": 0,
        "owner_id": str(owner),
        "last_message_id": None,
        "rate_limit_per_user": 0,
        "message_count": 0,
        "member_count": 1,
        "total_message_sent": 0,
        "thread_metadata": {
            "archived": False,
            "archive_timestamp": now(),
            "auto_archive_duration": minutes,
            "locked": False,
            "create_timestamp": now(),
        },
    }


def guild(ident: int, name: str, owner: int, roles: list[Json]) -> Json:
    """A guild as REST gives it; `gateway.guild_create` adds what only the event has."""
    return {
        "id": str(ident),
        "name": name,
        "owner_id": str(owner),
        "roles": roles,
        "emojis": [],
        "stickers": [],
        "features": [],
        **dict.fromkeys(
            ("icon", "description", "home_header", "splash", "discovery_splash", "banner", "application_id"), None
        ),
        **dict.fromkeys(("afk_channel_id", "system_channel_id", "widget_channel_id", "vanity_url_code"), None),
        **dict.fromkeys(("rules_channel_id", "safety_alerts_channel_id", "public_updates_channel_id"), None),
        **dict.fromkeys(("max_presences", "incidents_data"), None),
        **dict.fromkeys(("system_channel_flags", "verification_level", "default_message_notifications"), 0),
        **dict.fromkeys(("mfa_level", "explicit_content_filter", "premium_tier", "nsfw_level"), 0),
        **dict.fromkeys(("widget_enabled", "premium_progress_bar_enabled", "nsfw"), False),
        "region": "deprecated",
        "afk_timeout": 300,
        "max_members": 500_000,
        "max_stage_video_channel_users": 50,
        "max_video_channel_users": 25,
        "premium_subscription_count": 0,
        "preferred_locale": "en-US",
    }


def application(ident: int, bot: Json, owner: Json) -> Json:
    """The bot's own application."""
    return {
        "id": str(ident),
        "name": bot["username"],
        "icon": None,
        "description": "",
        "type": None,
        "bot": bot,
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": "0" * 64,
        "flags": 0,
        "flags_new": "0",
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "owner": owner,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "team": None,
        "eligible_oauth2_scopes": [],
    }


def message(ident: int, channel: int, author: Json, body: Json) -> Json:
    """The message that a create body makes."""
    attachments = [
        {
            "id": str(number),
            "filename": attachment.get("filename", "file"),
            "size": 1,
            # The same for every message, so that two answers can be compared.
            "url": f"https://cdn.invalid/{number}",
            "proxy_url": f"https://cdn.invalid/{number}",
        }
        for number, attachment in enumerate(body.get("attachments") or [])
    ]
    return {
        "id": str(ident),
        "channel_id": str(channel),
        "type": 0,
        "author": author,
        "content": body.get("content") or "",
        "embeds": [{"type": "rich", **embed} for embed in body.get("embeds") or []],
        "components": answered_components(body.get("components") or [], attachments),
        "flags": body.get("flags") or 0,
        "timestamp": now(),
        "edited_timestamp": None,
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "attachments": attachments,
        "pinned": False,
        "tts": False,
        **({"nonce": body["nonce"]} if body.get("nonce") is not None else {}),
    }


_DEFAULTS: dict[int, Json] = {
    3: {"min_values": 1, "max_values": 1},
    5: {"min_values": 1, "max_values": 1},
    6: {"min_values": 1, "max_values": 1},
    7: {"min_values": 1, "max_values": 1},
    8: {"min_values": 1, "max_values": 1},
    14: {"spacing": 1, "divider": True},
    17: {"accent_color": None, "spoiler": False},
}


def answered_components(components: list[Json], attachments: list[Json]) -> list[Json]:
    """Components as an answer carries them: each with its number and the defaults filled in, and where its files are."""
    numbers = itertools.count(1)
    files = {f"attachment://{one['filename']}": one for one in attachments}

    def media(given: Json) -> Json:
        file = files.get(given["url"], {"id": "0", "url": given["url"], "proxy_url": given["url"]})
        return {key: file[key] for key in ("id", "url", "proxy_url")}

    def filled(component: Json) -> Json:
        given = {key: value for key, value in component.items() if value is not None}
        out: Json = {"id": next(numbers), **_DEFAULTS.get(component["type"], {}), **given}
        if "components" in out:
            out["components"] = [filled(child) for child in out["components"]]
        if "accessory" in out:
            out["accessory"] = filled(out["accessory"])
        if "items" in out:
            items = [{"description": None, "spoiler": False} | item for item in out["items"]]
            out["items"] = [item | {"media": media(item["media"])} for item in items]
        return out

    return [filled(component) for component in components]


def texts(message_or_body: Json) -> list[str]:
    """Every text that a person reads in a message: content, text displays, labels."""
    found = [message_or_body.get("content") or ""]

    def walk(components: list[Json]) -> None:
        for component in components:
            found.extend(component[key] for key in ("content", "label") if component.get(key))
            walk(component.get("components") or [])
            if component.get("accessory"):
                walk([component["accessory"]])

    walk(message_or_body.get("components") or [])
    return [text for text in found if text]


def controls(message_or_body: Json) -> list[Json]:
    """Every button and select in a message that has a custom_id, in reading order."""
    found: list[Json] = []

    def walk(components: list[Json]) -> None:
        for component in components:
            if component.get("custom_id"):
                found.append(component)
            walk(component.get("components") or [])
            if component.get("accessory"):
                walk([component["accessory"]])

    walk(message_or_body.get("components") or [])
    return found
