"""Services are asked about watched papers once a week, many at a time, within a share of the budgets."""

from __future__ import annotations

import asyncio
import json
import random
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web

from bot.workers.watching import SHARE, refresh_due
from store.catalog import papers
from store.guilds import watch_checks, watches
from store.guilds.subscriptions import Scope
from store.models import Identifier, PaperRecord
from store.storage.database import Database
from tests.guilds.channels import LAB, NOW, arrive, change, read, subscribe
from tests.guilds.test_watches import CHANNEL, arxiv, told, version
from tests.seeds.asking import asking, gone
from tests.seeds.making import RECORDINGS
from tests.seeds.serving import service

DAY = timedelta(days=1)
FIXTURE = RECORDINGS / "c_semantic_scholar/danielnsilva__semanticscholar/Citation.json"
FEED = "<?xml version='1.0'?><feed xmlns='http://www.w3.org/2005/Atom'>{}</feed>"
ENTRY = (
    "<entry><id>http://arxiv.org/abs/2603.00000v{0}</id><title>Looms 0</title><summary>We weave {0} threads.</summary>"
    "<updated>2026-03-0{0}T00:00:00Z</updated><published>2026-03-01T00:00:00Z</published></entry>"
)
RETRACTED = {
    "DOI": "10.1000/x", "title": ["Looms 1"], "type": "journal-article", "container-title": ["Journal of Looms"],
    "updated-by": [
        {"DOI": "10.1000/r", "type": "retraction", "source": "retraction-watch",
         "updated": {"date-time": "2026-03-03T00:00:00Z"}, "record-id": 17},
    ],
}  # fmt: skip
OFF = {"arxiv_requests": 0, "crossref_requests": 0, "semantic_scholar_requests": 0}


def works(*items: Any) -> web.Response:
    return web.json_response({"status": "ok", "message": {"items": list(items)}})


def in_journal(of: int) -> PaperRecord:
    return version(
        1, of, venue="Journal of Looms", identifiers=(arxiv(of), Identifier(scheme="doi", value="10.1000/x"))
    )


async def watch(db: Database, *numbers: int) -> None:
    for number in numbers:
        (paper,) = await papers.by_identifiers(db, [arxiv(number)])
        await change(db, watches.start, CHANNEL, paper, 7, NOW)


async def test_a_new_version_and_a_retraction_are_found_and_asked_for_once_a_week(db: Database) -> None:
    await arrive(db, version(1), in_journal(1))
    await watch(db, 0, 1)
    async with (
        service(web.Response(text=FEED.format(ENTRY.format(2))), web.Response(text=FEED.format(""))) as atom,
        service(works(RETRACTED), works()) as crossref,
        asking(
            db, **gone(arxiv=atom.address, crossref=crossref.address), **OFF | {"arxiv_requests": 99, "crossref_requests": 99}
        ) as (outside, _),
    ):  # fmt: skip
        assert await refresh_due(outside, db, NOW + DAY, random.Random(1)) == 2
        assert sorted(what for _, _, what in await told(db)) == ["retracted", "version:2"]
        assert sorted(atom.requests[0].query["id_list"].split(",")) == ["2603.00000", "2603.00001"]
        assert crossref.requests[0].query["filter"] == "doi:10.1000/x"
        assert await refresh_due(outside, db, NOW + 2.1 * DAY) == 2, "Semantic Scholar could not be asked"
    async with asking(db, **gone(), **OFF) as (outside, _):
        assert await refresh_due(outside, db, NOW + 2.2 * DAY) == 0


async def test_what_all_services_answered_waits_a_week_give_or_take_a_day(db: Database) -> None:
    await arrive(db, in_journal(0), version(1, 1))
    await subscribe(db, "looms")
    await watch(db, 0)
    allowed = dict.fromkeys(OFF, 99)
    async with (
        service(web.Response(text=FEED.format(""))) as atom,
        service(works()) as crossref,
        service(web.json_response({"data": []})) as s2,
        asking(
            db,
            **gone(arxiv=atom.address, crossref=crossref.address, semantic_scholar=s2.address),
            **allowed,
        ) as (outside, _),
    ):
        assert await refresh_due(outside, db, NOW, random.Random(2)) == 1, "what was not posted is not watched"
        assert [request.path for request in s2.requests] == ["/feed/paper/ARXIV:2603.00000/citations"]
    soon, late = [await read(db, watch_checks.due, NOW + days * DAY, 9) for days in (5.9, 8.1)]
    assert soon == [] and len(late) == 1


async def test_a_citing_paper_that_is_followed_is_taken_in_and_told(db: Database) -> None:
    await arrive(db, version(1))
    await subscribe(db, "author:Bee")
    await subscribe(db, "silk", Scope(101, 201))
    await watch(db, 0)
    found = [
        {"citingPaper": {"paperId": f"{n:040x}", "title": title, "authors": [{"name": name}], "publicationDate": date,
                         "externalIds": {"DOI": f"10.1000/c{n}"}}}
        for n, (title, name, date) in enumerate((
            ("More on Threads", "Ada Bee", "2026-03-02"), ("On Silk", "Bo Dee", "2026-03-02"),
            ("Old Threads", "Ada Bee", "2020-01-01"),
        ))
    ]  # fmt: skip
    async with (
        service(web.json_response({"data": found, "offset": 0})) as s2,
        asking(db, **gone(semantic_scholar=s2.address), **OFF | {"semantic_scholar_requests": 99}) as (outside, _),
    ):
        await refresh_due(outside, db, NOW + DAY)
    assert await told(db) == [(LAB.channel_id, None, "cited as author:Bee")]
    dois = [Identifier(scheme="doi", value=f"10.1000/c{n}") for n in range(3)]
    assert [paper.title for paper in await papers.by_identifiers(db, dois)] == ["More on Threads"]


async def test_only_a_share_of_a_budget_is_spent(db: Database) -> None:
    await arrive(db, *(version(1, n) for n in range(3)))
    await watch(db, 0, 1, 2)
    async with (
        service(web.json_response({"data": []})) as s2,
        asking(db, **gone(semantic_scholar=s2.address), **OFF | {"semantic_scholar_requests": 3 * SHARE}) as (
            outside,
            _,
        ),
    ):
        for hours in range(12):
            await refresh_due(outside, db, NOW + timedelta(hours=hours))
        asked = await read(db, watch_checks.requests_today, NOW)
    assert asked == {"s2": 3}, "the batch and two of the papers, those that were watched last"


@pytest.mark.skipif(not FIXTURE.exists(), reason=f"no recordings at {FIXTURE}")
async def test_a_recorded_citation_is_read(db: Database) -> None:
    recorded = json.loads(await asyncio.to_thread(FIXTURE.read_text, "utf-8"))
    async with (
        service(web.json_response({"data": [recorded], "offset": 0})) as s2,
        asking(db, **gone(semantic_scholar=s2.address), **OFF | {"semantic_scholar_requests": 99}) as (outside, _),
    ):
        answer = await outside.citing(arxiv(0))
    assert answer.parsed.papers[0].title == recorded["citingPaper"]["title"]
    assert answer.parsed.papers[0].cites == (arxiv(0),)
