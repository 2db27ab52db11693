"""What a member adds is the guild's own: it is seen there, and everybody's papers stay as they are."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from store import ingest, own_intake
from store.catalog import intake_reports
from store.guilds import digests, own_additions
from store.guilds.own_papers import EVERYBODY
from store.guilds.subscriptions import Scope
from store.library import Library
from store.lookup.resolve import Sure
from store.models import AuthorPage, Identifier, IntakeReport, Metric, PaperRecord, ParsedSource, Source
from store.related_papers import related_papers
from store.search.parser import parse
from store.storage.database import Database
from tests.guilds.channels import NOW, arrive, deliver, outcomes, record, subscribe
from tests.support.made import names

GUILD, OTHER, PERSON = 100, 101, 7
CHANNELS = {GUILD: Scope(GUILD, 200), OTHER: Scope(OTHER, 201)}
ARXIV = Identifier(scheme="arxiv", value="2601.00001")


@pytest.fixture
async def library(db: Database) -> AsyncIterator[Library]:
    opened = await Library.open(db.path)
    yield opened
    await opened.close()


def given(title: str, **fields: Any) -> PaperRecord:
    source = Source(kind="bibtex", name="/add", retrieved=NOW)
    return record(title, **fields).model_copy(update={"source": source})


async def add(
    db: Database, *records: PaperRecord, owner: int = GUILD, pages: Sequence[AuthorPage] = ()
) -> IntakeReport:
    parsed = ParsedSource(papers=records, pages=tuple(pages))
    return await own_intake.take(db, own_additions.Addition(owner, PERSON), "/add", parsed, NOW)


async def search(library: Library, words: str, owner: int) -> list[str]:
    view = library.view(owner)
    found = await view.search(parse(words), 10)
    shown = await view.papers(found.handles)
    assert found.total == len(shown)
    return [paper.title for paper in shown]


async def told(db: Database) -> list[int]:
    """The guilds in whose channels something is posted."""
    return [guild_id for guild_id, channel in CHANNELS.items() if await deliver(db, target=channel.channel_id)]


async def test_it_is_found_in_its_guild_only(library: Library) -> None:
    report = await add(library.db, given("Looms of Our Own", abstract="A shuttle flies.", authors=names("Ada Byron")))
    assert (report.new, report.changed, report.unchanged) == (1, 0, 0)
    own = library.view(GUILD)
    assert await search(library, "shuttle", GUILD) == ["Looms of Our Own"]
    sure = await own.resolve_paper("looms of our ovn")
    assert isinstance(sure, Sure) and sure.hit.text == "Looms of Our Own"
    (author,) = await own.namesakes("Ada Byron")
    assert author.papers == 1 and await own.papers_of(author.handle) == [sure.hit.handle]
    assert [one.name for one in await own.authors_of(sure.hit.handle)] == ["Ada Byron"]
    assert [hit.text for hit in await own.find_authors("ada", 5)] == ["Ada Byron"]
    by_author = await own.find_papers("byron looms", 5)
    assert [hit.text for hit in by_author.hits] == ["Looms of Our Own"]
    for owner in (OTHER, EVERYBODY, -PERSON):
        view = library.view(owner)
        assert await search(library, "shuttle", owner) == []
        assert (await view.find_papers("looms of our own", 5)).hits == []
        assert await view.paper(sure.hit.handle) is None
        assert await view.authors([author.handle]) == [] and await view.find_authors("ada", 5) == []


async def test_a_record_of_everybodys_paper_adds_to_the_guilds_card_only(library: Library) -> None:
    await arrive(library.db, record("Looms in Lyon", identifiers=[ARXIV], authors=names("Ada Byron")))
    everybodys = await library.view().papers_named([ARXIV])
    report = await add(
        library.db, given("Looms in Lyon", abstract="Silk!", identifiers=[ARXIV], authors=names("Ada Byron"))
    )
    assert (report.new, report.changed) == (0, 1)
    (paper,) = await library.view(GUILD).papers_named([ARXIV])
    assert paper.abstract == "Silk!" and paper.handle == everybodys[0].handle
    assert await search(library, "silk", GUILD) == ["Looms in Lyon"]
    assert await search(library, "looms", GUILD) == ["Looms in Lyon"], "once, though both have it"
    assert await library.view().papers_named([ARXIV]) == await library.view(OTHER).papers_named([ARXIV]) == everybodys
    assert (await add(library.db, given("Looms in Lyon", abstract="Silk!", identifiers=[ARXIV]))).unchanged == 1


async def test_a_strangers_identifier_does_not_make_it_that_paper(library: Library) -> None:
    """A fake under a real arXiv id: the real paper is what the id leads to, and it is announced when it comes."""
    await subscribe(library.db, "looms")
    fake = given("Looms for Sale, Cheap", identifiers=[ARXIV], authors=names("Mal Ory"))
    await add(library.db, fake)
    assert len(await deliver(library.db)) == 1, "its own guild is told of what it added"
    await arrive(library.db, record("Weaving Looms by Machine", identifiers=[ARXIV], authors=names("Ada Byron")))
    (message,) = await deliver(library.db)
    assert [item.paper.title for item in message.items] == ["Weaving Looms by Machine"]
    assert [paper.title for paper in await library.view(GUILD).papers_named([ARXIV])] == ["Weaving Looms by Machine"]
    assert await search(library, "cheap", GUILD) == ["Looms for Sale, Cheap"], "nothing is lost"
    await add(library.db, fake)
    assert await search(library, "machine", GUILD) == ["Weaving Looms by Machine"]


async def test_the_catalogue_takes_over_what_it_learns_of(library: Library) -> None:
    await subscribe(library.db, "looms")
    await add(library.db, given("Looms in Lyon", abstract="Silk!", identifiers=[ARXIV], authors=names("Ada Byron")))
    (own,) = await library.view(GUILD).papers_named([ARXIV])
    assert len(await deliver(library.db)) == 1
    await arrive(library.db, record("Looms in Lyon", identifiers=[ARXIV], authors=names("Ada Byron"), published="2026"))
    assert await deliver(library.db) == [], "the channel has had it"
    (paper,) = await library.view(GUILD).papers_named([ARXIV])
    assert (paper.abstract, paper.published) == ("Silk!", "2026")
    assert paper.handle != own.handle
    assert (await library.view(GUILD).paper(own.handle)) == paper, "old buttons go on working"
    assert await outcomes(library.db, "Looms in Lyon") == ["posted"]
    (author,) = await library.view(GUILD).namesakes("Ada Byron")
    assert author.papers == 1 and await library.view(GUILD).papers_of(author.handle) == [paper.handle]


async def test_what_the_catalogue_learns_later_is_merged_with_the_guilds_record(library: Library) -> None:
    await subscribe(library.db, "silk")
    first = record("Looms in Lyon", identifiers=[ARXIV], authors=names("Ada Byron"))
    await arrive(library.db, first)
    await add(library.db, given("Looms in Lyon", identifiers=[ARXIV], authors=names("Ada Byron")))
    assert await deliver(library.db) == []
    await arrive(library.db, first.model_copy(update={"abstract": "Silk!"}))
    assert await search(library, "silk", GUILD) == ["Looms in Lyon"]
    assert len(await deliver(library.db)) == 1


async def test_two_guilds_do_not_overwrite_each_other(library: Library) -> None:
    for owner, title in ((GUILD, "Looms of Gold"), (OTHER, "Looms of Lead")):
        await add(library.db, given(title, identifiers=[ARXIV], abstract=f"By {owner}."), owner=owner)
    for owner, title in ((GUILD, "Looms of Gold"), (OTHER, "Looms of Lead")):
        (paper,) = await library.view(owner).papers_named([ARXIV])
        assert (paper.title, paper.abstract) == (title, f"By {owner}.")


async def test_it_is_matched_for_its_guild_only(library: Library) -> None:
    for guild_id in (GUILD, OTHER):
        await subscribe(library.db, "looms", scope=CHANNELS[guild_id])
    await add(library.db, given("Looms of Our Own"))
    assert await told(library.db) == [GUILD]
    await add(library.db, given("Looms of a Person"), owner=-PERSON)
    assert await told(library.db) == []


async def test_what_a_service_gave_on_request_is_new_to_others_when_it_is_announced(library: Library) -> None:
    for guild_id in (GUILD, OTHER):
        await subscribe(library.db, "looms", scope=CHANNELS[guild_id])
    found = ParsedSource(papers=(record("Looms in Lyon", identifiers=[ARXIV]),))
    await ingest.take(library.db, "/add", found, now=NOW, asked_by=GUILD)
    assert await told(library.db) == [GUILD]
    assert await outcomes(library.db, "Looms in Lyon", CHANNELS[OTHER]) == ["unannounced"]
    assert await search(library, "looms", OTHER) == ["Looms in Lyon"]
    await ingest.take(library.db, "/add", found, now=NOW, asked_by=GUILD)
    assert await told(library.db) == []
    await ingest.take(library.db, "arXiv", found, now=NOW)
    assert await told(library.db) == [OTHER]
    assert await intake_reports.latest(library.db) == [], "what one guild asked for is no news of the store"


async def test_an_author_page_is_seen_in_its_guild_only(library: Library) -> None:
    source = Source(kind="author_page", name="/add: me.html", retrieved=NOW)
    await arrive(library.db, record("Looms in Lyon", authors=names("Ada Byron")))
    paper = record("Looms of Our Own", authors=names("Ada Byron")).model_copy(update={"source": source})
    page = AuthorPage(
        source=source,
        name="Ada Byron",
        field=None,
        metrics=(Metric(name="h_index", value=999, source=source),),
        papers=(paper,),
    )
    await add(library.db, pages=[page])
    own, other = library.view(GUILD), library.view(OTHER)
    (author,) = await own.namesakes("Ada Byron")
    assert author.papers == 2 and [m.value for m in await own.metrics(author.handle)] == [999]
    assert [one.papers for one in await other.namesakes("Ada Byron")] == [1]
    assert await other.metrics(author.handle) == [] and len(await other.papers_of(author.handle)) == 1


async def test_coauthors_and_related_papers_include_the_guilds_own(library: Library) -> None:
    await arrive(library.db, record("Silk Looms in Lyon", authors=names("Ada Byron", "Bo Lee")))
    await add(library.db, given("Silk Looms at Home", authors=names("Ada Byron", "Cy Dee", "Bo Lee")))
    own = library.view(GUILD)
    (ada,) = await own.namesakes("Ada Byron")
    assert [(one.name, count) for one, count in await own.coauthors(ada.handle)] == [("Bo Lee", 2), ("Cy Dee", 1)]
    (paper,) = await own.papers((await own.search(parse('"at home"'), 5)).handles)
    assert [one.paper.title for one in await related_papers(own, paper)] == ["Silk Looms in Lyon"]
    (other,) = await own.papers((await own.search(parse("lyon"), 5)).handles)
    assert [one.paper.title for one in await related_papers(own, other)] == ["Silk Looms at Home"]
    assert await related_papers(library.view(OTHER), other) == []


async def test_there_is_room_for_so_many(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_intake, "MOST_OF_A_PERSON", 2)
    await add(library.db, given("Looms One of Them"), given("Looms Two of Them"), owner=-PERSON)
    with pytest.raises(own_intake.TooManyPapersError):
        await add(library.db, given("Looms Three of Them"), owner=-PERSON)
    assert len(await search(library, "looms", -PERSON)) == 2, "all of an addition or nothing"
    await add(library.db, given("Looms One of Them", abstract="Known."), owner=-PERSON)
    await add(library.db, given("Looms Three of Them"))


async def test_a_digest_shows_the_guilds_own_abstract(library: Library) -> None:
    await subscribe(library.db, "silk")
    await arrive(library.db, record("Looms in Lyon", identifiers=[ARXIV]))
    await add(library.db, given("Looms in Lyon", abstract="Silk!", identifiers=[ARXIV]))
    (message,) = await deliver(library.db)
    assert isinstance(message, digests.Digest)
    assert [item.paper.abstract for item in message.items] == ["Silk!"]
