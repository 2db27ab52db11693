"""When a subscription posts, as people write it."""

from __future__ import annotations

import re
from datetime import time

import discord
from discord import app_commands

from commands.context import Assistant
from commands.errors import UserError, log_autocomplete_errors
from commands.views import markdown, subscription_cards
from store.guilds.schedule import Cadence, Schedule, known_zones

CADENCES: dict[str, Cadence] = {"as they come": "now", "daily": "daily", "weekly": "weekly"}
"""By what people are shown."""
CADENCE_CHOICES = [app_commands.Choice(name=name, value=str(value)) for name, value in CADENCES.items()]
WEEKDAY_CHOICES = [
    app_commands.Choice(name=day, value=number) for number, day in enumerate(subscription_cards.WEEKDAYS)
]
_TIME = re.compile(r"([01]?\d|2[0-3])(?:[:.h]([0-5]\d))?(?:\s*h)?", re.ASCII)

_TIME_AND_ZONE = re.compile(r"(\S*(?:\s+h(?!\S))?)\s*(.*)", re.DOTALL)


def read_schedule(cadence: str, at: str, weekday: int, zone: str) -> Schedule:
    """A schedule from what was typed or chosen; raises `UserError`."""
    found = _TIME.fullmatch(at.strip())
    if not found:
        raise UserError("I cannot read that time of day. Write it as 08:30, from 00:00 to 23:59.")
    known = {name.casefold(): name for name in known_zones()}.get(zone.strip().replace(" ", "_").casefold())
    if known is None:
        raise UserError(f"I know no time zone “{markdown.safe(zone, 60)}”. Choose one such as Europe/Berlin or UTC.")
    chosen: Cadence = "daily" if cadence == "daily" else "weekly" if cadence == "weekly" else "now"
    return Schedule(cadence=chosen, at=time(int(found[1]), int(found[2] or 0)), weekday=weekday, zone=known)


def split_time(typed: str) -> tuple[str, str]:
    """A time of day and the time zone behind it, both as typed, of `08:30 Europe/Berlin`; either may be empty."""
    found = _TIME_AND_ZONE.fullmatch(typed.strip())
    return (found[1], found[2]) if found else ("", "")


async def suggest_zones(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """Time zones that contain what has been typed so far."""
    with log_autocomplete_errors("zone"):
        wanted = typed.lower().replace(" ", "_")
        found = sorted((z for z in known_zones() if wanted in z.lower()), key=lambda z: ("/" not in z, z))
        return [app_commands.Choice(name=zone, value=zone) for zone in found[:25]]
    return []
