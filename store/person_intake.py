"""Taking in the papers of a person that a service lists, page by page."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from datetime import datetime

from store import ingest
from store.catalog import authors
from store.guilds import person_intakes
from store.guilds.own_papers import EVERYBODY
from store.guilds.person_intakes import PersonIntake
from store.models import ParsedSource, Source
from store.outside import FoundPerson, PaperPage
from store.storage.database import Database


async def take(db: Database, intake: PersonIntake, page: PaperPage, now: datetime) -> PersonIntake:
    """Store a page of a person's papers as their author page, and note how far it is; of a failure, when to go on.

    The papers are everybody's. Nobody's subscriptions get them: most are old, and a feed announces those that are new.
    """
    if page.failure:
        return await person_intakes.fail(db, intake, page.failure, now)
    source = page_source(intake.person)
    for start in range(0, max(1, len(page.papers)), ingest.BATCH):
        papers = page.papers[start : start + ingest.BATCH]
        others = tuple(page_source(one) for one in intake.person.everywhere[1:])
        author_page = intake.person.page(papers).model_copy(update={"source": source, "same_person": others})
        parsed = ParsedSource(pages=(author_page,))
        await ingest.take(db, source.name, parsed, now=now, asked_by=EVERYBODY)
    author = await authors.by_page(db, source)
    assert author is not None
    return await person_intakes.advance(db, intake, author, len(page.papers), page.total, page.cursor, now)


async def take_pages(
    db: Database,
    intake: PersonIntake,
    pages: AsyncGenerator[PaperPage, None],
    now: Callable[[], datetime],
    progress: Callable[[PersonIntake], None] = lambda intake: None,
    most: int | None = None,
) -> PersonIntake:
    """Take in the pages that a service gives, up to the first that fails and at most so many; then close them."""
    taken = 0
    async with aclosing(pages):
        async for page in pages:
            intake = await take(db, intake, page, now())
            progress(intake)
            taken += 1
            if page.failure or taken == most:
                break
    if not taken:
        intake = await person_intakes.fail(db, intake, "The service gave nothing.", now())
    return intake


def page_source(person: FoundPerson) -> Source:
    """The source of the person's page at the service: each page is one of its own, the papers are the service's."""
    name = f"{person.source.name} {person.identifier.value}"
    return person.source.model_copy(update={"name": name})
