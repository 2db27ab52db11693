"""`/search`: forms of words, orders of hits, snippets, and descriptions that no query is."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from store import ingest
from store.embeddings.semantic_index import SemanticIndex
from store.models import ParsedSource
from tests.discord.conversation import Conversation, conversation
from tests.support.embedders import HashingEmbedder
from tests.support.made import record

TODAY = datetime.now(UTC).date()
WEAVING = [
    ("A Loom for Silk", "Looms are slow. A loom with cards is faster, as our looms show.", 3, 400),
    ("Silk in Lyon", "On the looms of the city, of which one was famous.", 9, 20),
    ("Weaving by Machine", "Of many things one is the loom, which we mention at the end of a long abstract.", 5, 1),
]


def entries(*made: tuple[str, str, int, int]) -> str:
    return json.dumps(
        [
            {
                "title": title,
                "abstract": abstract,
                "authors": ["Ann Made"],
                "citations": cited,
                "published": (TODAY - timedelta(days=days)).isoformat(),
            }
            for title, abstract, cited, days in made
        ]
    )


async def titles(ask: Conversation, **options: Any) -> list[str]:
    return (await ask("search", **options)).titles


async def test_forms_of_a_word_find_the_same(ask: Conversation) -> None:
    await ask("add", entry=entries(*WEAVING))
    every = {title for title, *_ in WEAVING}
    assert set(await titles(ask, query="loom")) == set(await titles(ask, query="looms")) == every
    assert set(await titles(ask, query="=looms")) == {"A Loom for Silk", "Silk in Lyon"}
    assert await titles(ask, query='"one is the loom"') == ["Weaving by Machine"]
    assert await titles(ask, query="loom -cities -machines") == ["A Loom for Silk"]


async def test_hits_come_by_relevance_and_in_other_orders_by_a_button(store_file: Path) -> None:
    async with conversation(store_file) as ask:
        await ask("add", entry=entries(*WEAVING))
        card = await ask("search", query="loom")
        assert card.titles[0] == "A Loom for Silk" and "Most relevant first" in card.text
        assert {"Newest", "Most cited"} <= card.buttons().keys()
    async with conversation(store_file) as ask:
        again = await ask("search", query="loom")
        await ask.press(again, "Newest")
        assert again.titles == ["Weaving by Machine", "Silk in Lyon", "A Loom for Silk"]
        assert {"Most relevant", "Most cited"} <= again.buttons().keys()
        await ask.press(again, "Most relevant")
        assert again.titles[0] == "A Loom for Silk"


async def test_what_has_no_words_comes_by_date(ask: Conversation) -> None:
    await ask("add", entry=entries(*WEAVING))
    card = await ask("search", query="*", author="Ann Made")
    assert card.titles[0] == "Weaving by Machine"
    assert "Most relevant" not in card.buttons()


async def test_a_snippet_shows_the_words_that_matched(ask: Conversation) -> None:
    await ask(
        "add",
        entry=entries(*WEAVING, ("Nets *of* Wool", f"{'Before. ' * 40}The <@1> *loom* [x](y). {'After. ' * 40}", 0, 2)),
    )
    text = (await ask("search", query="looms")).text
    assert "-# **Looms** are slow. A **loom** with cards is faster, as our **looms** show." in text
    assert "Of many things one is the **loom**, which we mention" in text
    assert "loom" in text.split("Nets")[1] and "… " in text.split("Nets")[1]


async def test_dates_can_be_told_from_today(ask: Conversation) -> None:
    await ask("add", entry=entries(*WEAVING))
    assert await titles(ask, query="loom", since="7d") == ["Weaving by Machine"]
    assert set(await titles(ask, query="loom since:2m")) == {"Weaving by Machine", "Silk in Lyon"}
    assert await titles(ask, query="loom", since="yesterday") == ["Weaving by Machine"]
    wrong = await ask("search", query="loom", since="next week")
    assert wrong.private and "as in since:7d or since:yesterday" in wrong.text


DESCRIPTION = (
    "I look for work on how a machine with punched cards makes weaving faster than people do, perhaps in the old"
    " silk industry of France, and what became of those who wove by hand"
)


async def test_a_description_finds_what_fits_it_best(store_file: Path) -> None:
    async with conversation(store_file) as ask:
        await ask("add", entry=entries(*WEAVING))
        card = await ask("search", query=DESCRIPTION)
        assert "Papers that fit this best" in card.text and "The closest first" in card.text
        assert set(card.titles[:3]) == {title for title, *_ in WEAVING}
        first = card.titles
        await ask.press(card, "▶")
        assert card.titles and not set(card.titles) & set(first)
        await ask.press(card, "◀")
        assert card.titles == first
    long = f"{DESCRIPTION}. " * 10
    async with conversation(store_file) as ask:
        assert "Papers that fit this best" in (await ask("search", query=long)).text
        assert "No paper here shares a word with that" in (await ask("search", query="zzq " * 12)).text


async def test_words_that_no_paper_has_together_find_the_closest(ask: Conversation) -> None:
    await ask("add", entry=entries(*WEAVING))
    card = await ask("search", query="silk looms famous unheard")
    assert card.text.startswith("### No papers with") and "the closest" in card.text
    assert card.titles[0] == "Silk in Lyon"


async def test_with_a_model_a_description_finds_what_says_it_in_other_words(store_file: Path) -> None:
    semantic = SemanticIndex(HashingEmbedder())
    async with conversation(store_file, semantic) as ask:
        await ask("add", entry=entries(("Automobiles", "Of automobiles.", 0, 3)))
        title = "A Film about Cars"
        one = record(title, authors=())
        await ingest.take(ask.client.library.db, "a file", ParsedSource(papers=(one,)))
        await semantic.embed_missing(ask.client.library.db, 100)
        card = await ask(
            "search", query="movies and movies about an automobile and automobiles, that is, about an automobile movie"
        )
        assert "by words and meaning" in card.text and title in card.titles
