"""`/add` by arXiv ids and DOIs: services are asked one paper after the other, and what they gave is kept at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import aclosing

from commands import intake_card
from commands.context import OUTBOX_CHANGED, Interaction, owner_of, view_of
from commands.errors import UserError
from commands.respond import show_progress
from commands.views import markdown
from commands.views.layout import CardView
from store import ingest
from store.models import Fetched, Identifier, IntakeReport, PaperRecord, ParsedSource, Problem

MOST_AT_ONCE = 50
"""Papers of one `/add`: with the 3 s that services want between two requests, 50 DOIs take some three minutes."""
FETCH_FOR_S = 13 * 60.0
"""Discord takes changes of the reply for 15 minutes; the rest is left to storing, and to a slow network."""
PROGRESS_EVERY_S = 4.0
"""Seconds between two changes of the reply, and between two transactions; Discord allows five changes in 5 s."""
LISTED_CHARACTERS = 900
"""Of the identifiers that are listed to be tried again; a card has 4,000 for everything."""


class _Intake:
    """What came so far of what was asked for."""

    def __init__(self, interaction: Interaction, name: str) -> None:
        self._interaction, self._name = interaction, name
        self._papers: list[PaperRecord] = []
        self._problems: list[Problem] = []
        self.records: list[PaperRecord] = []
        self.reports: list[IntakeReport] = []
        self.settled: set[Identifier] = set()
        self.reasons: dict[str, None] = {}

    def note(self, part: Fetched) -> None:
        """Add what a service said."""
        self._papers += part.parsed.papers
        self._problems += part.parsed.problems
        self.settled.update(part.settled)
        if part.failed:
            self.reasons[part.reason] = None

    async def store(self) -> None:
        """Store what came since the last time."""
        parsed = ParsedSource(papers=tuple(self._papers), problems=tuple(self._problems))
        self._papers, self._problems = [], []
        if parsed.papers or parsed.problems:
            db = self._interaction.client.library.db
            self.reports.append(await ingest.take(db, self._name, parsed, asked_by=owner_of(self._interaction)))
            self.records += parsed.papers
            self._interaction.client.dispatch(OUTBOX_CHANGED)

    async def show(self, of: int) -> None:
        """Say in the deferred reply how far it is."""
        await show_progress(self._interaction, f"Asking for papers: {len(self.settled)} of {of}.")


async def add(interaction: Interaction, name: str, named: Sequence[Identifier], notes: Sequence[str] = ()) -> CardView:
    """Ask services for the papers and store them under the source `name`; what is left is told with the reason.

    `notes` are lines for the card.
    Raises `UserError` where none was found.
    """
    named = list(dict.fromkeys(named))
    asked = named[: _share(interaction, min(len(named), MOST_AT_ONCE))]
    intake = _Intake(interaction, name)
    last = time.monotonic()
    try:
        async with asyncio.timeout(FETCH_FOR_S), aclosing(interaction.client.outside.papers(asked)) as parts:
            async for part in parts:
                intake.note(part)
                if time.monotonic() - last >= PROGRESS_EVERY_S:
                    await intake.store()
                    await intake.show(len(asked))
                    last = time.monotonic()
    except TimeoutError:
        intake.reasons["The services were too slow."] = None
    await intake.store()
    if len(asked) < len(named):
        intake.reasons[_too_many(len(asked))] = None
    left = [one for one in named if one not in intake.settled]
    if not any(report.new or report.changed or report.unchanged for report in intake.reports):
        raise UserError(_nothing(intake))
    return await intake_card.added(
        view_of(interaction), intake.records, intake.reports, [*notes, *_notes(intake, left)]
    )


def _share(interaction: Interaction, wanted: int) -> int:
    """How many of them the person may ask for now; raises `UserError` where it is none."""
    limits, person = interaction.client.limits, interaction.user.id
    share = limits.share(person, interaction.guild_id, "fetch", wanted)
    if not share and (refusal := limits.refusal(person, interaction.guild_id, "fetch")):
        raise UserError(refusal)
    return share


def _too_many(asked: int) -> str:
    if asked == MOST_AT_ONCE:
        return f"I ask for {MOST_AT_ONCE} at once."
    return f"No more than {asked} may be asked for now."


def _nothing(intake: _Intake) -> str:
    if intake.reasons:
        reasons = markdown.echo(" ".join(intake.reasons), 300)
        return f"Nothing was added. {reasons} Try again later, or paste the paper's BibTeX entry."
    (first, *_) = [problem for report in intake.reports for problem in report.problems]
    if intake.records:  # It was removed from the store.
        return f"Nothing was added. {markdown.echo(first.message, 300)}."
    return f"There is no paper in that: {markdown.echo(first.message, 200).rstrip('.')}. Check it and try again."


def _notes(intake: _Intake, left: Sequence[Identifier]) -> list[str]:
    if not left:
        return []
    reasons = markdown.safe(" ".join(intake.reasons), 300)
    listed = ""
    for one in left:
        if len(listed) + len(one.value) > LISTED_CHARACTERS:
            break
        listed += one.value.replace("`", "'") + "\n"  # Otherwise it could end the block.
    return [f"Not taken: {len(left)}. {reasons} To try again later, give these to /add:\n```\n{listed}```"]
