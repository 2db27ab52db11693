"""Sending messages to Discord. Its errors say what delivery has to know: whether the message may have been posted."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Iterator
from contextlib import aclosing, contextmanager
from typing import Any, Protocol

import aiohttp
import discord

from bot import discord_internals
from commands import permissions
from commands.addresses import PaperAction, PostOverCap
from commands.custom_ids import PostReasons
from commands.message_ids import MessageReason
from commands.views import posts, scheduled
from store.guilds.digests import Digest
from store.guilds.found_posts import FoundPost
from store.guilds.scheduled_messages import ScheduledMessage

TIMEOUT_S = 60.0
"""Seconds that one message may take, including the time for which discord.py waits for rate limits."""
LIBRARY_RETRY_S = 0.9
"""A little less than the first pause of discord.py before it repeats a request after a 5xx by itself: 1 s."""
MOST_LOOKED_THROUGH = 5000
"""Messages of a channel, in 50 requests, that are looked through for posts that the store does not know."""
CLOSED = (50083, 160005, 40058, 50008, 50024)
"""Discord's error codes for a thread that is archived and locked, or locked, and for channels that take no messages."""
FALLBACK_RETRY_S = 60.0
"""Seconds to wait after a 429 that names no time; the bans of Discord's edge last minutes."""


class NotSentError(Exception):
    """Discord refused the request: this attempt did not post the message.

    `retried` is set where discord.py may have made an earlier attempt by itself, after a 5xx that it does not report:
    that one may have posted the message.
    """

    retried = False


class ChannelUnavailableError(NotSentError):
    """The channel is gone, or the bot may not use it."""


class MessageRejectedError(NotSentError):
    """Discord does not accept this message."""


class RateLimitedError(NotSentError):
    """Too many requests; wait for `retry_after` seconds, everywhere if the limit `is_global`."""

    def __init__(self, retry_after: float, *, is_global: bool) -> None:
        self.retry_after = retry_after
        self.is_global = is_global
        super().__init__(f"Discord asks to wait for {retry_after:.1f} s")


class OutcomeUnknownError(Exception):
    """No answer, or a 5xx: the message may have been posted or not."""


class Transport(Protocol):
    """What delivery needs of Discord. Every method raises the errors above."""

    async def send(self, target_id: int, said: Digest | ScheduledMessage, token: str) -> int:
        """Post a message with `token` as its nonce; returns the message's id."""
        ...

    async def find_message(self, target_id: int, token: str, after_id: int) -> int | None:
        """The id of the bot's message newer than `after_id` that has `token` in a button; None where there is none."""
        ...

    def has_messages_after(self, target_id: int, after_id: int) -> bool:
        """Whether a channel may have messages newer than `after_id`, as far as is known without asking."""
        ...

    def is_public(self, target_id: int) -> bool:
        """Whether everybody on its server can read a channel, as far as is known without asking."""
        ...

    async def posts_after(self, target_id: int, after_id: int) -> list[FoundPost]:
        """The bot's posts in a channel that are newer than `after_id`, oldest first."""
        ...

    async def open_direct(self, user_id: int) -> int:
        """The channel of direct messages with somebody."""
        ...


class DiscordTransport:
    """Sends through a connected client."""

    def __init__(self, client: discord.Client, timeout_s: float = TIMEOUT_S) -> None:
        self._client = client
        self._timeout_s = timeout_s

    async def send(self, target_id: int, said: Digest | ScheduledMessage, token: str) -> int:
        """Post a message with `token` as its nonce; returns the message's id."""
        mentions = discord.AllowedMentions.none()
        shown: dict[str, Any] = {}
        if isinstance(said, ScheduledMessage):
            if poll := scheduled.poll(said):
                await self._require_polls(target_id)
                shown = {**poll._asdict(), "view": scheduled.poll_button(token)}
            else:
                shown = {"view": scheduled.message(said, token)}
        else:
            if said.role_id:
                mentions = discord.AllowedMentions(roles=[discord.Object(said.role_id)])
            tldrs = await asyncio.to_thread(posts.tldrs, said)
            shown = {"view": posts.post(self._without_private(said), token, tldrs)}
        passed = asyncio.get_running_loop().time
        began = passed()
        try:
            with _translated_errors():
                channel = self._client.get_partial_messageable(target_id)
                message = await self._within_timeout(channel.send(**shown, nonce=token, allowed_mentions=mentions))
        except NotSentError as error:
            error.retried = passed() - began >= LIBRARY_RETRY_S
            raise
        return message.id

    async def edit(self, target_id: int, message_id: int, digest: Digest, token: str) -> None:
        """Show a post as it would be made now. Raises the errors above; it can be repeated."""
        tldrs = await asyncio.to_thread(posts.tldrs, digest)
        view = posts.post(self._without_private(digest), token, tldrs)
        with _translated_errors():
            message = self._client.get_partial_messageable(target_id).get_partial_message(message_id)
            await self._within_timeout(message.edit(view=view, allowed_mentions=discord.AllowedMentions.none()))

    async def _within_timeout(self, sending: Awaitable[discord.Message]) -> discord.Message:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await sending
        except TimeoutError:
            discord_internals.end_global_wait(self._client)
            raise

    async def find_message(self, target_id: int, token: str, after_id: int) -> int | None:
        """The id of the bot's message newer than `after_id` that has `token` in a button; None where there is none."""
        async with aclosing(self._posts(target_id, after_id, limit=None)) as found:
            async for post in found:
                if token == post.token:
                    return post.message_id
        return None

    def has_messages_after(self, target_id: int, after_id: int) -> bool:
        """Whether a channel may have messages newer than `after_id`, as far as is known without asking."""
        channel = self._client.get_channel(target_id)
        if not isinstance(channel, discord.TextChannel | discord.Thread):
            return True
        # Told when the bot connects; nothing for a channel that never had a message.
        return (channel.last_message_id or 0) > after_id

    def _without_private(self, digest: Digest) -> Digest:
        """The digest without the places of its papers that not everybody on the server can read."""
        seen = {h: tuple(one for one in places if self.is_public(one.channel_id)) for h, places in digest.seen.items()}
        return digest.model_copy(update={"seen": seen})

    def is_public(self, target_id: int) -> bool:
        """Whether everybody on its server can read a channel, as far as is known without asking."""
        return permissions.is_public(self._client.get_channel(target_id))

    async def posts_after(self, target_id: int, after_id: int) -> list[FoundPost]:
        """The bot's posts in a channel that are newer than `after_id`, oldest first.

        Of a channel in which others have written more than `MOST_LOOKED_THROUGH` messages since, not all.
        """
        return [post async for post in self._posts(target_id, after_id, limit=MOST_LOOKED_THROUGH)]

    async def _posts(self, target_id: int, after_id: int, limit: int | None) -> AsyncGenerator[FoundPost, None]:
        """The bot's posts among so many messages of a channel, oldest first."""
        own = self._client.user
        with _translated_errors():
            await self._require_history(target_id)
            history = self._client.get_partial_messageable(target_id).history(
                after=discord.Object(after_id), oldest_first=True, limit=limit
            )
            async for message in history:
                if own and message.author.id == own.id and (post := _as_post(message)):
                    yield post

    async def _require_polls(self, target_id: int) -> None:
        """Raise where Discord would refuse a poll and take other messages: the channel is not lost for that."""
        with _translated_errors():
            may = await self._permissions(target_id)
        if may and not may.send_polls:
            raise MessageRejectedError("I may not send polls in this channel")

    async def _require_history(self, target_id: int) -> None:
        """Raise where Discord would answer with an empty history, and a message would be sent a second time."""
        may = await self._permissions(target_id)
        if may and not may.read_message_history:
            raise ChannelUnavailableError("I may not read this channel's history, and so cannot see what I have posted")

    async def _permissions(self, target_id: int) -> discord.Permissions | None:
        """What the bot may do in a channel; None in direct messages."""
        # A thread that is archived is not known without asking, nor is a guild to which another process is connected.
        channel = self._client.get_channel(target_id) or await self._client.fetch_channel(target_id)
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return None
        if self._client.get_guild(channel.guild.id):
            return channel.permissions_for(channel.guild.me)
        assert self._client.user
        guild = await self._client.fetch_guild(channel.guild.id)
        me = await guild.fetch_member(self._client.user.id)
        # A thread has the permissions of its channel.
        place_id = channel.parent_id if isinstance(channel, discord.Thread) else channel.id
        places = (one for one in await guild.fetch_channels() if one.id == place_id)
        return next((one.permissions_for(me) for one in places), discord.Permissions.none())

    async def open_direct(self, user_id: int) -> int:
        """The channel of direct messages with somebody."""
        with _translated_errors():
            return (await self._client.create_dm(discord.Object(user_id))).id


def _as_post(message: discord.Message) -> FoundPost | None:
    """What the buttons of a message say; None where it is no post."""
    custom_ids = list(_custom_ids(message.components))
    states = [PostReasons.parse(one) or PostOverCap.parse(one) or MessageReason.parse(one) for one in custom_ids]
    token = next((state.token for state in states if state), None)
    # The papers of a scheduled message are no new ones, so that those are still to be posted.
    is_post = not any(map(MessageReason.parse, custom_ids))
    handles = dict.fromkeys(state.handle for one in custom_ids if is_post and (state := PaperAction.parse(one)))
    return FoundPost(message.id, token, message.created_at, tuple(handles)) if token else None


def _custom_ids(components: Any) -> Iterator[str]:
    for component in components:
        yield getattr(component, "custom_id", None) or ""
        yield from _custom_ids(getattr(component, "children", ()))
        if accessory := getattr(component, "accessory", None):
            yield from _custom_ids([accessory])


@contextmanager
def _translated_errors() -> Iterator[None]:
    try:
        yield
    except discord.HTTPException as error:
        text = error.text.strip()[:200] or f"error {error.status}"
        if error.status == 429:
            # Without a scope the answer comes from Discord's edge, which has banned the bot's address.
            scope = error.response.headers.get("X-RateLimit-Scope", "global")
            raise RateLimitedError(_retry_after(error), is_global=scope == "global") from error
        if error.status == 404 or error.code in CLOSED or (error.status == 403 and error.code):
            raise ChannelUnavailableError(text) from error
        if error.status >= 500 or error.status in (401, 403, 408):
            raise OutcomeUnknownError(text) from error
        raise MessageRejectedError(text) from error
    except discord.RateLimited as error:
        raise RateLimitedError(error.retry_after, is_global=False) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise OutcomeUnknownError(f"no answer: {type(error).__name__}") from error


def _retry_after(error: discord.HTTPException) -> float:
    try:
        return max(0.0, float(error.response.headers.get("Retry-After", FALLBACK_RETRY_S)))
    except ValueError:
        return FALLBACK_RETRY_S
