"""The simulation of many hosts: nothing is lost or doubled in it, and its limits hold."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.division import LEASE_S
from bot.workers.delivery import LONGEST_IDLE_S
from tests.bench import scaling
from tests.bench._scaling_day import Simulation
from tests.bench._scaling_plan import Day, Parts, Plan

PARTS = replace(Parts(), matches_a_day=(0.0, 0.5, 3.0, 30.0))
PLAN = Plan(guilds=64, shards=16, hosts=4, processes=1, papers=400, subscriptions=1_000)


def simulated(plan: Plan, parts: Parts = PARTS) -> Day:
    return Simulation(plan, parts).run()


@settings(max_examples=40, deadline=None)
@given(
    hosts=st.integers(2, 5),
    daily=st.sampled_from((0.0, 0.5, 1.0)),
    dies_at_s=st.none() | st.floats(0.0, 60.0),
    seed=st.integers(0, 1_000),
)
def test_each_match_is_posted_once_or_waits(hosts: int, daily: float, dies_at_s: float | None, seed: int) -> None:
    day = simulated(replace(PLAN, hosts=hosts, daily=daily, dies_at_s=dies_at_s, seed=seed))
    assert day.matched == day.posted + day.over_cap + day.waiting
    assert day.messages == len(day.finished) <= day.requests
    assert day.waiting >= 0
    if not daily:
        assert day.waiting == 0


def test_what_a_death_interrupts_is_out_after_the_leases_have_run_out() -> None:
    whole, cut = simulated(PLAN), simulated(replace(PLAN, dies_at_s=12.0))
    assert (whole.matched, whole.waiting) == (cut.matched, cut.waiting)
    # Whoever takes over asks once for each channel, and looks for what may be out.
    assert cut.requests - cut.messages > whole.requests - whole.messages == 0
    assert any(at > 12.0 + LEASE_S for at in cut.finished)


def test_the_other_hosts_go_on_while_one_is_dead() -> None:
    cut = simulated(replace(PLAN, dies_at_s=12.0))
    assert any(13.0 < at < 12.0 + LEASE_S for at in cut.finished)


@pytest.mark.parametrize("requests_per_s", [10.0, 40.0, 400.0])
def test_more_hosts_are_never_slower(requests_per_s: float) -> None:
    parts = replace(PARTS, look_row_s=0.0)
    last = float("inf")
    for hosts in (1, 2, 4, 8):
        plan = replace(PLAN, hosts=hosts, requests_per_s=requests_per_s)
        now = simulated(plan, parts).by(1.0)
        assert now <= last + LONGEST_IDLE_S
        last = now


def test_requests_keep_to_the_limit_of_the_token() -> None:
    for hosts in (1, 3, 8):
        day = simulated(replace(PLAN, hosts=hosts, requests_per_s=5.0))
        assert day.by(1.0) >= (day.messages - hosts) / 5.0


def test_a_channel_takes_five_messages_in_five_seconds() -> None:
    plan = Plan(guilds=1, channels_of_guild=1, shards=1, hosts=1, processes=1, subscriptions=60, papers=100)
    day = simulated(replace(plan, requests_per_s=1_000.0), replace(PARTS, matches_a_day=(100.0,), papers_a_day=100))
    assert day.messages >= 60
    for first, sixth in zip(day.finished, day.finished[5:], strict=False):
        assert sixth - first > 4.5


def test_one_who_writes_is_waited_for() -> None:
    parts = replace(PARTS, begin_s=0.1, posted_s=0.1)
    day = simulated(replace(PLAN, requests_per_s=1_000.0), parts)
    assert day.by(1.0) >= day.messages * 0.2
    assert max(day.used, key=day.used.__getitem__) == "PostgreSQL's writer"


def test_papers_over_the_cap_are_in_no_message() -> None:
    plan = Plan(guilds=1, channels_of_guild=1, shards=1, hosts=1, processes=1, subscriptions=1, papers=100)
    day = simulated(plan, replace(PARTS, matches_a_day=(100.0,), papers_a_day=100))
    assert day.over_cap > 0
    assert day.posted + day.over_cap == day.matched


def test_needs_follow_from_the_plan() -> None:
    parts = replace(
        PARTS,
        process_mb=100.0,
        index_mb=200.0,
        guild_kb=32.0,
        row_bytes=500.0,
        post_bytes=300.0,
        subscription_bytes=600.0,
    )
    day = Day(matched=2_000_000, messages=1_000_000)
    needs = scaling.needs(Plan(guilds=64_000, hosts=5, processes=4, subscriptions=1_000_000), parts, day)
    assert (needs["processes"], needs["connections"]) == (20, 160)
    assert (needs["memory_mb_process"], needs["memory_mb_host"]) == (400, 1_600)
    assert (needs["postgresql_gb"], needs["postgresql_gb_a_day"]) == (0.6, 1.3)
