"""Commands with hostile options, by the thousand: `python -m tests.discord.fuzz --commands 5000 --seed 1`.

Every reply must be an answer or a plain sentence; nothing may fail unhandled, and no reply or log may show TeX
commands, `None`, an id of the database or a traceback.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import logging
import random
import re
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

import discord
import simcord
from discord import AppCommandOptionType as Kind

from commands.registry import COMMANDS
from tests.discord.conversation import Conversation, conversation, seeded, walk

PIECES = [
    "zehan", "qi", "webrl", "agent", "survey", "a", "", " ", "\n", "\t", "\x00", "\u202e", "\u200b", "😀", "é", "ß", "漢字", "שלום",
    "@everyone", "<@1>", "</paper:1>", "[x](http://e.vil)", "```", "**", "||", "# ", "> ", "\\", "\\textbf{", "$x^2$", "}", "%s", "{0}",
    "'; DROP TABLE papers; --", '"', '"" OR ""', "NEAR(", "*", "^", "AND", "NOT", "-", "--", "-a", "|", "a|b", "author:", 'author:"', "cat:cs.*",
    "cat:", "code:maybe", "code:yes", "since:2024", "since:9999-99-99", "until:0000", "10.1/x", "2401.00001", "https://arxiv.org/abs/2401.00001v3",
    "../../etc/passwd", "file:///etc/passwd", "null", "None", "NaN", "1e999", "-1", "0", "true", "@article{a, title={\\bf x}", "TY  - JOUR",
    "[{\"title\": 1}]", "{", "x" * 300, "é" * 200, "a " * 150, "🏳️‍🌈" * 20, "ﷺ", "\u0301" * 40, "\ud7ff", "\uffff",
]  # fmt: skip
FORBIDDEN = re.compile(
    r"Traceback|(?-i:\bNone\b)|Error\b|<[a-z_.]+ object at|\\(?:textbf|textsc|url|href|emph)\b|sqlite|\browid\b|paper_id|author_id",
    re.IGNORECASE,
)


class Unhandled(logging.Handler):
    """Collects what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR:
            self.seen.append(self.format(record))


def hostile(chance: random.Random, longest: int) -> str:
    joined = chance.choice(["", " ", ":"]).join(chance.choice(PIECES) for _ in range(chance.randint(1, 5)))
    return joined[:longest]


def value(chance: random.Random, option: dict[str, Any], role: object) -> Any:
    if option.get("choices"):
        return chance.choice(option["choices"])["value"]
    match Kind(option["type"]):
        case Kind.boolean:
            return chance.random() < 0.5
        case Kind.integer:
            return chance.randint(option.get("min_value", 1), option.get("max_value", 20))
        case Kind.string:
            text = hostile(chance, option.get("max_length", 300))
            return text if len(text) >= max(1, option.get("min_length", 1)) else "x" * option.get("min_length", 1)
        case Kind.role:
            return role
    return None


async def fuzz(path: Path, commands: int, seed: int) -> Counter[str]:
    """Run that many commands, autocompletes and button presses; raises `AssertionError` at the first bad answer."""
    chance = random.Random(seed)
    counts: Counter[str] = Counter()
    log = Unhandled()
    logging.getLogger().addHandler(log)
    async with conversation(path) as ask:
        role = ask.scene.guild.default_role
        known = [c.to_dict(ask.client.tree) for c in COMMANDS if isinstance(c, discord.app_commands.Command)]
        for number in range(commands):
            command = chance.choice(known)
            admin_only = command.get("default_member_permissions") is not None
            actor = ask.scene.admin if admin_only else chance.choice([ask.scene.member, ask.scene.admin])
            options = {
                o["name"]: given
                for o in command.get("options", [])
                if (o.get("required") or chance.random() < 0.4) and (given := value(chance, o, role)) is not None
            }
            what = f"{number}: /{command['name']} {options!r}"
            result = await actor.slash(ask.scene.channels["lounge"], command["name"], **options)
            counts["commands"] += 1
            pressed = check(ask, result, what, counts)
            if pressed is not None and chance.random() < 0.6:
                shown, custom_id, kind, values = pressed
                if kind == 2:
                    result = await actor.click(shown, custom_id=custom_id)
                else:
                    result = await actor.select(shown, [chance.choice(values)], custom_id=custom_id)
                counts["presses"] += 1
                check(ask, result, f"{what} then {custom_id}", counts)
            completed = [o for o in command.get("options", []) if o.get("autocomplete")]
            if completed and chance.random() < 0.5:
                typed = hostile(chance, 200)
                choices = await actor.autocomplete(
                    ask.scene.channels["lounge"], command["name"], completed[0]["name"], typed
                )
                counts["autocompletes"] += 1
                assert len(choices or []) <= 25, what
                assert all(1 <= len(c["name"]) <= 100 and 1 <= len(str(c["value"])) <= 100 for c in choices or []), what
            assert not log.seen, f"{what}\n{log.seen[0]}"
    logging.getLogger().removeHandler(log)
    return counts


def check(ask: Conversation, result: simcord.InteractionResult, what: str, counts: Counter[str]) -> Any:
    """Look at the reply; returns one of its buttons or lists."""
    if result.modal is not None:
        counts["forms"] += 1
        return None
    shown = [m for m in (result.response, *result.followups) if m is not None]
    assert shown, f"{what}: no answer"
    live = None
    for message in shown:
        texts = [message.content, *(c["content"] for c in walk(message.components) if c["type"] == 10)]
        for text in filter(None, texts):
            # What people typed is quoted back to them; what is looked for is what Lectern says of its own.
            said = re.sub(r"“.*?”|```.*?```", "", text, flags=re.DOTALL)
            assert not FORBIDDEN.search(said), f"{what}: {text}"
            counts["plain sentences" if message.content else "cards"] += 1
        for component in walk(message.components):
            if component["type"] in (2, 3) and "custom_id" in component and not component.get("disabled"):
                values = [o["value"] for o in component.get("options", [])]
                live = (message, component["custom_id"], component["type"], values)
    return live


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--commands", type=int, default=5000)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()

    async def run() -> Counter[str]:
        with tempfile.TemporaryDirectory() as folder:
            await (await seeded(Path(folder) / "lectern.db")).close()
            return await fuzz(Path(folder) / "lectern.db", given.commands, given.seed)

    started = time.perf_counter()
    counts = asyncio.run(run())
    print(json.dumps({**counts, "seconds": round(time.perf_counter() - started, 1)}))


if __name__ == "__main__":
    main()
