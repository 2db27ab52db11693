"""A PostgreSQL server of our own: a new cluster in a temporary folder, on loopback, gone after the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg

START_S = 30.0
ABSENT = "PostgreSQL 15 or later is not installed (Debian: apt-get install postgresql)"
OLDEST = 15
"""The first release that Lectern supports."""


def programs() -> Path | None:
    """Where the server's programs are, of the newest release that is installed; None where there is none."""
    found = [Path(name).parent for name in (shutil.which("initdb"),) if name]
    found += [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    versions = {_version(path): path for path in found if (path / "postgres").exists()}
    newest = max(versions, default=0)
    return versions[newest] if newest >= OLDEST else None


def _version(path: Path) -> int:
    said = subprocess.run([path / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(said.split()[2].split(".")[0])


class Cluster:
    """The server's programs with a folder of data. What is written survives `kill` as it does a power cut's."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self._folder = Path(tempfile.mkdtemp(prefix="lectern-postgresql-"))
        self._owner = _other_user()
        if self._owner:
            os.chown(self._folder, pwd.getpwnam(self._owner).pw_uid, -1)
        self._server: subprocess.Popen[bytes] | None = None
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self._run("initdb", "-D", str(self._data), "-U", "lectern", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), *arguments]
        subprocess.run(command, user=self._owner, cwd="/", capture_output=True, check=True)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [
            str(self._programs / "postgres"), "-D", str(self._data), "-p", str(self.port), "-h", "127.0.0.1", "-k", "",
            "-c", "max_connections=200", "-c", "fsync=off", "-c", "shared_buffers=64MB",
        ]  # fmt: skip
        with (self._folder / "log").open("ab") as log:
            self._server = subprocess.Popen(command, user=self._owner, cwd="/", stdout=log, stderr=log)
        until = time.monotonic() + START_S
        while True:
            try:
                psycopg.connect(self.url("postgres")).close()
            except psycopg.OperationalError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.05)
            else:
                return

    def kill(self) -> None:
        """End it as `kill -9` does, with its children."""
        assert self._server is not None
        children = subprocess.run(["pgrep", "-P", str(self._server.pid)], capture_output=True, text=True).stdout
        for process in (self._server.pid, *map(int, children.split())):
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self._server.wait()
        (self._data / "postmaster.pid").unlink(missing_ok=True)

    def remove(self) -> None:
        """End it and delete its data."""
        if self._server and self._server.poll() is None:
            self.kill()
        shutil.rmtree(self._folder)

    def url(self, database: str) -> str:
        """The address of a database."""
        return f"postgresql://lectern@127.0.0.1:{self.port}/{database}"

    def make(self, database: str, template: str = "template0") -> str:
        """Make a database; its address."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}" STRATEGY FILE_COPY'.encode())
        return self.url(database)


def _other_user() -> str | None:
    """Somebody else than root, as whom the server refuses to run; None where we are not root."""
    return "nobody" if os.geteuid() == 0 else None
