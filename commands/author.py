"""`/author`, and the buttons and lists that open an author's page."""

from __future__ import annotations

from discord import app_commands

from commands import answers, custom_ids, disambiguation, options
from commands.buttons import StatefulButton, StatefulSelect
from commands.context import Interaction
from commands.respond import edit_or_reply, reply


@app_commands.command(name="author", description="An author's page: figures with their source, papers and co-authors")
@app_commands.describe(name="The name in any form: zehan qui, Qi Zehan, z. qi", private=options.PRIVATE)
@app_commands.autocomplete(name=disambiguation.suggest_authors)
async def author_command(interaction: Interaction, name: options.Name, private: bool = False) -> None:
    """Answer `/author`."""
    await reply(interaction, disambiguation.author(interaction, name), private=private)


class AuthorPageButton(StatefulButton[custom_ids.AuthorPage], id_type=custom_ids.AuthorPage):
    """A page of an author's papers."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, answers.author(interaction, self.state.handle, self.state.page))


class AuthorSummariesButton(StatefulButton[custom_ids.AuthorSummaries], id_type=custom_ids.AuthorSummaries):
    """A line for each of an author's newest papers."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, answers.newest_in_one_line_each(interaction, self.state.handle), private=True)


class PickedAuthorButton(StatefulButton[custom_ids.PickedAuthor], id_type=custom_ids.PickedAuthor):
    """The author whom a person meant when nobody fitted: shown, then remembered for this server."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, disambiguation.open_author(interaction, self.state.handle), private=True)
        await disambiguation.remember(interaction, "author", self.state.question, self.state.handle)


class AuthorSelect(StatefulSelect[custom_ids.AuthorList], id_type=custom_ids.AuthorList):
    """A list of authors, each to open."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, disambiguation.open_author(interaction, self.item.values[0]), private=True)
