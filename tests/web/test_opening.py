"""The servers as the settings ask for them, and what the terminal is told where they cannot start."""

from __future__ import annotations

import socket
import sys
from pathlib import Path

import pytest

from bot.composition import make_client, open_services
from bot.errors import CannotRunError, SettingsError
from bot.library_opening import open_library
from bot.settings import Settings, host_and_port, load
from bot.web.opening import web_servers


@pytest.mark.parametrize(
    ("address", "read"),
    [("0.0.0.0:8080", ("0.0.0.0", 8080)), ("[::1]:80", ("::1", 80)), ("localhost:0", ("localhost", 0))],
)
def test_an_address_to_listen_on_is_a_host_and_a_port(address: str, read: tuple[str, int]) -> None:
    assert host_and_port(address) == read


@pytest.mark.parametrize("address", ["8080", ":8080", "localhost", "localhost:", "localhost:99999", "localhost:x"])
def test_what_is_no_address_is_refused(address: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("LECTERN_WEB", address)
    with pytest.raises(SettingsError, match=r"LECTERN_WEB cannot be used.*HOST:PORT"):
        load()


async def _open(path: Path, *, shared: bool = False, **given: str) -> list[int]:
    settings = Settings(_env_file=None, db=path / "lectern.db", watch=False, **given)  # type: ignore[arg-type]
    async with open_library(settings) as library, open_services(settings, library) as services:
        client = make_client(settings, library, services)
        assert client.web_url == (settings.public_web_url if settings.web else None)
        async with web_servers(settings, client, shared=shared) as ports:
            return list(ports)


async def test_nothing_listens_unless_it_is_set(tmp_path: Path) -> None:
    assert await _open(tmp_path) == []
    assert len(await _open(tmp_path, metrics="127.0.0.1:0")) == 1
    assert len(await _open(tmp_path, web="127.0.0.1:0", metrics="127.0.0.1:0")) == 2


@pytest.mark.parametrize(("module", "missing"), [("jinja2", "jinja2"), ("prometheus_client", "prometheus_client")])
async def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str, missing: str
) -> None:
    for loaded in [name for name in sys.modules if name.startswith("bot.web.") and name != "bot.web.opening"]:
        monkeypatch.delitem(sys.modules, loaded)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(CannotRunError, match=rf"{missing}.*lectern\[web\]"):
        await _open(tmp_path, web="127.0.0.1:0")


async def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(CannotRunError, match=f"listen on {address}"):
            await _open(tmp_path, web=address)
        assert await _open(tmp_path, web=address, shared=True) == [], "another process may serve them"
