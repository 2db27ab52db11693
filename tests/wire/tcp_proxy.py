"""A way to a server that can be cut: what stands between a host and PostgreSQL, or any other."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Proxy:
    """Passes on what comes to `port`; while `is_cut`, nothing, and nobody is told."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._writers: set[asyncio.StreamWriter] = set()
        self._is_whole = asyncio.Event()
        self._is_whole.set()
        self.port = 0

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[Proxy]:
        """Listen as long as the block lasts."""
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            self.mend()
            for writer in list(self._writers):
                writer.close()

    def cut(self) -> None:
        """From now on all stands still, as behind a firewall that drops what comes."""
        self._is_whole.clear()

    def mend(self) -> None:
        """Let new connections through. Those from before are reset, as after a while they would be."""
        if not self._is_whole.is_set():
            for writer in list(self._writers):
                writer.transport.abort()
        self._is_whole.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        try:
            await self._is_whole.wait()
            there, back = await asyncio.open_connection("127.0.0.1", self._target)
            self._writers.add(back)
            with contextlib.suppress(OSError):
                await asyncio.gather(self._pass_on(reader, back), self._pass_on(there, writer))
            self._writers.discard(back)
            back.close()
        except OSError:
            pass
        finally:
            self._writers.discard(writer)
            writer.close()

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            await self._is_whole.wait()
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()
