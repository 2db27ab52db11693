"""How fast new papers are matched against many subscriptions, and their posts delivered.

`python -m tests.bench.matching --subscriptions 100000 --papers 5000`

The naive loop holds every subscription against every paper with the same test; it is given some of the papers only, as
the whole would take hours, and finds the same matches there. Delivery is to a server on loopback without limits.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import resource
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import discord
from aiohttp import web
from aiohttp.test_utils import TestServer
from discord.http import Route

from bot.workers.delivery import Delivery
from bot.workers.request_pace import Clock
from bot.workers.transport import DiscordTransport
from store.catalog import authorships, entity_resolution
from store.catalog.entity_resolution import PaperChange
from store.catalog.seen_records import SeenRecords
from store.guilds import percolator, subscription_keys
from store.models import Authorship, Paper, PaperRecord, Source
from store.search import full_text
from store.search.matcher import FoldedPaper, Rejection, matches
from store.search.parser import parse
from store.search.query import Query
from store.storage.database import Database
from tests.wire import gateway, payloads, world

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CHANNELS = 10_000
WORDS = 20_000
NAIVE_PAPERS = 10
CATEGORIES = [f"{archive}.{a}{b}" for archive in ("cs", "math", "stat", "eess") for a in "ACLNRS" for b in "ABILVY"]
SHAPES = ("W", "W W", '"W W" -W', "A", "A C", "W C", "W W C -W", "W|W C")
"""Of words, authors and categories."""


class Corpus:
    """Papers and queries over one vocabulary, whose words come up as often as their rank says (Zipf)."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.words = [self._word() for _ in range(WORDS)]
        self.weights = [1 / (rank + 10) for rank in range(WORDS)]
        self.names = [f"{self._word().title()} {self._word().title()}" for _ in range(WORDS)]

    def _word(self) -> str:
        return "".join(self.chance.choice("bcdfghklmnprstvwz") + self.chance.choice("aeiou") for _ in range(3))

    def text(self, length: int) -> str:
        return " ".join(self.chance.choices(self.words, self.weights, k=length))

    def record(self, number: int) -> PaperRecord:
        return PaperRecord(
            source=Source(kind="arxiv", name="arXiv", retrieved=NOW),
            title=f"{self.text(9)} {number}",
            abstract=self.text(150),
            authors=tuple(
                Authorship(name=name, position=place)
                for place, name in enumerate(self.chance.choices(self.names, k=5), 1)
            ),
            published="2026-03-02",
            category=self.chance.choice(CATEGORIES),
            cross_lists=(self.chance.choice(CATEGORIES),),
        )

    def query(self) -> Query:
        # People follow what is rarer than the words of every abstract.
        made = {
            "W": lambda: self.chance.choice(self.words[200:]),
            "A": lambda: f'author:"{self.chance.choice(self.names)}"',
            "C": lambda: f"cat:{self.chance.choice(CATEGORIES)}",
        }
        shape = self.chance.choice(SHAPES)
        return parse("".join(made[char]() if char in made else char for char in shape))


async def subscribe(db: Database, queries: Sequence[Query], first: int = 1) -> None:
    """In one transaction, as no person makes 100,000 of them; their ids are counted from `first` on."""
    async with db.write() as connection:
        await connection.executemany(
            "INSERT INTO subscriptions (id, token, guild_id, channel_id, target_id, creator_id, anchor_id, query, cadence,"
            " at, weekday, zone, cap, created) VALUES (?1, ?1, 1, ?2, ?2, 1, 0, ?3, 'now', '08:30', 0, 'UTC', 10, '')",
            [(number, number % CHANNELS + 1, query.canonical()) for number, query in enumerate(queries, first)],
        )
        for number, query in enumerate(queries, first):
            await subscription_keys.register(connection, number, query)


async def arrive(db: Database, records: list[PaperRecord]) -> tuple[list[PaperChange], float]:
    """Store the papers as an intake does; returns the seconds that the matching took of it."""
    stored: list[PaperChange] = []
    spent = 0.0
    for start in range(0, len(records), 500):
        async with db.write() as connection:
            batch, _ = await entity_resolution.resolve(connection, records[start : start + 500], SeenRecords(), NOW)
            await authorships.update(connection, batch, {})
            await full_text.index(connection, batch)
            began = time.perf_counter()
            await percolator.match(connection, percolator.updates_of(batch), NOW)
            spent += time.perf_counter() - began
            stored += batch
    return stored, spent


def naive(queries: list[Query], shown: list[Paper]) -> tuple[set[tuple[int, str]], float]:
    """Every subscription against every paper."""
    began = time.perf_counter()
    found = set()
    for paper in shown:
        subject = FoldedPaper.of(paper)
        for number, query in enumerate(queries, 1):
            verdict = matches(query, subject)
            if verdict and not isinstance(verdict, Rejection):
                found.add((number, paper.handle))
    return found, time.perf_counter() - began


async def deliver(db: Database, seconds: float) -> float:
    """Rows a second that are posted to a server that takes everything."""
    ids = itertools.count(10**17)
    bot = payloads.user(5, "lectern", bot=True)

    async def message(request: web.Request) -> web.Response:
        body = await request.json()
        channel = request.match_info["channel"]
        made = {
            "id": str(next(ids)), "channel_id": channel, "author": bot, "content": "", "nonce": body["nonce"],
            "timestamp": NOW.isoformat(), "edited_timestamp": None, "tts": False, "mention_everyone": False, "type": 0,
            "mentions": [], "mention_roles": [], "attachments": [], "embeds": [], "pinned": False, "components": [],
        }  # fmt: skip
        return await _json(made)

    app = web.Application()
    app.router.add_post("/channels/{channel}/messages", message)
    app.router.add_get("/users/@me", lambda _: _json(bot))
    app.router.add_get("/oauth2/applications/@me", lambda _: _json(payloads.application(5, bot, bot)))
    base, client = Route.BASE, discord.Client(intents=discord.Intents.none())
    async with TestServer(app) as server:
        Route.BASE = str(server.make_url("")).rstrip("/")
        try:
            await client.login("token")
            client._connection._add_guild_from_data(_guild_of_channels(bot))  # type: ignore[arg-type]
            clock = Clock(lambda: NOW, time.monotonic, asyncio.sleep)
            delivery = Delivery(db, DiscordTransport(client), clock, per_second=10**6)
            began = time.perf_counter()
            while time.perf_counter() - began < seconds:
                await delivery.start()
                await asyncio.sleep(0.05)
            await delivery.stop()
            spent = time.perf_counter() - began
        finally:
            await client.close()
            Route.BASE = base
    async with (
        db.read() as connection,
        connection.execute("SELECT count(*) FROM ledger WHERE state = 'posted'") as rows,
    ):
        row = await rows.fetchone()
    return (row[0] if row else 0) / spent


def _guild_of_channels(bot: payloads.Json) -> payloads.Json:
    """What a client that is connected knows of the channels: nothing was written there before."""
    guild = world.Guild(1, payloads.guild(1, "guild", 1, []), {5: payloads.member(bot, [])})
    for number in range(1, CHANNELS + 1):
        channel = payloads.guild_channel(number, 1, "papers", payloads.TEXT, number)
        guild.channels.append(world.Channel(number, channel, guild))
    return gateway.guild_create(guild)


async def _json(body: dict[str, object]) -> web.Response:
    # discord.py reads JSON only where no charset is said.
    return web.Response(body=json.dumps(body).encode(), content_type="application/json")


async def bench(subscriptions: int, count: int, seed: int, seconds: float) -> dict[str, float]:
    corpus = Corpus(seed)
    queries = [corpus.query() for _ in range(subscriptions)]
    with tempfile.TemporaryDirectory() as folder:
        db = await Database.open(Path(folder) / "store.db")
        try:
            # Words are counted in the papers that are there; so are some before anybody subscribes.
            await arrive(db, [corpus.record(-number) for number in range(1, 1001)])
            began = time.perf_counter()
            await subscribe(db, queries)
            print(f"{subscriptions:,} subscriptions registered in {time.perf_counter() - began:.1f} s")
            stored, spent = await arrive(db, [corpus.record(number) for number in range(count)])
            async with (
                db.read() as connection,
                connection.execute("SELECT subscription_id, handle FROM ledger WHERE state <> 'excluded'") as rows,
            ):
                found = {(row[0], row[1]) for row in await rows.fetchall()}
            shown = [s.after for s in stored[:NAIVE_PAPERS]]
            naively, naive_spent = naive(queries, shown)
            handles = {paper.handle for paper in shown}
            assert naively == {match for match in found if match[1] in handles}, "the index and the loop differ"
            rate = await deliver(db, seconds)
        finally:
            await db.close()
    figures = {
        "papers_per_s": round(count / spent, 1),
        "naive_papers_per_s": round(NAIVE_PAPERS / naive_spent, 2),
        "delivered_rows_per_s": round(rate, 1),
        "rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }
    print(f"{'matched, papers/s':32} {figures['papers_per_s']:>12,}")
    print(f"{'matched by the naive loop':32} {figures['naive_papers_per_s']:>12,}   ({NAIVE_PAPERS} papers)")
    print(f"{'ledger rows written':32} {len(found):>12,}")
    print(f"{'ledger rows delivered/s':32} {figures['delivered_rows_per_s']:>12,}")
    print(f"{'resident memory, MB':32} {figures['rss_mb']:>12,}")
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--subscriptions", type=int, default=100_000)
    parser.add_argument("--papers", type=int, default=5_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to deliver")
    asked = parser.parse_args()
    print(json.dumps(asyncio.run(bench(asked.subscriptions, asked.papers, asked.seed, asked.seconds))))


if __name__ == "__main__":
    main()
