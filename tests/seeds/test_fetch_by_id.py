from __future__ import annotations

import json
from urllib.parse import unquote

from aiohttp import web

from seeds.http import open_fetcher
from seeds.reading.parsers import Parsers
from seeds.services.fetch_by_id import ServiceAddresses, fetch_papers
from store.models import Identifier
from tests.seeds.making import ids
from tests.seeds.serving import service
from tests.seeds.test_json_files import CROSSREF
from tests.seeds.test_reader import ENTRIES

ARXIV = ENTRIES.split("<entry><id>https")[0] + "</feed>"


def names(*values: str) -> list[Identifier]:
    return [
        Identifier.model_validate(dict(zip(("scheme", "value"), value.split(":", 1), strict=True))) for value in values
    ]


async def test_arxiv_is_asked_once_and_crossref_for_each_doi(parsers: Parsers) -> None:
    async with (
        open_fetcher("admin@example.org", pause=0.0, first_wait=0.01, tries=2) as fetcher,
        service(web.Response(text=ARXIV)) as arxiv,
        service(web.Response(text=json.dumps(CROSSREF)), web.Response(status=404)) as crossref,
    ):
        reading = await fetch_papers(
            fetcher,
            parsers,
            ServiceAddresses(arxiv=arxiv.address, crossref=crossref.address),
            names("arxiv:2605.00001", "doi:10.1000/a<1::aid>3", "arxiv:2605.00002", "doi:10.1000/gone", "acl:P19-1001"),
        )
    assert [ids(one)[0] for one in reading.papers] == ["arxiv:2605.00001", "doi:10.1000/a<1::aid>3"]
    assert [(one.source.kind, one.source.name) for one in reading.papers] == [
        ("arxiv", "arXiv"),
        ("crossref", "Crossref"),
    ]
    assert arxiv.requests[0].query["id_list"] == "2605.00001,2605.00002"
    assert unquote(crossref.requests[0].raw_path) == "/feed/10.1000/a<1::aid>3"
    assert [problem.message for problem in reading.problems] == [
        "arXiv does not have 2605.00002",
        "Crossref does not have 10.1000/gone",
        "P19-1001 can only be read from a file",
    ]


async def test_services_out_of_order_are_problems(parsers: Parsers) -> None:
    async with (
        open_fetcher("admin@example.org", pause=0.0, first_wait=0.01, tries=2) as fetcher,
        service(web.Response(text="<html>")) as arxiv,
        service(lambda request: web.Response(status=500)) as crossref,
    ):
        services = ServiceAddresses(arxiv=arxiv.address, crossref=crossref.address)
        reading = await fetch_papers(fetcher, parsers, services, names("arxiv:2605.00001", "doi:10.1000/a"))
    assert reading.papers == ()
    assert [problem.message.split(":")[0] for problem in reading.problems] == ["arXiv", "Crossref"]
