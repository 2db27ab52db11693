"""The address of the cards of `/help`."""

from __future__ import annotations

from dataclasses import dataclass

from commands.card_address import CardAddress
from commands.verbs import HelpTopic


@dataclass(frozen=True)
class HelpPage(CardAddress, form="help:{topic}"):
    """What I can do in all, or the commands for one thing."""

    topic: HelpTopic
