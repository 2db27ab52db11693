"""What the simulated Discord holds: people, guilds, channels, messages, commands. No HTTP in here."""

from __future__ import annotations

import base64
import itertools
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from tests.wire import payloads, polls
from tests.wire.payloads import Json, snowflake

VIEW_CHANNEL, SEND_MESSAGES, READ_HISTORY, SEND_IN_THREADS = 1 << 10, 1 << 11, 1 << 16, 1 << 38
MANAGE_THREADS, CREATE_PUBLIC_THREADS = 1 << 34, 1 << 35
CREATE_EVENTS, SEND_POLLS = 1 << 44, 1 << 49
MANAGE_CHANNELS, ALL_PERMISSIONS = 1 << 4, (1 << 53) - 1
MEMBER_PERMISSIONS = VIEW_CHANNEL | SEND_MESSAGES | READ_HISTORY | SEND_IN_THREADS | 1 << 31
BOT_PERMISSIONS = MEMBER_PERMISSIONS | 1 << 14 | 1 << 15 | CREATE_PUBLIC_THREADS | CREATE_EVENTS | SEND_POLLS


class DiscordError(Exception):
    """A refusal: HTTP status, Discord's JSON code and text."""

    def __init__(self, status: int, code: int, text: str, details: list[str] | None = None) -> None:
        super().__init__(text)
        self.status, self.code, self.text, self.details = status, code, text, details or []


@dataclass(eq=False)
class Guild:
    """A guild that the bot is in."""

    id: int
    body: Json
    members: dict[int, Json] = field(default_factory=dict)
    events: dict[int, Json] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)


@dataclass(eq=False)
class Channel:
    """A guild's channel, a thread, or a direct message; messages by id, oldest first."""

    id: int
    body: Json
    guild: Guild | None
    parent: Channel | None = None
    messages: dict[int, Json] = field(default_factory=dict)
    gone: bool = False


@dataclass(frozen=True)
class Person:
    """Somebody who uses the bot; `permissions` are those in the guild."""

    body: Json
    permissions: int

    @property
    def id(self) -> int:
        return int(self.body["id"])


class World:
    """The state behind REST and gateway. `listener` is told every event: name, data, guild id or None."""

    def __init__(self, nonce_window_s: float = 300.0, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.nonce_window_s, self._monotonic = nonce_window_s, monotonic
        self.listener: Callable[[str, Json, int | None], None] = lambda _name, _data, _guild: None
        self.owner = payloads.user(snowflake(), "owner")
        self.application_id = snowflake()
        self.token = f"{base64.b64encode(str(self.application_id).encode()).decode().rstrip('=')}.made.up"
        self.bot = payloads.user(self.application_id, "lectern", bot=True)
        self.guilds: dict[int, Guild] = {}
        self.channels: dict[int, Channel] = {}
        self.people: dict[int, Person] = {}
        self.commands: dict[int | None, list[Json]] = {None: []}
        self.files: dict[int, tuple[Json, bytes]] = {}
        """What people attach to commands, by its id."""
        self.files_url = ""
        self.most_threads = 1000
        """Open threads of a guild, as Discord allows."""
        self.ahead = timedelta()
        """How far Discord's clock, by which polls end, is ahead of this machine's."""
        self._nonces: dict[tuple[int, str], tuple[float, Channel, int]] = {}
        self._positions = itertools.count()

    def add_guild(self, name: str, shard: tuple[int, int] = (0, 1)) -> Guild:
        """A new guild with the bot in it, which has the permissions it asks for in its invite; on a shard of so many."""
        ident, bot_role = snowflake(), snowflake()
        number, total = shard
        ident += (number - (ident >> 22)) % total << 22
        roles = [
            payloads.role(ident, "@everyone", MEMBER_PERMISSIONS, 0),
            payloads.role(bot_role, "lectern", BOT_PERMISSIONS, 1),
        ]
        guild = Guild(ident, payloads.guild(ident, name, int(self.owner["id"]), roles))
        guild.members[int(self.bot["id"])] = payloads.member(self.bot, [bot_role])
        self.guilds[ident] = guild
        self.commands.setdefault(ident, [])
        return guild

    def add_channel(self, guild: Guild, name: str, kind: int = payloads.TEXT) -> Channel:
        """A new channel, which connected clients are told of."""
        ident = snowflake()
        body = payloads.guild_channel(ident, guild.id, name, kind, next(self._positions))
        channel = Channel(ident, body, guild)
        guild.channels.append(channel)
        self.channels[ident] = channel
        self.listener("CHANNEL_CREATE", body, guild.id)
        return channel

    def add_person(self, name: str, *guilds: Guild, permissions: int = MEMBER_PERMISSIONS) -> Person:
        """A new person, a member of `guilds`."""
        person = Person(payloads.user(snowflake(), name), permissions)
        for guild in guilds:
            guild.members[person.id] = payloads.member(person.body, [])
        self.people[person.id] = person
        return person

    def add_file(self, name: str, content: bytes, content_type: str = "text/plain", size: int | None = None) -> int:
        """A file to attach to a command; `content_type` and `size` are what Discord says of it. Returns its id."""
        ident = snowflake()
        url = f"{self.files_url}/{ident}"
        said = {"content_type": content_type, "size": len(content) if size is None else size}
        self.files[ident] = {"id": str(ident), "filename": name, "url": url, "proxy_url": url} | said, content
        return ident

    def direct(self, user: int) -> Channel:
        """The direct message channel with that user, made when first asked for."""
        for channel in self.channels.values():
            if channel.guild is None and channel.body["recipients"][0]["id"] == str(user):
                return channel
        if user not in self.people:
            raise DiscordError(400, 50033, "Invalid Recipient(s)")
        channel = Channel(ident := snowflake(), payloads.direct_channel(ident, self.people[user].body), None)
        self.channels[ident] = channel
        return channel

    def require_tag(self, forum: Channel, *names: str, moderated: Sequence[str] = ()) -> None:
        """Every post of the forum needs one of these tags; those that are moderated take Manage Threads."""
        forum.body["flags"] |= payloads.REQUIRE_TAG
        forum.body["available_tags"] = [
            {"id": str(snowflake()), "name": name, "moderated": name in moderated, "emoji_id": None, "emoji_name": None}
            for name in (*names, *moderated)
        ]
        if forum.guild is not None:
            self.listener("CHANNEL_UPDATE", forum.body, forum.guild.id)

    def check_tags(self, forum: Channel, applied: Sequence[object]) -> None:
        """Raise what Discord answers to a post with these tags."""
        tags = {tag["id"]: tag for tag in forum.body["available_tags"]}
        if unknown := {str(ident) for ident in applied} - tags.keys():
            raise DiscordError(400, 50035, "Invalid Form Body", [f"applied_tags: {unknown}"])
        if any(tags[str(ident)]["moderated"] for ident in applied) and not self.permissions(forum) & MANAGE_THREADS:
            raise DiscordError(403, 50013, "Missing Permissions")
        if forum.body["flags"] & payloads.REQUIRE_TAG and not applied:
            raise DiscordError(400, 40067, "A tag is required to create a forum post in this channel")

    def add_thread(self, parent: Channel, name: str, minutes: int, ident: int | None = None) -> Channel:
        """A new public thread of the bot's; one made from a message has the message's id."""
        ident = ident or snowflake()
        if ident in self.channels:
            raise DiscordError(400, 160004, "A thread has already been created for this message")
        if sum("thread_metadata" in one.body for one in self.channels.values()) >= self.most_threads:
            raise DiscordError(400, 160006, "Maximum number of active threads reached")
        body = payloads.thread(ident, parent.body, name, self.application_id, minutes)
        channel = Channel(ident, body, parent.guild, parent)
        self.channels[ident] = channel
        if parent.guild is not None:
            parent.guild.channels.append(channel)
            self.listener("THREAD_CREATE", {**body, "newly_created": True}, parent.guild.id)
        return channel

    def children(self, parent: Channel) -> list[Channel]:
        """The threads of a channel."""
        return [channel for channel in self.channels.values() if channel.parent is parent and not channel.gone]

    def remove_channel(self, channel: Channel) -> None:
        """Delete the channel: clients are told, requests get 10003."""
        channel.gone = True
        if channel.guild is not None:
            channel.guild.channels.remove(channel)
            event = "THREAD_DELETE" if channel.body["type"] in payloads.THREADS else "CHANNEL_DELETE"
            self.listener(event, channel.body, channel.guild.id)

    def forbid(self, channel: Channel, permissions: int = SEND_MESSAGES, *, allow: bool = False) -> None:
        """Take these permissions from the bot in one channel, or give them back."""
        others = [row for row in channel.body["permission_overwrites"] if row["id"] != self.bot["id"]]
        own = {"id": self.bot["id"], "type": 1, "allow": "0", "deny": str(permissions)}
        channel.body["permission_overwrites"] = others if allow else [*others, own]
        if channel.guild is not None:
            self.listener("CHANNEL_UPDATE", channel.body, channel.guild.id)

    def permissions(self, channel: Channel) -> int:
        """What the bot may do there, by its roles and the channel's overwrites."""
        if channel.guild is None:
            return ALL_PERMISSIONS
        own = channel.guild.members[int(self.bot["id"])]
        given = 0
        for role in channel.guild.body["roles"]:
            if role["id"] == str(channel.guild.id) or role["id"] in own["roles"]:
                given |= int(role["permissions"])
        for row in (channel.parent or channel).body.get("permission_overwrites", ()):
            if row["id"] == self.bot["id"]:
                given = given & ~int(row["deny"]) | int(row["allow"])
        return given

    def channel(self, ident: int, needed: int = VIEW_CHANNEL) -> Channel:
        """The channel, where the bot has the `needed` permissions; otherwise the error that Discord gives."""
        channel = self.channels.get(ident)
        if channel is None or channel.gone:
            raise DiscordError(404, 10003, "Unknown Channel")
        allowed = self.permissions(channel)
        if not allowed & VIEW_CHANNEL:
            raise DiscordError(403, 50001, "Missing Access")
        if needed & ~allowed:
            raise DiscordError(403, 50013, "Missing Permissions")
        return channel

    def message(self, channel: Channel, ident: int) -> Json:
        """A message, or 10008; its poll is over once its time has come."""
        if ident not in channel.messages:
            raise DiscordError(404, 10008, "Unknown Message")
        return polls.closed_where_due(channel.messages[ident], self.moment())

    def moment(self) -> datetime:
        """Now, by Discord's clock."""
        return datetime.now(UTC) + self.ahead

    def post(self, channel: Channel, author: Json, body: Json, **more: object) -> Json:
        """A new message. With enforce_nonce, a nonce of the last few minutes gives its message instead."""
        nonce = str(body["nonce"]) if body.get("enforce_nonce") and body.get("nonce") is not None else None
        if nonce is not None and (earlier := self._by_nonce(int(author["id"]), nonce)):
            return earlier
        if channel.body["type"] in payloads.THREADS:
            metadata = channel.body["thread_metadata"]
            if metadata["locked"] and not self.permissions(channel) & MANAGE_THREADS:
                if metadata["archived"]:
                    raise DiscordError(400, 50083, "Thread is archived")
                raise DiscordError(400, 160005, "Thread is locked")
            metadata["archived"] = False
        if channel.body["type"] in payloads.FORUMS:
            raise DiscordError(400, 50008, "Cannot send messages in a non-text channel")
        ident = snowflake()
        made = payloads.message(ident, channel.id, author, body) | more | polls.poll(body, self.moment())
        channel.messages[ident] = made
        channel.body["last_message_id"] = made["id"]
        if nonce is not None:
            self._nonces[int(author["id"]), nonce] = (self._monotonic(), channel, ident)
        self.announce("MESSAGE_CREATE", channel, made)
        return made

    def _by_nonce(self, author: int, nonce: str) -> Json | None:
        when, channel, ident = self._nonces.get((author, nonce), (float("-inf"), None, 0))
        if channel is None or self._monotonic() - when > self.nonce_window_s:
            return None
        return channel.messages.get(ident)

    def forget_nonces(self) -> None:
        """As if the few minutes in which Discord remembers a nonce had passed."""
        self._nonces.clear()

    def edit(self, message: Json, body: Json) -> Json:
        """Change a message as an edit body says; only the fields that it has."""
        fresh = payloads.message(int(message["id"]), int(message["channel_id"]), message["author"], body)
        named = set(body) & {"content", "embeds", "components", "attachments"}
        message.update({key: fresh[key] for key in named})
        # Whether it is shown to one person only is settled when it is made.
        message["flags"] = (message["flags"] | (body.get("flags") or 0) & payloads.V2) & ~payloads.LOADING
        message["edited_timestamp"] = payloads.now()
        return message

    def announce(self, event: str, channel: Channel, message: Json) -> None:
        """Tell the clients of a message, as members of the channel see it."""
        data = dict(message)
        if channel.guild is not None:
            data["guild_id"] = str(channel.guild.id)
            author = channel.guild.members.get(int(message["author"]["id"]))
            if author:
                data["member"] = {key: value for key, value in author.items() if key != "user"}
        self.listener(event, data, channel.guild.id if channel.guild else None)

    def page(
        self, channel: Channel, limit: int, before: int | None, after: int | None, around: int | None
    ) -> list[Json]:
        """A page of a channel's history, newest first, as GET messages gives it."""
        found = sorted(channel.messages)
        if around is not None:
            older = [ident for ident in found if ident <= around][-(limit // 2 + 1) :]
            found = older + [ident for ident in found if ident > around][: limit - len(older)]
        elif after is not None:
            found = [ident for ident in found if ident > after][:limit]
        else:
            found = [ident for ident in found if before is None or ident < before][-limit:]
        return [channel.messages[ident] for ident in reversed(found)]
