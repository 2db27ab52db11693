from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date

import pytest
from aiohttp import web

from seeds.http import Fetcher, open_fetcher
from seeds.reading.parsers import Parsers
from seeds.services import oai_pmh
from seeds.services.fetch_feeds import list_records
from seeds.services.oai_pmh import OaiError, TokenExpiredError
from seeds.xml import XmlError, parse
from tests.seeds.making import ids, names, only, source
from tests.seeds.serving import service

OPEN = """<?xml version="1.0" encoding="UTF-8"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">
<responseDate>2026-05-04T03:02:01Z</responseDate>"""
CLOSE = "</OAI-PMH>"
HEADER = "<header><identifier>oai:arXiv.org:{id}</identifier><datestamp>2026-05-03</datestamp></header>"
ARXIV = f"""<record>{HEADER}<metadata><arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{{id}}</id>
<created>2026-05-01</created><updated>2026-05-03</updated><authors>
<author><keyname>Byron</keyname><forenames>Ada</forenames><affiliation>London</affiliation></author>
<author><keyname>King</keyname><forenames>M. L.</forenames><suffix>Jr</suffix></author>
<author><keyname>ATLAS Collaboration</keyname></author></authors>
<title>On $n$ looms</title><categories>cs.CL cs.AI</categories><journal-ref>Looms 1</journal-ref>
<doi>10.1000/a</doi><abstract>  We weave
cloth. </abstract></arXiv></metadata></record>"""
RAW = f"""<record>{HEADER}<metadata><arXivRaw xmlns="http://arxiv.org/OAI/arXivRaw/"><id>{{id}}</id>
<version version="v1"><date>Fri, 1 May 2026 10:00:00 GMT</date></version>
<version version="v2"><date>Sun, 3 May 2026 10:00:00 GMT</date></version>
<title>On looms</title><authors>Ada Byron and Charles Babbage</authors><categories>cs.CL</categories>
<abstract>We weave.</abstract></arXivRaw></metadata></record>"""
DUBLIN = f"""<record>{HEADER}<metadata><oai_dc:dc xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>On looms</dc:title><dc:creator>Byron, Ada</dc:creator>
<dc:description>We weave.</dc:description><dc:description>Comment: 2 pages</dc:description><dc:date>2026-05-01</dc:date>
<dc:date>2026-05-03</dc:date><dc:identifier>http://arxiv.org/abs/{{id}}</dc:identifier>
<dc:identifier>doi:10.1000/a</dc:identifier></oai_dc:dc></metadata></record>"""
DELETED = '<record><header status="deleted"><identifier>oai:arXiv.org:2605.00009</identifier></header></record>'


def answer(*records: str, token: str = "") -> str:
    listed = "".join(one.replace("{id}", f"2605.0000{place}") for place, one in enumerate(records, start=1))
    end = f'<resumptionToken completeListSize="9">{token}</resumptionToken>' if token else ""
    return f"{OPEN}<ListRecords>{listed}{end}</ListRecords>{CLOSE}"


def test_arxiv_records() -> None:
    record = only(oai_pmh.read_file(parse(answer(ARXIV).encode()), source("oai")))
    assert (record.title, record.abstract) == ("On n looms", "We weave cloth.")
    assert names(record) == ["Ada Byron", "M. L. King, Jr", "ATLAS Collaboration"]
    assert [author.is_group for author in record.authors] == [False, False, True]
    assert (record.published, record.updated, record.affiliations) == ("2026-05-01", "2026-05-03", ("London",))
    assert (record.category, record.cross_lists, record.venue) == ("cs.CL", ("cs.AI",), "Looms 1")
    assert ids(record) == ["arxiv:2605.00001", "doi:10.1000/a"]


@pytest.mark.parametrize(("form", "authors"), [(RAW, ["Ada Byron", "Charles Babbage"]), (DUBLIN, ["Ada Byron"])])
def test_other_formats(form: str, authors: list[str]) -> None:
    record = only(oai_pmh.read_file(parse(answer(form).encode()), source("oai")))
    assert (record.title, record.abstract, names(record)) == ("On looms", "We weave.", authors)
    assert (record.published, record.updated) == ("2026-05-01", "2026-05-03")
    assert ids(record)[0] == "arxiv:2605.00001"


def test_a_bad_record_is_a_problem_and_the_rest_is_read() -> None:
    bad = ARXIV.replace("<title>On $n$ looms</title>", "")
    odd = f"<record>{HEADER}<metadata><mods/></metadata></record>"
    page = oai_pmh.read_page(parse(answer(ARXIV, bad, odd, DELETED, RAW).encode()), source("oai"))
    assert [ids(one)[0] for one in page.papers] == ["arxiv:2605.00001", "arxiv:2605.00005"]
    assert [one.identifier.value for one in page.withdrawals] == ["2605.00009"]
    assert [problem.message for problem in page.problems] == [
        "record 2 (oai:arXiv.org:2605.00002) is not read: it has no title",
        "record 3 (oai:arXiv.org:2605.00003) is not read: its format mods is not known",
    ]


def test_a_paper_whose_comments_withdraw_it_is_marked() -> None:
    comments = "<comments>This paper has been withdrawn by the authors</comments>"
    withdrawn = ARXIV.replace("<journal-ref>", f"{comments}<journal-ref>")
    read = oai_pmh.read_file(parse(answer(ARXIV, withdrawn, DELETED).encode()), source("oai"))
    assert [one.withdrawn for one in read.papers] == [False, True]
    assert [one.identifier.value for one in read.withdrawals] == ["2605.00009"]


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with open_fetcher("admin@example.org", pause=0.0, first_wait=0.01, tries=2) as one:
        yield one


async def test_a_list_goes_on_with_its_token_after_a_restart(fetcher: Fetcher, parsers: Parsers) -> None:
    pages = [web.Response(text=answer(ARXIV, token="a|b&amp;c")), web.Response(text=answer(RAW))]
    async with service(*pages) as remote:
        first = await list_records(
            fetcher, parsers, remote.address, source_name="arXiv", since=date(2026, 4, 27), oai_set="cs"
        )
        async with open_fetcher("admin@example.org", pause=0.0) as another:
            second = await list_records(another, parsers, remote.address, source_name="arXiv", token=first.token)
    assert dict(remote.requests[0].query) == {
        "verb": "ListRecords",
        "metadataPrefix": "arXiv",
        "from": "2026-04-27",
        "set": "cs",
    }
    assert dict(remote.requests[1].query) == {"verb": "ListRecords", "resumptionToken": "a|b&c"}
    assert (first.token, second.token) == ("a|b&c", None)
    assert first.answered is not None
    assert first.answered.isoformat() == "2026-05-04T03:02:01+00:00"
    assert first.papers[0].source.name == "arXiv"


async def test_refusals_raise_by_their_code(fetcher: Fetcher, parsers: Parsers) -> None:
    def refusal(code: str) -> web.Response:
        return web.Response(text=f'{OPEN}<error code="{code}">So\n  it is.</error>{CLOSE}')

    async with service(refusal("noRecordsMatch")) as remote:
        assert (await list_records(fetcher, parsers, remote.address, source_name="arXiv")).papers == ()
    async with service(refusal("badResumptionToken")) as remote:
        with pytest.raises(TokenExpiredError):
            await list_records(fetcher, parsers, remote.address, source_name="arXiv", token="old")
    async with service(refusal("badArgument")) as remote:
        with pytest.raises(OaiError, match="badArgument: So it is"):
            await list_records(fetcher, parsers, remote.address, source_name="arXiv")
    async with service(web.Response(text=OPEN)) as remote:
        with pytest.raises(XmlError):
            await list_records(fetcher, parsers, remote.address, source_name="arXiv")
