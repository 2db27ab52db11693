"""Read transactions: all rows in their order however they are fetched, and one view of the file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.storage import on_the_loop, reading
from store.storage.database import Database

NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT i FROM n"


@given(
    at_once=st.integers(1, 4),
    rows=st.integers(1, 9),
    ways=st.lists(st.sampled_from(["one", "all", "each", "two of each"]), max_size=4),
    most_steps=st.sampled_from([0, 20_000]),
)
def test_rows_come_in_order_however_they_are_fetched(
    tmp_path_factory: pytest.TempPathFactory, at_once: int, rows: int, ways: list[str], most_steps: int
) -> None:
    async def history(path: Path) -> None:
        db = await Database.open(path)
        found: list[int] = []
        async with db.read() as connection, connection.execute(NUMBERS, [rows]) as given:
            for way in [*ways, "all"]:
                if way == "one":
                    found += [row[0]] if (row := await given.fetchone()) else []
                elif way == "all":
                    found += [row[0] for row in await given.fetchall()]
                else:
                    taken = 0
                    async for row in given:
                        found.append(row["i"])
                        taken += 1
                        if way == "two of each" and taken == 2:
                            break
            assert await given.fetchone() is None
        async with db.read() as connection:
            assert [row[0] for row in await connection.execute_fetchall(NUMBERS, [rows])] == found
        await db.close()
        assert found == list(range(1, rows + 1))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "ROWS_AT_ONCE", at_once)
        patch.setattr(on_the_loop, "MOST_STEPS", most_steps)
        patch.setattr(on_the_loop, "_STEPS", 10)
        asyncio.run(history(tmp_path_factory.mktemp("reading") / "store.db"))


async def test_a_view_does_not_change_and_the_next_has_what_was_written(db: Database) -> None:
    async def stored() -> list[str]:
        return [row[0] for row in await connection.execute_fetchall("SELECT name FROM sources ORDER BY name")]

    async def write(value: str) -> None:
        async with db.write() as writing:
            await writing.execute("INSERT INTO sources (kind, name) VALUES ('arxiv', ?)", [value])

    await write("a")
    async with db.read() as connection:
        before = await stored()
        await write("b")
        assert await stored() == before
    for _ in range(9):  # Whichever reader it is.
        async with db.read() as connection:
            assert "b" in await stored()


async def test_what_a_statement_raises_ends_the_transaction(db: Database) -> None:
    for _ in range(9):
        with pytest.raises(Exception, match="no such table"):
            async with db.read() as connection:
                await connection.execute("SELECT * FROM nowhere")
    async with db.read() as connection:
        assert [tuple(row) for row in await connection.execute_fetchall("SELECT 1")] == [(1,)]
