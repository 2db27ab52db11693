"""Services asked without a pause, on a store of their own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

from bot import service_access
from bot.settings import Settings
from seeds.http import open_fetcher
from seeds.reading.limits import Limits
from seeds.reading.parsers import Parsers
from seeds.services.calling import Caller, Service
from seeds.services.outside import OutsideServices
from store.outside import ServiceName
from store.storage.database import Database


@asynccontextmanager
async def asking(db: Database, **settings: Any) -> AsyncIterator[tuple[OutsideServices, Caller]]:
    """The services of these settings, with what asks them."""
    chosen = Settings(_env_file=None, db=db.path, **settings)
    parsers = Parsers(Limits(cpu_seconds=30, memory=512_000_000))
    services = unhurried(service_access.services(chosen))
    try:
        async with open_fetcher("admin@example.org", pause=0.0, first_wait=0.01) as fetcher:
            caller = service_access.make_caller(chosen, db, fetcher, parsers)
            try:
                yield OutsideServices(caller, services), caller
            finally:
                await caller.close()
    finally:
        await parsers.close()


def unhurried(services: Mapping[ServiceName, Service]) -> Mapping[ServiceName, Service]:
    """The same without the pauses that real services want."""
    return {name: replace(service, pause=0.0) for name, service in services.items()}


def gone(**others: str) -> dict[str, Any]:
    """Settings with every service at an address where there is nothing, each at its own, but these."""
    names = ("arxiv", "crossref", "dblp", "openalex", "semantic_scholar", "orcid", "openreview", "zotero")
    return {f"{name}_url": others.get(name, f"http://127.0.0.1:{port}") for port, name in enumerate(names, start=2)}
