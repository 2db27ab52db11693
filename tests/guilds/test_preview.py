"""What a subscription would have posted: which days count, and which day had most."""

from __future__ import annotations

from datetime import timedelta

from store.preview import preview
from store.search import full_text
from store.search.parser import parse
from store.storage.database import Database
from store.view import View
from tests.guilds.channels import NOW, arrive, record

TODAY = NOW.date()


async def test_the_last_thirty_days_are_counted(db: Database, view: View) -> None:
    for days in (-1, 0, 29, 30):
        day = (TODAY - timedelta(days=days)).isoformat()
        await arrive(db, record(f"Agents of {day}", published=day))
    seen = await preview(view, parse("agents"), TODAY)
    assert (seen.total, seen.recent) == (4, 2)
    assert seen.peak == (TODAY, 1), "of equal days the last one"
    assert seen.newest == (TODAY + timedelta(days=1)).isoformat()


async def test_so_many_samples_are_shown_the_newest_first(db: Database, view: View) -> None:
    await arrive(db, *(record(f"Agents {year}", published=f"{year}") for year in range(2020, 2026)))
    assert [item.paper.published for item in (await preview(view, parse("agents"), TODAY)).samples] == [
        "2025", "2024", "2023",
    ]  # fmt: skip
    assert len((await preview(view, parse("agents"), TODAY, samples=5)).samples) == 5
    assert (await preview(view, parse("agents"), TODAY)).peak is None


async def test_papers_without_a_day_are_counted_by_what_is_known(db: Database, view: View) -> None:
    first = TODAY - timedelta(days=29)
    assert first.isoformat() == "2026-02-01"
    for published in ("2026", "2025", "2026-01", "2026-02", "2025-12", "2026-03", "2026-04", None):
        await arrive(db, record(f"Agents of {published}", published=published))
    await arrive(db, record("Agents of a Lab", published="2026"))
    found = await preview(view, parse("agents"), TODAY)
    assert found.recent == 0 and found.undated == (("2026-03", 1), ("2026-02", 1), ("2026", 2))
    others = [("a" * 13, "2026-02"), ("b" * 13, "2026-01"), ("c" * 13, "2026-02-02"), ("d" * 13, None)]
    counted = full_text.Statistics(total=0, latest=None, days=(), undated=found.undated, newest=())
    assert counted.with_others(others, first, TODAY, 3).undated == (("2026-03", 1), ("2026-02", 2), ("2026", 2))


async def test_the_preview_tells_which_forms_of_its_words_a_query_finds(db: Database, view: View) -> None:
    await arrive(db, "Web Agents", "Agents", "An Agent", "Agential Parsing", "Parse")
    found = await preview(view, parse("agent -web =agents parsing"), TODAY)
    assert found.forms == (("agent", ("agents",)), ("parsing", ("parse",)))
    assert (await preview(view, parse('"agent" author:Agent'), TODAY)).forms == ()
