"""Forms whose custom_id carries their whole state, so that what was typed into one survives a restart.

discord.py knows a form by the object that was sent, once, until somebody sends it in. These are answered from what
Discord hands back.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

import discord

from commands.context import Interaction


class Form(discord.ui.Modal):
    """A form; subclasses give the `template` of its custom_id and say what it answers."""

    template: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, *, template: str, title: str) -> None:
        super().__init_subclass__(title=title)
        cls.template = re.compile(template)

    async def open(self, interaction: Interaction) -> None:
        """Show it to the person."""
        self.stop()  # or discord.py would keep it, and answer it too
        await interaction.response.send_modal(self)

    @classmethod
    async def answer(cls, interaction: Interaction, state: re.Match[str], typed: Mapping[str, str]) -> None:
        """Answer what was typed or chosen, by the custom_id of each field; what it raises is told to the person."""
        raise NotImplementedError


def typed_in(interaction: Interaction) -> dict[str, str]:
    """What was typed or chosen, by the custom_id of each field; all fields have labels."""
    data: Any = interaction.data
    fields = [label["component"] for label in data["components"]]
    return {field["custom_id"]: field.get("value") or "".join(field.get("values", ())[:1]) for field in fields}
