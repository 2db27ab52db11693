"""Turns go round between those who ask, whatever each of them asks for and gives up."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.reading.limits import QueueFullError
from seeds.reading.queue import ReadingQueue


async def served(turns: ReadingQueue, askers: str, cancelled: frozenset[int] = frozenset()) -> str:
    """Who had a turn, in order, where all ask at once and some have given up before the first turn ends."""
    order: list[str] = []

    async def job(asker: str) -> None:
        async with turns.turn(asker):
            order.append(asker)
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    jobs = [asyncio.create_task(job(asker)) for asker in askers]
    await asyncio.sleep(0)
    for number in cancelled:
        jobs[number].cancel()
    await asyncio.gather(*jobs, return_exceptions=True)
    return "".join(order)


async def test_two_askers_with_six_jobs_each_take_turns() -> None:
    # The first of a is served before anybody waits.
    assert await served(ReadingQueue(most_each=6, most=12), "aaaaaabbbbbb") == "aabababababb"


@given(st.text("abc", min_size=1, max_size=30), st.sets(st.integers(1, 29)))
def test_everybody_who_stays_is_served_and_nobody_waits_for_more_than_one_turn_of_each_other(
    askers: str, gone: set[int]
) -> None:
    cancelled = frozenset(number for number in gone if number < len(askers))
    order = asyncio.run(served(ReadingQueue(most_each=30, most=30), askers, cancelled))
    stayed = [asker for number, asker in enumerate(askers) if number not in cancelled]
    assert sorted(order) == sorted(stayed)
    for asker in set(order[1:]):
        places = [place for place, one in enumerate(order[1:]) if one == asker]
        for before, after in zip([-1, *places], places, strict=False):
            between = order[1:][before + 1 : after]
            assert all(between.count(other) <= 1 for other in between), order


async def test_a_turn_is_passed_on_when_its_holder_fails_or_is_cancelled() -> None:
    turns = ReadingQueue(most_each=3, most=3)
    began = asyncio.Event()

    async def hold() -> None:
        async with turns.turn("a"):
            began.set()
            await asyncio.sleep(60)

    holder = asyncio.create_task(hold())
    await began.wait()
    # Cancelled in the moment in which it is given the turn.
    given_up = asyncio.create_task(hold())
    await asyncio.sleep(0)
    holder.cancel()
    await asyncio.sleep(0)
    given_up.cancel()
    await asyncio.gather(holder, given_up, return_exceptions=True)
    with pytest.raises(ZeroDivisionError):
        async with asyncio.timeout(5), turns.turn("b"):
            raise ZeroDivisionError
    async with asyncio.timeout(5), turns.turn("c"):
        pass


@pytest.mark.parametrize(("askers", "sentence"), [("aaa", "from here"), ("aabbc", "Too many files")])
async def test_too_much_is_refused_at_once(askers: str, sentence: str) -> None:
    turns = ReadingQueue(most_each=2, most=4)
    async with turns.turn("first"):
        waiting = [asyncio.create_task(turns.turn(asker).__aenter__()) for asker in askers]
        await asyncio.sleep(0.01)
        errors = [error for one in waiting if one.done() and (error := one.exception())]
        for one in waiting:
            one.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
    assert [type(error) for error in errors] == [QueueFullError]
    assert sentence in str(errors[0]) and "Try again" in str(errors[0])
    async with asyncio.timeout(5), turns.turn("a"):
        pass
