from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.search import word_forms
from store.storage.database import Database
from store.text.stems import common_start, stem
from tests.guilds.channels import arrive

WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=9)
ENDINGS = st.sampled_from(["", "s", "es", "ies", "y", "e", "ed", "ing", "ied", "ings", "ly", "er", "ers", "ation"])


async def test_forms_are_the_words_of_the_store_with_a_stem(db: Database) -> None:
    await arrive(db, "Agents at Work", "An Agent Working")
    async with db.read() as connection:
        found = await word_forms.forms(connection, ["agent", "work", "robot"])
    assert found == {"agent": ("agent", "agents"), "work": ("work", "working"), "robot": ("robot",)}


async def test_stems_of_another_stemmer_are_made_anew(db: Database) -> None:
    await arrive(db, "Agents at Work")
    async with db.write() as connection:
        await connection.execute("INSERT INTO settings VALUES ('stemmer', '0.1')")
        await connection.execute("INSERT INTO word_stems VALUES ('agen', 'agents')")
        assert await word_forms.bring_up_to_date(connection)
        assert not await word_forms.bring_up_to_date(connection)
        found = await word_forms.forms(connection, ["agent", "agen"])
    assert found == {"agent": ("agent", "agents"), "agen": ("agen",)}


@given(WORDS, ENDINGS)
def test_a_word_begins_as_all_of_its_stem_do(start: str, ending: str) -> None:
    word = start + ending
    assert word.startswith(common_start(stem(word)))


@pytest.mark.parametrize("words", [("dying", "die"), ("studies", "study"), ("hoping", "hope"), ("skies", "sky")])
def test_words_of_one_stem_begin_alike(words: tuple[str, ...]) -> None:
    (start,) = {common_start(stem(word)) for word in words}
    assert all(word.startswith(start) for word in words)
