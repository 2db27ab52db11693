"""`/add` by arXiv ids and DOIs: services are asked one paper after the other, and what they gave is kept at once."""

from __future__ import annotations

from collections.abc import Sequence

from commands import intake_card, outside
from commands.context import Interaction, view_of
from commands.errors import UserError
from commands.outside import Asked
from commands.respond import show_progress
from commands.views import markdown
from commands.views.layout import CardView
from store.models import Identifier

MOST_AT_ONCE = 50
"""Papers of one `/add`: with the 3 s that services want between two requests, 50 DOIs take some three minutes."""
FETCH_FOR_S = 13 * 60.0
"""Discord takes changes of the reply for 15 minutes; the rest is left to storing, and to a slow network."""
LISTED_CHARACTERS = 900
"""Of the identifiers that are listed to be tried again; a card has 4,000 for everything."""


async def add(interaction: Interaction, name: str, named: Sequence[Identifier], notes: Sequence[str] = ()) -> CardView:
    """Ask services for the papers and store them under the source `name`; what is left is told with the reason.

    `notes` are lines for the card.
    Raises `UserError` where none was found.
    """
    named = list(dict.fromkeys(named))
    asked = named[: _share(interaction, min(len(named), MOST_AT_ONCE))]

    async def progress(so_far: Asked) -> None:
        await show_progress(interaction, f"Asking for papers: {len(so_far.settled)} of {len(asked)}.")

    intake = await outside.ask(interaction, name, asked, FETCH_FOR_S, progress)
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


def _nothing(intake: Asked) -> str:
    if intake.reasons:
        reasons = markdown.echo(" ".join(intake.reasons), 300)
        return f"Nothing was added. {reasons} Try again later, or paste the paper's BibTeX entry."
    first = intake.problems[0]
    if intake.records:  # It was removed from the store.
        return f"Nothing was added. {markdown.echo(first.message, 300)}."
    return f"There is no paper in that: {markdown.echo(first.message, 200).rstrip('.')}. Check it and try again."


def _notes(intake: Asked, left: Sequence[Identifier]) -> list[str]:
    if not left:
        return []
    reasons = markdown.safe(" ".join(intake.reasons), 300)
    listed = ""
    for one in left:
        if len(listed) + len(one.value) > LISTED_CHARACTERS:
            break
        listed += one.value.replace("`", "'") + "\n"  # Otherwise it could end the block.
    return [f"Not taken: {len(left)}. {reasons} To try again later, give these to /add:\n```\n{listed}```"]
