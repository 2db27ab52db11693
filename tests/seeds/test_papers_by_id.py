from __future__ import annotations

import json
from urllib.parse import unquote

from aiohttp import web

from seeds.services.outside import OutsideServices
from store.models import Fetched, Identifier, PaperRecord
from store.storage.database import Database
from tests.seeds.asking import asking, gone
from tests.seeds.making import ids
from tests.seeds.serving import service
from tests.seeds.test_json_files import CROSSREF
from tests.seeds.test_reader import ENTRIES

ARXIV = ENTRIES.split("<entry><id>https")[0] + "</feed>"
NO_MORE = {"openalex_dollars": 0, "semantic_scholar_requests": 0}
"""Settings by which no other service is asked in place of the first."""


async def everything(outside: OutsideServices, wanted: list[Identifier]) -> list[Fetched]:
    return [part async for part in outside.papers(wanted)]


def papers(parts: list[Fetched]) -> list[PaperRecord]:
    return [paper for part in parts for paper in part.parsed.papers]


def problems(parts: list[Fetched]) -> list[str]:
    return [problem.message for part in parts for problem in part.parsed.problems]


def names(*values: str) -> list[Identifier]:
    return [
        Identifier.model_validate(dict(zip(("scheme", "value"), value.split(":", 1), strict=True))) for value in values
    ]


async def test_arxiv_is_asked_once_and_crossref_for_each_doi(db: Database) -> None:
    async with (
        service(web.Response(text=ARXIV)) as arxiv,
        service(web.Response(text=json.dumps(CROSSREF)), web.Response(status=404)) as crossref,
        asking(db, **gone(arxiv=arxiv.address, crossref=crossref.address), **NO_MORE) as (outside, _),
    ):
        reading = await everything(
            outside,
            names("arxiv:2605.00001", "doi:10.1000/a<1::aid>3", "arxiv:2605.00002", "doi:10.1000/gone", "url:x"),
        )
    assert [ids(one)[0] for one in papers(reading)] == ["arxiv:2605.00001", "doi:10.1000/a<1::aid>3"]
    assert [(one.source.kind, one.source.name) for one in papers(reading)] == [
        ("arxiv", "arXiv"),
        ("crossref", "Crossref"),
    ]
    assert arxiv.requests[0].query["id_list"] == "2605.00001,2605.00002"
    assert unquote(crossref.requests[0].raw_path) == "/feed/10.1000/a<1::aid>3"
    assert problems(reading) == [
        "arXiv does not have 2605.00002",
        "Crossref does not have 10.1000/gone",
        "x can only be read from a file",
    ]


async def test_a_service_out_of_order_is_named_and_not_asked_for_the_rest(db: Database) -> None:
    async with (
        service(web.Response(text="<html>")) as arxiv,
        service(lambda request: web.Response(status=500)) as crossref,
        asking(db, **gone(arxiv=arxiv.address, crossref=crossref.address), **NO_MORE) as (outside, _),
    ):
        wanted = names("arxiv:2605.00001", *(f"doi:10.1000/{number}" for number in range(9)))
        reading = await everything(outside, wanted)
    assert papers(reading) == []
    assert [part.reason.split(":")[0] for part in reading] == ["arXiv", "Crossref", "Crossref", "Crossref"]
    assert [one for part in reading for one in part.failed] == wanted
    assert len(crossref.requests) == 2 * 2, "two tries for each of two papers"


async def test_one_paper_that_a_service_fails_at_does_not_keep_the_others(db: Database) -> None:
    good, bad = (lambda request: web.Response(text=json.dumps(CROSSREF))), (lambda request: web.Response(status=500))
    async with (
        service(bad, bad, good) as crossref,
        asking(db, **gone(crossref=crossref.address), **NO_MORE) as (outside, _),
    ):
        reading = await everything(outside, names("doi:10.1000/1", "doi:10.1000/2", "doi:10.1000/3"))
    assert [len(part.parsed.papers) for part in reading] == [0, 1, 1]
    assert [one.value for part in reading for one in part.failed] == ["10.1000/1"]
