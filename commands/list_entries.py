"""A paper in a reading list: its card, and what the buttons and forms of that card do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Self

import discord

from commands.buttons import StatefulButton, StatefulSelect
from commands.context import Interaction, owner_of, view_of
from commands.errors import UserError
from commands.list_ids import EditNoteForm, EntryAction, EntryMove, NoteForm, OwnNotes, TagsForm
from commands.modals import Form
from commands.respond import edit_or_reply, reply
from commands.views import list_cards, paper_cards
from commands.views.layout import CardView
from store.errors import NotFoundError
from store.guilds import list_entries as stored
from store.guilds import paper_notes, reading_lists
from store.guilds.list_entries import Entry
from store.guilds.paper_notes import Note
from store.guilds.reading_lists import ReadingList
from store.models import Handle
from store.text.tags_and_notes import LONGEST_NOTE, split_tags


@contextmanager
def missing_reported() -> Iterator[None]:
    """Raise `UserError` in place of the store's error where a list or what is in it is not there for the person."""
    try:
        yield
    except NotFoundError:
        raise UserError("That is no longer here, or not yours to change. See /lists for the lists that are.") from None


async def card(
    interaction: Interaction, token: str, handle: Handle, told: str = "", *, is_new: bool = False
) -> CardView:
    """A paper in a list, as the person may see it; `told` and `is_new` are those of `list_cards.entry`."""
    owner, person = owner_of(interaction), interaction.user.id
    with missing_reported():
        async with interaction.client.library.db.read() as connection:
            one = await reading_lists.get(connection, owner, person, token)
            shown = await _entry(connection, one, handle)
            notes = await paper_notes.notes_of(connection, owner, person, handle)
    paper = await view_of(interaction).paper(handle)
    return list_cards.entry(one, person, shown, paper, notes, told, is_new=is_new)


async def _entry(connection: Any, one: ReadingList, handle: Handle) -> Entry:
    found = await stored.entry(connection, one, handle)
    if found is None:
        raise NotFoundError
    return found


class EntryActionButton(StatefulButton[EntryAction], id_type=EntryAction):
    """Shows a paper in a list, or does something to it."""

    async def answer(self, interaction: Interaction) -> None:
        token, handle = self.state.token, self.state.handle
        match self.state.verb:
            case "note":
                await (await AddNoteForm.make(interaction, NoteForm(token, handle))).open(interaction)
            case "tags":
                await (await EditTagsForm.make(interaction, TagsForm(token, handle))).open(interaction)
            case _:
                await edit_or_reply(interaction, self._done(interaction))

    async def _done(self, interaction: Interaction) -> CardView:
        token, handle, verb = self.state.token, self.state.handle, self.state.verb
        owner, person, now = owner_of(interaction), interaction.user.id, datetime.now(UTC)
        if verb == "show":
            return await card(interaction, token, handle)
        with missing_reported():
            async with interaction.client.library.db.write() as connection:
                one = await reading_lists.get_to_change(connection, owner, person, token)
                if verb == "restore":
                    await stored.put_back(connection, one, handle, now)
                shown = await _entry(connection, one, handle)
                if verb in ("unread", "reading", "read"):
                    await stored.set_state(connection, one, handle, verb, now)
                elif verb == "remove":
                    await stored.remove(connection, one, handle, now)
                    return list_cards.removed(one, shown)
                elif verb == "move":
                    others = await reading_lists.lists_of(connection, owner, person)
                    targets = [other for other in others if other.may_change(person) and other.id != one.id]
                    return list_cards.move_question(one, shown, targets, person)
        return await card(interaction, token, handle, "✓ Put back." if verb == "restore" else "")


class EntryMoveSelect(StatefulSelect[EntryMove], id_type=EntryMove):
    """Moves a paper to another list; to the team's, everybody on the server then sees it."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._moved(interaction, self.item.values[0]))

    async def _moved(self, interaction: Interaction, target_token: str) -> CardView:
        owner, person, now = owner_of(interaction), interaction.user.id, datetime.now(UTC)
        with missing_reported():
            async with interaction.client.library.db.write() as connection:
                source = await reading_lists.get_to_change(connection, owner, person, self.state.token)
                target = await reading_lists.get_to_change(connection, owner, person, target_token)
                if source.id != target.id:
                    await stored.move(connection, source, target, self.state.handle, now)
        return await card(interaction, target_token, self.state.handle, "✓ Moved.")


class AddNoteForm(Form[NoteForm], title="A note on the paper", id_type=NoteForm):
    """A form for a new note, which may be shared with the team at once."""

    @classmethod
    async def make(cls, interaction: Interaction, state: NoteForm) -> Self:
        form = cls(state)
        form.add_field("Note", _note_field())
        if interaction.guild_id:
            form.add_field("Who reads it", _readers())
        return form

    @classmethod
    async def answer(cls, interaction: Interaction, state: NoteForm, values: Mapping[str, str]) -> None:
        """Keep the note."""
        await edit_or_reply(interaction, cls._kept(interaction, state, values))

    @classmethod
    async def _kept(cls, interaction: Interaction, state: NoteForm, values: Mapping[str, str]) -> CardView:
        owner, person = owner_of(interaction), interaction.user.id
        shared = bool(interaction.guild_id) and values.get("readers") == "team"
        with missing_reported():
            async with interaction.client.library.db.write() as connection:
                one = await reading_lists.get(connection, owner, person, state.token)
                await _entry(connection, one, state.handle)
                now = datetime.now(UTC)
                await paper_notes.add(connection, owner, person, state.handle, values["note"], now, shared=shared)
        return await card(interaction, state.token, state.handle)


class EditTagsForm(Form[TagsForm], title="Tags of the paper", id_type=TagsForm):
    """A form for the tags of a paper in a list."""

    @classmethod
    async def make(cls, interaction: Interaction, state: TagsForm) -> Self:
        owner, person = owner_of(interaction), interaction.user.id
        with missing_reported():
            async with interaction.client.library.db.read() as connection:
                one = await reading_lists.get_to_change(connection, owner, person, state.token)
                shown = await _entry(connection, one, state.handle)
        form = cls(state)
        form.add_field("With commas between", discord.ui.TextInput(custom_id="tags", max_length=3000, required=False))
        form.fill({"tags": ", ".join(shown.tags)})
        return form

    @classmethod
    async def answer(cls, interaction: Interaction, state: TagsForm, values: Mapping[str, str]) -> None:
        """Keep the tags."""
        await edit_or_reply(interaction, cls._kept(interaction, state, split_tags(values["tags"])))

    @classmethod
    async def _kept(cls, interaction: Interaction, state: TagsForm, tags: list[str]) -> CardView:
        with missing_reported():
            async with interaction.client.library.db.write() as connection:
                one = await reading_lists.get_to_change(
                    connection, owner_of(interaction), interaction.user.id, state.token
                )
                await stored.set_tags(connection, one, state.handle, tags, datetime.now(UTC))
        return await card(interaction, state.token, state.handle)


class OwnNotesSelect(StatefulSelect[OwnNotes], id_type=OwnNotes):
    """Opens the form that edits the chosen note."""

    async def answer(self, interaction: Interaction) -> None:
        form = await ChangeNoteForm.make(interaction, EditNoteForm(self.item.values[0]))
        await form.open(interaction)


class ChangeNoteForm(Form[EditNoteForm], title="Your note", id_type=EditNoteForm):
    """A form that edits a note, shares it or takes that back; without a text it is deleted."""

    @classmethod
    async def make(cls, interaction: Interaction, state: EditNoteForm) -> Self:
        note = await _own_note(interaction, state.token)
        form = cls(state)
        form.add_field("Note; empty it to delete it", _note_field(required=False))
        if interaction.guild_id:
            form.add_field("Who reads it", _readers())
        form.fill({"note": note.text, "readers": "team" if note.shared else "me"})
        return form

    @classmethod
    async def answer(cls, interaction: Interaction, state: EditNoteForm, values: Mapping[str, str]) -> None:
        """Keep what was changed."""
        await reply(interaction, cls._kept(interaction, state, values), private=True)

    @classmethod
    async def _kept(cls, interaction: Interaction, state: EditNoteForm, values: Mapping[str, str]) -> CardView:
        note = await _own_note(interaction, state.token)
        async with interaction.client.library.db.write() as connection:
            if "readers" in values:
                await paper_notes.share(connection, note, shared=values["readers"] == "team")
            await paper_notes.edit(connection, note, values["note"])
        return paper_cards.message("✓ Changed your note." if values["note"].strip() else "✓ Deleted your note.")


async def _own_note(interaction: Interaction, token: str) -> Note:
    with missing_reported():
        async with interaction.client.library.db.read() as connection:
            return await paper_notes.get_own(connection, owner_of(interaction), interaction.user.id, token)


def _note_field(*, required: bool = True) -> discord.ui.TextInput[Any]:
    long = discord.TextStyle.paragraph
    return discord.ui.TextInput(custom_id="note", style=long, max_length=LONGEST_NOTE, required=required)


def _readers() -> discord.ui.Select[Any]:
    return discord.ui.Select(
        custom_id="readers",
        options=[
            discord.SelectOption(label="Only me", value="me", default=True),
            discord.SelectOption(label="Everybody on this server", value="team"),
        ],
    )
