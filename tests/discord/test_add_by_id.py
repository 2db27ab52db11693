"""`/add` by arXiv ids and DOIs, with services that are slow, broken or gone."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from bot import composition
from commands import add_by_id, outside, respond
from seeds.http import open_fetcher
from seeds.services import calling
from tests.discord.conversation import GONE, Answer, conversation
from tests.seeds.serving import service

WORDS = "Looms Mills Kilns Forges Quarries Orchards Harbours Bridges Canals Towers Meadows Lanterns".split()


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Services that want no pauses, and people who see progress at once."""
    monkeypatch.setattr(composition, "open_fetcher", partial(open_fetcher, pause=0.15, first_wait=0.01))
    monkeypatch.setattr(respond, "DEFER_AFTER_S", 0.1)
    monkeypatch.setattr(outside, "STORE_EVERY_S", 0.0)


def work(request: web.Request) -> web.Response:
    """Crossref's answer for `10.1000/N`, a paper of its own for each N."""
    doi = request.match_info["path"].removeprefix("feed/")
    number = int(doi.rsplit("/", 1)[1])
    title = f"On {WORDS[number % 12]} and {WORDS[number // 12 % 12]} of the {number}th Kind"
    return web.json_response({"message": {"title": [title], "DOI": doi, "author": [{"family": f"Byron{number}"}]}})


def failing_from(number: int) -> Callable[[web.Request], web.StreamResponse]:
    """Answers, but from this paper on with an error."""
    return lambda request: work(request) if int(request.path.rsplit("/", 1)[1]) < number else web.Response(status=503)


def dois(count: int) -> str:
    return "\n".join(f"10.1000/{number}" for number in range(count))


async def test_many_dois_are_added_with_progress_in_the_reply(store_file: Path) -> None:
    async with service(work) as crossref, conversation(store_file, crossref_url=crossref.address) as ask:
        added = await ask("add", entry=dois(12))
        assert "### Papers: 12 new" in added.text
        assert "Not taken" not in added.text
        progress = [int(n) for text in ask.changes for n in re.findall(r"Asking for papers: (\d+) of 12", text)]
        assert progress == sorted(progress) and len(progress) > 5
        assert min(b - a for a, b in zip(crossref.times, crossref.times[1:], strict=False)) > 0.14, "no pause"
        assert "9th Kind" in (await ask("paper", title="10.1000/9")).text


async def test_what_came_before_a_service_broke_down_is_kept_and_the_rest_can_be_tried(store_file: Path) -> None:
    async with service(failing_from(9)) as crossref, conversation(store_file, crossref_url=crossref.address) as ask:
        added = await ask("add", entry=dois(12))
        assert "### Papers: 9 new" in added.text
        assert "Not taken: 3. Crossref: 127.0.0.1 is overloaded or out of order (HTTP 503)." in added.text
        rest = added.text.split("```")[1]
        assert rest.split() == ["10.1000/9", "10.1000/10", "10.1000/11"]
        crossref.answers = [work]
        assert "### Papers: 3 new" in (await ask("add", entry=rest)).text


async def test_time_is_up_before_discord_takes_no_more_changes(
    store_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert add_by_id.FETCH_FOR_S < 15 * 60 - 60
    monkeypatch.setattr(add_by_id, "FETCH_FOR_S", 1.0)
    async with service(work) as crossref, conversation(store_file, crossref_url=crossref.address) as ask:
        added = await ask("add", entry=dois(12))
        assert "too slow" in added.text
        taken = int(re.findall(r"Papers: (\d+) new", added.text)[0])
        assert 0 < taken < 12
        assert len(added.text.split("```")[1].split()) == 12 - taken


async def test_more_than_are_asked_for_at_once_are_listed(store_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(add_by_id, "MOST_AT_ONCE", 3)
    async with service(work) as crossref, conversation(store_file, crossref_url=crossref.address) as ask:
        added = await ask("add", entry=dois(5))
        assert "Not taken: 2. I ask for 3 at once." in added.text


async def test_a_person_is_given_their_share_of_what_services_answer(store_file: Path) -> None:
    settings: dict[str, Any] = {"person_fetches": 8}
    async with service(work) as crossref, conversation(store_file, crossref_url=crossref.address, **settings) as ask:
        added = await ask("add", entry=dois(3))
        assert "Papers: 2 new" in added.text and "No more than 2 may be asked for now." in added.text
        refused = await ask("add", entry="10.1000/7")
        assert "Try again in 8 minutes." in refused.text and refused.private
        assert len(crossref.requests) == 2


@pytest.mark.parametrize("private", [False, True])
@pytest.mark.parametrize(("entry", "named"), [("1706.03762", "arXiv"), ("10.1000/1", "Crossref")])
async def test_without_a_network_the_service_is_named_at_once(
    store_file: Path, entry: str, named: str, private: bool
) -> None:
    async with conversation(store_file, arxiv_url=GONE, crossref_url=GONE) as ask:
        began = time.monotonic()
        answer = await ask("add", entry=entry, private=private)
        assert time.monotonic() - began < 2.0
        assert answer.text.startswith(f"Nothing was added. {named}: 127.0.0.1 cannot be reached. OpenAlex: ")
        assert answer.text.endswith(" Try again later, or paste the paper's BibTeX entry.")
        assert answer.private
        assert ask.scene.channels["lounge"].history() == []


@pytest.mark.parametrize("private", [False, True])
async def test_a_failure_after_progress_was_shown_is_told_to_the_person_only(store_file: Path, private: bool) -> None:
    async with (
        service(lambda request: web.Response(status=404)) as crossref,
        conversation(store_file, crossref_url=crossref.address) as ask,
    ):
        answer: Answer = await ask("add", entry=dois(4), private=private)
        assert "Crossref does not have 10.1000/0" in answer.text
        assert answer.private
        assert any("of 4" in text for text in ask.changes)
        assert ask.scene.channels["lounge"].history() == []


async def test_a_service_that_never_answers_is_named(store_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calling, "ONE_ANSWER_S", 0.2)
    async with service(None) as arxiv, conversation(store_file, arxiv_url=arxiv.address) as ask:
        assert "arXiv: 127.0.0.1" in (await ask("add", entry="2501.01234")).text
