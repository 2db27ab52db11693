"""Who watches a paper is told each thing that happens to it once, and nobody else is."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.catalog import papers
from store.guilds import (
    hidden_papers,
    list_entries,
    merged_matches,
    post_edits,
    reading_lists,
    watch_checks,
    watch_news,
    watches,
)
from store.guilds.subscriptions import Scope
from store.guilds.watch_news import UNASKED_A_DAY, UNASKED_DAYS, WatchNews
from store.guilds.watches import Watcher
from store.models import Authorship, Identifier, Notice, PaperRecord, Source
from store.storage.database import Database
from tests.guilds.channels import LAB, NOW, arrive, change, deliver, read, record, rows, subscribe

DAY = timedelta(days=1)
CHANNEL = Watcher(LAB.guild_id, LAB.channel_id, 0)
OTHER = Watcher(101, 201, 0)
ANN, BOB = watches.of_person(7), watches.of_person(8)
RETRACTED = Notice(kind="retraction", told_by="Retraction Watch", date="2026-03-02", doi="10.1000/r")


def arxiv(number: int) -> Identifier:
    return Identifier(scheme="arxiv", value=f"2603.{number:05}")


def version(number: int, of: int = 0, **fields: Any) -> PaperRecord:
    known = {"abstract": f"We weave {number} threads.", "version": number, "identifiers": (arxiv(of),)}
    return record(f"Looms {of}", **{**known, **fields})


def retracted(of: int = 0) -> PaperRecord:
    source = Source(kind="crossref", name="Crossref", retrieved=NOW)
    return version(1, of).model_copy(
        update={"source": source, "withdrawn": True, "notices": (RETRACTED,), "version": None}
    )


async def watch(db: Database, *watchers: Watcher, of: int = 0) -> str:
    (paper,) = await papers.by_identifiers(db, [arxiv(of)])
    for watcher in watchers:
        await change(db, watches.start, watcher, paper, 7, NOW)
    return paper.handle


async def told(db: Database) -> list[tuple[int | None, int | None, str]]:
    """The messages, as channel, person and what happened."""
    found = []
    for row in await rows(db, "scheduled_messages"):
        news = WatchNews.model_validate_json(row["content"])
        what = news.event.key if news.event else f"cited as {news.citing.query}" if news.citing else ""
        found.append((row["target_id"], row["person_id"], f"{what}: {row['dropped']}" if row["dropped"] else what))
    return found


async def test_each_event_is_told_once_to_each_who_watches(db: Database) -> None:
    await arrive(db, version(1))
    handle = await watch(db, CHANNEL, OTHER, ANN)
    await arrive(db, version(2), at=NOW + DAY)
    await arrive(db, version(2), at=NOW + DAY)
    await arrive(db, version(1), at=NOW + 2 * DAY)
    await arrive(db, version(2), at=NOW + 3 * DAY)
    expected = [(200, None, "version:2"), (201, None, "version:2"), (None, 7, "version:2")]
    assert sorted(await told(db), key=str) == sorted(expected, key=str)
    await arrive(db, retracted(), at=NOW + 4 * DAY)
    assert len(await told(db)) == 6
    await change(db, watches.end, OTHER, handle, "Looms", 7, NOW)
    await arrive(db, version(3), at=NOW + 5 * DAY)
    assert [what for target, _, what in await told(db) if target == 201] == ["version:2", "retracted"]


async def test_the_abstracts_differences_are_told_word_by_word(db: Database) -> None:
    await arrive(db, version(1))
    await watch(db, CHANNEL)
    await arrive(db, version(2))
    (row,) = await rows(db, "scheduled_messages")
    news = WatchNews.model_validate_json(row["content"])
    assert news.pieces and [(p.of, p.text) for p in news.pieces] == [
        ("both", "We weave"), ("before", "1"), ("after", "2"), ("both", "threads."),
    ]  # fmt: skip


async def test_what_was_posted_is_watched_until_a_server_turns_that_off(db: Database) -> None:
    await subscribe(db, "looms")
    await subscribe(db, "looms", Scope(101, 201))
    await arrive(db, version(1))
    await deliver(db)
    await arrive(db, version(2), at=NOW + DAY)
    assert await told(db) == [(200, None, "version:2")], "the other channel has not had it yet"
    assert await read(db, watches.count_unasked, CHANNEL, NOW) == 1
    await change(db, watches.turn_unasked, LAB.guild_id, 7, NOW, on=False)
    await arrive(db, version(3), at=NOW + DAY)
    assert len(await told(db)) == 1 and await read(db, watches.count_unasked, CHANNEL, NOW) == 0
    await change(db, watches.turn_unasked, LAB.guild_id, 7, NOW, on=True)
    (paper,) = await papers.by_identifiers(db, [arxiv(0)])
    await change(db, watches.end, CHANNEL, paper.handle, paper.title, 7, NOW)
    await arrive(db, version(4), at=NOW + DAY)
    assert len(await told(db)) == 1, "ended for this paper"
    await change(db, watches.start, CHANNEL, paper, 7, NOW)
    await arrive(db, version(5), at=NOW + 900 * DAY)
    assert await told(db) == [(200, None, "version:2"), (200, None, "version:5")]


async def test_what_is_saved_to_a_list_of_the_team_is_told_to_who_saved_it(db: Database) -> None:
    await arrive(db, version(1), version(1, 1))
    (paper,) = await papers.by_identifiers(db, [arxiv(0)])
    (other,) = await papers.by_identifiers(db, [arxiv(1)])
    team = await change(db, reading_lists.named, LAB.guild_id, 8, "Ours", NOW, team=True)
    own = await change(db, reading_lists.named, LAB.guild_id, 7, "Mine", NOW)
    await change(db, list_entries.save, team, paper, 8, NOW)
    await change(db, list_entries.save, own, other, 7, NOW)
    assert await read(db, watches.count_unasked, BOB, NOW) == 1
    assert [check.handle for check in await read(db, watch_checks.due, NOW, 9)] == [paper.handle]
    await arrive(db, version(2), version(2, 1), at=NOW + DAY)
    assert await told(db) == [(None, 8, "version:2")], "a list of one's own is one's own matter"
    await change(db, watches.turn_unasked, BOB.owner, 8, NOW, on=False)
    await arrive(db, version(3), at=NOW + DAY)
    await change(db, watches.turn_unasked, BOB.owner, 8, NOW, on=True)
    await change(db, watches.turn_unasked, LAB.guild_id, 7, NOW, on=False)
    await arrive(db, version(4), at=NOW + DAY)
    assert len(await told(db)) == 1


async def test_after_a_year_only_what_speaks_against_a_paper_is_told(db: Database) -> None:
    await subscribe(db, "looms")
    await arrive(db, version(1))
    await deliver(db)
    await arrive(db, version(2), at=NOW + watches.UNASKED_FOR + DAY)
    assert await told(db) == []
    await arrive(db, retracted(), at=NOW + 3 * watches.UNASKED_FOR)
    assert await told(db) == [(200, None, "retracted")]


async def test_an_old_correction_is_no_news_to_a_channel_that_did_not_ask(db: Database) -> None:
    await subscribe(db, "looms")
    await arrive(db, version(1))
    await deliver(db)
    await watch(db, ANN)
    old, new = (Notice(kind="correction", told_by="the publisher", date=day, doi=f"10.1000/{day}")
                for day in ("2025-12", "2026-03-05"))  # fmt: skip
    journal = Source(kind="crossref", name="Crossref", retrieved=NOW)
    await arrive(db, version(1).model_copy(update={"source": journal, "notices": (old, new)}))
    assert sorted(await told(db), key=str) == [
        (200, None, "corrected:10.1000/2026-03-05"),
        (None, 7, "corrected:10.1000/2025-12"),
        (None, 7, "corrected:10.1000/2026-03-05"),
    ]


async def test_what_was_not_asked_for_comes_in_small_amounts(db: Database) -> None:
    await subscribe(db, "looms", cap=25)
    most = UNASKED_A_DAY * (UNASKED_DAYS + 1)
    for part in range(0, most + 2, 25):
        await arrive(db, *(version(1, n) for n in range(part, min(part + 25, most + 2))))
        await deliver(db)
    await arrive(db, *(version(2, n) for n in range(most + 2)), at=NOW + DAY)
    waiting = [row for row in await rows(db, "scheduled_messages") if not row["dropped"]]
    for day in range(UNASKED_DAYS + 1):
        of_day = [row for row in waiting if row["due"][:10] == f"{NOW + (day + 1) * DAY:%Y-%m-%d}"]
        assert len(of_day) == UNASKED_A_DAY
    dropped = [row["dropped"] for row in await rows(db, "scheduled_messages") if row["dropped"]]
    assert dropped == [watch_news.NO_ROOM] * 2
    await arrive(db, retracted(), at=NOW + DAY)
    (urgent,) = [row for row in await rows(db, "scheduled_messages") if "retract" in row["key"]]
    assert urgent["due"][:10] == f"{NOW + DAY:%Y-%m-%d}", "a retraction waits for nothing"


async def test_a_hidden_paper_is_not_spoken_of(db: Database) -> None:
    await arrive(db, version(1))
    await watch(db, CHANNEL, OTHER)
    (paper,) = await papers.by_identifiers(db, [arxiv(0)])
    await change(db, hidden_papers.hide, LAB.guild_id, paper, 7, NOW)
    await arrive(db, version(2))
    assert await told(db) == [(201, None, "version:2")]
    assert await change(db, watch_news.drop_hidden, OTHER.owner, paper.handle) == 1
    assert await told(db) == [(201, None, f"version:2: {watch_news.HIDDEN}")]


async def test_a_paper_that_cites_it_is_told_to_who_follows_that(db: Database) -> None:
    await arrive(db, version(1), version(1, 5))
    await watch(db, CHANNEL, OTHER, ANN, BOB)
    await subscribe(db, "author:Bee")
    await subscribe(db, "silk", Scope(101, 201))
    await subscribe(db, "threads", Scope(0, 300))
    citing = record(
        "More on Threads", authors=(Authorship(name="Ada Bee", position=1),), identifiers=(arxiv(9),),
        cites=(arxiv(0), arxiv(5), arxiv(77)),
    )  # fmt: skip
    await arrive(db, citing)
    await arrive(db, citing, at=NOW + DAY)
    assert sorted(await told(db), key=str) == [(200, None, "cited as author:Bee"), (None, 7, "cited as threads")]


async def test_watches_and_news_move_to_the_paper_that_another_is_merged_into(db: Database) -> None:
    await arrive(db, version(1), version(1, 1))
    gone = await watch(db, ANN, of=1)
    survivor = await watch(db, CHANNEL)
    await change(db, merged_matches.merge_papers, [(gone, survivor)], NOW)
    await arrive(db, version(2), at=NOW + DAY)
    assert sorted(await told(db), key=str) == [(200, None, "version:2"), (None, 7, "version:2")]
    assert len(await read(db, watches.asked_for, ANN)) == 1


async def test_old_posts_of_a_retracted_paper_are_to_be_edited(db: Database) -> None:
    await subscribe(db, "looms")
    await arrive(db, version(1), version(1, 1))
    await deliver(db)
    await arrive(db, version(2), retracted(1), at=NOW + DAY)
    ((post, message_id, _),) = await read(db, post_edits.due, NOW + DAY, 9)
    assert message_id == 1000 + post.id
    await change(db, post_edits.later, post.id, NOW + 2 * DAY, 2)
    assert await read(db, post_edits.due, NOW + DAY, 9) == []
    await change(db, post_edits.later, post.id, NOW + DAY, 2)
    assert await read(db, post_edits.due, NOW + 9 * DAY, 9) == [], "not tried for ever"


WATCHERS = (CHANNEL, OTHER, ANN, BOB)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(WATCHERS), st.integers(0, 2), st.booleans()), max_size=12))
def test_nobody_sees_or_is_told_of_anothers_watches(tmp_path_factory: Any, history: Any) -> None:
    async def live() -> None:
        db = await Database.open(tmp_path_factory.mktemp("watches") / "lectern.db")
        try:
            await arrive(db, *(version(1, n) for n in range(3)))
            expected: dict[Watcher, set[str]] = {watcher: set() for watcher in WATCHERS}
            for watcher, number, on in history:
                (paper,) = await papers.by_identifiers(db, [arxiv(number)])
                if on:
                    await change(db, watches.start, watcher, paper, 7, NOW)
                    expected[watcher].add(paper.handle)
                else:
                    await change(db, watches.end, watcher, paper.handle, paper.title, 7, NOW)
                    expected[watcher].discard(paper.handle)
            for watcher in WATCHERS:
                assert {one.handle for one in await read(db, watches.asked_for, watcher)} == expected[watcher]
            await arrive(db, *(version(2, n) for n in range(3)))
            sent = {(row["target_id"] or 0, row["person_id"] or 0, row["handle"])
                    for row in await rows(db, "scheduled_messages")}  # fmt: skip
            assert sent == {(w.target_id, w.person_id, handle) for w in WATCHERS for handle in expected[w]}
        finally:
            await db.close()

    asyncio.run(live())


async def test_there_is_a_most_of_them(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    await arrive(db, *(version(1, n) for n in range(3)))
    found = await papers.by_identifiers(db, [arxiv(n) for n in range(3)])
    monkeypatch.setattr(watches, "MOST", 2)
    await change(db, watches.start, ANN, found[0], 7, NOW)
    await change(db, watches.start, ANN, found[1], 7, NOW)
    with pytest.raises(watches.TooManyWatchedError):
        await change(db, watches.start, ANN, found[2], 7, NOW)
