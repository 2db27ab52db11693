"""`/setup`: from a team's names to its papers and subscriptions; nothing is subscribed without a click."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

import discord
from discord import app_commands

from commands import custom_ids, setup_steps
from commands.buttons import StatefulButton, StatefulSelect
from commands.context import Interaction, scope_of
from commands.errors import UserError
from commands.modals import Form
from commands.permissions import require_channel, require_manager, require_other_channel
from commands.respond import edit_or_reply, edit_with, first_answer, reply
from commands.views import paper_cards, setup_cards
from commands.views.layout import CardView
from commands.views.setup_cards import Setup
from store import team
from store.team import MOST_PEOPLE

_CHANNELS = [discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.public_thread]


@app_commands.command(name="setup", description="Begin here: name your team and topics, and see what to follow")
@app_commands.default_permissions(manage_channels=True)
async def setup_command(interaction: Interaction) -> None:
    """Answer `/setup`."""
    form = await SetupForm.make(interaction, custom_ids.SetupForm())
    await form.open(interaction)


class SetupForm(Form[custom_ids.SetupForm], title="Set up Lectern for your team", id_type=custom_ids.SetupForm):
    """Who belongs to the team, what it follows, and where to post."""

    @classmethod
    async def make(cls, interaction: Interaction, state: custom_ids.SetupForm) -> Self:
        require_manager(interaction)
        form = cls(state)
        people: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="people",
            style=discord.TextStyle.paragraph,
            max_length=4000,
            required=False,
            placeholder="Ada Example\n0000-0002-1825-0097\nhttps://dblp.org/pid/12/3456",
        )
        form.add_field("Your team: names, ORCIDs or links, one a line", people)
        categories: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="categories", max_length=200, required=False, placeholder="cs.CL cs.LG"
        )
        form.add_field("Categories of arXiv", categories)
        words: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="words",
            style=discord.TextStyle.paragraph,
            max_length=2000,
            required=False,
            placeholder='"web agents"\ntool use',
        )
        form.add_field("Words to look for, one search a line", words)
        if interaction.guild:
            channel: discord.ui.ChannelSelect[Any] = discord.ui.ChannelSelect(
                custom_id="channel", channel_types=_CHANNELS
            )
            form.add_field("Where to post", channel)
            form.fill({"channel": str(interaction.channel_id)})
        return form

    @classmethod
    async def answer(cls, interaction: Interaction, state: custom_ids.SetupForm, values: Mapping[str, str]) -> None:
        target_id = int(values.get("channel") or interaction.channel_id or 0)
        _require_target(interaction, target_id)
        typed = team.lines(values["people"])
        if len(typed) > MOST_PEOPLE:
            raise UserError(
                f"Those are {len(typed)} people; give at most {MOST_PEOPLE} at once, then use /setup again."
            )
        setup = Setup(
            scope=scope_of(interaction),
            target_id=target_id,
            person_id=interaction.user.id,
            anchor_id=interaction.id,
            categories=values["categories"],
            words=values["words"],
            members=(),
        )
        if not setup_steps.queries(setup) and not typed:
            raise UserError("There is nothing to follow in that. Name a person, a category or words.")
        await reply(interaction, setup_steps.find(interaction, setup, typed), private=True)


class SetupPersonSelect(StatefulSelect[custom_ids.SetupPerson], id_type=custom_ids.SetupPerson):
    """Who is meant by a line."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._answered(interaction))

    async def _answered(self, interaction: Interaction) -> CardView:
        setup = await setup_steps.kept(interaction, self.state.question)
        value, members = self.item.values[0], list(setup.members)
        left_out = value == setup_cards.LEAVE_OUT
        answered = {"left_out": left_out, "chosen": None if left_out else int(value)}
        members[self.state.number] = members[self.state.number].model_copy(update=answered)
        setup = setup.model_copy(update={"members": tuple(members)})
        return setup_cards.team(setup, await setup_steps.keep(interaction, setup))


class SetupChoiceSelect(StatefulSelect[custom_ids.SetupChoice], id_type=custom_ids.SetupChoice):
    """Which of the proposals are wanted."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._answered(interaction))

    async def _answered(self, interaction: Interaction) -> CardView:
        setup = await setup_steps.kept(interaction, self.state.question)
        setup = setup.model_copy(update={"wanted": tuple(sorted(map(int, self.item.values)))})
        return setup_cards.proposals(setup, await setup_steps.keep(interaction, setup))


class SetupStepButton(StatefulButton[custom_ids.SetupStep], id_type=custom_ids.SetupStep):
    """The next step, or the end."""

    async def answer(self, interaction: Interaction) -> None:
        setup = await setup_steps.kept(interaction, self.state.question)
        if self.state.verb == "cancel":
            text = "Cancelled. Nothing was subscribed; papers that were fetched stay in the library."
            await edit_with(interaction, paper_cards.message(text))
            return
        _require_target(interaction, setup.target_id)
        await first_answer(interaction.response.defer)
        if self.state.verb == "fetch":
            shown = await setup_steps.fetch(interaction, setup, self.state.question)
        else:
            shown = await setup_steps.subscribe(interaction, setup)
        await interaction.edit_original_response(view=shown)


def _require_target(interaction: Interaction, channel_id: int) -> None:
    require_manager(interaction)
    if channel_id == interaction.channel_id:
        require_channel(interaction, own_thread=False)
    else:
        require_other_channel(interaction, channel_id)
