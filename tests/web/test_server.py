"""Pages and feeds, as readers get them from a real server over a real store."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.web.contents import MOST
from bot.web.visitors import who
from store import own_intake
from store.guilds import hidden_papers, list_entries, own_additions, paper_notes, reading_lists, subscriptions
from store.guilds.web_addresses import Subject
from store.models import ParsedSource
from tests.guilds.channels import LAB, NOW, arrive, deliver, record, subscribe
from tests.support.event_loop import watched
from tests.support.made import arxiv, names
from tests.web.serving import BASE, Served, served

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]></title><entry><title>forged</title>",
    "{{ 7 * 7 }} {% raw %} &amp; &#x3c;b&#x3e;",
    "javascript:alert(1) ‮gnp.exe⁦ ​",
    "null \x00 bell \x07 escape \x1b[31m \ufffe lone",
)


class Tags(HTMLParser):
    """The elements of a page, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Served]:
    async with served(tmp_path / "lectern.db") as one:
        yield one


async def followed(site: Served, query: str = "agents") -> Subject:
    return Subject(LAB.guild_id, "subscription", (await subscribe(site.library.db, query)).token)


async def test_a_subscription_shows_what_it_posted_with_the_reason(site: Served) -> None:
    subject = await followed(site)
    await arrive(
        site.library.db,
        record("Web Agents", authors=names("Ada Bee", "Bo Dee"), abstract="We act.", identifiers=arxiv("2601.00001")),
        "Agents That Wait",
        "Nothing of It",
    )
    address = await site.make(subject)
    assert not (await site.get(f"/p/{address.key}/atom.xml")).feed.entries, "not posted yet"
    await deliver(site.library.db)
    answer = await site.get(f"/p/{address.key}/atom.xml")
    feed = answer.feed
    assert answer.headers["Content-Type"].startswith("application/atom+xml")
    assert feed.version == "atom10" and feed.feed.title == "New papers: agents" and feed.feed.id.startswith("urn:uuid:")
    assert {link.rel: link.href for link in feed.feed.links} == {
        "self": f"{BASE}/p/{address.key}/atom.xml",
        "alternate": f"{BASE}/p/{address.key}",
    }
    by_title = {entry.title: entry for entry in feed.entries}
    assert set(by_title) == {"Web Agents", "Agents That Wait"}
    one = by_title["Web Agents"]
    assert one.link == "https://arxiv.org/abs/2601.00001"
    assert [author.name for author in one.authors] == ["Ada Bee", "Bo Dee"]
    assert "Because of word “agents” in title" in one.summary and "We act." in one.summary
    assert one.updated == "2026-03-02T12:00:00Z"
    assert by_title["Agents That Wait"].link.startswith(f"{BASE}/p/{address.key}#")
    page = await site.get(f"/p/{address.key}")
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Web Agents" in page.text and "posted 2 Mar 2026" in page.text and "2 papers" in page.text


async def test_ids_stay_when_the_address_is_a_new_one(site: Served) -> None:
    subject = await followed(site)
    await arrive(site.library.db, "Web Agents")
    await deliver(site.library.db)
    first = await site.make(subject)
    before = (await site.get(f"/p/{first.key}/atom.xml")).feed
    assert (await site.make(subject)).key == first.key, "asked again, it is shown again"
    assert await site.take_back(subject) and not await site.take_back(subject)
    second = await site.make(subject)
    assert second.key != first.key
    after = (await site.get(f"/p/{second.key}/atom.xml")).feed
    assert (after.feed.id, after.entries[0].id) == (before.feed.id, before.entries[0].id)
    assert (await site.get(f"/p/{first.key}")).status == 404


async def test_an_author_shows_the_papers_as_the_guild_sees_them(site: Served) -> None:
    db = site.library.db
    by_ada = [record(f"Looms {year}", authors=names("Ada Bee"), published=f"{year}-03") for year in (2021, 2023)]
    await arrive(db, *by_ada)
    own = record("Own Looms", authors=names("Ada Bee"), published="2022")
    await own_intake.take(db, own_additions.Addition(100, 7), "/add", ParsedSource(papers=(own,)), NOW)
    (ada,) = await site.library.view(100).namesakes("Ada Bee")
    ours, theirs = [await site.make(Subject(guild, "author", ada.handle)) for guild in (100, 101)]

    async def titles(key: str) -> list[str]:
        return [entry.title for entry in (await site.get(f"/p/{key}/atom.xml")).feed.entries]

    assert await titles(ours.key) == ["Looms 2023", "Own Looms", "Looms 2021"]
    assert await titles(theirs.key) == ["Looms 2023", "Looms 2021"]
    (newest,) = await site.library.view(101).newest(1)
    paper = await site.library.view(101).paper(newest)
    assert paper
    async with db.write() as connection:
        await hidden_papers.hide(connection, 101, paper, 7, NOW)
    assert await titles(theirs.key) == ["Looms 2021"] and len(await titles(ours.key)) == 3


async def test_a_list_shows_the_notes_that_were_shared(site: Served) -> None:
    db, ada, bo = site.library.db, 7, 8
    await arrive(db, "Web Agents", "Silk")
    papers = {one.title: one for one in await site.library.view(100).papers(await site.library.view(100).newest(2))}
    lists = {}
    async with db.write() as connection:
        for name, teams in (("Team's", True), ("Ada's", False)):
            lists[name] = one = await reading_lists.named(connection, 100, ada, name, NOW, team=teams)
            for paper in papers.values():
                await list_entries.save(connection, one, paper, ada, NOW, ["web"])
        handle = papers["Web Agents"].handle
        for person, text, shared in (
            (ada, "Ada's for all", True), (ada, "Ada's secret", False), (bo, "Bo's for all", True), (bo, "Bo's secret", False),
        ):  # fmt: skip
            await paper_notes.add(connection, 100, person, handle, text, NOW, shared=shared)
        await hidden_papers.hide(connection, 100, papers["Silk"], ada, NOW)
    team, own = [
        await site.make(Subject(100, "list", lists[name].token, person))
        for name, person in (("Team's", 0), ("Ada's", ada))
    ]
    (entry,) = (await site.get(f"/p/{team.key}/atom.xml")).feed.entries
    assert entry.title == "Web Agents" and entry.summary.split("\n") == ["#web", "Ada's for all", "Bo's for all"]
    (entry,) = (await site.get(f"/p/{own.key}/atom.xml")).feed.entries
    assert entry.summary.split("\n") == ["#web", "Ada's for all"]
    assert "Reading list: Ada&#39;s" in (await site.get(f"/p/{own.key}")).text
    elsewhere = await site.make(Subject(101, "list", lists["Team's"].token, 0))
    assert await site.take_back(Subject(100, "list", lists["Ada's"].token, ada))
    anothers = await site.make(Subject(100, "list", lists["Ada's"].token, bo))
    for address in (elsewhere, anothers):
        assert (await site.get(f"/p/{address.key}")).status == 404
    async with db.write() as connection:
        await reading_lists.delete(connection, lists["Team's"])
    assert (await site.get(f"/p/{team.key}")).status == 404


async def test_everything_else_is_not_found_and_says_nothing(site: Served) -> None:
    subject = await followed(site)
    address = await site.make(subject)
    await subscriptions.delete(site.library.db, LAB, [subject.name], NOW)
    said = set()
    for path in (
        "/", "/p", "/p/", f"/p/{address.key}", f"/p/{address.key}/atom.xml", f"/p/{'a' * 32}", "/p/x", "/favicon.ico",
        f"/p/{address.key}/", "/p/..%2f..%2fetc", f"/p/{'%00' * 32}", f"/p/{address.key.swapcase()}", "/metrics",
    ):  # fmt: skip
        answer = await site.get(path)
        assert answer.status == 404, path
        said.add((answer.text, answer.headers["Content-Security-Policy"]))
    for method in ("POST", "PUT", "DELETE", "OPTIONS"):
        assert (await site.get(f"/p/{address.key}", method)).status == 404
    assert said == {("Not found.", "default-src 'none'; frame-ancestors 'none'")}


async def test_hostile_text_is_shown_as_text(site: Served) -> None:
    await arrive(
        site.library.db,
        *(record(f"agents {text}", abstract=text, authors=names(f"Ada {text}"), venue=text) for text in HOSTILE),
    )
    subject = await followed(site, "agents|more")
    await arrive(site.library.db, *(record(f"more agents {n} {text}", abstract=text) for n, text in enumerate(HOSTILE)))
    await deliver(site.library.db)
    address = await site.make(subject)
    page, feed = await site.get(f"/p/{address.key}"), (await site.get(f"/p/{address.key}/atom.xml")).feed
    tags = Tags()
    tags.feed(page.text)
    assert {tag for tag, _ in tags.tags} <= {
        "html", "head", "meta", "title", "link", "style", "body", "header", "h1", "p", "a", "main", "article", "h2",
        "details", "summary", "footer",
    }  # fmt: skip
    for _, attributes in tags.tags:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert (attributes.get("href") or "https:").startswith("https:")
    assert "alert(1)" in tags.words and "49" not in tags.words.split()
    for text in (page.text, *(entry.title for entry in feed.entries)):
        assert not {c for c in text if c in "\x00\x07\x1b\ufffe\u202e\u2066\u200b"}
    assert len(feed.entries) == len(HOSTILE)


async def test_a_page_forbids_everything_and_is_kept_by_nobody(site: Served) -> None:
    address = await site.make(await followed(site))
    for path in (f"/p/{address.key}", f"/p/{address.key}/atom.xml", "/nowhere"):
        headers = (await site.get(path)).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'"), path
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Server"] == "Lectern"
        assert headers["X-Robots-Tag"] == "noindex, nofollow"
        assert headers["Cache-Control"] == "private, no-cache"
        assert "Set-Cookie" not in headers
    page = (await site.get(f"/p/{address.key}")).text
    assert "<script" not in page and 'src="' not in page


async def test_readers_that_have_it_get_no_body(site: Served) -> None:
    subject = await followed(site)
    path = f"/p/{(await site.make(subject)).key}/atom.xml"
    first = await site.get(path)
    etag, since = first.headers["ETag"], first.headers["Last-Modified"]
    for headers in ({"If_None_Match": etag}, {"If_None_Match": f'W/{etag}, "other"'}, {"If_Modified_Since": since}):
        answer = await site.get(path, **headers)
        assert (answer.status, answer.text, answer.headers["ETag"]) == (304, "", etag)
        assert "Content-Security-Policy" in answer.headers
    head = await site.get(path, "HEAD")
    assert (head.status, head.text, head.headers["ETag"]) == (200, "", etag)
    assert int(head.headers["Content-Length"]) == len(first.text.encode())
    await arrive(site.library.db, "Web Agents")
    await deliver(site.library.db)
    for headers in ({"If_None_Match": etag}, {"If_Modified_Since": since}):
        changed = await site.get(path, **headers)
        assert changed.status == 200 and len(changed.feed.entries) == 1, "also within the same second"


async def test_a_page_is_bounded(site: Served) -> None:
    subject = await followed(site)
    long = "agents " + "<&\"'> a\u0301" * 4_000
    await arrive(site.library.db, *(record(f"{n} {long[:1_000]}", abstract=long[:12_000]) for n in range(MOST + 5)))
    await deliver(site.library.db)
    path = f"/p/{(await site.make(subject)).key}"
    blocked: list[str] = []
    with watched(blocked.append):
        page, feed = await site.get(path), await site.get(f"{path}/atom.xml")
    assert not blocked
    assert page.text.count("<article") == len(feed.feed.entries) == MOST
    assert len(page.text.encode()) < 4_000_000 and len(feed.text.encode()) < 4_000_000


async def test_two_hundred_readers_at_once_get_the_same(site: Served) -> None:
    subject = await followed(site)
    await arrive(site.library.db, *(f"Agents of the Year {year}" for year in range(1900, 1960)))
    await deliver(site.library.db)
    path = f"/p/{(await site.make(subject)).key}/atom.xml"
    answers = await asyncio.gather(*(site.get(path) for _ in range(200)))
    assert {(one.status, one.headers["ETag"]) for one in answers} == {(200, answers[0].headers["ETag"])}
    assert len({one.text for one in answers}) == 1 and len(answers[0].feed.entries) == 60


async def test_a_reader_that_asks_too_often_is_told_to_wait(tmp_path: Path) -> None:
    async with served(tmp_path / "lectern.db", requests_a_minute=8) as site:
        statuses = [(await site.get("/p/x")).status for _ in range(5)]
        assert statuses[:2] == [404, 404] and statuses[-1] == 429
        refused = await site.get("/p/x")
        assert int(refused.headers["Retry-After"]) >= 1
        assert (await site.get("/p/x", X_Forwarded_For="203.0.113.9")).status == 404, "somebody else, by the proxy"


@pytest.mark.parametrize(
    ("peer", "forwarded", "reader"),
    [
        ("203.0.113.9", "", "203.0.113.9"),
        ("203.0.114.9", "198.51.100.1", "203.0.114.9"),
        ("8.8.8.8", "198.51.100.1", "8.8.8.8"),
        ("127.0.0.1", "8.8.4.4, 198.51.100.1", "198.51.100.1"),
        ("10.0.0.2", "nonsense", "10.0.0.2"),
        ("::ffff:8.8.8.8", "", "8.8.8.8"),
        ("2a00:1450:4001:800::1", "", "2a00:1450:4001:800::/64"),
        ("10.0.0.2", "x" * 10_000, "10.0.0.2"),
    ],
)
def test_a_reader_is_who_is_connected_or_whom_the_own_proxy_names(peer: str, forwarded: str, reader: str) -> None:
    assert who(peer, forwarded) == reader
