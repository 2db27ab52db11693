"""`/summary`: of a paper, or one line for each of an author's newest papers."""

from __future__ import annotations

from typing import Literal

from discord import app_commands

from commands import answers, disambiguation, options
from commands.context import Interaction
from commands.custom_ids import PaperVerb
from commands.errors import UserError
from commands.respond import reply

Length = Literal["one line", "four parts", "whole abstract"]
_VERBS: dict[Length, PaperVerb] = {"one line": "line", "four parts": "summary", "whole abstract": "marked"}


@app_commands.command(name="summary", description="What a paper does, in sentences from its abstract")
@app_commands.describe(
    paper=options.PAPER,
    author="Instead of a paper: one line for each of this author's newest papers",
    length="One line, four parts (the default), or the abstract with the chosen sentences in bold",
    private=options.PRIVATE,
)
@app_commands.autocomplete(paper=disambiguation.suggest_papers, author=disambiguation.suggest_authors)
async def summary_command(
    interaction: Interaction,
    paper: options.Title | None = None,
    author: options.Name | None = None,
    length: Length = "four parts",
    private: bool = False,
) -> None:
    """Answer `/summary`."""
    if paper is not None:
        answer = disambiguation.paper(interaction, paper, _VERBS[length])
    elif author is not None:
        answer = disambiguation.author(interaction, author, answers.newest_in_one_line_each)
    else:
        raise UserError("Tell me what to summarise: `paper` for one paper, or `author` for somebody's newest papers.")
    await reply(interaction, answer, private=private)
