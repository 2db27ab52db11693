"""The users of the load test, and what is measured of the answers to them."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from dataclasses import dataclass, field

from store.errors import TooBusyError
from tests.wire import payloads
from tests.wire.interactions import Interaction
from tests.wire.made_papers import author, title
from tests.wire.payloads import Json
from tests.wire.server import Server
from tests.wire.world import Channel, Person

KEYSTROKE_S, READ_S = 0.2, 4.0
ANSWER_WITHIN_S = 3.0
"""Discord takes no first answer after that."""
GIVE_UP_S = 60.0
REFUSAL = str(TooBusyError())


@dataclass
class Phase:
    """What was measured in the slices of one contender at one pace: seconds until the first answer, and until there
    was something to see."""

    seconds: float = 0.0
    answered: int = 0
    """Commands and clicks that were answered before the end of their slice."""
    commands: list[float] = field(default_factory=list)
    keystrokes: list[float] = field(default_factory=list)
    without_suggestions: int = 0
    seen: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    unanswered: int = 0
    unfinished: int = 0
    """Deferred, and then nothing for a minute."""
    refused: int = 0
    """Told that too many wait; these count neither as answered nor as commands."""
    cpu_s: float = 0.0
    server_cpu_s: float = 0.0
    """Of the processes that answer, and of our server with its users."""

    @property
    def commands_per_s(self) -> float:
        return self.answered / self.seconds

    @property
    def over_3s(self) -> int:
        return sum(taken > ANSWER_WITHIN_S for taken in (*self.commands, *self.keystrokes)) + self.unanswered

    @property
    def all_commands(self) -> int:
        """Those too that were answered after the end of their slice; the processor time is of all."""
        return max(1, len(self.commands))


class User:
    """A user who types names and titles, sends commands and presses the buttons of the answers."""

    def __init__(self, server: Server, person: Person, channel: Channel, chance: random.Random, papers: int) -> None:
        self._server, self._person, self._channel, self._chance = server, person, channel, chance
        self._papers = papers

    async def use(self, phase: Phase, until: float, pause: float) -> None:
        """Go on until that moment; `pause` 1 is a human pace, 0 none."""
        await _pause(self._chance.uniform(0, READ_S) * pause, until)
        while time.monotonic() < until:
            await self._ask(phase, until, pause)
            await _pause(self._chance.uniform(0.5, 1.5) * READ_S * pause, until)

    async def _ask(self, phase: Phase, until: float, pause: float) -> None:
        number = self._chance.randrange(self._papers)
        command, option, words = self._chance.choice(
            [
                ("paper", "title", title(number)),
                ("author", "name", author(number, 0)),
                ("summary", "paper", title(number)),
                ("related", "paper", title(number)),
                ("search", "query", title(number).lower()),
            ]
        )
        if command != "search":
            typed = 1
            while typed < min(len(words), 12) and time.monotonic() < until:
                choices = await self._first("keystroke", phase, until, self._type(command, option, words[:typed]))
                if choices is None:
                    return
                phase.without_suggestions += not choices["choices"]
                typed += self._chance.randint(1, 3)
                await _pause(KEYSTROKE_S * pause, until)
        sent = self._server.interactions.slash(self._person, self._channel, command, **{option: words})
        message = await self._first(f"/{command}", phase, until, sent)
        for _ in range(self._chance.randrange(3)):
            if time.monotonic() > until:
                return
            buttons = [c for c in payloads.controls(message or {}) if c["type"] == 2 and not c.get("disabled")]
            if not buttons or message is None:
                return
            await _pause(READ_S / 2 * pause, until)
            custom_id = self._chance.choice(buttons)["custom_id"]
            click = self._server.interactions.click(self._person, self._channel, message, custom_id)
            message = await self._first("click", phase, until, click)

    def _type(self, command: str, option: str, words: str) -> Interaction:
        return self._server.interactions.keystroke(self._person, self._channel, command, option, words)

    async def _first(self, what: str, phase: Phase, until: float, interaction: Interaction) -> Json | None:
        answer = None
        try:
            answer = await interaction.answer(GIVE_UP_S)
        except TimeoutError:
            phase.unfinished += interaction.answered_s is not None
        if interaction.answered_s is None:
            phase.unanswered += 1
            return None
        if answer and answer.get("content") == REFUSAL:
            phase.refused += 1
            return None
        if what == "keystroke":
            phase.keystrokes.append(interaction.answered_s)
        else:
            phase.commands.append(interaction.answered_s)
            phase.answered += answer is not None and time.monotonic() < until
        if interaction.settled_s is not None:
            phase.seen[what].append(interaction.settled_s)
        return answer


async def _pause(seconds: float, until: float) -> None:
    await asyncio.sleep(max(0.0, min(seconds, until - time.monotonic())))
