"""Opens the store with its look-up. Apart from the composition, so that commands for files do not load Discord."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib.util import find_spec

from bot.errors import SettingsError
from bot.settings import Settings
from seeds.services.embedding_model import EmbeddingModel
from store.embeddings import minilm
from store.embeddings.embedder import Embedder
from store.embeddings.semantic_index import SemanticIndex
from store.library import Library
from store.lookup.index.reader_pool import shorten_thread_switches
from store.lookup.index.snapshot import BuildProgress


@asynccontextmanager
async def open_library(
    settings: Settings, progress: BuildProgress | None = None, *, wait: bool = True
) -> AsyncIterator[Library]:
    """The store with its look-up, as long as the block lasts; arguments and errors as in `Library.open`.

    Raises `LanguageModelMissingError` where the settings name a service of embeddings and the extra `llm` is missing.
    """
    shorten_thread_switches()
    async with _open_embedder(settings) as embedder:
        guilds = settings.database.get_secret_value() if settings.database else None
        if guilds and find_spec("psycopg") is None:
            raise SettingsError(
                "LECTERN_DATABASE needs PostgreSQL's client; in Lectern's folder: pip install -e '.[postgres]'"
            )
        library = await Library.open(settings.db, progress, wait=wait, guilds=guilds)
        try:
            yield replace(library, semantic=SemanticIndex(embedder) if embedder else None)
        finally:
            await library.close()


@asynccontextmanager
async def _open_embedder(settings: Settings) -> AsyncIterator[Embedder | None]:
    """The model that the settings name, or else the one on this machine, where it is installed."""
    if settings.embeddings_url is not None and settings.embeddings_model is not None:
        key = settings.embeddings_api_key.get_secret_value() if settings.embeddings_api_key else None
        service = EmbeddingModel(settings.embeddings_url, settings.embeddings_model, key)
        try:
            yield service
        finally:
            await service.close()
    elif minilm.is_installed():
        local = minilm.MiniLM()
        try:
            yield local
        finally:
            local.close()
    else:
        yield None
