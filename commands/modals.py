"""Forms whose custom_id carries their whole state, so that what was typed into one survives a restart.

discord.py recognises a form by the object that was sent, once, until somebody submits it. These are answered from what
Discord hands back: `bot.client` finds the class by the custom_id.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, TypeVar

import discord

from commands.context import Interaction
from commands.custom_ids import CustomId

IdT = TypeVar("IdT", bound=CustomId)


class Form(Generic[IdT], discord.ui.Modal):  # noqa: PYI059, as `Modal` does not pass `__init_subclass__` on
    """A form; subclasses give the type of its custom_id, the same as their `IdT`, and what they answer."""

    id_type: ClassVar[type[CustomId]]

    def __init_subclass__(cls, *, title: str, id_type: type[IdT]) -> None:
        super().__init_subclass__(title=title)
        cls.id_type = id_type

    def __init__(self, state: IdT) -> None:
        super().__init__(custom_id=str(state))

    async def open(self, interaction: Interaction) -> None:
        """Show it to the person."""
        self.stop()  # Otherwise discord.py would keep it in memory, and answer it too.
        await interaction.response.send_modal(self)

    @classmethod
    async def answer(cls, interaction: Interaction, state: IdT, values: Mapping[str, str]) -> None:
        """Answer the values of the fields, by their custom_ids; whatever it raises is told to the person."""
        raise NotImplementedError


def field_values(interaction: Interaction) -> dict[str, str]:
    """What was typed or chosen in a submitted form, by the custom_id of each field; every field has a label."""
    data: Any = interaction.data
    fields = [label["component"] for label in data["components"]]
    return {field["custom_id"]: field.get("value") or "".join(field.get("values", ())[:1]) for field in fields}
