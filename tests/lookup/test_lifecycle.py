"""The index follows the tables: after any changes, after a kill, after damage, and in other processes."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.lookup import Lookup
from store.lookup.index import lifecycle
from store.lookup.index.fields import AUTHORS, TITLES
from store.lookup.index.reader_pool import ReaderPool
from store.models import Hit
from store.storage.database import Database
from tests.lookup.library import PAPERS, assert_exact, paper, write_authors, write_papers

WORDS = ["deep", "deeper", "parsing", "parsers", "MR-Ben:", "Schütze", "corpus", "of", "WebRL:", "a", "neural"]
TITLES_MADE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join)
CHANGES = st.dictionaries(st.integers(1, 12), st.none() | TITLES_MADE, min_size=1, max_size=6)
QUERIES = [
    "deep",
    "dep parsing",
    "mrben",
    "mr ben",
    "schuetze",
    "neural corpus",
    "webr",
    "par",
    "of a",
    "corpus deeper",
]


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[tuple[Database, Lookup]]:
    db = await Database.open(path)
    try:
        lookup = await Lookup.open(db)
        try:
            yield db, lookup
            await lookup.ready()
        finally:
            await lookup.close()
    finally:
        await db.close()


async def answers(lookup: Lookup, queries: Sequence[str] = QUERIES) -> list[list[Hit]]:
    return [await lookup.titles(query) for query in queries]


@settings(max_examples=15)
@given(st.lists(CHANGES, min_size=1, max_size=6), st.dictionaries(st.integers(1, 12), st.integers(0, 9)))
def test_after_any_changes_it_answers_like_a_rebuilt_index(
    batches: list[dict[int, str | None]], citations: dict[int, int]
) -> None:
    async def work(folder: Path) -> None:
        final: dict[int, str] = {}
        async with opened(folder / "changed.db") as (db, lookup):
            for batch in batches:
                await write_papers(db, batch, citations)
                await lookup.titles("deep")
                final = {id_: title for id_, title in {**final, **batch}.items() if title is not None}
            changed = await answers(lookup)
        assert assert_exact(folder / "changed.db", TITLES) == len(final)
        async with opened(folder / "changed.db") as (_, lookup):
            assert await answers(lookup) == changed
        db = await Database.open(folder / "anew.db")
        await write_papers(db, dict(sorted(final.items())), citations)
        await db.close()
        async with opened(folder / "anew.db") as (_, lookup):
            assert await answers(lookup) == changed

    with TemporaryDirectory() as folder:
        asyncio.run(work(Path(folder)))


@pytest.mark.parametrize("from_an_image", [False, True])
async def test_another_process_notices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, from_an_image: bool) -> None:
    if from_an_image:
        monkeypatch.setattr(lifecycle, "IMAGE_MIN_TEXTS", 5)
    async with opened(tmp_path / "l.db") as (db, lookup), opened(tmp_path / "l.db") as (_, other):
        await write_papers(db, dict(enumerate(PAPERS, 1)))
        for each in (lookup, other):
            assert (await each.titles("web rl"))[0].handle == paper(10)
        await lookup.ready()
        await other.ready()
        await write_papers(db, {10: "Entirely renamed", 20: "Newly arrived paper"})
        for each in (lookup, other):
            assert (await each.titles("newly arived"))[0].handle == paper(20)
            assert (await each.titles("entirely"))[0].handle == paper(10)
    async with opened(tmp_path / "l.db") as (_, lookup):
        assert (await lookup.titles("entirely"))[0].handle == paper(10)


DAMAGE = {
    "texts": "DELETE FROM title_texts WHERE id = 3",
    "swapped": "UPDATE title_texts SET folded = 'something else' WHERE id = 3",
    "postings": "DELETE FROM title_words_data WHERE id > 10",
    "no postings": "DROP TABLE title_words",
    "state": "DELETE FROM lookup_state",
    "format": "UPDATE lookup_state SET format = 99",
    "image": "UPDATE lookup_images SET body = zeroblob(20) WHERE part = 'lexicon.words'",
    "part": "DELETE FROM lookup_images WHERE part = 'prefixes.sorted.ids'",
    "strange part": "INSERT INTO lookup_images VALUES ('title', 'old', 0, 0, x'')",
    "images": "DELETE FROM lookup_images",
    "changes": "DELETE FROM lookup_changes",
    "unknown": "INSERT INTO papers (id, handle, title, added) VALUES (99, 'aaaaaaaaaaaaa', 'Unannounced', '')",
}


@pytest.mark.parametrize(
    ("damage", "from_an_image"),
    # A text that was changed behind the index's back is looked for in small stores only.
    [(damage, large) for damage in DAMAGE for large in (False, True) if not (damage == "swapped" and large)],
)
async def test_damage_is_noticed_and_repaired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str, from_an_image: bool
) -> None:
    if from_an_image:
        monkeypatch.setattr(lifecycle, "IMAGE_MIN_TEXTS", 5)
    async with opened(tmp_path / "l.db") as (db, lookup):
        await write_papers(db, dict(enumerate(PAPERS, 1)))
        expected = await answers(lookup)
        await lookup.ready()
        await write_papers(db, {14: "A last one"})
    async with opened(tmp_path / "l.db") as (db, lookup):
        expected = await answers(lookup)
    db = await Database.open(tmp_path / "l.db")
    async with db.write() as connection:
        await connection.execute(DAMAGE[damage])
    await db.close()
    async with opened(tmp_path / "l.db") as (_, lookup):
        await lookup.ready()
        assert await answers(lookup) == expected
    assert_exact(tmp_path / "l.db", TITLES)


async def test_searches_scan_the_tables_while_the_index_is_built(db: Database) -> None:
    await write_papers(db, dict(enumerate(PAPERS, 1)))
    lookup = await Lookup.open(db, wait=False)
    assert (await lookup.titles("debatable knowledge"))[0].handle == paper(4)
    await lookup.ready()
    assert (await lookup.titles("debatible knowlege"))[0].handle == paper(4)
    async with db.write() as connection:
        await connection.execute("DROP TABLE title_words")
    assert (await lookup.titles("debatable questions knowledge"))[0].handle == paper(4)
    await lookup.ready()
    await lookup.titles("x")
    await lookup.ready()
    assert (await lookup.titles("debatible knowlege"))[0].handle == paper(4)
    await lookup.close()


async def test_an_interrupted_build_is_resumed(tmp_path: Path) -> None:
    async with opened(tmp_path / "l.db") as (db, _):
        await write_papers(db, dict(enumerate(PAPERS, 1)))
        async with db.write() as connection:
            await connection.execute("UPDATE lookup_state SET built_to = 5")
            await connection.execute("DELETE FROM title_texts WHERE id > 5")
            await connection.execute("INSERT INTO title_words (title_words) VALUES ('delete-all')")
            rows = await connection.execute_fetchall("SELECT id, folded, extra FROM title_texts")
            for row in rows:
                words = " ".join(sorted({*row[1].split(), *row[2].split()}))
                await connection.execute("INSERT INTO title_words (rowid, words) VALUES (?, ?)", (row[0], words))
        await write_papers(db, {3: "Changed while it is being built", 14: "Came while it is being built"})
    async with opened(tmp_path / "l.db") as (_, lookup):
        assert (await lookup.titles("came while it is being built"))[0].handle == paper(14)
        assert (await lookup.titles("debateqa"))[0].handle == paper(4)
    assert assert_exact(tmp_path / "l.db", TITLES) == 14


CHILD = """
import asyncio, sys
from pathlib import Path
from store.storage.database import Database
from store.lookup import Lookup
from store.lookup.index import lifecycle
from tests.lookup.library import write_authors, write_papers

async def main():
    db = await Database.open(Path(sys.argv[1]))
    lookup = await Lookup.open(db)
    for batch in range(10_000):
        ids = range(batch * 20 + 1, batch * 20 + 21)
        await write_papers(db, {i: f"Paper number{i} of a batch{batch} on parsing" for i in ids})
        await write_authors(db, {i: f"Ann{i} Author{batch}" for i in ids})
        if batch % 3 == 2:
            await write_papers(db, {i: None if i % 2 else f"Renamed{i} paper" for i in ids if i % 5 == 0})
        await lookup.titles("parsing")
        print(batch, flush=True)

asyncio.run(main())
"""


@pytest.mark.parametrize("after", [0.0, 0.007, 0.03])
async def test_a_kill_leaves_a_consistent_index(tmp_path: Path, after: float) -> None:
    path = tmp_path / "l.db"
    child = await asyncio.create_subprocess_exec(sys.executable, "-c", CHILD, str(path), stdout=asyncio.subprocess.PIPE)
    assert child.stdout
    for _ in range(8):
        assert await child.stdout.readline()
    await asyncio.sleep(after)
    child.send_signal(signal.SIGKILL)
    await child.communicate()
    async with opened(path) as (db, lookup):
        assert await lookup.titles("parsing")
        await write_authors(db, {10**6: "Zoe Last"})
        assert (await lookup.authors("zoe lats"))[0].text == "Zoe Last"
    assert assert_exact(path, TITLES) > 100
    assert assert_exact(path, AUTHORS) > 100


@pytest.mark.parametrize("closing", [True, False])
async def test_background_work_ends_when_closing_or_obsolete(db: Database, closing: bool) -> None:
    readers, obsolete = ReaderPool(db.path), asyncio.Event()
    endless = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n"
    work = asyncio.create_task(readers.run_in_background(lambda c: c.execute(endless).fetchone(), obsolete.is_set))
    await asyncio.sleep(0.05)
    assert await readers.run(lambda c: c.execute("SELECT 1").fetchone()) == (1,)
    assert not work.done()
    async with asyncio.timeout(5):
        if closing:
            await readers.close()
        obsolete.set()
        assert await work is None
    await readers.close()
