"""The errors of psycopg as those of the store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import psycopg_pool

from store.errors import GuildStoreUnavailableError, StoreError


@contextmanager
def translated_errors() -> Iterator[None]:
    """Turn the driver's errors into the store's own."""
    try:
        yield
    except (
        psycopg.OperationalError,
        psycopg.InterfaceError,
        psycopg_pool.PoolTimeout,
        psycopg_pool.PoolClosed,
    ) as error:
        raise GuildStoreUnavailableError from error
    except psycopg.Error as error:
        raise StoreError(str(error)) from error
