"""The card that says which papers were taken in, and what was not read."""

from __future__ import annotations

from collections.abc import Sequence

from commands.custom_ids import TakeBack
from commands.views import markdown, paper_cards
from commands.views.layout import ButtonSpec, CardView
from commands.views.paging import PAGE_SIZE
from store.models import IntakeReport, PaperRecord
from store.view import View


async def added(
    view: View, records: Sequence[PaperRecord], reports: Sequence[IntakeReport], notes: Sequence[str] = ()
) -> CardView:
    """The first of these records' papers, the counts of the reports, and the notes, which are safe to show."""
    shown = await view.papers_added(records[:PAGE_SIZE])
    counts = {
        "new": sum(report.new for report in reports),
        "changed": sum(report.changed for report in reports),
        "already known": sum(report.unchanged for report in reports),
    }
    found = [problem for report in reports for problem in report.problems]
    problems = [f"line {p.line}: {p.message}" if p.line else p.message for p in found[:3]]
    more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
    first = [f"-# These are the first {len(shown)}; /search finds all."] if sum(counts.values()) > PAGE_SIZE else []
    unread = [f"-# Not read: {markdown.safe('; '.join(problems), 400)}{more}"] if problems else []
    card = paper_cards.results(
        paper_cards.Results(
            heading=f"### Papers: {', '.join(f'{n:,} {what}' for what, n in counts.items() if n)}",
            papers=shown,
            footnote="\n".join([*first, *notes, *unread]),
        )
    )
    card.note_buttons = [ButtonSpec("Take back", TakeBack(r.addition)) for r in reports if r.addition is not None]
    return card
