"""How novel a paper is, on the card of those related to it."""

from __future__ import annotations

import random

import pytest

from commands import answers
from store import ingest
from store.models import ParsedSource
from tests.discord.conversation import Conversation
from tests.support.made import names, record

WORDS = [f"{one}{other}" for one in ("loom", "silk", "weft", "dye", "yarn", "reed") for other in "abcdefghijklmnop"]


async def fill(ask: Conversation) -> str:
    """A store of 160 papers, of which the newest has the abstract of an earlier one; its title."""
    draw = random.Random(1)
    papers = [
        record(
            f"Paper {number} on {draw.choice(WORDS)}",
            authors=names(f"Author {number}"),
            abstract=" ".join(draw.choices(WORDS, k=60)),
            category="cs.CL",
            published=f"{2023 + (number >= 110)}-{1 + number % 12:02}-{1 + number % 28:02}",
        )
        for number in range(160)
    ]
    # It is by the same author.
    copied = papers[3].model_copy(update={"title": f"{papers[3].title} again", "published": "2024-12-30"})
    await ingest.take(ask.client.library.db, "made", ParsedSource(papers=(*papers, copied)))
    return copied.title


@pytest.mark.parametrize("within", [60.0, 0.0], ids=["at once", "later"])
async def test_a_copied_abstract_is_the_least_novel_of_its_year(
    ask: Conversation, monkeypatch: pytest.MonkeyPatch, within: float
) -> None:
    monkeypatch.setattr(answers, "NOVELTY_WITHIN_S", within)
    title = await fill(ask)
    card = await ask("related", paper=title)
    await ask.scene.env.settle()
    assert "Novelty by Lectern's measure: farther from earlier papers than 0 % of 5" in card.text
    assert f"nearest: “{title.removesuffix(' again')}” (4 Apr 2023)" in card.text
    assert card.titles, "the related papers are there with it"


async def test_how_novel_an_author_s_papers_are_is_asked_from_their_page(ask: Conversation) -> None:
    title = await fill(ask)
    again = record("Looms of Lyon", authors=names("Author 3"), category="cs.CL", published="2025")
    await ingest.take(ask.client.library.db, "made", ParsedSource(papers=(again,)))
    page = await ask("author", name="author 3")
    card = await ask.press(page, "How novel")
    assert card.text.startswith("### Author 3: novelty of the 3 newest papers, 0 % in the middle")
    assert card.titles[0] == "Looms of Lyon" and "nothing can be said" in card.text
    assert "farther from earlier papers than 0 % of 5" in card.text
    assert title in (await ask.open(card, title)).text


async def test_a_small_store_says_nothing_of_novelty(ask: Conversation) -> None:
    assert "Novelty" not in (await ask("related", paper="webrl")).text
    assert "How novel" not in (await ask("author", name="zehan qi")).buttons()
