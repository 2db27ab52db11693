"""Admission: on whose behalf something is answered, and whether it is within the limits."""

from __future__ import annotations

import asyncio
import time

from commands.context import Assistant, Interaction
from commands.errors import UserError
from commands.limits import Cost
from store.errors import TooBusyError
from store.turns import ASKER, Turns

AT_ONCE, EACH = 64, 16
"""Requests for suggestions that are worked on at once, and those of one guild or person; by choice. Discord takes some
0.2 s for an answer, so that a guild gets 80 a second, twice its limit by default."""
TOO_LATE_S = 2.5
"""Discord takes suggestions for 3 s; the rest is left to the search and the network."""


def admit(interaction: Interaction, cost: Cost = "question") -> None:
    """Count a command, button or form, which this task answers from now on.

    Raises `UserError`, which says how long to wait, where it is over a limit.
    """
    _set_asker(interaction.user.id, interaction.guild_id)
    if refusal := interaction.client.limits.refusal(interaction.user.id, interaction.guild_id, cost):
        raise UserError(refusal)


def admit_message(client: Assistant, person_id: int, guild_id: int | None) -> bool:
    """Count a message that asks something, which this task answers from now on; False where it is over a limit."""
    _set_asker(person_id, guild_id)
    return client.limits.refusal(person_id, guild_id, "question") is None


def _set_asker(person_id: int, guild_id: int | None) -> None:
    ASKER.set(guild_id or person_id)


class Keystrokes:
    """The requests for suggestions that are being answered, one of each person."""

    def __init__(self) -> None:
        self._running: dict[int, asyncio.Task[object]] = {}
        self._turns = Turns(AT_ONCE, EACH)

    async def admit(self, interaction: Interaction) -> bool:
        """Cancel the person's request before this one, and say whether this one is within the limits.

        Discord shows suggestions for the last keystroke only, so that one that is overtaken needs no answer. One over
        the limits is answered with no suggestions, and one that would wait too long for its turn not at all.
        """
        _set_asker(interaction.user.id, interaction.guild_id)
        person = interaction.user.id
        current = asyncio.current_task()
        assert current is not None
        if overtaken := self._running.get(person):
            overtaken.cancel()
        self._running[person] = current
        current.add_done_callback(lambda done: self._forget(person, done))
        began = time.monotonic()
        try:
            asker = await self._turns.take()
        except TooBusyError:
            return False
        current.add_done_callback(lambda _: self._turns.give_back(asker))
        if time.monotonic() - began > TOO_LATE_S:
            return False
        if interaction.client.limits.refusal(person, interaction.guild_id, "keystroke"):
            await interaction.response.autocomplete([])
            return False
        return True

    def _forget(self, person: int, done: asyncio.Task[object]) -> None:
        if self._running.get(person) is done:
            del self._running[person]
