"""`/paper`, and the buttons that show something about a paper."""

from __future__ import annotations

from discord import app_commands

from commands import answers, custom_ids, disambiguation, options
from commands.buttons import StatefulButton
from commands.context import Interaction
from commands.respond import edit_or_reply, reply


@app_commands.command(
    name="paper", description="Show a paper; find it by its title, by its authors and year, by arXiv id or DOI"
)
@app_commands.describe(
    title="Words of the title, its acronym, authors and year, an arXiv id or a DOI", private=options.PRIVATE
)
@app_commands.autocomplete(title=disambiguation.suggest_papers)
async def paper_command(interaction: Interaction, title: options.Title, private: bool = False) -> None:
    """Answer `/paper`."""
    await reply(interaction, disambiguation.paper(interaction, title, "open"), private=private)


class PaperButton(StatefulButton[custom_ids.PaperAction], id_type=custom_ids.PaperAction):
    """Something about a paper, shown to the person who asked."""

    async def answer(self, interaction: Interaction) -> None:
        view = disambiguation.open_paper(interaction, self.state.handle, self.state.verb)
        await reply(interaction, view, private=True)


class PickedPaperButton(StatefulButton[custom_ids.PickedPaper], id_type=custom_ids.PickedPaper):
    """The paper that a person meant when nothing fitted: shown, then remembered for this server."""

    async def answer(self, interaction: Interaction) -> None:
        view = disambiguation.open_paper(interaction, self.state.handle, self.state.verb)
        await reply(interaction, view, private=True)
        await disambiguation.remember(interaction, "title", self.state.question, self.state.handle)


class AbstractPageButton(StatefulButton[custom_ids.AbstractPage], id_type=custom_ids.AbstractPage):
    """Another page of a long abstract."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, answers.abstract(interaction, self.state.handle, self.state.page))
