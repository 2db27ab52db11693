"""`/zotero`: ties reading lists to libraries of Zotero, and lets people decide where both sides differ.

The form takes a key, which is a secret. So what is wrong with it is told without an error: the fields of a form that
ends in one are kept, to open it again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Self

import discord
from discord import app_commands
from pydantic import SecretStr

from commands.buttons import StatefulButton
from commands.context import ZOTERO_CHANGED, Interaction, owner_of
from commands.errors import UserError
from commands.list_entries import missing_reported
from commands.modals import Form
from commands.permissions import is_manager
from commands.respond import edit_or_reply, reply
from commands.views import paper_cards, zotero_cards
from commands.views.layout import CardView
from commands.zotero_ids import ZoteroAction, ZoteroChoice, ZoteroConnect, ZoteroForm
from store.guilds import list_entries, reading_lists, zotero_links
from store.guilds.reading_lists import TEAM, ReadingList
from store.guilds.zotero_links import LinkedItem, ZoteroLink

_LIBRARY = re.compile(r"(?:https://www\.zotero\.org/)?(user|group)s?[ /]{1,3}([1-9][0-9]{0,11})(?:/.*)?", re.ASCII)
_COLLECTION = re.compile(r"[A-Z0-9]{8}", re.ASCII)
_KEY = re.compile(r"[A-Za-z0-9]{8,64}", re.ASCII)


@app_commands.command(name="zotero", description="Keep a reading list the same as a library of Zotero, both ways")
async def zotero_command(interaction: Interaction) -> None:
    """Answer `/zotero`."""
    await reply(interaction, _overview(interaction), private=True)


async def _overview(interaction: Interaction) -> CardView:
    owner, person = owner_of(interaction), interaction.user.id
    async with interaction.client.library.db.read() as connection:
        mine = [one for one in await reading_lists.lists_of(connection, owner, person) if one.may_change(person)]
        linked = [(one, await zotero_links.get(connection, one.id)) for one in mine]
        found = [
            (one, link, len(await zotero_links.open_questions(connection, one.id))) for one, link in linked if link
        ]
    return zotero_cards.overview(found)


async def _linked(interaction: Interaction, token: str) -> tuple[ReadingList, ZoteroLink, list[LinkedItem]]:
    """A list that the person may change, with its library and open questions; raises `UserError`."""
    with missing_reported():
        async with interaction.client.library.db.read() as connection:
            one = await reading_lists.get_to_change(connection, owner_of(interaction), interaction.user.id, token)
            link = await zotero_links.get(connection, one.id)
            if link is None:
                raise UserError("That list is not tied to Zotero any more. See /zotero.")
            return one, link, await zotero_links.open_questions(connection, one.id)


def _may_tie(interaction: Interaction, one: ReadingList) -> bool:
    """Whether the person may tie a list and untie it: their own, or with Manage Channels one of the team."""
    return one.person == interaction.user.id or (one.person == TEAM and is_manager(interaction))


class ZoteroConnectButton(StatefulButton[ZoteroConnect], id_type=ZoteroConnect):
    """Opens the form that ties a list to a library."""

    async def answer(self, interaction: Interaction) -> None:
        await (await ConnectForm.make(interaction, ZoteroForm())).open(interaction)


class ConnectForm(Form[ZoteroForm], title="Tie a list to Zotero", id_type=ZoteroForm):
    """A form for a list, a library or collection, and a key for it."""

    @classmethod
    async def make(cls, interaction: Interaction, state: ZoteroForm) -> Self:
        async with interaction.client.library.db.read() as connection:
            found = await reading_lists.lists_of(connection, owner_of(interaction), interaction.user.id)
        mine = [one for one in found if _may_tie(interaction, one)]
        if not mine:
            raise UserError("Make a list first, with New list in /lists.")
        options = [
            discord.SelectOption(label=f"{one.name} (the team's)" if one.person == TEAM else one.name, value=one.token)
            for one in mine[:25]
        ]
        lists: discord.ui.Select[Any] = discord.ui.Select(custom_id="list", options=options)
        library: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="library", placeholder="group 1234567, or user 1234567", max_length=100
        )
        collection: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="collection", placeholder="ABCD2345; empty for the whole library", max_length=8, required=False
        )
        key: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="key", placeholder="from zotero.org/settings/keys, for this library alone", max_length=64
        )
        form = cls(state)
        form.add_field("List; your notes on its papers go with it", lists)
        form.add_field("Library", library)
        form.add_field("Key of a collection", collection)
        form.add_field("Key that may read and write it", key)
        return form

    @classmethod
    async def answer(cls, interaction: Interaction, state: ZoteroForm, values: Mapping[str, str]) -> None:
        """Tie the list and compare it soon."""
        await edit_or_reply(interaction, cls._tied(interaction, values))

    @classmethod
    async def _tied(cls, interaction: Interaction, values: Mapping[str, str]) -> CardView:
        library = _LIBRARY.fullmatch(values["library"].strip().lower())
        collection, key = values["collection"].strip().upper() or None, values["key"].strip()
        if library is None:
            return paper_cards.message("Name the library as `group 1234567` or `user 1234567`, with its number.")
        if collection is not None and not _COLLECTION.fullmatch(collection):
            return paper_cards.message("The key of a collection has eight letters and digits: the end of its address.")
        if not _KEY.fullmatch(key):
            return paper_cards.message("That is no key of Zotero. Make one at zotero.org/settings/keys.")
        owner, person, now = owner_of(interaction), interaction.user.id, datetime.now(UTC)
        with missing_reported():
            async with interaction.client.library.db.write() as connection:
                one = await reading_lists.get_to_change(connection, owner, person, values["list"])
                if not _may_tie(interaction, one):
                    return paper_cards.message("Only who may manage channels ties a list of the team's.")
                link = ZoteroLink(
                    list_id=one.id,
                    owner=owner,
                    person=person,
                    library=f"{library[1]}s/{library[2]}",
                    collection=collection,
                    api_key=SecretStr(key),
                    version=0,
                    due=now,
                    synced=None,
                    failure=None,
                    stopped=False,
                )
                await zotero_links.connect(connection, link)
        interaction.client.dispatch(ZOTERO_CHANGED)
        return zotero_cards.linked(one, link, 0)


class ZoteroActionButton(StatefulButton[ZoteroAction], id_type=ZoteroAction):
    """Shows a list's library, compares it now, disconnects it, or shows what is to decide."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._done(interaction))

    async def _done(self, interaction: Interaction) -> CardView:
        one, link, questions = await _linked(interaction, self.state.token)
        may_tie = _may_tie(interaction, one)
        match self.state.verb:
            case "decide" if questions:
                return await _question(interaction, one, questions)
            case "now":
                async with interaction.client.library.db.write() as connection:
                    await zotero_links.schedule(connection, one.id, datetime.now(UTC))
                interaction.client.dispatch(ZOTERO_CHANGED)
                return paper_cards.message("I compare both now. Look at `/zotero` in a moment.")
            case "off" | "sure" if not may_tie:
                raise UserError("Only who may manage channels unties a list of the team's.")
            case "off":
                return zotero_cards.disconnect_question(one)
            case "sure":
                async with interaction.client.library.db.write() as connection:
                    await zotero_links.disconnect(connection, one.id)
                return paper_cards.message("Disconnected. I have forgotten the key; delete it at Zotero as well.")
        return zotero_cards.linked(one, link, len(questions))


async def _question(interaction: Interaction, one: ReadingList, questions: list[LinkedItem]) -> CardView:
    asked = questions[0]
    async with interaction.client.library.db.read() as connection:
        items = {item.item_key: item for item in await zotero_links.items(connection, one.id)}
        about = asked if asked.kind == "paper" else items.get(asked.parent or "", asked)
        title = await list_entries.title_of(connection, one, about.about or "")
    return zotero_cards.question(one, asked, title or "a paper", len(questions))


class ZoteroChoiceButton(StatefulButton[ZoteroChoice], id_type=ZoteroChoice):
    """Decides about one thing, and shows the next."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._chosen(interaction))

    async def _chosen(self, interaction: Interaction) -> CardView:
        one, _, _ = await _linked(interaction, self.state.token)
        async with interaction.client.library.db.write() as connection:
            await zotero_links.choose(connection, one.id, self.state.item, self.state.choice)
            await zotero_links.schedule(connection, one.id, datetime.now(UTC))
        interaction.client.dispatch(ZOTERO_CHANGED)
        one, link, left = await _linked(interaction, self.state.token)
        return await _question(interaction, one, left) if left else zotero_cards.linked(one, link, 0)
