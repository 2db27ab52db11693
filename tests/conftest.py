"""Fixtures for all tests, and the Hypothesis profiles.

`ci` repeats the same examples in every run, so that a red build can be traced to its change; `local`, the profile
everywhere else, looks for new ones. `pytest --hypothesis-profile=thorough` tries ten times as many where a test does
not set a number of its own. None of them has a deadline or minds slow examples: how long one takes depends on what else
the machine is doing.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from store.storage.database import Database

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.register_profile("thorough", settings.get_profile("local"), max_examples=1000)
settings.load_profile("ci" if os.environ.get("CI") else "local")


@pytest.fixture
async def db(tmp_path: Path) -> AsyncIterator[Database]:
    database = await Database.open(tmp_path / "lectern.db")
    yield database
    await database.close()
