"""`/subscriptions` and `/unsubscribe`: what this channel follows, and every change to it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import discord
from discord import app_commands

from commands.buttons import StatefulButton
from commands.context import LEDGER, Interaction, UserError
from commands.errors import Answering
from commands.modals import Form
from commands.respond import reply
from commands.search import read_query
from commands.subscribe import read_schedule
from commands.views import markdown, paper_cards, subscription_cards
from commands.views.layout import CardView, Press
from store.errors import NotFoundError
from store.guilds import pauses, subscriptions
from store.guilds.subscriptions import MAX_CAP, Options, Subscription

NONE_HERE = "Nothing is subscribed here. Begin with /subscribe."
GONE = "That subscription is not here any more. See /subscriptions for those that are."


@app_commands.command(
    name="subscriptions", description="What this channel follows: who made each, last post, what waits"
)
async def subscriptions_command(interaction: Interaction) -> None:
    """Answer `/subscriptions`."""
    await reply(interaction, _listed(interaction, 0), private=True)


@app_commands.command(name="unsubscribe", description="End one of this channel's subscriptions, or all")
@app_commands.default_permissions(manage_channels=True)
async def unsubscribe_command(interaction: Interaction) -> None:
    """Answer `/unsubscribe`."""
    subscription_cards.require_manager(interaction)
    await reply(interaction, _unsubscribing(interaction), private=True)


async def _listed(interaction: Interaction, page: int) -> CardView:
    return subscription_cards.listed(await _here(interaction), page)


async def _unsubscribing(interaction: Interaction) -> CardView:
    return subscription_cards.unsubscribing(await _here(interaction))


async def _here(interaction: Interaction) -> list[Subscription]:
    found = await subscriptions.in_channel(interaction.client.library.db, subscription_cards.scope_of(interaction))
    if not found:
        raise UserError(NONE_HERE)
    return found


class ListPageButton(StatefulButton, template=r"subs:(?P<page>[0-9]{1,3})"):
    """Another page of a channel's subscriptions."""

    async def answer(self, interaction: Interaction) -> None:
        await interaction.response.edit_message(view=await _listed(interaction, int(self.state["page"])))


class SubscriptionButton(
    StatefulButton, template=f"sub:(?P<verb>manage|pause|resume|post|drop|edit|delete|end):{subscription_cards.NAMED}"
):
    """Something to be done to one subscription of this channel."""

    async def answer(self, interaction: Interaction) -> None:
        subscription_cards.require_manager(interaction)
        db, scope, token = interaction.client.library.db, subscription_cards.scope_of(interaction), self.state["token"]
        now = datetime.now(UTC)
        try:
            one = await subscriptions.get(db, scope, token)
            match self.state["verb"]:
                case "manage":
                    await reply(interaction, _view(subscription_cards.managed(one)), private=True)
                    return
                case "edit":
                    await EditForm(one).open(interaction)
                    return
                case "pause":
                    reason = f"{interaction.user.display_name} paused it"
                    view = subscription_cards.managed(await pauses.pause(db, scope, token, reason, now))
                case "resume" if one.waiting:
                    view = _resuming(one)
                case "resume" | "post":
                    view = subscription_cards.managed(await pauses.resume(db, scope, token, now, post_held=True))
                    interaction.client.dispatch(LEDGER)
                case "drop":
                    view = subscription_cards.managed(await pauses.resume(db, scope, token, now, post_held=False))
                case "delete":
                    view = _deleting(one)
                case _:
                    await subscriptions.delete(db, scope, [token], now)
                    view = paper_cards.message(f"Deleted: {subscription_cards.said(one.query)}. What was posted stays.")
        except NotFoundError:
            raise UserError(GONE) from None
        await interaction.response.edit_message(view=view)


class UnsubscribeSelect(discord.ui.DynamicItem[discord.ui.Select[Any]], template="unsubscribe"):
    """One of the subscriptions, to be ended."""

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: discord.ui.Item[Any], match: Any, /
    ) -> UnsubscribeSelect:
        assert isinstance(item, discord.ui.Select)
        return cls(item)

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        async with Answering(interaction):
            subscription_cards.require_manager(interaction)
            try:
                one = await subscriptions.get(
                    interaction.client.library.db, subscription_cards.scope_of(interaction), self.item.values[0]
                )
            except NotFoundError:
                raise UserError(GONE) from None
            await interaction.response.edit_message(view=_deleting(one))


class UnsubscribeAllButton(StatefulButton, template="unsubscribe:(?P<verb>all|sure)"):
    """All subscriptions of this channel, to be ended; asks once more."""

    async def answer(self, interaction: Interaction) -> None:
        subscription_cards.require_manager(interaction)
        here = await _here(interaction)
        if self.state["verb"] == "all":
            question = f"End {markdown.counted(len(here), 'subscription')} of this channel? What waits is not posted."
            sure = Press("End all", "unsubscribe:sure", discord.ButtonStyle.danger)
            await interaction.response.edit_message(view=subscription_cards.asking(question, [sure]))
            return
        ended = await subscriptions.delete(
            interaction.client.library.db,
            subscription_cards.scope_of(interaction),
            [one.token for one in here],
            datetime.now(UTC),
        )
        await interaction.response.edit_message(
            view=paper_cards.message(f"Ended {markdown.counted(ended, 'subscription')}.")
        )


class EditForm(Form, title="Edit the subscription", template=f"edit:{subscription_cards.NAMED}"):
    """What can be changed about a subscription."""

    def __init__(self, one: Subscription) -> None:
        super().__init__(custom_id=f"edit:{one.token}")
        schedule = one.options.schedule
        self._field("query", "Query", one.query.canonical(), 500)
        cadence: discord.ui.Select[Any] = discord.ui.Select(
            custom_id="cadence",
            options=[
                discord.SelectOption(label=label, value=value, default=schedule.cadence == value)
                for label, value in (("as they come", "now"), ("daily", "daily"), ("weekly", "weekly"))
            ],
        )
        self.add_item(discord.ui.Label(text="How often", component=cadence))
        self._field("at", "Time of day of a digest", f"{schedule.at:%H:%M}", 8)
        self._field("zone", "Time zone", schedule.zone, 60)
        self._field("cap", f"Most papers in a post, up to {MAX_CAP}", str(one.options.cap), 2)

    def _field(self, name: str, label: str, value: str, longest: int) -> None:
        field: discord.ui.TextInput[Any] = discord.ui.TextInput(custom_id=name, default=value, max_length=longest)
        self.add_item(discord.ui.Label(text=label, component=field))

    @classmethod
    async def answer(cls, interaction: Interaction, state: re.Match[str], typed: Mapping[str, str]) -> None:
        subscription_cards.require_manager(interaction)
        cap = typed["cap"].strip()
        if not cap.isascii() or not cap.isdigit() or not 1 <= int(cap) <= MAX_CAP:
            raise UserError(f"The most papers in a post is a number from 1 to {MAX_CAP}.")
        db, scope, token = interaction.client.library.db, subscription_cards.scope_of(interaction), state["token"]
        query = read_query(typed["query"])
        try:
            before = (await subscriptions.get(db, scope, token)).options
            schedule = read_schedule(
                typed["cadence"] or before.schedule.cadence,
                typed["at"],
                before.schedule.weekday,
                typed["zone"].strip(),
            )
            options = Options(schedule=schedule, role_id=before.role_id, cap=int(cap))
            edited = await subscriptions.edit(db, scope, token, query, options, datetime.now(UTC))
        except NotFoundError:
            raise UserError(GONE) from None
        interaction.client.dispatch(LEDGER)
        await reply(interaction, _view(subscription_cards.managed(edited, "### Changed")), private=True)


async def _view(view: CardView) -> CardView:
    return view


def _resuming(one: Subscription) -> CardView:
    waiting = markdown.counted(one.waiting, "paper")
    question = f"{waiting} came in while {subscription_cards.said(one.query)} was paused. Post them?"
    return subscription_cards.asking(
        question, [Press("Post them", f"sub:post:{one.token}"), Press("Leave them out", f"sub:drop:{one.token}")]
    )


def _deleting(one: Subscription) -> CardView:
    waiting = f" {markdown.counted(one.waiting, 'paper')} that wait are then not posted." if one.waiting else ""
    return subscription_cards.asking(
        f"Delete {subscription_cards.said(one.query)}?{waiting}",
        [Press("Delete", f"sub:end:{one.token}", discord.ButtonStyle.danger), Press("Keep", f"sub:manage:{one.token}")],
    )
