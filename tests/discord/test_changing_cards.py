"""One card that changes: its views, the way back, copies for others, and what is shown to the channel."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from commands import answers, respond
from tests.discord.conversation import Conversation, conversation
from tests.discord.test_papers import TITLES

BACK, SHOW = "← Back", "Show in channel"


async def test_summary_abstract_and_reference_are_one_message_for_whoever_asked(ask: Conversation) -> None:
    card = await ask("paper", title="long2rag")
    for label, shown in (("Summary", "TL;DR"), ("Abstract", "Key Point Recall"), ("Cite", "@"), ("Paper", "TL;DR")):
        after = await ask.press(card, label)
        assert after.shown.id == card.shown.id
        assert shown in after.text
    assert BACK not in card.buttons(), "a card that was asked for has nothing behind it"


async def test_back_leads_through_the_cards_that_one_came_by(ask: Conversation) -> None:
    card = await ask("author", name="zehan qi")
    page = card.text
    opened = await ask.open(card, TITLES["AgentRL"])
    assert opened.text.startswith(f"### {TITLES['AgentRL']}")
    await ask.press(card, "Related")
    near = card.titles
    await ask.press(card, "1")
    assert card.text.startswith(f"### {near[0]}")
    await ask.press(card, "Summary")
    await ask.press(card, BACK)
    assert card.titles == near
    await ask.press(card, BACK)
    assert card.text == page


async def test_a_page_of_a_search_is_where_back_leads(ask: Conversation) -> None:
    card = await ask("search", query="models")
    await ask.press(card, "▶")
    second = card.titles
    await ask.press(card, "2")
    assert second[1] in card.text
    await ask.press(card, BACK)
    assert card.titles == second


async def test_anybody_else_gets_a_private_copy_that_changes_in_its_place(ask: Conversation) -> None:
    card = await ask("search", query="agents")
    before = card.text
    other = ask.as_admin
    copy = await other.press(card, "1")
    assert copy.private
    assert copy.shown.id != card.shown.id
    changed = await other.press(copy, "Cite")
    assert changed.shown.id == copy.shown.id
    assert "@" in changed.text
    await other.press(copy, BACK)
    assert copy.titles == card.titles
    assert card.text == before


async def test_what_was_private_can_be_shown_to_the_channel(ask: Conversation) -> None:
    private = await ask("summary", paper="webrl", private=True)
    assert SHOW in private.buttons()
    shown = await ask.press(private, SHOW)
    assert not shown.private
    assert shown.shown.id != private.shown.id
    assert [line for line in shown.text.splitlines() if line] == [line for line in private.text.splitlines() if line]
    assert SHOW not in shown.buttons()
    assert SHOW not in (await ask("summary", paper="webrl")).buttons()


async def test_a_list_that_cannot_be_made_again_stays_beside_what_is_opened_from_it(ask: Conversation) -> None:
    added = await ask("add", entry="@article{a, title={A Made Paper on Looms}, author={Ann Made}}")
    opened = await ask.press(added, "1")
    assert opened.shown.id != added.shown.id
    assert opened.private
    assert BACK not in opened.buttons()
    await ask.press(opened, "Cite")
    assert "A Made Paper on Looms" in opened.text


async def test_the_way_back_works_after_a_restart(store_file: Path) -> None:
    async with conversation(store_file) as before:
        card = await before.press(await before("author", name="zehan qi"), "All papers")
        await before.press(card, "▶")
        await before.press(card, "1")
        page, back = card.text, card.buttons()[BACK]
    async with conversation(store_file) as after:
        card = await after.press(await after("author", name="zehan qi"), "All papers")
        await after.press(card, "▶")
        second = card.titles
        await after.press(card, "1")
        assert (card.text, card.buttons()[BACK]) == (page, back)
        await after.press(card, BACK)
        assert card.titles == second


async def test_a_view_that_takes_long_changes_the_message_when_it_is_ready(
    ask: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    card = await ask("paper", title="webrl")
    quick = answers.PAPER_ANSWERS["related"]

    async def slow(*args: object) -> object:
        await asyncio.sleep(0.05)
        return await quick(*args)  # type: ignore[arg-type]

    monkeypatch.setitem(answers.PAPER_ANSWERS, "related", slow)
    monkeypatch.setattr(respond, "DEFER_AFTER_S", 0.01)
    await ask.press(card, "Related")
    assert card.text.startswith("### Related to")
