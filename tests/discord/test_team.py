"""A server's team: who is in it, and what its page says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from store import correcting_people, ingest
from store.guilds import team_members
from store.models import ParsedSource
from tests.discord.conversation import Answer, Conversation
from tests.support.made import names, record

TODAY = datetime.now(UTC).date()


async def test_a_team_is_called_shown_and_followed(ask: Conversation) -> None:
    assert "Nobody is in the team of this server yet" in (await ask("team")).text
    for name in ("zehan qi", "xiao liu", "rongwu xu"):
        card = await ask("team", add=name)
    assert card.text.startswith("### The team: 3 people, 13 papers here\nRongwu Xu, Xiao Liu, Zehan Qi\n")
    assert "They work on **language models** (" in card.text
    assert "Most often together: Xiao Liu and Zehan Qi (5), Rongwu Xu and Zehan Qi (4)." in card.text
    assert card.pictures[0][0] == "Papers together: Xiao Liu and Zehan Qi 5, Rongwu Xu and Zehan Qi 4."
    assert "**No paper** since" in card.text
    page = await _open(ask, card, "Xiao Liu")
    assert page.text.startswith("## Xiao Liu")
    again = await ask.press(page, "← Back")
    preview = await ask.as_admin.press(again, "Follow the team")
    assert 'author:"Rongwu Xu"|author:"Xiao Liu"|author:"Zehan Qi"' in preview.text


async def _open(ask: Conversation, card: Answer, name: str) -> Answer:
    (chosen,) = [one for one in card.options() if one["label"] == name and one["value"].startswith("profile:")]
    result = await ask.scene.member.select(card.shown, [chosen["value"]], custom_id=chosen["list"])
    return ask._answer(result, card)


async def test_new_papers_of_the_team_are_told(ask: Conversation) -> None:
    papers = (
        record("Weaving Looms", published=str(TODAY), authors=names("Ada Bee", "Bo Li")),
        record("Dyeing Silk", published=str(TODAY - timedelta(days=40)), authors=names("Ada Bee")),
    )
    await ingest.take(ask.client.library.db, "made", ParsedSource(papers=papers))
    card = await ask("team", add="ada bee")
    assert card.text.startswith("### The team: 1 person, 2 papers here")
    assert "**1 paper** since" in card.text and card.titles == ["Weaving Looms"]


async def test_somebody_is_taken_out_also_after_they_turned_out_to_be_another(ask: Conversation) -> None:
    papers = (
        record("Parsing with Sparsity", authors=names("Noah A. Smith", "Ada Bee")),
        record("Structured Sparsity", authors=names("Noah Smith", "Ada Bee")),
    )
    await ingest.take(ask.client.library.db, "made", ParsedSource(papers=papers))
    view = ask.client.library.view(ask.scene.guild.id)
    (short,), (full,) = await view.namesakes("Noah Smith"), await view.namesakes("Noah A. Smith")
    async with view.db.write() as connection:
        for one in (short, full):
            await team_members.add(connection, view.owner, one.handle)
    await correcting_people.join(view, short.handle, full.handle, 7)
    card = await ask("team")
    assert card.text.startswith("### The team: 1 person, 2 papers here")
    (chosen,) = [one for one in card.options() if one["list"] == "team:out"]
    await ask.scene.member.select(card.shown, [chosen["value"]], custom_id="team:out")
    assert "Nobody is in the team" in (await ask("team")).text


async def test_a_team_that_is_full_says_so(ask: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team_members, "MOST", 1)
    await ask("team", add="zehan qi")
    assert "take somebody out first" in (await ask("team", add="xiao liu")).text
    assert "1 person" in (await ask("team", add="zehan qi")).text, "who is in it already"
