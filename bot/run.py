"""`lectern run`: the client in the real Discord, from login to shutdown."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from functools import partial

import aiohttp
import discord

from bot import discord_internals
from bot.client import Lectern, Worker
from bot.composition import (
    make_client,
    make_division,
    make_workers,
    open_services,
    spare_what_is_loaded,
)
from bot.errors import CannotRunError
from bot.invite import invite, permission_names
from bot.library_opening import open_library
from bot.settings import Settings
from bot.shards import Shards
from bot.web.opening import web_servers
from bot.workers.shard_connections import keep_shards
from store.storage import app_state

logger = logging.getLogger(__name__)

LOGGED_FROM = 20_000
"""Papers from which building an index takes seconds, so that its progress is logged."""
LOGIN_S = 30.0
"""Seconds for the login; discord.py repeats a request that failed up to five times, which takes 25 s."""
LOOK_S = 1.0
"""Seconds between two looks at whether the process that started this one still runs, and two cancellations."""
CLOSING_S = 4.0
"""Seconds that the disconnection may take before the process ends without it: Docker kills it after 10."""
APPLICATION_KEY = "application"
"""Under this the store keeps the id of the Discord application that it last served."""

FIRST_START = """\
Lectern needs a Discord application and its token:
  1. Make one at https://discord.com/developers/applications ► New Application.
  2. Under Bot ► Reset Token, copy the token into a file .env in this folder: LECTERN_TOKEN=…
     (or name a file that holds it: LECTERN_TOKEN_FILE=/run/secrets/lectern). No privileged intent is needed.
  3. Invite it, with your application's id in place of APPLICATION_ID:
     {invite}
     It asks for: {permissions}.
  4. lectern run
To try everything first, without Discord: lectern playground"""

NOT_ACCEPTED = "Discord does not accept the token; make a new one at https://discord.com/developers/applications ► Bot."


def token_of(settings: Settings) -> str:
    """The token; raises `CannotRunError` with how to get one."""
    token = settings.read_token()
    if token is None:
        raise CannotRunError(FIRST_START.format(invite=invite(None), permissions=permission_names()))
    return token


async def run(settings: Settings, shards: Shards | None = None, parent: int | None = None) -> None:
    """Serve Discord until SIGTERM or SIGINT, or the end of `parent`: all of it, or `shards` as one process of several.

    Raises `CannotRunError`, `SettingsError` or a `StoreError`.
    """
    token = token_of(settings)
    discord_internals.set_addresses(settings.discord_api, settings.discord_gateway)
    async with (
        open_library(settings, _log_progress(), wait=False) as library,
        open_services(settings, library, several=shards is not None) as services,
        AsyncExitStack() as beside,
    ):
        workers, division = make_workers(settings, library, services), None
        if shards:
            division = make_division(library, shards, workers)
            if shards.ids is None:
                workers.append(Worker("shards", partial(keep_shards, division=division), once_a="process"))
        client = make_client(settings, library, services, workers, division)
        # Of several processes on one host, one can serve the pages: the one with the first shard.
        elsewhere = shards is not None and shards.ids is not None and 0 not in shards.ids
        served = settings.model_copy(update={"web": None}) if elsewhere else settings
        shared = shards is not None and shards.ids is None
        await beside.enter_async_context(web_servers(served, client, shared=shared))
        spare_what_is_loaded()
        serving = asyncio.create_task(_serve(client, token, settings.discord_api))
        await until_stopped(serving, parent)
        try:
            await asyncio.wait_for(client.close(), CLOSING_S)
        except TimeoutError:
            logger.warning("The connection to Discord was not closed within %.0f s", CLOSING_S)
        if not serving.cancelled():
            serving.result()


async def until_stopped(serving: asyncio.Task[None], parent: int | None = None) -> None:
    """Wait until the task has ended; it is cancelled on SIGTERM or SIGINT, or at the end of the process `parent`.

    Cancelled, because `Client.close` alone does not stop shards that are being launched; and again until it ends,
    because `asyncio.wait_for` of Python 3.11 drops a cancellation when its result arrives in the same moment.
    """
    is_stopping = False

    def stop() -> None:
        nonlocal is_stopping
        is_stopping = True
        serving.cancel()

    with on_stop_signal(stop):
        while not serving.done():
            await asyncio.wait([serving], timeout=LOOK_S)
            if parent not in (None, os.getppid()) and not is_stopping:
                logger.error("The process that started this one has ended, and so does this one")
                is_stopping = True
            if is_stopping:
                serving.cancel()


def _log_progress() -> Callable[[str, int, int], None]:
    """A function that logs how far the building of an index is, once for each tenth of it."""
    logged: set[tuple[str, int]] = set()

    def log(what: str, done: int, total: int) -> None:
        tenth = 10 * done // max(1, total)
        if total > LOGGED_FROM and (what, tenth) not in logged:
            logged.add((what, tenth))
            logger.info("%s: %d of %d", what, done, total)

    return log


async def _serve(client: Lectern, token: str, api: str) -> None:
    with told_errors(api):
        async with asyncio.timeout(LOGIN_S):
            await client.login(token)
        await app_state.put(client.library.db, APPLICATION_KEY, str(client.application_id))
        if client.division:
            client.shard_ids, client.shard_count = await client.division.first_shards(), client.division.total
        await client.connect()


@contextmanager
def told_errors(api: str) -> Iterator[None]:
    """Raise a `CannotRunError` that says what to do, in the place of errors of a login or connection to Discord."""
    try:
        yield
    except discord.LoginFailure as error:
        raise CannotRunError(NOT_ACCEPTED) from error
    except discord.HTTPException as error:
        raise CannotRunError(f"Discord answers with an error ({error.status}); try again in a few minutes.") from error
    except discord.PrivilegedIntentsRequired as error:
        raise CannotRunError(
            "Discord does not grant the intents that Lectern asks for (4014); update Lectern."
        ) from error
    except discord.ConnectionClosed as error:
        if error.code == 4004:
            raise CannotRunError(NOT_ACCEPTED) from error
        raise CannotRunError(
            f"Discord has closed the connection and does not allow another (code {error.code}); update Lectern."
        ) from error
    except (aiohttp.ClientError, discord.GatewayNotFound, OSError) as error:
        raise CannotRunError(f"Discord cannot be reached at {api}; check the network, then try again.") from error


@contextmanager
def on_stop_signal(stop: Callable[[], object]) -> Iterator[None]:
    """Call `stop` on SIGTERM and SIGINT as long as the block lasts."""
    loop = asyncio.get_running_loop()
    with suppress(NotImplementedError):  # on Windows, Ctrl-C interrupts instead
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        with suppress(NotImplementedError):
            for number in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(number)
