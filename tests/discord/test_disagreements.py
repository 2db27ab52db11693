"""Where the sources of a paper differ, through the real client: marked on the card, told on a click."""

from __future__ import annotations

from store import ingest
from store.models import ParsedSource
from tests.discord.conversation import Conversation
from tests.support.made import arxiv, names, record, source

TITLE = "Looms and Punched Cards for Language Models"


async def test_the_card_marks_where_sources_differ_and_tells_it_on_a_click(ask: Conversation) -> None:
    preprint = record(
        TITLE,
        source=source("arXiv", "arxiv"),
        published="2024-11-05",
        identifiers=arxiv("2411.01234"),
        authors=names("Ada Lovelace"),
    )
    printed = record(
        TITLE,
        source=source("refs.bib", "bibtex"),
        published="2025-11",
        venue="EMNLP 2025",
        identifiers=arxiv("2411.01234"),
    )
    listed = record(
        TITLE,
        source=source("DBLP", "dblp"),
        published="2023",
        venue="CoRR",
        identifiers=arxiv("2411.01234"),
        authors=names("Ada Lovelance"),
    )
    await ingest.take(ask.client.library.db, "made", ParsedSource(papers=(preprint, printed, listed)))
    card = await ask("paper", title="2411.01234")
    assert "arXiv 5 Nov 2024 · published in EMNLP 2025" in card.text
    assert "⚠ Sources differ on year of the preprint, venue, spelling of names" in card.text
    first = card.shown.id
    await ask.press(card, "Sources")
    assert card.shown.id == first
    assert "▸ is shown on the paper's card." in card.text
    for said in (
        "5 Nov 2024",
        "2023",
        "Ada Lovelance",
        "EMNLP 2025",
        "CoRR",
        "DBLP, read 22 Nov 2026",
        "refs.bib, read 22 Nov 2026",
    ):
        assert said in card.text
    await ask.press(card, "Paper")
    assert "⚠ Sources differ on year of the preprint, venue, spelling of names" in card.text
    alike = await ask("paper", title="long2rag")
    assert "Sources" not in alike.buttons()
