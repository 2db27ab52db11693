"""Load test of the real process with many users: `python -m tests.wire.load --users 200 --seconds 60`.

Two thirds of the time the users type at a human pace; `commands_per_s` and all latencies are of that time. In the
last third they do not pause, for `limit_commands_per_s`: commands and clicks that were answered a second.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import tempfile
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from store import ingest
from store.library import Library
from store.models import ParsedSource
from tests.support.limits_off import UNLIMITED
from tests.wire import conformance, payloads
from tests.wire.interactions import Interaction
from tests.wire.made_papers import author, made_papers, title
from tests.wire.payloads import Json
from tests.wire.process import Program
from tests.wire.server import Server
from tests.wire.world import Channel, Person

KEYSTROKE_S, READ_S = 0.2, 4.0
GIVE_UP_S = 10.0


@dataclass
class Phase:
    """What was measured in one part of the run: seconds until the first answer, and until there was something to see."""

    began: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    commands: list[float] = field(default_factory=list)
    keystrokes: list[float] = field(default_factory=list)
    seen: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    unanswered: int = 0

    @property
    def commands_per_s(self) -> float:
        return len(self.commands) / (self.ended - self.began)

    @property
    def over_3s(self) -> int:
        return sum(taken > 3 for taken in (*self.commands, *self.keystrokes)) + self.unanswered


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
                choices = await self._first("keystroke", phase, self._type(command, option, words[:typed]))
                if choices is None:
                    return
                typed += self._chance.randint(1, 3)
                await _pause(KEYSTROKE_S * pause, until)
        sent = self._server.interactions.slash(self._person, self._channel, command, **{option: words})
        message = await self._first(f"/{command}", phase, sent)
        for _ in range(self._chance.randrange(3)):
            if time.monotonic() > until:
                return
            buttons = [c for c in payloads.controls(message or {}) if c["type"] == 2 and not c.get("disabled")]
            if not buttons or message is None:
                return
            await _pause(READ_S / 2 * pause, until)
            custom_id = self._chance.choice(buttons)["custom_id"]
            click = self._server.interactions.click(self._person, self._channel, message, custom_id)
            message = await self._first("click", phase, click)

    def _type(self, command: str, option: str, words: str) -> Interaction:
        return self._server.interactions.keystroke(self._person, self._channel, command, option, words)

    async def _first(self, what: str, phase: Phase, interaction: Interaction) -> Json | None:
        try:
            answer = await interaction.answer(GIVE_UP_S)
        except TimeoutError:
            phase.unanswered += 1
            return None
        (phase.keystrokes if what == "keystroke" else phase.commands).append(interaction.answered_s or 0.0)
        phase.seen[what].append(interaction.settled_s or 0.0)
        return answer


async def _pause(seconds: float, until: float) -> None:
    await asyncio.sleep(max(0.0, min(seconds, until - time.monotonic())))


async def run(users: int, seconds: float, papers: int, seed: int, folder: Path) -> dict[str, float]:
    """The whole run; returns the figures."""
    library = await Library.open(folder / "lectern.db")
    await ingest.take(library.db, "made", ParsedSource(papers=tuple(made_papers(papers))))
    await library.close()
    async with Server() as server:
        server.description = None  # Its checks would take the time that is measured; a sample is checked afterwards.
        guild = server.world.add_guild("Lab")
        channels = [server.world.add_channel(guild, f"c{number}") for number in range(10)]
        people = [server.world.add_person(f"user{number}", guild) for number in range(users)]
        program = Program(server, folder)
        program.settings.update({f"LECTERN_{name.upper()}": str(value) for name, value in UNLIMITED.items()})
        await program.start()
        await program.ready()
        chance = random.Random(seed)
        everybody = [
            User(server, person, chance.choice(channels), random.Random(chance.random()), papers) for person in people
        ]
        await _phase(everybody, min(5.0, seconds / 6), pause=1.0)
        before = program.rss_mb()
        paced = await _phase(everybody, seconds * 2 / 3, pause=1.0)
        flat_out = await _phase(everybody, seconds / 3, pause=0.0)
        growth = program.rss_mb() - before
        await program.stop()
        problems = server.violations + _sampled(server, chance)
        if problems:
            print(f"{len(problems)} bodies broke a rule, the first: {problems[0]}")
    print(f"{users} users, {papers} papers; milliseconds until there is something to see")
    for name, phase in (("human pace", paced), ("without pauses", flat_out)):
        print(f"{name}: {phase.commands_per_s:.1f} commands/s, {phase.over_3s} answers over 3 s")
        for what, taken in sorted(phase.seen.items()):
            quantiles = "".join(f"{_quantile(taken, share):9.1f}" for share in (0.5, 0.95, 0.99))
            print(f"  {what:12}{len(taken):7d}{quantiles}")
    return {
        "commands_per_s": round(paced.commands_per_s, 1),
        "limit_commands_per_s": round(flat_out.commands_per_s, 1),
        "autocomplete_p99_ms": round(_quantile(paced.keystrokes, 0.99), 1),
        "over_3s": paced.over_3s,
        "rss_growth_mb": round(growth, 1),
    }


def _sampled(server: Server, chance: random.Random) -> list[str]:
    described = conformance.description()
    sent = [call for call in server.calls if call.body is not None]
    sample = chance.sample(sent, min(300, len(sent))) if described else []
    return [p for call in sample if described for p in described.request(call.method, call.route, call.body)]


async def _phase(users: list[User], seconds: float, pause: float) -> Phase:
    phase = Phase()
    until = phase.began + seconds
    await asyncio.gather(*(user.use(phase, until, pause) for user in users))
    phase.ended = time.monotonic()
    return phase


def _quantile(taken: list[float], share: float) -> float:
    """In milliseconds; 0 where nothing was measured."""
    return sorted(taken)[min(int(len(taken) * share), len(taken) - 1)] * 1000 if taken else 0.0


def main() -> None:
    """Print a table, and the figures as one JSON object in the last line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--papers", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = asyncio.run(run(asked.users, asked.seconds, asked.papers, asked.seed, Path(folder)))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
