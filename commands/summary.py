"""`/summary`: of a paper, or one line for each of an author's newest papers."""

from __future__ import annotations

from typing import Literal

from discord import app_commands

from commands import answers, disambiguation
from commands.context import Interaction, UserError
from commands.paper import Title
from commands.respond import reply

Length = Literal["one line", "slots", "whole abstract"]
_VERBS: dict[Length, str] = {"one line": "line", "slots": "summary", "whole abstract": "marked"}


@app_commands.command(name="summary", description="What a paper does, in sentences of its abstract")
@app_commands.describe(
    paper="Words of the title, an arXiv id or a DOI",
    author="Instead of a paper: one line for each of this author's newest papers",
    length="One line, four slots (unless told), or the abstract with the chosen sentences marked",
    private="Show the answer to me only",
)
@app_commands.autocomplete(paper=disambiguation.suggest_papers, author=disambiguation.suggest_authors)
async def summary_command(
    interaction: Interaction,
    paper: Title | None = None,
    author: app_commands.Range[str, 1, 200] | None = None,
    length: Length = "slots",
    private: bool = False,
) -> None:
    """Answer `/summary`."""
    if paper is not None:
        answer = disambiguation.paper(interaction, paper, _VERBS[length])
    elif author is not None:
        answer = disambiguation.author(interaction, author, answers.overview)
    else:
        raise UserError("Say what to summarise: `paper` for one paper, or `author` for somebody's newest papers.")
    await reply(interaction, answer, private=private)
