"""A paper that a source withdraws without another word keeps what was said of it, and is marked."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from store import ingest
from store.catalog import papers
from store.models import Authorship, Identifier, Paper, PaperRecord, ParsedSource, Source, Withdrawal
from store.storage.database import Database

ARXIV_ID = Identifier(scheme="arxiv", value="2605.00001")
UNKNOWN = Identifier(scheme="arxiv", value="2605.00099")
OAI = Source(kind="oai", name="arXiv OAI-PMH", retrieved=datetime(2026, 5, 4, tzinfo=UTC))
FILE = Source(kind="bibtex", name="a.bib", retrieved=datetime(2026, 5, 3, tzinfo=UTC))
LATER = datetime(2026, 5, 5, tzinfo=UTC)


def record(source: Source, abstract: str | None = None) -> PaperRecord:
    return PaperRecord(
        source=source,
        title="On Weaving Looms",
        abstract=abstract,
        authors=(Authorship(name="Ada Byron", position=1),),
        identifiers=(ARXIV_ID,),
    )


def withdrawals(*identifiers: Identifier) -> ParsedSource:
    source = OAI.model_copy(update={"retrieved": LATER})
    return ParsedSource(withdrawals=tuple(Withdrawal(source=source, identifier=one) for one in identifiers))


async def known(db: Database) -> Paper:
    (paper,) = await papers.by_identifiers(db, [ARXIV_ID])
    return paper


@pytest.mark.parametrize("source", [OAI, FILE])
async def test_the_known_paper_is_marked_and_nothing_else_changes(db: Database, source: Source) -> None:
    await ingest.take(db, source.name, ParsedSource(papers=(record(source, "We weave."),)))
    before = await known(db)
    report = await ingest.take(db, OAI.name, withdrawals(ARXIV_ID))
    after = await known(db)
    assert (report.new, report.changed, report.unchanged) == (0, 1, 0)
    assert (before.withdrawn, after.withdrawn) == (False, True)
    assert {s.name for s in after.sources} == {source.name, OAI.name}
    assert after.model_copy(update={"withdrawn": False, "sources": before.sources}) == before


async def test_an_unknown_paper_is_not_made(db: Database) -> None:
    report = await ingest.take(db, OAI.name, withdrawals(UNKNOWN))
    assert (report.new, report.changed, report.unchanged) == (0, 0, 0)
    assert await papers.count(db) == 0


async def test_saying_it_again_changes_nothing(db: Database) -> None:
    await ingest.take(db, FILE.name, ParsedSource(papers=(record(FILE),)))
    await ingest.take(db, OAI.name, withdrawals(ARXIV_ID))
    report = await ingest.take(db, OAI.name, withdrawals(ARXIV_ID, UNKNOWN))
    assert (report.new, report.changed, report.unchanged) == (0, 0, 1)


async def test_a_full_record_of_the_source_takes_the_mark_away(db: Database) -> None:
    await ingest.take(db, OAI.name, ParsedSource(papers=(record(OAI),)))
    await ingest.take(db, OAI.name, withdrawals(ARXIV_ID))
    await ingest.take(db, OAI.name, ParsedSource(papers=(record(OAI),)))
    assert not (await known(db)).withdrawn
