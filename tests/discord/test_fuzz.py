"""A short form of `python -m tests.discord.fuzz`."""

from __future__ import annotations

from pathlib import Path

from tests.discord.fuzz import fuzz


async def test_hostile_commands_are_all_answered(store_file: Path) -> None:
    counts = await fuzz(store_file, commands=150, seed=7)
    assert counts["commands"] == 150
    assert counts["cards"] > 20
    assert counts["plain sentences"] > 20
