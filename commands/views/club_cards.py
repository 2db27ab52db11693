"""The cards of `/club`: how the journal club stands, what is nominated, and what was noted on a paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from commands.addresses import PaperAction
from commands.club_ids import AddNote, ClubAction, ClubNominations, ClubNotes, ClubPage, SwapAnswer, WithdrawNomination
from commands.views import markdown
from commands.views.club_messages import RULE, place_text
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.subscription_cards import WEEKDAYS
from store.guilds.club.models import Club, Nomination, Rhythm, Session
from store.guilds.club.rotas import Swap
from store.guilds.paper_notes import Note
from store.models import Paper
from store.text.partial_dates import in_words

_SHOWN = 5
"""Nominations that the card of the club names."""


@dataclass(frozen=True)
class ClubStatus:
    """How a club stands. `presenters` are those of the next days, as things are; `lacking` what the bot may not do."""

    club: Club
    place: str
    session: Session
    poll_id: int | None
    """The message of the poll, where it is out."""
    nominated: Sequence[Nomination]
    presenters: Sequence[tuple[date, int | None]]
    swaps: Sequence[Swap]
    last: Session | None
    left_out: Sequence[str]
    """What the last session went without."""
    lacking: Sequence[str]
    manages: bool


def rhythm(of: Rhythm) -> str:
    """How often and when a club meets, in words."""
    how_often = f"{WEEKDAYS[of.first_day.weekday()]}s"
    if of.every_weeks > 1:
        how_often = f"every {of.every_weeks} weeks on {WEEKDAYS[of.first_day.weekday()]}"
    return f"{how_often} at {of.at:%H:%M} ({markdown.safe(of.zone, 60)}), {of.minutes} minutes"


def status(shown: ClubStatus, address: ClubPage) -> CardView:
    """The next session and its steps, what is nominated, and who presents."""
    club, session = shown.club, shown.session
    card = Card(NEUTRAL, reserve=300)
    card.text(f"### Journal club in <#{club.channel_id}>")
    elsewhere = f" · {place_text(shown.place)}" if shown.place != f"<#{club.channel_id}>" else ""
    card.text(f"{rhythm(club.rhythm)}{elsewhere}")
    card.divider()
    starts = session.times.starts
    card.text(f"**Next session** {markdown.date_and_time(starts)} ({markdown.moment(starts)})\n{_state(shown)}")
    links = [
        ("Event", f"https://discord.com/events/{club.owner}/{session.event_id}") if session.event_id else None,
        ("Thread", f"https://discord.com/channels/{club.owner}/{session.thread_id}") if session.thread_id else None,
        ("Poll", f"https://discord.com/channels/{club.owner}/{session.channel_id}/{shown.poll_id}")
        if shown.poll_id and session.state == "polling"
        else None,
    ]
    card.links([link for link in links if link])
    card.text(_presenters(shown.presenters))
    for swap in shown.swaps:
        card.text(f"<@{swap.asker_id}> asks <@{swap.asked_id}> to change places.")
        card.buttons(
            [ButtonSpec("Agree", SwapAnswer("yes", swap.token)), ButtonSpec("No", SwapAnswer("no", swap.token))]
        )
    if shown.lacking:
        card.text(f"⚠ I lack permissions: {', '.join(shown.lacking)}. Have them given, or that part is left out.")
    if shown.last:
        missing = f" Without {', '.join(shown.left_out)}: its time had passed, or I may not." if shown.left_out else ""
        card.text(f"-# {_last(shown.last)}{missing}")
    buttons = [ButtonSpec("Nominations", ClubNominations().opened_from(address))]
    if session.paper:
        buttons.append(ButtonSpec("Paper", PaperAction("open", session.paper.handle).opened_from(address)))
    verbs: list[tuple[str, Literal["join", "leave"]]] = [("Join the rota", "join"), ("Leave it", "leave")]
    if shown.last and shown.last.paper and shown.last.state == "held":
        buttons.append(ButtonSpec("Last notes", ClubNotes(shown.last.paper.handle).opened_from(address)))
    card.buttons([*buttons, *(ButtonSpec(label, ClubAction(verb)) for label, verb in verbs)])
    if shown.manages:
        card.buttons(
            [ButtonSpec("Call this session off", ClubAction("skip")), ButtonSpec("End the club", ClubAction("end"))]
        )
    return card.view(address)


def _state(shown: ClubStatus) -> str:
    session, times = shown.session, shown.session.times
    if session.paper:
        return f"Paper: **{markdown.safe(session.paper.title, 300)}**, nominated by <@{session.paper.person_id}>"
    if session.state == "polling":
        return f"A poll decides {markdown.moment(times.decide_at)}. {RULE}"
    count = markdown.counted(len(shown.nominated), "paper")
    titles = "".join(f"\n- {markdown.safe(one.title, 150)}" for one in shown.nominated[:_SHOWN])
    return f"{count} nominated; a poll opens {markdown.moment(times.poll_at)}.{titles}"


def _presenters(upcoming: Sequence[tuple[date, int | None]]) -> str:
    lines = [f"- {in_words(day.isoformat())}: <@{who}>" for day, who in upcoming if who is not None]
    return "\n".join(["**Who presents**", *lines]) if lines else "**Who presents** Nobody is in the rota yet."


def _last(session: Session) -> str:
    day = in_words(session.day.isoformat())
    if session.state == "skipped":
        why = {"none": "no paper was nominated", "missed": "I was not running", "called_off": "it was called off"}
        return f"No session on {day}: {why[session.why or 'called_off']}."
    return f"Last session: {day}, “{markdown.safe(session.paper.title if session.paper else '?', 150)}”."


def nominations(nominated: Sequence[Nomination], mine: Sequence[Nomination], address: ClubNominations) -> CardView:
    """What is nominated, the first one first; `mine` are those that the reader may take back."""
    card = Card(NEUTRAL, reserve=200)
    card.text(f"### {markdown.counted(len(nominated), 'paper')} nominated for the journal club")
    if not nominated:
        card.text("Press Nominate under a paper, or use `/club nominate:` and words of its title.")
    lines = []
    for number, one in enumerate(nominated, 1):
        polls = f" · in {markdown.counted(one.polls, 'poll')} before" if one.polls else ""
        about = f"-# by <@{one.person_id}> {markdown.moment(one.nominated)}{polls}"
        lines.append(f"**{number}.** {markdown.safe(one.title, 120)}\n{about}")
    card.lines(lines, len(lines), lambda left: f"-# and {left} more, which the list below has.")
    card.cards(
        "Open a paper", [(one.title, PaperAction("open", one.handle).opened_from(address), "") for one in nominated]
    )
    card.select(WithdrawNomination(), "Take a nomination back", [(one.title, one.handle, "") for one in mine])
    card.text(f"-# {RULE} At most 10 stand in a poll; those that were in the fewest come first.", final=True)
    return card.view(address)


def nominated(paper: Paper, is_new: bool) -> CardView:
    """A paper that somebody nominated, or had."""
    card = Card(NEUTRAL)
    said = "is nominated for the journal club" if is_new else "is nominated already"
    card.text(f"**{markdown.safe(paper.title, 300)}** {said}.")
    card.buttons([ButtonSpec("Nominations", ClubNominations()), ButtonSpec("Journal club", ClubPage())])
    return card.view()


def notes(paper: Paper, sessions: Sequence[Session], noted: Sequence[Note], address: ClubNotes) -> CardView:
    """When a paper was discussed, and what was noted."""
    card = Card(NEUTRAL, reserve=200)
    days = markdown.first_of([in_words(one.day.isoformat()) for one in sessions], 5)
    card.text(f"### Journal club: {markdown.safe(paper.title, 300)}")
    card.text(f"Discussed on {days}" if days else "Not discussed in the journal club.")
    lines = [f"- {markdown.safe(one.text, 1000)} · <@{one.person}> {markdown.moment(one.at)}" for one in noted]
    card.lines(lines, len(lines), lambda left: f"-# and {markdown.counted(left, 'more note')}")
    if sessions:
        card.buttons([ButtonSpec("Add a note", AddNote(sessions[0].day.isoformat()))])
    return card.view(address)


def confirm(question: str, button: ButtonSpec) -> CardView:
    """Asks before something is done that people rely on."""
    card = Card(NEUTRAL)
    card.text(question)
    card.buttons([button])
    return card.view()
