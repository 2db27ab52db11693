"""Fixtures for all tests, and the Hypothesis profiles.

`ci` repeats the same examples in every run, so that a red build can be traced to its change; `local`, the profile
everywhere else, looks for new ones. `pytest --hypothesis-profile=thorough` tries ten times as many where a test does
not set a number of its own; `few` is for coverage, which makes all slower; `histories` is for tests of the outbox,
10,000 histories of it. None of them has a deadline or minds slow examples: how long one takes depends on what else the
machine is doing.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from seeds.reading.limits import Limits
from seeds.reading.parsers import Parsers
from store.library import Library
from store.storage.database import Database
from store.view import View
from tests.support.migrated import put_empty_store
from tests.support.postgresql import ABSENT, Cluster, programs

settings.register_profile("local", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", settings.get_profile("local"), derandomize=True, print_blob=True)
settings.register_profile("thorough", settings.get_profile("local"), max_examples=1000)
settings.register_profile("few", settings.get_profile("ci"), max_examples=10, stateful_step_count=10)
settings.register_profile("histories", settings.get_profile("local"), max_examples=5_000)
settings.load_profile("ci" if os.environ.get("CI") else "local")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--engine postgresql`: every store of the tests has its guild half in a PostgreSQL server of their own."""
    parser.addoption("--engine", choices=["sqlite", "postgresql"], default="sqlite")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what is about SQLite only where another engine is asked for."""
    if config.getoption("--engine") != "sqlite":
        for item in items:
            if mark := item.get_closest_marker("sqlite_only"):
                item.add_marker(pytest.mark.skip(reason=str(mark.args[0])))


@pytest.fixture(scope="session", autouse=True)
def engine(request: pytest.FixtureRequest) -> Iterator[None]:
    """The database for the guild half of all stores that tests open."""
    if request.config.getoption("--engine") == "sqlite":
        yield
        return
    from tests.support.stores_in_postgresql import stores_in_postgresql

    with stores_in_postgresql():
        yield


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Cluster]:
    """A PostgreSQL server for the tests that want one; where none is installed, they are skipped and say so."""
    found = programs()
    if found is None:
        pytest.skip(ABSENT)
    cluster = Cluster(found)
    cluster.start()
    yield cluster
    cluster.remove()


@pytest.fixture
def empty_file(tmp_path: Path) -> Path:
    """A store of its own, without papers."""
    return put_empty_store(tmp_path / "lectern.db")


@pytest.fixture
async def db(empty_file: Path) -> AsyncIterator[Database]:
    database = await Database.open(empty_file)
    yield database
    await database.close()


@pytest.fixture
async def view(db: Database) -> AsyncIterator[View]:
    """The papers as those see them who have none of their own."""
    library = await Library.open(db.path)
    yield library.view()
    await library.close()


@pytest.fixture
async def parsers() -> AsyncIterator[Parsers]:
    """Reading as in the bot, with processes of its own."""
    made = Parsers(Limits(cpu_seconds=30, memory=512_000_000))
    yield made
    await made.close()


class WireInOneProcess(LoadScopeScheduling):  # type: ignore[misc]  # xdist has no types
    """Keeps tests/wire in one process: each of its tests starts the real program, and waits for it only so long.

    Not tests/wire/services, which start none; that one process would be the last to end by minutes.
    """

    def _split_scope(self, nodeid: str) -> str:
        starts_none = nodeid.startswith("tests/wire/services/")
        return "wire" if nodeid.startswith(("tests/attacks/", "tests/wire/")) and not starts_none else nodeid


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> WireInOneProcess:
    """How `pytest -n` shares the tests out."""
    return WireInOneProcess(config, log)
