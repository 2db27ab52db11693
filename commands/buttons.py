"""Buttons and lists whose custom_id carries their whole state, so that they survive a restart.

What comes back in a custom_id is checked like any input: the templates admit nothing but handles and small numbers.
"""

from __future__ import annotations

import re
from typing import Any, Self

import discord

from commands import answers, disambiguation
from commands.context import Interaction
from commands.errors import Answering
from commands.respond import reply, turn
from commands.search import page_of_search

_HANDLE = "(?P<handle>[a-z2-7]{13})"
_ASKED = "(?P<token>[a-z2-7]{13})"
_PAGE = "(?P<page>[0-9]{1,4})"


class StatefulButton(discord.ui.DynamicItem[discord.ui.Button[Any]], template="stateful"):
    """A button that is made anew from its custom_id; subclasses say what it answers."""

    def __init__(self, item: discord.ui.Button[Any], state: re.Match[str]) -> None:
        super().__init__(item)
        self.state = state

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, discord.ui.Button)
        return cls(item, match)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        async with Answering(interaction):
            await self.answer(interaction)

    async def answer(self, interaction: Interaction) -> None:
        """Answer the press; whatever it raises is told to the person."""
        raise NotImplementedError


def of_paper(verbs: str) -> str:
    """The template of what `cards.picking` makes for these verbs, given as alternatives of a pattern."""
    return f"(?:paper|pick):(?P<verb>{verbs}):{_HANDLE}(?::{_ASKED})?"


class PaperButton(StatefulButton, template=of_paper("|".join(answers.PAPER_VERBS))):
    """Something about a paper, shown to the person who asked; remembered if they meant it when nothing fitted."""

    def says(self, interaction: Interaction) -> answers.Answer | None:
        """What it answers instead of the verb's own answer."""
        return None

    async def answer(self, interaction: Interaction) -> None:
        handle = self.state["handle"]
        view = disambiguation.open_paper(interaction, handle, self.state["verb"], self.says(interaction))
        await reply(interaction, view, private=True)
        if self.state["token"]:
            await disambiguation.remember(interaction, "title", self.state["token"], handle)


class PickAuthorButton(StatefulButton, template=f"who:{_HANDLE}:{_ASKED}"):
    """The author whom a person meant when nobody fitted: remembered, then shown."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, disambiguation.open_author(interaction, self.state["handle"]), private=True)
        await disambiguation.remember(interaction, "author", self.state["token"], self.state["handle"])


class AbstractPageButton(StatefulButton, template=f"paper:abstract:{_HANDLE}:{_PAGE}"):
    """Another page of a long abstract."""

    async def answer(self, interaction: Interaction) -> None:
        view = answers.abstract(interaction.client.library, self.state["handle"], int(self.state["page"]))
        await turn(interaction, view)


class CiteButton(StatefulButton, template=rf"cite:(?P<style>plain|bibtex|ris|csl-json):{_HANDLE}"):
    """The same reference in another style."""

    async def answer(self, interaction: Interaction) -> None:
        view = answers.citation(interaction.client.library, self.state["handle"], self.state["style"])
        await turn(interaction, view)


class AuthorButton(StatefulButton, template=f"author:{_HANDLE}:{_PAGE}"):
    """A page of an author's papers."""

    async def answer(self, interaction: Interaction) -> None:
        view = answers.author(interaction.client.library, self.state["handle"], int(self.state["page"]))
        await turn(interaction, view)


class SearchPageButton(StatefulButton, template=f"search:{_ASKED}:{_PAGE}"):
    """Another page of hits."""

    async def answer(self, interaction: Interaction) -> None:
        view = page_of_search(interaction.client.library, self.state["token"], int(self.state["page"]))
        await turn(interaction, view)


class PeopleSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template=f"people:{_HANDLE}"):
    """A list of people, each to open."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        assert isinstance(item, discord.ui.Select)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        async with Answering(interaction):
            await reply(interaction, disambiguation.open_author(interaction, self.item.values[0]), private=True)
