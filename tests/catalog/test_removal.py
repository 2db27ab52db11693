"""Removed papers: gone everywhere, not brought back by any source, and back as they were when that is undone."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from store import ingest, own_intake, removal
from store.catalog import merges, papers, removed_papers
from store.guilds import aliases, digests, outbox, own_additions, pauses, post_contents, subscriptions
from store.guilds.explain import explain
from store.library import Library
from store.lookup.resolve import Sure
from store.models import Handle, IntakeReport, PaperRecord, ParsedSource
from store.search.parser import parse
from store.separation import undo_merge
from store.storage.database import Database
from tests.catalog.test_merges import DOI, ID, A, B, R
from tests.guilds.channels import LAB, NOW, begin, deliver, states, subscribe
from tests.support.dump import dump
from tests.support.made import names, page, record, source

OTHER = record("A Paper That Stays", authors=names("Ashish Vaswani", "Mary Shelley"), abstract="Rivers.")
GONE = record("A Title for a Preprint", abstract="Silk.", identifiers=ID, authors=names("Ashish Vaswani", "Ada Byron"))
WITHOUT = ("intakes", "sources", "ledger.changed", "model_replies")


async def take(db: Database, *records: PaperRecord) -> IntakeReport:
    return await ingest.take(db, "a file", ParsedSource(papers=records), now=NOW)


@pytest.fixture
async def library(db: Database) -> AsyncIterator[Library]:
    opened = await Library.open(db.path)
    yield opened
    await opened.close()


async def handle_of(library: Library, title: str) -> Handle:
    found = await library.view().resolve_paper(title)
    assert isinstance(found, Sure)
    return found.hit.handle


async def test_it_is_gone_everywhere(library: Library) -> None:
    db, view = library.db, library.view()
    await take(db, OTHER)
    before = await dump(db, without=WITHOUT)
    await take(db, GONE)
    handle = await handle_of(library, GONE.title)
    removed = await removal.remove(db, handle, NOW)
    assert removed and removed.title == GONE.title
    tables = ("removed_papers", "removed_keys")
    assert await dump(db, without=(*WITHOUT, *tables)) == [row for row in before if row[0] not in tables]
    assert await view.paper(handle) is None and await view.papers_named(ID) == []
    assert (await view.search(parse("silk"), 5)).total == 0
    assert handle not in [hit.handle for hit in (await view.find_papers("title for a preprint", 5)).hits]
    assert await view.namesakes("Ada Byron") == [], "nobody else names her"
    (author,) = await view.namesakes("Ashish Vaswani")
    assert author.papers == 1
    assert await removal.remove(db, handle, NOW) is None


async def test_no_source_brings_it_back(library: Library) -> None:
    db = library.db
    await take(db, GONE, OTHER)
    await removal.remove(db, await handle_of(library, GONE.title), NOW)
    again = await take(db, GONE, OTHER)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 1)
    assert [problem.message for problem in again.problems] == [
        "“A Title for a Preprint” is left out: whoever runs Lectern removed it (`lectern removed`)"
    ]
    elsewhere = GONE.model_copy(update={"source": source("arXiv", "arxiv"), "title": "A Title for the Preprint"})
    assert (await take(db, elsewhere)).new == 0
    listed = page("Ashish Vaswani", GONE, OTHER, h_index=3)
    report = await ingest.take(db, "page", ParsedSource(pages=(listed,)), now=NOW)
    assert (report.new, len(report.problems)) == (0, 1)
    assert await papers.count(db) == 1
    assert (await take(db, record("A Title of Another Kind", identifiers=DOI))).new == 1


async def test_it_comes_back_as_it_was(library: Library) -> None:
    db = library.db
    await subscriptions.create(db, LAB, LAB.channel_id, 7, parse("silk"), subscriptions.Options(), NOW, 1)
    await take(db, GONE, OTHER, record("The Last One"))
    handle = await handle_of(library, GONE.title)
    await aliases.remember(db, LAB.guild_id, "title", "silk thing", handle, taught_by=7)
    before = await dump(db, without=WITHOUT)
    await removal.remove(db, handle, NOW)
    assert (await take(db, record("Something Newer Altogether", authors=names("Mary Shelley")))).new == 1
    (newer,) = await library.view().papers([await handle_of(library, "something newer altogether")])
    paper = await removal.bring_back(db, handle, NOW)
    assert paper and paper.title == GONE.title
    await removal.remove(db, newer.handle, NOW)
    removed = ("removed_papers", "removed_keys")
    assert [row for row in await dump(db, without=WITHOUT) if row[0] not in removed] == before
    assert await removal.bring_back(db, handle, NOW) is None
    assert (await take(db, GONE)).unchanged == 1


async def test_what_waits_is_dropped_and_says_why(library: Library) -> None:
    db = library.db
    await subscribe(db, "silk")
    await take(db, GONE)
    await removal.remove(db, handle := await handle_of(library, GONE.title), NOW)
    assert await deliver(db) == []
    paper, (outcome,) = await explain(db, LAB, LAB.guild_id, handle)
    assert paper.title == GONE.title
    assert (outcome.state, outcome.note) == ("dropped", "the paper was removed from the store before it was posted")
    await removal.bring_back(db, handle, NOW)
    assert len(await deliver(db)) == 1
    await removal.remove(db, handle, NOW)
    assert [o.state for o in (await explain(db, LAB, LAB.guild_id, handle))[1]] == ["posted"], "posted stays posted"
    await removal.bring_back(db, handle, NOW)
    assert await deliver(db) == [], "nothing twice"


@pytest.mark.parametrize("then", ["pause", "delete"])
async def test_what_comes_back_waits_as_its_subscription_is_now(library: Library, then: str) -> None:
    db = library.db
    one = await subscribe(db, "silk")
    await take(db, GONE)
    await removal.remove(db, handle := await handle_of(library, GONE.title), NOW)
    if then == "pause":
        await pauses.pause(db, one.scope, one.token, "rest", NOW)
    else:
        await subscriptions.delete(db, one.scope, [one.token], NOW)
    await removal.bring_back(db, handle, NOW)
    assert await states(db) == [{"pause": "held", "delete": "dropped"}[then]]


async def test_a_message_that_was_begun_goes_on_without_it(library: Library) -> None:
    db = library.db
    await subscribe(db, "silk", cap=1)
    # In the abstract alone, so that it is the second.
    await take(db, GONE, record("On Looms", abstract="Of silk.", authors=names("Mary Shelley")))
    (post,) = await begin(db)
    await removal.remove(db, await handle_of(library, GONE.title), NOW)
    digest = await digests.content(db, post)
    assert (digest.items, digest.over_cap) == ((), 1)
    assert await post_contents.over_cap(db, LAB, post.token)
    async with db.write() as connection:
        await outbox.withdraw(connection, post.id, NOW)
    (message,) = await deliver(db)
    assert [item.paper.title for item in message.items] == ["On Looms"]
    assert sorted(await states(db)) == ["dropped", "posted"]


async def test_a_merged_paper_is_removed_and_brought_back_with_its_merge(library: Library) -> None:
    db = library.db
    await take(db, A)
    await take(db, B)
    await take(db, R)
    handle = await handle_of(library, A.title)
    (merge,) = await merges.latest(db)
    former = merge.papers[1].handle
    await removal.remove(db, former, NOW)
    assert await undo_merge(db, handle, NOW) is None, "what is not there cannot be separated"
    assert (await take(db, A, B, R)).new == 0
    await take(db, OTHER)
    await removal.bring_back(db, handle, NOW)
    shown = await library.view().paper(former)
    assert shown and shown.handle == handle
    assert await undo_merge(db, former, NOW)
    assert await papers.count(db) == 3
    # One of the two that were separated is removed: the other still takes its records.
    await removal.remove(db, former, NOW)
    assert (await take(db, A)).unchanged == 1
    assert (await take(db, B)).new == 0
    assert await papers.count(db) == 2


async def test_what_a_guild_added_of_it_stays_the_guilds(library: Library) -> None:
    db = library.db
    await subscribe(db, "silk")
    await take(db, GONE)
    handle = await handle_of(library, GONE.title)
    mine = GONE.model_copy(update={"source": source("/add", "bibtex"), "abstract": "Silk of our own."})
    await own_intake.take(db, own_additions.Addition(LAB.guild_id, 7), "/add", ParsedSource(papers=(mine,)), NOW)
    before = await dump(db, without=WITHOUT)
    await removal.remove(db, handle, NOW)
    own = library.view(LAB.guild_id)
    shown = await own.paper(handle)
    assert shown and [s.name for s in shown.sources] == ["/add"]
    assert (await own.search(parse("silk"), 5)).handles == (handle,)
    assert await library.view().paper(handle) is None
    assert await states(db) == ["pending"], "the guild is told of it, as it has it"
    await removal.bring_back(db, handle, NOW)
    assert await dump(db, without=WITHOUT) == before


async def test_they_are_listed(library: Library) -> None:
    await take(library.db, GONE, OTHER)
    assert await removed_papers.newest_first(library.db) == []
    for title in (GONE.title, OTHER.title):
        await removal.remove(library.db, await handle_of(library, title))
    assert [one.paper.title for one in await removed_papers.newest_first(library.db)] == [OTHER.title, GONE.title]
