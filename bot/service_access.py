"""The services that know papers and people, as the settings have them: addresses, keys and budgets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from pydantic import SecretStr

from bot.settings import Settings
from seeds.http import Fetcher
from seeds.reading.parsers import Parsers
from seeds.services import known
from seeds.services.calling import Caller, Service, service_states
from store.outside import ServiceName, ServiceState
from store.storage.database import Database
from store.storage.service_answers import ServiceAnswers
from store.storage.service_budgets import Budgets

FREE_DOLLARS, FREE_DOLLARS_WITH_KEY = 0.1, 1.0
"""What OpenAlex gives for nothing a day (developers.openalex.org, "Authentication & Pricing", 2026)."""


def services(settings: Settings) -> Mapping[ServiceName, Service]:
    """Every service by its name, also those that are turned off."""
    addresses: Mapping[ServiceName, str] = {
        "arxiv": settings.arxiv_url,
        "crossref": settings.crossref_url,
        "dblp": settings.dblp_url,
        "openalex": settings.openalex_url,
        "s2": settings.semantic_scholar_url,
        "orcid": settings.orcid_url,
        "openreview": settings.openreview_url,
    }
    return known.services(
        known.Access(addresses, openalex_key=_key(settings.openalex_key), s2_key=_key(settings.semantic_scholar_key))
    )


def budgets(settings: Settings, db: Database) -> Budgets:
    """The budget of each service a day, and what was spent of it, which the store knows."""
    free = FREE_DOLLARS_WITH_KEY if _key(settings.openalex_key) else FREE_DOLLARS
    dollars = free if settings.openalex_dollars is None else settings.openalex_dollars
    daily: Mapping[ServiceName, int] = {
        "arxiv": settings.arxiv_requests,
        "crossref": settings.crossref_requests,
        "dblp": settings.dblp_requests,
        "openalex": round(dollars * 1_000_000),
        "s2": settings.semantic_scholar_requests,
        "orcid": settings.orcid_requests,
        "openreview": settings.openreview_requests,
    }
    return Budgets(db, daily)


PRICES: Mapping[ServiceName, str] = {
    "arxiv": "free, one request in three seconds",
    "crossref": "free",
    "dblp": "free",
    "openalex": "a search costs $0.001 and a list $0.0001, a single paper or person nothing; a free key gives $1 a day",
    "s2": "free; with a free key one request a second, without one often no room",
    "orcid": "free",
    "openreview": "free",
}
"""What each costs, for those who run Lectern."""


async def states(settings: Settings, db: Database) -> Sequence[ServiceState]:
    """What was spent on each service today, where nothing is being asked."""
    daily = budgets(settings, db)
    return service_states(services(settings).values(), daily.daily, await daily.spent(datetime.now(UTC)))


def make_caller(settings: Settings, db: Database, fetcher: Fetcher, parsers: Parsers) -> Caller:
    """What asks the services; what they answer is kept in the store."""
    return Caller(fetcher, parsers, budgets(settings, db), ServiceAnswers(db))


def _key(secret: SecretStr | None) -> str:
    return secret.get_secret_value().strip() if secret else ""
