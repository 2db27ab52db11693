"""A process that reads, from the side of the bot: started when it is needed, ended when it goes beyond its limits."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass

from seeds.reading import frames, jobs
from seeds.reading.limits import OUT_OF_MEMORY, Limits, ProcessLostError, TooMuchMemoryError, TooMuchTimeError
from store.models import Frozen

logger = logging.getLogger(__name__)

_PASSED_ON = ("PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONDONTWRITEBYTECODE")
"""What the process gets of the environment, for the interpreter to start as here: nothing that could be a secret."""


class ReaderFaultError(Exception):
    """A fault of ours in reading; the message is the traceback there."""


class ReaderProcess:
    """Does one job after the other in a process, which it starts before the first and after one that was lost."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._running: _Running | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Of the process that runs, if one does."""
        return self._running.process.pid if self._running else None

    async def start(self) -> _Running:
        """Start the process unless it runs; the one that runs then. Raises `ProcessLostError` after `close`."""
        if self._closed:
            raise ProcessLostError
        if self._running is None or self._running.process.poll() is not None:
            await self.end()
            self._running = await _started(self._limits)
        return self._running

    async def do(self, job: jobs.Job, content: bytes = b"") -> AsyncGenerator[Frozen, None]:
        """Do one job at a time; its results come as they are ready. Close the iterator if not all of them are wanted.

        Raises one of `jobs.ERRORS`, a `NotReadError`, or `ReaderFaultError`.
        """
        done = False
        try:
            running = await self.start()
            try:
                await self._ask(running, job, content)
                joiner = frames.Joiner(*jobs.RESULTS)
                while not done:
                    frame = await self._frame(running)
                    done = frame[:1] in frames.LAST
                    if done:
                        _raise_unless_read(frame)
                    elif result := joiner.add(frame):
                        yield result
                    await asyncio.sleep(0)  # frames that have come already would be taken without a break
            except (asyncio.IncompleteReadError, ConnectionError) as error:
                raise await self._reason(running.process) from error
        finally:
            if not done:
                await self.end()

    async def _ask(self, running: _Running, job: jobs.Job, content: bytes) -> None:
        for frame in (jobs.JOB.dump_json(job), content):
            running.writer.writelines((frames.LENGTH.pack(len(frame)), frame))
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                await running.writer.drain()
        except TimeoutError as error:
            raise TooMuchTimeError(self._limits) from error

    async def _frame(self, running: _Running) -> bytes:
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                (length,) = frames.LENGTH.unpack(await running.reader.readexactly(frames.LENGTH.size))
                if not 0 < length <= frames.LARGEST_FRAME:
                    raise ConnectionError("no frame has this length")
                return await running.reader.readexactly(length)
        except TimeoutError as error:
            raise TooMuchTimeError(self._limits) from error

    async def _reason(self, process: subprocess.Popen[bytes]) -> Exception:
        """Why the process has closed its end."""
        with suppress(TimeoutError):  # where it goes on it is killed, and lost
            async with asyncio.timeout(1):
                await _waited(process)
        if process.returncode == -getattr(signal, "SIGXCPU", 0):
            return TooMuchTimeError(self._limits)
        if process.returncode in (OUT_OF_MEMORY, -signal.SIGABRT):  # some libraries abort where they are refused memory
            return TooMuchMemoryError(self._limits)
        logger.warning("A process that reads has ended with status %s", process.returncode)
        return ProcessLostError()

    async def end(self) -> None:
        """End the process, whatever it does."""
        running, self._running = self._running, None
        if running is not None:
            running.process.kill()
            running.writer.close()
            await _waited(running.process)

    async def close(self) -> None:
        """End the process, and start no other."""
        self._closed = True
        await self.end()


@dataclass(frozen=True)
class _Running:
    process: subprocess.Popen[bytes]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


async def _started(limits: Limits) -> _Running:
    ours, theirs = socket.socketpair()
    with theirs:
        # In the thread of the loop: the system ends it when the thread that started it ends.
        process = subprocess.Popen(  # noqa: ASYNC220,S603
            [sys.executable, "-P", "-m", "seeds.reading", str(limits.cpu_seconds), str(limits.memory)],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            env=_environment(),
            start_new_session=True,  # Ctrl-C is for the bot, which ends it in its turn
        )
    return _Running(process, *await asyncio.open_connection(sock=ours))


def _raise_unless_read(last: bytes) -> None:
    if last[:1] == frames.NOT_READ:
        raise jobs.error_of(last[1:])
    if last[:1] == frames.FAULT:
        raise ReaderFaultError(last[1:].decode(errors="replace"))


async def _waited(process: subprocess.Popen[bytes]) -> None:
    """Wait for a process that was killed or ends itself, which takes milliseconds."""
    while process.poll() is None:  # noqa: ASYNC110 - the system's event
        await asyncio.sleep(0.005)


def _environment() -> dict[str, str]:
    """The least that finds the same modules."""
    path = os.pathsep.join(entry or str(os.getcwd()) for entry in sys.path)  # noqa: PTH109
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"PYTHONPATH": path}
