"""Chaos among processes: is any post lost or doubled? `python -m tests.wire.process_chaos --faults 100 --seed 1`

As `tests.wire.chaos`, with two processes of `lectern run --shards` over one store. Each fault meets one of them, or both:
it is killed at a stage of a request or at any time, stands still for longer or shorter than a lease holds and goes on,
or is asked to end; and starts again after a while. Leases hold for 2 s.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import signal
import tempfile
import time
from pathlib import Path

from store.library import Library
from tests.wire.askers import Askers
from tests.wire.chaos import MOST_WAITING, SETTLE_S, STAGES, Chaos, conclude, is_post, judge, outage
from tests.wire.clients import beside
from tests.wire.faults import Call, Seeded
from tests.wire.limits import Limits
from tests.wire.process import Program
from tests.wire.server import Server

LEASE_S = 2.0
PARTS = ("0/2", "1/2")
WAIT_FOR_POST_S = 4.0
READY_S = 30.0


class ProcessChaos(Chaos):
    """Two programs; the one of `Chaos` has the first shard."""

    def __init__(self, library: Library, server: Server, folder: Path, chance: random.Random) -> None:
        self.programs = [Program(server, folder) for _ in PARTS]
        super().__init__(library, server, self.programs[0], chance)
        self.shards = [range(number, number + 1) for number in range(len(PARTS))]
        self.askers = Askers(server, chance, [f"Chaos study {number:06d}" for number in range(20)])
        for number, (program, part) in enumerate(zip(self.programs, PARTS, strict=True)):
            program.log = folder / f"{number}.log"
            program.options = ["--shards", part]

    async def begin(self) -> None:
        """Prepare all parts, and the settings of both."""
        await super().begin()
        for program in self.programs:
            program.settings |= {**self.program.settings, "LEASE_S": str(LEASE_S)}

    async def start_missing(self) -> None:
        """Start those that do not run."""
        for program in self.programs:
            if not program.is_running:
                await program.start()

    async def fault(self) -> None:
        """Something happens in the parts, and something to a process."""
        await self.start_missing()
        if await self.waiting() < MOST_WAITING:
            await self.happen(self.chance.randint(1, 3))
        if self.chance.random() < 0.6:
            await self._at_stage(self.chance.choice(STAGES), self.chance.randint(1, 4))
        else:
            await asyncio.sleep(self.chance.uniform(0.0, 4.0))
        hit = self.chance.sample(self.programs, self.chance.choice((1, 1, 1, 2)))
        what = self.chance.choice(("killed", "killed", "stopped", "ended"))
        self.killed[f"{what} {len(hit)}"] += 1
        if what == "stopped":
            with self.askers.absent(shard for program in hit for shard in self.shards[self.programs.index(program)]):
                for program in hit:
                    program.signal(signal.SIGSTOP)
                await asyncio.sleep(self.chance.uniform(0.2, 3 * LEASE_S))
                for program in hit:
                    program.signal(signal.SIGCONT)
            return
        for program in hit:
            program.signal(signal.SIGKILL if what == "killed" else signal.SIGTERM)
            await program.ended()
        await asyncio.sleep(self.chance.choice((0.0, self.chance.uniform(0.0, 2 * LEASE_S))))
        if len(hit) == len(self.programs) and self.chance.random() < 0.5:
            await outage(self.library, self.server)
            self.killed["and an outage"] += 1

    async def _at_stage(self, stage: str, number: int) -> None:
        """Wait until so many posts have come to a stage, if they do."""
        reached = asyncio.Event()
        left = number

        async def look(now: str, call: Call) -> None:
            nonlocal left
            if now == stage and is_post(call):
                left -= 1
                if left == 0:
                    reached.set()

        self.server.on_stage = look
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(reached.wait(), WAIT_FOR_POST_S)
        self.server.on_stage = None

    async def settle(self) -> None:
        """Let both post the rest, without faults of processes."""
        await self.start_missing()
        ends = time.monotonic() + SETTLE_S
        while await self.waiting() and time.monotonic() < ends:
            await self.keep_running()
            await asyncio.sleep(0.2)
        async with asyncio.timeout(READY_S):
            while len(self.server.gateway.live()) < sum(map(len, self.shards)):  # noqa: ASYNC110 - the others' state
                await asyncio.sleep(0.1)
        await self.reader.read_all()
        for program in self.programs:
            await program.stop()

    async def go_through(self, faults: int) -> None:
        """So many faults, and what is left to post after them; feeds are read and questions are asked meanwhile."""
        try:
            async with beside(self.reader.read_on(), self.askers.ask_on()):
                for number in range(1, faults + 1):
                    await self.fault()
                    if number % 20 == 0:
                        told = dict(self.askers.outcomes), *self.askers.missing
                        print(f"{number} faults, {len(self.expected)} to tell", *told, flush=True)
                await self.settle()
        finally:
            for program in self.programs:
                if program.is_running:
                    program.signal(signal.SIGKILL)
                    await program.ended()

    async def judge(self, faults: int, seconds: float) -> dict[str, float]:
        """The figures of a run. Raises `AssertionError` where outbox and channels disagree."""
        print("asked:", dict(self.askers.outcomes), *self.askers.missing[:10], sep="\n")
        return {
            **await judge(self, faults, seconds),
            "asked": self.askers.outcomes.total(),
            "answered": self.askers.outcomes["answered"],
            "unanswered": self.askers.outcomes["missing"],
            "answered_twice": self.askers.answered_twice,
        }

    async def keep_running(self) -> None:
        """Neither ends by itself."""
        assert all(program.is_running for program in self.programs), self.output()

    def output(self) -> str:
        """What both wrote last."""
        return "\n".join(program.output()[-3000:] for program in self.programs)


async def run(faults: int, seed: int, folder: Path, *, rate: float = 0.25) -> dict[str, float]:
    """The whole run; returns the figures. Raises `AssertionError` where outbox and channels disagree."""
    began = time.monotonic()
    chance = random.Random(seed)
    of_server = Seeded(seed, rate, lambda call: is_post(call) or call.route.startswith("/channels/"))
    library = await Library.open(folder / "lectern.db")
    try:
        async with Server(faults=of_server, limits=Limits(bucket=5, bucket_s=1.0)) as server:
            chaos = ProcessChaos(library, server, folder, chance)
            await chaos.begin()
            await chaos.go_through(faults)
            return await chaos.judge(faults, time.monotonic() - began)
    finally:
        await library.close()


def main() -> None:
    """Print what happened, and the figures as one JSON object in the last line; exit status 1 where one is wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faults", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(run(asked.faults, asked.seed, Path(folder)))
    conclude(figures)


if __name__ == "__main__":
    main()
