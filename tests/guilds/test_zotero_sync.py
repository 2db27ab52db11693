"""Reading lists and Zotero: what either side does reaches the other, through faults, and nothing is lost or doubled."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime

import pytest
from aiohttp import web
from pydantic import SecretStr

from seeds.http import Fetcher, Manner, open_fetcher
from seeds.services.zotero import ZoteroLibrary
from store.catalog.merge import merge
from store.guilds import list_entries, paper_notes, reading_lists, zotero_links
from store.guilds.reading_lists import ReadingList
from store.guilds.zotero_links import LinkedItem, ZoteroLink
from store.list_sync.merge import Choice
from store.list_sync.models import RemoteItem, RemoteRefusedError, RemoteUnavailableError
from store.models import Handle, Identifier, Paper
from store.storage.database import Database
from store.zotero_sync import sync
from tests.guilds.channels import NOW
from tests.seeds.zotero_server import KEY, Json, ZoteroServer, zotero_server
from tests.support.made import record

GUILD, ADA = 100, 1
COLLECTION = "ABCD2345"
EDITS = 1000
CHOICES: tuple[Choice, ...] = ("here", "there")


def made(number: int) -> Paper:
    """The paper of a number, which its DOI has."""
    name = "".join("abcdefghij"[int(digit)] for digit in f"{number:013d}")
    dois = (Identifier(scheme="doi", value=f"10.1234/{number}"),)
    return merge(name, [record(f"Paper {number}", identifiers=dois)])


PAPERS = {paper.handle: paper for paper in map(made, range(60))}


class Desk:
    """A list of Ada's on one side and a library on the other, and what is done to both."""

    def __init__(self, db: Database, server: ZoteroServer, fetcher: Fetcher, one: ReadingList) -> None:
        self.db, self.server, self.one = db, server, one
        manner = Manner(pause=0, tries=2, first_wait=0)
        self.remote = ZoteroLibrary(
            fetcher, server.address, "groups/7", KEY, COLLECTION, lambda: datetime.now(UTC), manner
        )

    async def sync(self) -> bool:
        """Compare both; False where the library could not be reached to the end."""
        async with self.db.read() as connection:
            link = await zotero_links.get(connection, self.one.id)
        assert link
        try:
            await sync(self.db, link, self.remote, self._find, self._load, NOW)
        except RemoteUnavailableError:
            return False
        return True

    async def _find(self, items: Sequence[RemoteItem]) -> Mapping[str, Paper]:
        numbers = {i.key: i.record.identifiers[0].value.rpartition("/")[2] for i in items if i.record}
        return {key: made(int(number)) for key, number in numbers.items()}

    async def _load(self, handles: Sequence[Handle]) -> Mapping[Handle, Paper]:
        return {handle: PAPERS[handle] for handle in handles}

    async def here(self) -> dict[str, tuple[set[str], Counter[str]]]:
        """The papers of the list by title, with tags and notes."""
        async with self.db.read() as connection:
            found = await list_entries.entries(connection, self.one)
            notes = await paper_notes.notes_on(connection, GUILD, ADA, [entry.handle for entry in found])
        return {e.title: (set(e.tags), Counter(note.text for note in notes.get(e.handle, ()))) for e in found}

    def there(self) -> dict[str, tuple[set[str], Counter[str]]]:
        """The same of the library; the same paper twice is an error."""
        found: dict[str, tuple[set[str], Counter[str]]] = {}
        for item in self.papers():
            assert item["title"] not in found, "doubled"
            found[item["title"]] = ({tag["tag"] for tag in item["tags"]}, Counter(map(_words, self.notes(item["key"]))))
        return found

    def papers(self) -> list[Json]:
        items = self.server.items.values()
        return [i for i in items if i["itemType"] != "note" and COLLECTION in i["collections"] and not i.get("deleted")]

    def notes(self, parent: object) -> list[Json]:
        items = self.server.items.values()
        return [i for i in items if i["itemType"] == "note" and i["parentItem"] == parent and not i.get("deleted")]

    async def questions(self) -> list[LinkedItem]:
        async with self.db.read() as connection:
            return await zotero_links.open_questions(connection, self.one.id)


def _words(note: Mapping[str, object]) -> str:
    return str(note["note"]).removeprefix("<p>").removesuffix("</p>")


@pytest.fixture
async def desk(db: Database) -> AsyncIterator[Desk]:
    async with zotero_server() as server, open_fetcher("Lectern's tests", pause=0, first_wait=0, tries=1) as fetcher:
        async with db.write() as connection:
            one = await reading_lists.named(connection, GUILD, ADA, "Silk", NOW)
            await zotero_links.connect(
                connection,
                ZoteroLink(
                    list_id=one.id, owner=GUILD, person=ADA, library="groups/7", collection=COLLECTION,
                    api_key=SecretStr(KEY), version=0, due=NOW, synced=None, failure=None, stopped=False,
                ),
            )  # fmt: skip
        yield Desk(db, server, fetcher, one)


def item(number: int, **fields: object) -> dict[str, object]:
    """A paper as somebody has it in Zotero."""
    body = {"itemType": "journalArticle", "title": f"Paper {number}", "DOI": f"10.1234/{number}", "tags": []}
    return {**body, "collections": [COLLECTION], **fields}


async def save(desk: Desk, number: int, *tags: str) -> None:
    async with desk.db.write() as connection:
        await list_entries.save(connection, desk.one, made(number), ADA, NOW, tags)


async def test_papers_tags_and_notes_go_both_ways(desk: Desk) -> None:
    desk.server.page = 2
    await save(desk, 1, "silk")
    async with desk.db.write() as connection:
        await paper_notes.add(connection, GUILD, ADA, made(1).handle, "a < b\nand c", NOW, shared=False)
    for number in (2, 3, 4):
        parent = desk.server.put(item(number, tags=[{"tag": "wool"}, {"tag": "auto", "type": 1}]))
        desk.server.put({"itemType": "note", "parentItem": parent, "note": f"<p>note {number}</p>"})
    desk.server.put(item(5, collections=["OTHER234"]))
    assert await desk.sync()
    assert await desk.here() == {
        "Paper 1": ({"silk"}, Counter(["a < b\nand c"])),
        **{f"Paper {n}": ({"wool"}, Counter([f"note {n}"])) for n in (2, 3, 4)},
    }
    assert desk.there()["Paper 1"] == ({"silk"}, Counter(["a &lt; b</p><p>and c"]))
    (first,) = [one for one in desk.papers() if one["title"] == "Paper 1"]
    assert (first["DOI"], first["creators"][0]["lastName"]) == ("10.1234/1", "Vaswani")
    await save(desk, 2, "linen")
    assert await desk.sync()
    (second,) = [one for one in desk.papers() if one["title"] == "Paper 2"]
    assert second["tags"] == [{"tag": "linen"}, {"tag": "wool"}, {"tag": "auto", "type": 1}], "automatic tags stay"
    writes = [method for method, _ in desk.server.requests if method == "POST"]
    assert await desk.sync()
    assert [method for method, _ in desk.server.requests if method == "POST"] == writes, "nothing to write"


async def test_what_both_changed_or_one_took_away_is_asked_about(desk: Desk) -> None:
    keys = [desk.server.put(item(number)) for number in (1, 2)]
    note = desk.server.put({"itemType": "note", "parentItem": keys[0], "note": "<p>first</p>"})
    assert await desk.sync()
    desk.server.put({"key": note, "note": "<p>theirs</p>"})
    desk.server.delete(keys[1])
    async with desk.db.write() as connection:
        (mine,) = await paper_notes.notes_of(connection, GUILD, ADA, made(1).handle)
        await paper_notes.edit(connection, mine, "ours")
    assert await desk.sync()
    asked = {one.item_key: one.asked for one in await desk.questions() if one.asked}
    assert (asked[note].question, asked[note].here, asked[note].there) == ("both changed", "ours", "theirs")
    assert asked[keys[1]].question == "removed there"
    assert "Paper 2" in await desk.here(), "it stays until somebody says so"
    async with desk.db.write() as connection:
        assert await zotero_links.choose(connection, desk.one.id, note, "here")
        assert await zotero_links.choose(connection, desk.one.id, keys[1], "there")
    assert await desk.sync()
    assert await desk.here() == desk.there() == {"Paper 1": (set(), Counter(["ours"]))}
    assert not await desk.questions()


async def test_a_formatted_note_is_not_flattened_without_a_question(desk: Desk) -> None:
    key = desk.server.put(item(1))
    note = desk.server.put({"itemType": "note", "parentItem": key, "note": "<p>so <b>bold</b></p>"})
    assert await desk.sync()
    async with desk.db.write() as connection:
        (mine,) = await paper_notes.notes_of(connection, GUILD, ADA, made(1).handle)
        assert mine.text == "so bold"
        await paper_notes.edit(connection, mine, "so plain")
    assert await desk.sync()
    assert [one.item_key for one in await desk.questions()] == [note]
    assert "bold" in desk.server.items[note]["note"]


async def test_a_wrong_key_is_told_and_is_in_no_message(desk: Desk) -> None:
    desk.remote = ZoteroLibrary(
        desk.remote.fetcher, desk.server.address, "groups/7", "wrong-secret", None, lambda: NOW, desk.remote.manner
    )
    with pytest.raises(RemoteRefusedError) as refused:
        await desk.sync()
    assert "403" in str(refused.value)
    assert "wrong-secret" not in str(refused.value) + repr(desk.remote)


async def test_a_thousand_edits_on_both_sides_with_faults_lose_and_double_nothing(desk: Desk) -> None:
    chance = random.Random(7)
    texts: set[str] = set()
    told: set[str] = set()
    """Texts and tags that somebody took away or overwrote who saw them, or decided about when they were asked."""
    asked = 0

    def faulty(request: web.Request) -> str | int | None:
        if chance.random() < 0.1:
            _remote_edit(desk, chance, texts, told, -len(texts))  # Somebody is faster.
        return chance.choice((429, 503, "before", "after")) if chance.random() < 0.15 else None

    for number in range(EDITS):
        edit = _local_edit if chance.random() < 0.5 else None
        if edit:
            await edit(desk, chance, texts, told, number)
        else:
            _remote_edit(desk, chance, texts, told, number)
        if chance.random() < 0.2:
            desk.server.fault = faulty
            await desk.sync()
            desk.server.fault = lambda request: None
            if chance.random() < 0.5:
                asked += await _decide(desk, chance, told)
    for _ in range(20):
        await desk.sync()
        asked += await _decide(desk, chance, told)
    assert await desk.sync()
    assert not await desk.questions()
    here, there = await desk.here(), desk.there()
    assert here == there
    assert asked > 50
    assert all(times == 1 for _, notes in here.values() for times in notes.values()), "doubled"
    kept = {tag for tags, notes in here.values() for tag in (*tags, *notes)}
    async with desk.db.read() as connection:
        notes = await paper_notes.notes_on(connection, GUILD, ADA, PAPERS)
    kept |= {note.text for of_paper in notes.values() for note in of_paper}
    kept |= {_words(one) for one in desk.server.items.values() if one["itemType"] == "note"}
    kept |= {tag["tag"] for one in desk.server.items.values() for tag in one["tags"]}
    assert texts - told - kept == set(), "lost"
    print(f"{EDITS} edits, {len(desk.server.requests)} requests, {asked} questions, {len(here)} papers,"
          f" {len(texts)} texts, {len(texts - told)} to be kept")  # fmt: skip


async def _decide(desk: Desk, chance: random.Random, told: set[str]) -> int:
    """Answer every open question, as somebody who reads what is here and there."""
    open_now = await desk.questions()
    async with desk.db.write() as connection:
        for one in open_now:
            assert one.asked
            choice = chance.choice(CHOICES)
            lost = one.asked.there if choice == "here" else one.asked.here
            told |= {lost} if isinstance(lost, str) else set(lost or ())
            await zotero_links.choose(connection, desk.one.id, one.item_key, choice)
    return len(open_now)


async def _local_edit(desk: Desk, chance: random.Random, texts: set[str], told: set[str], number: int) -> None:
    text = f"h{number}"
    async with desk.db.write() as connection:
        found = await list_entries.entries(connection, desk.one)
        what = chance.choice(("save", "tag", "untag", "remove", "note", "note", "edit", "edit", "unnote"))
        if what == "save" or not found:
            texts.add(text)
            await list_entries.save(connection, desk.one, made(chance.randrange(len(PAPERS))), ADA, NOW, [text])
            return
        entry = chance.choice(found)
        notes = await paper_notes.notes_of(connection, GUILD, ADA, entry.handle)
        if what == "tag":
            texts.add(text)
            await list_entries.set_tags(connection, desk.one, entry.handle, [*entry.tags, text], NOW)
        elif what == "untag" and entry.tags:
            told.add(entry.tags[0])
            await list_entries.set_tags(connection, desk.one, entry.handle, entry.tags[1:], NOW)
        elif what == "remove" and chance.random() < 0.5:
            told |= set(entry.tags)
            await list_entries.remove(connection, desk.one, entry.handle, NOW)
        elif what == "note" and len(notes) < 5:
            texts.add(text)
            await paper_notes.add(connection, GUILD, ADA, entry.handle, text, NOW, shared=False)
        elif what in ("edit", "unnote") and notes:
            note = chance.choice(notes)
            told.add(note.text)
            texts |= {text} if what == "edit" else set()
            await paper_notes.edit(connection, note, text if what == "edit" else "")


def _remote_edit(desk: Desk, chance: random.Random, texts: set[str], told: set[str], number: int) -> None:
    text, server, found = f"t{number}", desk.server, desk.papers()
    what = chance.choice(("save", "tag", "untag", "trash", "delete", "leave", "note", "note", "edit", "edit", "unnote"))
    titles = {one["title"] for one in server.items.values() if one["itemType"] != "note"}
    free = [place for place in range(len(PAPERS)) if f"Paper {place}" not in titles]
    if what == "save" or not found:
        if free:
            texts.add(text)
            server.put(item(chance.choice(free), tags=[{"tag": text}]))
        return
    one = chance.choice(found)
    key, tags, notes = str(one["key"]), list(one["tags"]), desk.notes(one["key"])
    if what == "tag":
        texts.add(text)
        server.put({"key": key, "tags": [*tags, {"tag": text}]})
    elif what == "untag" and tags:
        told.add(tags[0]["tag"])
        server.put({"key": key, "tags": tags[1:]})
    elif what in ("trash", "delete", "leave") and chance.random() < 0.3:
        told |= {tag["tag"] for tag in tags} | set(map(_words, notes))
        if what == "delete":
            server.delete(key)
        else:
            server.put({"key": key, **({"deleted": 1} if what == "trash" else {"collections": []})})
    elif what == "note" and len(notes) < 5:
        texts.add(text)
        server.put({"itemType": "note", "parentItem": key, "note": f"<p>{text}</p>"})
    elif what in ("edit", "unnote") and notes:
        note = chance.choice(notes)
        told.add(_words(note))
        if what == "edit":
            texts.add(text)
            server.put({"key": note["key"], "note": f"<p>{text}</p>"})
        else:
            server.delete(str(note["key"]))
