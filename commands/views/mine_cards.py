"""Cards of what somebody follows for themselves."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from commands.custom_ids import SubscriptionAction
from commands.follow_ids import MineAll, MinePage
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import page_buttons, page_count
from commands.views.subscription_cards import PAGE_SIZE, line
from store.guilds.subscriptions import Subscription


def followed(found: Sequence[Subscription], page: int, mention: str) -> CardView:
    """What somebody follows, each with a button to manage it, and what can be done to all; `mention` is the command."""
    card = Card(NEUTRAL)
    if not found:
        card.text(
            "### You follow nothing for yourself yet\nPress **Follow** under a paper, an author or a search, or use"
            f" {mention} with words, an author or a category. New papers then come to you as a direct message, gathered"
            " once a day."
        )
        return card.view()
    pages = page_count(len(found), PAGE_SIZE)
    page = min(page, pages - 1)
    card.text(f"### You follow {markdown.counted(len(found), 'thing')}\n-# By direct message; nobody else sees this.")
    for one in found[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]:
        card.section(line(one), ButtonSpec("Manage", SubscriptionAction("manage", one.token)))
    card.buttons(page_buttons(page, pages, MinePage))
    paused = sum(one.pause is not None for one in found)
    card.buttons(
        [
            *([ButtonSpec("Pause all", MineAll("pause"))] if paused < len(found) else []),
            *([ButtonSpec("Resume all", MineAll("resume"))] if paused else []),
            ButtonSpec("End all", MineAll("end"), discord.ButtonStyle.danger),
        ]
    )
    return card.view()


def end_all_question(found: Sequence[Subscription]) -> CardView:
    """Asks whether to end all that somebody follows."""
    waiting = sum(one.waiting for one in found)
    lost = f" {markdown.counted(waiting, 'paper')} that waited will not come." if waiting else ""
    card = Card(NEUTRAL)
    card.text(f"End all {len(found):,} that you follow?{lost}")
    card.buttons(
        [ButtonSpec("End all", MineAll("sure"), discord.ButtonStyle.danger), ButtonSpec("Cancel", MinePage(0))]
    )
    return card.view()
