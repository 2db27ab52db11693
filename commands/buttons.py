"""Buttons and lists whose custom_id carries their whole state, so that they survive a restart."""

from __future__ import annotations

import re
from typing import Any, ClassVar, Generic, Self, TypeVar, cast

import discord

from commands.admission import admit
from commands.context import Interaction
from commands.custom_ids import CustomId
from commands.errors import answer_errors

ItemT = TypeVar("ItemT", bound="discord.ui.Item[Any]")
IdT = TypeVar("IdT", bound=CustomId)


class StatefulItem(discord.ui.DynamicItem[ItemT], Generic[ItemT, IdT], template="stateful"):
    """A component made anew from its custom_id at each use; subclasses give its type and say what they answer."""

    id_type: ClassVar[type[CustomId]]

    def __init_subclass__(cls, *, id_type: type[CustomId]) -> None:
        super().__init_subclass__(template=id_type.template)
        cls.id_type = id_type

    def __init__(self, item: ItemT, state: IdT) -> None:
        super().__init__(item)
        self.state = state

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        return cls(cast(ItemT, item), cast(IdT, cls.id_type.of_match(match)))

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        async with answer_errors(interaction):
            admit(interaction)
            await self.answer(interaction)

    async def answer(self, interaction: Interaction) -> None:
        """Answer whoever used it; whatever it raises is told to them."""
        raise NotImplementedError


StatefulButton = StatefulItem["discord.ui.Button[Any]", IdT]
StatefulSelect = StatefulItem["discord.ui.Select[Any]", IdT]
