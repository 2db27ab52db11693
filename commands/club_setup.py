"""`/clubsetup`: when and where the journal club of a server meets, for those who manage channels."""

from __future__ import annotations

from datetime import UTC, date, datetime

import discord
from discord import app_commands

from commands import club, options
from commands.club_ids import ClubPage
from commands.club_permissions import require_club_manager
from commands.context import Interaction
from commands.errors import UserError
from commands.permissions import require_channel, require_guild, require_manager, require_other_channel
from commands.respond import reply
from commands.schedules import WEEKDAY_CHOICES, read_schedule, suggest_zones
from commands.views.layout import CardView
from store.guilds.club import calendar, clubs, progress, rota, rotas, sessions
from store.guilds.club.models import Club, Rhythm
from store.models import Frozen
from store.text.visible import one_line

_DEFAULTS = {"at": "16:00", "zone": "UTC"}


class Typed(Frozen):
    """What was typed; what is None stays as it is."""

    weekday: int | None
    first_day: date | None
    at: str | None
    zone: str | None
    every_weeks: int | None
    minutes: int | None
    poll_days: int | None


@app_commands.command(name="clubsetup", description="When and where the journal club meets; what you leave out stays")
@app_commands.describe(
    weekday="The day of the week on which it meets",
    at="Time of day, such as 16:00",
    zone="Time zone of that time, such as Europe/Berlin",
    channel="Where I post the poll, the paper and reminders; this channel if you name none",
    every_weeks="Every so many weeks",
    first_day="The day of the first session, such as 2026-12-03, in place of a weekday",
    minutes="How long it lasts",
    poll_days="How many days before a session its poll opens",
    room="A voice or stage channel in which it meets",
    place="Where it meets otherwise, such as a room or an address of a call",
    present_first="Who of the rota presents next",
    take_out="Somebody who is no longer in the rota",
)
@app_commands.choices(weekday=WEEKDAY_CHOICES)
@app_commands.autocomplete(zone=suggest_zones)
@app_commands.default_permissions(manage_channels=True)
async def club_setup_command(
    interaction: Interaction,
    weekday: int | None = None,
    at: app_commands.Range[str, 1, 8] | None = None,
    zone: app_commands.Range[str, 1, 60] | None = None,
    channel: discord.TextChannel | None = None,
    every_weeks: app_commands.Range[int, 1, 12] | None = None,
    first_day: app_commands.Range[str, 4, 10] | None = None,
    minutes: app_commands.Range[int, 15, 480] | None = None,
    poll_days: app_commands.Range[int, 3, 14] | None = None,
    room: discord.VoiceChannel | discord.StageChannel | None = None,
    place: app_commands.Range[str, 1, 100] | None = None,
    present_first: discord.User | None = None,
    take_out: discord.User | None = None,
) -> None:
    """Answer `/clubsetup`."""
    require_guild(interaction)
    require_manager(interaction)
    typed = Typed(
        weekday=weekday,
        first_day=options.read_day(first_day) if first_day else None,
        at=at,
        zone=zone,
        every_weeks=every_weeks,
        minutes=minutes,
        poll_days=poll_days,
    )
    where = channel.id if channel else None
    await reply(interaction, _set_up(interaction, typed, where, room, place, present_first, take_out), private=True)


async def _set_up(
    interaction: Interaction,
    typed: Typed,
    channel_id: int | None,
    room: discord.VoiceChannel | discord.StageChannel | None,
    place: str | None,
    present_first: discord.User | None,
    take_out: discord.User | None,
) -> CardView:
    guild_id, now = require_guild(interaction), datetime.now(UTC)
    async with interaction.client.library.db.read() as connection:
        before = await clubs.of_owner(connection, guild_id)
    if before:
        require_club_manager(interaction, before)
    channel_id = channel_id or (before.channel_id if before else interaction.channel_id or 0)
    _require_channel(interaction, channel_id)
    made = Club(
        owner=guild_id,
        anchor_id=interaction.id,
        channel_id=channel_id,
        creator_id=interaction.user.id,
        rhythm=_rhythm(typed, before.rhythm if before else None, now),
        place=one_line(place) if place else before.place if before and not room else "",
        place_id=room.id if room else before.place_id if before and not place else None,
    )
    kept = before is not None and made.model_copy(update=_identity(before)) == before
    async with interaction.client.library.db.write() as connection:
        if not kept:
            if (session := await sessions.current(connection, guild_id)) is not None:
                await sessions.forget(connection, session)
            await clubs.save(connection, made)
        people = await rotas.of_owner(connection, guild_id)
        for named in filter(None, (present_first, take_out)):
            if named.id not in [who.person_id for who in people]:
                raise UserError(f"<@{named.id}> is not in the rota: they join it by the button in /club.")
        if present_first:
            people = rota.put_first(people, present_first.id)
        if take_out:
            people = tuple(who for who in people if who.person_id != take_out.id)
        await rotas.save(connection, guild_id, people)
        await progress.advance(connection, guild_id, now)
    club.wake(interaction)
    return await club.card(interaction, ClubPage())


def _require_channel(interaction: Interaction, channel_id: int) -> None:
    """Raise `UserError` unless the person and the bot may write in that channel, and it can have threads."""
    if channel_id == interaction.channel_id:
        require_channel(interaction, own_thread=False)
    else:
        require_other_channel(interaction, channel_id)
    if not isinstance(interaction.client.get_channel(channel_id), discord.TextChannel):
        raise UserError("A journal club needs a text channel for its poll and threads. Name one with `channel:`.")


def _identity(before: Club) -> dict[str, int]:
    """What changes with every command and says nothing of when and where the club meets."""
    return {"anchor_id": before.anchor_id, "creator_id": before.creator_id}


def _rhythm(typed: Typed, before: Rhythm | None, now: datetime) -> Rhythm:
    """When the club meets, by what was typed and else as before; raises `UserError`."""
    if before is None and (typed.at is None or (typed.weekday is None and typed.first_day is None)):
        raise UserError(
            "Say at least on which weekday and when it meets, such as"
            " `/clubsetup weekday:Thursday at:16:00 zone:Europe/Berlin`."
        )
    at = typed.at or (f"{before.at:%H:%M}" if before else _DEFAULTS["at"])
    schedule = read_schedule("weekly", at, 0, typed.zone or (before.zone if before else _DEFAULTS["zone"]))
    values = before.model_dump() if before else {}
    values |= {"at": schedule.at, "zone": schedule.zone}
    numbers = {"every_weeks": typed.every_weeks, "minutes": typed.minutes, "poll_days": typed.poll_days}
    values |= {name: number for name, number in numbers.items() if number is not None}
    if values.get("poll_days", 0) >= 7 * values.get("every_weeks", 1):
        raise UserError("The poll of a session opens after the session before it: choose fewer days for it.")
    made = Rhythm.model_validate({"first_day": now.date(), **values})
    if typed.first_day:
        if calendar.times(made, typed.first_day).starts <= now:
            raise UserError("The first session has to be in the future.")
        return made.model_copy(update={"first_day": typed.first_day})
    if typed.weekday is None and before:
        return made
    weekday = typed.weekday if typed.weekday is not None else now.weekday()
    return made.model_copy(update={"first_day": calendar.first_day(made, weekday, now)})
