from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from seeds.http import Fetcher, open_fetcher
from seeds.http_validators import Validators
from seeds.reading.parsers import Parsers
from seeds.services.arxiv_rss import FeedAnswer, read_feed
from seeds.services.fetch_feeds import fetch_feed
from tests.seeds.making import RETRIEVED, ids, names
from tests.seeds.serving import service

HEAD = """<?xml version='1.0' encoding='UTF-8'?>
<rss xmlns:arxiv="http://arxiv.org/schemas/atom" xmlns:dc="http://purl.org/dc/elements/1.1/" version="2.0"><channel>
<title>cs.CL updates on arXiv.org</title><description>cs.CL updates.</description>
<pubDate>Mon, 04 May 2026 00:00:00 -0400</pubDate><skipDays><day>Saturday</day><day>Sunday</day></skipDays>"""
ITEM = """<item><title>On $n$ looms: p&lt;q &amp; r&gt;s</title><link>https://arxiv.org/abs/2605.0{number}</link>
<description>arXiv:2605.0{number}v{version} Announce Type: {kind}
Abstract: We weave where x&lt;y and z&gt;w. Code: \\url{{https://github.com/a/b}}.</description>
<guid isPermaLink="false">oai:arXiv.org:2605.0{number}v{version}</guid>
<category>cs.CL</category><category>cs.AI</category>
<pubDate>Mon, 04 May 2026 00:00:00 -0400</pubDate><arxiv:announce_type>{kind}</arxiv:announce_type>
<arxiv:DOI>10.1000/a 10.1000/b</arxiv:DOI><arxiv:journal_reference>Looms 1 (2026)</arxiv:journal_reference>
<dc:creator>Ada Byron, Charles Babbage (Cambridge), Erd\\H{{o}}s, Jr.</dc:creator></item>"""
TAIL = "</channel></rss>"
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xmlns:arxiv="http://arxiv.org/schemas/atom"
xmlns:dc="http://purl.org/dc/elements/1.1/"><title>cs.CL updates on arXiv.org</title>
<updated>2026-05-04T04:00:00+00:00</updated>
<entry><id>oai:arXiv.org:2605.00001v1</id><title>On looms</title><link href="https://arxiv.org/abs/2605.00001"/>
<summary>arXiv:2605.00001v1 Announce Type: new
Abstract: We weave.</summary><category term="cs.CL"/><published>2026-05-04T00:00:00-04:00</published>
<arxiv:announce_type>new</arxiv:announce_type><dc:creator>Ada Byron, Charles Babbage</dc:creator></entry></feed>"""


def item(number: int, kind: str = "new", version: int = 1) -> str:
    return ITEM.format(number=f"{number:04}", kind=kind, version=version)


def of(*items: str) -> FeedAnswer:
    return read_feed((HEAD + "".join(items) + TAIL).encode(), RETRIEVED)


def test_an_announcement_is_read_whole() -> None:
    feed = of(item(1))
    assert (feed.state, feed.problems, feed.reason) == ("announcements", (), None)
    assert feed.skip_days == {5, 6}
    (announcement,) = feed.announcements
    record = announcement.record
    assert announcement.kind == "new"
    assert record.title == "On n looms: p<q & r>s"
    assert record.abstract == "We weave where x<y and z>w. Code: https://github.com/a/b."
    assert names(record) == ["Ada Byron", "Charles Babbage", "Erdős, Jr."]
    assert (record.category, record.cross_lists, record.venue) == ("cs.CL", ("cs.AI",), "Looms 1 (2026)")
    assert ids(record) == ["arxiv:2605.00001", "doi:10.1000/a", "doi:10.1000/b"]
    assert [link.url for link in record.links] == ["https://github.com/a/b"]
    assert (record.published, record.source.kind) == ("2026-05-04", "arxiv")


def test_atom_says_the_same() -> None:
    feed = read_feed(ATOM.encode(), RETRIEVED)
    (announcement,) = feed.announcements
    assert (announcement.kind, announcement.record.abstract) == ("new", "We weave.")
    assert names(announcement.record) == ["Ada Byron", "Charles Babbage"]
    assert ids(announcement.record) == ["arxiv:2605.00001"]
    assert announcement.record.published == "2026-05-04"


def test_each_kind_of_announcement_and_only_new_papers_are_published_that_day() -> None:
    feed = of(*(item(place, kind) for place, kind in enumerate(("new", "cross", "replace", "replace-cross"))))
    assert [one.kind for one in feed.announcements] == ["new", "cross", "replace", "replace-cross"]
    assert [one.record.published for one in feed.announcements] == ["2026-05-04", None, None, None]
    assert [one.record.updated for one in feed.announcements] == [None, None, "2026-05-04", "2026-05-04"]


def test_a_bad_item_is_a_problem_and_the_rest_is_read() -> None:
    bad = [
        item(2).replace("2605.00002", "x"),
        item(3, "odd").replace("Announce Type", ""),
        item(4).replace("On $n$", "").replace(" looms: p&lt;q &amp; r&gt;s", ""),
    ]
    feed = of(item(1), *bad, item(5))
    assert [ids(one.record)[0] for one in feed.announcements] == ["arxiv:2605.00001", "arxiv:2605.00005"]
    assert [problem.message for problem in feed.problems] == [
        "item 2 is not read: it has no arXiv id",
        "item 3 is not read: it does not say whether it is new",
        "item 4 is not read: it has no title",
    ]


def test_a_batch_is_known_by_what_it_announces() -> None:
    first = of(item(1), item(2, "cross")).batch
    assert of(item(2, "cross"), item(1)).batch == first
    assert of(item(1), item(2, "cross", version=2)).batch != first
    assert of(item(1)).batch != first


@pytest.mark.parametrize(
    ("content", "state", "reason"),
    [
        (HEAD + TAIL, "empty", None),
        (HEAD + item(1), "unreadable", "This is not well-formed XML"),
        ("", "unreadable", "This is not well-formed XML"),
        ("<html><body>Please log in</body></html>", "unreadable", "This is not an RSS or Atom feed."),
        (
            HEAD.replace("cs.CL updates on arXiv.org", "Feed error for query: x") + TAIL,
            "unreadable",
            "arXiv says: cs.CL",
        ),
        (HEAD + item(1, "odd") + TAIL, "unreadable", "No item of the feed can be read."),
        (
            '<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss><channel>&b;</channel></rss>',
            "unreadable",
            "This is",
        ),
    ],
)
def test_the_state_of_a_feed(content: str, state: str, reason: str | None) -> None:
    feed = read_feed(content.encode(), RETRIEVED)
    assert feed.state == state
    assert (feed.reason or "").startswith(reason or "")
    assert feed.batch is None


@pytest.fixture
async def fetcher() -> AsyncIterator[Fetcher]:
    async with open_fetcher("admin@example.org", pause=0.0, first_wait=0.01, tries=2) as one:
        yield one


async def test_looking_again_and_again(fetcher: Fetcher, parsers: Parsers) -> None:
    good = web.Response(text=HEAD + item(1) + TAIL, headers={"ETag": '"1"'})
    broken = web.Response(text=HEAD, headers={"ETag": '"2"'})
    down = [web.Response(status=500), web.Response(status=500)]
    async with service(good, web.Response(status=304), broken, *down, web.Response(text=HEAD + TAIL)) as remote:
        feeds = [await fetch_feed(fetcher, parsers, remote.address)]
        for _ in range(4):
            feeds.append(await fetch_feed(fetcher, parsers, remote.address, feeds[-1].validators))
    assert [feed.state for feed in feeds] == ["announcements", "not_modified", "unreadable", "unreachable", "empty"]
    assert [feed.validators.etag for feed in feeds] == ['"1"', '"1"', '"1"', '"1"', None]
    assert "HTTP 500" in str(feeds[3].reason)
    assert feeds[0].validators == Validators(etag='"1"')
