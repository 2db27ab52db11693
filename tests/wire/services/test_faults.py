"""What becomes of a question where services are down, slow, broken or have changed: told in a sentence, never raised."""

from __future__ import annotations

import asyncio

import pytest

from bot.simulator.services.library import MadeLibrary, MadePaper
from bot.simulator.services.server import MadeServices
from bot.simulator.services.service import Fault
from seeds.services.outside import OutsideServices
from store.models import Fetched, Identifier, Scheme
from store.outside import PersonIdentifier
from store.storage.database import Database
from tests.seeds.asking import asking


async def fetched(outside: OutsideServices, scheme: Scheme, *values: str) -> list[Fetched]:
    wanted = [Identifier(scheme=scheme, value=value) for value in values]
    return [part async for part in outside.papers(wanted)]


def first(library: MadeLibrary, scheme: str) -> tuple[MadePaper, str]:
    """The first paper that has an identifier of that scheme, and the identifier."""
    attribute = {"dblp": "dblp_key", "arxiv": "arxiv", "doi": "doi", "acl": "acl"}.get(scheme, f"{scheme}_id")
    return next((paper, str(value)) for paper in library.papers if (value := getattr(paper, attribute)))


@pytest.mark.parametrize("scheme", ["arxiv", "doi", "openalex", "s2", "dblp", "openreview"])
async def test_a_paper_by_its_identifier_takes_one_request(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary, scheme: Scheme
) -> None:
    paper, value = first(library, scheme)
    for _ in range(2):
        (part,) = await fetched(outside, scheme, value)
        assert [one.title for one in part.parsed.papers] == [paper.title]
        assert Identifier(scheme=scheme, value=value) in part.parsed.papers[0].identifiers
    assert made.requests == 1
    assert made["openalex"].spent == 0


async def test_an_acl_paper_is_found_by_whoever_knows_it(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary
) -> None:
    paper, value = first(library, "acl")
    (part,) = await fetched(outside, "acl", value)
    assert part.parsed.papers[0].title == paper.title and made["s2"].requests


@pytest.mark.parametrize("fault", ["500", "429 later", "down", "cut", "changed"])
@pytest.mark.parametrize("scheme", ["arxiv", "doi"])
async def test_where_its_service_fails_another_gives_the_paper(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary, fault: Fault, scheme: Scheme
) -> None:
    paper, value = next(
        (one, one.arxiv if scheme == "arxiv" else one.doi) for one in library.papers if one.arxiv and one.doi
    )
    made["arxiv"].always = made["crossref"].always = fault
    (part,) = await fetched(outside, scheme, value)
    sources = [one.source.name for one in part.parsed.papers]
    assert sources == ["OpenAlex"]
    assert part.parsed.papers[0].title == paper.title and not part.failed


@pytest.mark.parametrize("fault", ["500", "429 later", "down", "cut", "changed"])
async def test_with_every_service_failing_each_is_named_with_the_reason(
    outside: OutsideServices, made: MadeServices, fault: Fault
) -> None:
    made.all(fault)
    people, titled = await asyncio.gather(
        outside.people_named("Ada Example"), outside.papers_titled("Patient Looms for Reading")
    )
    assert people.found == () == titled.found
    for failures, names in (
        (people.failures, ["OpenAlex", "Semantic Scholar", "DBLP"]),
        (titled.failures, ["arXiv", "Crossref", "DBLP", "OpenAlex"]),
    ):
        assert [one.split(":")[0].split(" is")[0] for one in failures] == names
        assert all(one.endswith((".", ")")) and "\n" not in one for one in failures)
    (part,) = await fetched(outside, "arxiv", "2401.00001")
    assert part.failed and "arXiv" in part.reason
    (page,) = [page async for page in outside.papers_of(PersonIdentifier(scheme="s2", value="1700000"))]
    assert page.failure


async def test_nulls_are_no_failure(outside: OutsideServices, made: MadeServices) -> None:
    made.all("nulls")
    answer = await outside.people_named("Ada Example")
    assert len(answer.found) == 3 and answer.failures == ()
    assert answer.found[0].papers is None and answer.found[0].last_year is None
    titled = await outside.papers_titled("Patient Looms for Reading: Study 12")
    assert titled.found and titled.failures == ()


async def test_a_short_wait_is_waited_for_and_a_long_one_is_told_at_once(
    outside: OutsideServices, made: MadeServices
) -> None:
    made["openalex"].faults.append("429")
    assert (await outside.people_named("Ada Example")).found[0].source.name == "OpenAlex"
    made["openalex"].faults.append("403")
    assert (await outside.people_named("Wei Sample")).found[0].source.name == "OpenAlex"
    made["openalex"].faults.append("429 later")
    asked = len(made["openalex"].requests)
    answer = await outside.people_named("Max Instance")
    assert len(made["openalex"].requests) == asked + 1, "it is not tried again"
    assert "asks to wait 120 minutes" in answer.failures[0] and answer.found
    asked = len(made["openalex"].requests)
    assert "OpenAlex is not asked for 120 minutes" in (await outside.people_named("Nora Pattern")).failures[0]
    assert len(made["openalex"].requests) == asked


async def test_a_service_that_keeps_failing_rests_and_says_so(outside: OutsideServices, made: MadeServices) -> None:
    made["dblp"].always = "500"
    for number in range(5):
        await outside.person(PersonIdentifier(scheme="dblp", value=f"1/{number}"))
    assert len(made["dblp"].requests) == 3 * 2, "three questions, each tried twice"
    (state,) = [one for one in await outside.states() if one.service == "dblp"]
    assert state.resting.startswith("not asked for ") and "HTTP 500" in state.resting and state.spent == 6


async def test_a_budget_that_is_used_up_is_told_and_nothing_is_asked(
    db: Database, made: MadeServices, library: MadeLibrary
) -> None:
    async with asking(db, **made.settings, openalex_dollars=0.0025, dblp_requests=1) as (outside, _):
        for name in ("Ada Example", "Wei Sample", "Max Instance", "Nora Sample"):
            last = await outside.people_named(name)
        assert made["openalex"].spent <= 0.0025
        assert last.failures[0] == "OpenAlex has been asked as much as it may be today."
        assert last.found[0].source.name == "Semantic Scholar"
        spent = {one.service: one.spent for one in await outside.states()}
        assert spent["openalex"] == round(made["openalex"].spent * 1_000_000)
        await outside.person(PersonIdentifier(scheme="dblp", value="1/1"))
        answer = await outside.person(PersonIdentifier(scheme="dblp", value="1/2"))
        assert answer.failures == ("DBLP has been asked as much as it may be today.",)
        assert len(made["dblp"].requests) == 1
        _, work = first(library, "openalex")
        (part,) = await fetched(outside, "openalex", work)
        assert part.parsed.papers, "a single entity is free"


async def test_keys_are_trimmed_and_none_is_sent_where_none_is_set(db: Database, made: MadeServices) -> None:
    made["openalex"].key = "k3y"
    for key, sent in ((" k3y\n", "k3y"), ("", None), ("  ", None)):
        keys = {"openalex_key": key, "semantic_scholar_key": key}
        async with asking(db, **made.settings, **keys) as (outside, _):
            await outside.person(PersonIdentifier(scheme="openalex", value="A5000000000"), fresh=True)
            await outside.person(PersonIdentifier(scheme="s2", value="1700000"), fresh=True)
        assert made["openalex"].requests[-1].query.get("api_key") == sent
        assert made["s2"].requests[-1].headers.get("x-api-key") == sent


async def test_a_title_is_found_at_several_services_and_shown_once(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary
) -> None:
    paper = next(one for one in library.papers if one.arxiv and one.doi and one.abstract)
    answer = await outside.papers_titled(paper.title.lower())
    assert answer.failures == ()
    assert [one.title for one in answer.found].count(paper.title) == 1
    assert answer.found[0].title == paper.title and answer.found[0].abstract
    assert made.requests == 3 and not made["openalex"].requests, "what costs money is asked where the rest has nothing"


async def test_many_ask_at_the_same_time_and_none_waits_for_ever(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary
) -> None:
    made.all(delay=0.05)
    people = library.people[:20]
    answers = await asyncio.gather(*(outside.people_named(one.name) for one in people))
    assert all(answer.found for answer in answers)
