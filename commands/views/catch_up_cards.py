"""The card of what came while somebody was away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from commands.addresses import CatchUpPage
from commands.views import markdown, paper_cards
from commands.views.layout import CardView
from commands.views.paging import PAGE_SIZE, page_count
from store.guilds.catch_up import MOST, Missed
from store.guilds.subscriptions import Subscription
from store.models import Handle, Paper
from store.text.partial_dates import in_words

_MOST_PLACES = 3


@dataclass(frozen=True)
class CatchUp:
    """What came since a day, in the order to show it; `mine` is for what of that which somebody follows a paper is."""

    since: date
    came: Sequence[Missed]
    papers: Mapping[Handle, Paper]
    mine: Mapping[Handle, Sequence[Subscription]]
    follows: bool
    in_server: bool


def caught_up(shown: CatchUp, address: CatchUpPage) -> CardView:
    """A page of it, each paper with where it came, and for what one follows."""
    first = min(address.page, page_count(len(shown.came)) - 1) * PAGE_SIZE
    on_page = shown.came[first : first + PAGE_SIZE]
    matching = sum(bool(found) for found in shown.mine.values())
    order = f"{matching:,} of them for what you follow, which come first" if matching else "the last one first"
    if not shown.follows:
        order += "; what you follow with **Follow** or /mine would come first"
    many = "The newest " if len(shown.came) == MOST else ""
    counted = markdown.counted(len(shown.came), "paper")
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### {many}{counted} since {in_words(shown.since.isoformat())}\n-# {order}",
            papers=[shown.papers[one.handle] for one in on_page],
            address=address,
            total=len(shown.came),
            snippets={one.handle: f"-# {_places(one, shown)}" for one in on_page},
        )
    )


def _places(one: Missed, shown: CatchUp) -> str:
    parts = []
    if shown.in_server:
        parts.append(f"in {markdown.first_of([f'<#{channel}>' for channel in one.channels], _MOST_PLACES)}")
        parts += [f"by <@{one.person_id}>"] if one.person_id else []
    parts.append(markdown.moment(one.last))
    names = [f"“{markdown.echo(found.query.canonical(), 60)}”" for found in shown.mine[one.handle]]
    parts += [f"**for** {markdown.first_of(names, 2)}"] if names else []
    return " · ".join(parts)
