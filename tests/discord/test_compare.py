"""Authors and papers side by side."""

from __future__ import annotations

from tests.discord.conversation import Conversation
from tests.discord.test_papers import TITLES


async def test_two_authors_side_by_side(ask: Conversation) -> None:
    card = await ask("compare", first="zehan qi", second="xiao liu", third="rongwu xu")
    assert card.text.startswith("### Zehan Qi · Xiao Liu · Rongwu Xu\n")
    assert "Zehan Qi: **13**, 2023 to 2025" in card.text
    assert "Xiao Liu: **5**, 2024 to 2025" in card.text
    assert "h-index **36** · **13** papers · **2,602** citations" in card.text
    assert "Xiao Liu: not known" in card.text, "of whom no source gives figures"
    assert "Zehan Qi and Xiao Liu: **5**" in card.text
    assert "Xiao Liu and Rongwu Xu" not in card.text, "who wrote nothing together"
    ((told, _),) = card.pictures
    assert "Xiao Liu: 4 in 2024, 1 in 2025" in told
    both = await ask.choose(card, "Zehan Qi and Xiao Liu")
    assert both.text.startswith("### Zehan Qi: 5 papers with Xiao Liu")
    back = await ask.press(both, "← Back")
    assert (await ask.press(back, "Xiao Liu")).text.startswith("## Xiao Liu")


async def test_two_papers_side_by_side(ask: Conversation) -> None:
    card = await ask("compare", first="webrl", second="agentrl")
    assert card.titles == [TITLES["WebRL"], TITLES["AgentRL"]]
    assert card.text.count("\n> ") == 2, "a sentence of each abstract"
    assert "**Authors of all**\nZehan Qi, Xiao Liu\n" in card.text
    assert card.text.endswith("**Said by all**\nreinforcement learning, agents")
    assert TITLES["AgentRL"] in (await ask.press(card, "2")).text


async def test_what_cannot_be_compared_is_said(ask: Conversation) -> None:
    mixed = await ask("compare", first="zehan qi", second="webrl")
    assert mixed.private and "I compare authors with authors and papers with papers." in mixed.text
    assert "Two of those are the same" in (await ask("compare", first="zehan qi", second="qi zehan")).text
    assert "may be several papers or none" in (await ask("compare", first="zehan qi", second="qqqq zzzz")).text


async def test_names_and_titles_are_suggested(ask: Conversation) -> None:
    suggested = await ask.suggested("compare", "second", "webrl")
    assert "WebRL" in suggested[0], "before names that are less like it"
    assert "Zehan Qi" in (await ask.suggested("compare", "first", "zehan"))[0]
    assert await ask.suggested("compare", "first", "") == []
    await ask("author", name="xiao liu")
    assert "Xiao Liu" in (await ask.suggested("compare", "first", ""))[0]
