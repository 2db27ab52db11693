"""The log of what comes in: every host applies the same entries in the same order, and one tells guilds of each."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from store import correction, ingest, keeping_apart, removal, separation
from store.errors import HostBehindError, PapersBehindError, PapersOfAnotherError, StoreError
from store.guilds import digests, subscriptions
from store.guilds.subscriptions import Options, Scope
from store.intake_log import entries, operation
from store.library import Library
from store.models import Identifier, PaperRecord, ParsedSource
from store.operations import OPERATIONS
from store.search.parser import parse
from store.storage.guild_tables import GUILD_TABLES
from store.storage.two_halves import TwoHalves
from tests.support.dump import dump
from tests.support.made import record
from tests.support.postgresql import Cluster

NOW = datetime(2026, 11, 28, tzinfo=UTC)
LAB = Scope(1, 100)


@pytest.fixture
def url(postgresql: Cluster) -> str:
    return postgresql.make(secrets.token_hex(8))


async def host(path: Path, url: str) -> Library:
    library = await Library.open(path, guilds=url)
    assert isinstance(library.db, TwoHalves)
    return library


def log_of(library: Library) -> TwoHalves:
    assert isinstance(library.db, TwoHalves)
    return library.db


@pytest.fixture
async def hosts(tmp_path: Path, url: str) -> AsyncIterator[list[Library]]:
    opened = [await host(tmp_path / f"{name}.db", url) for name in "abc"]
    yield opened
    for library in opened:
        await library.close()


async def take(library: Library, *given: PaperRecord) -> None:
    await ingest.take(library.db, "made", ParsedSource(papers=given), now=NOW)


async def catch_up(library: Library) -> None:
    while await operation.apply_next(log_of(library)):
        pass


async def said(library: Library) -> list[tuple[object, ...]]:
    return await dump(library.db, without=tuple(GUILD_TABLES))


async def matched(library: Library) -> int:
    async with library.db.read() as connection:
        ((count,),) = await connection.execute_fetchall("SELECT count(*) FROM ledger")
    return int(count)


async def test_all_hosts_hold_the_same_whoever_it_comes_through(hosts: list[Library]) -> None:
    a, b, _ = hosts
    arxiv, doi = Identifier(scheme="arxiv", value="2601.00001"), Identifier(scheme="doi", value="10.1/a")
    await take(a, record("Web Agents", identifiers=[arxiv]), record("Silk Looms"))
    await take(b, record("Web Agents, Published", identifiers=[doi]))
    await take(a, record("Web Agents, Published", identifiers=[arxiv, doi]))
    silk = (await b.view().find_papers("silk looms", 1)).hits[0].handle
    await correction.correct(b.db, silk, {"title": "Silk Looms of the Rhône"}, NOW)
    merged = (await b.view().papers_named([arxiv]))[0].handle
    await separation.undo_merge(b.db, merged, NOW)
    await catch_up(a)
    await removal.remove(a.db, silk, NOW)
    await removal.bring_back(a.db, silk, NOW)
    await keeping_apart.keep_apart(b.db, "a" * 13, "b" * 13)
    for library in hosts:
        await catch_up(library)
    first, *others = [await said(library) for library in hosts]
    assert len([row for row in first if row[0] == "papers"]) == 3
    assert all(other == first for other in others)


async def test_guilds_are_told_once_although_hosts_apply_at_the_same_time(
    hosts: list[Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(operation, "PATIENCE_S", -1.0)
    await subscriptions.create(hosts[0].db, LAB, 100, 1, parse("agents"), Options(), NOW)

    async def follow(library: Library) -> None:
        for _ in range(40):
            await operation.apply_next(log_of(library))
            await asyncio.sleep(0.01)

    papers = [record(f"Agents {number}") for number in range(6)]
    await asyncio.gather(*(take(hosts[0], one) for one in papers), *map(follow, hosts))
    for library in hosts:
        await catch_up(library)
    assert await matched(hosts[1]) == len(papers)
    first, *others = [await said(library) for library in hosts]
    assert all(other == first for other in others)


async def test_another_host_tells_guilds_where_the_one_that_appended_died(
    hosts: list[Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    a, b, _ = hosts
    await subscriptions.create(a.db, LAB, 100, 1, parse("agents"), Options(), NOW)
    batch = ingest.Batch(records=(record("Agents at Work"),), now=NOW)
    async with a.db.write() as connection:
        await entries.append(connection, ingest.TAKE_RECORDS.name, batch.model_dump_json(), "one that died", NOW)
    assert not await operation.apply_next(log_of(b)), "it has some time for that"
    monkeypatch.setattr(operation, "PATIENCE_S", -1.0)
    assert await operation.apply_next(log_of(b))
    assert await matched(b) == 1
    assert await operation.apply_next(log_of(a))
    assert await matched(a) == 1


async def test_one_that_ended_before_its_own_papers_were_written_applies_them_without_telling_again(
    hosts: list[Library],
) -> None:
    a, b, _ = hosts
    await subscriptions.create(a.db, LAB, 100, 1, parse("agents"), Options(), NOW)
    await take(b, record("Agents at Work"))  # B is the one that told guilds; A has the same before it as B after a kill
    assert await matched(a) == 1
    await catch_up(a)
    assert await matched(a) == 1
    assert await said(a) == await said(b)


async def test_an_entry_that_cannot_be_applied_is_left_out_by_all(hosts: list[Library]) -> None:
    a, b, c = hosts
    async with a.db.write() as connection:
        await entries.append(
            connection, ingest.TAKE_PAGE.name, ingest.Batch(now=NOW).model_dump_json(), log_of(a).host, NOW
        )
    await take(a, record("After It"))
    for library in (b, c):
        await catch_up(library)
        assert [one.title for one in await library.view().papers(await library.view().newest(5))] == ["After It"]


async def test_who_waits_for_an_operation_is_told_that_it_failed(hosts: list[Library]) -> None:
    with pytest.raises(StoreError):
        await operation.perform(hosts[0].db, ingest.TAKE_PAGE, ingest.Batch(now=NOW))


async def test_how_far_hosts_are_is_known(hosts: list[Library]) -> None:
    a, b, _ = hosts
    await take(a, record("One"))
    assert await operation.behind(a.db) == 0
    assert await operation.behind(b.db) > 0
    for library in (a, b):
        await operation.tell_position(log_of(library), NOW)
    async with a.db.read() as connection:
        assert sorted(lag.behind > 0 for lag in await entries.lags(connection)) == [False, True]


async def test_a_new_host_begins_with_a_copy_and_not_with_other_papers(
    hosts: list[Library], tmp_path: Path, url: str, postgresql: Cluster
) -> None:
    a, *_ = hosts
    await take(a, record("One"))
    await a.db.backup(tmp_path / "copy.db")
    await take(a, record("Two"))
    copy = await host(tmp_path / "copy.db", url)
    await catch_up(copy)
    assert await said(copy) == await said(a)
    await copy.close()
    other = await Library.open(tmp_path / "other.db")
    await take(other, record("Of Somebody Else"))
    await other.close()
    with pytest.raises(PapersOfAnotherError):
        await host(tmp_path / "other.db", url)
    moved = await host(tmp_path / "other.db", postgresql.make(secrets.token_hex(8)))
    await moved.close()


async def test_papers_that_are_ahead_of_a_restored_database_are_refused(
    hosts: list[Library], tmp_path: Path, url: str
) -> None:
    a, *_ = hosts
    await take(a, record("One"))
    await a.db.backup(tmp_path / "copy.db")
    async with a.db.write() as connection:
        await connection.execute("DELETE FROM intake_log WHERE id = (SELECT max(id) FROM intake_log)")
    with pytest.raises(PapersOfAnotherError):
        await host(tmp_path / "copy.db", url)


async def test_a_copy_that_is_too_old_is_refused(hosts: list[Library], tmp_path: Path, url: str) -> None:
    a, *others = hosts
    await a.db.backup(tmp_path / "old.db")
    await take(a, record("One"))
    for library in (a, *others):
        await catch_up(library)
        await operation.tell_position(log_of(library), datetime.now(UTC))
    async with a.db.write() as connection:
        later = datetime.now(UTC) + operation.KEPT + timedelta(days=1)
        for library in hosts:
            await entries.note_host(
                connection, log_of(library).host, await operation.applied_to(log_of(library)), later
            )
        await entries.prune(connection, later, operation.KEPT)
    with pytest.raises(PapersBehindError):
        await host(tmp_path / "old.db", url)


def test_operations_have_names_of_their_own() -> None:
    assert all(name == one.name for name, one in OPERATIONS.items())
    assert len(OPERATIONS) == 13


async def test_what_waits_is_not_dropped_by_a_host_that_lacks_its_paper(hosts: list[Library]) -> None:
    a, b, _ = hosts
    await subscriptions.create(a.db, LAB, 100, 1, parse("agents"), Options(), NOW)
    await take(a, record("Agents at Work"))
    with pytest.raises(HostBehindError):
        await digests.begin_due(b.db, 100, NOW, lambda papers, form: [len(papers)])
    await catch_up(b)
    (post,) = await digests.begin_due(b.db, 100, NOW, lambda papers, form: [len(papers)])
    assert post.target_id == 100
