"""What a preview hears of arXiv before anybody subscribes, against a service on loopback."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp import web

from bot.workers import arxiv_hearing
from bot.workers.arxiv_hearing import ArxivHearing
from seeds import http
from seeds.reading.parsers import Parsers
from store.preview import Heard
from tests.bot.test_arxiv_poller import Arxiv
from tests.seeds.serving import Answer, service

FRIDAY, SATURDAY = datetime(2026, 11, 27, 15, tzinfo=UTC), datetime(2026, 11, 28, 15, tzinfo=UTC)
MONDAY = datetime(2026, 11, 30, 5, tzinfo=UTC)
"""Midnight in New York."""


def feed() -> Answer:
    arxiv = Arxiv()
    arxiv.now = FRIDAY
    arxiv.announce(
        ("2611.00001", "new", "Web Agents"),
        ("2611.00002", "cross", "Old Agents"),
        ("2611.00003", "replace", "Agents, again"),
    )
    return lambda request: web.Response(text=arxiv.feeds["cs.CL"], content_type="application/rss+xml")


class Asked:
    """A hearing against answers, at a time that a test sets."""

    def __init__(self, parsers: Parsers, *answers: Answer) -> None:
        self.parsers, self.answers, self.now = parsers, answers, FRIDAY
        self.paths: list[str] = []

    async def hear(self, *queries: list[str], later: timedelta = timedelta()) -> list[Heard]:
        async with service(*self.answers) as serving, http.open_fetcher("nobody", pause=0, first_wait=0.01) as fetcher:
            hearing = ArxivHearing(fetcher, self.parsers, serving.address, lambda: self.now)
            heard = []
            for categories in queries:
                heard.append(await hearing.hear(categories))
                self.now += later
            self.paths = [request.path for request in serving.requests]
        return heard


async def test_new_papers_and_cross_lists_are_heard_in_one_request(parsers: Parsers) -> None:
    asked = Asked(parsers, feed())
    (heard,) = await asked.hear(["cs.LG", "cs.CL"])
    assert [record.title for record in heard.papers] == ["Web Agents", "Old Agents"]
    assert heard.day == FRIDAY.date() and heard.problem is None
    assert asked.paths == ["/feed/cs.CL+cs.LG"]


async def test_an_answer_serves_for_an_hour_and_a_failure_for_a_minute(parsers: Parsers) -> None:
    asked = Asked(parsers, feed())
    await asked.hear(["cs.CL"], ["cs.CL"], ["cs.CL"], ["cs.AI"], later=timedelta(minutes=31))
    assert asked.paths == ["/feed/cs.CL", "/feed/cs.CL", "/feed/cs.AI"]
    failing = Asked(parsers, lambda request: web.Response(status=503))
    heard = await failing.hear(["cs.CL"], ["cs.CL"], ["cs.CL"], later=timedelta(seconds=31))
    assert len(failing.paths) == 2 and all("out of order" in (one.problem or "") for one in heard)


async def test_only_some_answers_are_kept(parsers: Parsers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arxiv_hearing, "MOST_KEPT", 2)
    asked = Asked(parsers, feed())
    await asked.hear(["a"], ["b"], ["a"], ["c"], ["a"], ["b"])
    assert [path[-1] for path in asked.paths] == ["a", "b", "c", "b"]


async def test_what_cannot_be_read_or_does_not_come_is_said(parsers: Parsers, monkeypatch: pytest.MonkeyPatch) -> None:
    (unreadable,) = await Asked(parsers, lambda request: web.Response(text="<html>maintenance")).hear(["cs.CL"])
    assert unreadable.problem and not unreadable.papers
    monkeypatch.setattr(arxiv_hearing, "PATIENCE_S", 0.0)
    (late,) = await Asked(parsers, feed()).hear(["cs.CL"])
    assert late.problem == "arXiv does not answer in time."


@pytest.mark.parametrize(
    ("now", "heard", "first"),
    [
        (FRIDAY, False, FRIDAY),
        (FRIDAY, True, MONDAY),
        (SATURDAY, False, MONDAY),
        (MONDAY - timedelta(seconds=1), False, MONDAY),
        (MONDAY, True, MONDAY + timedelta(days=1)),
    ],
)
async def test_when_the_first_announcements_come(parsers: Parsers, now: datetime, heard: bool, first: datetime) -> None:
    async with http.open_fetcher("nobody") as fetcher:
        hearing = ArxivHearing(fetcher, parsers, "http://127.0.0.1:9", lambda: now)
        assert hearing.first_announcements(heard=heard) == first
