"""Forms whose custom_id carries their whole state, so that what was typed into one survives a restart.

discord.py recognises a form by the object that was sent, once, until somebody submits it. These are answered from what
Discord hands back: `bot.client` finds the class by the custom_id. What was typed into a form that cannot be taken is
kept, behind a button that opens the form again.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, ClassVar, Generic, Self, TypeVar

import discord

from commands import custom_ids
from commands.buttons import StatefulButton
from commands.context import Interaction, scope_of
from commands.custom_ids import CustomId
from commands.errors import UserError
from commands.respond import first_answer
from commands.views.layout import ButtonSpec
from store.models import Frozen
from store.storage import button_state

IdT = TypeVar("IdT", bound=CustomId)


class Form(Generic[IdT], discord.ui.Modal):  # noqa: PYI059, as `Modal` does not pass `__init_subclass__` on
    """A form of labels with one field each; subclasses give the type of its custom_id, the same as their `IdT`."""

    id_type: ClassVar[type[CustomId]]

    def __init_subclass__(cls, *, title: str, id_type: type[IdT]) -> None:
        super().__init_subclass__(title=title)
        cls.id_type = id_type

    def __init__(self, state: IdT) -> None:
        super().__init__(custom_id=str(state))

    @classmethod
    async def make(cls, interaction: Interaction, state: IdT) -> Self:
        """The form as it is first opened; raises `UserError` where there is nothing left that it is about."""
        return cls(state)

    @classmethod
    async def answer(cls, interaction: Interaction, state: IdT, values: Mapping[str, str]) -> None:
        """Answer the values of the fields, by their custom_ids; whatever it raises is told to the person."""
        raise NotImplementedError

    def add_field(self, label: str, field: discord.ui.Item[Any]) -> None:
        """A field under its label."""
        self.add_item(discord.ui.Label(text=label, component=field))

    def fill(self, values: Mapping[str, str]) -> None:
        """Put values into the fields, by their custom_ids; a role by its id."""
        for field in self.walk_children():
            value = values.get(getattr(field, "custom_id", ""))
            match field:
                case discord.ui.TextInput() if value is not None:
                    field.default = value
                case discord.ui.Select() if value:
                    for option in field.options:
                        option.default = option.value == value
                case discord.ui.ChannelSelect() if value:
                    kind = discord.SelectDefaultValueType.channel
                    field.default_values = [discord.SelectDefaultValue(id=int(value), type=kind)]
                case discord.ui.RoleSelect() if value is not None:
                    field.default_values = [discord.Object(int(value), type=discord.Role)] if value else []

    async def open(self, interaction: Interaction) -> None:
        """Show it to the person."""
        self.stop()  # Otherwise discord.py would keep it in memory, and answer it too.
        await first_answer(lambda: interaction.response.send_modal(self))


class TypedForm(Frozen):
    """What a person typed into a form that could not be taken."""

    custom_id: str
    person_id: int
    values: dict[str, str]


async def answer_form(interaction: Interaction, custom_id: str) -> None:
    """Answer a form that was submitted. Raises `UserError`, with a button that opens the form again as it was."""
    form, state = _known(interaction, custom_id)
    values = _field_values(interaction)
    try:
        await form.answer(interaction, state, values)
    except UserError as error:
        with suppress(UserError):
            await form.make(interaction, state)
            typed = TypedForm(custom_id=custom_id, person_id=interaction.user.id, values=values)
            db, scope = interaction.client.library.db, scope_of(interaction)
            question = await button_state.keep(db, "form", scope, typed.model_dump_json())
            error.button = ButtonSpec("Open the form again", custom_ids.FormAgain(question))
        raise


class FormAgainButton(StatefulButton[custom_ids.FormAgain], id_type=custom_ids.FormAgain):
    """A form that could not be taken, to be put right."""

    async def answer(self, interaction: Interaction) -> None:
        db, scope = interaction.client.library.db, scope_of(interaction)
        kept = await button_state.recall(db, "form", scope, self.state.question)
        if kept is None:
            raise UserError("What you typed is too old. Give the command again.")
        typed = TypedForm.model_validate_json(kept)
        if typed.person_id != interaction.user.id:
            raise UserError("Somebody else typed that. Give the command yourself.")
        kind, state = _known(interaction, typed.custom_id)
        form = await kind.make(interaction, state)
        form.fill(typed.values)
        await form.open(interaction)


def _known(interaction: Interaction, custom_id: str) -> tuple[type[Form[Any]], CustomId]:
    for form in interaction.client.forms:
        if state := form.id_type.parse(custom_id):
            return form, state
    raise UserError("I no longer know this form. Give its command again.")


def _field_values(interaction: Interaction) -> dict[str, str]:
    """What was typed or chosen in a submitted form, by the custom_id of each field; every field has a label."""
    data: Any = interaction.data
    fields = [label["component"] for label in data["components"]]
    return {field["custom_id"]: field.get("value") or "".join(field.get("values", ())[:1]) for field in fields}
