"""What one guild's load does to another guild's answers: `python -m tests.wire.fairness --papers 20000`.

In one run of the real process, a member of one guild asks now and then, first alone, then while members of another
guild send bursts of broad searches or keystrokes.
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from store import ingest
from store.library import Library
from store.models import ParsedSource
from tests.wire.interactions import Interaction
from tests.wire.made_papers import made_papers, title
from tests.wire.process import Program
from tests.wire.server import Server
from tests.wire.world import Channel, Person

ATTACKERS = 200
BROAD = "study|method|accuracy|experiments|benchmarks|data|code since:2011 -author:nobody"
BETWEEN_S = 0.05
"""Seconds between an answer to the victim and their next question."""
SENT_S = 0.05
"""Seconds in which our server sends the attack, which are not the bot's."""
GIVE_UP_S = 6.0
ANSWERED_S = 4.0
"""After so many seconds an attacker's keystroke is no longer answered: one that is overtaken never is."""


@dataclass(frozen=True)
class Sides:
    """Two guilds on one bot."""

    server: Server
    victim: tuple[Person, Channel]
    attackers: tuple[tuple[Person, Channel], ...]


Attack = Callable[[Sides], list[Interaction]]
Waits = dict[str, tuple[list[float], list[float]]]
"""The victim's waits in seconds, alone and under attack, by attack."""


def broad_searches(sides: Sides) -> list[Interaction]:
    """Sixty searches that nearly every paper answers to."""
    return [
        sides.server.interactions.slash(*sides.attackers[number % 20], "search", query=BROAD) for number in range(60)
    ]


def keystrokes(sides: Sides) -> list[Interaction]:
    """Two hundred keystrokes of queries with typing errors, ten of each person."""
    return [
        sides.server.interactions.keystroke(
            *sides.attackers[number % 20], "paper", "title", f"smmaries for the wbe stdy {number}"
        )
        for number in range(200)
    ]


def many_people(sides: Sides) -> list[Interaction]:
    """A keystroke of each of two hundred people."""
    return [
        sides.server.interactions.keystroke(*attacker, "paper", "title", f"smmaries for the wbe stdy {number}")
        for number, attacker in enumerate(sides.attackers)
    ]


def one_person(sides: Sides) -> list[Interaction]:
    """Two hundred keystrokes of one person, all but the last overtaken."""
    person, channel = sides.attackers[0]
    text = "smmaries for the wbe stdy and trnsformers in clincal notes " * 4
    return [
        sides.server.interactions.keystroke(person, channel, "paper", "title", text[: number + 1])
        for number in range(200)
    ]


ATTACKS: dict[str, Attack] = {
    "broad searches": broad_searches,
    "keystrokes": keystrokes,
    "many people": many_people,
    "one person": one_person,
}


async def asked(sides: Sides, questions: int) -> list[float]:
    """Seconds that the victim waits for each of so many answers, keystrokes, look-ups and searches in turn."""
    interactions, taken = sides.server.interactions, []
    for number in range(questions):
        match number % 3:
            case 0:
                sent = interactions.keystroke(*sides.victim, "paper", "title", title(number)[:9])
            case 1:
                sent = interactions.slash(*sides.victim, "paper", title=title(number))
            case _:
                sent = interactions.slash(*sides.victim, "search", query=f'"{title(number)}"')
        with suppress(TimeoutError):
            await sent.answer(GIVE_UP_S)
        taken.append(sent.settled_s or GIVE_UP_S)
        await asyncio.sleep(BETWEEN_S)
    return taken


async def measured(sides: Sides, attack: Attack, questions: int) -> tuple[list[float], list[float]]:
    """The victim's waits alone, and then under attack."""
    alone = await asked(sides, questions)
    sent = attack(sides)
    await asyncio.sleep(SENT_S)
    attacked = await asked(sides, questions)
    await asyncio.gather(*(one.answer(ANSWERED_S) for one in sent), return_exceptions=True)
    return alone, attacked


def delay(alone: list[float], attacked: list[float]) -> float:
    """How many seconds longer the victim waits, at the median and for the slowest quarter; the larger of both."""
    return max(_share(attacked, share) - _share(alone, share) for share in (0.5, 0.75))


def _share(waits: list[float], share: float) -> float:
    return sorted(waits)[min(int(len(waits) * share), len(waits) - 1)]


def _in_ms(waits: list[float]) -> str:
    return f"{_share(waits, 0.5) * 1000:.0f} ms at the median and {max(waits) * 1000:.0f} ms at most"


async def run(papers: int, questions: int, folder: Path, attacks: dict[str, Attack]) -> Waits:
    """All attacks on a store with so many papers."""
    library = await Library.open(folder / "lectern.db")
    await ingest.take(library.db, "made", ParsedSource(papers=tuple(made_papers(papers))))
    await library.close()
    waits: Waits = {}
    async with Server() as server:
        server.description = None
        guilds = [server.world.add_guild(name) for name in ("Victims", "Attackers")]
        channels = [server.world.add_channel(guild, "papers") for guild in guilds]
        attackers = tuple((server.world.add_person(f"a{n}", guilds[1]), channels[1]) for n in range(ATTACKERS))
        sides = Sides(server, (server.world.add_person("victim", guilds[0]), channels[0]), attackers)
        program = Program(server, folder)
        await program.start()
        await program.ready()
        await asked(sides, 6)
        for name, attack in attacks.items():
            alone, attacked = await measured(sides, attack, questions)
            waits[name] = alone, attacked
            print(
                f"{name}: {_in_ms(alone)} alone, {_in_ms(attacked)} under attack,"
                f" {delay(alone, attacked) * 1000:.0f} ms longer"
            )
        await program.stop()
    return waits


def main() -> None:
    """Print the victim's waits for each attack."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--papers", type=int, default=20_000)
    parser.add_argument("--questions", type=int, default=12)
    asked_for = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(asked_for.papers, asked_for.questions, Path(folder), ATTACKS))


if __name__ == "__main__":
    main()
