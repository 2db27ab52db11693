"""Load test of the real process with many users: `python -m tests.wire.load --users 200 --processes 1,2`.

Each number of processes or hosts, and a bare client that answers with constants, is measured in slices of 10 or 15 s,
in turns, so that what else the machine does hits all alike. Two thirds of the time the users type at a human pace;
`commands_per_s` and `autocomplete_p99_ms` are of that time. In the last third they do not pause, for
`limit_commands_per_s`: commands and clicks that were answered a second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, ExitStack
from math import ceil
from pathlib import Path

from tests.support.postgresql import ABSENT, Cluster, programs
from tests.wire import conformance
from tests.wire.contenders import Configuration, Contender, bare, hosts, lectern, started
from tests.wire.load_users import Phase
from tests.wire.server import Server

PACED_SLICE_S, SLICE_S, WARM_UP_S = 10.0, 15.0, 5.0
"""Without pauses, one process answers 200 users once in 4 s: what is counted in a slice of 5 s is mostly the first
command of each, while in 15 s commands, clicks and keystrokes are mixed as they go on."""
SAMPLED = 300
"""Bodies that are checked against Discord's description."""


async def run(
    configurations: Sequence[Configuration], users: int, seconds: float, papers: int, seed: int, folder: Path
) -> dict[str, object]:
    """The whole run, so many seconds for each configuration; returns the figures."""
    async with AsyncExitStack() as open_servers:
        contenders = []
        for configuration in (*configurations, bare()):
            own = folder / configuration.name.replace(" ", "_")
            own.mkdir()
            server = await open_servers.enter_async_context(Server())
            contenders.append(await started(configuration, server, own, users, papers, seed))
        for one in contenders:
            await one.measure(Phase(), min(WARM_UP_S, seconds / 6), 1.0)
        memory = [one.rss_mb() for one in contenders]
        for pause, share, slice_s in ((1.0, 2 / 3, PACED_SLICE_S), (0.0, 1 / 3, SLICE_S)):
            slices = ceil(seconds * share / slice_s)
            for number in range(slices):
                for place in range(len(contenders)):
                    one = contenders[(number + place) % len(contenders)]
                    await one.measure(one.paced if pause else one.flat_out, seconds * share / slices, pause)
        growth = [one.rss_mb() - before for one, before in zip(contenders, memory, strict=True)]
        for one in contenders:
            await one.stop()
            problems = one.server.violations + _sampled(one.server, random.Random(seed))
            if problems:
                print(f"{one.configuration.name}: {len(problems)} bodies broke a rule, the first: {problems[0]}")
    print(f"{users} users, {papers} papers; milliseconds until there is something to see, at p50, p95 and p99")
    for one in contenders:
        _print(one)
    table = {one.configuration.name: _figures(one, grown) for one, grown in zip(contenders, growth, strict=True)}
    first, last, beside = table[configurations[0].name], table[configurations[-1].name], table.pop("bare")
    limit = "limit_commands_per_s"
    keys = ("commands_per_s", limit, "autocomplete_p99_ms", "over_3s", "rss_growth_mb")
    return {
        **{key: first[key] for key in keys},
        "bare_commands_per_s": beside[limit],
        "share_of_bare": round(first[limit] / beside[limit], 3),
        "speedup": round(last[limit] / first[limit], 2) if len(configurations) > 1 else None,
        "configurations": table,
        "bare": beside,
    }


def _figures(one: Contender, growth: float) -> dict[str, float]:
    paced, flat_out = one.paced, one.flat_out
    return {
        "commands_per_s": round(paced.commands_per_s, 1),
        "limit_commands_per_s": round(flat_out.commands_per_s, 1),
        "autocomplete_p99_ms": round(_quantile(paced.keystrokes, 0.99), 1),
        "limit_autocomplete_p99_ms": round(_quantile(flat_out.keystrokes, 0.99), 1),
        "over_3s": paced.over_3s + flat_out.over_3s,
        "slowest_first_answer_ms": round(
            max(_quantile(part, 1.0) for phase in (paced, flat_out) for part in (phase.commands, phase.keystrokes)), 1
        ),
        "unfinished": paced.unfinished + flat_out.unfinished,
        "refused": paced.refused + flat_out.refused,
        "without_suggestions": round(flat_out.without_suggestions / max(1, len(flat_out.keystrokes)), 3),
        "keystrokes_per_command": round(len(flat_out.keystrokes) / flat_out.all_commands, 2),
        "commands_per_cpu_s": round(flat_out.all_commands / max(flat_out.cpu_s, 0.01), 1),
        "server_cpu_ms_per_command": round(1000 * flat_out.server_cpu_s / flat_out.all_commands, 2),
        "rss_growth_mb": round(growth, 1),
    }


def _print(one: Contender) -> None:
    for pace, phase in (("human pace", one.paced), ("without pauses", one.flat_out)):
        print(f"{one.configuration.name}, {pace}: {phase.commands_per_s:.1f} commands/s, {phase.over_3s} over 3 s")
        for what, taken in sorted(phase.seen.items()):
            quantiles = "".join(f"{_quantile(taken, share):9.1f}" for share in (0.5, 0.95, 0.99))
            print(f"  {what:12}{len(taken):7d}{quantiles}")


def _sampled(server: Server, chance: random.Random) -> list[str]:
    described = conformance.description()
    sent = [call for call in server.calls if call.body is not None]
    sample = chance.sample(sent, min(SAMPLED, len(sent))) if described else []
    return [p for call in sample if described for p in described.request(call.method, call.route, call.body)]


def _quantile(taken: list[float], share: float) -> float:
    """In milliseconds; 0 where nothing was measured."""
    return sorted(taken)[min(int(len(taken) * share), len(taken) - 1)] * 1000 if taken else 0.0


def _numbers(text: str) -> list[int]:
    return [int(number) for number in text.split(",")]


def main() -> None:
    """Print a table, and the figures as one JSON object in the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=90.0, help="for each configuration")
    parser.add_argument("--papers", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--processes", type=_numbers, default=[], help="numbers of processes, such as 1,2")
    parser.add_argument("--hosts", type=_numbers, default=[], help="numbers of hosts over PostgreSQL, such as 1,2,4")
    asked = parser.parse_args()
    if not asked.processes and not asked.hosts:
        asked.processes = [1]
    with ExitStack() as stack:
        configurations = [lectern(number) for number in asked.processes]
        if asked.hosts:
            found = programs()
            if found is None:
                raise SystemExit(ABSENT)
            cluster = Cluster(found)
            stack.callback(cluster.remove)
            cluster.start()
            configurations += [hosts(number, cluster) for number in asked.hosts]
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        figures = asyncio.run(run(configurations, asked.users, asked.seconds, asked.papers, asked.seed, folder))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
