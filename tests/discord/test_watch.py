"""Watching papers: from the command to the last message, with restarts between, each event once; and marks on cards."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine

from store import ingest
from store.models import Authorship, Identifier, Link, Notice, PaperRecord, ParsedSource, Source
from tests.discord.server import Server, labels, press, shown, text

MONDAY = datetime(2027, 3, 1, 7, 0, tzinfo=UTC)
ARXIV = Identifier(scheme="arxiv", value="2703.00001")
DOI = Identifier(scheme="doi", value="10.1000/looms")
TITLE = "On Weaving Looms"


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The time of day, which a test moves on."""
    with time_machine.travel(MONDAY, tick=True) as moved:
        yield moved


def looms(kind: str = "arxiv", **fields: Any) -> PaperRecord:
    source = Source.model_validate({"kind": kind, "name": kind, "retrieved": datetime.now(UTC)})
    known = {"title": TITLE, "authors": (Authorship(name="Ada Bee", position=1),), "identifiers": (ARXIV,)}
    return PaperRecord.model_validate({"source": source, "published": "2027-02-01", **known, **fields})


def first() -> PaperRecord:
    return looms(version=1, abstract="We weave wool by hand. It takes a week.")


def second() -> PaperRecord:
    return looms(version=2, updated="2027-03-02", abstract="We weave silk by hand. It takes a week.")


async def say(server: Server, *records: PaperRecord) -> None:
    await ingest.take(server.client.library.db, "made", ParsedSource(papers=records), notify=False)
    await server.work()


def told(channel: Any, words: str) -> int:
    return sum(words in text(message) for message in channel.history())


async def test_each_kind_of_event_is_told_once_from_the_command_to_the_last_message(
    server: Server, clock: time_machine.Traveller
) -> None:
    admin, max_, channel = server.admin, server.scene.member, server.papers
    await say(server, first())
    asked = shown(await admin.slash(channel, "watch", paper=TITLE))
    assert asked.ephemeral and {"Watch here", "Watch for me"} <= set(labels(asked))
    await server.restart()
    done = shown(await admin.click(asked, label="Watch here"), asked)
    assert "This channel is told" in text(done)
    card = shown(await max_.slash(server.scene.channels["lounge"], "paper", title=TITLE))
    mine = shown(await max_.click(card, label="Watch"))
    assert mine.ephemeral and "You are told by direct message" in text(mine), "Max may not decide for the channel"
    direct = max_.user.dm_channel
    assert told(direct, "I tell you here") == 1
    await server.confirm(channel, query="author:Dee")

    steps: list[tuple[str, PaperRecord]] = [
        ("New version 2", second()),
        (
            "Code has appeared",
            second().model_copy(update={"links": (Link(kind="code", url="https://github.com/a/b"),)}),
        ),
        ("Published", looms("crossref", venue="Journal of Looms", identifiers=(ARXIV, DOI))),
        ("Corrected", _noticed("correction")),
        ("Expression of concern", _noticed("correction", "concern")),
        ("Withdrawn", second().model_copy(update={"withdrawn": True})),
        ("Retracted", _noticed("correction", "concern", "retraction")),
    ]
    for heading, record in steps:
        clock.shift(timedelta(days=1))
        await server.restart()
        await say(server, record)
        await say(server, record)
        assert (told(channel, heading), told(direct, heading)) == (1, 1), heading
    (version,) = [text(message) for message in channel.history() if "New version" in text(message)]
    assert "~~wool~~ **silk**" in version
    clock.shift(timedelta(days=1))
    citing = looms(
        "openalex", title="More on Silk", authors=(Authorship(name="Bo Dee", position=1),),
        identifiers=(Identifier(scheme="doi", value="10.1000/silk"),), cites=(DOI,),
    )  # fmt: skip
    await say(server, citing)
    await server.restart()
    await server.work()
    assert (told(channel, "Cited by a paper"), told(direct, "Cited by a paper")) == (1, 0), "Max does not follow Dee"

    why = text(shown(await admin.slash(channel, "why", paper=TITLE)))
    assert all(heading in why for heading, _ in steps) and "Cited" in why
    reason = shown(await max_.click(channel.history()[-1], label="Why am I seeing this"))
    assert "watched for this channel" in text(reason)

    listed = shown(await admin.slash(channel, "watch"))
    assert "1 paper in this channel" in text(listed).replace("*", "")
    ended = shown(await admin.click(listed, label="End"), listed)
    assert "0 papers in this channel" in text(ended).replace("*", "")
    await say(server, looms(version=3, updated="2027-06-01", abstract="Nothing."))
    assert told(channel, "New version 3") == 0 and told(direct, "New version 3") == 1


def _noticed(*kinds: str) -> PaperRecord:
    notices = [
        Notice.model_validate({"kind": kind, "told_by": "Retraction Watch", "date": "2027-03-05", "doi": f"10.1000/{kind}"})
        for kind in kinds
    ]  # fmt: skip
    return looms(
        "crossref", venue="Journal of Looms", identifiers=(ARXIV, DOI), notices=tuple(notices),
        withdrawn="retraction" in kinds,
    )  # fmt: skip


async def test_what_was_posted_is_watched_and_the_old_post_is_marked(
    server: Server, clock: time_machine.Traveller
) -> None:
    channel = server.papers
    await server.confirm(channel, query="looms")
    await ingest.take(server.client.library.db, "made", ParsedSource(papers=(first(),)))
    await server.work()
    (post,) = [message for message in channel.history() if TITLE in text(message)]
    clock.shift(timedelta(days=3))
    await server.restart()
    await say(server, _noticed("retraction"))
    await server.restart()
    await server.work()
    assert told(channel, "⛔ Retracted") == 1
    (edited,) = [message for message in channel.history() if message.id == post.id]
    assert "⛔ RETRACTED" in text(edited)
    for command, options in (
        ("paper", {"title": TITLE}), ("search", {"query": "weaving"}), ("author", {"name": "Ada Bee"}),
        ("summary", {"paper": TITLE}), ("related", {"paper": TITLE}),
    ):  # fmt: skip
        assert "⛔ RETRACTED" in text(shown(await server.admin.slash(channel, command, **options))), command

    off = shown(await server.admin.slash(channel, "watch"))
    assert "1 paper here" in text(off)
    await server.admin.click(off, label="Do not watch what is posted")
    await say(server, second())
    assert told(channel, "New version") == 0


async def test_nobody_reads_or_ends_anothers_watch(server: Server) -> None:
    max_, channel = server.scene.member, server.papers
    await say(server, first())
    await server.admin.click(shown(await server.admin.slash(channel, "watch", paper=TITLE)), label="Watch for me")
    seen = text(shown(await max_.slash(channel, "watch")))
    assert TITLE not in seen
    await server.admin.click(shown(await server.admin.slash(channel, "watch", paper=TITLE)), label="Watch here")
    listed = shown(await max_.slash(channel, "watch"))
    assert TITLE in text(listed) and "End" not in labels(listed)
    (paper,) = await server.client.library.view(server.scene.guild.id).papers_named([ARXIV])
    answer = await press(max_, server, f"watch:end:here:{paper.handle}", channel)
    assert "Manage Channels" in answer
    await press(max_, server, f"watch:end:me:{paper.handle}", channel)
    assert "1 paper for you alone" in text(shown(await server.admin.slash(channel, "watch"))).replace("*", "")
