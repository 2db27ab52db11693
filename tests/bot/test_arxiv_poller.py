"""The poller against an arXiv on loopback: what is new, what is not, and what state a feed is in."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import unquote
from xml.sax.saxutils import escape

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.workers.arxiv_poller import ArxivPoller
from seeds import http
from seeds.reading.parsers import Parsers
from store.catalog import papers
from store.guilds import digests, feed_state, subscriptions
from store.guilds.feed_state import FeedState
from store.guilds.outbox import mark_posted
from store.guilds.subscriptions import Options, Scope
from store.search.parser import parse
from store.storage.database import Database

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
Item = tuple[str, str, str]
"""An arXiv number, how it is announced, and its title."""


class Arxiv:
    """What the services say, which a test sets."""

    def __init__(self) -> None:
        self.feeds: dict[str, str] = {}
        self.records: list[tuple[str, str, str]] = []
        """arXiv number, day of the last change, day of submission."""
        self.deleted: list[str] = []
        self.page = 2
        self.status = 200
        self.expired = False
        self.requests: list[str] = []
        self.now = MONDAY

    def announce(self, *items: Item, category: str = "cs.CL") -> None:
        entries = "".join(
            f"<item><title>{escape(title)}</title><description>arXiv:{number}v1 Announce Type: {kind}\n"
            f"Abstract: It works.</description><guid>oai:arXiv.org:{number}v1</guid><category>{category}</category>"
            f"<pubDate>{self.now:%a, %d %b %Y} 00:00:00 -0500</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>"
            "<dc:creator>Ada Bee</dc:creator></item>"
            for number, kind, title in items
        )
        self.feeds[category] = (
            '<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0">'
            f"<channel><title>updates</title><pubDate>{self.now:%a, %d %b %Y} 00:00:00 -0500</pubDate>"
            f"<skipDays><day>Saturday</day><day>Sunday</day></skipDays>{entries}</channel></rss>"
        )

    async def rss(self, request: web.Request) -> web.Response:
        self.requests.append(request.path)
        if self.status != 200:
            return web.Response(status=self.status)
        body = self.feeds[request.match_info["category"]]
        etag = f'"{hash(body)}"'
        if request.headers.get("If-None-Match") == etag:
            return web.Response(status=304)
        return web.Response(text=body, content_type="application/rss+xml", headers={"ETag": etag})

    async def oai(self, request: web.Request) -> web.Response:
        self.requests.append(request.query_string)
        token = request.query.get("resumptionToken")
        if token and self.expired:
            self.expired = False
            return self._answer('<error code="badResumptionToken">gone</error>')
        since, start = (token.split("/")[0], int(token.split("/")[1])) if token else (request.query["from"], 0)
        records = [one for one in self.records if one[1] >= since]
        if not records and not self.deleted:
            return self._answer('<error code="noRecordsMatch"/>')
        listed = "".join(
            f"<record><header><identifier>oai:arXiv.org:{number}</identifier></header><metadata>"
            f'<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{number}</id><created>{created}</created><authors><author>'
            f"<keyname>Bee</keyname><forenames>Ada</forenames></author></authors><title>Agents {number}</title>"
            "<categories>cs.CL</categories><abstract>It works.</abstract></arXiv></metadata></record>"
            for number, _, created in records[start : start + self.page]
        ) + "".join(
            f'<record><header status="deleted"><identifier>oai:arXiv.org:{number}</identifier></header></record>'
            for number in self.deleted
        )
        more = f"{since}/{start + self.page}" if start + self.page < len(records) else ""
        return self._answer(f"<ListRecords>{listed}<resumptionToken>{more}</resumptionToken></ListRecords>")

    def _answer(self, body: str) -> web.Response:
        text = (
            '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/">'
            f"<responseDate>{self.now:%Y-%m-%dT%H:%M:%SZ}</responseDate>{body}</OAI-PMH>"
        )
        return web.Response(text=text, content_type="text/xml")


@pytest.fixture
async def arxiv() -> Arxiv:
    made = Arxiv()
    made.announce()
    return made


@pytest.fixture
async def poller(arxiv: Arxiv, parsers: Parsers, tmp_path: Path) -> AsyncIterator[ArxivPoller]:
    app = web.Application()
    app.router.add_get("/rss/{category}", arxiv.rss)
    app.router.add_get("/oai", arxiv.oai)
    db = await Database.open(tmp_path / "store.db", readers=1)
    await subscriptions.create(db, Scope(1, 2), 2, 3, parse("agents cat:cs.CL"), Options(cap=25), MONDAY)
    async with TestServer(app) as server, http.open_fetcher("nobody", pause=0, first_wait=0.01, tries=1) as fetcher:
        yield ArxivPoller(
            db,
            fetcher,
            parsers,
            rss_url=str(server.make_url("/rss")),
            oai_url=str(server.make_url("/oai")),
            interval=timedelta(hours=1),
            now=lambda: arxiv.now,
        )
    await db.close()


async def titles(poller: ArxivPoller) -> list[str]:
    """What is posted now."""
    found = []
    for post in await digests.begin_due(poller.db, 2, poller.now(), lambda items, _: [len(items)]):
        found += [item.paper.title for item in (await digests.content(poller.db, post)).items]
        async with poller.db.write() as connection:
            await mark_posted(connection, post.id, post.id, poller.now())
    return found


async def state(poller: ArxivPoller, name: str = "arXiv cs.CL") -> FeedState:
    found = await feed_state.get(poller.db, name)
    assert found
    return found


async def poll_after(poller: ArxivPoller, arxiv: Arxiv, hours: float = 24) -> None:
    arxiv.now += timedelta(hours=hours)
    await poller.poll_due()


async def test_new_and_cross_are_news_and_a_replacement_is_not(poller: ArxivPoller, arxiv: Arxiv) -> None:
    arxiv.announce(
        ("2603.00001", "new", "Web Agents"),
        ("2603.00002", "cross", "Old Agents"),
        ("2603.00003", "replace", "Agents, again"),
    )
    assert await poller.poll_due()
    assert await titles(poller) == ["Web Agents", "Old Agents"]
    seen = await state(poller)
    assert (seen.state, seen.items, seen.new, seen.last_good) == ("good", 3, 3, MONDAY)


async def test_an_edited_title_updates_the_card_and_comes_once(poller: ArxivPoller, arxiv: Arxiv) -> None:
    arxiv.announce(("2603.00001", "new", "Web Agents"))
    await poller.poll_due()
    assert await titles(poller) == ["Web Agents"]
    arxiv.now += timedelta(days=1)
    arxiv.announce(("2603.00001", "replace", "Better Web Agents"))
    await poller.poll_due()
    assert await titles(poller) == []
    async with poller.db.read() as connection, connection.execute("SELECT title, published FROM papers") as rows:
        assert [tuple(row) async for row in rows] == [("Better Web Agents", "2026-03-02")]


async def test_an_announcement_held_for_four_days_is_posted(poller: ArxivPoller, arxiv: Arxiv) -> None:
    await poller.poll_due()
    arxiv.now += timedelta(days=4)
    arxiv.announce(("2602.00001", "new", "Held Agents"))
    arxiv.records = [("2602.00002", "2026-03-06", "2026-02-27")]
    await poller.poll_due()
    assert await titles(poller) == ["Held Agents", "Agents 2602.00002"]


async def test_an_empty_answer_on_a_working_day_is_an_empty_feed(poller: ArxivPoller, arxiv: Arxiv) -> None:
    await poller.poll_due()
    assert (await state(poller)).state == "empty"


async def test_an_empty_answer_on_a_weekend_is_good(poller: ArxivPoller, arxiv: Arxiv) -> None:
    arxiv.now = MONDAY - timedelta(days=1)
    await poller.poll_due()
    assert (await state(poller)).state == "good"


async def test_a_repeated_batch_is_not_a_quiet_hour(poller: ArxivPoller, arxiv: Arxiv) -> None:
    arxiv.announce(("2603.00001", "new", "Web Agents"))
    await poller.poll_due()
    await poll_after(poller, arxiv, hours=3)
    assert (await state(poller)).state == "good"
    await poll_after(poller, arxiv, hours=48)
    repeated = await state(poller)
    assert (repeated.state, repeated.last_good) == ("repeated", MONDAY + timedelta(hours=3))
    assert await titles(poller) == ["Web Agents"]


async def test_a_batch_of_friday_is_not_overdue_on_monday_morning(poller: ArxivPoller, arxiv: Arxiv) -> None:
    arxiv.now = MONDAY + timedelta(days=4)
    arxiv.announce(("2603.00001", "new", "Web Agents"))
    await poller.poll_due()
    await poll_after(poller, arxiv, hours=70)
    assert (await state(poller)).state == "good"


async def test_what_cannot_be_read_is_neither_empty_nor_repeated(poller: ArxivPoller, arxiv: Arxiv) -> None:
    arxiv.feeds["cs.CL"] = "<html>maintenance"
    await poller.poll_due()
    broken = await state(poller)
    assert (broken.state, broken.failures) == ("unreadable", 1)
    arxiv.announce(("2603.00001", "new", "Web Agents"))
    await poll_after(poller, arxiv, hours=0.5)
    assert (await state(poller)).state == "good"
    assert await titles(poller) == ["Web Agents"]


async def test_a_service_that_is_down_is_asked_ever_less_often(poller: ArxivPoller, arxiv: Arxiv) -> None:
    arxiv.status = 500
    waits = []
    for _ in range(9):
        await poller.poll_due()
        down = await state(poller)
        waits.append(down.next_try - arxiv.now)
        arxiv.now = down.next_try
    assert down.state == "unreachable"
    assert [wait // timedelta(minutes=1) for wait in waits] == [5, 10, 20, 40, 80, 160, 320, 360, 360]


@pytest.mark.parametrize(("days", "is_polled"), [(3, False), (5, True)])
async def test_a_next_poll_that_a_wrong_clock_has_set_does_not_count(
    poller: ArxivPoller, arxiv: Arxiv, days: int, is_polled: bool
) -> None:
    await poller.poll_due()
    first = await state(poller)
    await feed_state.save(poller.db, first.model_copy(update={"next_try": arxiv.now + timedelta(days=days)}))
    arxiv.requests.clear()
    await poller.poll_due()
    assert bool(arxiv.requests) == is_polled


async def test_a_harvest_is_made_twice_a_day(poller: ArxivPoller, arxiv: Arxiv) -> None:
    await poller.poll_due()
    harvests = []
    for hours in (11.9, 0.1, 11.9, 0.1):
        arxiv.requests.clear()
        await poll_after(poller, arxiv, hours=hours)
        harvests.append(any("verb" in query for query in arxiv.requests))
    assert harvests == [False, True, False, True]


async def test_a_paper_submitted_long_before_the_harvest_is_not_news(poller: ArxivPoller, arxiv: Arxiv) -> None:
    await poller.poll_due()
    days = {n: (MONDAY - timedelta(days=n)).date().isoformat() for n in (30, 31)}
    arxiv.records = [(f"2601.000{n}", "2026-03-03", day) for n, day in days.items()]
    await poll_after(poller, arxiv)
    assert await titles(poller) == ["Agents 2601.00030"]


async def test_a_deleted_record_marks_the_paper_that_is_known_and_makes_no_other(
    poller: ArxivPoller, arxiv: Arxiv
) -> None:
    arxiv.announce(("2603.00001", "new", "Web Agents"))
    await poller.poll_due()
    arxiv.deleted = ["2603.00001", "2603.00099"]
    await poll_after(poller, arxiv)
    (paper,) = [paper async for page in papers.in_pages(poller.db) for paper in page]
    assert (paper.title, paper.withdrawn) == ("Web Agents", True)
    assert [author.name for author in paper.authors] == ["Ada Bee"]
    assert [source.name for source in paper.sources] == ["arXiv announcements", "arXiv OAI-PMH"]
    assert await titles(poller) == [], "what is withdrawn is not posted"


async def test_after_a_week_off_everything_is_caught_up(poller: ArxivPoller, arxiv: Arxiv) -> None:
    await poller.poll_due()
    days = [(MONDAY + timedelta(days=n)).date().isoformat() for n in range(8)]
    arxiv.records = [(f"2603.0000{n}", day, day) for n, day in enumerate(days)]
    arxiv.records.append(("1001.00001", days[5], "2010-01-04"))
    await poll_after(poller, arxiv, hours=24 * 7)
    assert sorted(await titles(poller)) == [f"Agents 2603.0000{n}" for n in range(8)]
    assert (await state(poller, "arXiv cs (OAI-PMH)")).cursor == {"since": days[7]}


async def test_a_harvest_goes_on_where_it_broke_off(poller: ArxivPoller, arxiv: Arxiv) -> None:
    await poller.poll_due()
    arxiv.records = [(f"2603.0000{n}", "2026-03-03", "2026-03-03") for n in range(6)]
    answer = arxiv.oai

    async def breaks_off(request: web.Request) -> web.Response:
        if request.query.get("resumptionToken", "").endswith("/4"):
            return web.Response(status=404)
        return await answer(request)

    arxiv.now += timedelta(days=1)
    routes = poller.oai_url
    app = web.Application()
    app.router.add_get("/oai", breaks_off)
    async with TestServer(app) as server:
        poller.oai_url = str(server.make_url("/oai"))
        await poller.poll_due()
    broken = await state(poller, "arXiv cs (OAI-PMH)")
    assert broken.state == "unreachable" and broken.cursor["token"].endswith("/4")
    poller.oai_url = routes
    arxiv.requests.clear()
    await poll_after(poller, arxiv, hours=1)
    harvested = [unquote(query) for query in arxiv.requests if "verb" in query]
    assert harvested == ["verb=ListRecords&resumptionToken=2026-03-02/4"]
    assert len(await titles(poller)) == 6


async def test_a_token_that_has_expired_begins_the_harvest_again(poller: ArxivPoller, arxiv: Arxiv) -> None:
    await poller.poll_due()
    arxiv.records = [(f"2603.0000{n}", "2026-03-03", "2026-03-03") for n in range(5)]
    arxiv.expired = True
    await poll_after(poller, arxiv)
    assert sorted(await titles(poller)) == [f"Agents 2603.0000{n}" for n in range(5)]


async def test_only_followed_categories_are_asked_for_and_only_when_due(poller: ArxivPoller, arxiv: Arxiv) -> None:
    arxiv.announce(("2603.00001", "new", "Web Agents"))
    await poller.poll_due()
    first = list(arxiv.requests)
    await poller.poll_due()
    assert arxiv.requests == first and first[0] == "/rss/cs.CL" and "set=cs" in first[1]


@pytest.mark.parametrize(
    ("queries", "expected"),
    [
        (["a cat:cs.CL", "b cat:CL", "c cat:cs.AI|cat:stat.ML"], ["cs.AI", "cs.CL", "stat.ML"]),
        (["a cat:cs", "b cat:cs.CL", "c cat:hep-th"], ["cs", "hep-th"]),
        ([], []),
    ],
)
async def test_what_is_followed(tmp_path: Path, queries: Sequence[str], expected: list[str]) -> None:
    db = await Database.open(tmp_path / "other.db", readers=1)
    for query in queries:
        await subscriptions.create(db, Scope(1, 2), 2, 3, parse(query), Options(), MONDAY)
    assert await feed_state.followed_categories(db) == expected
    await subscriptions.create(db, Scope(1, 2), 2, 3, parse('author:"Ada Bee"'), Options(), MONDAY)
    assert len(await feed_state.followed_categories(db)) == 20
    await db.close()
