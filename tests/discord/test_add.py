"""`/add`, and what is said of papers that are not there."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from bot.settings import version
from commands import add
from seeds.reading.parsers import SMALL
from store.models import Identifier
from tests.discord.conversation import Answer, Conversation, conversation
from tests.seeds.serving import service
from tests.seeds.test_oai_pmh import DELETED, RAW, answer
from tests.support.dense import dense_tex


async def test_a_doi_of_the_acl_is_one_paper(ask: Conversation) -> None:
    doi = "10.18653/v1/2020.acl-main.1"
    answer = await ask("paper", title=doi)
    assert answer.text == (
        f"DOI {doi} is not in the store. Crossref: 127.0.0.1 cannot be reached."
        " OpenAlex: 127.0.0.1 cannot be reached. Semantic Scholar: 127.0.0.1 cannot be reached."
        " Look for its title, or paste a BibTeX entry into /add."
    )
    await ask("add", entry="@article{x, title={On Made Looms}, url={https://aclanthology.org/2020.acl-main.1/}}")
    assert "On Made Looms" in (await ask("paper", title=doi)).text
    message = await ask.scene.admin.send(ask.scene.channels["lounge"], f"see {doi} and 10.1000/xyz")
    result = await ask.scene.member.context_menu(ask.scene.channels["lounge"], "Look up papers", message)
    assert result.response
    assert "DOI 10.1000/xyz is not in the store" in Answer(result, result.response).text


async def test_a_doi_of_the_acl_is_asked_for_once(store_file: Path) -> None:
    work = {"title": ["On Made Looms"], "DOI": "10.18653/v1/2020.acl-main.1", "author": [{"family": "Byron"}]}
    async with (
        service(web.json_response({"message": work})) as crossref,
        conversation(store_file, crossref_url=crossref.address, contact="admin@example.org") as ask,
    ):
        added = await ask("add", entry="https://doi.org/10.18653/v1/2020.acl-main.1")
        assert added.titles == ["On Made Looms"]
        assert "Not read" not in added.text
        agent = crossref.requests[0].headers["User-Agent"]
        assert agent == f"Lectern/{version()} (research assistant bot; admin@example.org)"


async def test_bytes_that_are_not_text_are_not_an_internal_error(ask: Conversation) -> None:
    entry = "@article{a, title={On Made\udcff Looms}}"
    assert (await ask("add", entry=entry)).titles == ["On Made? Looms"]
    form = await ask.scene.member.slash(ask.scene.channels["lounge"], "add")
    again = await ask.scene.member.submit_modal(form, {"entries": entry})
    assert again.response
    assert "1 already known" in Answer(again, again.response).text


async def test_a_pasted_answer_of_arxiv_does_not_withdraw_a_paper(store_file: Path) -> None:
    async with conversation(store_file) as ask:
        await ask("add", entry="@article{x, title={On Made Looms}, author={Lee, Bo}, eprint={arXiv:2605.00009}}")
        assert (await ask("add", entry=answer(RAW, DELETED))).titles == ["On looms"]
        view = ask.client.library.view(ask.scene.guild.id)
        (paper,) = await view.papers_named([Identifier(scheme="arxiv", value="2605.00009")])
    assert not paper.withdrawn


async def test_a_file_beyond_a_limit_is_refused_with_what_to_do_and_the_next_is_read(store_file: Path) -> None:
    async with conversation(store_file, reading_seconds=1) as ask:
        answer = await ask("add", file=("dense.bib", dense_tex(1_000_000)))
        assert answer.private
        assert answer.text == (
            "Reading this takes more than 1 s of processor time. Split it into smaller files, or ask whoever runs Lectern"
            " to use `lectern import`."
        )
        small = "@article{x, title={On Made Looms}, author={Lee, Bo}}".ljust(SMALL + 1)
        assert (await ask("add", file=("small.bib", small.encode()))).titles == ["On Made Looms"]


async def test_a_file_with_too_many_papers_is_refused(ask: Conversation) -> None:
    entries = "".join(f"@misc{{k{n}, title={{Looms of Kind {n}}}}}\n" for n in range(add.MAX_PAPERS + 1))
    answer = await ask("add", file=("many.bib", entries.encode()))
    assert answer.text == "That holds 501 papers; I take at most 500. Use `lectern import` for more."
    assert answer.private
