"""What an author's page does with their papers: follows them, sends them as a file, shows those that match a query."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import discord

from commands import author_changes, author_pages, export, options, subscribe
from commands.author_ids import AuthorAction, NarrowPapers, SinceWhen
from commands.author_pages import known_author
from commands.buttons import StatefulButton
from commands.context import Interaction, view_of
from commands.modals import Form
from commands.respond import edit_or_reply, reply_with_file
from commands.views.author_summary import SomePapers


class AuthorActionButton(StatefulButton[AuthorAction], id_type=AuthorAction):
    """Shows what a subscription to the author would post, or sends their papers."""

    async def answer(self, interaction: Interaction) -> None:
        who = await known_author(view_of(interaction), self.state.handle)
        match self.state.verb:
            case "follow":
                await subscribe.propose(interaction, options.read_query(options.ANY, author=who.name))
            case "dm":
                await subscribe.propose_for_oneself(interaction, options.read_query(options.ANY, author=who.name))
            case "export":
                await reply_with_file(interaction, export.of_author(interaction, who))
            case "narrow":
                await NarrowForm(NarrowPapers(who.handle)).open(interaction)
            case "since":
                await SinceForm(SinceWhen(who.handle)).open(interaction)


class NarrowForm(Form[NarrowPapers], title="Which of the papers?", id_type=NarrowPapers):
    """A form that takes a query, as `/search` does."""

    query: discord.ui.Label[Any] = discord.ui.Label(
        text="Words, or author: cat: code: since: until:",
        description='As for /search: "web agents" cat:cs.CL since:2024 -survey',
        component=discord.ui.TextInput(custom_id="query", max_length=300),
    )

    @classmethod
    async def answer(cls, interaction: Interaction, state: NarrowPapers, values: Mapping[str, str]) -> None:
        """Show the papers that match."""
        which = SomePapers(query=options.read_query(values["query"]).canonical())
        await edit_or_reply(interaction, author_pages.some_papers(interaction, state.handle, which))


class SinceForm(Form[SinceWhen], title="What is new since when?", id_type=SinceWhen):
    """A form that takes a day, a month or a year."""

    since: discord.ui.Label[Any] = discord.ui.Label(
        text="A day, a month or a year",
        description="Such as 2025-06-01, 2025-06 or 2025",
        component=discord.ui.TextInput(custom_id="since", max_length=20),
    )

    @classmethod
    async def answer(cls, interaction: Interaction, state: SinceWhen, values: Mapping[str, str]) -> None:
        """Show what is new since then."""
        day = options.read_day(values["since"])
        await edit_or_reply(interaction, author_changes.changes_since(interaction, state.handle, day))
