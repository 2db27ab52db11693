"""Posting to Discord, with what can come back sorted by what it means for the message: is it out, or surely not."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import aiohttp
import discord

from bot import discord_internals
from commands.views import posts
from store.guilds.digests import Digest

TIMEOUT_S = 60.0
"""How long a message may take; discord.py waits for its rate limits within it."""
REPEATS_AFTER_S = 0.9
"""A little less than discord.py waits before it repeats a request after a 5xx: 1 s."""
ARCHIVED_AND_LOCKED = 50083
FALLBACK_RETRY_S = 60.0
"""How long to wait after a 429 that does not say."""


class NotOutError(Exception):
    """Discord said no: the message is not out by this try.

    `repeated` where discord.py may have tried before it by itself, after an error of Discord's own which it does not
    report: that try may have had its effect.
    """

    repeated = False


class LostError(NotOutError):
    """The channel is gone or closed to us."""


class RefusedError(NotOutError):
    """Discord takes the message for wrong."""


class LimitedError(NotOutError):
    """Too many requests."""

    def __init__(self, retry_after: float, *, everywhere: bool) -> None:
        self.retry_after = retry_after
        self.everywhere = everywhere
        super().__init__(f"Discord asks to wait for {retry_after:.1f} s")


class UnclearError(Exception):
    """No answer, or an error of Discord's own; the message may be out."""


class Sender(Protocol):
    """What delivery needs of Discord; every method raises the errors above."""

    async def send(self, target_id: int, digest: Digest, token: str) -> int:
        """Post a message with the token as its nonce; returns its id."""
        ...

    async def find(self, target_id: int, token: str, after_id: int) -> int | None:
        """The message of ours that carries the token in a button, if it is among those newer than that id."""
        ...

    async def tell(self, user_id: int, said: str) -> None:
        """A direct message."""
        ...


class DiscordSender:
    """The sender that a client is."""

    def __init__(self, client: discord.Client, timeout_s: float = TIMEOUT_S) -> None:
        self._client = client
        self._timeout_s = timeout_s

    async def send(self, target_id: int, digest: Digest, token: str) -> int:
        """Post a message with the token as its nonce; returns its id."""
        mentions = discord.AllowedMentions.none()
        if digest.role_id:
            mentions = discord.AllowedMentions(roles=[discord.Object(digest.role_id)])
        view = posts.post(digest, token)
        began = time.monotonic()
        try:
            with _sorted():
                channel = self._client.get_partial_messageable(target_id)
                message = await self._in_time(channel.send(view=view, nonce=token, allowed_mentions=mentions))
        except NotOutError as error:
            error.repeated = time.monotonic() - began >= REPEATS_AFTER_S
            raise
        return message.id

    async def _in_time(self, sending: Awaitable[discord.Message]) -> discord.Message:
        try:
            async with asyncio.timeout(self._timeout_s):
                return await sending
        except TimeoutError:
            discord_internals.end_global_wait(self._client)
            raise

    async def find(self, target_id: int, token: str, after_id: int) -> int | None:
        """The message of ours that carries the token in a button, if it is among those newer than that id."""
        own = self._client.user
        if not self._may_read(target_id):
            # Discord would answer with an empty history, by which the message would be sent once more.
            raise LostError("I may not read this channel's history, and so cannot see what I have posted")
        with _sorted():
            channel = self._client.get_partial_messageable(target_id)
            async for message in channel.history(after=discord.Object(after_id), oldest_first=True, limit=None):
                if own and message.author.id == own.id and token in _tokens(message.components):
                    return message.id
        return None

    def _may_read(self, target_id: int) -> bool:
        channel = self._client.get_channel(target_id)
        if not isinstance(channel, discord.abc.GuildChannel | discord.Thread):
            return True
        return channel.permissions_for(channel.guild.me).read_message_history

    async def tell(self, user_id: int, said: str) -> None:
        """A direct message."""
        with _sorted():
            channel = await self._client.create_dm(discord.Object(user_id))
            await channel.send(said)


def _tokens(components: Any) -> set[str]:
    """The last or second last part of every custom_id: `post:why:TOKEN`, `post:more:TOKEN:0`."""
    found = set()
    for component in components:
        custom_id = getattr(component, "custom_id", None)
        if custom_id and custom_id.startswith("post:"):
            found.add(custom_id.split(":")[2])
        found |= _tokens(getattr(component, "children", ()))
    return found


@contextmanager
def _sorted() -> Iterator[None]:
    try:
        yield
    except discord.HTTPException as error:
        said = error.text.strip()[:200] or f"error {error.status}"
        if error.status == 429:
            # Without a scope it is not Discord that answers but the edge before it, which has banned our address.
            scope = error.response.headers.get("X-RateLimit-Scope", "global")
            raise LimitedError(_wait(error), everywhere=scope == "global") from error
        if error.status == 404 or error.code == ARCHIVED_AND_LOCKED or (error.status == 403 and error.code):
            raise LostError(said) from error
        if error.status >= 500 or error.status in (401, 403, 408):
            raise UnclearError(said) from error
        raise RefusedError(said) from error
    except discord.RateLimited as error:
        raise LimitedError(error.retry_after, everywhere=False) from error
    except (aiohttp.ClientError, OSError, TimeoutError) as error:
        raise UnclearError(f"no answer: {type(error).__name__}") from error


def _wait(error: discord.HTTPException) -> float:
    try:
        return max(0.0, float(error.response.headers.get("Retry-After", FALLBACK_RETRY_S)))
    except ValueError:
        return FALLBACK_RETRY_S
