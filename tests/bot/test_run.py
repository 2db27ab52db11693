"""How `lectern run` ends."""

from __future__ import annotations

import asyncio
import os
import signal

import pytest

from bot import run


async def _serve(forgotten: int) -> None:
    """Goes on after as many cancellations as are to be forgotten."""
    while True:
        try:
            await asyncio.sleep(30)
        except asyncio.CancelledError:
            forgotten -= 1
            if forgotten < 0:
                raise


@pytest.mark.parametrize("forgotten", [0, 1, 3])
async def test_a_signal_ends_it_also_where_a_cancellation_is_forgotten(
    monkeypatch: pytest.MonkeyPatch, forgotten: int
) -> None:
    monkeypatch.setattr(run, "LOOK_S", 0.02)
    serving = asyncio.create_task(_serve(forgotten))
    asyncio.get_running_loop().call_later(0.05, os.kill, os.getpid(), signal.SIGTERM)
    await asyncio.wait_for(run.until_stopped(serving), 5)
    assert serving.cancelled()


async def test_it_ends_with_the_process_that_started_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "LOOK_S", 0.02)
    serving = asyncio.create_task(_serve(1))
    await asyncio.wait_for(run.until_stopped(serving, parent=os.getppid() + 1), 5)
    assert serving.cancelled()
