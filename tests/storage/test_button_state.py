"""What buttons stand for is known for a while, where and for what it was kept, and not for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from store.storage import button_state
from store.storage.button_state import Purpose
from store.storage.database import Database
from tests.support.made import DAY

HERE = (1, 2)
PLACES = st.tuples(st.integers(0, 12), st.integers(0, 12))
KEPT_TEXTS = st.tuples(st.sampled_from(get_args(Purpose)), PLACES, st.text("ab\x1f12", max_size=3))


async def test_a_question_is_forgotten_some_time_after_it_was_last_asked(db: Database) -> None:
    async def keep(text: str, now: datetime) -> str:
        return await button_state.keep(db, "search", HERE, text, now)

    async def recall(token: str, now: datetime) -> str | None:
        return await button_state.recall(db, "search", HERE, token, now)

    one, other = await keep("one", DAY), await keep("other", DAY)
    later = DAY + button_state.KEPT - timedelta(days=1)
    assert await keep("one", later) == one
    assert await recall(other, later) == "other"
    after = DAY + button_state.KEPT + timedelta(days=1)
    assert (await recall(one, after), await recall(other, after)) == ("one", None)
    await keep("third", after)
    async with db.read() as connection:
        rows = await connection.execute_fetchall("SELECT question FROM questions ORDER BY question")
    assert [row[0] for row in rows] == ["one", "third"]


@settings(max_examples=30)
@given(kept=st.lists(KEPT_TEXTS, min_size=1, max_size=5, unique=True))
async def test_a_text_is_known_only_where_and_for_what_it_was_kept(
    kept: list[tuple[Purpose, tuple[int, int], str]],
) -> None:
    with TemporaryDirectory() as folder:
        db = await Database.open(Path(folder) / "lectern.db", readers=1)
        tokens = [await button_state.keep(db, *one, DAY) for one in kept]
        assert len(set(tokens)) == len(kept)
        for (_, _, text), token in zip(kept, tokens, strict=True):
            for purpose, scope, _ in kept:
                wanted = (
                    text
                    if (purpose, scope, text) in kept and token == tokens[kept.index((purpose, scope, text))]
                    else None
                )
                assert await button_state.recall(db, purpose, scope, token, DAY) == wanted
        await db.close()


async def test_a_text_from_before_texts_had_a_purpose_is_unknown(db: Database) -> None:
    async with db.write() as connection:
        await connection.execute("INSERT INTO questions VALUES ('token', 'asked before', ?)", [DAY.isoformat()])
    assert await button_state.recall(db, "search", HERE, "token", DAY) is None


async def test_texts_that_are_kept_at_once_have_the_tokens_that_each_has_alone(db: Database) -> None:
    alone = await button_state.keep(db, "papers", HERE, "one", DAY)
    tokens = await button_state.keep_all(db, "papers", HERE, ["one", "other", "one"], DAY)
    assert tokens == [alone, await button_state.keep(db, "papers", HERE, "other", DAY), alone]
    assert [await button_state.recall(db, "papers", HERE, token, DAY) for token in tokens] == ["one", "other", "one"]
    assert await button_state.keep_all(db, "papers", HERE, []) == []
