"""Which leases a process wants: a pure rule, by which work is divided among processes."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass


def worker_lease(name: str, host: str = "") -> str:
    """The lease of a worker that runs once, or once on a host."""
    return f"worker:{name}@{host}" if host else f"worker:{name}"


def shard_lease(shard: int, total: int) -> str:
    """The lease of the connection for a shard."""
    return f"shard:{shard}/{total}"


def delivery_lease(shard: int, total: int) -> str:
    """The lease of what is done for the guilds of a shard beside answering."""
    return f"delivery:{shard}/{total}"


@dataclass(frozen=True)
class Situation:
    """What decides which leases a process wants: itself, its shards, and who holds what."""

    me: str
    shards: tuple[int, ...] | None
    """Those that it was told to serve; None where it is to take its share."""
    total: int
    workers: Collection[str]
    """The leases of the workers."""
    is_ready: bool
    """Whether it is connected, so that it can do what it takes on."""
    has_waited: bool
    """Whether it runs for as long as a lease holds, so that those that started with it have told of themselves."""
    holders: Mapping[str, str]
    most_new: int = 1
    """Shards that can connect at a time; more are not claimed at once, so that processes that start together share."""

    def server_of(self, shard: int) -> str | None:
        """The process that is connected for a shard."""
        return self.holders.get(shard_lease(shard, self.total))


def wanted(now: Situation) -> set[str]:
    """The leases that a process wants, of those that are its own or free.

    What belongs to the guilds of a shard is done by the process that is connected for it, and where there is none, by
    any; who did it meanwhile gives it back.
    """
    own = set(_own_shards(now))
    names = {shard_lease(shard, now.total) for shard in own}
    if now.shards is None:
        names.add(f"process:{now.me}")
    if now.is_ready:
        names.update(now.workers)
        for shard in range(now.total):
            if shard in own or (now.has_waited and now.server_of(shard) is None):
                names.add(delivery_lease(shard, now.total))
    return names


def _own_shards(now: Situation) -> Collection[int]:
    """The shards that a process serves or would: those that it was told, or an even share.

    One that is still connecting the first ones keeps them: discord.py would not get ready without.
    """
    if now.shards is not None:
        return now.shards
    processes = {name for name in now.holders if name.startswith("process:")} | {f"process:{now.me}"}
    share = math.ceil(now.total / len(processes))
    mine = [shard for shard in range(now.total) if now.server_of(shard) == now.me]
    free = [shard for shard in range(now.total) if now.server_of(shard) is None]
    return [*mine, *free[: now.most_new]][: share if now.is_ready else max(share, len(mine))]
