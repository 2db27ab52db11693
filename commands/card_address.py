"""What every address of a card is: a custom_id that names the cards that it was opened from."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import ClassVar, Self

from commands.custom_ids import MAX_LENGTH, CustomId


@dataclass(frozen=True)
class CardAddress(CustomId, form=""):
    """What a card shows, so that it can be made again: for Back, for its other pages and to show it in the channel.

    The trail names the cards that it was opened from, the last one first: `<search:…:0` after the address.
    """

    personal: ClassVar[bool] = False
    """Whether the card is for one person's eyes, and cannot be shown in the channel."""
    trail: str = field(default="", kw_only=True)

    def __init_subclass__(cls, *, form: str) -> None:
        super().__init_subclass__(form=form + "{trail}")

    @classmethod
    def of_match(cls, match: re.Match[str]) -> Self:
        """As of every custom_id; of `CardAddress` itself, the address of whichever kind it is."""
        if cls is not CardAddress:
            return super().of_match(match)
        kinds = cls.__subclasses__()
        return next(kind.of_match(found) for kind in kinds if (found := kind.template.fullmatch(match[0])))

    @property
    def back(self) -> CardAddress | None:
        """The card that this one was opened from, with its own trail; None where there is none."""
        return CardAddress.parse(self.trail[1:])

    def alone(self) -> Self:
        """The same card, opened from nowhere."""
        return replace(self, trail="")

    def opened_from(self, card: CardAddress) -> Self:
        """The same card with a way back; where the trail gets too long, its oldest part is left out."""
        alone = self.alone()
        trail = f"<{card}"
        while len(str(alone)) + len(trail) > MAX_LENGTH:
            trail = trail.rpartition("<")[0]
        return replace(alone, trail=trail)

    def opened_apart(self) -> Self:
        """The same card, opened in a message of its own: from a card that has no address, so that none leads back."""
        return replace(self, trail=APART)


APART = "<apart"
