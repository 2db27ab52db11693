"""A watched folder: files that are put there are read into the store, and again when they change."""

from __future__ import annotations

import asyncio
import logging
import os
import stat
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from bot.client import Lectern
from bot.import_export import FEW, read_in
from commands.context import OUTBOX_CHANGED
from seeds.formats.reader import UnreadableFileError
from store.errors import StoreError
from store.library import Library
from store.storage import app_state as kept

logger = logging.getLogger(__name__)

SETTLED_S = 2.0
"""A file that changed less long ago may still be written to; it is read the next time."""

FOLDER_EVERY_S = 15.0
"""Seconds between two looks into the folder."""


async def watch_folder(client: Lectern, library: Library, folder: Path) -> None:
    """Read what is put into the folder, until it is cancelled."""
    while True:
        if await look(library, folder, time.time()):
            client.dispatch(OUTBOX_CHANGED)
        await client.pause(FOLDER_EVERY_S)


async def look(library: Library, folder: Path, now: float) -> bool:
    """Read what is new or has changed in the folder; whether any paper was new. `now` is in seconds of the epoch.

    A file that cannot be read is logged once for each state that it is in, and the others are read.
    """
    new = False
    for path, state in await asyncio.to_thread(lambda: list(_files(folder, now))):
        key = f"folder:{path}"
        if await kept.get(library.db, key) == state:
            continue
        try:
            report = await read_in(library, path, lambda done: None, None, partial(_say, path))
        except (OSError, UnreadableFileError) as error:
            logger.warning("%s was not read: %s", path, error)
        except StoreError:
            logger.exception("%s was not stored, and is tried again", path)
            continue
        else:
            logger.info("%s: %d new, %d changed, %d not read", path, report.new, report.changed, len(report.problems))
            new |= report.new > 0
        await kept.put(library.db, key, state)
    return new


def _say(path: Path, papers: int) -> bool:
    logger.info("%s: its %d papers are more than %d and are not posted to subscribers", path, papers, FEW)
    return False


def _files(folder: Path, now: float) -> Iterator[tuple[Path, str]]:
    """Regular files in the folder itself, with what they look like; hidden ones and links are left alone."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        logger.warning("The watched folder cannot be looked into: %s", error)
        return
    for entry in entries:
        looks = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(looks.st_mode) and not entry.name.startswith(".") and now - looks.st_mtime >= SETTLED_S:
            yield Path(entry.path), f"{looks.st_mtime_ns}:{looks.st_size}"
