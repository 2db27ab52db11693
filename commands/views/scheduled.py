"""Scheduled messages as cards or polls: each kind has a model of its content, and a function that draws it."""

from __future__ import annotations

from collections.abc import Callable

from discord.ui import View

from commands.message_ids import MessageReason
from commands.views import club_messages, markdown, saved_cards, watch_cards
from commands.views.club_messages import PollMessage
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView, one_button
from store.guilds import watch_news, weekly_saved
from store.guilds.pauses import LostChannel
from store.guilds.scheduled_messages import ScheduledMessage


def message(said: ScheduledMessage, token: str) -> CardView:
    """A message, with the button that carries its token."""
    card = _KINDS[said.kind](said.content)
    card.buttons([_why(token)])
    if card.left_out:
        raise ValueError(f"{card.left_out} blocks of a message do not fit")
    return card.view()


def poll(said: ScheduledMessage) -> PollMessage | None:
    """A message that is a poll; None where it is a card."""
    return draw(said.content) if (draw := _POLLS.get(said.kind)) else None


def poll_button(token: str) -> View:
    """The button that carries the token of a poll."""
    return one_button(_why(token))


def _why(token: str) -> ButtonSpec:
    return ButtonSpec("Why am I seeing this", MessageReason(token))


def _lost_channel(content: str) -> Card:
    lost = LostChannel.model_validate_json(content)
    card = Card(NEUTRAL, foot=False)
    card.text(
        f"Your subscription “{markdown.echo(lost.query, 300)}” in <#{lost.target_id}> is paused, because Discord said:"
        f" “{markdown.echo(lost.reason, 300)}”. Nothing is lost: when I may post there again, press Resume in"
        " /subscriptions there."
    )
    return card


_KINDS: dict[str, Callable[[str], Card]] = {
    "lost_channel": _lost_channel,
    watch_news.KIND: watch_cards.news,
    weekly_saved.KIND: saved_cards.week,
    **club_messages.CARDS,
}
"""Draws the content of each kind of message, which is JSON of the kind's model."""
_POLLS: dict[str, Callable[[str], PollMessage]] = {"club_poll": club_messages.poll}
"""The same of messages that are polls."""
