"""Taking back what was added by mistake, as people do it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web

from bot.composition import make_client
from bot.settings import Settings
from seeds.bundled_documents import bundled_documents
from store import removal
from store.guilds import subscriptions
from store.guilds.subscriptions import Options, Scope
from store.models import Identifier
from store.search.parser import parse
from tests.discord.conversation import Conversation, conversation
from tests.seeds.serving import service
from tests.support.dump import dump

ENTRY = "@article{x, title={Looms for Sale}, author={Lee, Bo}, eprint={2605.00009}, archiveprefix={arXiv}}"
MISTAKE = f"@article{{x, title={{{'T' * 900}}}, author={{Lee, Bo}}}}"


@pytest.mark.parametrize("private", [False, True])
async def test_the_store_is_as_it_was(ask: Conversation, private: bool) -> None:
    before = await dump(ask.client.library.db)
    added = await ask("add", entry=f"{ENTRY}\n{MISTAKE}", private=private)
    assert "Papers: 2 new" in added.text
    await ask.press(added, "Take back")
    assert added.text == f"Taken back by <@{ask.scene.member.id}>: 2 papers. What others added stays."
    assert added.private == private and added.buttons() == {}
    assert await dump(ask.client.library.db) == before
    assert "is not in the store" in (await ask("paper", title="2605.00009")).text


async def test_of_a_file_everything_is_taken_back(ask: Conversation) -> None:
    before = await dump(ask.client.library.db)
    page = dict(bundled_documents())["zehan-qi.txt"]
    entries = "".join(f"@misc{{k{n}, title={{Looms of Kind {n}}}}}\n" for n in range(300))
    for name, content in (("page.txt", page), ("many.bib", entries.encode())):
        added = await ask("add", file=(name, content))
        await ask.press(added, "Take back")
        assert "Taken back" in added.text, added.text
    assert await dump(ask.client.library.db) == before


async def test_only_whoever_added_it_may_or_somebody_who_manages_the_channel(ask: Conversation) -> None:
    added = await ask.as_admin("add", entry=ENTRY)
    refused = await ask.press(added, "Take back")
    assert refused.private
    assert refused.text == "Only whoever added it can take it back, or somebody with the permission Manage Channels."
    assert "Looms for Sale" in added.text
    mine = await ask("add", entry=MISTAKE)
    await ask.as_admin.press(mine, "Take back")
    assert "Taken back" in mine.text


async def test_what_another_added_too_stays(ask: Conversation) -> None:
    first, second = await ask("add", entry=ENTRY), await ask.as_admin("add", entry=ENTRY)
    assert "1 already known" in second.text
    await ask.press(first, "Take back")
    assert "Looms for Sale" in (await ask("paper", title="2605.00009")).text
    await ask.as_admin.press(second, "Take back")
    assert "is not in the store" in (await ask("paper", title="2605.00009")).text


async def test_nothing_is_offered_where_there_is_nothing_to_take_back(ask: Conversation) -> None:
    await ask("add", entry=ENTRY)
    assert "Take back" not in (await ask("add", entry=ENTRY)).buttons()


async def test_the_card_says_who_added_it_and_offers_to_remove_it(ask: Conversation) -> None:
    await ask("add", entry=ENTRY)
    shown = await ask("paper", title="2605.00009")
    assert f"Added here by <@{ask.scene.member.id}>" in shown.text
    asked = await ask.press(shown, "Remove")
    assert asked.private
    assert asked.text == "Remove what you added of “Looms for Sale”? What everybody sees stays."
    await ask.press(asked, "Yes, remove it")
    assert asked.text == "Removed."
    assert "is not in the store" in (await ask("paper", title="2605.00009")).text
    assert "That has been removed already." in (await ask.press(shown, "Remove")).text
    assert "Remove" not in (await ask("paper", title="webrl")).buttons()


async def test_others_see_no_button_and_may_not_press_anothers(ask: Conversation) -> None:
    await ask.as_admin("add", entry=ENTRY)
    shown = await ask("paper", title="2605.00009")
    assert f"Added here by <@{ask.scene.admin.id}>" in shown.text
    assert "Remove" not in shown.buttons()
    theirs = await ask.as_admin("paper", title="2605.00009")
    assert "Only whoever added it" in (await ask.press(theirs, "Remove")).text
    await ask("add", entry=ENTRY)
    asked = await ask.as_admin.press(theirs, "Remove")
    assert f"Remove what <@{ask.scene.admin.id}>, <@{ask.scene.member.id}> added of" in asked.text
    await ask.as_admin.press(asked, "Yes, remove it")
    assert "is not in the store" in (await ask("paper", title="2605.00009")).text


async def test_it_works_after_a_restart(ask: Conversation) -> None:
    added = await ask("add", entry=ENTRY)
    settings = Settings(_env_file=None, db=ask.client.library.db.path)
    client = make_client(settings, ask.client.library, ask.services)
    await ask.scene.env.restart_bot(client)
    await ask.press(added, "Take back")
    assert "Taken back" in added.text


async def test_what_was_removed_for_everybody_is_said(store_file: Path) -> None:
    work = {"title": ["Looms for Sale"], "DOI": "10.1000/1", "author": [{"family": "Lee"}]}
    async with (
        service(lambda request: web.json_response({"message": work})) as crossref,
        conversation(store_file, crossref_url=crossref.address) as ask,
    ):
        assert (await ask("add", entry="10.1000/1")).titles == ["Looms for Sale"]
        db = ask.client.library.db
        scope = Scope(ask.scene.guild.id, ask.scene.channels["lounge"].id)
        await subscriptions.create(db, scope, scope.channel_id, 1, parse("looms"), Options(), datetime.now(UTC), 1)
        (paper,) = await ask.client.library.view().papers_named([Identifier(scheme="doi", value="10.1000/1")])
        await removal.remove(db, paper.handle)
        again = await ask("add", entry="10.1000/1")
        assert again.private
        assert again.text == (
            "Nothing was added. “Looms for Sale” is left out: whoever runs Lectern removed it (`lectern removed`)."
        )
        asked = await ask("paper", title="10.1000/1")
        assert asked.text == "“Looms for Sale” was removed by whoever runs me. Ask them for it."
        assert "Looms for Sale" in (await ask("why", paper="10.1000/1")).text
