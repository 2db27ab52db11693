"""The real program, `lectern run`, as a process of its own that talks to our server."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.seeds.asking import gone
from tests.support.event_loop import BLOCKED
from tests.wire.server import Server

ROOT = Path(__file__).parents[2]
RUN = (sys.executable, "-m", "tests.wire.watched", "run")
"""`lectern run` with a watchdog over its event loop."""
READY_S, STOP_S = 20.0, 5.0


class Program:
    """The program as a process, started again and again on the same store."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server, self.folder = server, folder
        self.db, self.log = folder / "lectern.db", folder / "lectern.log"
        self.command: Sequence[str] = RUN
        self.options: list[str] = []
        """Options of `lectern run` in the next runs."""
        self.settings: dict[str, str] = {}
        """Settings of the next runs that are other than usual."""
        self._process: asyncio.subprocess.Process | None = None

    def environment(self) -> dict[str, str]:
        """Only what the program needs: no setting of the machine's leaks in."""
        return {
            "PATH": os.environ.get("PATH", ""),
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "LECTERN_TOKEN": self.server.world.token,
            "LECTERN_DB": str(self.db),
            "LECTERN_WATCH": "false",
            "LECTERN_DISCORD_API": self.server.api_base,
            "LECTERN_DISCORD_GATEWAY": self.server.gateway_url,
            **{f"LECTERN_{name.upper()}": address for name, address in gone().items()},
            **self.settings,
        }

    @property
    def pid(self) -> int:
        """Of the run that is going on."""
        assert self._process is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process is not None and self._process.returncode is None

    def output(self) -> str:
        """All that it wrote so far, over all runs."""
        return self.log.read_text("utf-8", "replace") if self.log.exists() else ""

    async def start(self) -> None:
        """Start it; `ready` tells when it is connected."""
        with self.log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self.command, *self.options, cwd=self.folder, env=self.environment(), stdin=asyncio.subprocess.DEVNULL,
                stdout=log, stderr=log,
            )  # fmt: skip

    async def ready(self, timeout_s: float = READY_S) -> None:
        """Wait until it is connected to the gateway. Raises RuntimeError where it ended, TimeoutError otherwise."""
        async with asyncio.timeout(timeout_s):
            while not self.server.gateway.live():
                if not self.is_running:
                    raise RuntimeError(f"the program ended:\n{self.output()[-2000:]}")
                await asyncio.sleep(0.02)

    def signal(self, number: signal.Signals) -> None:
        """Send a signal, past `subprocess`, which would take the exit status away from asyncio."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    async def kill(self) -> None:
        """End it as `kill -9` does, and wait until its connections are gone."""
        assert self._process is not None
        self.signal(signal.SIGKILL)
        await self._process.wait()
        assert BLOCKED not in self.output(), self.output()
        while self.server.gateway.live():  # noqa: ASYNC110 - the other side's state
            await asyncio.sleep(0.005)

    async def stop(self) -> int:
        """Ask it to end as systemd does; its exit status. Raises TimeoutError after 5 s."""
        assert self._process is not None
        self.signal(signal.SIGTERM)
        status = await asyncio.wait_for(self._process.wait(), STOP_S)
        assert BLOCKED not in self.output(), self.output()
        return status

    async def ended(self, timeout_s: float = READY_S) -> int:
        """Wait for it to end by itself; its exit status."""
        assert self._process is not None
        return await asyncio.wait_for(self._process.wait(), timeout_s)

    def rss_mb(self) -> float:
        """Its resident memory now (Linux), in MiB."""
        status = Path(f"/proc/{self.pid}/status").read_text("ascii")
        return int(status.split("VmRSS:")[1].split()[0]) / 1024
