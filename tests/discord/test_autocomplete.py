"""Autocomplete, keystroke by keystroke: from the third letter on, what a person would expect is on top."""

from __future__ import annotations

import re

from store import ingest
from store.models import ParsedSource
from store.text.normalize import fold
from tests.discord.conversation import Conversation
from tests.discord.test_papers import TITLES
from tests.support.made import names, page, record, source


def keystrokes(text: str) -> list[str]:
    """Every beginning up to twelve letters, then every fifth."""
    return [text[:end] for end in (*range(3, 13), *range(17, len(text), 5)) if end <= len(text)]


async def test_titles_are_suggested(ask: Conversation) -> None:
    for title in TITLES.values():
        for typed in keystrokes(title):
            shown = await ask.suggested("paper", "title", typed)
            beginning_so = [t for t in TITLES.values() if fold(t).startswith(fold(typed))]
            assert shown[0].rstrip("…") in [t[: len(shown[0].rstrip("…"))] for t in beginning_so], typed
            assert len(shown) >= len(beginning_so), typed


async def test_names_are_suggested(ask: Conversation) -> None:
    listed = ["Zehan Qi", "Xiao Liu", "Rongwu Xu", "Zi'an Zhou", "Team GLM", "Iat Long Iong", "Yinhong Liu", "Bo Qin"]
    async with ask.client.library.db.read() as connection:
        everybody = [row[0] for row in await connection.execute_fetchall("SELECT name FROM authors")]
    for name in listed:
        for typed in keystrokes(name):
            first, *_ = await ask.suggested("author", "name", typed)
            name, papers = first.split(" · ")
            assert re.fullmatch(r"\d+ papers?", papers)
            assert name in [n for n in everybody if fold(n).startswith(fold(typed))], typed


async def test_a_surname_alone_finds_its_people(ask: Conversation) -> None:
    for typed in ("liu", "Liu"):
        shown = {name.partition(" · ")[0] for name in await ask.suggested("author", "name", typed)}
        assert {"Xiao Liu", "Yiran Liu", "Yinhong Liu"} <= shown


async def test_what_was_opened_last_is_offered_before_anything_is_typed(ask: Conversation) -> None:
    assert await ask.suggested("paper", "title", "") == []
    await ask("paper", title="webrl")
    await ask("paper", title="chatglm")
    assert await ask.suggested("paper", "title", "") == [TITLES["ChatGLM"], TITLES["WebRL"]]


async def test_a_suggestion_leads_to_what_it_shows(ask: Conversation) -> None:
    for typed in ("bias", "auto", "walk"):
        choices = await ask.scene.member.autocomplete(ask.scene.channels["lounge"], "paper", "title", typed)
        assert choices
        card = await ask("paper", title=choices[0]["value"])
        assert card.text.startswith(f"### {choices[0]['name'].rstrip('…')}")


async def test_namesakes_are_told_apart(ask: Conversation) -> None:
    """Two pages of one name are two people's."""
    for number, coauthor in enumerate(("Ada Bee", "Cy Dee"), 1):
        where = source(f"wei-wang-{number}.txt")
        mine = record(f"Wings, Volume {number}", authors=names("Wei Wang", coauthor), source=where)
        await ingest.take(
            ask.client.library.db,
            where.name,
            ParsedSource(pages=(page("Wei Wang", mine, where=where, h_index=number),)),
        )
    first, second = (await ask.suggested("author", "name", "wei wan"))[:2]
    assert first == "Wei Wang · 1 paper" and second == "Wei Wang · 1 paper · CL, wei-wang-2.txt"
    assert (await ask.suggested("search", "author", "wei wan")).count("Wei Wang") == 1
