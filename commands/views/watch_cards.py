"""Cards of watches: what happened to a paper, with its abstract's differences, and the list of what is watched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from commands.addresses import PaperAction
from commands.views import markdown, paper_cards
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import page_buttons, page_count
from commands.views.paper_text import ALARM, notice_in_words
from commands.watch_ids import WatchEnd, WatchPage, WatchPosted, WatchStart
from store.catalog.paper_events import EventKind, PaperEvent
from store.guilds.scheduled_messages import ScheduledMessage
from store.guilds.watch_news import KIND, WatchNews
from store.guilds.watches import Because, Watch
from store.models import Handle, Identifier
from store.text.partial_dates import in_words
from store.text.web_addresses import of_identifier
from store.text.word_differences import Piece

PER_PAGE = 5
_DIFFERENCES = 2400
"""Characters of an abstract's differences; more than most abstracts have in all."""
_PIECE = 900
_CONTEXT = 6
"""Words that are shown before and after a difference, by choice: about a line of a phone."""
_HEADINGS: dict[EventKind, str] = {
    "version": "New version",
    "published": "Published",
    "retracted": "⛔ Retracted",
    "withdrawn": "⛔ Withdrawn",
    "concern": "⚠ Expression of concern",
    "corrected": "Corrected",
    "code": "Code has appeared",
}
_BECAUSE: dict[Because, str] = {
    "asked": "Watched paper",
    "posted": "Posted here before",
    "saved": "Saved by you to a list of the team",
}
Place = Literal["here", "me"]


def news(content: str) -> Card:
    """What happened to a watched paper; `content` is JSON of `WatchNews`."""
    told = WatchNews.model_validate_json(content)
    alarming = told.event is not None and told.event.kind in ("retracted", "withdrawn", "concern")
    card = Card(ALARM if alarming else NEUTRAL, foot=False)
    card.text(f"-# {_BECAUSE[told.because]}\n### {_heading(told)}")
    for block in _event(told.event, told.pieces) if told.event else _citing(told):
        card.text(block)
    buttons = [ButtonSpec("Paper", PaperAction("open", told.handle))]
    if told.citing:
        buttons.append(ButtonSpec("Paper that cites it", PaperAction("open", told.citing.handle)))
    else:
        buttons.append(ButtonSpec("Abstract", PaperAction("abstract", told.handle)))
    card.buttons(buttons)
    return card


def _heading(told: WatchNews) -> str:
    title = markdown.safe(told.title, 400)
    if told.event is None:
        return f"Cited by a paper that is followed: {title}"
    number = f" {told.event.version}" if told.event.kind == "version" and told.event.version else ""
    return f"{_HEADINGS[told.event.kind]}{number}: {title}"


def _event(event: PaperEvent, pieces: Sequence[Piece] | None) -> list[str]:
    match event.kind:
        case "version":
            blocks = [f"-# of {in_words(event.updated)}"] if event.updated else []
            if event.title_before:
                blocks.append(f"Its title was “{markdown.safe(event.title_before, 400)}”.")
            if pieces:
                return [*blocks, f"**What changed in the abstract**\n{differences(pieces)}"]
            if event.abstract_before is None:
                return [*blocks, "The abstract is the same."]
            return [*blocks, "The abstract was rewritten: too much differs to show it word by word."]
        case "published":
            doi = of_identifier(Identifier(scheme="doi", value=event.doi)) if event.doi else None
            where = f"In **{markdown.safe(event.venue, 300)}**." if event.venue else "Its publication has a DOI now."
            return [where, *([markdown.link(f"doi:{event.doi}", doi, 500)] if doi else [])]
        case "code":
            return ["A source names code for this paper now."]
        case "withdrawn" if event.notice is None:
            return ["Its source says that it is no longer to be relied on."]
        case _:
            return [notice_in_words(event.notice)] if event.notice else ["Its source says so."]


def _citing(told: WatchNews) -> list[str]:
    if told.citing is None:
        return []
    by = markdown.safe(", ".join(told.citing.authors), 200) if told.citing.authors else "Authors not known"
    query = markdown.echo(told.citing.query, 300)
    return [f"**{markdown.safe(told.citing.title, 400)}**\n{by}\n-# followed as “{query}”"]


def differences(pieces: Sequence[Piece]) -> str:
    """What two texts have in common, shortened, ~~what only the first has~~ and **what only the second has**.

    What finds no room is counted.
    """
    shown: list[str] = []
    room = _DIFFERENCES
    for number, piece in enumerate(pieces):
        if piece.of == "both":
            text = _common(piece.text.split(), first=number == 0, last=number == len(pieces) - 1)
        else:
            mark = "~~" if piece.of == "before" else "**"
            text = f"{mark}{markdown.safe(piece.text, _PIECE)}{mark}"
        room -= markdown.length(text) + 1
        if room < 0:
            left = sum(one.of != "both" for one in pieces[number:])
            return " ".join([*shown, f"\n-# … and {markdown.counted(left, 'more change')}: see the abstract."])
        shown.append(text)
    return " ".join(shown)


def _common(words: Sequence[str], *, first: bool, last: bool) -> str:
    before, after = ("" if first else " ".join(words[:_CONTEXT])), ("" if last else " ".join(words[-_CONTEXT:]))
    kept = _CONTEXT * (2 - first - last)
    if len(words) <= kept + 2:
        return markdown.safe(" ".join(words), _PIECE)
    left_out = f"*({len(words) - kept} words as before)*"
    return " ".join(
        filter(None, (before and markdown.safe(before, 400), left_out, after and markdown.safe(after, 400)))
    )


def in_one_line(said: ScheduledMessage) -> str | None:
    """What a message told of a paper, for `/why`; None where it is of another kind."""
    if said.kind != KIND:
        return None
    told = WatchNews.model_validate_json(said.content)
    what = _HEADINGS[told.event.kind] if told.event else "Cited by a paper that is followed"
    if told.event and told.event.version:
        what = f"{what} {told.event.version}"
    if said.dropped:
        return f"🔔 {what}: not told, because {markdown.safe(said.dropped, 150)}"
    return f"🔔 {what}: told {markdown.moment(said.sent)}" if said.sent else f"🔔 {what}: to be told"


def where(title: str, handle: Handle) -> CardView:
    """Asks where a paper is to be watched."""
    card = Card(NEUTRAL)
    card.text(f"### Watch this paper?\n**{markdown.safe(title, 400)}**\n{_WHAT}")
    card.buttons(
        [ButtonSpec("Watch here", WatchStart("here", handle)), ButtonSpec("Watch for me", WatchStart("me", handle))]
    )
    return card.view()


_WHAT = (
    "New versions, with what changed in the abstract; publication; retraction, withdrawal or correction; code; and new"
    " papers that cite it, of those that are followed in the same place."
)


def started(title: str, place: Place, handle: Handle) -> CardView:
    """Says that a paper is watched."""
    to = "This channel is told" if place == "here" else "You are told by direct message"
    card = Card(NEUTRAL)
    card.text(f"### Watched\n**{markdown.safe(title, 400)}**\n{to} once of each: {_WHAT[0].lower()}{_WHAT[1:]}")
    card.buttons([ButtonSpec("End", WatchEnd(place, handle)), ButtonSpec("All that is watched", WatchPage(0))])
    return card.view()


def told_first(title: str) -> CardView:
    """The first direct message about a paper that somebody watches."""
    return paper_cards.message(f"From now on I tell you here what happens to “{markdown.safe(title, 300)}”.")


@dataclass(frozen=True)
class Watched:
    """What is watched: in this channel, None in a direct message, and by whoever asks.

    `posted` counts papers that are watched because they were posted to the place, `is_on` whether such ones are, and
    `manages` whether whoever asks may change that.
    """

    here: Sequence[Watch] | None
    mine: Sequence[Watch]
    posted: int
    is_on: bool
    manages: bool


def watched(found: Watched, page: int, command: str) -> CardView:
    """A page of what is watched, each with a button to end that."""
    card = Card(NEUTRAL, reserve=500)
    counts = [f"**{markdown.counted(len(found.here), 'paper')}** in this channel"] if found.here is not None else []
    counts.append(f"**{markdown.counted(len(found.mine), 'paper')}** for you alone")
    card.text(f"### Watched\n{', '.join(counts)}")
    places: list[tuple[Place, Watch]] = [*(("here", one) for one in found.here or ()), *(("me", m) for m in found.mine)]
    page = min(page, page_count(len(places), PER_PAGE) - 1)
    for place, one in places[page * PER_PAGE : (page + 1) * PER_PAGE]:
        by = f"for this channel, asked by <@{one.asked_by}>" if place == "here" else "for you"
        text = f"**{markdown.safe(one.title, 250)}**\n-# {by} {markdown.moment(one.since)}"
        if place == "me" or found.manages:
            card.section(text, ButtonSpec("End", WatchEnd(place, one.handle)))
        else:
            card.text(text)
    if not places:
        card.text(f"Watch a paper with {command} and its title, or with *Watch* under its card.")
    card.buttons(page_buttons(page, page_count(len(places), PER_PAGE), WatchPage))
    card.text(_posted(found), final=True)
    if found.manages:
        off, on = WatchPosted("off"), WatchPosted("on")
        posted = ("Do not watch what is posted", off) if found.is_on else ("Watch what is posted", on)
        card.buttons([ButtonSpec(*posted)])
    return card.view()


def _posted(found: Watched) -> str:
    count = markdown.counted(found.posted, "paper")
    if found.here is None:
        what = f"What is posted to you, and what you save to a list of a team ({count})"
    else:
        what = f"What is posted on this server ({count} here), and what somebody saves to its lists, for them"
    if not found.is_on:
        return f"-# {what}: not watched by itself."
    return (
        f"-# {what}: watched by itself for a year, and for retractions after that. Five such news a day at most;"
        " others come on the days after."
    )
