"""`/subscriptions`: what this channel follows, and every change to one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands

from commands import custom_ids
from commands.buttons import StatefulButton
from commands.context import OUTBOX_CHANGED, Interaction, scope_of
from commands.errors import UserError
from commands.modals import Form
from commands.options import read_query
from commands.permissions import how_to_start, is_manager, require_manager, require_still_mentionable, whom_to_ask
from commands.respond import reply, reply_with
from commands.schedules import CADENCES, read_schedule
from commands.views import paper_cards, subscription_cards
from commands.views.layout import CardView
from store.errors import NotFoundError
from store.guilds import pauses, subscriptions
from store.guilds.subscriptions import MAX_CAP, Options, Subscription


@app_commands.command(
    name="subscriptions", description="What this channel follows: who subscribed, the last post, what is waiting"
)
async def subscriptions_command(interaction: Interaction) -> None:
    """Answer `/subscriptions`."""
    await reply(interaction, _page(interaction, 0), private=True)


async def subscriptions_here(interaction: Interaction) -> list[Subscription]:
    """This channel's; raises `UserError` where there are none."""
    found = await subscriptions.in_channel(interaction.client.library.db, scope_of(interaction))
    if not found:
        raise UserError(f"This channel has no subscriptions. {how_to_start(interaction)}")
    return found


@contextmanager
def missing_subscription_reported() -> Iterator[None]:
    """Raise `UserError` in place of the store's error where a subscription is not this channel's or no longer there."""
    try:
        yield
    except NotFoundError:
        raise UserError("That subscription is no longer here. See /subscriptions for those that are.") from None


async def _page(interaction: Interaction, page: int) -> CardView:
    here = await subscriptions_here(interaction)
    ask = None if is_manager(interaction) else whom_to_ask(interaction)
    return subscription_cards.subscription_list(here, page, ask)


class SubscriptionPageButton(StatefulButton[custom_ids.SubscriptionPage], id_type=custom_ids.SubscriptionPage):
    """Another page of a channel's subscriptions."""

    async def answer(self, interaction: Interaction) -> None:
        await interaction.response.edit_message(view=await _page(interaction, self.state.page))


class SubscriptionButton(StatefulButton[custom_ids.SubscriptionAction], id_type=custom_ids.SubscriptionAction):
    """Something to do to one subscription of this channel."""

    async def answer(self, interaction: Interaction) -> None:
        require_manager(interaction)
        with missing_subscription_reported():
            one = await subscriptions.get(interaction.client.library.db, scope_of(interaction), self.state.token)
            match self.state.verb:
                case "manage":
                    await reply_with(interaction, subscription_cards.subscription(one), private=True)
                case "edit":
                    await EditForm(one).open(interaction)
                case _:
                    await interaction.response.edit_message(view=await self._changed(interaction, one))

    async def _changed(self, interaction: Interaction, one: Subscription) -> CardView:
        """What takes the place of the message that the button is under."""
        db, scope, now = interaction.client.library.db, scope_of(interaction), datetime.now(UTC)
        match self.state.verb:
            case "pause":
                reason = f"{interaction.user.display_name} paused it"
                return subscription_cards.subscription(await pauses.pause(db, scope, one.token, reason, now))
            case "resume" if one.waiting:
                return subscription_cards.resume_question(one)
            case "resume" | "post" | "drop":
                resumed = await pauses.resume(db, scope, one.token, now, post_held=self.state.verb != "drop")
                interaction.client.dispatch(OUTBOX_CHANGED)
                return subscription_cards.subscription(resumed)
            case "delete":
                return subscription_cards.delete_question(one)
            case _:
                await subscriptions.delete(db, scope, [one.token], now)
                query = subscription_cards.quoted_query(one.query)
                return paper_cards.message(f"Deleted {query}. Its posts stay where they are.")


class EditForm(Form[custom_ids.SubscriptionForm], title="Edit the subscription", id_type=custom_ids.SubscriptionForm):
    """What can be changed about a subscription."""

    def __init__(self, one: Subscription) -> None:
        super().__init__(custom_ids.SubscriptionForm(one.token))
        schedule = one.options.schedule
        self._add_text("query", "Query", one.query.canonical(), 500)
        cadence: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="cadence",
            options=[
                discord.SelectOption(label=label, value=value, default=schedule.cadence == value)
                for label, value in CADENCES.items()
            ],
        )
        self.add_item(discord.ui.Label(text="How often", component=cadence))
        self._add_text("at", "Time of day of a digest", f"{schedule.at:%H:%M}", 8)
        self._add_text("zone", "Time zone", schedule.zone, 60)
        self._add_text("cap", f"Most papers in a post, up to {MAX_CAP}", str(one.options.cap), 2)

    def _add_text(self, name: str, label: str, value: str, max_length: int) -> None:
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id=name, default=value, max_length=max_length)
        self.add_item(discord.ui.Label(text=label, component=field))

    @classmethod
    async def answer(
        cls, interaction: Interaction, state: custom_ids.SubscriptionForm, values: Mapping[str, str]
    ) -> None:
        require_manager(interaction)
        db, scope = interaction.client.library.db, scope_of(interaction)
        cap, query = _read_cap(values["cap"]), read_query(values["query"])
        with missing_subscription_reported():
            before = (await subscriptions.get(db, scope, state.token)).options
            cadence = values["cadence"] or before.schedule.cadence
            schedule = read_schedule(cadence, values["at"], before.schedule.weekday, values["zone"])
            require_still_mentionable(interaction, before.role_id)
            options = Options(schedule=schedule, role_id=before.role_id, cap=cap)
            edited = await subscriptions.edit(db, scope, state.token, query, options, datetime.now(UTC))
        interaction.client.dispatch(OUTBOX_CHANGED)
        await reply_with(interaction, subscription_cards.subscription(edited, "### Changed"), private=True)


def _read_cap(typed: str) -> int:
    cap = typed.strip()
    if not cap.isascii() or not cap.isdigit() or not 1 <= int(cap) <= MAX_CAP:
        raise UserError(f"The most papers in a post is a number from 1 to {MAX_CAP}. Enter such a number.")
    return int(cap)
