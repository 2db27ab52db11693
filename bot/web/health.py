"""Whether the bot does its work: connected to Discord, the store readable, and when a feed was last read well."""

from __future__ import annotations

from datetime import datetime

from bot.client import Lectern
from store.errors import StoreError
from store.guilds import feed_state
from store.models import Frozen


class Health(Frozen):
    """What `/healthz` tells. A feed that was not read lately is told, but no fault of this process."""

    connected: bool
    store_readable: bool
    last_good_run: datetime | None

    @property
    def is_well(self) -> bool:
        """Whether nothing needs a restart."""
        return self.connected and self.store_readable


async def look(client: Lectern) -> Health:
    """How it is now."""
    readable, runs = True, []
    try:
        runs = [feed.last_good for feed in await feed_state.every_feed(client.library.db) if feed.last_good]
    except (StoreError, OSError):
        readable = False
    connected = client.is_ready() and not client.is_closed()
    return Health(connected=connected, store_readable=readable, last_good_run=max(runs, default=None))
