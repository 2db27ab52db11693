"""`/add` with a PDF: the paper that it is, a question which it is, or what to do."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot import composition
from commands import add
from seeds.http import open_fetcher
from tests.discord.conversation import Answer, Conversation, conversation
from tests.discord.test_asked_for import ENTRY, feed
from tests.seeds.serving import service
from tests.seeds.test_pdf import HOSTILE
from tests.support.pdfs import STAMP, pdf

LOOMS = ENTRY.format(id="2405.12345", title="Looms in Lyon")
CITED = ("Looms in Lyon and Elsewhere", "We build on arXiv:1706.03762 and 10.1000/cited.")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services that want no pauses."""
    monkeypatch.setattr(composition, "open_fetcher", partial(open_fetcher, pause=0.0, first_wait=0.01))


async def add_file(ask: Conversation, name: str, content: bytes, **options: Any) -> Answer:
    return await ask("add", file=(name, content), **options)


@pytest.mark.parametrize(
    ("name", "content", "told_by"),
    [
        ("paper.pdf", pdf(*CITED, stamp=STAMP), "arXiv's stamp on its first page"),
        ("paper", pdf(*CITED, info={"DOI": "10.48550/arXiv.2405.12345"}), "its metadata"),
        ("2405.12345v2.pdf", pdf(*CITED), "the name of the file"),
    ],
)
async def test_a_pdf_that_says_what_it_is_is_fetched(store_file: Path, name: str, content: bytes, told_by: str) -> None:
    async with service(lambda _: feed(LOOMS)) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        added = await add_file(ask, name, content)
        assert added.titles == ["Looms in Lyon"], added.text
        assert f"Found by {told_by}: arXiv 2405.12345. The PDF itself is not kept." in added.text
        assert [request.query["id_list"] for request in arxiv.requests] == ["2405.12345"]
        assert "Looms in Lyon" in (await ask("paper", title="2405.12345")).text


@pytest.mark.parametrize("private", [False, True])
async def test_where_it_is_not_sure_it_asks(store_file: Path, private: bool) -> None:
    work = {"title": ["Looms in Lyon"], "DOI": "10.1000/cited", "author": [{"family": "Byron"}]}
    async with (
        service(lambda _: web.json_response({"message": work})) as crossref,
        conversation(store_file, crossref_url=crossref.address) as ask,
    ):
        asked = await add_file(ask, "paper.pdf", pdf(*CITED), private=private)
        assert asked.text == (
            "I am not sure which paper this PDF “Looms in Lyon and Elsewhere” is. Perhaps it is one of these, perhaps they"
            " are what it cites.\n-# If not: Give /add its arXiv id or DOI, or look for its title with /paper."
        )
        assert list(asked.buttons()) == ["Add arXiv 1706.03762", "Add DOI 10.1000/cited"]
        assert crossref.requests == []
        await ask.press(asked, "Add DOI 10.1000/cited")
        assert asked.titles == ["Looms in Lyon"]
        assert asked.private == private


async def test_where_nothing_says_what_it_is_it_says_what_to_do(ask: Conversation) -> None:
    nothing = await add_file(ask, "paper.pdf", pdf("Looms in Lyon *and* Elsewhere", "Ada Byron"))
    assert nothing.text == (
        "No arXiv id or DOI is on that PDF's first page, in its metadata or in its name. Give /add its arXiv id or DOI, or"
        " look for its title with /paper: “Looms in Lyon *and* Elsewhere”."
    )
    assert nothing.private
    picture = await add_file(ask, "scan.pdf", pdf())
    assert "Its first page is a picture without text. Give /add its arXiv id or DOI" in picture.text
    damaged = await add_file(ask, "10.1000_looms.pdf", b"%PDF-1.4\nnothing")
    assert "It is damaged, or no whole PDF. Perhaps it is this one" in damaged.text
    assert list(damaged.buttons()) == ["Add DOI 10.1000/looms"]


async def test_of_a_pdf_that_is_too_large_the_name_is_looked_at(
    store_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(add, "MAX_PDF_BYTES", 100)
    async with service(lambda _: feed(LOOMS)) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        assert (await add_file(ask, "2405.12345.pdf", pdf(*CITED))).titles == ["Looms in Lyon"]
        other = await add_file(ask, "looms.pdf", pdf(*CITED))
        assert "It is larger than 0 MB. Give /add its arXiv id or DOI" in other.text


async def test_a_pdf_beyond_the_limits_is_told_and_the_next_is_read(store_file: Path) -> None:
    async with conversation(store_file, reading_seconds=1) as ask:
        answer = await add_file(ask, "paper.pdf", HOSTILE["text of a million pieces"])
        assert answer.private
        assert answer.text == (
            "I cannot read which paper that PDF is. It takes too long or too much memory to read. Give /add its arXiv id or"
            " DOI, or look for its title with /paper."
        )
        assert "No arXiv id or DOI" in (await add_file(ask, "paper.pdf", pdf("Looms in Lyon"))).text


async def test_what_is_no_paper_of_a_service_is_said(store_file: Path) -> None:
    async with service(lambda _: feed()) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        answer = await add_file(ask, "paper.pdf", pdf(stamp=STAMP))
        assert answer.private and "arXiv does not have 2405.12345" in answer.text
