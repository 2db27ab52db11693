"""How many readers pages and feeds can have: `python -m tests.bench.web [--readers 20] [--requests 2000]`

A feed and a page of 100 posted papers with abstracts of 1,500 characters, on loopback; the server is a process of its
own, whose store has 2,000 papers. `unchanged` are requests that name the ETag of what they have.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import tempfile
import time
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles

import aiohttp

from bot.web.contents import MOST
from store.guilds.web_addresses import Subject
from tests.guilds.channels import LAB, arrive, deliver, record, subscribe
from tests.support.made import names
from tests.web.serving import served

ABSTRACT = "We study how agents act on the web, and measure what each part of them adds. " * 20


async def _serve(folder: str, pipe: Connection) -> None:
    async with served(Path(folder) / "lectern.db") as site:
        made = [
            record(f"{'Agents' if number < MOST else 'Looms'} of the Year {number}", abstract=ABSTRACT[:1500],
                   authors=names("Ada Bee", "Bo Dee", f"Cy Number{number}"))
            for number in range(2_000)
        ]  # fmt: skip
        token = (await subscribe(site.library.db, "agents", cap=25)).token
        # The abstracts of the others have the word as well, but they are imported without being announced.
        await arrive(site.library.db, *made[:MOST])
        await deliver(site.library.db)
        await arrive(site.library.db, *made[MOST:], notify=False)
        address = await site.make(Subject(LAB.guild_id, "subscription", token))
        pipe.send(f"{site.url}/p/{address.key}")
        await asyncio.to_thread(pipe.recv)


def _server(folder: str, pipe: Connection) -> None:
    asyncio.run(_serve(folder, pipe))


async def _ask(url: str, readers: int, requests: int, headers: Mapping[str, str], status: int) -> dict[str, float]:
    took: list[float] = []
    left = iter(range(requests))

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:

        async def read() -> None:
            for _ in left:
                began = time.perf_counter()
                async with session.get(url, headers=headers) as response:
                    size = len(await response.read())
                took.append(time.perf_counter() - began)
                assert response.status == status, response.status
                assert size > 100_000 or status == 304, size

        began = time.perf_counter()
        await asyncio.gather(*(read() for _ in range(readers)))
        seconds = time.perf_counter() - began
    cuts = quantiles(took, n=100)
    return {
        "requests_per_s": round(requests / seconds),
        "p50_ms": round(1000 * cuts[49], 1),
        "p99_ms": round(1000 * cuts[98], 1),
    }


async def _measure(url: str, readers: int, requests: int) -> dict[str, dict[str, float]]:
    feed = f"{url}/atom.xml"
    async with aiohttp.ClientSession() as session, session.get(feed) as response:
        etag = response.headers["ETag"]
    return {
        "feed": await _ask(feed, readers, requests, {}, 200),
        "page": await _ask(url, readers, requests, {}, 200),
        "unchanged": await _ask(feed, readers, requests, {"If-None-Match": etag}, 304),
        "one_reader": await _ask(feed, 1, requests // 10, {}, 200),
    }


def main() -> None:
    """Print the figures as one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=20)
    parser.add_argument("--requests", type=int, default=2_000)
    asked = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as folder:
        server = multiprocessing.get_context("spawn").Process(target=_server, args=(folder, theirs))
        server.start()
        try:
            figures = asyncio.run(_measure(ours.recv(), asked.readers, asked.requests))
        finally:
            ours.send(None)
            server.join()
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
