"""What can be done to a reading list as a whole: rename, share, send as a file, delete."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self, cast

import discord

from commands import export, lists
from commands.buttons import StatefulButton, StatefulSelect
from commands.context import Interaction, owner_of
from commands.errors import UserError
from commands.list_entries import missing_reported
from commands.list_ids import ListAction, ListExport, RenameForm, SearchForm
from commands.modals import Form
from commands.permissions import is_manager
from commands.respond import edit_or_reply, reply_with_file
from commands.views import list_action_cards, list_cards
from commands.views.layout import CardView
from store.catalog.exports import ExportFormat, Remarks
from store.guilds import list_entries, paper_notes, reading_lists
from store.guilds.list_entries import Entry
from store.guilds.paper_notes import Note
from store.guilds.reading_lists import LONGEST_NAME, TEAM, ReadingList
from store.models import Handle


async def _change(
    interaction: Interaction, token: str, change: Callable[[Any, ReadingList], Awaitable[None]]
) -> ReadingList:
    """Change a list that the person may change, and give it as it is then, or as it was where it is gone."""
    owner, person = owner_of(interaction), interaction.user.id
    with missing_reported():
        async with interaction.client.library.db.write() as connection:
            one = await reading_lists.get_to_change(connection, owner, person, token)
            await change(connection, one)
        return one


class ListActionButton(StatefulButton[ListAction], id_type=ListAction):
    """Something to do to a list as a whole."""

    async def answer(self, interaction: Interaction) -> None:
        match self.state.verb:
            case "rename":
                await (await RenameListForm.make(interaction, RenameForm(self.state.token))).open(interaction)
            case "search":
                await (await lists.SearchListForm.make(interaction, SearchForm(self.state.token))).open(interaction)
            case _:
                await edit_or_reply(interaction, self._done(interaction))

    async def _done(self, interaction: Interaction) -> CardView:
        token, verb = self.state.token, self.state.verb
        if verb in ("share", "unshare"):
            await self._share(interaction, shared=verb == "share")
        if verb in ("delete", "sure"):
            one = await _seen(interaction, token)
            if not _may_delete(interaction, one):
                raise UserError("Only who made a list of the team's, or may manage channels, deletes it.")
            if verb == "delete":
                return list_action_cards.delete_question(one)
            await _change(interaction, token, reading_lists.delete)
            return await lists.overview(interaction, 0)
        one = await _seen(interaction, token)
        may_share = bool(interaction.guild_id) and one.person == interaction.user.id
        may_delete = _may_delete(interaction, one)
        has_web = interaction.client.web_url is not None
        return list_action_cards.manage(
            one, interaction.user.id, may_share=may_share, may_delete=may_delete, has_web=has_web
        )

    async def _share(self, interaction: Interaction, *, shared: bool) -> None:
        if not interaction.guild_id or (await _seen(interaction, self.state.token)).person != interaction.user.id:
            raise UserError("Only who made a list shares it.")
        await _change(
            interaction, self.state.token, lambda connection, one: reading_lists.share(connection, one, shared=shared)
        )


def _may_delete(interaction: Interaction, one: ReadingList) -> bool:
    person = interaction.user.id
    return one.person == person or (one.person == TEAM and (one.made_by == person or is_manager(interaction)))


async def _seen(interaction: Interaction, token: str) -> ReadingList:
    with missing_reported():
        async with interaction.client.library.db.read() as connection:
            return await reading_lists.get(connection, owner_of(interaction), interaction.user.id, token)


class ListExportSelect(StatefulSelect[ListExport], id_type=ListExport):
    """Sends a list as a file, with the tags, the state and the notes that the person may read."""

    async def answer(self, interaction: Interaction) -> None:
        chosen = cast(ExportFormat, self.item.values[0])
        await reply_with_file(interaction, self._file(interaction, chosen))

    async def _file(self, interaction: Interaction, chosen: ExportFormat) -> tuple[str, discord.File]:
        owner, person = owner_of(interaction), interaction.user.id
        with missing_reported():
            async with interaction.client.library.db.read() as connection:
                one = await reading_lists.get(connection, owner, person, self.state.token)
                found = await list_entries.entries(connection, one)
                notes = await paper_notes.notes_on(connection, owner, person, [entry.handle for entry in found])
        remarks = {entry.handle: _remarks(entry, notes) for entry in found}
        return await export.of_list(interaction, one.name, remarks, chosen)


def _remarks(entry: Entry, notes: Mapping[Handle, Sequence[Note]]) -> Remarks:
    state = list_cards.STATE_NAMES[entry.state].lower()
    return Remarks(state, entry.tags, tuple(note.text for note in notes.get(entry.handle, ())))


class RenameListForm(Form[RenameForm], title="Rename the list", id_type=RenameForm):
    """A form for another name."""

    @classmethod
    async def make(cls, interaction: Interaction, state: RenameForm) -> Self:
        one = await _seen(interaction, state.token)
        form = cls(state)
        form.add_field("Name", discord.ui.TextInput(custom_id="name", max_length=LONGEST_NAME))
        form.fill({"name": one.name})
        return form

    @classmethod
    async def answer(cls, interaction: Interaction, state: RenameForm, values: Mapping[str, str]) -> None:
        """Give the list the name and show it."""
        await edit_or_reply(interaction, cls._renamed(interaction, state, values["name"]))

    @classmethod
    async def _renamed(cls, interaction: Interaction, state: RenameForm, name: str) -> CardView:
        await _change(interaction, state.token, lambda connection, one: reading_lists.rename(connection, one, name))
        return await lists.page(interaction, state.token, "added", 0)
