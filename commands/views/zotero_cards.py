"""Cards of reading lists that are tied to libraries of Zotero, and the questions where both differ."""

from __future__ import annotations

from collections.abc import Sequence

import discord

from commands.list_ids import ListPage
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.zotero_ids import ZoteroAction, ZoteroChoice, ZoteroConnect
from store.guilds.reading_lists import ReadingList
from store.guilds.zotero_links import LinkedItem, ZoteroLink
from store.list_sync.merge import Question

_LISTS = 6
_ASKED: dict[Question, str] = {
    "removed there": "It is no longer in Zotero, and still in the list.",
    "removed here": "It was taken out of the list, and is still in Zotero.",
    "both changed": "It was changed on both sides since they were last the same.",
}


def state(link: ZoteroLink, questions: int) -> str:
    """When a list was last compared with its library, why not since, and how much is to be decided."""
    when = f"compared {markdown.moment(link.synced)}" if link.synced else "not compared yet"
    place = f", collection {link.collection}" if link.collection else ""
    line = f"Zotero {link.library}{place} · {when}"
    if questions:
        line += f" · **{markdown.counted(questions, 'thing')} to decide**"
    if link.failure:
        told = "stopped" if link.stopped else "did not work since"
        line += f"\n-# ⚠ {told}: {markdown.safe(link.failure, 200)}"
    return line


def overview(links: Sequence[tuple[ReadingList, ZoteroLink, int]]) -> CardView:
    """The person's lists and the team's that are tied to a library, with how many questions are open."""
    card = Card(NEUTRAL)
    card.text(
        "### Zotero\nTie a reading list to a group library, to your own, or to a collection: both are kept the same,"
        " with tags and notes. Nothing is overwritten or deleted without asking."
    )
    for one, link, questions in links[:_LISTS]:
        text = f"**{markdown.safe(one.name, 120)}**\n{state(link, questions)}"
        card.section(text, ButtonSpec("Manage", ZoteroAction("show", one.token)))
    if len(links) > _LISTS:
        card.text(f"-# {len(links) - _LISTS:,} more are managed from their lists: **More…** in `/lists`.")
    card.buttons([ButtonSpec("Tie a list to Zotero", ZoteroConnect())])
    return card.view()


def linked(one: ReadingList, link: ZoteroLink, questions: int) -> CardView:
    """A list's library, and what can be done about it."""
    card = Card(NEUTRAL)
    card.text(f"### {markdown.safe(one.name, 120)}\n{state(link, questions)}\n-# With the key of <@{link.person}>.")
    buttons = [ButtonSpec("To the list", ListPage("added", one.token, 0))]
    buttons += [ButtonSpec("Decide", ZoteroAction("decide", one.token))] if questions else []
    buttons.append(ButtonSpec("Compare now", ZoteroAction("now", one.token)))
    buttons.append(ButtonSpec("Disconnect", ZoteroAction("off", one.token), discord.ButtonStyle.danger))
    card.buttons(buttons)
    return card.view()


def disconnect_question(one: ReadingList) -> CardView:
    """Asks whether to forget a list's library and the key."""
    card = Card(NEUTRAL)
    card.text(
        f"Disconnect **{markdown.safe(one.name, 120)}** from Zotero? I forget the key; what is in both stays there."
    )
    card.buttons(
        [
            ButtonSpec("Disconnect", ZoteroAction("sure", one.token), discord.ButtonStyle.danger),
            ButtonSpec("Cancel", ZoteroAction("show", one.token)),
        ]
    )
    return card.view()


def question(one: ReadingList, asked: LinkedItem, title: str, left: int) -> CardView:
    """One thing of which both sides say different things; `title` is the paper's, `left` how many are to decide."""
    card = Card(NEUTRAL)
    what = "A note on" if asked.kind == "note" else "The paper"
    card.text(f"### {markdown.counted(left, 'thing')} to decide\n{what} **{markdown.safe(title, 250)}**")
    if asked.asked:
        card.text(_ASKED[asked.asked.question])
        for place, value in (("Here", asked.asked.here), ("In Zotero", asked.asked.there)):
            card.text(f"**{place}**\n{_value(value)}")
    card.buttons(
        [
            ButtonSpec("As it is here", ZoteroChoice("here", one.token, asked.item_key)),
            ButtonSpec("As it is in Zotero", ZoteroChoice("there", one.token, asked.item_key)),
            ButtonSpec("Later", ZoteroAction("show", one.token)),
        ]
    )
    return card.view()


def _value(value: str | tuple[str, ...] | None) -> str:
    if value is None:
        return "not there"
    if isinstance(value, str):
        return f"> {markdown.safe(value, 1300)}"
    return markdown.safe(" ".join(f"#{tag}" for tag in value), 600) if value else "there, without tags"
