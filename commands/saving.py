"""`/save`, and Save under every paper: puts a paper into a reading list."""

from __future__ import annotations

from datetime import UTC, datetime

import discord
from discord import app_commands

from commands import disambiguation, list_entries, options, suggestions
from commands.buttons import StatefulButton
from commands.context import Assistant, Interaction, owner_of, view_of
from commands.errors import UserError, log_autocomplete_errors
from commands.list_ids import SavePaper
from commands.respond import reply
from commands.views import markdown
from commands.views.layout import CardView
from store.guilds import list_entries as stored
from store.guilds import paper_notes, reading_lists
from store.guilds.reading_lists import DEFAULT_NAME, TEAM, ReadingList
from store.models import Paper
from store.text.tags_and_notes import LONGEST_NOTE, split_tags

TEAM_PREFIX = "team:"
"""What is typed before the name of one of the team's lists."""


@app_commands.command(name="save", description="Save a paper to a reading list, with a note and tags")
@app_commands.describe(
    paper=options.PAPER,
    list_name='A list of yours, new or not; "team: name" is one of the team\'s',
    note="What you think of it; yours alone, unless the list is the team's",
    tags="Tags, with commas between",
)
@app_commands.rename(list_name="list")
async def save_command(
    interaction: Interaction,
    paper: options.Title,
    list_name: app_commands.Range[str, 1, 80] = DEFAULT_NAME,
    note: app_commands.Range[str, 1, LONGEST_NOTE] | None = None,
    tags: app_commands.Range[str, 1, 300] | None = None,
) -> None:
    """Answer `/save`."""
    await reply(interaction, _save_named(interaction, paper, list_name, note or "", tags or ""), private=True)


@save_command.autocomplete("paper")
async def _suggest_paper(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    return await suggestions.suggest_papers(interaction, typed)


@save_command.autocomplete("list_name")
async def _suggest_list(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    with log_autocomplete_errors("list"):
        person = interaction.user.id
        async with interaction.client.library.db.read() as connection:
            found = await reading_lists.lists_of(connection, owner_of(interaction), person)
        names = [typed_name(one) for one in found if one.may_change(person)]
        chosen = [name for name in names if typed.strip().casefold() in name.casefold()]
        if (new := markdown.plain(typed, 80)) and typed.strip() and new not in chosen:
            chosen.append(new)
        return [
            app_commands.Choice(name=name, value=name) for name in (chosen or [DEFAULT_NAME])[: suggestions.MAX_CHOICES]
        ]
    return []


def typed_name(one: ReadingList) -> str:
    """What somebody types who means that list."""
    return f"{TEAM_PREFIX} {one.name}" if one.person == TEAM else one.name


async def _save_named(interaction: Interaction, typed: str, list_name: str, note: str, tags: str) -> CardView:
    paper = await disambiguation.the_paper(interaction, typed)
    team = list_name.casefold().startswith(TEAM_PREFIX)
    if team and not interaction.guild_id:
        raise UserError("Only a server has lists of a team. Give a name without “team:”.")
    name = list_name[len(TEAM_PREFIX) :] if team else list_name
    return await _save(interaction, paper, name, team=team, note=note, tags=split_tags(tags))


async def _save(
    interaction: Interaction,
    paper: Paper,
    name: str,
    *,
    team: bool = False,
    note: str = "",
    tags: list[str] | None = None,
) -> CardView:
    owner, person, now = owner_of(interaction), interaction.user.id, datetime.now(UTC)
    async with interaction.client.library.db.write() as connection:
        chosen = await reading_lists.named(connection, owner, person, name, now, team=team)
        new = await stored.save(connection, chosen, paper, person, now, tags or ())
        await paper_notes.add(connection, owner, person, paper.handle, note, now, shared=team)
    told = "✓ Saved." if new else "It is in that list already."
    if note and team:
        told += " The team can read your note."
    return await list_entries.card(interaction, chosen.token, paper.handle, told, is_new=new)


class SavePaperButton(StatefulButton[SavePaper], id_type=SavePaper):
    """Saves a paper to the list that each person has for it; what is shown then can undo and change that."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, self._saved(interaction), private=True)

    async def _saved(self, interaction: Interaction) -> CardView:
        paper = await view_of(interaction).paper(self.state.handle)
        if paper is None:
            raise UserError("That paper is no longer here.")
        return await _save(interaction, paper, DEFAULT_NAME)
