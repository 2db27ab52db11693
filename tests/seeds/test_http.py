from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from time import monotonic

import pytest
from aiohttp import web

from seeds import http
from seeds.http import Fetcher, FetchError, Manner, NotFoundError, UnavailableError, open_fetcher
from seeds.http_turns import take_turn
from seeds.http_validators import Validators
from store.guilds.service_turns import TURN_S, ServiceTurns
from store.storage.database import Database
from tests.seeds.serving import service


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with open_fetcher("admin@example.org", pause=0.0, first_wait=0.01, answer_within=2.0) as one:
        yield one


async def test_says_who_asks_and_keeps_validators(fetcher: Fetcher) -> None:
    good = web.Response(body=b"<x/>", headers={"ETag": '"1"', "Last-Modified": "Mon, 04 May 2026 00:00:00 GMT"})
    async with service(good, web.Response(status=304)) as remote:
        first = await fetcher.get(remote.address, {"q": "a b&c"})
        assert first.content == b"<x/>"
        second = await fetcher.get(remote.address, validators=first.validators)
    assert second.not_modified
    assert (
        second.validators == first.validators == Validators(etag='"1"', last_modified="Mon, 04 May 2026 00:00:00 GMT")
    )
    assert remote.requests[0].headers["User-Agent"] == "admin@example.org"
    assert remote.requests[0].query["q"] == "a b&c"
    assert remote.requests[1].headers["If-None-Match"] == '"1"'
    assert remote.requests[1].headers["If-Modified-Since"] == "Mon, 04 May 2026 00:00:00 GMT"


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, None])
async def test_tries_again_after_what_may_pass(fetcher: Fetcher, status: int | None) -> None:
    failure = web.Response(status=status) if status else None
    async with service(failure, web.Response(body=b"good")) as remote:
        assert (await fetcher.get(remote.address)).content == b"good"
    assert len(remote.requests) == 2


@pytest.mark.parametrize("as_date", [False, True])
async def test_waits_as_long_as_the_service_says(fetcher: Fetcher, as_date: bool) -> None:
    value = format_datetime(datetime.now(UTC) + timedelta(seconds=2), usegmt=True) if as_date else "1"
    async with service(web.Response(status=503, headers={"Retry-After": value}), web.Response(body=b"good")) as remote:
        await fetcher.get(remote.address)
    assert remote.times[1] - remote.times[0] > 0.9


@pytest.mark.parametrize(
    ("answer", "error", "asked"),
    [
        (lambda request: web.Response(status=500), "overloaded or out of order (HTTP 500)", 5),
        (lambda request: web.Response(status=503, headers={"Retry-After": "7200"}), "asks to wait 120 minutes", 1),
        (lambda request: web.Response(status=400), "refuses the request (HTTP 400)", 1),
        (lambda request: web.Response(status=302, headers={"Location": "http://10.0.0.1/x"}), "has moved to", 1),
        (lambda request: web.Response(status=302, headers={"Location": "/feed"}), "in a circle", 4),
    ],
)
async def test_gives_up_with_a_sentence(fetcher: Fetcher, answer: web.Response, error: str, asked: int) -> None:
    async with service(answer) as remote:
        with pytest.raises(FetchError) as raised:
            await fetcher.get(remote.address)
    assert error in str(raised.value)
    assert len(remote.requests) == asked


async def test_a_missing_document_has_an_error_of_its_own(fetcher: Fetcher) -> None:
    async with service(web.Response(status=404)) as remote:
        with pytest.raises(NotFoundError):
            await fetcher.get(remote.address)


async def test_a_service_that_is_not_there(fetcher: Fetcher) -> None:
    began = monotonic()
    for address in ("http://127.0.0.1:9/", "http://no-such-host.invalid/"):
        with pytest.raises(UnavailableError, match="cannot be reached"):
            await fetcher.get(address)
    assert monotonic() - began < 1.0, "it was tried again"
    for address in ("file:///etc/passwd", "", "http://[::1", "https://"):
        with pytest.raises(FetchError, match="not a web address"):
            await fetcher.get(address)


async def test_an_answer_has_an_end(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http, "LARGEST_ANSWER", 100_000)
    async with service(web.Response(body=b"x" * 1_000_000)) as remote:
        with pytest.raises(FetchError, match="more than"):
            await fetcher.get(remote.address)


async def test_moves_within_its_host(fetcher: Fetcher) -> None:
    async with service(web.Response(status=301, headers={"Location": "/new"}), web.Response(body=b"here")) as remote:
        assert (await fetcher.get(remote.address)).content == b"here"
    assert remote.requests[1].path == "/new"


async def test_one_request_at_a_time_with_pauses_between() -> None:
    async with (
        open_fetcher("admin@example.org", pause=0.1) as slow,
        service(lambda request: web.Response(body=b"x")) as remote,
    ):
        await asyncio.gather(*(slow.get(remote.address) for _ in range(4)))
    assert remote.most_open == 1
    assert min(later - before for before, later in zip(remote.times, remote.times[1:], strict=False)) > 0.09


async def test_processes_ask_one_at_a_time_with_pauses_between(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "lectern.db")
    async with (
        open_fetcher("admin@example.org", pause=0.2, others=ServiceTurns(db)) as one,
        open_fetcher("admin@example.org", pause=0.2, others=ServiceTurns(db)) as other,
        service(lambda request: web.Response(body=b"x")) as remote,
    ):
        await asyncio.gather(*(each.get(remote.address) for each in (one, other, one, other)))
        spent = Manner(before_try=_refuse)
        with pytest.raises(FetchError, match="nothing left"):
            await one.get(remote.address, manner=spent)
        async with asyncio.timeout(5):
            await other.get(remote.address)
    await db.close()
    assert remote.most_open == 1
    assert min(later - before for before, later in zip(remote.times, remote.times[1:], strict=False)) > 0.19


async def _refuse() -> None:
    raise FetchError("There is nothing left of the budget.")


async def test_a_service_that_asked_one_process_to_wait_is_left_alone_by_all(tmp_path: Path) -> None:
    db = await Database.open(tmp_path / "lectern.db")
    one, other = ServiceTurns(db), ServiceTurns(db)
    assert await one.begin("arxiv.org:443") == 0
    assert 0 < await other.begin("arxiv.org:443") <= TURN_S
    assert await other.begin("crossref.org:443") == 0
    await one.end("arxiv.org:443", 900)
    assert await take_turn(other, "arxiv.org:443", 600) > 600
    await db.close()


async def test_nobody_asks_while_the_service_wants_to_be_left_alone(fetcher: Fetcher) -> None:
    busy = web.Response(status=503, headers={"Retry-After": "1"})
    async with service(busy, lambda request: web.Response(body=b"x")) as remote:
        first = asyncio.create_task(fetcher.get(remote.address))
        await remote.asked.wait()
        await asyncio.gather(first, fetcher.get(remote.address))
    assert len(remote.times) == 3
    assert remote.times[1] - remote.times[0] > 0.9
