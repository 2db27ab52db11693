"""Values come through as they are, in pieces that are quick to check; nothing else is taken for one."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.reading import frames, jobs
from seeds.services.arxiv_rss import Announcement, FeedAnswer
from seeds.services.oai_pmh import OaiPage
from store.models import Authorship, Frozen, PaperRecord, ParsedSource, Problem, Source

SOURCE = Source(kind="dump", name="a", retrieved=datetime(2026, 5, 1, tzinfo=UTC))


def joined(value: Frozen) -> Frozen | None:
    joiner = frames.Joiner(*jobs.RESULTS)
    *first, last = frames.split(value)
    assert [joiner.add(frame) for frame in first] == [None] * len(first)
    return joiner.add(last)


TEXT = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
RECORDS = st.builds(
    PaperRecord,
    source=st.just(SOURCE),
    title=TEXT,
    abstract=st.none() | TEXT,
    authors=st.lists(st.builds(Authorship, name=TEXT, position=st.none() | st.integers(1, 9))).map(tuple),
    published=st.none() | st.dates().map(str),
    citations=st.none() | st.integers(0, 10**9),
)
PROBLEMS = st.lists(st.builds(Problem, line=st.none() | st.integers(1, 9), message=TEXT)).map(tuple)


@given(st.lists(RECORDS).map(tuple), PROBLEMS, st.frozensets(st.integers(0, 6)), st.datetimes(timezones=st.just(UTC)))
def test_values_come_through(
    records: tuple[PaperRecord, ...], problems: tuple[Problem, ...], days: frozenset[int], answered: datetime
) -> None:
    announced = tuple(Announcement(kind="new", record=one) for one in records)
    for value in (
        ParsedSource(papers=records, problems=problems),
        FeedAnswer(state="announcements", announcements=announced, problems=problems, skip_days=days),
        OaiPage(papers=records, problems=problems, token="a|b", answered=answered),
    ):
        assert joined(value) == value


@given(st.integers(0, 60), st.integers(1, 20_000), st.integers(0, 60))
def test_a_long_value_comes_through_in_bounded_pieces(papers: int, length: int, authors: int) -> None:
    people = tuple(Authorship(name="b" * 100, position=n + 1) for n in range(authors))
    record = PaperRecord(source=SOURCE, title="a", abstract="c" * length, authors=people)
    value = ParsedSource(papers=(record,) * papers)
    assert joined(value) == value
    assert max(map(len, frames.split(value))) <= frames.PIECE + length + 1000


def test_a_long_author_page_is_divided() -> None:
    record = PaperRecord(source=SOURCE, title="a" * 1000)
    page = {"source": SOURCE, "name": "Ada", "field": None, "metrics": (), "papers": (record,) * 1000}
    value = ParsedSource.model_validate({"pages": (page, page), "papers": (record,)})
    assert joined(value) == value
    assert max(map(len, frames.split(value))) < 2 * frames.PIECE


@given(st.lists(st.binary(max_size=60), max_size=4), st.sampled_from(list(frames.split(ParsedSource()))))
def test_frames_that_do_not_fit_are_refused(noise: list[bytes], good: bytes) -> None:
    joiner = frames.Joiner(*jobs.RESULTS)
    for frame in (good, *noise):
        try:
            result = joiner.add(frame)
        except ValueError:
            continue
        assert result is None or isinstance(result, jobs.RESULTS)


@pytest.mark.parametrize(
    "frame",
    [b"<Settings\n{}", b"+title\n[1]", b'+papers\n[{"title": ""}]', b"(problems\n{}", b">", b"", b"<ParsedSource\n{}"],
)
def test_a_frame_of_another_kind_is_refused(frame: bytes) -> None:
    joiner = frames.Joiner(ParsedSource)
    if frame != b">":
        joiner.add(b"<ParsedSource\n{}")
    with pytest.raises(ValueError):
        joiner.add(frame)
