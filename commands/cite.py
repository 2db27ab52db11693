"""`/cite`, and the buttons to the other styles."""

from __future__ import annotations

from functools import partial

from discord import app_commands

from commands import answers, custom_ids, disambiguation, options
from commands.buttons import StatefulButton
from commands.context import Interaction
from commands.respond import edit_or_reply, reply
from store.catalog.citation_styles import CitationStyle


@app_commands.command(name="cite", description="A reference to a paper, ready to copy")
@app_commands.describe(paper=options.PAPER, style="BibTeX unless you choose another", private=options.PRIVATE)
@app_commands.autocomplete(paper=disambiguation.suggest_papers)
async def cite_command(
    interaction: Interaction, paper: options.Title, style: CitationStyle = "bibtex", private: bool = False
) -> None:
    """Answer `/cite`."""
    answer = partial(answers.citation, style=style)
    await reply(interaction, disambiguation.paper(interaction, paper, "cite", answer), private=private)


class CitationButton(StatefulButton[custom_ids.Citation], id_type=custom_ids.Citation):
    """The same reference in another style."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, answers.citation(interaction, self.state.handle, self.state.style))
