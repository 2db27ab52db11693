"""REST of channels, their messages and threads."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from tests.wire import message_rules, payloads, polls
from tests.wire.faults import Call
from tests.wire.gateway import without_content
from tests.wire.payloads import Json
from tests.wire.world import (
    CREATE_PUBLIC_THREADS,
    READ_HISTORY,
    SEND_IN_THREADS,
    SEND_MESSAGES,
    SEND_POLLS,
    VIEW_CHANNEL,
    Channel,
    DiscordError,
    World,
)

Handler = Callable[[Call], tuple[int, object]]


class Channels:
    """The handlers."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        """Method, path and handler of each."""
        channel = "/channels/{channel_id}"
        yield "GET", channel, self.get
        yield "POST", f"{channel}/typing", self.typing
        yield "GET", f"{channel}/messages", self.history
        yield "POST", f"{channel}/messages", self.send
        yield "GET", f"{channel}/messages/{{message_id}}", self.message
        yield "PATCH", f"{channel}/messages/{{message_id}}", self.edit
        yield "DELETE", f"{channel}/messages/{{message_id}}", self.delete
        yield "POST", f"{channel}/messages/{{message_id}}/threads", self.thread_from_message
        yield "POST", f"{channel}/threads", self.thread
        yield "POST", f"{channel}/polls/{{message_id}}/expire", self.end_poll
        yield "PATCH", channel, self.change
        yield "GET", "/guilds/{guild_id}/threads/active", self.active
        yield "GET", f"{channel}/threads/archived/public", self.archived

    def _channel(self, call: Call, needed: int = VIEW_CHANNEL) -> Channel:
        return self.world.channel(int(call.parameters["channel_id"]), needed)

    def _message(self, call: Call) -> tuple[Channel, Json]:
        channel = self._channel(call)
        return channel, self.world.message(channel, int(call.parameters["message_id"]))

    def _seen(self, channel: Channel, message: Json) -> Json:
        return without_content(message, self.world.bot["id"], in_guild=channel.guild is not None)

    def get(self, call: Call) -> tuple[int, object]:
        return 200, self._channel(call).body

    def typing(self, call: Call) -> tuple[int, object]:
        self._channel(call, VIEW_CHANNEL | SEND_MESSAGES)
        return 204, None

    def history(self, call: Call) -> tuple[int, object]:
        channel = self._channel(call)
        limit = int(call.query.get("limit", 50))
        if not 1 <= limit <= 100:
            raise DiscordError(400, 50035, "Invalid Form Body", ["limit: not 1 to 100"])
        if not self.world.permissions(channel) & READ_HISTORY:
            return 200, []
        given = [int(call.query[key]) if key in call.query else None for key in ("before", "after", "around")]
        return 200, [self._seen(channel, message) for message in self.world.page(channel, limit, *given)]

    def send(self, call: Call) -> tuple[int, object]:
        ident = int(call.parameters["channel_id"])
        channel = self.world.channels.get(ident)
        is_thread = channel is not None and channel.body["type"] in payloads.THREADS
        channel = self._channel(call, VIEW_CHANNEL | (SEND_IN_THREADS if is_thread else SEND_MESSAGES))
        if object_of(call).get("poll"):
            self._channel(call, SEND_POLLS)
        return 200, self.world.post(channel, self.world.bot, object_of(call))

    def end_poll(self, call: Call) -> tuple[int, object]:
        channel, message = self._message(call)
        if message["author"]["id"] != self.world.bot["id"] or "poll" not in message:
            raise DiscordError(403, 50005, "Cannot edit a message authored by another user")
        polls.close(message)
        self.world.announce("MESSAGE_UPDATE", channel, message)
        return 200, message

    def message(self, call: Call) -> tuple[int, object]:
        channel, message = self._message(call)
        return 200, self._seen(channel, message)

    def edit(self, call: Call) -> tuple[int, object]:
        channel, message = self._message(call)
        if message["author"]["id"] != self.world.bot["id"]:
            raise DiscordError(403, 50005, "Cannot edit a message authored by another user")
        if problems := message_rules.check_message_payload(object_of(call), edits=message):
            raise DiscordError(400, 50035, "Invalid Form Body", problems)
        self.world.edit(message, object_of(call))
        self.world.announce("MESSAGE_UPDATE", channel, message)
        return 200, message

    def delete(self, call: Call) -> tuple[int, object]:
        channel, message = self._message(call)
        del channel.messages[int(message["id"])]
        return 204, None

    def thread_from_message(self, call: Call) -> tuple[int, object]:
        channel, message = self._message(call)
        self._channel(call, VIEW_CHANNEL | CREATE_PUBLIC_THREADS)
        body = object_of(call)
        made = self.world.add_thread(
            channel, body["name"], body.get("auto_archive_duration") or 4320, int(message["id"])
        )
        message["thread"] = made.body
        message["flags"] |= 1 << 5
        self.world.announce("MESSAGE_UPDATE", channel, message)
        return 201, made.body

    def thread(self, call: Call) -> tuple[int, object]:
        channel, body = self._channel(call), object_of(call)
        is_forum = channel.body["type"] in payloads.FORUMS
        self._channel(call, VIEW_CHANNEL | (SEND_MESSAGES if is_forum else CREATE_PUBLIC_THREADS))
        minutes = body.get("auto_archive_duration") or 4320
        if not is_forum:
            return 201, self.world.add_thread(channel, body["name"], minutes).body
        if problems := message_rules.check_message_payload(body.get("message") or {}):
            raise DiscordError(400, 50035, "Invalid Form Body", problems)
        self.world.check_tags(channel, body.get("applied_tags") or [])
        # The first message of a post in a forum has the id of its thread.
        made = self.world.add_thread(channel, body["name"], minutes)
        made.body["applied_tags"] = [str(ident) for ident in body.get("applied_tags") or []]
        message = payloads.message(made.id, made.id, self.world.bot, body["message"])
        made.messages[made.id] = message
        return 201, {**made.body, "message": message}

    def change(self, call: Call) -> tuple[int, object]:
        channel, body = self._channel(call), object_of(call)
        if channel.body["type"] not in payloads.THREADS:
            raise DiscordError(403, 50013, "Missing Permissions")
        for key in ("archived", "locked", "auto_archive_duration"):
            if body.get(key) is not None:
                channel.body["thread_metadata"][key] = body[key]
        channel.body["name"] = body.get("name") or channel.body["name"]
        if channel.guild is not None:
            self.world.listener("THREAD_UPDATE", channel.body, channel.guild.id)
        return 200, channel.body

    def active(self, call: Call) -> tuple[int, object]:
        guild = self.world.guilds.get(int(call.parameters["guild_id"]))
        if guild is None:
            raise DiscordError(404, 10004, "Unknown Guild")
        return 200, _threads(channel for channel in guild.channels if not _archived(channel))

    def archived(self, call: Call) -> tuple[int, object]:
        parent = self._channel(call)
        return 200, _threads(channel for channel in self.world.children(parent) if _archived(channel))


def _archived(channel: Channel) -> bool:
    return bool(channel.body.get("thread_metadata", {}).get("archived"))


def _threads(channels: Iterable[Channel]) -> Json:
    threads = [channel.body for channel in channels if channel.body["type"] in payloads.THREADS]
    return {"threads": threads, "members": [], "has_more": False}


def object_of(call: Call) -> Json:
    """The body, which has to be an object."""
    if not isinstance(call.body, dict):
        raise DiscordError(400, 50109, "The request body contains invalid JSON.")
    return call.body
