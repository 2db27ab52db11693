"""Reading lists as people use them: save, note, state, share, search, export, with a restart between."""

from __future__ import annotations

from typing import Any

from tests.discord.conversation import walk
from tests.discord.server import Server, components_of, labels, shown, text


async def test_a_paper_is_saved_noted_read_shared_and_exported(server: Server) -> None:
    ada, max_ = server.admin, server.scene.member
    lounge = server.scene.channels["lounge"]
    await server.arrive("Silk in Lyon", "Looms that Learn")
    card = shown(await max_.slash(lounge, "paper", title="Silk in Lyon"))
    saved = shown(await max_.click(card, label="Save"))
    assert saved.ephemeral
    assert "✓ Saved." in text(saved) and "yours alone" in text(saved)
    undone = shown(await max_.click(saved, label="Undo"), saved)
    assert "Took" in text(undone)
    saved = shown(await max_.click(undone, label="Undo"), undone)
    form = await max_.click(saved, label="Add a note")
    noted = shown(await max_.submit_modal(form, {"note": "Compare with *Jacquard*", "readers": ["me"]}), saved)
    assert "Compare with" in text(noted) and "yours alone" in text(noted)

    await server.restart()
    again = shown(await max_.click(card, label="Save"))
    assert "in that list already" in text(again)
    await max_.slash(lounge, "save", paper="Looms that Learn", tags="ml, #weaving", note="second")
    lists = shown(await max_.slash(lounge, "lists"))
    assert lists.ephemeral and "2 to read" in text(lists)
    page = shown(await max_.click(lists, label="Open"), lists)
    assert text(page).index("Looms that Learn") < text(page).index("Silk in Lyon"), "the last saved first"
    assert "#ml #weaving" in text(page) and "1 note" in text(page)
    reading = shown(await max_.click(page, custom_id=_id(page, "next:")), page)
    assert "1 to read · 1 reading" in text(reading)

    theirs = shown(await ada.slash(lounge, "lists"))
    assert "no reading lists yet" in text(theirs)
    managed = shown(await max_.click(reading, label="More…"), reading)
    await max_.click(managed, label="Share with the team")
    theirs = shown(await ada.slash(lounge, "lists"))
    assert f"<@{max_.id}>'s, shared with the team" in text(theirs)
    read = shown(await ada.click(theirs, label="Open"), theirs)
    assert "#ml #weaving" in text(read) and "note" not in text(read) and "Start" not in labels(read)
    paper = shown(await ada.click(read, label="1"), read)
    assert "second" not in text(paper) and "Remove" not in labels(paper)

    await server.restart()
    exported = shown(await max_.select(managed, ["bibtex"], custom_id=_id(managed, "file:")))
    (file,) = exported.attachments
    body = (await file.read()).decode()
    assert "keywords = {ml, weaving}" in body and "annote = {second}" in body
    assert "annote = {Compare with *Jacquard*}" in body


def _id(message: Any, start: str) -> str:
    """The first custom_id of a message that begins so."""
    ids = [str(component.get("custom_id", "")) for component in walk(components_of(message))]
    return next(one for one in ids if one.startswith(start))
