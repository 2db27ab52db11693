"""What is simulated of an installation of many hosts: the measured parts, the plan, and what became of its day."""

from __future__ import annotations

from dataclasses import dataclass, field

from bot.workers.delivery import REQUESTS_PER_S
from store.ingest import BATCH


@dataclass(frozen=True)
class Parts:
    """What `python -m tests.bench.scaling --measure` measured; the figures here are those of `docs/scaling.md`.

    Seconds with the writers' lock are those on one machine, where a round trip takes next to nothing.
    """

    told_paper_s: float = 0.000408
    told_row_s: float = 0.000102
    """Seconds of the writers' lock to match a paper with all subscriptions: for the paper, and for each match."""
    stored_paper_s: float = 0.000831
    """Seconds for a paper in the file of the host that takes it in, before it is matched."""
    applied_paper_s: float = 0.00122
    """Seconds for a paper in the file of each other host."""
    begin_s: float = 0.00528
    begin_trips: int = 12
    """To begin the message of a channel: seconds of the writers' lock, and round trips within."""
    posted_s: float = 0.000576
    posted_trips: int = 3
    """To note that a message is out."""
    renew_s: float = 0.00223
    renew_trips: int = 5
    """To renew the leases of a process."""
    message_cpu_s: float = 0.0168
    """CPU seconds of a process for a message, those of the server on loopback that took it included."""
    messages_per_s: float = 11.7
    """Messages a second of one process beside PostgreSQL on the same machine; the day is not reckoned with it."""
    look_row_s: float = 4.84e-07
    look_database_share: float = 0.74
    """Seconds of a look at the outbox for each row that is due, of all processes, and PostgreSQL's part of them."""
    row_bytes: float = 460.0
    post_bytes: float = 723.0
    subscription_bytes: float = 654.0
    """Bytes in PostgreSQL, with indexes and what updates left behind."""
    process_mb: float = 115.7
    """Resident memory of a process with an empty store and no guild."""
    guild_kb: float = 30.4
    """Memory for a guild of 30 channels, 20 roles and 20 emojis."""
    index_mb: float = 217.0
    """Memory for look-up among 3 million papers (`tests.bench.lookup --made 3000000`)."""
    commands_per_s: float = 45.0
    """Of one process (`tests.wire.load`)."""
    matches_a_day: tuple[float, ...] = (*[0.0] * 16, 0.792, 1.209, 2.862, 15.527)
    """Papers of a day that match a subscription: the means of twenty equal parts of all subscriptions."""
    papers_a_day: int = 1500
    messages_for: tuple[int, ...] = (0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)
    """In how many messages so many papers are shown, from none to the cap."""


@dataclass(frozen=True)
class Plan:
    """What is simulated. Shares of cadences, round trips and the flush of a commit are assumed, not measured."""

    guilds: int = 150_000
    shards: int = 60
    hosts: int = 10
    processes: int = 2
    """Of each host."""
    papers: int = 1_500
    subscriptions: int = 1_000_000
    channels_of_guild: int = 2
    daily: float = 0.0
    """The share of subscriptions that are gathered once a day, in time zones round the world; others are for at once."""
    batch: int = BATCH
    """Papers that are matched in one transaction."""
    requests_per_s: float = REQUESTS_PER_S
    round_trip_s: float = 0.0005
    flush_s: float = 0.001
    database_cores: int = 8
    dies_at_s: float | None = None
    """When one of the hosts dies, for good."""
    seed: int = 1


@dataclass
class Day:
    """What became of the day's matches: each was posted, left over the cap, or waits."""

    matched: int = 0
    posted: int = 0
    over_cap: int = 0
    messages: int = 0
    requests: int = 0
    told_s: float = 0.0
    """When the last paper was matched."""
    longest_batch_s: float = 0.0
    """For how long the matching of one batch has the writers' lock."""
    finished: list[float] = field(default_factory=list)
    """When each message was noted as posted."""
    used: dict[str, float] = field(default_factory=dict)
    """The part of the time until the last message in which each resource was busy."""

    @property
    def waiting(self) -> int:
        return self.matched - self.posted - self.over_cap

    def by(self, share: float) -> float:
        """When this share of the messages was out."""
        return self.finished[max(0, int(len(self.finished) * share) - 1)] if self.finished else 0.0
