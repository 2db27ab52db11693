"""Cards of what can be done to a reading list as a whole."""

from __future__ import annotations

import discord

from commands.list_ids import (
    ListAction,
    ListExport,
    ListPage,
)
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.list_cards import counts, whose
from commands.web_ids import ListWeb
from store.catalog.exports import FORMATS
from store.guilds.reading_lists import ReadingList


def manage(
    one: ReadingList, person: int, *, may_share: bool = False, may_delete: bool = False, has_web: bool = False
) -> CardView:
    """What can be done to a list as a whole; `has_web` where pages and feeds are served."""
    card = Card(NEUTRAL)
    card.text(f"### {markdown.safe(one.name, 120)}\n-# {whose(one, person)} · {counts(one)}")
    if may_share:
        share = "Everybody on this server can read it; only you change it." if one.shared else "Nobody else sees it."
        card.text(f"{share} Notes are shared one by one.")
    if one.total:
        card.select(ListExport(one.token), "As a file…", [(name, name, "") for name in FORMATS])
    buttons = [ButtonSpec("To the list", ListPage("added", one.token, 0))]
    if has_web and one.may_change(person):
        buttons.append(ButtonSpec("Feed", ListWeb("show", one.token)))
    if one.may_change(person):
        buttons.append(ButtonSpec("Rename", ListAction("rename", one.token)))
    if may_share:
        shared = ButtonSpec("Stop sharing", ListAction("unshare", one.token))
        buttons.append(shared if one.shared else ButtonSpec("Share with the team", ListAction("share", one.token)))
    if may_delete:
        buttons.append(ButtonSpec("Delete", ListAction("delete", one.token), discord.ButtonStyle.danger))
    card.buttons(buttons)
    return card.view()


def delete_question(one: ReadingList) -> CardView:
    """Asks whether to delete a list."""
    card = Card(NEUTRAL)
    gone = f" with its {markdown.counted(one.total, 'paper')}" if one.total else ""
    card.text(f"Delete **{markdown.safe(one.name, 120)}**{gone}? Notes on the papers stay. This cannot be undone.")
    card.buttons(
        [
            ButtonSpec("Delete", ListAction("sure", one.token), discord.ButtonStyle.danger),
            ButtonSpec("Cancel", ListAction("more", one.token)),
        ]
    )
    return card.view()
