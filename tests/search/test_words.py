from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.search import words
from store.storage.database import Database
from store.text.stems import common_start, stem
from tests.guilds.channels import arrive, record

WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9)
ENDINGS = st.sampled_from(["", "s", "es", "ies", "y", "e", "ed", "ing", "ied", "ings", "ly", "er", "ers", "ation"])


async def test_forms_are_the_words_of_the_store_with_a_stem(db: Database) -> None:
    await arrive(db, "Agents at Work", "Agents", "An Agent Working")
    async with db.read() as connection:
        found = await words.forms(connection, ["agent", "work", "robot"])
    assert found == {"agent": ("agents", "agent"), "work": ("work", "working"), "robot": ("robot",)}


async def test_words_are_counted_by_papers(db: Database) -> None:
    await arrive(db, record("Web Agents", abstract="Agents, agents, an agent."), "Agents at Work")
    async with db.read() as connection:
        counted = await words.counts(connection, ["agents", "web", "nobody"], ["agent", "nobodi"])
    assert counted == words.WordCounts(papers=2, length=4.5, words={"agents": 2, "web": 1}, stems={"agent": 2})


async def test_what_is_counted_is_what_is_in_the_index(db: Database) -> None:
    """After papers came, changed and merged, as if each had been counted alone."""
    await arrive(db, record("Web Agents", abstract="Of the web."), record("Robots", abstract="Robots."), "Other Agents")
    await arrive(db, record("Web Agents", abstract="An abstract in place of the other."), "Robots")
    async with db.read() as connection:
        async with connection.execute("SELECT word, papers FROM words WHERE papers <> 0") as rows:
            kept = {row[0]: row[1] async for row in rows}
        async with connection.execute("SELECT term, doc FROM paper_word_counts") as rows:
            indexed = {row[0]: row[1] async for row in rows}
        async with connection.execute("SELECT stem, papers FROM stems WHERE stem IN ('web', 'agent', 'robot')") as rows:
            stems = {row[0]: row[1] async for row in rows}
    assert kept == indexed and kept["agents"] == 2
    assert stems == {"web": 1, "agent": 2, "robot": 1}


async def test_stems_of_another_stemmer_are_made_anew(db: Database) -> None:
    await arrive(db, "Agents at Work")
    async with db.write() as connection:
        await connection.execute("INSERT INTO papers_settings VALUES ('stemmer', '0.1')")
        await connection.execute("UPDATE words SET stem = 'agen' WHERE word = 'agents'")
        assert await words.bring_up_to_date(connection)
        assert not await words.bring_up_to_date(connection)
        found = await words.forms(connection, ["agent", "agen"])
    assert found == {"agent": ("agents",), "agen": ("agen",)}


async def test_words_of_a_former_version_are_counted(db: Database) -> None:
    await arrive(db, record("Web Agents", abstract="Agents."), "Agents at Work")
    async with db.write() as connection:
        counted = await words.counts(connection, ["agents"], ["work"])
        await connection.execute("DELETE FROM words")
        await connection.execute("DELETE FROM stems")
        await connection.execute("UPDATE word_totals SET papers = 0, words = 0")
        assert await words.bring_up_to_date(connection)
        assert await words.counts(connection, ["agents"], ["work"]) == counted


@given(WORDS, ENDINGS)
def test_a_word_begins_as_all_of_its_stem_do(start: str, ending: str) -> None:
    word = start + ending
    assert word.startswith(common_start(stem(word)))


@pytest.mark.parametrize("words", [("dying", "die"), ("studies", "study"), ("hoping", "hope"), ("skies", "sky")])
def test_words_of_one_stem_begin_alike(words: tuple[str, ...]) -> None:
    (start,) = {common_start(stem(word)) for word in words}
    assert all(word.startswith(start) for word in words)
