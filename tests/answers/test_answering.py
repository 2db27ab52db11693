"""Questions to a real store: whose papers are read, of which scope, and how many."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from store import answering, ingest, own_intake
from store.answering import Followed
from store.answers.answer import Answer
from store.guilds import hidden_papers, own_additions, subscriptions
from store.guilds.following import following
from store.guilds.subscriptions import Options, Scope
from store.library import Library
from store.models import PaperRecord, ParsedSource
from store.search.parser import parse
from tests.support.made import DAY, names, record

GUILD, OTHER = 100, 101
QUESTION = "Does aspirin increase bleeding?"
TITLES = ("Aspirin and bleeding", "Bleeding in children given aspirin", "Silk from looms")


def study(title: str, abstract: str, **fields: object) -> PaperRecord:
    return record(title, abstract=abstract, **fields)


@pytest.fixture
async def library(empty_file: Path) -> AsyncIterator[Library]:
    library = await Library.open(empty_file)
    papers = (
        study(TITLES[0], "Patients were treated. Aspirins increased bleeds.", category="q-bio.TO", published="2020"),
        study(
            TITLES[1],
            "Children were treated. Aspirin reduced bleeding.",
            category="stat.AP",
            published="2024",
            authors=names("Ada Bee"),
        ),
        study(TITLES[2], "Looms weave silk."),
        record("Aspirin, bleeding and aspirin"),
    )
    await ingest.take(library.db, "made", ParsedSource(papers=papers))
    yield library
    await library.close()


def quoted(answer: Answer) -> dict[str, str]:
    return {quote.paper.title: quote.group for quote in answer.quotes if quote.sentence.number == 2}


async def test_other_forms_of_words_are_found_and_what_has_no_abstract_is_not_read(library: Library) -> None:
    answer = await answering.ask(library.view(), QUESTION)
    assert quoted(answer) == {TITLES[0]: "for", TITLES[1]: "against"}
    assert (answer.looked_at, answer.papers) == (2, 4)


@pytest.mark.parametrize("question", ["Do hamsters dream?", "What?", "?", "\ud800", '") OR (a', "silk " * 80])
async def test_nothing_is_said_of_what_no_abstract_says(library: Library, question: str) -> None:
    answer = await answering.ask(library.view(), question)
    assert not answer.quotes or question.startswith("silk")


@pytest.mark.parametrize(
    ("scope", "found"), [("since:2023", TITLES[1]), ("cat:q-bio", TITLES[0]), ('author:"Ada Bee"', TITLES[1])]
)
async def test_a_scope_narrows_what_is_read(library: Library, scope: str, found: str) -> None:
    answer = await answering.ask(library.view(), QUESTION, parse(scope))
    assert (list(quoted(answer)), answer.looked_at) == ([found], 1)


async def test_only_what_the_queries_match_is_read(library: Library) -> None:
    answer = await answering.ask(
        library.view(), QUESTION, followed=Followed([parse("children"), parse("looms")], frozenset())
    )
    assert quoted(answer) == {TITLES[1]: "against"}
    assert not (await answering.ask(library.view(), QUESTION, followed=Followed([], frozenset()))).quotes


async def test_subscriptions_without_words_follow_what_they_posted(library: Library) -> None:
    scope = Scope(GUILD, 7)
    assert await answering.followed_in(library.db, scope) is None
    await subscriptions.create(library.db, scope, 7, 3, following([TITLES[1]], 5, []), Options(), DAY, 0)
    assert await answering.followed_in(library.db, scope) == Followed([], frozenset())
    posted = (await library.view().find_papers(TITLES[0], 1)).hits[0].handle
    assert list(quoted(await answering.ask(library.view(), QUESTION, followed=Followed([], frozenset([posted]))))) == [
        TITLES[0]
    ]


async def test_a_guild_reads_its_own_papers_and_none_that_it_hid(library: Library) -> None:
    own = study("Aspirin at home", "Patients were treated. Aspirin increased bleeding at home.")
    addition = own_additions.Addition(GUILD, 7)
    await own_intake.take(library.db, addition, "/add", ParsedSource(papers=(own,)), DAY)
    view = library.view(GUILD)
    answer = await answering.ask(view, QUESTION)
    assert quoted(answer) == {TITLES[0]: "for", TITLES[1]: "against", own.title: "for"}
    assert (answer.looked_at, answer.papers) == (3, 5)
    async with library.db.write() as connection:
        for quote in answer.quotes:
            await hidden_papers.hide(connection, GUILD, quote.paper, 7, DAY)
    assert not (await answering.ask(view, QUESTION)).quotes
    # Another guild sees neither the one nor the other.
    assert quoted(await answering.ask(library.view(OTHER), QUESTION)) == {TITLES[0]: "for", TITLES[1]: "against"}


async def test_an_own_record_decides_what_a_guild_is_quoted(library: Library) -> None:
    corrected = study(TITLES[0], "Patients were treated. Aspirin increased bleeding twice, as we found since.")
    corrected = corrected.model_copy(update={"published": "2026"})
    addition = own_additions.Addition(GUILD, 7)
    await own_intake.take(library.db, addition, "/add", ParsedSource(papers=(corrected,)), DAY)
    (paper,) = {
        q.paper.handle: q.paper
        for q in (await answering.ask(library.view(GUILD), QUESTION)).quotes
        if q.paper.title == TITLES[0]
    }.values()
    assert await library.view(GUILD).paper(paper.handle) == paper
