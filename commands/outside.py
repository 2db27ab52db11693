"""Papers that the store lacks, asked for by id: services are asked at once, and what they give is taken in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from commands.context import OUTBOX_CHANGED, Interaction, owner_of
from commands.respond import show_progress
from commands.views import markdown
from store import ingest
from store.models import Identifier, ParsedSource

MOST_AT_ONCE = 10
"""Papers that one question fetches; a list of more is for /add, which shows how far it is and keeps what it has."""
ANSWER_WITHIN_S = 60.0
"""For which a person waits: three papers from a service that wants pauses of 3 s, asked twice where it is busy."""
SOURCE_NAME = "asked for"


@dataclass(frozen=True)
class Asked:
    """What became of papers that services were asked for: a sentence for each reason why some did not come."""

    taken: int
    reasons: tuple[str, ...]


async def fetch(interaction: Interaction, wanted: Sequence[Identifier]) -> Asked:
    """Ask services for papers by their identifiers and take in what they give, which everybody sees from then on.

    Guilds that did not ask are told of them when a source announces them.
    """
    client, owner = interaction.client, owner_of(interaction)
    share = client.limits.share(interaction.user.id, interaction.guild_id, "fetch", min(len(wanted), MOST_AT_ONCE))
    if not share:
        return Asked(0, (client.limits.refusal(interaction.user.id, interaction.guild_id, "fetch") or "",))
    asked, taken, reasons = wanted[:share], 0, dict[str, None]()
    if share < len(wanted):
        reasons[f"I fetch {share} at once; give more to /add."] = None
    named = ", ".join(markdown.safe(one.value, 60) for one in asked[:3])
    await show_progress(interaction, f"-# Asking for {named}{' and more' if len(asked) > 3 else ''} …")
    try:
        async with asyncio.timeout(ANSWER_WITHIN_S), aclosing(client.outside.papers(asked)) as parts:
            async for part in parts:
                if part.parsed.papers:
                    parsed = ParsedSource(papers=part.parsed.papers)
                    await ingest.take(client.library.db, SOURCE_NAME, parsed, asked_by=owner)
                    client.dispatch(OUTBOX_CHANGED)
                    taken += len(part.parsed.papers)
                reasons |= dict.fromkeys(f"{problem.message.rstrip('.')}." for problem in part.parsed.problems)
                if part.failed:
                    reasons[part.reason] = None
    except TimeoutError:
        reasons["The services were too slow."] = None
    return Asked(taken, tuple(reasons))
