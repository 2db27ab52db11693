"""`/subscriptions`: what this channel follows, and every change to one of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Self

import discord
from discord import app_commands

from commands import custom_ids
from commands.buttons import StatefulButton
from commands.context import OUTBOX_CHANGED, Interaction, scope_of
from commands.errors import UserError
from commands.modals import Form
from commands.options import read_query
from commands.permissions import (
    how_to_start,
    is_manager,
    require_manager,
    require_mentionable,
    require_still_mentionable,
    whom_to_ask,
)
from commands.respond import edit_or_reply, reply
from commands.schedules import CADENCES, read_schedule, split_time
from commands.verbs import SubscriptionVerb
from commands.views import paper_cards, subscription_cards
from commands.views.layout import CardView
from store.errors import NotFoundError
from store.guilds import pauses, subscriptions
from store.guilds.following import Following
from store.guilds.subscriptions import MAX_CAP, Options, Subscription
from store.search.parser import MAX_LENGTH

_CHANGES: dict[SubscriptionVerb, dict[str, Any]] = {
    "full": {"form": "full"},
    "compact": {"form": "compact"},
    "either": {"form": None},
    "once": {"once": True},
    "repeats": {"once": False},
}
"""What a button changes of the options."""


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


async def chosen(interaction: Interaction, token: str) -> Subscription:
    """The channel's, if the person may manage it; or what they follow for themselves, wherever they ask."""
    db = interaction.client.library.db
    with missing_subscription_reported():
        one = await subscriptions.get_for(db, scope_of(interaction), interaction.user.id, token)
    if one.scope.guild_id:
        require_manager(interaction)
    return one


def _card(interaction: Interaction, one: Subscription, heading: str = "") -> CardView:
    return subscription_cards.subscription(one, heading, has_web=interaction.client.web_url is not None)


class SubscriptionPageButton(StatefulButton[custom_ids.SubscriptionPage], id_type=custom_ids.SubscriptionPage):
    """Another page of a channel's subscriptions."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, _page(interaction, self.state.page))


class SubscriptionButton(StatefulButton[custom_ids.SubscriptionAction], id_type=custom_ids.SubscriptionAction):
    """Something to do to one subscription of this channel."""

    async def answer(self, interaction: Interaction) -> None:
        with missing_subscription_reported():
            match self.state.verb:
                case "manage":
                    await reply(interaction, self._shown(interaction), private=True)
                case "edit":
                    one = await chosen(interaction, self.state.token)
                    form = await EditForm.make(interaction, custom_ids.SubscriptionForm(one.token))
                    await form.open(interaction)
                case _:
                    await edit_or_reply(interaction, self._changed(interaction))

    async def _shown(self, interaction: Interaction) -> CardView:
        return _card(interaction, await chosen(interaction, self.state.token))

    async def _changed(self, interaction: Interaction) -> CardView:
        """What takes the place of the message that the button is under."""
        one = await chosen(interaction, self.state.token)
        db, scope, now = interaction.client.library.db, one.scope, datetime.now(UTC)
        match self.state.verb:
            case "pause":
                reason = f"{interaction.user.display_name} paused it"
                return _card(interaction, await pauses.pause(db, scope, one.token, reason, now))
            case "resume" if one.waiting:
                return subscription_cards.resume_question(one)
            case "resume" | "post" | "drop":
                resumed = await pauses.resume(db, scope, one.token, now, post_held=self.state.verb != "drop")
                interaction.client.dispatch(OUTBOX_CHANGED)
                return _card(interaction, resumed)
            case "full" | "compact" | "either" | "once" | "repeats":
                options = one.options.model_copy(update=_CHANGES[self.state.verb])
                return subscription_cards.subscription(
                    await subscriptions.edit(db, scope, one.token, one.query, options, now), "### Changed"
                )
            case "delete":
                return subscription_cards.delete_question(one)
            case _:
                await subscriptions.delete(db, scope, [one.token], now)
                query = subscription_cards.quoted_query(one.query)
                return paper_cards.message(f"Deleted {query}. Its posts stay where they are.")


class EditForm(Form[custom_ids.SubscriptionForm], title="Edit the subscription", id_type=custom_ids.SubscriptionForm):
    """What can be changed about a subscription. Discord's forms have five fields at most."""

    @classmethod
    async def make(cls, interaction: Interaction, state: custom_ids.SubscriptionForm) -> Self:
        one = await chosen(interaction, state.token)
        schedule, role_id = one.options.schedule, one.options.role_id
        guild = interaction.guild if one.scope.guild_id else None
        form = cls(state)
        if isinstance(one.query, Following):
            form.add_field("About how many papers a day", discord.ui.TextInput(custom_id="per_day", max_length=2))
        else:
            form.add_field("Query", discord.ui.TextInput(custom_id="query", max_length=MAX_LENGTH))
        form.add_field("How often", discord.ui.Select(custom_id="cadence", options=_how_often()))
        form.add_field("Time of day and time zone of a digest", discord.ui.TextInput(custom_id="at", max_length=70))
        form.add_field(f"Most papers in a post, up to {MAX_CAP}", discord.ui.TextInput(custom_id="cap", max_length=2))
        if guild:
            role: discord.ui.RoleSelect[Any] = discord.ui.RoleSelect(custom_id="role", min_values=0, required=False)
            form.add_field("A role to mention with each post", role)
        weekday = f"-{schedule.weekday}" if schedule.cadence == "weekly" else ""
        form.fill(
            {
                **(
                    {"per_day": str(one.query.per_day)}
                    if isinstance(one.query, Following)
                    else {"query": one.query.canonical()}
                ),
                "cadence": schedule.cadence + weekday,
                "at": f"{schedule.at:%H:%M} {schedule.zone}",
                "cap": str(one.options.cap),
                "role": str(role_id) if guild and role_id and guild.get_role(role_id) else "",
            }
        )
        return form

    @classmethod
    async def answer(
        cls, interaction: Interaction, state: custom_ids.SubscriptionForm, values: Mapping[str, str]
    ) -> None:
        await reply(interaction, cls._edited(interaction, state, values), private=True)

    @classmethod
    async def _edited(
        cls, interaction: Interaction, state: custom_ids.SubscriptionForm, values: Mapping[str, str]
    ) -> CardView:
        one = await chosen(interaction, state.token)
        db = interaction.client.library.db
        with missing_subscription_reported():
            before, query = one.options, one.query
            if isinstance(query, Following):
                query = query.model_copy(update={"per_day": _read_number(values["per_day"], "papers a day")})
            else:
                query = read_query(values["query"])
            cadence, _, weekday = (values["cadence"] or before.schedule.cadence).partition("-")
            at, zone = split_time(values["at"])
            options = Options(
                schedule=read_schedule(
                    cadence,
                    at,
                    int(weekday or before.schedule.weekday),
                    values.get("zone") or zone or before.schedule.zone,  # `zone`: of a form that a former version made
                ),
                role_id=_read_role(interaction, values.get("role"), before.role_id),
                cap=_read_number(values["cap"], "most papers in a post"),
                form=before.form,
                once=before.once,
            )
            edited = await subscriptions.edit(db, one.scope, state.token, query, options, datetime.now(UTC))
        interaction.client.dispatch(OUTBOX_CHANGED)
        return _card(interaction, edited, "### Changed")


def _how_often() -> list[discord.SelectOption]:
    """The cadences, with the day of a weekly digest; values such as `daily` and `weekly-0`."""
    once = [discord.SelectOption(label=label, value=value) for label, value in CADENCES.items() if value != "weekly"]
    days = enumerate(subscription_cards.WEEKDAYS)
    return [*once, *(discord.SelectOption(label=f"weekly on {day}", value=f"weekly-{number}") for number, day in days)]


def _read_role(interaction: Interaction, chosen: str | None, before: int | None) -> int | None:
    """The role that was chosen in the form, which may be none; without a field for it, the one that was there."""
    if chosen is None:
        require_still_mentionable(interaction, before)
        return before
    guild = interaction.guild
    return require_mentionable(interaction, guild.get_role(int(chosen)) if guild and chosen else None)


def _read_number(typed: str, what: str) -> int:
    number = typed.strip()
    if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= MAX_CAP:
        raise UserError(f"The {what} are a number from 1 to {MAX_CAP}. Enter such a number.")
    return int(number)
