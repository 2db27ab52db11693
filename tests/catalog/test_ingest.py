"""Records become papers: recognised, merged, linked to their authors, once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import pytest

from store import ingest
from store.catalog import authors, entity_resolution, papers
from store.catalog.seen_records import SeenRecords
from store.guilds import subscriptions
from store.models import Authorship, Identifier, Paper, PaperRecord, ParsedSource, Problem
from store.search.matcher import matches
from store.search.parser import parse
from store.storage.database import Database
from store.text.person_names import name_key
from tests.support.made import DAY, arxiv, names, page, record, source


async def take(db: Database, *records: PaperRecord) -> None:
    await ingest.take(db, "a file", ParsedSource(papers=records))


async def everything(db: Database) -> list[tuple[object, ...]]:
    """All rows, but for the log of what came in where several hosts may be."""
    async with db.read() as connection:
        tables = [
            row[0]
            for row in await connection.execute_fetchall(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'"
                " AND name NOT LIKE 'intake\\_%' ESCAPE '\\'"
            )
        ]
        return [
            (table, *row) for table in tables for row in await connection.execute_fetchall(f"SELECT * FROM {table}")
        ]


async def only_paper(db: Database) -> Paper:
    async with db.read() as connection:
        handles = [row[0] for row in await connection.execute_fetchall("SELECT handle FROM papers")]
    (found,) = await papers.by_handles(db, handles)
    return found


async def test_reading_twice_changes_nothing(db: Database) -> None:
    reading = ParsedSource(
        pages=(page("Noam Shazeer", record(), record("Outrageously Large Networks"), h_index=40, papers=2),),
        papers=(record("A Third Paper", abstract="It has an abstract.", identifiers=arxiv("2401.00001")),),
        problems=(Problem(line=3, message="a bad date"),),
    )
    first = await ingest.take(db, "page.txt", reading)
    before = await everything(db)
    again = await ingest.take(db, "page.txt", reading)
    assert (first.new, first.changed, first.unchanged) == (3, 0, 0)
    assert (again.new, again.changed, again.unchanged) == (0, 0, 3)
    assert await everything(db) == before


async def test_a_later_reading_of_the_same_text_keeps_the_first_time(db: Database) -> None:
    await take(db, record())
    before = await everything(db)
    await take(db, record(source=source(retrieved=DAY + timedelta(days=3))))
    assert await everything(db) == before


async def test_a_changed_record_updates_the_paper(db: Database) -> None:
    await take(db, record(abstract="Old."))
    await take(db, record(abstract="New.", source=source(retrieved=DAY + timedelta(days=1))))
    paper = await only_paper(db)
    assert paper.abstract == "New."
    assert paper.sources[0].retrieved == DAY + timedelta(days=1)


async def test_a_paper_is_known_by_identifier_though_its_title_was_edited(db: Database) -> None:
    await take(db, record("First Title of the Paper", identifiers=arxiv("2401.00001")))
    await take(db, record("A Better Title", identifiers=arxiv("2401.00001")))
    assert (await only_paper(db)).title == "A Better Title"


async def test_a_paper_is_known_by_title_and_first_author(db: Database) -> None:
    await take(db, record("Long²RAG: Evaluating Generation"))
    await take(db, record("Long2RAG - evaluating generation", source=source("refs.bib", "bibtex")))
    paper = await only_paper(db)
    assert [s.name for s in paper.sources] == ["page.txt", "refs.bib"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (record(identifiers=arxiv("2401.00001")), record(identifiers=arxiv("2401.00002"))),
        (record(), record(authors=names("Somebody Else"))),
        (record("Introduction"), record("Introduction", source=source("other.bib", "bibtex"))),
    ],
)
async def test_what_only_looks_alike_stays_two_papers(db: Database, one: PaperRecord, other: PaperRecord) -> None:
    await take(db, one)
    await take(db, other)
    assert await papers.count(db) == 2


async def test_a_title_of_one_word_is_the_same_paper_when_its_source_is_read_again(db: Database) -> None:
    for again in (record("Introduction", published="2024"), record("Introduction", published="2024", abstract="More.")):
        await take(db, again)
    assert (await only_paper(db)).abstract == "More."
    await take(db, record("Introduction", published="2025"))
    assert await papers.count(db) == 2


async def test_a_duplicate_within_a_source_is_taken_once(db: Database) -> None:
    report = await ingest.take(db, "refs.bib", ParsedSource(papers=(record(), record(abstract="Another entry."))))
    assert (report.new, report.unchanged) == (1, 1)


async def test_duplicates_far_apart_in_a_file_change_nothing_when_it_is_read_again(db: Database) -> None:
    twice = (record(identifiers=arxiv("2401.00001")), record(abstract="Once more.", identifiers=arxiv("2401.00001")))
    between = [record(f"Paper {number} of many", authors=()) for number in range(ingest.BATCH)]
    reading = ParsedSource(papers=(twice[0], *between, twice[1]))
    first = await ingest.take(db, "refs.bib", reading)
    assert (first.new, first.changed, first.unchanged) == (ingest.BATCH + 1, 0, 1)
    before = await everything(db)
    again = await ingest.take_all(db, "refs.bib", [ParsedSource(papers=reading.papers[:9]), ParsedSource(papers=twice)])
    assert (again.new, again.changed, again.unchanged) == (0, 0, 11)
    assert await everything(db) == before


async def test_papers_that_a_file_unites_change_nothing_when_it_is_read_again(db: Database) -> None:
    doi = (Identifier(scheme="doi", value="10.1/x"),)
    united = [
        record("Looms", identifiers=arxiv("2401.00001")),
        record("Weaving", identifiers=doi),
        record("Weaving with looms", identifiers=(*arxiv("2401.00001"), *doi)),
    ]
    readings = [ParsedSource(papers=(one,)) for one in united]
    await ingest.take_all(db, "refs.bib", readings)
    before = await everything(db)
    again = await ingest.take_all(db, "refs.bib", readings)
    assert (again.new, again.changed) == (0, 0)
    assert await everything(db) == before


async def test_what_an_import_had_seen_that_was_killed_is_forgotten_after_a_week(db: Database) -> None:
    async def breaks_off() -> AsyncIterator[ParsedSource]:
        yield ParsedSource(papers=(record(),))
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        await ingest.take_all(db, "refs.bib", breaks_off(), now=DAY)
    left = []
    for later in (timedelta(days=6), timedelta(days=8)):
        await ingest.take_all(db, "other.bib", [ParsedSource(), ParsedSource()], now=DAY + later)
        async with db.read() as connection:
            left.append(len(list(await connection.execute_fetchall("SELECT 1 FROM seen_records"))))
    assert left == [1, 0]


async def test_a_number_that_another_paper_had_is_no_duplicate(db: Database) -> None:
    doi = (Identifier(scheme="doi", value="10.1/x"),)
    uniting = record(identifiers=(*arxiv("2401.00001"), *doi))
    texts = (record("Looms", identifiers=arxiv("2401.00001")), record("Weaving", identifiers=doi), uniting)
    report = await ingest.take_all(
        db, "refs.bib", [ParsedSource(papers=(one,)) for one in (*texts, record("A new one"))]
    )
    assert report.new == 3
    assert await papers.count(db) == 2


async def test_a_typing_error_leads_to_the_paper_into_which_its_own_was_merged(db: Database) -> None:
    doi = (Identifier(scheme="doi", value="10.1/x"),)
    await take(
        db, record("Looms", identifiers=arxiv("2401.00001")), record("Patterns woven by machines", identifiers=doi)
    )
    await take(
        db,
        record("Looms", identifiers=(*arxiv("2401.00001"), *doi), source=source("refs.bib", "bibtex")),
        record("Patterns woven by machnes", source=source("more.bib", "bibtex")),
    )
    assert [s.name for s in (await only_paper(db)).sources] == ["page.txt", "more.bib", "refs.bib"]


async def test_the_nearer_source_wins_the_card_and_the_other_claim_is_kept(db: Database) -> None:
    await take(db, record(published="2023-01-05", venue="Preprint", citations=5))
    await take(
        db,
        record(
            source=source("Crossref", "crossref", DAY + timedelta(days=1)),
            published="2024",
            venue="Proc. of X",
            citations=9,
            identifiers=(Identifier(scheme="doi", value="10.1/x"),),
        ),
    )
    paper = await only_paper(db)
    assert (paper.published, paper.venue, paper.citations) == ("2024", "Proc. of X", 9)
    claims = {d.field: [(c.value, c.source.name) for c in d.claims] for d in paper.disagreements}
    assert claims["published"] == [("2024", "Crossref"), ("2023-01-05", "page.txt")]
    assert claims["citations"] == [("9", "Crossref"), ("5", "page.txt")]


async def test_a_more_exact_date_is_no_disagreement(db: Database) -> None:
    await take(db, record(published="2024", source=source("Crossref", "crossref")))
    await take(db, record(published="2024-08-12"))
    paper = await only_paper(db)
    assert paper.published == "2024-08-12"
    assert not paper.disagreements


async def test_the_author_of_a_page_is_on_every_paper_without_an_invented_place(db: Database) -> None:
    listed = (*names("Ashish Vaswani"), Authorship(name="Noam Shazeer"))
    await ingest.take(
        db, "p", ParsedSource(pages=(page("Noam Shazeer", record(authors=listed, authors_complete=False)),))
    )
    (author,) = await authors.namesakes(db, "noam shazeer")
    (handle,) = await authors.papers_of(db, author.handle)
    paper = await papers.by_handle(db, handle)
    assert paper
    assert [(a.name, a.position) for a in paper.authors] == [("Ashish Vaswani", 1), ("Noam Shazeer", None)]
    assert not paper.authors_complete


async def test_two_people_of_one_name_stay_two(db: Database) -> None:
    for index in (1, 2):
        mine = record(f"Paper Number {index} of Wei", authors=names("Wei Wang"))
        where = source(f"wei-{index}.txt")
        await ingest.take(db, where.name, ParsedSource(pages=(page("Wei Wang", mine, where=where, h_index=index),)))
    people = await authors.namesakes(db, "Wei Wang")
    assert len(people) == 2
    assert [len(await authors.papers_of(db, p.handle)) for p in people] == [1, 1]
    assert sorted([authors.latest(await authors.metric_history(db, p.handle))[0].value for p in people]) == [1, 2]


@pytest.mark.parametrize(
    ("nearest", "other", "shown"),
    [
        (["R. Xu", "Qi Z", "X. A. Liu"], ["Rongwu Xu", "Zehan Qi", "Xiao Liu"], ["Rongwu Xu", "Zehan Qi", "Xiao Liu"]),
        (["Z. Qi", "Zhen Qi"], ["Zehan Qi", "Zhen Qi"], ["Zehan Qi", "Zhen Qi"]),
        (["Z. Qi", "R. Xu"], ["Zehan Qi", "Zhen Qi"], ["Z. Qi", "R. Xu"]),
        (["Z. Qi", "Z Qi"], ["Zehan Qi"], ["Z. Qi", "Z Qi"]),
        (["Xiao A. Liu", "Y. Liu"], ["Xiao Liu"], ["Xiao A. Liu", "Y. Liu"]),
    ],
)
async def test_initials_are_spelt_out_where_another_source_has_the_one_name(
    db: Database, nearest: list[str], other: list[str], shown: list[str]
) -> None:
    doi = (Identifier(scheme="doi", value="10.1/x"),)
    await take(db, record(authors=names(*other), identifiers=doi, source=source("b.bib", "bibtex")))
    await take(db, record(authors=names(*nearest), identifiers=doi, source=source("Crossref", "crossref")))
    paper = await only_paper(db)
    assert [a.name for a in paper.authors] == shown
    async with db.read() as connection:
        rows = await connection.execute_fetchall("SELECT name, papers FROM authors")
    assert sorted(map(tuple, rows)) == sorted((name, 1) for name in {name_key(n): n for n in shown}.values())


async def test_the_papers_of_a_page_stay_on_it_where_a_later_list_has_initials(db: Database) -> None:
    mine = record(authors=(*names("Ashish Vaswani"), Authorship(name="Noam Shazeer")), authors_complete=False)
    await ingest.take(db, "p", ParsedSource(pages=(page("Noam Shazeer", mine, h_index=36),)))
    await take(db, record(authors=names("A. Vaswani", "N. Shazeer", "N. Parmar"), source=source("b.bib", "bibtex")))
    (author,) = await authors.namesakes(db, "Noam Shazeer")
    paper = await only_paper(db)
    assert await authors.papers_of(db, author.handle) == [paper.handle]
    assert matches(parse('author:"Noam Shazeer"'), paper) and paper.authors_complete


async def test_two_files_of_one_name_may_hold_the_pages_of_two_people(db: Database) -> None:
    for name in ("Ada Byron", "Grace Hopper"):
        one = page(name, record(f"A paper by {name} about engines", authors=names(name)), h_index=3)
        report = await ingest.take(db, "page.txt", ParsedSource(pages=(one,)))
        assert report.new == 1
    for name in ("Ada Byron", "Grace Hopper"):
        (person,) = await authors.namesakes(db, name)
        assert person.papers == 1
        assert [metric.value for metric in authors.latest(await authors.metric_history(db, person.handle))] == [3]


async def test_figures_are_kept_as_history(db: Database) -> None:
    later = source(retrieved=DAY + timedelta(days=30))
    await ingest.take(db, "p", ParsedSource(pages=(page("Noam Shazeer", record(), h_index=36, citations=100),)))
    await ingest.take(
        db, "p", ParsedSource(pages=(page("Noam Shazeer", record(), where=later, h_index=37, citations=100),))
    )
    (author,) = await authors.namesakes(db, "Noam Shazeer")
    latest = {m.name: (m.value, m.measured) for m in authors.latest(await authors.metric_history(db, author.handle))}
    assert latest["h_index"] == (37, later.retrieved.date())
    assert latest["citations"] == (100, DAY.date())
    async with db.read() as connection:
        rows = await connection.execute_fetchall("SELECT value FROM metrics WHERE name = 'h_index' ORDER BY retrieved")
    assert [row[0] for row in rows] == [36, 37]


async def test_coauthors_are_counted(db: Database) -> None:
    await take(
        db,
        record("Paper One Here", authors=names("A Bee", "C Dee")),
        record("Paper Two Here", authors=names("C Dee", "A Bee", "E Eff")),
    )
    author, second, third = [(await authors.namesakes(db, name))[0].handle for name in ("A Bee", "C Dee", "E Eff")]
    on = await authors.papers_of(db, author)
    assert await authors.coauthors(db, on, [author], 5) == {second: 2, third: 1}
    assert await authors.coauthors(db, on, [author], 1) == {second: 2}
    assert await authors.coauthors(db, on, [author, second], 5) == {third: 1}


@pytest.mark.sqlite_only("elsewhere papers are written by way of the log only")
async def test_nothing_is_half_stored(db: Database) -> None:
    before = await everything(db)
    with pytest.raises(ZeroDivisionError):
        async with db.write() as connection:
            await entity_resolution.resolve(connection, [record()], SeenRecords(), datetime.now(UTC))
            raise ZeroDivisionError
    assert await everything(db) == before


async def test_two_papers_that_turn_out_to_be_one_are_united(db: Database) -> None:
    doi = (Identifier(scheme="doi", value="10.1/x"),)
    await take(db, record("A Title for a Preprint", identifiers=arxiv("2401.00001"), source=source("arXiv", "arxiv")))
    await take(db, record("The Published Title", identifiers=doi, authors=names("Ashish Vaswani", "One More")))
    async with db.read() as connection:
        handles = [row[0] for row in await connection.execute_fetchall("SELECT handle FROM papers ORDER BY id")]
    both = record("The Published Title", identifiers=(*arxiv("2401.00001"), *doi), source=source("dblp", "dblp"))
    report = await ingest.take(db, "dblp", ParsedSource(papers=(both,)))
    assert (report.new, report.changed) == (0, 1)
    paper = await only_paper(db)
    assert [s.name for s in paper.sources] == ["arXiv", "dblp", "page.txt"]
    assert [await papers.by_handle(db, handle) for handle in handles] == [paper, paper]
    assert {a.name: a.papers for a in await authors.of_paper(db, paper.handle)} == {
        "Ashish Vaswani": 1,
        "Noam Shazeer": 1,
    }
    before = await everything(db)
    await take(db, both)
    assert await everything(db) == before


async def test_papers_with_different_arxiv_ids_are_not_united_by_their_title(db: Database) -> None:
    await take(db, record("A Common Title Here", identifiers=arxiv("2401.00001")))
    await take(db, record("A Common Title Here", identifiers=arxiv("2401.00002")))
    await take(db, record("A Common Title Here", identifiers=arxiv("2401.00002"), source=source("b.bib", "bibtex")))
    assert await papers.count(db) == 2


async def test_what_became_of_united_papers_stays_in_the_ledger(db: Database) -> None:
    channel = subscriptions.Scope(guild_id=1, channel_id=2)
    followed = await subscriptions.create(db, channel, 2, 3, parse("title"), subscriptions.Options(), DAY)
    doi = (Identifier(scheme="doi", value="10.1/x"),)
    await take(db, record("A Title for a Preprint", identifiers=arxiv("2401.00001"), source=source("arXiv", "arxiv")))
    await take(db, record("The Published Title", identifiers=doi))
    async with db.write() as connection:
        # The younger of the two was posted already.
        await connection.execute("UPDATE ledger SET state = 'posted' WHERE id = (SELECT max(id) FROM ledger)")
    await take(db, record("The Published Title", identifiers=(*arxiv("2401.00001"), *doi), source=source("d", "dblp")))
    async with db.read() as connection:
        rows = await connection.execute_fetchall("SELECT subscription_id, state FROM ledger ORDER BY id")
    assert [tuple(row) for row in rows] == [(followed.id, "dropped"), (followed.id, "posted")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (
            "Evaluating Question Answering on Debatable Knowledge",
            "Evaluating Qeustion Answering on Debatable Knowlege",
            True,
        ),
        ("A Meta-Reasoning Benchmark for Language Models", "A Metareasoning Benchmark for Language Models", True),
        ("Findings of the 2019 Shared Task on Translation", "Findings of the 2020 Shared Task on Translation", False),
        ("On the Theory of Everything, Part I", "On the Theory of Everything, Part II", False),
        ("Neural Translation from English to German", "Neural Translation from English to French", False),
        ("Deep Learnign", "Deep Learning", False),
    ],
)
async def test_a_title_with_a_typing_error_is_the_same_paper(db: Database, one: str, other: str, same: bool) -> None:
    await take(db, record(one))
    await take(db, record(other, source=source("refs.bib", "bibtex")))
    assert await papers.count(db) == (1 if same else 2)


async def test_a_typing_error_within_one_file_is_the_same_paper(db: Database) -> None:
    await take(
        db, record("Evaluating Question Answering on Knowledge"), record("Evaluating Question Anwsering on Knowledge")
    )
    assert await papers.count(db) == 1
