"""What was typed into a form is answered whatever happened since it was opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import discord
import pytest
import simcord

from bot.client import Lectern
from bot.composition import make_client
from bot.settings import Settings
from commands import custom_ids
from commands.context import Interaction
from commands.registry import BUTTONS, COMMANDS
from commands.subscriptions import EditForm
from store.guilds import subscriptions
from store.guilds.schedule import Schedule
from store.guilds.subscriptions import Options, Scope
from store.search.parser import parse
from tests.discord.conversation import Answer, Conversation, conversation, seeded
from tests.support.made import DAY

ENTRY = "@article{a, title={A Paper on Made Looms}, author={Byron, Ada}}"
CHANGES = {"query": "looms", "cadence": ["daily"], "at": "7 europe/berlin", "cap": "5"}


def reply(result: simcord.InteractionResult) -> Answer:
    assert result.response
    return Answer(result, result.response)


async def restart(ask: Conversation) -> Conversation:
    """Another process on the same store."""
    client = make_client(Settings(_env_file=None), ask.client.library, ask.services)
    await ask.scene.env.restart_bot(client)
    return Conversation(client, ask.scene, ask.services)


async def test_papers_in_a_form_are_added_after_a_restart(store_file: Path) -> None:
    async with conversation(store_file) as ask:
        lounge, member = ask.scene.channels["lounge"], ask.scene.member
        form = await member.slash(lounge, "add")
        await restart(ask)
        added = await member.submit_modal(form, {"entries": ENTRY})
        assert reply(added).titles == ["A Paper on Made Looms"]


async def test_two_people_have_the_same_form_open(ask: Conversation) -> None:
    lounge = ask.scene.channels["lounge"]
    forms = [(person, await person.slash(lounge, "add")) for person in (ask.scene.member, ask.scene.admin)]
    for number, (person, form) in enumerate(forms):
        added = await person.submit_modal(form, {"entries": ENTRY.replace("Made", f"Made{number}")})
        assert reply(added).titles == [f"A Paper on Made{number} Looms"]


async def test_a_mistake_in_a_form_is_explained_to_the_person(ask: Conversation) -> None:
    form = await ask.scene.member.slash(ask.scene.channels["lounge"], "add")
    answer = reply(await ask.scene.member.submit_modal(form, {"entries": "no paper"}))
    assert answer.private and "Give me BibTeX" in answer.text


async def test_a_form_of_another_version_is_answered(ask: Conversation) -> None:
    form = await ask.scene.member.slash(ask.scene.channels["lounge"], "add")
    before = ask.client
    after = Lectern(before.library, before.outside, before.read, before.limits, COMMANDS, BUTTONS)
    await ask.scene.env.restart_bot(after)
    answer = reply(await ask.scene.member.submit_modal(form, {"entries": ENTRY}))
    assert answer.private and "no longer know this form" in answer.text


async def test_a_form_opened_before_a_restart_edits_the_subscription_as_it_is_now(tmp_path: Path) -> None:
    path = tmp_path / "lectern.db"
    await (await seeded(path)).close()
    async with conversation(path) as ask:
        papers, admin, db = ask.scene.channels["papers"], ask.scene.admin, ask.client.library.db
        scope = Scope(ask.scene.guild.id, papers.id)
        one = await subscriptions.create(db, scope, papers.id, admin.id, parse("agents"), Options(), DAY)
        managed = reply(await admin.click(reply(await admin.slash(papers, "subscriptions")).shown, label="Manage"))
        forms = [await admin.click(managed.shown, label="Edit") for _ in range(2)]
        role = ask.scene.guild.create_role("Readers", mentionable=True)
        await subscriptions.edit(db, scope, one.token, parse("agents"), Options(role_id=role.id), DAY)
        await restart(ask)
        changed = await admin.submit_modal(forms[0], {**CHANGES, "role": [role]})
        assert "daily at 07:00 (Europe/Berlin)" in reply(changed).text
        (now,) = await subscriptions.in_channel(db, scope)
        assert (now.query.canonical(), now.options.cap, now.options.role_id) == ("looms", 5, role.id)
        await subscriptions.delete(db, scope, [one.token], DAY)
        gone = reply(await admin.submit_modal(forms[1], CHANGES))
        assert gone.private and "no longer here" in gone.text


@dataclass
class Edited:
    """One subscription of the channel `papers`, whose form the administrator opens."""

    ask: Conversation
    token: str
    managed: simcord.ResponseMessage

    @classmethod
    async def of(cls, ask: Conversation, options: Options) -> Edited:
        papers, admin = ask.scene.channels["papers"], ask.scene.admin
        scope = Scope(ask.scene.guild.id, papers.id)
        one = await subscriptions.create(ask.client.library.db, scope, papers.id, 1, parse("agents"), options, DAY)
        listed = reply(await admin.slash(papers, "subscriptions")).shown
        return cls(ask, one.token, reply(await admin.click(listed, label="Manage")).shown)

    async def form(self) -> simcord.InteractionResult:
        return await self.ask.scene.admin.click(self.managed, label="Edit")

    async def options(self) -> Options:
        scope = Scope(self.ask.scene.guild.id, self.ask.scene.channels["papers"].id)
        return (await subscriptions.get(self.ask.client.library.db, scope, self.token)).options


def defaults(form: simcord.InteractionResult) -> dict[str, Any]:
    """What is in the fields of a form that is open."""
    assert form.modal
    fields = {field["custom_id"]: field for field in (label["component"] for label in form.modal["components"])}
    return {
        name: field.get("value")
        or [one["value"] for one in field.get("options", ()) if one.get("default")]
        or [int(one["id"]) for one in field.get("default_values", ())]
        for name, field in fields.items()
    }


async def test_the_form_shows_and_changes_weekday_and_role(ask: Conversation) -> None:
    guild, admin = ask.scene.guild, ask.scene.admin
    before, after = (guild.create_role(name, mentionable=True) for name in ("Readers", "Writers"))
    schedule = Schedule(cadence="weekly", weekday=4, zone="Asia/Tokyo")
    edited = await Edited.of(ask, Options(schedule=schedule, role_id=before.id))
    form = await edited.form()
    assert defaults(form) == {
        "query": "agents", "cadence": ["weekly-4"], "at": "08:30 Asia/Tokyo", "cap": "10", "role": [before.id]
    }  # fmt: skip
    changes = {"query": "agents", "cadence": ["weekly-6"], "at": "9:15", "cap": "3", "role": [after]}
    assert "Sundays at 09:15 (Asia/Tokyo)" in reply(await admin.submit_modal(form, changes)).text
    assert (await edited.options()).role_id == after.id
    await admin.submit_modal(await edited.form(), {**changes, "role": []})
    assert (await edited.options()).role_id is None


@pytest.mark.parametrize(
    ("mistake", "says"),
    [
        ({"at": "25:00 Europe/Berlin"}, "cannot read that time of day"),
        ({"at": "8:30 Mars/Olympus"}, "I know no time zone “Mars/Olympus”"),
        ({"cap": "99"}, "a number from 1 to 25"),
        ({"query": "a|"}, "After |"),
    ],
)
async def test_a_mistake_throws_away_nothing_that_was_typed(
    store_file: Path, mistake: dict[str, str], says: str
) -> None:
    async with conversation(store_file) as ask:
        role = ask.scene.guild.create_role("Readers", mentionable=True)
        edited = await Edited.of(ask, Options())
        typed = {"query": "looms -survey", "cadence": ["weekly-2"], "at": "7:00 Asia/Tokyo", "cap": "7", "role": [role]}
        wrong = reply(await ask.scene.admin.submit_modal(await edited.form(), {**typed, **mistake}))
        assert says in wrong.text and wrong.private
        await restart(ask)
        again = await ask.scene.admin.click(wrong.shown, label="Open the form again")
        assert defaults(again) == {**typed, **mistake, "role": [role.id]}
        assert "Changed" in reply(await ask.scene.admin.submit_modal(again, typed)).text
        options = await edited.options()
        assert (options.cap, options.role_id, options.schedule.weekday) == (7, role.id, 2)


async def test_what_was_typed_is_shown_to_nobody_else(ask: Conversation) -> None:
    edited = await Edited.of(ask, Options())
    wrong = reply(await ask.scene.admin.submit_modal(await edited.form(), {**CHANGES, "at": "noon"}))
    again = wrong.buttons()["Open the form again"]
    papers = ask.client.get_channel(ask.scene.channels["papers"].id)
    assert isinstance(papers, discord.TextChannel)
    view = discord.ui.LayoutView()
    view.add_item(discord.ui.ActionRow(discord.ui.Button(label="forged", custom_id=again)))
    message = await papers.send(view=view)
    assert "Somebody else typed that" in reply(await ask.scene.member.click(message, label="forged")).text


async def test_pasted_entries_that_cannot_be_read_come_back_in_the_form(ask: Conversation) -> None:
    form = await ask.scene.member.slash(ask.scene.channels["lounge"], "add")
    wrong = reply(await ask.scene.member.submit_modal(form, {"entries": "no paper"}))
    again = await ask.scene.member.click(wrong.shown, label="Open the form again")
    assert defaults(again) == {"entries": "no paper"}


async def test_a_form_of_a_former_version_is_taken(ask: Conversation, monkeypatch: pytest.MonkeyPatch) -> None:
    """It had the time zone in a field of its own, no weekday and no role."""
    role = ask.scene.guild.create_role("Readers", mentionable=True)
    edited = await Edited.of(ask, Options(schedule=Schedule(weekday=3), role_id=role.id))

    async def former(interaction: Interaction, state: custom_ids.SubscriptionForm) -> EditForm:
        form = EditForm(state)
        for name in ("query", "at", "zone", "cap"):
            form.add_field(name, discord.ui.TextInput(custom_id=name))
        choices = [discord.SelectOption(label=name, value=name) for name in ("now", "daily", "weekly")]
        form.add_field("How often", discord.ui.Select(custom_id="cadence", options=choices))
        return form

    with monkeypatch.context() as patched:
        patched.setattr(EditForm, "make", former)
        form = await edited.form()
    changes = {**CHANGES, "cadence": ["weekly"], "at": "7", "zone": "europe/berlin"}
    assert "Thursdays at 07:00 (Europe/Berlin)" in reply(await ask.scene.admin.submit_modal(form, changes)).text
    assert (await edited.options()).role_id == role.id
