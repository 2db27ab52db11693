"""What the composition root makes of the settings."""

from __future__ import annotations

import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.composition import make_client, make_division, make_workers, open_services, spare_what_is_loaded
from bot.library_opening import open_library
from bot.settings import Settings
from bot.shards import Shards
from store.embeddings.semantic_index import SemanticIndex
from tests.support.embedders import HashingEmbedder


@pytest.mark.parametrize(
    ("settings", "names"),
    [
        (
            {},
            [
                "delivery",
                "people",
                "scoring",
                "editing of posts",
                "what was saved in a week",
                "journal clubs",
                "Zotero",
                "start of reading",
                "arXiv poller",
                "watched papers",
            ],
        ),
        (
            {"watch": False},
            [
                "delivery",
                "people",
                "scoring",
                "editing of posts",
                "what was saved in a week",
                "journal clubs",
                "Zotero",
                "start of reading",
            ],
        ),
        (
            {"watch": False, "folder": Path("papers")},
            [
                "delivery",
                "people",
                "scoring",
                "editing of posts",
                "what was saved in a week",
                "journal clubs",
                "Zotero",
                "start of reading",
                "watched folder",
            ],
        ),
    ],
)
async def test_workers_are_those_that_the_settings_ask_for(
    tmp_path: Path, settings: dict[str, Any], names: list[str]
) -> None:
    chosen = Settings(_env_file=None, db=tmp_path / "lectern.db", **settings)
    async with open_library(chosen) as library, open_services(chosen, library) as services:
        workers = make_workers(chosen, replace(library, semantic=None), services)
    assert [worker.name for worker in workers] == names
    assert [worker.name for worker in workers if worker.waits_for_services] == [
        name for name in names if name in ("people", "Zotero", "start of reading", "arXiv poller", "watched papers")
    ]


async def test_each_worker_runs_once_where_its_work_is(tmp_path: Path) -> None:
    chosen = Settings(_env_file=None, db=tmp_path / "lectern.db", folder=tmp_path)
    async with open_library(chosen) as library, open_services(chosen, library) as services:
        there = replace(library, semantic=SemanticIndex(HashingEmbedder()))
        workers = make_workers(chosen, there, services)
        division = make_division(there, Shards((0,), 2), workers)
    of_process = {one.name for one in workers if one.once_a == "process"}
    assert of_process == {"delivery", "journal clubs", "Zotero", "start of reading", "embeddings"}
    assert set(division.of_host) == {"watched folder", "embeddings"}
    assert set(division.workers) == {one.name for one in workers} - of_process - {"watched folder"}


async def test_vectors_are_made_where_there_is_a_model(tmp_path: Path) -> None:
    chosen = Settings(_env_file=None, db=tmp_path / "lectern.db", watch=False)
    async with open_library(chosen) as library, open_services(chosen, library) as services:
        there = replace(library, semantic=SemanticIndex(HashingEmbedder()))
        assert "embeddings" in [worker.name for worker in make_workers(chosen, there, services)]


async def test_without_a_language_model_in_the_settings_there_is_none(tmp_path: Path) -> None:
    chosen = Settings(_env_file=None, db=tmp_path / "lectern.db")
    async with open_library(chosen) as library, open_services(chosen, library) as services:
        assert services.language_model is None
        assert make_client(chosen, library, services).library.rewriter is None


def test_workers_pause_by_the_client() -> None:
    """A plain sleep would hold up what people do in the playground, for which simcord waits up to half a minute."""
    workers = list((Path(__file__).parents[2] / "bot/workers").glob("*.py"))
    assert workers and not [path.name for path in workers if "asyncio.sleep(" in path.read_text("utf-8")]


def test_what_is_loaded_is_not_looked_at_again() -> None:
    made: list[object] = [[] for _ in range(1000)]
    spare_what_is_loaded()
    try:
        left = {id(one) for one in gc.get_objects()}
        assert left.isdisjoint(map(id, made))
    finally:
        gc.unfreeze()
