"""Reading big files beside other work: `python -m tests.bench.reading [--megabytes 1] [--in-threads]`.

One guild hands over six files of dense TeX at once, while another pastes an entry every half second. `--in-threads`
reads in threads of one process instead, for comparison. The figures: how long the other guild waits, and the longest
time for which nothing else ran on the event loop.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import time
from datetime import UTC, datetime

from seeds.formats import reader
from seeds.reading.limits import Limits, NotReadError
from seeds.reading.parsers import Parsers
from store.lookup.index.reader_pool import shorten_thread_switches
from store.models import ParsedSource
from tests.support.dense import dense_tex

FILES = 6
ENTRY = b"@article{a, title={On Looms}, author={Lee, Bo}, abstract={We weave.}}"


async def measure(megabytes: float, in_threads: bool) -> dict[str, float]:
    """The figures, in milliseconds and seconds."""
    shorten_thread_switches()
    parsers = Parsers(Limits(cpu_seconds=30, memory=512_000_000))

    async def read(guild: int, content: bytes) -> ParsedSource | None:
        now = datetime.now(UTC)
        if in_threads:
            return await asyncio.to_thread(reader.read, "a.bib", content, now)
        try:
            return await parsers.read_content(guild, "a.bib", content, now, largest=5_000_000, most_papers=500)
        except NotReadError as error:
            print(error)
            return None

    began = time.perf_counter()
    await read(2, ENTRY)
    first = time.perf_counter() - began
    blocks: list[float] = []
    watching = asyncio.create_task(_watch(blocks))
    content = dense_tex(int(megabytes * 1_000_000))
    began = time.perf_counter()
    files = [asyncio.create_task(read(1, content)) for _ in range(FILES)]
    waits = []
    while not all(one.done() for one in files):
        asked = time.perf_counter()
        await read(2, ENTRY)
        waits.append(time.perf_counter() - asked)
        await asyncio.sleep(0.5)
    taken = time.perf_counter() - began
    watching.cancel()
    await parsers.close()
    return {
        "first_ms": 1000 * first,
        "files_s": taken,
        "other_p50_ms": 1000 * sorted(waits)[len(waits) // 2],
        "other_max_ms": 1000 * max(waits),
        "longest_block_ms": 1000 * max(blocks),
    }


async def _watch(blocks: list[float]) -> None:
    while True:
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        blocks.append(time.perf_counter() - began - 0.001)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=float, default=1.0)
    parser.add_argument("--in-threads", action="store_true")
    given = parser.parse_args()
    figures = asyncio.run(measure(given.megabytes, given.in_threads))
    for name, value in figures.items():
        print(f"{name:<18} {value:10.1f}")
    print(json.dumps({name: round(value, 1) for name, value in figures.items()}))


if __name__ == "__main__":
    main()
