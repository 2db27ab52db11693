"""What is new about an author since a day: papers, figures and co-authors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from commands import author_pages
from commands.addresses import AuthorChanges, AuthorPage
from commands.context import Interaction, view_of
from commands.errors import UserError
from commands.views import changes_card
from commands.views.author_summary import SomePapers
from commands.views.changes_card import ChangesView
from commands.views.layout import CardView
from store.models import Handle, Paper
from store.profiles.changes import changes
from store.text.normalize import fold
from store.text.partial_dates import begins_since, shortest_start


async def since(interaction: Interaction, address: AuthorChanges) -> CardView:
    """What is new; raises `UserError` where the store no longer holds the author, or the day is none."""
    view, handle = view_of(interaction), address.handle
    try:
        day = date.fromisoformat(address.since)
    except ValueError:
        raise UserError("That is no date. Open the author again with /author.") from None
    who = await author_pages.known_author(view, handle)
    papers = await view.papers(await view.papers_of(handle))
    start = shortest_start(address.since)
    recent = [paper for paper in papers if begins_since(paper.published or "", start)]
    histories = await view.metric_histories(handle)
    shown = ChangesView(
        author=who,
        since=day,
        papers=recent,
        newest=papers[0].published if papers else None,
        chosen=await author_pages.chosen_papers(interaction, handle, SomePapers(query=f"since:{start}")),
        changes=[change for history in histories for change in changes(history, day)],
        first_read=min((one.measured for history in histories for one in history), default=None),
        coauthors=_new_names(recent, papers[len(recent) :]) if len(papers) > len(recent) else [],
        today=datetime.now(UTC).date(),
    )
    return changes_card.changes(shown, address)


async def changes_since(interaction: Interaction, handle: Handle, day: date) -> CardView:
    """The same, with the way back to the author."""
    return await since(interaction, AuthorChanges(handle, day.isoformat()).opened_from(AuthorPage(handle)))


def _new_names(recent: Sequence[Paper], earlier: Sequence[Paper]) -> list[str]:
    """Who is named on recent papers and on no earlier one."""
    known = {fold(author.name) for paper in earlier for author in paper.authors}
    names = {fold(author.name): author.name for paper in recent for author in paper.authors}
    return [name for key, name in names.items() if key not in known]
