"""Services other than Discord: where papers are fetched, and a language model where the team has one."""

from __future__ import annotations

from collections.abc import Sequence

from bot.settings import Settings
from commands.context import Fetch
from seeds.http import Fetcher
from seeds.services import fetch_by_id
from seeds.services.language_model import LanguageModel
from store.models import Identifier, ParsedSource


def fetch(fetcher: Fetcher, settings: Settings) -> Fetch:
    """Papers by their outside names, from the services that the settings name."""
    services = fetch_by_id.Services(arxiv=settings.arxiv_url, crossref=settings.crossref_url)

    async def ask(wanted: Sequence[Identifier]) -> ParsedSource:
        return await fetch_by_id.papers(fetcher, services, wanted)

    return ask


def writer(settings: Settings) -> LanguageModel | None:
    """The language model that the settings name; raises `LanguageModelMissingError` without its extra."""
    if settings.llm_base_url is None or settings.llm_model is None:
        return None
    key = settings.llm_api_key.get_secret_value() if settings.llm_api_key else None
    return LanguageModel(settings.llm_base_url, settings.llm_model, key)
