"""`lectern run --processes N`: several processes of one host, each for its part of the shards, over one store."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

import discord

from bot import discord_internals
from bot.errors import CannotRunError
from bot.run import LOGIN_S, on_stop_signal, token_of, told_errors
from bot.settings import Settings, host_and_port

logger = logging.getLogger(__name__)

FIRST_START_S = 30.0
"""Seconds in which a process that ends by itself has found that it cannot run at all, such as where the store is of a
later version; whatever starts Lectern says so then. Later ends are faults, after which it is started again."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 60.0
"""Seconds until a process that ended is started again, doubled each time unless it ran for longer than the second."""
STOP_S = 8.0
"""Seconds for the processes to end; Docker kills them all after 10."""


async def supervise(settings: Settings, count: int) -> int:
    """Run so many processes until SIGTERM or SIGINT; the exit status. Raises `CannotRunError` or `SettingsError`."""
    total = max(count, await _recommended(settings))
    parts = [range(number * total // count, (number + 1) * total // count) for number in range(count)]
    logger.info("%d processes serve %d shards", count, total)
    running = [
        asyncio.create_task(_keep_running(f"{part[0]}-{part[-1]}/{total}", _environment(settings, number)))
        for number, part in enumerate(parts)
    ]
    stopped = asyncio.Event()
    with on_stop_signal(stopped.set):
        waiting = asyncio.create_task(stopped.wait())
        await asyncio.wait([waiting, *running], return_when=asyncio.FIRST_COMPLETED)
        statuses = [task.result() for task in running if task.done()]
        for task in (waiting, *running):
            task.cancel()
        await asyncio.gather(waiting, *running, return_exceptions=True)
    return max(statuses, default=0)


async def _recommended(settings: Settings) -> int:
    """How many shards Discord recommends for the bot."""
    token = token_of(settings)
    discord_internals.set_addresses(settings.discord_api, settings.discord_gateway)
    with told_errors(settings.discord_api):
        async with discord.Client(intents=discord.Intents.none()) as client, asyncio.timeout(LOGIN_S):
            await client.login(token)
            shards, _ = await discord_internals.gateway_advice(client)
            return shards


def _environment(settings: Settings, number: int) -> Mapping[str, str]:
    """The environment of a process: figures of each are on a port of their own, counted from the one that is set."""
    if settings.metrics is None:
        return os.environ
    host, port = host_and_port(settings.metrics)
    if port + number > 65535:
        raise CannotRunError("LECTERN_METRICS leaves no port to each process; set a lower one.")
    return {**os.environ, "LECTERN_METRICS": f"{host}:{port + number if port else 0}"}


async def _keep_running(shards: str, environment: Mapping[str, str]) -> int:
    """Run a process, again and again, until cancelled; its exit status where it cannot run at all."""
    began, pause = time.monotonic(), FIRST_PAUSE_S
    while True:
        started = time.monotonic()
        # As this process was started, but for the options; a session of its own, so that Ctrl-C comes from here alone.
        command = sys.orig_argv[: len(sys.orig_argv) - len(sys.argv[1:])]
        process = await asyncio.create_subprocess_exec(
            *command, *_arguments(shards), env=environment, stdin=asyncio.subprocess.DEVNULL, start_new_session=True
        )
        try:
            status = await process.wait()
        finally:
            if process.returncode is None:
                await _stop(process)
        if status > 0 and time.monotonic() - began < FIRST_START_S:
            return status
        pause = FIRST_PAUSE_S if time.monotonic() - started > LONGEST_PAUSE_S else min(2 * pause, LONGEST_PAUSE_S)
        logger.error("The process for the shards %s ended (%d) and starts again in %.0f s", shards, status, pause)
        await asyncio.sleep(pause)


def _arguments(shards: str) -> list[str]:
    """The command line of a process: this one's with its shards in the place of the number of processes."""
    given, own = list(sys.argv[1:]), ["--shards", shards, "--parent", str(os.getpid())]
    for place, argument in enumerate(given):
        if argument == "--processes":
            return [*given[:place], *own, *given[place + 2 :]]
        if argument.startswith("--processes="):
            return [*given[:place], *own, *given[place + 1 :]]
    raise CannotRunError("--processes is to be given in full.")


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End a process as systemd does."""
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        await asyncio.wait_for(process.wait(), STOP_S)
    except TimeoutError:
        process.kill()
        await process.wait()
