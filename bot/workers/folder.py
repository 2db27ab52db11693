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
from bot.import_export import POSTED_UNASKED, ReadPath, import_file
from commands.context import OUTBOX_CHANGED
from seeds.formats.reader import UnreadableFileError
from seeds.reading.limits import NotReadError, ProcessLostError
from store.errors import StoreError
from store.library import Library
from store.storage import app_state

logger = logging.getLogger(__name__)

SETTLED_S = 2.0
"""Seconds. A file that changed less long ago may still be written to; it is read the next time. File systems that keep
the time of a change in steps of two seconds are the coarsest in use."""
CHECK_EVERY_S = 15.0
"""Seconds between two looks into the folder."""


async def watch_folder(client: Lectern, library: Library, folder: Path, read: ReadPath) -> None:
    """Read what is put into the folder, until it is cancelled."""
    while True:
        if await import_changed_files(library, folder, time.time(), read):
            client.dispatch(OUTBOX_CHANGED)
        await client.pause(CHECK_EVERY_S)


async def import_changed_files(library: Library, folder: Path, now: float, read: ReadPath) -> bool:
    """Import the files that are new or have changed; whether any paper was new. `now` is in seconds of the epoch.

    A file that cannot be read is logged once for each state that it is in, and the others are read.
    """
    any_new = False
    for path, state in await asyncio.to_thread(lambda: list(_settled_files(folder, now))):
        key = f"folder:{path}"
        if await app_state.get(library.db, key) == state:
            continue
        try:
            report = await import_file(library, path, lambda done: None, None, partial(_keep_unposted, path), read)
        except ProcessLostError as error:
            logger.warning("%s was not read, and is tried again: %s", path, error)
            continue
        except (OSError, UnreadableFileError, NotReadError) as error:
            logger.warning("%s was not read: %s", path, error)
        except StoreError:
            logger.exception("%s was not stored, and is tried again", path)
            continue
        else:
            logger.info("%s: %d new, %d changed, %d not read", path, report.new, report.changed, len(report.problems))
            any_new |= report.new > 0
        await app_state.put(library.db, key, state)
    return any_new


def _keep_unposted(path: Path, papers: int) -> bool:
    logger.info("%s: its %d papers are more than %d and are not posted to subscribers", path, papers, POSTED_UNASKED)
    return False


def _settled_files(folder: Path, now: float) -> Iterator[tuple[Path, str]]:
    """Regular files in the folder itself, each with its time of change and its size; not hidden ones and links."""
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        logger.warning("The watched folder cannot be read: %s", error)
        return
    for entry in entries:
        found = entry.stat(follow_symlinks=False)
        if stat.S_ISREG(found.st_mode) and not entry.name.startswith(".") and now - found.st_mtime >= SETTLED_S:
            yield Path(entry.path), f"{found.st_mtime_ns}:{found.st_size}"
