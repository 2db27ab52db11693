"""The doctor's questions to Discord, answered on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot import service_access
from bot.doctor import Finding, examine
from bot.invite import PERMISSIONS, application_of, invite
from bot.settings import Settings
from store.library import Library

TOKEN = "MTIzNDU2Nzg5.made.up"
Answering = Callable[[int, list[dict[str, Any]]], AbstractAsyncContextManager[str]]


@pytest.fixture
def discord() -> Answering:
    @asynccontextmanager
    async def serve(status: int, guilds: list[dict[str, Any]]) -> AsyncIterator[str]:
        async def answer(request: web.Request) -> web.Response:
            assert request.headers["Authorization"] == f"Bot {TOKEN}"
            return web.json_response(guilds, status=status)

        app = web.Application()
        app.router.add_get("/users/@me/guilds", answer)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
        await runner.cleanup()

    return serve


async def found(tmp_path: Path, url: str, token: str | None = TOKEN) -> dict[str, Finding]:
    secret = SecretStr(token) if token else None
    settings = Settings(_env_file=None, db=tmp_path / "absent.db", token=secret, discord_api=url)
    findings = {finding.what: finding async for finding in examine(settings)}
    assert not any(TOKEN in finding.says for finding in findings.values())
    return findings


async def test_guilds_where_it_may_not_do_its_work_are_named(tmp_path: Path, discord: Answering) -> None:
    guilds = [
        {"name": "Fine", "permissions": str(PERMISSIONS.value)},
        {"name": "Ruled", "permissions": "8"},
        {"name": "Narrow", "permissions": "1024"},
    ]
    async with discord(200, guilds) as url:
        findings = await found(tmp_path, url)
    assert findings["token"].ok
    assert findings["guild Fine"].ok
    assert findings["guild Ruled"].ok
    assert findings["guild Narrow"].ok is False
    assert "send messages" in findings["guild Narrow"].says
    assert "client_id=123456789&" in findings["invite"].says
    assert not (tmp_path / "absent.db").exists()


@pytest.mark.parametrize(("status", "says"), [(401, "does not accept"), (503, "503")])
async def test_a_refusal_says_what_to_do(tmp_path: Path, discord: Answering, status: int, says: str) -> None:
    async with discord(status, []) as url:
        findings = await found(tmp_path, url)
    assert findings["token"].ok is False
    assert says in findings["token"].says


async def test_without_a_token_nobody_is_asked(tmp_path: Path) -> None:
    findings = await found(tmp_path, "http://127.0.0.1:9", token=None)
    assert findings["token"].ok is False
    assert "network" not in findings


async def test_a_store_of_any_name_is_no_secret(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, db=tmp_path / "papers.sqlite", discord_api="http://127.0.0.1:9")
    await (await Library.open(settings.db)).close()
    findings = [finding async for finding in examine(settings)]
    assert not any("chmod" in finding.says for finding in findings)


@pytest.mark.parametrize("token", ["", "nonsense", "Zm9v.x.y", "MTIz", "é.x"])
def test_an_invite_needs_no_sound_token(token: str) -> None:
    assert "permissions=" in invite(application_of(token))


def test_the_invite_asks_for_the_scopes_and_permissions_it_needs() -> None:
    address = invite("42")
    assert "client_id=42&" in address
    assert "scope=bot+applications.commands" in address
    assert f"permissions={PERMISSIONS.value}" in address


async def test_it_shows_no_password_and_says_who_can_read_the_store(tmp_path: Path) -> None:
    path = tmp_path / "lectern.db"
    await (await Library.open(path)).close()
    settings = Settings(
        _env_file=None, db=path, llm_base_url="http://ada:secret-word@127.0.0.1:1/v1", llm_model="m", token=None
    )
    findings = [finding async for finding in examine(settings)]
    assert not any("secret-word" in finding.says or "permissions" in finding.what for finding in findings)
    path.chmod(0o644)
    findings = [finding async for finding in examine(settings)]
    assert [f.says for f in findings if f.what == "permissions"] == [
        f"{path} can be read by others on this machine; chmod 600 {path}"
    ]


async def test_it_says_what_each_service_costs_and_what_was_spent(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, db=tmp_path / "lectern.db", openalex_key="k", orcid_requests=0)
    library = await Library.open(settings.db)
    await service_access.budgets(settings, library.db).reserve("openalex", 1_000, datetime.now(UTC))
    await library.close()
    says = {finding.what: finding.says async for finding in examine(settings)}
    assert says["OpenAlex"].startswith("$0.0010 of $1.00 today; a search costs $0.001")
    assert says["ORCID"] == "turned off; free"
    assert says["Semantic Scholar"].startswith("0 of 2,000 requests today, without a key; ")
