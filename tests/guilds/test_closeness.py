"""New papers are scored once for whoever follows papers, whatever happens in between, and for nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from store import ingest, own_intake
from store.closeness.followed import followed_paper, papers_of_author
from store.closeness.paper_scores import VECTOR_WAIT, PaperScores
from store.embeddings import vectors
from store.guilds import follows, subscriptions
from store.guilds.explain import explain
from store.guilds.following import Following, following, from_text, to_text
from store.guilds.own_additions import Addition
from store.guilds.subscriptions import Options, Scope, Subscription
from store.library import Library
from store.models import Author, Handle, ParsedSource
from store.search.parser import QueryError, parse
from tests.guilds.channels import NOW
from tests.support.made import names, record

FOLLOWED = "WebRL: Training Web Agents by Reinforcement Learning"
CLOSE = "Reinforcement Learning of Web Agents That Browse"
FAR = "Parliament Speeches of Estonia"
A, B = Scope(100, 200), Scope(101, 201)


@pytest.fixture
async def library(empty_file: Path) -> AsyncIterator[Library]:
    opened = await Library.open(empty_file)
    yield opened
    await opened.close()


async def arrive(library: Library, *titles: str, notify: bool = True, person: str = "Ada Bee") -> None:
    made = tuple(record(title, authors=names(person)) for title in titles)
    await ingest.take(library.db, "made", ParsedSource(papers=made), notify=notify, now=NOW)


async def handle_of(library: Library, title: str, owner: int = 0) -> Handle:
    return (await library.view(owner).find_papers(title, 1)).hits[0].handle


async def follow(library: Library, scope: Scope, title: str = FOLLOWED, per_day: int = 3) -> Subscription:
    paper = await library.view(scope.guild_id).paper(await handle_of(library, title))
    assert paper
    query, what = following([title], per_day, []), [followed_paper(paper)]
    return await subscriptions.create(library.db, scope, scope.channel_id, 5, query, Options(), NOW, 0, what)


async def matched(library: Library, scope: Scope, title: str) -> str:
    _, (outcome,) = await explain(library.db, scope, scope.guild_id, await handle_of(library, title, scope.guild_id))
    return outcome.state


async def settle(library: Library) -> None:
    scores = PaperScores(library.db)
    while await scores.score_waiting(NOW):
        pass


async def waiting(library: Library) -> int:
    async with library.db.read() as connection:
        return len(await follows.unscored(connection, 100))


async def test_only_what_is_close_is_matched(library: Library) -> None:
    await arrive(library, FOLLOWED)
    await follow(library, A)
    await arrive(library, CLOSE, FAR)
    assert await waiting(library) == 2
    await settle(library)
    assert await matched(library, A, CLOSE) == "pending"
    assert await matched(library, A, FAR) == "not_close"
    assert await matched(library, A, FOLLOWED) == "not_close"
    assert await waiting(library) == 0


async def test_nothing_waits_where_nobody_follows_papers_or_an_import_is_silent(library: Library) -> None:
    await arrive(library, FOLLOWED)
    assert await waiting(library) == 0
    await follow(library, A)
    await arrive(library, CLOSE, notify=False)
    assert await waiting(library) == 0


@pytest.mark.parametrize("steps", [1, 5, 20, 60, 200])
async def test_a_process_that_ends_in_between_loses_and_doubles_nothing(library: Library, steps: int) -> None:
    await arrive(library, FOLLOWED)
    await follow(library, A)
    await arrive(library, CLOSE, "Training Web Agents")
    ended = asyncio.create_task(PaperScores(library.db).score_waiting(NOW))
    for _ in range(steps):
        await asyncio.sleep(0)
    ended.cancel()
    await asyncio.wait([ended])
    restarted = await Library.open(library.db.path)
    await settle(restarted)
    assert [await matched(restarted, A, one) for one in (CLOSE, "Training Web Agents")] == ["pending", "pending"]
    assert (await subscriptions.in_channel(restarted.db, A))[0].waiting == 2
    await restarted.close()


async def test_two_processes_at_once_record_a_paper_once(library: Library) -> None:
    await arrive(library, FOLLOWED)
    await follow(library, A)
    await arrive(library, CLOSE)
    await asyncio.gather(*(PaperScores(library.db).score_waiting(NOW) for _ in range(2)))
    assert (await subscriptions.in_channel(library.db, A))[0].waiting == 1


async def test_what_a_guild_adds_is_scored_for_it_alone(library: Library) -> None:
    await arrive(library, FOLLOWED)
    for scope in (A, B):
        await follow(library, scope)
    added = ParsedSource(papers=(record(CLOSE),))
    await own_intake.take(library.db, Addition(owner=A.guild_id, person=5), "/add", added, NOW)
    await settle(library)
    (of_a,), (of_b,) = [await subscriptions.in_channel(library.db, scope) for scope in (A, B)]
    assert (of_a.waiting, of_b.waiting) == (1, 0)


async def test_votes_of_one_guild_change_nothing_for_another(library: Library) -> None:
    await arrive(library, FOLLOWED)
    of_a, of_b = await follow(library, A), await follow(library, B)
    paper = await library.view().paper(await handle_of(library, FOLLOWED))
    assert paper
    terms = followed_paper(paper.model_copy(update={"title": CLOSE})).terms
    async with library.db.write() as connection:
        for person in range(6):
            await follows.vote(connection, of_a.id, person, paper.handle, terms, NOW, wanted=False)
    await arrive(library, CLOSE)
    await settle(library)
    assert await matched(library, A, CLOSE) == "not_close"
    assert await matched(library, B, CLOSE) == "pending"
    assert of_b.query == of_a.query


async def test_a_pause_holds_what_is_close_and_a_deleted_one_gets_nothing(library: Library) -> None:
    await arrive(library, FOLLOWED)
    of_a, of_b = await follow(library, A), await follow(library, B)
    async with library.db.write() as connection:
        await connection.execute("UPDATE subscriptions SET pause = 'asked', pause_reason = '' WHERE id = ?", [of_a.id])
    await arrive(library, CLOSE)
    await subscriptions.delete(library.db, B, [of_b.token], NOW)
    await settle(library)
    assert await matched(library, A, CLOSE) == "held"
    async with library.db.read() as connection:
        assert [one.id for one in await follows.every(connection)] == [of_a.id]
        assert await follows.content(connection, of_b.id) == ((), ())


async def test_what_a_followed_author_writes_is_followed_from_the_next_day_on(library: Library) -> None:
    await arrive(library, FOLLOWED)
    view = library.view(A.guild_id)
    (ada,) = await view.authors([hit.handle for hit in await view.find_authors("Ada Bee", 1)])
    assert isinstance(ada, Author)
    what = await papers_of_author(view, ada.handle, ada.name)
    query = following([ada.name], 3, [])
    made = await subscriptions.create(library.db, A, A.channel_id, 5, query, Options(), NOW, 0, what, [ada.handle])
    scores = PaperScores(library.db)
    await arrive(library, CLOSE)
    await scores.score_waiting(NOW)
    await arrive(library, FAR, person="Bo Li")
    await scores.score_waiting(NOW + timedelta(days=2))
    async with library.db.read() as connection:
        papers = (await follows.content(connection, made.id)).papers
    assert {paper.title for paper in papers} == {FOLLOWED, CLOSE}
    assert await matched(library, A, CLOSE) == "pending"


async def test_a_paper_waits_for_its_vector_but_not_for_ever(library: Library) -> None:
    await arrive(library, FOLLOWED, "Something Else")
    await follow(library, A)
    await arrive(library, CLOSE)
    scores = PaperScores(library.db, embeds=True)
    assert await scores.score_waiting(NOW) == 0
    assert await scores.score_waiting(NOW + VECTOR_WAIT) == 1
    assert await matched(library, A, CLOSE) == "pending"


async def test_a_paper_of_like_meaning_is_close_where_vectors_say_so(library: Library) -> None:
    await arrive(library, FOLLOWED, FAR)
    await follow(library, A)
    await arrive(library, "Browsing by Trial and Error", "Verbs of Motion")
    async with library.db.write_papers() as connection:
        papers = await vectors.missing(connection, 10)
        near = [paper.title in (FOLLOWED, "Browsing by Trial and Error") for _, paper in papers]
        made = np.array([[1, 0] if one else [0, 1] for one in near], dtype=np.float32)
        await vectors.keep(connection, papers, made)
    await PaperScores(library.db, embeds=True).score_waiting(NOW)
    assert await matched(library, A, "Browsing by Trial and Error") == "pending"
    assert await matched(library, A, "Verbs of Motion") == "not_close"


def test_what_is_followed_is_stored_beside_queries_and_read_back() -> None:
    query = following(["A “B” {c}", "D" * 90, "E", "F"], 3, ["cs.CL", "cs.CL"])
    assert from_text(to_text(query)) == query
    assert isinstance(query, Following) and query.categories == ("cs.CL",)
    assert query.explain() == f"papers close to A “B” {{c}}, {'D' * 59}…, E and 1 more, about 3 a day"
    assert from_text(to_text(parse("agents -survey"))) == parse("agents -survey")
    with pytest.raises(QueryError):
        parse(to_text(query))
