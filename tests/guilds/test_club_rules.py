"""The rules of a journal club, without a store: its calendar, what is due, what a poll decides, and the rota."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from store.guilds.club import ballot, calendar, rota, steps
from store.guilds.club.models import Nomination, Rhythm, SessionState
from store.guilds.club.rota import Presenter

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"])
MOMENTS = st.integers(0, 24 * 1000).map(lambda hours: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(hours=hours))
RHYTHMS = st.builds(
    Rhythm,
    first_day=st.dates(date(2025, 1, 1), date(2027, 1, 1)),
    every_weeks=st.integers(1, 4),
    at=st.times().map(lambda at: at.replace(second=0, microsecond=0)),
    zone=ZONES,
    minutes=st.integers(15, 480),
    poll_days=st.integers(3, 6),
)
PAPERS = st.lists(
    st.builds(
        Nomination,
        handle=st.text("abcdefg", min_size=13, max_size=13),
        title=st.text(min_size=1, max_size=20),
        person_id=st.integers(1, 9),
        nominated=MOMENTS,
        polls=st.integers(0, 3),
    ),
    min_size=1,
    max_size=25,
    unique_by=lambda one: one.handle,
)
ROTAS = st.lists(
    st.builds(
        Presenter, person_id=st.integers(1, 8), away_until=st.none() | st.dates(date(2026, 1, 1), date(2026, 3, 1))
    ),
    max_size=8,
    unique_by=lambda who: who.person_id,
).map(tuple)


@given(RHYTHMS, st.integers(0, 100))
def test_every_session_is_at_the_same_local_time_and_its_steps_are_in_order(rhythm: Rhythm, number: int) -> None:
    day = rhythm.first_day + timedelta(weeks=rhythm.every_weeks) * number
    times = calendar.times(rhythm, day)
    assert times.poll_at < times.decide_at < times.remind_at < times.starts < times.ends
    local = times.starts.astimezone(ZoneInfo(rhythm.zone))
    named = datetime.combine(day, rhythm.at, ZoneInfo(rhythm.zone))
    exists = named.astimezone(UTC).astimezone(ZoneInfo(rhythm.zone)).replace(tzinfo=None) == named.replace(tzinfo=None)
    assert (local.date(), local.time()) == (day, rhythm.at) or not exists
    before = calendar.times(rhythm, day - timedelta(weeks=rhythm.every_weeks))
    assert before.starts < times.poll_at


@given(RHYTHMS, MOMENTS)
def test_the_next_session_is_the_first_whose_paper_is_still_to_be_chosen(rhythm: Rhythm, now: datetime) -> None:
    day, step = calendar.next_day(rhythm, now), timedelta(weeks=rhythm.every_weeks)
    assert (day - rhythm.first_day) % step == timedelta(0) and day >= rhythm.first_day
    assert calendar.times(rhythm, day).decide_at > now
    assert day == rhythm.first_day or calendar.times(rhythm, day - step).decide_at <= now
    following = calendar.next_day(rhythm, now, after=day)
    assert following == day + step
    assert calendar.days_between(rhythm, day, following) == [day]
    assert calendar.days_between(rhythm, day, day + 3 * step) == [day, day + step, day + 2 * step]


@given(RHYTHMS, st.integers(0, 6), MOMENTS)
def test_people_can_nominate_for_the_first_session(rhythm: Rhythm, weekday: int, now: datetime) -> None:
    day = calendar.first_day(rhythm, weekday, now)
    assert day.weekday() == weekday and calendar.times(rhythm, day).poll_at > now
    assert calendar.times(rhythm, day - timedelta(weeks=1)).poll_at <= now or (
        day - timedelta(weeks=1) < now.astimezone(ZoneInfo(rhythm.zone)).date()
    )


def test_changes_of_clocks() -> None:
    rhythm = Rhythm(first_day=date(2026, 3, 22), at=time(2, 30), zone="Europe/Berlin")
    assert calendar.times(rhythm, date(2026, 3, 22)).starts == datetime(2026, 3, 22, 1, 30, tzinfo=UTC)
    left_out = calendar.times(rhythm, date(2026, 3, 29)).starts
    assert left_out == datetime(2026, 3, 29, 1, 30, tzinfo=UTC), "as if the clocks had not changed: 03:30 in summer"
    assert calendar.times(rhythm, date(2026, 4, 5)).starts == datetime(2026, 4, 5, 0, 30, tzinfo=UTC)
    repeated = calendar.times(rhythm, date(2026, 10, 25)).starts
    assert repeated == datetime(2026, 10, 25, 0, 30, tzinfo=UTC), "the first of the two"


def test_a_poll_opens_after_the_session_before_it() -> None:
    with pytest.raises(ValidationError, match="choose fewer days"):
        Rhythm(first_day=date(2026, 3, 5), at=time(16), zone="UTC", poll_days=7)
    Rhythm(first_day=date(2026, 3, 5), at=time(16), zone="UTC", poll_days=7, every_weeks=2)


@given(st.sampled_from(get_args(SessionState)), RHYTHMS, st.integers(-24 * 16, 24 * 3), st.integers(0, 25))
def test_what_is_late_is_done_as_long_as_it_is_of_use(
    state: SessionState, rhythm: Rhythm, hours: int, nominated: int
) -> None:
    times = calendar.times(rhythm, rhythm.first_day)
    now = times.starts + timedelta(hours=hours)
    match step := steps.step(state, times, now, nominated):
        case "poll":
            assert nominated > 1 and times.poll_at <= now
            assert now + timedelta(hours=ballot.hours(now, times.decide_at)) <= times.decide_at
        case "take_only" | "take_first":
            assert times.poll_at <= now < times.starts and (nominated == 1) == (step == "take_only")
        case "call":
            assert not nominated and times.poll_at <= now < times.decide_at
        case "count":
            assert state == "polling" and times.decide_at <= now < times.starts
        case "skip_none":
            assert not nominated and now >= times.decide_at
        case "skip_missed":
            assert now >= times.starts
        case "close":
            assert state == "decided" and now >= times.ends
    moment = steps.next_moment(state, times, now)
    assert (moment is None) == (state in ("held", "skipped"))


def test_nothing_waits_for_ever() -> None:
    rhythm = Rhythm(first_day=date(2026, 3, 5), at=time(16), zone="UTC")
    times = calendar.times(rhythm, rhythm.first_day)
    states: list[SessionState] = ["open", "polling", "decided"]
    for state in states:
        for nominated in (0, 1, 2):
            assert steps.step(state, times, times.ends, nominated) != "wait"


@given(PAPERS)
def test_a_poll_offers_ten_at_most_and_nobody_is_left_out_for_ever(papers: list[Nomination]) -> None:
    offered = ballot.ballot(papers)
    assert 1 <= len(offered) <= ballot.MOST_ANSWERS
    left_out = [one for one in papers if one not in offered]
    assert all(other.polls >= one.polls for one in offered for other in left_out)
    assert offered == sorted(offered, key=lambda one: (one.nominated, one.handle))


@given(PAPERS.map(ballot.ballot), st.dictionaries(st.integers(1, 12), st.integers(0, 4)))
def test_most_votes_win_and_of_a_tie_the_one_nominated_first(offered: list[Nomination], counts: dict[int, int]) -> None:
    chosen = ballot.outcome(offered, counts)
    votes = {one.handle: counts.get(number, 0) for number, one in enumerate(offered, 1)}
    most = max(votes.values())
    best = [one for one in offered if votes[one.handle] == most]
    assert chosen.paper == best[0] and chosen.votes == most
    assert chosen.how == ("no_votes" if not most else "most" if len(best) == 1 else "tie")


def test_a_poll_runs_whole_hours_and_ends_before_the_decision() -> None:
    closes = NOW + timedelta(hours=72)
    assert ballot.hours(NOW, closes) == 72
    assert ballot.hours(NOW + timedelta(minutes=1), closes) == 71
    assert ballot.hours(closes - timedelta(minutes=59), closes) == 0
    assert ballot.hours(closes + timedelta(hours=5), closes) == 0
    assert ballot.hours(NOW, NOW + timedelta(days=60)) == 768


@given(ROTAS, st.dates(date(2026, 1, 1), date(2026, 4, 1)))
def test_everybody_who_is_there_presents_once_before_anybody_presents_twice(people: rota.Rota, day: date) -> None:
    there = [who.person_id for who in people if who.is_there(day)]
    turns = rota.upcoming(people, [day] * len(there))
    assert turns == there
    assert rota.upcoming(people, [day] * 2 * len(there)) == [*there, *there]
    assert rota.presenter(people, day) == (there[0] if there else None)


@given(ROTAS, st.integers(1, 8), st.integers(1, 8))
def test_a_swap_changes_two_places_and_nothing_else(people: rota.Rota, one: int, other: int) -> None:
    changed = rota.swapped(people, one, other)
    assert rota.swapped(changed, one, other) == people
    assert sorted(changed, key=lambda who: who.person_id) == sorted(people, key=lambda who: who.person_id)
    moved = [before.person_id for before, after in zip(people, changed, strict=True) if before != after]
    assert set(moved) <= {one, other}


@given(ROTAS, st.integers(1, 8))
def test_who_is_put_first_or_has_presented_changes_nobody_elses_order(people: rota.Rota, who: int) -> None:
    for changed in (rota.put_first(people, who), rota.presented(people, who)):
        assert [one for one in changed if one.person_id != who] == [one for one in people if one.person_id != who]
        assert len(changed) == len(people)


def test_who_is_away_keeps_their_place() -> None:
    people = (Presenter(person_id=1, away_until=date(2026, 3, 5)), Presenter(person_id=2), Presenter(person_id=3))
    days = [date(2026, 3, 5), date(2026, 3, 12), date(2026, 3, 19)]
    assert rota.upcoming(people, days) == [2, 1, 3]
