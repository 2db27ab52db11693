"""Scheduled messages as cards: each kind has a model of its content, and a function that draws it."""

from __future__ import annotations

from collections.abc import Callable

from commands.message_ids import MessageReason
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from store.guilds.pauses import LostChannel
from store.guilds.scheduled_messages import ScheduledMessage


def message(said: ScheduledMessage, token: str) -> CardView:
    """A message, with the button that carries its token."""
    card = _KINDS[said.kind](said.content)
    card.buttons([ButtonSpec("Why am I seeing this", MessageReason(token))])
    if card.left_out:
        raise ValueError(f"{card.left_out} blocks of a message do not fit")
    return card.view()


def _lost_channel(content: str) -> Card:
    lost = LostChannel.model_validate_json(content)
    card = Card(NEUTRAL, foot=False)
    card.text(
        f"Your subscription “{markdown.echo(lost.query, 300)}” in <#{lost.target_id}> is paused, because Discord said:"
        f" “{markdown.echo(lost.reason, 300)}”. Nothing is lost: when I may post there again, press Resume in"
        " /subscriptions there."
    )
    return card


_KINDS: dict[str, Callable[[str], Card]] = {"lost_channel": _lost_channel}
"""Draws the content of each kind of message, which is JSON of the kind's model."""
