"""A list and a library of Zotero, from the form to a decision, with a restart between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from bot.workers.zotero import ZoteroWorker
from seeds.http import open_fetcher
from store.guilds import zotero_links
from tests.discord.server import Server, shown, text
from tests.guilds.test_zotero_sync import item
from tests.seeds.zotero_server import KEY, ZoteroServer, zotero_server


async def compare(server: Server, zotero: ZoteroServer) -> datetime:
    """Let the worker compare what is due; returns the time that it took it to be."""
    # Beside the worker of the client, which cannot reach Zotero.
    later = datetime.now(UTC) + timedelta(hours=1)
    async with open_fetcher("Lectern's tests", pause=0, first_wait=0, tries=1) as fetcher:
        soon = timedelta(minutes=5)
        worker = ZoteroWorker(server.client, fetcher, zotero.address, soon, lambda: later)
        assert await worker.compare_due() == 1
    return later


def value_of(form: Any, label: str) -> str:
    """The value of the option with that label in a form."""
    options = [o for c in form.modal["components"] for o in c["component"].get("options", ())]
    return next(str(option["value"]) for option in options if label in option["label"])


async def test_a_team_ties_its_list_and_decides_what_differs(server: Server) -> None:
    ada, lounge = server.admin, server.scene.channels["lounge"]
    await server.arrive("Silk in Lyon")
    await ada.slash(lounge, "save", paper="Silk in Lyon", list="team: Weaving", tags="silk", note="Read it")
    async with zotero_server() as zotero:
        zotero.put(item(5, collections=[], title="Wool of Ghent", tags=[{"tag": "wool"}]))
        first = shown(await ada.slash(lounge, "zotero"))
        assert first.ephemeral
        form = await ada.click(first, label="Tie a list to Zotero")
        values = {"list": [value_of(form, "Weaving")], "library": "group 7", "collection": "", "key": KEY}
        tied = shown(await ada.submit_modal(form, values), first)
        assert "not compared yet" in text(tied) and KEY not in text(tied)
        await compare(server, zotero)
        assert {one["title"] for one in zotero.items.values() if one["itemType"] != "note"} == {
            "Silk in Lyon",
            "Wool of Ghent",
        }
        assert "<p>Read it</p>" in [one.get("note") for one in zotero.items.values()]

        await server.restart()
        lists = shown(await ada.slash(lounge, "lists"))
        page = shown(await ada.click(lists, label="Open"), lists)
        assert "Wool of Ghent" in text(page) and "#wool" in text(page) and "Zotero groups/7 · compared" in text(page)
        gone = next(key for key, one in zotero.items.items() if one.get("title") == "Silk in Lyon")
        zotero.delete(gone)
        managed = shown(await ada.slash(lounge, "zotero"))
        opened = shown(await ada.click(managed, label="Manage"), managed)
        await ada.click(opened, label="Compare now")
        await compare(server, zotero)
        managed = shown(await ada.slash(lounge, "zotero"))
        assert "1 thing to decide" in text(managed)
        opened = shown(await ada.click(managed, label="Manage"), managed)
        asked = shown(await ada.click(opened, label="Decide"), opened)
        assert "Silk in Lyon" in text(asked) and "no longer in Zotero" in text(asked)
        await ada.click(asked, label="As it is in Zotero")
        await compare(server, zotero)
        lists = shown(await ada.slash(lounge, "lists"))
        page = shown(await ada.click(lists, label="Open"), lists)
        assert "Silk in Lyon" not in text(page) and "Wool of Ghent" in text(page)


async def test_a_wrong_key_stops_it_and_is_kept_nowhere_else(server: Server) -> None:
    max_, lounge = server.scene.member, server.scene.channels["lounge"]
    await server.arrive("Silk in Lyon")
    await max_.slash(lounge, "save", paper="Silk in Lyon")
    async with zotero_server() as zotero:
        first = shown(await max_.slash(lounge, "zotero"))
        form = await max_.click(first, label="Tie a list to Zotero")
        values = {"list": [value_of(form, "To read")], "library": "nowhere", "collection": "", "key": "WrongKey12345"}
        refused = shown(await max_.submit_modal(form, values), first)
        assert "Name the library" in text(refused)
        rows = []
        async with server.client.library.db.read() as connection:
            rows = list(await connection.execute_fetchall("SELECT question FROM questions"))
        assert not any("WrongKey12345" in row[0] for row in rows), "what was typed beside it is not kept either"
        first = shown(await max_.slash(lounge, "zotero"))
        form = await max_.click(first, label="Tie a list to Zotero")
        await max_.submit_modal(form, {**values, "library": "user 7"})
        await compare(server, zotero)
        told = shown(await max_.slash(lounge, "zotero"))
        assert "stopped" in text(told) and "403" in text(told) and "WrongKey" not in text(told)


async def test_it_waits_for_as_long_as_zotero_asks_and_tells_what_zotero_refuses(server: Server) -> None:
    ada, lounge = server.admin, server.scene.channels["lounge"]
    await server.arrive("Refused")
    await ada.slash(lounge, "save", paper="Refused")
    async with zotero_server() as zotero:
        first = shown(await ada.slash(lounge, "zotero"))
        form = await ada.click(first, label="Tie a list to Zotero")
        values = {"list": [value_of(form, "To read")], "library": "group 7", "collection": "ABCD2345", "key": KEY}
        await ada.submit_modal(form, values)
        zotero.backoff = "7200"
        then = await compare(server, zotero)
        async with server.client.library.db.read() as connection:
            assert not await zotero_links.due(connection, then + timedelta(seconds=7199))
            (link,) = await zotero_links.due(connection, then + timedelta(seconds=7200))
        assert not link.stopped
        told = text(shown(await ada.slash(lounge, "zotero")))
        assert "Zotero does not take some items: 'Refused' is no title" in told
