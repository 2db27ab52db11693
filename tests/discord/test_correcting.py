"""Saying that two people are one and that a paper is another's: on the cards, until somebody undoes it."""

from __future__ import annotations

from pathlib import Path

from store import ingest
from store.guilds.own_papers import EVERYBODY
from store.models import ParsedSource
from tests.discord.conversation import Answer, Conversation, conversation
from tests.guilds.test_person_corrections import FULL, PAPERS, SHORT

QUESTION = f"{FULL}, 2 papers: the same person?"


async def with_smiths(ask: Conversation) -> None:
    await ingest.take(ask.client.library.db, "made", ParsedSource(papers=tuple(PAPERS)))


async def short_page(ask: Conversation) -> Answer:
    """The page under the short name; that of the fuller name is offered beside it."""
    return await ask.press(await ask("author", name=SHORT), "1")


def heading(answer: Answer) -> str:
    return answer.text.splitlines()[0]


async def test_two_are_joined_by_a_button_and_parted_by_another(store_file: Path) -> None:
    async with conversation(store_file) as ask:
        await with_smiths(ask)
        full = await ask("author", name=FULL)
        assert f"{SHORT}, 1 paper: the same person?" in full.buttons()
        page = await short_page(ask)
        choice = await ask.press(page, QUESTION)
        assert "with Ada Bee on both" in choice.text and "Same person" in choice.buttons()
        await ask.press(choice, "Same person")
        assert heading(page) == f"## {FULL}" and "3 papers here" in page.text
        assert not any("same person" in label for label in page.buttons())
        assert f"<@{ask.scene.member.id}> joined this page with {SHORT} (1 paper) on" in page.text.replace("**", "")
        assert await ask.suggested("author", "name", "noah smith") == [
            f"{SHORT} · 3 papers",
            "Search outside for “noah smith”",
        ]
        assert heading(await ask("author", name="noah smith")) == f"## {FULL}"
        # Nobody else sees it.
        (other,) = await ask.client.library.view(EVERYBODY).namesakes(SHORT)
        assert other.papers == 1
    async with conversation(store_file) as ask:
        page = await ask.as_admin("author", name="noah smith")
        assert heading(page) == f"## {FULL}" and "joined this page" in page.text
        undone = await ask.as_admin.press(page, "Undo")
        assert "they are two people again" in undone.text and QUESTION not in undone.buttons()
        page = await ask("author", name=FULL)
        assert "2 papers here" in page.text and "joined" not in page.text


async def test_undoing_twice_says_so(ask: Conversation) -> None:
    await with_smiths(ask)
    choice = await ask.press(await short_page(ask), QUESTION)
    await ask.press(choice, "Same person")
    first, second = await ask("author", name=SHORT), await ask("author", name=FULL)
    await ask.press(first, "Undo")
    assert "undone already" in (await ask.press(second, "Undo")).text


async def test_a_paper_is_given_to_another(ask: Conversation) -> None:
    await with_smiths(ask)
    page = await short_page(ask)
    paper = await ask.press(page, "1")
    authors = await ask.press(paper, "Authors")
    (entry,) = [o for o in authors.options() if o["label"] == SHORT and o["value"].startswith("whose:")]
    result = await ask.scene.member.select(authors.shown, [entry["value"]], custom_id=entry["list"])
    question = Answer(result, authors.shown)
    assert f"Not by {SHORT}: whose is it?" in question.text and FULL in question.text
    await ask.press(question, "Theirs")
    said = f"<@{ask.scene.member.id}> said on "
    assert said in authors.text and f"that this is not by {SHORT}, but by {FULL}." in authors.text
    full = await ask("author", name=FULL)
    assert "3 papers here" in full.text and "“Structured Sparsity” is not by" in full.text
    assert "0 papers here" in (await short_page(ask)).text
    await ask.press(full, "Undo")
    assert "said on" not in full.text and "Undone by" in full.text
    assert "2 papers here" in (await ask("author", name=FULL)).text


async def test_a_paper_is_somebody_elses(ask: Conversation) -> None:
    await with_smiths(ask)
    authors = await ask("paper", title="Structured Sparsity")
    await ask.press(authors, "Authors")
    (entry,) = [o for o in authors.options() if o["label"] == "Ada Bee" and o["value"].startswith("whose:")]
    await ask.scene.member.select(authors.shown, [entry["value"]], custom_id=entry["list"])
    await ask.press(authors, "Somebody else of this name")
    assert "not by Ada Bee, but by somebody else of the name" in authors.text
    assert [o["label"] for o in authors.options() if o["value"].startswith("profile:")] == [SHORT, "Cy Dee"]
    assert "2 papers here" in (await ask("author", name="Ada Bee")).text
