"""`/summary` of a paper."""

from __future__ import annotations

from typing import Literal

from discord import app_commands

from commands import disambiguation, options, suggestions
from commands.context import Interaction
from commands.respond import reply
from commands.verbs import PaperVerb

Length = Literal["one line", "four parts", "whole abstract"]
_VERBS: dict[Length, PaperVerb] = {"one line": "line", "four parts": "summary", "whole abstract": "marked"}


@app_commands.command(name="summary", description="What a paper does, in sentences from its abstract")
@app_commands.describe(
    paper=options.PAPER,
    length="One line, four parts (the default), or the abstract with the chosen sentences in bold",
    private=options.PRIVATE,
)
@app_commands.autocomplete(paper=suggestions.suggest_papers)
async def summary_command(
    interaction: Interaction,
    paper: options.Title,
    length: Length = "four parts",
    private: bool = False,
) -> None:
    """Answer `/summary`."""
    await reply(interaction, disambiguation.paper(interaction, paper, _VERBS[length]), private=private)
