"""No address leads to what is another guild's or member's, whatever happens, and one that was taken back to nothing."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from store import own_intake
from store.guilds import hidden_papers, list_entries, own_additions, paper_notes, reading_lists, subscriptions
from store.guilds.own_papers import Owner
from store.guilds.web_addresses import Subject
from store.models import Paper, ParsedSource
from tests.guilds.channels import NOW, record
from tests.guilds.test_isolation import CHANNELS, GUILD_A, GUILD_B, PEOPLE, Step, steps
from tests.support.made import names
from tests.web.serving import Served, served

FEW = (settings.default or settings()).max_examples // 5


async def seen(site: Served) -> list[tuple[str, str]]:
    """What guild B's addresses show, without keys and ids, which are random or made of what is."""
    shown = []
    subjects = [
        (str(one.query), Subject(GUILD_B, "subscription", one.token))
        for one in await subscriptions.in_channel(site.library.db, CHANNELS[GUILD_B])
    ]
    for name in PEOPLE:
        authors = await site.library.view(GUILD_B).namesakes(name)
        subjects += [(one.handle, Subject(GUILD_B, "author", one.handle)) for one in authors]
    for name, subject in subjects:
        address = await site.make(subject)
        for path in ("", "/atom.xml"):
            answer = await site.get(f"/p/{address.key}{path}")
            text = answer.text.replace(address.key, "KEY")
            shown.append((f"{name}{path}", f"{answer.status} {re.sub('urn:uuid:[0-9a-f-]+', 'ID', text)}"))
    return shown


async def lived_through(history: list[Step], path: Path) -> list[tuple[str, str]]:
    async with served(path) as site:
        for step in history:
            await step.what(site.library)
        return await seen(site)


@settings(max_examples=FEW)
@given(st.lists(steps, min_size=4, max_size=14))
def test_a_guilds_pages_are_the_same_with_and_without_another(history: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        without = [step for step in history if step.guild != GUILD_A]
        with_a = asyncio.run(lived_through(history, Path(folder) / "with.db"))
        assert with_a == asyncio.run(lived_through(without, Path(folder) / "without.db"))


class Shelf(NamedTuple):
    """A reading list with a paper that its owner alone has; the paper's title and the note on it name the list."""

    owner: Owner
    person: int
    marker: str


ADA, BO = 7, 8
SHELVES = [
    Shelf(GUILD_A, 0, "alpha"),
    Shelf(GUILD_A, ADA, "bravo"),
    Shelf(GUILD_A, BO, "charlie"),
    Shelf(GUILD_B, 0, "delta"),
    Shelf(GUILD_B, ADA, "echo"),
    Shelf(-ADA, ADA, "foxtrot"),
    Shelf(-BO, BO, "golf"),
]
acts = st.tuples(st.sampled_from(["make", "make", "take back", "hide", "share", "delete"]), st.sampled_from(SHELVES))


async def shelved(site: Served) -> dict[str, Subject]:
    """The lists by marker; Ada and Bo have papers in them that they alone added."""
    db, subjects = site.library.db, {}
    for shelf in SHELVES:
        paper = record(f"Looms of {shelf.marker}", authors=names("Ada Byron"))
        added = own_additions.Addition(shelf.owner, shelf.person or ADA)
        await own_intake.take(db, added, "/add", ParsedSource(papers=(paper,)), NOW)
        (shown,) = await _paper(site, shelf)
        async with db.write() as connection:
            one = await reading_lists.named(
                connection, shelf.owner, shelf.person or ADA, shelf.marker, NOW, team=shelf.person == 0
            )
            await list_entries.save(connection, one, shown, ADA, NOW)
            for person, shared in ((shelf.person or ADA, True), (BO if shelf.person == ADA else ADA, False)):
                text = f"note {shelf.marker}" if shared else "secret"
                await paper_notes.add(connection, shelf.owner, person, shown.handle, text, NOW, shared=shared)
        subjects[shelf.marker] = Subject(shelf.owner, "list", one.token, shelf.person)
    return subjects


async def _paper(site: Served, shelf: Shelf) -> list[Paper]:
    """The paper of the list, where its owner still sees it."""
    view = site.library.view(shelf.owner)
    found = await view.papers(await view.newest(len(SHELVES)))
    return [one for one in found if one.title == f"Looms of {shelf.marker}"]


async def play(site: Served, history: list[tuple[str, Shelf]]) -> None:
    subjects = await shelved(site)
    holds: dict[str, str] = {}
    ever: dict[str, str] = {}
    gone: set[str] = set()
    hidden: set[str] = set()
    for act, shelf in history:
        subject = subjects[shelf.marker]
        match act:
            case "make":
                holds[shelf.marker] = (await site.make(subject)).key
                ever[holds[shelf.marker]] = shelf.marker
            case "take back":
                assert await site.take_back(subject) == (holds.pop(shelf.marker, None) is not None)
            case _:
                await _change(site, act, shelf, subject)
                (gone if act == "delete" else hidden if act == "hide" else set()).add(shelf.marker)
        for key, marker in ever.items():
            page, feed = await site.get(f"/p/{key}"), await site.get(f"/p/{key}/atom.xml")
            if holds.get(marker) != key or marker in gone:
                assert (page.status, feed.status) == (404, 404)
                continue
            for answer in (page, feed):
                assert answer.status == 200 and "secret" not in answer.text
                named = {one.marker for one in SHELVES if one.marker in answer.text.lower()}
                assert named == {marker}
                assert (f"note {marker}" in answer.text) == (marker not in hidden)


async def _change(site: Served, act: str, shelf: Shelf, subject: Subject) -> None:
    mine = await _paper(site, shelf)
    async with site.library.db.write() as connection:
        lists = await reading_lists.lists_of(connection, shelf.owner, shelf.person or ADA)
        for one in lists:
            if one.token == subject.name and act == "delete":
                await reading_lists.delete(connection, one)
            elif one.token == subject.name and act == "share":
                await reading_lists.share(connection, one, shared=True)
        if act == "hide" and mine:
            await hidden_papers.hide(connection, shelf.owner, mine[0], ADA, NOW)


@settings(max_examples=FEW)
@given(st.lists(acts, min_size=3, max_size=12))
def test_a_key_leads_to_its_own_list_until_it_is_taken_back(history: list[tuple[str, Shelf]]) -> None:
    async def lived(path: Path) -> None:
        async with served(path) as site:
            await play(site, history)

    with TemporaryDirectory() as folder:
        asyncio.run(lived(Path(folder) / "lectern.db"))
