"""What is new about an author, asked from their page."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from store import ingest
from store.models import ParsedSource
from tests.discord.conversation import Answer, Conversation
from tests.support.made import names, page, record, source

TODAY = datetime.now(UTC)


async def test_papers_figures_and_coauthors_since_a_day(ask: Conversation) -> None:
    old = record("Weaving Looms", published="2020", authors=names("Ada Bee", "Bo Li"))
    new = record("Dyeing Silk", published=TODAY.date().isoformat(), authors=names("Ada Bee", "Bo Li", "Cy Dee"))
    for days, citations, papers in ((200, 100, (old,)), (10, 112, (old, new))):
        where = source(retrieved=TODAY - timedelta(days=days))
        made = page(
            "Ada Bee", *(one.model_copy(update={"source": where}) for one in papers), where=where, citations=citations
        )
        await ingest.take(ask.client.library.db, "page", ParsedSource(pages=(made,)))
    shown = await ask.press(await ask("author", name="ada bee"), "What is new")
    assert "**+12** citations: 100 on" in shown.text and ", 112 on" in shown.text
    assert "**1 new co-author**: Cy Dee" in shown.text
    assert "**1 paper** published since" in shown.text
    assert shown.titles == ["Dyeing Silk"]
    assert "first of 3 authors" in shown.text
    year = await ask.press(shown, "Last year")
    assert "Figures are known here since" in year.text
    opened = await ask.open(year, "Dyeing Silk")
    assert "Dyeing Silk" in opened.text
    back = await ask.press(opened, "← Back")
    assert "**+12** citations" in back.text
    assert (await ask.press(back, "← Back")).text.startswith("## Ada Bee")


async def test_since_any_day_that_is_typed(ask: Conversation) -> None:
    card, member = await ask.press(await ask("author", name="zehan qi"), "What is new"), ask.scene.member

    async def since(typed: str) -> Answer | None:
        form = await member.click(card.shown, custom_id=card.buttons()["Another date"])
        answer = await member.submit_modal(form, {"since": typed})
        return Answer(answer, answer.response) if answer.response else None

    await since("2024-11")
    assert card.text.startswith("### Zehan Qi since 1 Nov 2024\n")
    assert "**2 papers** published since" in card.text
    wrong = await since("last week")
    assert wrong and wrong.private and "“last week” is no date. Try one such as 2025" in wrong.text
    await since("2026")
    assert "**No paper** published since; the newest is of 5 Oct 2025" in card.text
    await since("1999")
    assert "**13 papers** published since" in card.text
