"""People and their papers, over services that have them split, mixed and under one name."""

from __future__ import annotations

import asyncio

import pytest

from bot.simulator.services.library import MadeLibrary, MadePerson
from bot.simulator.services.server import MadeServices
from seeds.services.outside import OutsideServices
from store.outside import PaperPage, PersonIdentifier, PersonScheme
from store.storage.database import Database
from tests.seeds.asking import asking


def of(scheme: PersonScheme, value: str) -> PersonIdentifier:
    return PersonIdentifier(scheme=scheme, value=value)


def lone(library: MadeLibrary, most: int | None = None, **wanted: object) -> MadePerson:
    """The person with the most papers, or up to so many, who has no namesake and one profile."""
    alone = [one for one in library.people if not one.suffix and not one.split and one.mixed_with is None]
    fitting = [one for one in alone if all(getattr(one, name) == value for name, value in wanted.items())]
    return max(fitting, key=lambda one: len(one.papers) if most is None or len(one.papers) <= most else 0)


async def pages(outside: OutsideServices, one: PersonIdentifier, after: str | None = None) -> list[PaperPage]:
    return [page async for page in outside.papers_of(one, after)]


async def test_a_person_with_their_first_papers_takes_at_most_three_requests(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary
) -> None:
    person = lone(library)
    made.all(delay=0.05)
    (found,) = (await outside.people_named(person.name)).found
    async for page in outside.papers_of(found.identifier):
        assert len(page.papers) == 50 and page.total == len(person.papers)
        break
    assert made.requests <= 3
    assert found.papers == len(person.papers) and found.h_index and found.citations and found.fields
    assert found.affiliations[0].name == person.place
    assert found.source.name == "OpenAlex"


async def test_all_papers_come_in_pages_and_can_be_resumed(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary
) -> None:
    person = lone(library)
    one = of("openalex", person.openalex_id())
    every = await pages(outside, one)
    titles = [paper.title for page in every for paper in page.papers]
    assert sorted(titles) == sorted(paper.title for paper in person.papers)
    asked = made.requests
    assert asked == -(-len(titles) // 50)
    rest = await pages(outside, one, every[0].cursor)
    assert [paper.title for page in rest for paper in page.papers] == titles[50:]
    assert made.requests == asked, "what was answered lately is not asked again"


async def test_a_service_that_fails_midway_is_resumed_where_it_was(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary
) -> None:
    person = lone(library)
    one = of("openalex", person.openalex_id())
    stream = outside.papers_of(one)
    first = await anext(stream)
    made["openalex"].always = "429 later"
    failed = await anext(stream)
    assert not failed.papers and failed.failure.startswith("OpenAlex: ") and "120 minutes" in failed.failure
    assert [page async for page in stream] == []
    made["openalex"].always = None
    assert failed.cursor == first.cursor is not None


async def test_namesakes_are_apart_and_each_has_their_best_known_paper(
    outside: OutsideServices, made: MadeServices
) -> None:
    found = (await outside.people_named("Ada Example")).found
    assert len(found) == 3 and {one.name for one in found} == {"Ada Example"}
    assert [one.papers or 0 for one in found] == sorted((one.papers or 0 for one in found), reverse=True)
    assert all(one.best_known for one in found)
    assert (len(made["openalex"].requests), len(made["dblp"].requests)) == (2, 4)


async def test_a_person_is_found_in_the_other_services(db: Database, made: MadeServices, library: MadeLibrary) -> None:
    async with asking(db, **made.settings, semantic_scholar_key="secret") as (with_key, _):
        for person in (lone(library, has_orcid=True), lone(library, has_orcid=False)):
            (found,) = (await with_key.people_named(person.name)).found
            found = found.model_copy(update={"elsewhere": await with_key.elsewhere(found)})
            assert [one.source.name for one in found.everywhere] == ["OpenAlex", "Semantic Scholar", "DBLP"]
            values = [one.identifier.value for one in found.everywhere]
            assert values == [person.openalex_id(), person.s2_id(), person.pid]
            assert [len(one.elsewhere or ()) for one in found.everywhere] == [2, 2, 2]
            (page,) = (await with_key.person(found.everywhere[2].identifier)).found
            assert {one.identifier.value for one in await with_key.elsewhere(page)} == set(values[:2])


async def test_namesakes_of_several_services_are_each_put_together_with_nobody_else(
    outside: OutsideServices, library: MadeLibrary
) -> None:
    of_profile = {one.openalex_id(): one for one in library.people if one.mixed_with is None}
    for name in ("Ada Example", "Wei Sample"):
        found = (await outside.people_named(name)).found
        together = [one for one in found if one.elsewhere]
        assert len(together) == 3, "as many pages of DBLP are read"
        for one in together:
            assert [other.identifier.value for other in one.elsewhere or ()] == [of_profile[one.identifier.value].pid]


async def test_a_slow_service_is_not_waited_for_where_another_knows_somebody(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("seeds.services.outside._OTHERS_WITHIN_S", 0.05)
    made["dblp"].delay = 3.0
    answer = await outside.people_named("Ada Example")
    assert [one.source.name for one in answer.found] == ["OpenAlex"] * 3
    assert answer.failures == ("DBLP is slow; it may have answered when you ask again.",)


@pytest.mark.parametrize(("scheme", "source"), [("openalex", "OpenAlex"), ("s2", "Semantic Scholar"), ("dblp", "DBLP")])
async def test_a_person_by_the_identifier_of_each_service(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary, scheme: PersonScheme, source: str
) -> None:
    person = lone(library)
    value = {"openalex": person.openalex_id(), "s2": person.s2_id(), "dblp": person.pid}[scheme]
    (found,) = (await outside.person(of(scheme, value))).found
    assert (found.name, found.papers, found.source.name) == (person.name, len(person.papers), source)
    every = await pages(outside, found.identifier)
    assert sum(len(page.papers) for page in every) == len(person.papers)
    assert all(not page.failure for page in every)
    years = [paper.published or "" for paper in every[0].papers]
    assert scheme == "s2" or years == sorted(years, reverse=True)


async def test_an_orcid_is_answered_by_whoever_knows_it(
    outside: OutsideServices, made: MadeServices, library: MadeLibrary
) -> None:
    one = of("orcid", (person := lone(library, has_orcid=True)).orcid)
    assert (await outside.person(one)).found[0].h_index
    made["openalex"].always = "500"
    answer = await outside.person(one, fresh=True)
    assert answer.found[0].name == person.name and answer.found[0].affiliations[0].first_year
    assert answer.failures[0].startswith("OpenAlex: ")
    entered = [paper for page in await pages(outside, one) for paper in page.papers]
    assert 0 < len(entered) < len(person.papers), "those that the person entered"
    assert entered[0].authors[0].name == person.name and not entered[0].authors_complete


async def test_a_page_of_namesakes_leads_to_each_and_has_no_papers(
    outside: OutsideServices, library: MadeLibrary
) -> None:
    namesake = next(one for one in library.people if one.suffix == "0002")
    both = of("dblp", namesake.pid.partition("-")[0])
    found = (await outside.person(both)).found
    assert namesake.pid in [one.identifier.value for one in found]
    assert not any(char.isdigit() for one in found for char in one.name)
    (page,) = await pages(outside, both)
    assert page.failure == "DBLP has several people under that; choose one of them."


async def test_a_merged_profile_is_followed(outside: OutsideServices, library: MadeLibrary) -> None:
    person = lone(library)
    merged = person.openalex_id().replace("A5", "A4", 1)
    (found,) = (await outside.person(of("openalex", merged))).found
    assert found.identifier.value == person.openalex_id()


async def test_where_the_first_service_fails_the_next_is_asked(outside: OutsideServices, made: MadeServices) -> None:
    made["openalex"].always = "down"
    answer = await outside.people_named("Ada Example")
    assert {one.source.name for one in answer.found} == {"Semantic Scholar"} and answer.found[0].best_known
    assert len(answer.failures) == 1 and answer.failures[0].startswith("OpenAlex: ")
    made["s2"].always = "404"
    answer = await outside.people_named("Wei Sample")
    assert {one.source.name for one in answer.found} == {"DBLP"} and len(answer.found) == 4


async def test_the_same_is_asked_once_also_at_the_same_time_and_after_a_restart(
    db: Database, made: MadeServices, library: MadeLibrary
) -> None:
    name = lone(library).name
    async with asking(db, **made.settings) as (outside, _):
        answers = await asyncio.gather(*(outside.people_named(name) for _ in range(5)))
    asked = made.requests
    async with asking(db, **made.settings) as (outside, _):
        answers.append(await outside.people_named(name))
    assert len({answer.found[0].source.retrieved for answer in answers}) == 1
    assert made.requests == asked == 1
