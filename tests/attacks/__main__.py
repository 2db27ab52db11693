"""All attacks: `python -m tests.attacks [CLASS ...]` prints for each what the victims saw, and how long it took.

It exits with 1 if one did harm.
"""

from __future__ import annotations

import asyncio
import sys

from tests.attacks import CLASSES
from tests.attacks.scene import carry_out, staged


async def run(name: str) -> bool:
    """All attacks of a class, in one process of the program; whether none did harm."""
    harmless = True
    async with staged(limited=name == "load") as scene:
        for attack in CLASSES[name].ATTACKS:
            outcome = await carry_out(scene, attack)
            harmless = harmless and not outcome.harm
            figures = f"{outcome.seconds:6.1f} s, slowest answer {1000 * outcome.slowest_answer_s:5.0f} ms"
            print(f"{figures}, {outcome.rss_mb:4.0f} MB | {outcome.attack}")
            told = " / ".join(" ".join(text.split())[:60] for text in outcome.told[:3])
            print(
                f"    the stranger read: {told}\n    {'; '.join(outcome.harm)[:1500] or 'the victims saw the same'}",
                flush=True,
            )
    return harmless


def main() -> int:
    wanted = sys.argv[1:] or list(CLASSES)
    harmless = [asyncio.run(run(name)) for name in wanted]
    return 0 if all(harmless) else 1


if __name__ == "__main__":
    sys.exit(main())
