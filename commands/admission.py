"""Admission: on whose behalf something is answered, and whether it is within the limits."""

from __future__ import annotations

import asyncio

from commands.context import Assistant, Interaction
from commands.errors import UserError
from commands.limits import Cost
from store.errors import TooBusyError
from store.turns import ASKER, Turns

AT_ONCE, EACH = 8, 4
"""Commands, clicks, forms and keystrokes that are worked on at once, and those of one guild or person; by choice.
One interpreter answers one at a time, and seven more use the time in which that one waits for the disk. With many at
once each has to wait for all others at every step, so that not even deferrals go out in time."""
MOST_WAITING = 500
"""Commands of one guild that may wait for their turn; by choice. Discord takes the answer to a deferred one for a
quarter of an hour, in which a slow machine answers ten times as many."""
KEYSTROKE_WAITS_S = 0.3
"""How long a keystroke waits for its turn; by choice. Most people type the next one within that time."""


def work_turns() -> Turns:
    """The turns at working on what people ask for."""
    return Turns(AT_ONCE, EACH, MOST_WAITING)


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

    def __init__(self, turns: Turns) -> None:
        self._running: dict[int, asyncio.Task[object]] = {}
        self._turns = turns

    async def admit(self, interaction: Interaction) -> bool:
        """Cancel the person's request before this one, and say whether this one is to be answered with suggestions.

        Discord shows suggestions for the last keystroke only, so that one that is overtaken needs no answer. Commands
        go before: one that would wait too long for its turn is answered with no suggestions, as is one over the limits.
        """
        _set_asker(interaction.user.id, interaction.guild_id)
        person = interaction.user.id
        current = asyncio.current_task()
        assert current is not None
        if overtaken := self._running.get(person):
            overtaken.cancel()
        self._running[person] = current
        current.add_done_callback(lambda done: self._forget(person, done))
        try:
            async with asyncio.timeout(KEYSTROKE_WAITS_S):
                asker = await self._turns.take(gives_way=True)
        except (TooBusyError, TimeoutError):
            await interaction.response.autocomplete([])
            return False
        current.add_done_callback(lambda _: self._turns.give_back(asker))
        if interaction.client.limits.refusal(person, interaction.guild_id, "keystroke"):
            await interaction.response.autocomplete([])
            return False
        return True

    def _forget(self, person: int, done: asyncio.Task[object]) -> None:
        if self._running.get(person) is done:
            del self._running[person]
