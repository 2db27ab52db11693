"""The composition root: makes every part of the program from the settings and connects them. Nothing else does.

`lectern run`, `playground`, `try`, the commands for files and the tests all come through here.
"""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

from bot import service_access
from bot.client import Lectern, Worker
from bot.division import Division
from bot.settings import Settings
from bot.shards import Shards
from bot.workers import (
    arxiv_poller,
    club,
    delivery,
    embedding,
    folder,
    intake,
    people,
    post_editing,
    scoring,
    watching,
    weekly_saved,
    zotero,
)
from bot.workers.arxiv_hearing import ArxivHearing
from commands.add import MAX_FILE_BYTES, MAX_PAPERS
from commands.limits import Rate, RateLimits
from commands.registry import BUTTONS, COMMANDS, FORMS
from seeds import pdf
from seeds.http import Fetcher, open_fetcher
from seeds.reading.limits import Limits
from seeds.reading.parsers import Parsers
from seeds.services.language_model import LanguageModel
from seeds.services.outside import OutsideServices
from store.guilds.own_papers import Owner
from store.guilds.service_turns import ServiceTurns
from store.library import Library
from store.models import DocumentNames, ParsedSource
from store.storage.two_halves import TwoHalves

COLLECT_AFTER = 10_000
"""Objects that are made, and not freed at once, before the collector of garbage looks through them; by choice. With
Python's 700 it took 5 % of the time that answers take."""


def spare_what_is_loaded() -> None:
    """Let the collector of garbage leave out all that is there now, for the whole process; call it once it has started.

    It stops everything, and would look at each module again each time: 20 ms and more of the event loop.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER)


@dataclass(frozen=True)
class Services:
    """The services outside, other than Discord."""

    fetcher: Fetcher
    """The only one of the process, so that a pause that a service asks for holds for all requests to it."""
    outside: OutsideServices
    parsers: Parsers
    language_model: LanguageModel | None


@asynccontextmanager
async def open_services(settings: Settings, library: Library, *, several: bool = False) -> AsyncIterator[Services]:
    """The services that the settings name, as long as the block lasts; what they cost is kept in the library's store.

    They are asked in turns with other processes where `several` serve that store.
    Raises `LanguageModelMissingError` where they name a language model and the extra `llm` is not installed.
    """
    language_model = _language_model(settings)
    parsers = Parsers(Limits(settings.reading_seconds, settings.reading_memory_mb * 1_000_000))
    try:
        others = ServiceTurns(library.db) if several else None
        async with open_fetcher(settings.user_agent, others=others) as fetcher:
            caller = service_access.make_caller(settings, library.db, fetcher, parsers)
            outside = OutsideServices(caller, service_access.services(settings))
            try:
                yield Services(fetcher, outside, parsers, language_model)
            finally:
                await caller.close()
    finally:
        await parsers.close()
        if language_model:
            await language_model.close()


def make_workers(settings: Settings, library: Library, services: Services) -> list[Worker]:
    """What runs beside the commands, without what the settings turn off."""
    workers = [
        Worker("delivery", partial(delivery.deliver, db=library.db), once_a="process"),
        Worker(
            "people",
            partial(people.fetch_people, db=library.db, now=lambda: datetime.now(UTC)),
            waits_for_services=True,
        ),
        Worker("scoring", partial(scoring.score_papers, now=lambda: datetime.now(UTC))),
        Worker("editing of posts", partial(post_editing.edit_posts, db=library.db, now=_now)),
        Worker("what was saved in a week", partial(weekly_saved.tell_weekly, now=_now)),
        Worker("journal clubs", partial(club.run_clubs, now=_now), once_a="process"),
        Worker(
            "Zotero",
            lambda client: zotero.ZoteroWorker(
                client, services.fetcher, settings.zotero_url, timedelta(minutes=settings.zotero_minutes), _now
            ).run(),
            once_a="process",
            waits_for_services=True,
        ),
        Worker(
            "start of reading",
            lambda client: services.parsers.small.start(),
            once_a="process",
            waits_for_services=True,
        ),
    ]
    if semantic := library.semantic:
        embed = partial(embedding.embed_papers, db=library.db, semantic=semantic)
        workers.append(Worker(embedding.NAME, embed, once_a="process", waits_for_services=True))
    if settings.watch:
        poller = arxiv_poller.ArxivPoller(
            library.db,
            services.fetcher,
            services.parsers,
            rss_url=settings.rss_url,
            oai_url=settings.oai_url,
            interval=timedelta(minutes=settings.watch_minutes),
            now=_now,
        )
        poll = partial(arxiv_poller.poll, poller=poller)
        workers.append(Worker("arXiv poller", poll, waits_for_services=True))
    if settings.watch:
        refresh = partial(watching.refresh_watched, db=library.db, now=_now)
        workers.append(Worker("watched papers", refresh, waits_for_services=True))
    if isinstance(library.db, TwoHalves):
        workers.append(Worker("intake", partial(intake.take_in, db=library.db), once_a="process"))
    if settings.folder:
        watch = partial(folder.watch_folder, library=library, folder=settings.folder, read=services.parsers.read_path)
        workers.append(Worker("watched folder", watch, once_a="host"))
    return workers


def make_client(
    settings: Settings,
    library: Library,
    services: Services,
    workers: Sequence[Worker] = (),
    division: Division | None = None,
) -> Lectern:
    """The Discord client with all commands, ready to be started; with a division, one process of several."""
    library = replace(library, rewriter=services.language_model)
    read = partial(_read, services.parsers)
    limits, announcements = make_limits(settings), _announcements(settings, services)
    web_url = settings.public_web_url if settings.web else None
    return Lectern(
        library, services.outside, read, limits, COMMANDS, BUTTONS, FORMS, workers, announcements, web_url, division
    )


def make_division(library: Library, shards: Shards, workers: Sequence[Worker]) -> Division:
    """Which of the work is that of a process that serves these shards, beside others."""
    once = [one.name for one in workers if one.once_a == "installation"]
    on_host = [one.name for one in workers if one.once_a == "host"]
    return Division(library.db, shards, once, [*on_host, embedding.NAME])


def make_limits(settings: Settings) -> RateLimits:
    """What each person and guild may ask for, by the settings."""
    minute, hour = timedelta(minutes=1), timedelta(hours=1)
    return RateLimits(
        {
            "question": Rate(settings.person_questions, settings.guild_questions, minute),
            "keystroke": Rate(settings.person_keystrokes, settings.guild_keystrokes, minute),
            "addition": Rate(settings.person_additions, settings.guild_additions, hour),
            "fetch": Rate(settings.person_fetches, settings.guild_fetches, hour),
            "search": Rate(settings.person_searches, settings.guild_searches, hour),
            "person": Rate(settings.person_people, settings.guild_people, timedelta(days=1)),
        }
    )


def _now() -> datetime:
    return datetime.now(UTC)


async def _read(parsers: Parsers, asker: Owner, name: str, content: bytes) -> ParsedSource | DocumentNames:
    if pdf.is_pdf(content):
        return await parsers.read_document(asker, content)
    now = datetime.now(UTC)
    return await parsers.read_content(asker, name, content, now, largest=MAX_FILE_BYTES, most_papers=MAX_PAPERS)


def _announcements(settings: Settings, services: Services) -> ArxivHearing | None:
    if not settings.watch:
        return None
    return ArxivHearing(services.fetcher, services.parsers, settings.rss_url, lambda: datetime.now(UTC))


def _language_model(settings: Settings) -> LanguageModel | None:
    if settings.llm_base_url is None or settings.llm_model is None:
        return None
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    return LanguageModel(settings.llm_base_url, settings.llm_model, key)
