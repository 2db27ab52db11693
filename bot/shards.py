"""Shards: the parts into which Discord divides the guilds of a bot, and the option of `lectern run` that names some."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.errors import ExpectedError

AUTO = "auto"
MOST = 100_000
"""Shards that an option may name; Discord has told the largest bots to have some tens of thousands."""


@dataclass(frozen=True)
class Shards:
    """The shards that a process serves, of so many; None: as many as fall to it, of as many as Discord recommends."""

    ids: tuple[int, ...] | None = None
    total: int | None = None


def parse(option: str) -> Shards:
    """Read `0-3/16`, `5/16` or `auto`; raises `ExpectedError`."""
    if option == AUTO:
        return Shards()
    if (found := re.fullmatch(r"([0-9]{1,6})(?:-([0-9]{1,6}))?/([0-9]{1,6})", option)) is None:
        raise ExpectedError(f"--shards is like 0-3/16 (the first four of sixteen) or {AUTO}, not {option!r}.")
    first, last, total = (int(part or found[1]) for part in found.groups())
    if not first <= last < total <= MOST:
        raise ExpectedError(f"--shards {option}: shards are counted from 0, so that {total} are 0-{total - 1}/{total}.")
    return Shards(tuple(range(first, last + 1)), total)


def shard_of(guild_id: int, total: int) -> int:
    """The shard of a guild; direct messages, for which the id is 0 or negative, are on the first one."""
    return (max(0, guild_id) >> 22) % total
