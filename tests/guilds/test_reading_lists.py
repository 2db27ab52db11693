"""Reading lists and notes: nobody sees another's that were not shared, whatever happened before; merges lose nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from store.catalog.merge import merge
from store.errors import NotFoundError
from store.guilds import list_entries, paper_notes, reading_lists
from store.guilds.merged_matches import merge_papers
from store.guilds.reading_lists import TEAM, NameTakenError, ReadingList
from store.models import Paper
from store.storage.connection import Connection
from store.storage.database import Database
from tests.guilds.channels import NOW
from tests.support.made import record
from tests.support.migrated import put_empty_store

GUILD, OTHER = 100, 101
PEOPLE = (1, 2, 3)
PAPERS = tuple(merge(letter * 13, [record(f"Paper {letter}")]) for letter in "abc")


class Secret(NamedTuple):
    """A note: whose it is, and its text."""

    owner: int
    person: int
    text: str


class Act(NamedTuple):
    """Something that a person of a guild does; texts are made of its number, so that each is known again."""

    owner: int
    person: int
    what: str
    place: int


acts = st.lists(
    st.builds(
        Act,
        st.sampled_from((GUILD, OTHER)),
        st.sampled_from(PEOPLE),
        st.sampled_from(
            ("list", "team list", "save", "save", "note", "shared note", "share", "unshare", "share note",
             "hide note", "remove", "restore", "tags", "rename", "delete", "merge")
        ),
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=25,
)  # fmt: skip


@settings(max_examples=(settings.default or settings()).max_examples // 2)
@given(acts)
def test_nobody_sees_what_another_did_not_share(history: Sequence[Act]) -> None:
    with TemporaryDirectory() as folder:
        asyncio.run(_lived(history, put_empty_store(Path(folder) / "lectern.db")))


async def _lived(history: Sequence[Act], path: Path) -> None:
    db = await Database.open(path)
    try:
        async with db.write() as connection:
            # By text: whose it is, and whether the team of that owner may read it. An entry's tags go with its list.
            whose_list: dict[int, tuple[int, int]] = {}
            notes: dict[str, Secret] = {}
            for number, act in enumerate(history):
                await _do(connection, act, number, whose_list, notes)
            for owner in (GUILD, OTHER):
                for person in PEOPLE:
                    await _check(connection, owner, person, whose_list, notes)
    finally:
        await db.close()


async def _do(
    connection: Connection,
    act: Act,
    number: int,
    whose_list: dict[int, tuple[int, int]],
    notes: dict[str, Secret],
) -> None:
    seen = await reading_lists.lists_of(connection, act.owner, act.person)
    one = seen[act.place % len(seen)] if seen else None
    chosen = PAPERS[act.place % len(PAPERS)]
    if act.what in ("list", "team list"):
        team = act.what == "team list"
        name = f"{act.owner}-{act.person}-{number}"
        made = await reading_lists.named(connection, act.owner, act.person, name, NOW, team=team)
        whose_list[made.id] = (act.owner, TEAM if team else act.person)
    elif act.what in ("note", "shared note"):
        text = f"{act.owner}-{act.person}-note{number}"
        shared = act.what == "shared note"
        await paper_notes.add(connection, act.owner, act.person, chosen.handle, text, NOW, shared=shared)
        notes[text] = Secret(act.owner, act.person, text)
    elif act.what in ("share note", "hide note"):
        own = [
            note
            for note in await paper_notes.notes_of(connection, act.owner, act.person, chosen.handle)
            if note.person == act.person
        ]
        for note in own[:1]:
            await paper_notes.share(connection, note, shared=act.what == "share note")
    elif act.what == "merge":
        await merge_papers(connection, [(PAPERS[0].handle, PAPERS[1].handle)], NOW)
    elif one and one.may_change(act.person):
        await _change(connection, act, one, chosen, number)


async def _change(connection: Connection, act: Act, one: ReadingList, chosen: Paper, number: int) -> None:
    there = await list_entries.entry(connection, one, chosen.handle)
    tag = f"{one.owner}-{one.person}-tag{number}"
    if act.what == "save":
        await list_entries.save(connection, one, chosen, act.person, NOW, [tag])
    elif act.what in ("share", "unshare") and one.person == act.person:
        await reading_lists.share(connection, one, shared=act.what == "share")
    elif act.what == "remove" and there:
        await list_entries.remove(connection, one, chosen.handle, NOW)
    elif act.what == "restore":
        await list_entries.put_back(connection, one, chosen.handle, NOW)
    elif act.what == "tags" and there:
        await list_entries.set_tags(connection, one, chosen.handle, [tag], NOW)
    elif act.what == "rename":
        await reading_lists.rename(connection, one, f"{one.owner}-{one.person}-{number}")
    elif act.what == "delete":
        await reading_lists.delete(connection, one)


async def _check(
    connection: Connection,
    owner: int,
    person: int,
    whose_list: dict[int, tuple[int, int]],
    notes: dict[str, Secret],
) -> None:
    rows = list(await connection.execute_fetchall("SELECT id, token, owner, person, shared FROM reading_lists"))
    visible = {one.id for one in await reading_lists.lists_of(connection, owner, person)}
    for list_id, token, of_owner, of_person, shared in rows:
        assert whose_list[list_id] == (of_owner, of_person)
        allowed = of_owner == owner and (of_person in (TEAM, person) or bool(shared))
        assert (list_id in visible) == allowed
        if not allowed:
            with pytest.raises(NotFoundError):
                await reading_lists.get(connection, owner, person, token)
        if of_person not in (TEAM, person) or of_owner != owner:
            with pytest.raises(NotFoundError):
                await reading_lists.get_to_change(connection, owner, person, token)
    for one in await reading_lists.lists_of(connection, owner, person):
        found = await list_entries.entries(connection, one)
        assert all(tag.startswith(f"{one.owner}-{one.person}-") for entry in found for tag in entry.tags)
        assert one.total == len(found)
    shown = await paper_notes.notes_on(connection, owner, person, [one.handle for one in PAPERS])
    for note in [note for of_paper in shown.values() for note in of_paper]:
        assert notes[note.text].owner == owner
        assert notes[note.text].person == note.person
        assert note.person == person or note.shared
    for paper in PAPERS:
        saved = await list_entries.saved_by(connection, owner, paper.handle)
        assert all(whose.list_name.startswith(f"{owner}-") for whose in saved)


async def test_an_entry_moves_and_comes_back_with_all_that_it_has(db: Database) -> None:
    async with db.write() as connection:
        mine = await reading_lists.named(connection, GUILD, 1, "Mine", NOW)
        team = await reading_lists.named(connection, GUILD, 1, "Silk", NOW, team=True)
        assert await list_entries.save(connection, mine, PAPERS[0], 1, NOW, ["#A, b", "a", " "])
        await list_entries.set_state(connection, mine, PAPERS[0].handle, "reading", NOW)
        assert await list_entries.saved_by(connection, GUILD, PAPERS[0].handle) == [], "a person's list"
        await list_entries.move(connection, mine, team, PAPERS[0].handle, NOW)
        (moved,) = await list_entries.entries(connection, team)
        assert (moved.state, moved.tags) == ("reading", ("A b", "a"))
        assert await list_entries.entries(connection, mine) == []
        (saved,) = await list_entries.saved_by(connection, GUILD, PAPERS[0].handle)
        assert (saved.list_name, saved.person) == ("Silk", 1)
        await list_entries.remove(connection, team, PAPERS[0].handle, NOW)
        assert not await list_entries.saved_by(connection, GUILD, PAPERS[0].handle)
        assert await list_entries.put_back(connection, team, PAPERS[0].handle, NOW)
        assert await list_entries.entries(connection, team) == [moved]
        await reading_lists.named(connection, GUILD, 1, "Wool", NOW, team=True)
        with pytest.raises(NameTakenError):
            await reading_lists.rename(connection, team, " WOOL ")


async def test_papers_that_turn_out_to_be_one_are_one_entry_with_the_tags_and_notes_of_both(db: Database) -> None:
    gone, kept, _ = PAPERS
    async with db.write() as connection:
        mine = await reading_lists.named(connection, GUILD, 1, "Mine", NOW)
        await list_entries.save(connection, mine, gone, 1, NOW, ["silk", "wool"])
        await list_entries.save(connection, mine, kept, 1, NOW, ["wool"])
        await list_entries.remove(connection, mine, kept.handle, NOW)
        await paper_notes.add(connection, GUILD, 1, gone.handle, "first", NOW, shared=False)
        await merge_papers(connection, [(gone.handle, kept.handle)], NOW)
        (entry,) = await list_entries.entries(connection, mine)
        assert entry.handle == kept.handle
        assert set(entry.tags) == {"silk", "wool"}
        (note,) = await paper_notes.notes_of(connection, GUILD, 1, kept.handle)
        assert note.text == "first"
