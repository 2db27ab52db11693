"""`/lists`: the reading lists that somebody may see, pages of one, and what can be done to it as a whole."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self, cast

import discord
from discord import app_commands

from commands.buttons import StatefulButton, StatefulSelect
from commands.context import Interaction, owner_of, scope_of, view_of
from commands.errors import UserError
from commands.list_entries import missing_reported
from commands.list_ids import (
    AllLists,
    EntryNext,
    FoundOrders,
    FoundPage,
    ListOrder,
    ListOrders,
    ListPage,
    NewList,
    NewListForm,
    SearchForm,
)
from commands.modals import Form
from commands.permissions import is_manager
from commands.respond import edit_or_reply, reply
from commands.views import list_cards, zotero_cards
from commands.views.layout import CardView
from commands.views.list_cards import ShownList
from store.guilds import list_entries, paper_notes, reading_lists, weekly_saved, zotero_links
from store.guilds.list_entries import Entry
from store.guilds.paper_notes import Note
from store.guilds.reading_lists import LONGEST_NAME, STATES
from store.storage import button_state
from store.text.normalize import fold

MAX_WORDS = 100
"""Characters that are looked for in a list."""


@app_commands.command(
    name="lists", description="Reading lists, yours and the team's: to read, sort, search, share, export"
)
async def lists_command(interaction: Interaction) -> None:
    """Answer `/lists`."""
    await reply(interaction, overview(interaction, 0), private=True)


async def overview(interaction: Interaction, number: int) -> CardView:
    """A page of the lists that the person may see."""
    async with interaction.client.library.db.read() as connection:
        found = await reading_lists.lists_of(connection, owner_of(interaction), interaction.user.id)
        here = scope_of(interaction)
        weekly = await weekly_saved.is_on(connection, here.guild_id, here.channel_id)
    may_turn = interaction.guild_id is not None and is_manager(interaction)
    save = interaction.client.mention("save")
    return list_cards.overview(found, interaction.user.id, number, save, weekly if may_turn else None)


async def page(
    interaction: Interaction, token: str, order: ListOrder, number: int, question: str | None = None
) -> CardView:
    """A page of a list; `question` is the token of the words that its papers are to have."""
    owner, person = owner_of(interaction), interaction.user.id
    words = ""
    if question:
        kept = await button_state.recall(view_of(interaction).db, "search", scope_of(interaction), question)
        if kept is None:
            raise UserError("That was searched too long ago. Search again from /lists.")
        words = kept
    with missing_reported():
        async with interaction.client.library.db.read() as connection:
            one = await reading_lists.get(connection, owner, person, token)
            found = await list_entries.entries(connection, one)
            notes = await paper_notes.notes_on(connection, owner, person, [entry.handle for entry in found])
            link = await zotero_links.get(connection, one.id)
            asked = len(await zotero_links.open_questions(connection, one.id)) if link else 0
    zotero = zotero_cards.state(link, asked) if link else ""
    chosen = in_order([entry for entry in found if has_words(entry, notes.get(entry.handle, ()), words)], order)
    shown = ShownList(one, person, chosen, order, number, {}, notes, words, question)
    papers = await view_of(interaction).papers([entry.handle for entry in shown.on_page])
    by_handle = {paper.handle: paper for paper in papers}
    return list_cards.entries(ShownList(one, person, chosen, order, number, by_handle, notes, words, question, zotero))


def in_order(found: Sequence[Entry], order: ListOrder) -> list[Entry]:
    """The entries, which come with the last saved first, in another order; among equals that one stays."""
    keys: dict[ListOrder, Callable[[Entry], Any]] = {
        "title": lambda entry: fold(entry.title),
        "state": lambda entry: STATES.index(entry.state),
    }
    if order == "year":
        return sorted(found, key=lambda entry: entry.published[:4], reverse=True)
    return sorted(found, key=keys[order]) if order in keys else list(found)


def has_words(entry: Entry, notes: Sequence[Note], words: str) -> bool:
    """Whether each of the words begins one of the title, the tags or the notes; `#tag` means tags alone."""
    tags = [fold(tag) for tag in entry.tags]
    text = f" {fold(' '.join([entry.title, *entry.tags, *(note.text for note in notes)]))}"
    for word in words.split():
        folded = fold(word)
        if word.startswith("#"):
            if not any(f" {tag}".find(f" {folded}") >= 0 for tag in tags):
                return False
        elif f" {folded}" not in text:
            return False
    return True


class AllListsButton(StatefulButton[AllLists], id_type=AllLists):
    """Another page of the lists."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, overview(interaction, self.state.page))


class ListPageButton(StatefulButton[ListPage], id_type=ListPage):
    """A page of a list."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, page(interaction, self.state.token, self.state.order, self.state.page))


class FoundPageButton(StatefulButton[FoundPage], id_type=FoundPage):
    """A page of what was found in a list."""

    async def answer(self, interaction: Interaction) -> None:
        state = self.state
        await edit_or_reply(interaction, page(interaction, state.token, state.order, state.page, state.question))


class ListOrdersSelect(StatefulSelect[ListOrders], id_type=ListOrders):
    """Sorts a list."""

    async def answer(self, interaction: Interaction) -> None:
        order = cast(ListOrder, self.item.values[0])
        await edit_or_reply(interaction, page(interaction, self.state.token, order, 0))


class FoundOrdersSelect(StatefulSelect[FoundOrders], id_type=FoundOrders):
    """Sorts what was found in a list."""

    async def answer(self, interaction: Interaction) -> None:
        order = cast(ListOrder, self.item.values[0])
        await edit_or_reply(interaction, page(interaction, self.state.token, order, 0, self.state.question))


class EntryNextButton(StatefulButton[EntryNext], id_type=EntryNext):
    """Puts a paper into its next state and shows the page again."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._changed(interaction))

    async def _changed(self, interaction: Interaction) -> CardView:
        state = self.state
        owner, person = owner_of(interaction), interaction.user.id
        with missing_reported():
            async with interaction.client.library.db.write() as connection:
                one = await reading_lists.get_to_change(connection, owner, person, state.token)
                await list_entries.set_state(connection, one, state.handle, state.verb, datetime.now(UTC))
        return await page(interaction, state.token, state.order, state.page)


class NewListButton(StatefulButton[NewList], id_type=NewList):
    """Opens the form for a new list."""

    async def answer(self, interaction: Interaction) -> None:
        await (await MakeListForm.make(interaction, NewListForm())).open(interaction)


class MakeListForm(Form[NewListForm], title="A new reading list", id_type=NewListForm):
    """A form that asks for the name of a new list, and on a server whose it is."""

    @classmethod
    async def make(cls, interaction: Interaction, state: NewListForm) -> Self:
        form = cls(state)
        form.add_field("Name", discord.ui.TextInput(custom_id="name", max_length=LONGEST_NAME))
        if interaction.guild_id:
            whose: discord.ui.Select[Any] = discord.ui.Select(
                custom_id="whose",
                options=[
                    discord.SelectOption(label="Mine alone, until I share it", value="me", default=True),
                    discord.SelectOption(label="The team's: everybody reads and changes it", value="team"),
                ],
            )
            form.add_field("Whose it is", whose)
        return form

    @classmethod
    async def answer(cls, interaction: Interaction, state: NewListForm, values: Mapping[str, str]) -> None:
        """Make the list and show it."""
        await edit_or_reply(interaction, cls._made(interaction, values))

    @classmethod
    async def _made(cls, interaction: Interaction, values: Mapping[str, str]) -> CardView:
        owner, person, now = owner_of(interaction), interaction.user.id, datetime.now(UTC)
        team = bool(interaction.guild_id) and values.get("whose") == "team"
        async with interaction.client.library.db.write() as connection:
            one = await reading_lists.named(connection, owner, person, values["name"], now, team=team)
        return await page(interaction, one.token, "added", 0)


class SearchListForm(Form[SearchForm], title="Search in the list", id_type=SearchForm):
    """A form that takes words of titles, tags and notes."""

    words: discord.ui.Label[Any] = discord.ui.Label(
        text="Words, or #tag",
        description="Of the title, the tags and the notes that you may read",
        component=discord.ui.TextInput(custom_id="words", max_length=MAX_WORDS),
    )

    @classmethod
    async def answer(cls, interaction: Interaction, state: SearchForm, values: Mapping[str, str]) -> None:
        """Show the papers that have all the words."""
        await edit_or_reply(interaction, cls._found(interaction, state, values["words"]))

    @classmethod
    async def _found(cls, interaction: Interaction, state: SearchForm, words: str) -> CardView:
        question = await button_state.keep(view_of(interaction).db, "search", scope_of(interaction), words[:MAX_WORDS])
        return await page(interaction, state.token, "added", 0, question)
