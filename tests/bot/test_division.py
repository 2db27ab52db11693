"""How work is divided among processes: what each wants, that two never do the same, and who takes over."""

from __future__ import annotations

import asyncio
import math
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from bot import division, shards
from bot.division import Division
from bot.errors import ExpectedError
from bot.shards import Shards
from bot.wanted_leases import Situation, delivery_lease, shard_lease, wanted, worker_lease
from store.guilds import leases
from store.storage.database import Database

NAMES = ("arXiv poller", "scoring")
WORKERS = [worker_lease(name) for name in NAMES]


@pytest_asyncio.fixture
async def db(empty_file: Path) -> AsyncIterator[Database]:
    db = await Database.open(empty_file)
    yield db
    await db.close()


@pytest.mark.parametrize(
    ("option", "ids", "total"), [("0-3/16", (0, 1, 2, 3), 16), ("5/16", (5,), 16), ("auto", None, None)]
)
def test_the_option_names_shards(option: str, ids: tuple[int, ...] | None, total: int | None) -> None:
    assert shards.parse(option) == Shards(ids, total)


@pytest.mark.parametrize("option", ["", "1", "3-1/4", "0-4/4", "4/4", "0/0", "a/b", "-1/4", "0-1/9999999", "٣/٤"])
def test_an_option_that_names_none_is_refused(option: str) -> None:
    with pytest.raises(ExpectedError, match="--shards"):
        shards.parse(option)


def test_guilds_are_on_the_shards_that_discord_says() -> None:
    assert shards.shard_of(197038439483310086, 16) == (197038439483310086 >> 22) % 16
    assert shards.shard_of(0, 16) == shards.shard_of(-197038439483310086, 16) == 0


class Installation:
    """Processes that look at the leases in turns; those of one that dies run out at once."""

    def __init__(self, total: int, parts: dict[str, tuple[int, ...] | None], most_new: int = 16) -> None:
        self.total, self.parts, self.most_new = total, parts, most_new
        self.holders: dict[str, str] = {}

    def look(self, me: str) -> None:
        now = Situation(me, self.parts[me], self.total, WORKERS, True, True, dict(self.holders), self.most_new)
        want = wanted(now)
        self.holders = {name: holder for name, holder in self.holders.items() if holder != me or name in want}
        for name in want:
            self.holders.setdefault(name, me)

    def look_all(self) -> None:
        """Often enough to give back, and to take one after the other."""
        for _ in range(self.total + 2):
            for me in self.parts:
                self.look(me)

    def die(self, me: str) -> None:
        del self.parts[me]
        self.holders = {name: holder for name, holder in self.holders.items() if holder != me}


@given(st.integers(1, 20), st.integers(1, 5), st.data())
def test_shares_are_even_and_what_died_is_taken_over(total: int, count: int, data: st.DataObject) -> None:
    installation = Installation(total, dict.fromkeys(map(str, range(count))), data.draw(st.sampled_from([1, 16])))
    for _ in range(3):
        installation.look_all()
        alive = installation.parts.keys()
        of_shard = [installation.holders[shard_lease(shard, total)] for shard in range(total)]
        assert all(of_shard.count(me) <= math.ceil(total / len(alive)) for me in alive)
        for shard, server in enumerate(of_shard):
            assert installation.holders[delivery_lease(shard, total)] == server
        assert all(installation.holders[name] in alive for name in WORKERS)
        if len(alive) > 1 and data.draw(st.booleans()):
            installation.die(data.draw(st.sampled_from(sorted(alive))))
        else:
            installation.parts[f"later {len(alive)} {data.draw(st.integers(0, 9))}"] = None


def test_processes_that_start_together_share_from_the_beginning() -> None:
    installation = Installation(4, {"a": None, "b": None}, most_new=1)
    for _ in range(2):
        installation.look("a")
        installation.look("b")
    of_shard = [installation.holders[shard_lease(shard, 4)] for shard in range(4)]
    assert of_shard == ["a", "b", "a", "b"]


def test_what_is_being_connected_is_not_given_back() -> None:
    holders = {shard_lease(shard, 4): "a" for shard in range(4)} | {"process:a": "a", "process:b": "b"}
    for is_ready, kept in ((False, 4), (True, 2)):
        want = wanted(Situation("a", None, 4, (), is_ready, True, holders))
        assert len([name for name in want if name.startswith("shard:")]) == kept


def test_the_deliveries_of_a_process_that_died_are_done_by_another_until_it_is_back() -> None:
    installation = Installation(4, {"a": (0, 1), "b": (2, 3)})
    installation.look_all()
    installation.die("b")
    installation.look_all()
    assert installation.holders[delivery_lease(3, 4)] == "a"
    assert shard_lease(3, 4) not in installation.holders, "its own shards are all that it is connected for"
    installation.parts["b again"] = (2, 3)
    installation.look_all()
    assert installation.holders[delivery_lease(3, 4)] == "b again"


def test_a_process_that_has_just_started_leaves_to_others_what_is_theirs() -> None:
    want = wanted(Situation("a", (0,), 2, WORKERS, is_ready=True, has_waited=False, holders={}))
    assert delivery_lease(0, 2) in want and delivery_lease(1, 2) not in want
    assert wanted(Situation("a", (0,), 2, WORKERS, False, True, {})) == {shard_lease(0, 2)}, (
        "nothing before it is ready"
    )


class Time:
    """The clock of the database, and of the processes, each so far ahead."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.now = 1_000_000.0

        async def at_now(_: Any) -> int:
            return round(self.now * 1000)

        patch.setattr(leases, "now_ms", at_now)

    def process(self, db: Database, ids: tuple[int, ...] | None, ahead: float = 0.0) -> Division:
        return Division(db, Shards(ids, 2), NAMES, (), lambda: True, lambda: self.now + ahead)


async def started(process: Division) -> Division:
    await process.start(2, 16)
    assert process._keeping
    process._keeping.cancel()  # it looks when the test says so
    return process


async def test_two_processes_of_clocks_that_differ_by_minutes(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time(monkeypatch)
    a, b = await started(time.process(db, (0,))), await started(time.process(db, (1,), ahead=-300.0))
    guilds = {0: 0, 1: 1 << 22}
    assert a.serves(guilds[0]) and b.serves(guilds[1])
    assert not a.serves(guilds[1]) and not b.serves(guilds[0])
    taken_over = None
    for _ in range(12):  # b is stopped, and a goes on
        time.now += division.RENEW_S / 2
        await a.look()
        assert not (a.serves(guilds[1]) and b.serves(guilds[1]))
        if a.serves(guilds[1]):
            taken_over = taken_over or time.now - 1_000_000.0
    assert taken_over and taken_over <= 30
    tenure = b.current_tenure()
    await b.look()
    assert b.current_tenure() != tenure, "what it knew of its deliveries is out of date"
    await a.look()
    await b.look()
    assert b.serves(guilds[1]) and not a.serves(guilds[1]), "it has come back"


async def test_what_is_released_is_free_at_once(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    time = Time(monkeypatch)
    a, b = await started(time.process(db, None)), await started(time.process(db, None))
    await a.stop()
    assert a.own_shards() == [] and not a.holds(worker_lease("scoring"))
    await b.look()
    assert b.own_shards() == [0, 1] and b.holds(worker_lease("scoring"))


async def test_a_shard_is_left_before_another_has_it(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    time, left = Time(monkeypatch), list[int]()
    a = await started(time.process(db, None))
    assert await a.first_shards() == [0, 1]

    async def leave(shards: Any) -> None:
        async with db.read() as connection:
            assert await leases.held_by(connection, shard_lease(1, 2)), "not before it is left"
        left.extend(shards)

    a.before_giving_back = leave
    b = await started(time.process(db, None))
    assert b.own_shards() == []
    await a.look()
    await b.look()
    assert left == [1] and a.own_shards() == [0] and await b.first_shards() == [1]


async def test_a_worker_runs_while_its_lease_is_held(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "CHECK_S", 0.01)
    time = Time(monkeypatch)
    a, b = await started(time.process(db, (0,))), await started(time.process(db, (1,)))
    running: set[str] = set()

    async def work(name: str) -> None:
        running.add(name)
        try:
            await asyncio.Event().wait()
        finally:
            running.discard(name)

    tasks = [asyncio.create_task(one.run("scoring", lambda n=n: work(n))) for n, one in (("a", a), ("b", b))]  # type: ignore[misc]
    try:
        await asyncio.sleep(0.05)
        assert running == {"a"}
        time.now += division.LEASE_S * (1 - division.MARGIN)
        await asyncio.sleep(0.05)
        assert running == set(), "stopped before another can begin"
        await b.look()
        assert running == set()
        time.now += division.LEASE_S
        await b.look()
        await asyncio.sleep(0.05)
        assert running == {"b"}
        await a.look()
        await asyncio.sleep(0.05)
        assert running == {"b"}
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert running == set()


async def test_a_worker_that_fails_or_returns_says_so(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    a = await started(Time(monkeypatch).process(db, (0,)))

    async def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):
        await a.run("scoring", fail)
    await a.run("scoring", lambda: asyncio.sleep(0))


async def test_shards_identify_themselves_in_turns(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "AGAIN_S", 0.01)
    time = Time(monkeypatch)
    a, b = await started(time.process(db, (0,))), await started(time.process(db, (1,)))
    a.max_concurrency = b.max_concurrency = 1
    await a.turn_to_identify(0)
    second, again = asyncio.create_task(b.turn_to_identify(1)), asyncio.create_task(a.turn_to_identify(0))
    await asyncio.sleep(0.05)
    assert not second.done() and not again.done()
    time.now += division.IDENTIFY_S
    await asyncio.wait([second, again], return_when=asyncio.FIRST_COMPLETED)
    await asyncio.sleep(0.05)
    assert second.done() != again.done()
    time.now += division.IDENTIFY_S
    await asyncio.gather(second, again)


async def test_what_is_done_once_is_done_by_one_after_the_other(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(division, "AGAIN_S", 0.01)
    time = Time(monkeypatch)
    a, b = await started(time.process(db, (0,))), await started(time.process(db, (1,)))
    doing: list[str] = []

    async def do(one: Division, name: str) -> None:
        async with one.turn("commands"):
            doing.append(name)
            await asyncio.sleep(0.05)
            doing.append(name)

    await asyncio.gather(do(a, "a"), do(b, "b"), do(a, "again"))
    assert doing[0::2] == doing[1::2]


async def test_two_processes_for_a_shard_are_told(
    db: Database, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    time = Time(monkeypatch)
    a, b = await started(time.process(db, (0,))), await started(time.process(db, (0, 1)))
    assert "too" not in caplog.text, "it may have just ended"
    for _ in range(6):
        time.now += division.RENEW_S
        await a.look()
        await b.look()
    assert caplog.text.count("Another process serves the shards 0 too") == 1


async def test_what_is_done_to_the_papers_of_a_host_is_done_on_each(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    time, processes = Time(monkeypatch), list[Division]()
    for host in ("one", "one", "other"):
        monkeypatch.setattr(socket, "gethostname", lambda host=host: host)
        process = time.process(db, (len(processes),))
        process.of_host = ("embeddings",)
        processes.append(await started(process))
        assert process.does("embeddings") == (len(processes) != 2)
    monkeypatch.setattr(socket, "gethostname", lambda: "one")
    assert [one.does("embeddings") for one in processes] == [True, False, False]
    assert [one.does("scoring") for one in processes] == [True, False, False]
