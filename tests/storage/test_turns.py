"""Turns: nobody's load keeps others waiting, and no slot is ever lost."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextvars import copy_context

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.errors import TooBusyError
from store.turns import ASKER, MOST_WAITING, Turns, elsewhere, working


def asking(turns: Turns, asker: int | None, order: list[int | None], until: asyncio.Event) -> asyncio.Task[None]:
    """A task that takes a turn for the asker, notes it, and holds it until the event."""

    async def work() -> None:
        async with turns.turn():
            order.append(asker)
            await until.wait()

    context = copy_context()
    context.run(ASKER.set, asker)
    return asyncio.get_running_loop().create_task(work(), context=context)


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_the_last_slot_is_kept_for_others() -> None:
    turns, order, never = Turns(3), list[int | None](), asyncio.Event()
    tasks = [asking(turns, 1, order, never) for _ in range(10)]
    await settled()
    assert order == [1, 1]
    tasks.append(asking(turns, 2, order, never))
    await settled()
    assert order == [1, 1, 2]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_an_asker_has_no_more_than_each() -> None:
    turns, order, never = Turns(6, each=2), list[int | None](), asyncio.Event()
    tasks = [asking(turns, asker, order, never) for asker in (1, 1, 1, 2)]
    await settled()
    assert order == [1, 1, 2]
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def test_askers_are_served_in_rotation() -> None:
    turns, order, begin, end = Turns(1), list[int | None](), asyncio.Event(), asyncio.Event()
    tasks = [asking(turns, 9, order, begin)]
    await settled()
    tasks += [asking(turns, asker, order, end) for asker in (1, 1, 1, 2, 3, None, 2)]
    await settled()
    begin.set()
    end.set()
    await asyncio.gather(*tasks)
    assert order == [9, 1, 2, 3, None, 1, 2, 1]


async def test_a_queue_has_an_end_but_for_lectern_itself() -> None:
    turns, order, end = Turns(1), list[int | None](), asyncio.Event()
    tasks = [asking(turns, 1, order, end) for _ in range(1 + MOST_WAITING)]
    await settled()
    with pytest.raises(TooBusyError):
        await asking(turns, 1, order, end)
    tasks[5].cancel()
    tasks.append(asking(turns, 1, order, end))  # What was cancelled no longer counts.
    tasks += [asking(turns, None, order, end) for _ in range(2 * MOST_WAITING)]
    await settled()
    end.set()
    assert len(await asyncio.gather(*tasks, return_exceptions=True)) == len(tasks)
    assert order.count(1) == 1 + MOST_WAITING
    assert order.count(None) == 2 * MOST_WAITING


@given(
    slots=st.integers(1, 4),
    each=st.none() | st.integers(1, 3),
    steps=st.lists(st.tuples(st.sampled_from(["ask", "end", "cancel"]), st.integers(0, 3), st.booleans()), max_size=60),
)
def test_whatever_is_cancelled_no_slot_is_lost_and_none_given_twice(
    slots: int, each: int | None, steps: list[tuple[str, int, bool]]
) -> None:
    async def history() -> None:
        turns, held = Turns(slots, each), list[int]()
        tasks: list[tuple[asyncio.Task[None], asyncio.Event]] = []

        async def work(asker: int, end: asyncio.Event) -> None:
            ASKER.set(asker)
            async with turns.turn():
                held.append(asker)
                try:
                    assert len(held) <= slots
                    assert each is None or held.count(asker) <= each
                    await end.wait()
                finally:
                    held.remove(asker)

        for what, number, settle in steps:
            if what == "ask":
                end = asyncio.Event()
                tasks.append((asyncio.create_task(work(number, end)), end))
            elif tasks and what == "end":
                tasks[number % len(tasks)][1].set()
            elif tasks:
                tasks[number % len(tasks)][0].cancel()
            if settle:
                await settled()
        for _, end in tasks:
            end.set()
        for outcome in await asyncio.gather(*(task for task, _ in tasks), return_exceptions=True):
            assert outcome is None or isinstance(outcome, asyncio.CancelledError), outcome
        async with asyncio.timeout(1):
            for asker in range(slots):  # All slots are there again, for as many askers.
                ASKER.set(asker)
                await turns.take()

    asyncio.run(history())


async def test_who_gives_way_goes_after_all_others_who_may_have_a_turn() -> None:
    turns, order = Turns(2, each=1), list[str]()

    async def ask(name: str, asker: int, *, gives_way: bool) -> None:
        await turns.take(asker, gives_way=gives_way)
        order.append(name)

    await turns.take(1)
    tasks = [
        asyncio.create_task(ask(name, asker, gives_way=gives_way))
        for name, asker, gives_way in (
            ("keystroke of 2", 2, True),  # There is a slot, and the command of 1 may not have it.
            ("keystroke of 3", 3, True),
            ("command of 1", 1, False),
            ("command of 4", 4, False),
        )
    ]
    await settled()
    assert order == ["keystroke of 2"]
    assert turns.waiting() == 2
    turns.give_back(2)
    await settled()
    assert order == ["keystroke of 2", "command of 4"]
    turns.give_back(1)
    await settled()
    assert order[2:] == ["command of 1"]
    turns.give_back(4)
    await asyncio.gather(*tasks)
    assert order[3:] == ["keystroke of 3"]


@given(
    slots=st.integers(1, 3),
    steps=st.lists(
        st.tuples(st.sampled_from(["begin", "leave", "return", "end", "cancel"]), st.integers(0, 5), st.booleans()),
        max_size=50,
    ),
)
def test_a_turn_is_others_while_its_work_is_elsewhere(slots: int, steps: list[tuple[str, int, bool]]) -> None:
    """Each work has two tasks that go elsewhere and return whenever they like."""

    async def history() -> None:
        turns, busy = Turns(slots, most_waiting=5), set[int]()
        events: list[dict[str, asyncio.Event]] = []
        tasks: list[asyncio.Task[None]] = []

        async def part(number: int, mine: Mapping[str, asyncio.Event]) -> None:
            await mine["leave"].wait()
            async with elsewhere():
                busy.discard(number)
                await mine["return"].wait()

        async def work(number: int, mine: Mapping[str, asyncio.Event]) -> None:
            ASKER.set(number % 3)
            async with working(turns):
                busy.add(number)
                assert len(busy) <= slots
                try:
                    await asyncio.gather(part(number, mine), part(number, mine))
                    await mine["end"].wait()
                finally:
                    busy.discard(number)

        for what, number, settle in steps:
            if what == "begin":
                events.append({name: asyncio.Event() for name in ("leave", "return", "end")})
                tasks.append(asyncio.create_task(work(len(events), events[-1])))
            elif tasks and what == "cancel":
                tasks[number % len(tasks)].cancel()
            elif tasks:
                events[number % len(events)][what].set()
            if settle:
                await settled()
        for mine in events:
            for event in mine.values():
                event.set()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            assert outcome is None or isinstance(outcome, (asyncio.CancelledError, TooBusyError)), outcome
        async with asyncio.timeout(1):
            for asker in range(slots):
                await turns.take(asker)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.001):
                await turns.take(slots)

    asyncio.run(history())


async def test_it_is_crowded_where_the_asker_s_own_wait_or_nothing_is_left_for_anybody() -> None:
    turns = Turns(4, each=2)
    ASKER.set(1)
    for asker in (1, 1):
        await turns.take(asker)
    assert not turns.is_crowded()
    waiting = [asyncio.create_task(turns.take(1))]
    await settled()
    assert turns.is_crowded(), "another of the same asker waits"
    ASKER.set(2)
    assert not turns.is_crowded(), "that one keeps nobody else waiting"
    await turns.take(2)
    assert turns.is_crowded()
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
