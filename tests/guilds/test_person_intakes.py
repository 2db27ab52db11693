"""The papers of people, fetched page by page: what is kept of how far they are, over failures and repeats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from store import person_intake
from store.catalog import authors, papers
from store.guilds import person_intakes
from store.guilds.person_intakes import FIRST_PAGE_WITHIN, FIRST_WAIT, LONGEST_WAIT, PersonIntake
from store.models import Authorship, Identifier, PaperRecord, Source
from store.outside import FoundPerson, PaperPage, PersonIdentifier
from store.storage.database import Database
from tests.guilds.channels import arrive, rows, states, subscribe

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
SOURCE = Source(kind="openalex", name="OpenAlex", retrieved=NOW)
ADA = FoundPerson(
    source=SOURCE,
    identifier=PersonIdentifier(scheme="openalex", value="A5000000001"),
    name="Ada Byron",
    other_names=("A. Byron",),
    papers=250,
    citations=1815,
    h_index=12,
)


def record(number: int, name: str = "Ada Byron") -> PaperRecord:
    return PaperRecord(
        source=SOURCE,
        title=f"On the {number}th Loom",
        authors=(Authorship(name=name, position=1),),
        identifiers=(Identifier(scheme="openalex", value=f"W{number}"),),
    )


def page(first: int, count: int, cursor: str | None, total: int | None = 250) -> PaperPage:
    return PaperPage(papers=tuple(record(n) for n in range(first, first + count)), total=total, cursor=cursor)


async def test_a_person_is_here_from_the_first_page_on(db: Database) -> None:
    intake = await person_intakes.begin(db, ADA, NOW)
    assert not intake.complete
    intake = await person_intake.take(db, intake, page(0, 100, "after-100"), NOW)
    assert (intake.taken, intake.total, intake.cursor, intake.complete) == (100, 250, "after-100", False)
    assert intake.author is not None
    (author,) = await authors.by_handles(db, [intake.author])
    assert (author.name, author.papers) == ("Ada Byron", 100)
    figures = {
        metric.name: (metric.value, metric.source.name)
        for metric in authors.latest(await authors.metric_history(db, author.handle))
    }
    assert figures["citations"] == (1815, "OpenAlex A5000000001")
    intake = await person_intake.take(db, intake, page(100, 150, None), NOW)
    assert intake.complete
    assert await papers.count(db) == 250
    assert [one.taken for one in await person_intakes.of_author(db, author.handle)] == [250]
    assert await person_intakes.waiting(db, NOW + timedelta(days=9)) == []


async def test_whoever_asked_has_the_first_page_to_themselves_for_a_while(db: Database) -> None:
    await person_intakes.begin(db, ADA, NOW)
    assert await person_intakes.waiting(db, NOW) == []
    (left,) = await person_intakes.waiting(db, NOW + FIRST_PAGE_WITHIN)
    assert left.person == ADA


async def test_asking_again_while_it_goes_on_changes_nothing_and_later_begins_anew(db: Database) -> None:
    intake = await person_intakes.begin(db, ADA, NOW)
    going = await person_intake.take(db, intake, page(0, 10, "more"), NOW)
    assert await person_intakes.begin(db, ADA, NOW + timedelta(hours=1)) == going
    done = await person_intake.take(db, going, page(10, 10, None), NOW)
    later = NOW + timedelta(days=30)
    again = await person_intakes.begin(db, ADA.model_copy(update={"citations": 1900}), later)
    assert (again.taken, again.cursor, again.asked) == (0, None, later)
    assert again.author == done.author, "the page stays known meanwhile"
    await person_intake.take(db, again, page(0, 20, None), later)
    assert await papers.count(db) == 20, "the same papers come again and are no others"


async def test_what_a_service_does_not_give_is_tried_again_ever_later(db: Database) -> None:
    intake = await person_intakes.begin(db, ADA, NOW)
    intake = await person_intake.take(db, intake, page(0, 10, "more"), NOW)
    waits = []
    for _ in range(12):
        intake = await person_intake.take(db, intake, PaperPage(failure="OpenAlex: it is down."), NOW)
        assert intake.next_try is not None
        waits.append(intake.next_try - NOW)
    assert waits[:3] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert waits[-1] == LONGEST_WAIT
    assert (intake.failure, intake.cursor, intake.taken) == ("OpenAlex: it is down.", "more", 10)
    intake = await person_intake.take(db, intake, page(10, 10, None), NOW)
    assert (intake.failures, intake.failure, intake.complete) == (0, "", True)


@settings(max_examples=15)
@given(sizes=st.lists(st.integers(0, 30), min_size=1, max_size=5), killed=st.sets(st.integers(0, 4)))
async def test_a_kill_between_page_and_note_loses_and_doubles_nothing(
    tmp_path_factory: object, sizes: list[int], killed: set[int]
) -> None:
    db = await Database.open(tmp_path_factory.mktemp("intake") / "lectern.db")  # type: ignore[attr-defined]
    try:
        await person_intakes.begin(db, ADA, NOW)
        first = 0
        for number, size in enumerate(sizes):
            last = number == len(sizes) - 1
            given_page = page(first, size, None if last else f"after-{number}", sum(sizes))
            (intake,) = await person_intakes.waiting(db, NOW + timedelta(days=1))
            if number in killed:
                await stored_but_not_noted(db, intake, given_page)
                (intake,) = await person_intakes.waiting(db, NOW + timedelta(days=1))
            await person_intake.take(db, intake, given_page, NOW)
            first += size
        assert await papers.count(db) == sum(sizes)
    finally:
        await db.close()


async def stored_but_not_noted(db: Database, intake: PersonIntake, given_page: PaperPage) -> None:
    """What a page leaves if the process is killed before its place is noted."""
    before = intake
    await person_intake.take(db, intake, given_page, NOW)
    async with db.write() as connection:
        await connection.execute(
            "UPDATE person_intakes SET cursor = ?, taken = ?, next_try = ?",
            [before.cursor, before.taken, NOW.isoformat(timespec="microseconds")],
        )


async def test_papers_that_come_with_a_person_are_posted_by_no_subscription_until_a_feed_announces_them(
    db: Database,
) -> None:
    await subscribe(db, "loom")
    intake = await person_intakes.begin(db, ADA, NOW)
    await person_intake.take(db, intake, page(0, 10, None), NOW)
    assert await rows(db) == []
    announced = record(3).model_copy(update={"source": Source(kind="arxiv", name="arXiv", retrieved=NOW)})
    await arrive(db, announced)
    assert await states(db) == ["pending"]
