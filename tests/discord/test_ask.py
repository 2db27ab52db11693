"""`/ask`: sentences of the bundled abstracts, the ways to their papers and back, and what is said where there are none."""

from __future__ import annotations

from tests.discord.conversation import Conversation
from tests.discord.test_papers import TITLES

QUESTION = "Does reinforcement learning improve web agents?"


async def test_a_question_is_answered_in_sentences_of_abstracts(ask: Conversation) -> None:
    card = await ask("ask", question=QUESTION)
    assert card.text.startswith(f"### {QUESTION}\n-# Looked at ")
    assert "of 13 papers." in card.text
    assert "**For (" in card.text
    assert "[1]" in card.text
    assert "sentence\N{NO-BREAK SPACE}" in card.text
    paper = await ask.choose(card, TITLES["WebRL"])
    assert paper.text.startswith(f"### {TITLES['WebRL']}\n")
    back = await ask.press(paper, "← Back")
    assert back.text == card.text


async def test_nothing_is_found_where_no_abstract_says_so(ask: Conversation) -> None:
    card = await ask("ask", question="Do hamsters dream of sunflower seeds in winter?")
    assert "I found nothing that says so." in card.text
    assert "of 13 papers." in card.text
    assert not card.private


async def test_options_narrow_what_is_read(ask: Conversation) -> None:
    card = await ask("ask", question=QUESTION, author="Zehan Qi", since="2025")
    assert "Only papers by “Zehan Qi”, and published since 2025." in card.text
    assert TITLES["WebRL"] not in [option["label"] for option in card.options()]
    wrong = await ask("ask", question=QUESTION, since="soon")
    assert wrong.private and "After since: write a year" in wrong.text


async def test_only_what_the_channel_follows(ask: Conversation) -> None:
    nothing = await ask("ask", question=QUESTION, followed=True)
    assert nothing.private and "This channel follows nothing yet." in nothing.text
    await ask.as_admin.press(await ask.as_admin("subscribe", query="curriculum"), "Confirm")
    card = await ask("ask", question=QUESTION, followed=True)
    assert "Only what this channel follows." in card.text
    assert [option["label"] for option in card.options()] == [TITLES["WebRL"]]


async def test_a_forgotten_question_is_said_to_be_old(ask: Conversation) -> None:
    card = await ask("ask", question=QUESTION)
    paper = await ask.choose(card, TITLES["WebRL"])
    async with ask.client.library.db.write() as connection:
        await connection.execute("DELETE FROM questions")
    assert "too old" in (await ask.press(paper, "← Back")).text
