"""Journal clubs in a real store: whatever people do, and whenever Lectern runs, no step and no nomination is lost."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from store import ingest
from store.guilds import hidden_papers, merged_matches, scheduled_messages
from store.guilds.club import clubs, progress, rota, rotas, sessions, steps
from store.guilds.club.clubs import TooManyNominatedError
from store.guilds.club.messages import Skipped
from store.guilds.club.models import Club, Rhythm, Session
from store.guilds.club.rota import Presenter
from store.library import Library
from store.models import Handle, ParsedSource
from store.storage.connection import Connection
from store.text.handles import handle as handle_of
from tests.support.made import record

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
THURSDAY = date(2026, 3, 12)
TITLES = ("Looms of Lyon", "Silk in Lyon", "Wool and Water", "Cards that Weave")
_owners = itertools.count(100)


class Op(NamedTuple):
    """Somebody does something to one of two clubs; `hours` pass first. Lectern looks at the clubs unless it is down."""

    club: int
    what: str
    place: int
    person: int
    hours: int
    is_up: bool


OPS = st.lists(
    st.builds(
        Op,
        club=st.sampled_from((0, 0, 1)),
        what=st.sampled_from(("nominate", "nominate", "withdraw", "join", "leave", "swap", "away", "skip", "nothing")),
        place=st.integers(0, len(TITLES) - 1),
        person=st.integers(1, 3),
        hours=st.sampled_from((0, 0, 1, 12, 30, 30, 200)),
        is_up=st.sampled_from((True, True, False)),
    ),
    max_size=25,
)


@dataclass
class Store:
    """An open store with four papers."""

    library: Library
    runner: asyncio.Runner
    handles: list[Handle]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with asyncio.Runner() as runner:
        path: Path = tmp_path_factory.mktemp("clubs") / "lectern.db"
        library = runner.run(Library.open(path))
        papers = ParsedSource(papers=tuple(record(title) for title in TITLES))
        runner.run(ingest.take(library.db, "made", papers))
        view = library.view()
        found = [runner.run(view.find_papers(title, 1)).hits[0].handle for title in TITLES]
        yield Store(library, runner, found)
        runner.run(library.close())


def club(owner: int, **changes: object) -> Club:
    rhythm = Rhythm(first_day=THURSDAY, at=time(16), zone="Europe/Berlin")
    made = Club(owner=owner, anchor_id=owner, channel_id=owner, creator_id=1, rhythm=rhythm, place="")
    return made.model_copy(update=changes)


async def act(connection: Connection, of: Club, op: Op, handle: Handle, now: datetime) -> None:
    owner, people = of.owner, await rotas.of_owner(connection, of.owner)
    others = tuple(who for who in people if who.person_id != op.person)
    match op.what:
        case "nominate":
            session = await sessions.current(connection, owner)
            if not (session and session.paper and session.paper.handle == handle):
                await clubs.nominate(connection, owner, handle, TITLES[op.place], op.person, now)
        case "withdraw":
            await clubs.withdraw(connection, owner, handle)
        case "join":
            await rotas.save(connection, owner, (*others, Presenter(person_id=op.person)))
        case "leave":
            await rotas.save(connection, owner, others)
        case "swap":
            swap = await rotas.ask_swap(connection, owner, op.person, op.place, now)
            await rotas.answer_swap(connection, swap, agreed=True)
        case "away":
            away = Presenter(person_id=op.person, away_until=now.date() + timedelta(days=9))
            await rotas.save(connection, owner, (away, *others))
        case "skip":
            if session := await sessions.current(connection, owner):
                await progress.skip(connection, of, session, "called_off", now)


async def look(connection: Connection, of: Club, votes: int, now: datetime) -> Session:
    """What the worker does, with a poll of so many votes for its first paper, or with none."""
    session = await progress.advance(connection, of.owner, now)
    if session and session.state == "polling" and now >= session.times.decide_at:
        await progress.count(connection, of.owner, {1: votes} if votes else None, now)
        session = await progress.advance(connection, of.owner, now)
    assert session
    return session


async def play(store: Store, ops: list[Op], *, only: int | None = None) -> tuple[Club, Club]:
    """Two clubs after all that was done, or after what was done to one of them."""
    both = club(next(_owners)), club(next(_owners))
    done: tuple[set[Handle], set[Handle]] = (set(), set())
    now = BEGIN
    async with store.library.db.write() as connection:
        for of in both:
            await clubs.save(connection, of)
    for op in ops:
        now += timedelta(hours=op.hours)
        if only is not None and op.club != only:
            continue
        of, handle = both[op.club], store.handles[op.place]
        async with store.library.db.write() as connection:
            await act(connection, of, op, handle, now)
            done[op.club].add(handle) if op.what == "nominate" else None
            if op.what == "withdraw":
                done[op.club].discard(handle)
            if op.is_up:
                session = await look(connection, of, op.person - 1, now)
                await expect_no_step_is_missed(connection, of, session, now)
                await expect_no_nomination_is_lost(connection, of, done[op.club])
    return both


async def expect_no_step_is_missed(connection: Connection, of: Club, session: Session, now: datetime) -> None:
    nominated = await clubs.nominated(connection, of.owner)
    assert steps.step(session.state, session.times, now, len(nominated)) in ("wait", "call")
    assert await scheduled_messages.by_key(connection, session.key("paper")) or session.state != "decided"
    async with connection.execute("SELECT day, state FROM club_sessions WHERE owner = ?", [of.owner]) as rows:
        every = [(row["day"], row["state"]) async for row in rows]
    assert sum(state in ("open", "polling", "decided") for _, state in every) == 1
    assert len({day for day, _ in every}) == len(every)
    for day, state in every:
        told = await scheduled_messages.by_key(connection, f"club:{of.anchor_id}:{day}:skipped")
        assert (told is not None) == (state == "skipped")
    people = await rotas.of_owner(connection, of.owner)
    presenter_id = rota.presenter(people, session.day)
    if session.state == "decided" and now < session.times.starts and presenter_id:
        keys = [session.key(f"{step}:{presenter_id}") for step in ("turn", "remind")]
        assert any([await scheduled_messages.by_key(connection, key) for key in keys])


async def expect_no_nomination_is_lost(connection: Connection, of: Club, wanted: set[Handle]) -> None:
    async with connection.execute("SELECT handle FROM club_sessions WHERE owner = ?", [of.owner]) as rows:
        read = {row["handle"] async for row in rows}
    assert wanted <= read | {one.handle for one in await clubs.nominated(connection, of.owner)}


async def everything(store: Store, of: Club) -> list[list[tuple[object, ...]]]:
    """All that is kept of a club, but for its own numbers."""
    found = []
    async with store.library.db.read() as connection:
        for columns in (
            "handle, person_id, nominated, polls FROM club_nominations",
            "day, state, why, handle, how, votes, presenter_id FROM club_sessions",
            "person_id, place, away_until FROM club_rota",
            "kind, due, expires, handle, person_id, dropped FROM scheduled_messages",
        ):
            rows = await connection.execute_fetchall(
                f"SELECT {columns} WHERE owner = ? ORDER BY 1, 2, 3",
                [of.owner],
            )
            found.append([tuple(row) for row in rows])
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ops=OPS)
def test_no_step_and_no_nomination_is_lost_and_no_club_sees_anothers(store: Store, ops: list[Op]) -> None:
    first, second = store.runner.run(play(store, ops))
    alone, _ = store.runner.run(play(store, ops, only=0))
    _, other = store.runner.run(play(store, ops, only=1))
    assert store.runner.run(everything(store, first)) == store.runner.run(everything(store, alone))
    assert store.runner.run(everything(store, second)) == store.runner.run(everything(store, other))


async def _missed(store: Store) -> None:
    of = club(next(_owners))
    async with store.library.db.write() as connection:
        await clubs.save(connection, of)
        await progress.advance(connection, of.owner, BEGIN)
        for handle in store.handles[:2]:
            await clubs.nominate(connection, of.owner, handle, "", 1, BEGIN)
        session = await progress.advance(connection, of.owner, datetime(2026, 3, 31, tzinfo=UTC))
        assert session and session.day == date(2026, 4, 2) and session.state == "polling"
        told = await scheduled_messages.by_key(connection, f"club:{of.anchor_id}:2026-03-12:skipped")
    assert told
    said = Skipped.model_validate_json(told.content)
    assert said.days == (date(2026, 3, 12), date(2026, 3, 19), date(2026, 3, 26)) and said.why == "missed"


def test_sessions_that_were_missed_are_named_and_nominations_stay(store: Store) -> None:
    store.runner.run(_missed(store))


async def _followed(store: Store) -> None:
    of, (gone, survivor, *_) = club(next(_owners)), store.handles
    async with store.library.db.write() as connection:
        await clubs.save(connection, of)
        await clubs.nominate(connection, of.owner, gone, "", 1, BEGIN)
        await merged_matches.merge_papers(connection, [(gone, survivor)], BEGIN)
        assert [one.handle for one in await clubs.nominated(connection, of.owner)] == [survivor]
        # Both were nominated: the one that stays counts.
        await clubs.nominate(connection, of.owner, gone, "", 2, BEGIN)
        await merged_matches.merge_papers(connection, [(gone, survivor)], BEGIN)
        assert [one.person_id for one in await clubs.nominated(connection, of.owner)] == [1]


def test_what_is_said_of_a_paper_is_said_of_the_one_that_it_turns_out_to_be(store: Store) -> None:
    store.runner.run(_followed(store))


async def _hidden(store: Store) -> None:
    of = club(next(_owners))
    (paper,) = await store.library.view(of.owner).papers([store.handles[2]])
    async with store.library.db.write() as connection:
        await clubs.save(connection, of)
        await clubs.nominate(connection, of.owner, paper.handle, paper.title, 1, BEGIN)
        assert len(await clubs.nominated(connection, of.owner)) == 1
        await hidden_papers.hide(connection, of.owner, paper, 7, BEGIN)
        assert await clubs.nominated(connection, of.owner) == []


def test_a_hidden_paper_is_not_offered(store: Store) -> None:
    store.runner.run(_hidden(store))


async def _full(store: Store) -> None:
    of = club(next(_owners))
    async with store.library.db.write() as connection:
        for number in range(clubs.MOST_NOMINATED):
            await clubs.nominate(connection, of.owner, handle_of("made", str(number)), "", 1, BEGIN)
        with pytest.raises(TooManyNominatedError):
            await clubs.nominate(connection, of.owner, store.handles[0], "", 1, BEGIN)


def test_nominations_have_a_limit(store: Store) -> None:
    store.runner.run(_full(store))
