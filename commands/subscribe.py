"""`/subscribe`: shows what it would have posted, then asks."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from typing import Literal
from zoneinfo import available_timezones

import discord
from discord import app_commands

from commands import disambiguation
from commands.buttons import StatefulButton
from commands.context import Assistant, Interaction, UserError
from commands.errors import Suggesting
from commands.respond import reply
from commands.search import read_query
from commands.views import markdown, paper_cards, subscription_cards
from commands.views.layout import CardView
from store.guilds import subscriptions
from store.guilds.preview import preview
from store.guilds.schedule import Cadence, Schedule
from store.guilds.subscriptions import MAX_CAP, Options, Scope, Subscription, TooManyError
from store.models import Frozen
from store.search.query import Query, parse
from store.storage import button_state

_TIME = re.compile(r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?(?:\s*h)?", re.ASCII)
_WEEKDAYS = [app_commands.Choice(name=name, value=number) for number, name in enumerate(subscription_cards.WEEKDAYS)]
_CADENCES = [
    app_commands.Choice(name="as they come", value="now"),
    app_commands.Choice(name="daily", value="daily"),
    app_commands.Choice(name="weekly", value="weekly"),
]
_NEEDED = ("view_channel", "read_message_history")
"""Beside sending: without its history the bot cannot make sure that nothing comes twice."""


class Draft(Frozen):
    """A subscription that waits for its Confirm. `anchor_id` is the interaction's, by which it is made only once."""

    kind: Literal["draft"] = "draft"
    scope: Scope
    person_id: int
    query: str
    options: Options
    own_thread: bool
    anchor_id: int


async def suggest_zones(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """Time zones with what has been typed in them."""
    with Suggesting("zone"):
        wanted = typed.lower().replace(" ", "_")
        found = sorted((z for z in available_timezones() if wanted in z.lower()), key=lambda z: ("/" not in z, z))
        return [app_commands.Choice(name=zone, value=zone) for zone in found[:25]]
    return []


@app_commands.command(
    name="subscribe", description="New papers for this channel; shows first what it would have posted"
)
@app_commands.describe(
    query='Words, "a phrase", -not, a|b, author:"Zehan Qi", cat:cs.CL, code:yes, since:2024',
    author="Papers by this author",
    category="Papers in this category, as cs.CL or CL",
    code="Only papers with, or without, known code",
    cadence="As they come, or gathered once a day or week",
    at="Time of day of a digest, as 08:30",
    weekday="Day of a weekly digest",
    zone="Time zone of that time, as Europe/Berlin",
    role="A role to mention with each post",
    cap="Most papers in a post; the others are behind a button",
    thread="Post into a thread of its own",
)
@app_commands.choices(cadence=_CADENCES)
@app_commands.choices(weekday=_WEEKDAYS)
@app_commands.autocomplete(author=disambiguation.suggest_names, zone=suggest_zones)
@app_commands.default_permissions(manage_channels=True)
async def subscribe_command(
    interaction: Interaction,
    query: app_commands.Range[str, 1, 400] | None = None,
    author: app_commands.Range[str, 1, 100] | None = None,
    category: app_commands.Range[str, 1, 30] | None = None,
    code: bool | None = None,
    cadence: str = "now",
    at: app_commands.Range[str, 1, 8] = "08:30",
    weekday: int = 0,
    zone: app_commands.Range[str, 1, 60] = "UTC",
    role: discord.Role | None = None,
    cap: app_commands.Range[int, 1, MAX_CAP] = 10,
    thread: bool = False,
) -> None:
    """Answer `/subscribe`."""
    require_place(interaction, thread)
    parts = [
        query or "",
        *(f'{name}:"{value.replace(chr(34), "")}"' for name, value in (("author", author), ("cat", category)) if value),
    ]
    if code is not None:
        parts.append(f"code:{'yes' if code else 'no'}")
    asked = read_query(" ".join(parts))
    options = Options(schedule=read_schedule(cadence, at, weekday, zone), role_id=_role(interaction, role), cap=cap)
    draft = Draft(
        scope=subscription_cards.scope_of(interaction),
        person_id=interaction.user.id,
        query=asked.canonical(),
        options=options,
        own_thread=thread,
        anchor_id=interaction.id,
    )
    await reply(interaction, _preview(interaction, draft, asked), private=True)


def require_place(interaction: Interaction, thread: bool) -> None:
    """Raise `UserError` unless this person may subscribe this channel, and the bot may post in it."""
    subscription_cards.require_manager(interaction)
    if interaction.guild_id is None:
        if not interaction.context.dm_channel:
            raise UserError("In a group I cannot post on my own. Write to me directly, or use a server's channel.")
        if thread:
            raise UserError("There are no threads in direct messages; leave that option out.")
        return
    if interaction.client.get_guild(interaction.guild_id) is None:
        raise UserError("I am not a member of this server, so I cannot post here; ask an administrator to invite me.")
    inside = isinstance(interaction.channel, discord.Thread)
    needed = [*_NEEDED, "send_messages_in_threads" if inside or thread else "send_messages"]
    if thread:
        needed.append("create_public_threads")
    missing = [name for name in needed if not getattr(interaction.app_permissions, name)]
    if missing:
        named = ", ".join(name.replace("_", " ").title() for name in missing)
        raise UserError(f"I lack permissions here: {named}. Give them to me, then subscribe again.")


def read_schedule(cadence: str, at: str, weekday: int, zone: str) -> Schedule:
    """A schedule from what was typed; raises `UserError`."""
    found = _TIME.fullmatch(at.strip())
    if not found:
        raise UserError("Write the time of day as 08:30, from 00:00 to 23:59.")
    known = {name.casefold(): name for name in available_timezones()}.get(zone.strip().replace(" ", "_").casefold())
    if known is None:
        raise UserError(f"I know no time zone “{markdown.safe(zone, 60)}”; choose one as Europe/Berlin or UTC.")
    chosen: Cadence = "daily" if cadence == "daily" else "weekly" if cadence == "weekly" else "now"
    return Schedule(cadence=chosen, at=time(int(found[1]), int(found[2] or 0)), weekday=weekday, zone=known)


def _role(interaction: Interaction, role: discord.Role | None) -> int | None:
    if role is None:
        return None
    if role.is_default():
        raise UserError("I never mention @\u2060everyone; choose another role, or none.")
    if not role.mentionable and not interaction.app_permissions.mention_everyone:
        raise UserError("I may not mention that role; make it mentionable in the server's settings, or choose another.")
    return role.id


async def _preview(interaction: Interaction, draft: Draft, asked: Query) -> CardView:
    db = interaction.client.library.db
    seen = await preview(db, asked, datetime.now(UTC).date())
    token = await button_state.keep(db, draft.model_dump_json())
    return subscription_cards.draft(asked, draft.options, draft.own_thread, seen, token)


class DraftButton(StatefulButton, template=r"draft:(?P<verb>yes|no):(?P<token>[a-z2-7]{13})"):
    """Confirm or Cancel under a preview."""

    async def answer(self, interaction: Interaction) -> None:
        draft = await self._draft(interaction)
        if self.state["verb"] == "no":
            await interaction.response.edit_message(view=paper_cards.message("Nothing was subscribed."))
            return
        require_place(interaction, draft.own_thread)
        await interaction.response.defer()
        made = await _make(interaction, draft)
        note = f"### Subscribed\nNew papers are posted {subscription_cards.when(draft.options.schedule)}."
        await interaction.edit_original_response(view=subscription_cards.managed(made, note))

    async def _draft(self, interaction: Interaction) -> Draft:
        kept = await button_state.recall(interaction.client.library.db, self.state["token"])
        try:
            draft = Draft.model_validate_json(kept or "")
        except ValueError:
            raise UserError("That preview is too old. Please use /subscribe again.") from None
        if draft.scope != subscription_cards.scope_of(interaction) or draft.person_id != interaction.user.id:
            raise UserError("That preview is somebody else's. Please use /subscribe yourself.")
        return draft


async def _make(interaction: Interaction, draft: Draft) -> Subscription:
    db = interaction.client.library.db
    query = parse(draft.query)
    made = await subscriptions.by_anchor(db, draft.scope, draft.anchor_id)
    if made:
        return made
    target_id = await _thread(interaction, query) if draft.own_thread else draft.scope.channel_id
    try:
        return await subscriptions.create(
            db, draft.scope, target_id, draft.person_id, query, draft.options, datetime.now(UTC), draft.anchor_id
        )
    except TooManyError as error:
        raise UserError(str(error)) from error


async def _thread(interaction: Interaction, query: Query) -> int:
    """A new thread for a subscription, in this channel or in the forum that this thread is in."""
    name = markdown.plain(f"Papers: {query.canonical()}", 100)
    channel = interaction.channel
    place = channel.parent if isinstance(channel, discord.Thread) else channel
    try:
        if isinstance(place, discord.ForumChannel):
            made = await place.create_thread(
                name=name, view=paper_cards.message(f"New papers {subscription_cards.said(query)}")
            )
            return made.thread.id
        if isinstance(place, discord.TextChannel):
            thread = await place.create_thread(name=name, type=discord.ChannelType.public_thread)
            return thread.id
    except discord.Forbidden as error:
        raise UserError("I may not make a thread here; allow me to, or subscribe without one.") from error
    raise UserError("There can be no thread here; subscribe without one.")
