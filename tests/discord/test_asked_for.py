"""Papers that are asked for by id and not here: fetched at once, and nobody who did not ask is told of them."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from bot import composition
from commands import outside
from seeds.http import open_fetcher
from seeds.services import calling
from store import removal
from store.text import identifiers
from tests.discord.conversation import Answer, conversation
from tests.seeds.serving import service

ENTRY = (
    "<entry><id>http://arxiv.org/abs/{id}v1</id><published>2017-06-12T17:57:34Z</published><title>{title}</title>"
    "<summary>We propose a new simple network. It is made for this test.</summary>"
    "<author><name>Ada Byron</name></author>"
    '<category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/></entry>'
)
TITLE = "### [Looms Are All You Need](https://arxiv.org/abs/1706.03762)"
LOOMS = ENTRY.format(id="1706.03762", title="Looms Are All You Need")


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services that want no pauses."""
    monkeypatch.setattr(composition, "open_fetcher", partial(open_fetcher, pause=0.0, first_wait=0.01))


def feed(*entries: str) -> web.Response:
    atom = f'<feed xmlns="http://www.w3.org/2005/Atom">{"".join(entries)}</feed>'
    return web.Response(text=atom, content_type="application/atom+xml")


@pytest.mark.parametrize(
    ("command", "option", "shown"),
    [
        ("paper", "title", TITLE),
        ("summary", "paper", "TL;DR"),
        ("related", "paper", "### Related to [Looms"),
        ("cite", "paper", "@"),
    ],
)
@pytest.mark.parametrize("typed", ["1706.03762", "https://arxiv.org/abs/1706.03762v5"])
async def test_a_paper_that_is_not_here_is_fetched_by_its_id_in_one_request(
    store_file: Path, command: str, option: str, shown: str, typed: str
) -> None:
    async with service(feed(LOOMS)) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        assert shown in (await ask(command, **{option: typed})).text
        assert "Looms Are All You Need" in (await ask("paper", title="looms are all")).text
        await ask(command, **{option: typed})
        assert len(arxiv.requests) == 1, "what is here is not asked for again"


async def test_the_reply_says_what_is_going_on(store_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "SECOND_TRY_S", 2.0)
    busy = web.Response(status=503)
    async with service(busy, feed(LOOMS)) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        assert TITLE in (await ask("paper", title="1706.03762")).text
        first, last = ask.changes
        assert first == "-# Asking for 1706.03762 …"
        assert TITLE in last


async def test_a_message_is_looked_up_with_what_is_not_here(store_file: Path) -> None:
    async with service(feed(LOOMS)) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        here = ask.scene.channels["lounge"]
        message = await ask.scene.admin.send(here, "https://arxiv.org/abs/1706.03762 or 10.1000/gone?")
        result = await ask.scene.member.context_menu(here, "Look up papers", message)
        assert result.response
        answer = Answer(result, result.response)
        assert answer.titles == ["Looms Are All You Need"]
        assert "DOI 10.1000/gone is not in the store. Crossref: 127.0.0.1 cannot be reached." in answer.text


async def test_what_services_do_not_have_is_told(store_file: Path) -> None:
    async with service(feed()) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        refusal = await ask("paper", title="1706.03762")
        assert refusal.private
        assert refusal.text == (
            "arXiv 1706.03762 is not in the store. arXiv does not have 1706.03762."
            " Look for its title, or paste a BibTeX entry into /add."
        )


async def test_no_more_are_fetched_at_once_than_a_person_waits_for(store_file: Path) -> None:
    ids = [f"2411.{number:05}" for number in range(1, 13)]
    given = feed(*(ENTRY.format(id=one, title=f"Loom Number {one}") for one in ids[: outside.MOST_AT_ONCE]))
    async with service(given) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        answer = await ask("paper", title=" ".join(ids))
        assert "### 10 papers" in answer.text
        assert "I fetch 10 at once; give more to /add." in answer.text
        (request,) = arxiv.requests
        assert request.query["id_list"].count(",") == 9


async def test_who_has_asked_for_too_much_is_told(store_file: Path) -> None:
    limits = {"person_fetches": 1, "guild_fetches": 10}
    async with service(feed(LOOMS)) as arxiv, conversation(store_file, arxiv_url=arxiv.address, **limits) as ask:
        assert TITLE in (await ask("paper", title="1706.03762")).text
        refusal = (await ask("paper", title="1706.03763")).text
        assert "arXiv 1706.03763 is not in the store." in refusal
        assert "again in" in refusal
        assert len(arxiv.requests) == 1


async def test_nothing_is_fetched_to_say_why_it_was_not_posted(store_file: Path) -> None:
    async with service(feed(LOOMS)) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        assert "is not in the store" in (await ask("why", paper="1706.03762")).text
        assert not arxiv.requests


async def test_that_a_fetched_paper_was_removed_by_the_operator_is_told(store_file: Path) -> None:
    both = feed(LOOMS, ENTRY.format(id="2411.00001", title="Mills Are Enough"))
    async with service(both, feed(LOOMS)) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        db, view = ask.client.library.db, ask.client.library.view()
        assert "### 2 papers" in (await ask("paper", title="1706.03762 2411.00001")).text
        (paper,) = await view.papers_named(identifiers.find("arXiv:1706.03762"))
        await removal.remove(db, paper.handle, datetime.now(UTC))
        async with db.write() as connection:
            await connection.execute("DELETE FROM service_answers")
        answer = await ask("paper", title="1706.03762 2411.00001")
        assert "“Looms Are All You Need” is left out: whoever runs Lectern removed it" in answer.text
        assert answer.titles == ["Mills Are Enough"]
