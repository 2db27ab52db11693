"""The hello shows the three uses on the store that is there; messages to the bot get a short answer, others none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.client import Lectern
from commands.hello import hello
from store import ingest, own_intake
from store.guilds.own_additions import Addition
from store.models import ParsedSource
from tests.discord.conversation import Conversation, conversation
from tests.discord.server import labels, text
from tests.support.made import names, record

NASTY = [
    "@everyone <@1> <@&2> **b** `c` [l](https://x.y)",
    "T" * 2000,
    "A: " + "😀 " * 400,
    "`````: ``` ||s|| </help:1>",
]


def place(ask: Conversation, name: str = "lounge") -> discord.TextChannel:
    channel = ask.client.get_channel(ask.scene.channels[name].id)
    assert isinstance(channel, discord.TextChannel)
    return channel


async def greeted(ask: Conversation) -> discord.Message:
    return await place(ask).send(view=await hello(ask.client, ask.scene.guild.id))


async def clicked(actor: simcord.MemberActor, message: Any, label: str) -> str:
    result = await actor.click(message, label=label)
    assert result.response
    assert result.response.ephemeral
    return text(result.response)


async def said(ask: Conversation, content: str, **options: Any) -> list[str]:
    """What the bot says in the lounge after the member has written this there."""
    before = len(ask.scene.channels["lounge"].history())
    await ask.scene.member.send(ask.scene.channels["lounge"], content, **options)
    return [text(message) for message in ask.scene.channels["lounge"].history()[before + 1 :]]


def at(ask: Conversation, content: str) -> str:
    assert ask.client.user
    return f"<@{ask.client.user.id}> {content}"


async def test_the_buttons_of_the_hello_show_the_three_uses(ask: Conversation) -> None:
    message = await greeted(ask)
    assert "I know 13 papers" in text(message)
    assert labels(message) == ["Show Zehan Qi", "Sum up AgentRL", "Follow cs.AI"]
    assert "2,602" in await clicked(ask.scene.member, message, "Show Zehan Qi")
    assert "TL;DR" in await clicked(ask.scene.member, message, "Sum up AgentRL")
    assert "Follow this for yourself?" in await clicked(ask.scene.member, message, "Follow cs.AI")
    assert "Follow this here, or for yourself?" in await clicked(ask.scene.admin, message, "Follow cs.AI")


async def test_the_hello_of_an_empty_store_says_how_to_add_papers(tmp_path: Path) -> None:
    async with conversation(tmp_path / "lectern.db") as ask:
        message = await greeted(ask)
        for way in ("/add", "/subscribe", "lectern import"):
            assert way in text(message).replace("</", "/")
        assert labels(message) == []


@pytest.mark.parametrize("nasty", NASTY)
async def test_whatever_papers_are_called_the_hello_and_answers_keep_discords_limits(
    tmp_path: Path, nasty: str
) -> None:
    async with conversation(tmp_path / "lectern.db") as ask:
        made = record(nasty, authors=names(nasty), abstract=nasty, category=nasty[:40], published="2026-01-01")
        await ingest.take(ask.client.library.db, "made.bib", ParsedSource(papers=(made,)))
        message = await greeted(ask)
        await said(ask, at(ask, nasty[:1900]))
        answers = ask.scene.channels["lounge"].history()
        assert len(answers) == 3
        for shown in (message, answers[-1]):
            assert not shown.mention_everyone
            assert shown.mentions == []
        sent = [one.json or {} for one in ask.scene.env.http_requests if one.path.endswith("/messages")]
        assert [one["allowed_mentions"]["parse"] for one in sent] == [[], []]


async def join(
    ask: Conversation, *, ago: timedelta = timedelta(), writes: bool = True, system: bool = True
) -> list[Any]:
    """What is in the lounge after the bot has joined the guild, of which it is the system channel."""
    guild = place(ask).guild
    guild._system_channel_id = place(ask).id if system else None
    guild.me.joined_at = datetime.now(UTC) - ago
    if not writes:
        await place(ask).set_permissions(guild.me, send_messages=False)
    await ask.client.on_guild_join(guild)
    return ask.scene.channels["lounge"].history()


async def test_it_says_hello_where_it_is_invited(ask: Conversation) -> None:
    (message,) = await join(ask)
    assert "Hello, I am Lectern" in text(message)


@pytest.mark.parametrize("scene", [{"ago": timedelta(days=1)}, {"writes": False}, {"system": False}])
async def test_it_says_nothing_after_an_outage_or_where_it_may_not_write(
    ask: Conversation, scene: dict[str, Any]
) -> None:
    assert await join(ask, **scene) == []


@pytest.mark.parametrize(
    ("typed", "fits", "buttons"),
    [
        ("webrl", "WebRL: Training", 1),
        ("what is long2rag about?", "Long²RAG", 1),
        ("papers by zehan qi, please!", "Zehan Qi", 1),
        ("zehan qi 1999", "Nothing of 1999 fits “zehan qi 1999”; close to it", 1),
        ("agent learning", "Nothing is called “agent learning”; close to it", 1),
        ("", "Hello, I am Lectern", 3),
        ("Hi there!", "Hello, I am Lectern", 3),
        ("qqqqqq zzzzz", "I know nothing called “qqqqqq zzzzz”", 0),
        ("arXiv:1706.03762", "arXiv 1706.03762 is not in the store", 0),
    ],
)
async def test_a_mention_is_answered_shortly_and_says_how_to_ask(
    ask: Conversation, typed: str, fits: str, buttons: int
) -> None:
    (answer,) = await said(ask, at(ask, typed))
    assert fits in answer
    assert "</paper:" in answer or "</summary:" in answer
    assert len(labels(ask.scene.channels["lounge"].history()[-1])) == buttons


async def test_a_button_of_an_answer_opens_the_paper(ask: Conversation) -> None:
    await said(ask, at(ask, "webrl"))
    assert "TL;DR" in await clicked(ask.scene.member, ask.scene.channels["lounge"].history()[-1], "Open")


async def test_papers_that_a_message_names_are_found_by_their_ids(ask: Conversation) -> None:
    made = record("Deep Agents", identifiers=({"scheme": "arxiv", "value": "2601.00001"},))
    await ingest.take(ask.client.library.db, "made.bib", ParsedSource(papers=(made,)))
    (answer,) = await said(ask, at(ask, "https://arxiv.org/abs/2601.00001 and 1706.03762"))
    assert "Deep Agents" in answer
    assert "arXiv 1706.03762 is not in the store" in answer


async def test_direct_messages_are_answered_without_a_mention(ask: Conversation) -> None:
    direct = ask.scene.member.user.dm_channel
    await ask.scene.member.send_dm("webrl")
    assert "WebRL" in text(direct.history()[-1])
    await ask.scene.member.send_dm(at(ask, "debateqa"))
    assert "DebateQA" in text(direct.history()[-1])
    assert len(direct.history()) == 4


async def test_what_is_not_addressed_to_it_is_not_answered(ask: Conversation) -> None:
    assert await said(ask, "webrl") == []
    (post,) = [await place(ask).send("A new paper")]
    assert await said(ask, "Nice!", reply_to=post) == []
    bot = ask.scene.guild.add_member(ask.scene.env.create_user("other", bot=True))
    before = len(ask.scene.channels["lounge"].history())
    await bot.send(ask.scene.channels["lounge"], at(ask, "webrl"))
    assert len(ask.scene.channels["lounge"].history()) == before + 1


async def test_an_answer_shows_what_the_guild_sees_and_not_what_others_have(ask: Conversation) -> None:
    for guild, title in ((ask.scene.guild.id, "OurRL: Ours"), (999, "TheirRL: Theirs")):
        addition = Addition(guild, 7)
        parsed = ParsedSource(papers=(record(title),))
        await own_intake.take(ask.client.library.db, addition, "/add", parsed, datetime.now(UTC))
    assert "OurRL" in (await said(ask, at(ask, "ourrl")))[0]
    assert "Theirs" not in (await said(ask, at(ask, "theirrl")))[0]


async def test_too_many_messages_are_not_answered(store_file: Path) -> None:
    async with conversation(store_file, person_questions=8) as ask:
        answers = [await said(ask, at(ask, "webrl")) for _ in range(4)]
        assert [len(one) for one in answers] == [1, 1, 0, 0]


async def test_a_fault_is_told_and_a_channel_where_it_may_not_write_is_no_fault(
    ask: Conversation, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await place(ask).set_permissions(place(ask).guild.me, send_messages=False)
    assert await said(ask, at(ask, "webrl")) == []
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
    await place(ask).set_permissions(place(ask).guild.me, send_messages=True)

    def broken(*args: object) -> None:
        raise ValueError("an inside matter")

    monkeypatch.setattr(Lectern, "mention", broken)
    (answer,) = await said(ask, at(ask, "webrl"))
    assert "Something went wrong" in answer
    assert "inside" in caplog.text
