"""Papers that the store lacks, asked for by id: services are asked at once, and what they give is taken in."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field

from commands.context import OUTBOX_CHANGED, Interaction, owner_of
from commands.respond import show_progress
from commands.views import markdown
from store import ingest
from store.models import Fetched, Identifier, IntakeReport, PaperRecord, ParsedSource, Problem

MOST_AT_ONCE = 10
"""Papers that one question fetches; a list of more is for /add, which shows how far it is and keeps what it has."""
ANSWER_WITHIN_S = 60.0
"""For which a person waits: three papers from a service that wants pauses of 3 s, asked twice where it is busy."""
STORE_EVERY_S = 4.0
"""Seconds between two transactions, and between two changes of the reply; Discord allows five changes in 5 s."""
SOURCE_NAME = "asked for"


@dataclass
class Asked:
    """What became of papers that services were asked for, with a sentence for each reason why some did not come."""

    records: list[PaperRecord] = field(default_factory=list)
    reports: list[IntakeReport] = field(default_factory=list)
    settled: set[Identifier] = field(default_factory=set)
    reasons: dict[str, None] = field(default_factory=dict)

    @property
    def problems(self) -> list[Problem]:
        """What could not be read, and what is left out because the operator removed it."""
        return [problem for report in self.reports for problem in report.problems]


async def ask(
    interaction: Interaction,
    name: str,
    wanted: Sequence[Identifier],
    within_s: float,
    progress: Callable[[Asked], Awaitable[None]] | None = None,
) -> Asked:
    """Ask services for papers and take in what they give, as it comes, under the source `name`.

    Everybody sees them from then on. Guilds that did not ask are told of them when a source announces them.
    """
    client, asked = interaction.client, Asked()
    waiting: list[Fetched] = []

    async def store() -> None:
        papers = tuple(paper for part in waiting for paper in part.parsed.papers)
        problems = tuple(problem for part in waiting for problem in part.parsed.problems)
        waiting.clear()
        if papers or problems:
            parsed = ParsedSource(papers=papers, problems=problems)
            asked.reports.append(await ingest.take(client.library.db, name, parsed, asked_by=owner_of(interaction)))
            asked.records += papers
            client.dispatch(OUTBOX_CHANGED)

    last = time.monotonic()
    try:
        async with asyncio.timeout(within_s), aclosing(client.outside.papers(wanted)) as parts:
            async for part in parts:
                waiting.append(part)
                asked.settled.update(part.settled)
                if part.failed:
                    asked.reasons[part.reason] = None
                if time.monotonic() - last >= STORE_EVERY_S:
                    await store()
                    if progress is not None:
                        await progress(asked)
                    last = time.monotonic()
    except TimeoutError:
        asked.reasons["The services were too slow."] = None
    await store()
    return asked


async def fetch(interaction: Interaction, wanted: Sequence[Identifier]) -> tuple[str, ...]:
    """Ask services for papers that somebody named in a question; a sentence for each reason why some did not come."""
    client = interaction.client
    share = client.limits.share(interaction.user.id, interaction.guild_id, "fetch", min(len(wanted), MOST_AT_ONCE))
    if not share:
        return (client.limits.refusal(interaction.user.id, interaction.guild_id, "fetch") or "",)
    reasons = [f"I fetch {share} at once; give more to /add."] if share < len(wanted) else []
    named = ", ".join(markdown.safe(one.value, 60) for one in wanted[: min(share, 3)])
    await show_progress(interaction, f"-# Asking for {named}{' and more' if share > 3 else ''} …")
    asked = await ask(interaction, SOURCE_NAME, wanted[:share], ANSWER_WITHIN_S)
    said = [f"{problem.message.rstrip('.')}." for problem in asked.problems]
    return tuple(dict.fromkeys((*reasons, *said, *asked.reasons)))
