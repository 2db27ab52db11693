"""How far an installation of many hosts goes: a day of arXiv for 150,000 guilds, simulated from measured parts.

`python -m tests.bench.scaling [--measure]`

With `--measure` the parts are measured first, in some minutes, with a PostgreSQL of its own (`tests.support.postgresql`).
Otherwise they are those that `docs/scaling.md` reports.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
from dataclasses import asdict, replace

from bot.workers.delivery import CHANNELS_AT_ONCE, SHORTEST_IDLE_S
from store.storage.postgresql.pool import CONNECTIONS
from tests.bench._scaling_day import Simulation
from tests.bench._scaling_plan import Day, Parts, Plan
from tests.support.postgresql import Cluster, programs

RAISED = 400.0
"""Requests a second if Discord raises a bot's limit tenfold, as an example."""
SIZES = {
    "one lab": Plan(guilds=1, shards=1, hosts=1, processes=1, subscriptions=20),
    "2,500 guilds": Plan(guilds=2_500, shards=2, hosts=1, processes=2, subscriptions=17_000),
    "20,000 guilds": Plan(guilds=20_000, shards=16, hosts=2, processes=4, subscriptions=133_000),
    "150,000 guilds": Plan(),
}
"""As many subscriptions for each guild as in the plan; a lab has more."""


def scenarios(parts: Parts) -> dict[str, tuple[Plan, Parts]]:
    """The plan as it is, and what would change it."""
    plan = Plan()
    busy = replace(parts, matches_a_day=tuple(10 * mean for mean in parts.matches_a_day))
    return {
        "as it is": (plan, parts),
        "a host dies at 00:20": (replace(plan, dies_at_s=1_200.0), parts),
        "half gathered daily": (replace(plan, daily=0.5), parts),
        f"{RAISED:.0f} requests/s": (replace(plan, requests_per_s=RAISED), parts),
        "ten times the matches": (plan, busy),
    }


def rates(plan: Plan, parts: Parts, rows_due: int) -> dict[str, float]:
    """Messages a second that each resource allows; looks with so many rows due."""
    trips = (parts.begin_trips + parts.posted_trips) * plan.round_trip_s
    processes = plan.hosts * plan.processes
    look = SHORTEST_IDLE_S + rows_due * parts.look_row_s
    return {
        "Discord's requests": plan.requests_per_s,
        "PostgreSQL's writer": 1 / (parts.begin_s + parts.posted_s + trips + 2 * plan.flush_s),
        "looks at the outbox": processes * CHANNELS_AT_ONCE / look,
        "cores of processes": processes / parts.message_cpu_s,
    }


def needs(plan: Plan, parts: Parts, day: Day) -> dict[str, float]:
    """What an installation needs: connections, memory and disk."""
    processes = plan.hosts * plan.processes
    of_process = parts.process_mb + parts.index_mb + parts.guild_kb * plan.guilds / processes / 1024
    fixed = plan.subscriptions * parts.subscription_bytes
    daily = day.matched * parts.row_bytes + day.messages * parts.post_bytes
    return {
        "processes": processes,
        "connections": processes * CONNECTIONS,
        "memory_mb_process": round(of_process),
        "memory_mb_host": round(of_process * plan.processes),
        "postgresql_gb": round(fixed / 1e9, 2),
        "postgresql_gb_a_day": round(daily / 1e9, 3),
        "commands_per_s": round(processes * parts.commands_per_s),
    }


def figures(plan: Plan, day: Day) -> dict[str, object]:
    """What came of a day, for the last line."""
    return {
        "rows": day.matched,
        "posted": day.posted,
        "over_cap": day.over_cap,
        "waiting": day.waiting,
        "messages": day.messages,
        "requests": day.requests,
        "rows_per_s": round(day.matched / day.told_s) if day.told_s else 0,
        "told_min": round(day.told_s / 60, 1),
        "longest_batch_s": round(day.longest_batch_s, 1),
        "half_h": round(day.by(0.5) / 3600, 2),
        "all_h": round(day.by(1.0) / 3600, 2),
        "used": {name: round(share, 3) for name, share in day.used.items()},
        "first_limit": max(day.used, key=day.used.__getitem__),
    }


def report(parts: Parts, seed: int) -> dict[str, object]:
    """Simulate and print all; returns the last line."""
    gc.disable()  # a run makes millions of values that live as long as it does
    print(f"{'':28} {'matched':>8} {'half':>7} {'all out':>8} {'messages':>9}  busy until the last message")
    days, result = {}, {}
    for name, (plan, with_parts) in scenarios(parts).items():
        days[name] = day = Simulation(replace(plan, seed=seed), with_parts).run()
        result[name] = figures(plan, day)
        used = ", ".join(f"{what} {share:.0%}" for what, share in day.used.items())
        hours = f"{day.told_s / 60:5.1f} min {day.by(0.5) / 3600:5.2f} h {day.by(1.0) / 3600:6.2f} h"
        print(f"{name:28} {hours} {day.messages:9,}  {used}")
    whole = days["as it is"]
    print(f"\n{whole.matched:,} rows, {whole.matched / whole.told_s:,.0f} a second while papers come in;")
    print(f"a batch has the writers' lock for {whole.longest_batch_s:.0f} s. Messages a second that each would allow:")
    allowed = {name: round(rate, 1) for name, rate in rates(Plan(), parts, whole.posted).items()}
    for name, rate in allowed.items():
        print(f"  {name:26} {rate:10,.1f}")
    sizes = {}
    for name, plan in SIZES.items():
        day = whole if plan == Plan() else Simulation(replace(plan, seed=seed), parts).run()
        sizes[name] = {**needs(plan, parts, day), "all_h": round(day.by(1.0) / 3600, 2), "rows": day.matched}
    print("\n" + f"{'':16}" + "".join(f"{key:>20}" for key in next(iter(sizes.values()))))
    for name, row in sizes.items():
        print(f"{name:16}" + "".join(f"{value:20,}" for value in row.values()))
    return {"scenarios": result, "messages_per_s": allowed, "sizes": sizes, "parts": asdict(parts)}


def measure(seed: int) -> Parts:
    """Measure the parts here. Raises `SystemExit` where PostgreSQL is not installed."""
    from tests.bench._scaling_measured import measured  # it needs the extra `postgres`

    found = programs()
    if found is None:
        raise SystemExit("PostgreSQL 15 or later is not installed (Debian: apt-get install postgresql)")
    cluster = Cluster(found)
    try:
        cluster.start()
        parts = asyncio.run(measured(cluster, seed))
    finally:
        cluster.remove()
    for name, value in asdict(parts).items():
        print(f"{name:20} {value:.6g}" if isinstance(value, float) else f"{name:20} {value}")
    return parts


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true", help="measure the parts here first")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(json.dumps(report(measure(asked.seed) if asked.measure else Parts(), asked.seed)))


if __name__ == "__main__":
    main()
