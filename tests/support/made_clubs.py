"""A journal club made for tests, its cards, and one message of each kind that it writes."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from commands.views.club_cards import ClubStatus
from store.guilds.club import calendar, progress
from store.guilds.club.messages import (
    Ballot,
    Call,
    Chosen,
    Discussion,
    Quoted,
    Reminder,
    Skipped,
    SwapRequest,
    Turn,
)
from store.guilds.club.models import Club, Nomination, Rhythm, Session
from store.guilds.club.rotas import Swap
from store.guilds.paper_notes import Note
from store.guilds.scheduled_messages import ScheduledMessage
from store.models import Frozen, Handle
from store.text.handles import handle
from tests.support.made import DAY

THURSDAY = date(2026, 3, 12)
CLUB = Club(
    owner=1,
    anchor_id=2,
    channel_id=3,
    creator_id=4,
    rhythm=Rhythm(first_day=THURSDAY, at=time(16), zone="Europe/Berlin", every_weeks=2),
    place="Room 101",
)
TIMES = calendar.times(CLUB.rhythm, THURSDAY)


def nomination(title: str, number: int = 0, at: datetime = DAY) -> Nomination:
    """A paper that somebody nominated, each a minute after the one before."""
    return Nomination(
        handle=handle("nominated", str(number)),
        title=title,
        person_id=5,
        nominated=at + timedelta(minutes=number),
        polls=number % 3,
    )


def session(paper: Nomination | None = None) -> Session:
    """The session of a Thursday, with its paper where that is chosen."""
    return Session(
        id=1,
        owner=1,
        anchor_id=2,
        channel_id=3,
        day=THURSDAY,
        times=TIMES,
        state="decided" if paper else "open",
        paper=paper,
        event_id=7 if paper else None,
        thread_id=8 if paper else None,
    )


def status(title: str, papers: int, people: int, *, is_decided: bool) -> ClubStatus:
    """How the club stands, with so many papers of that title and people."""
    nominated = [nomination(title, number) for number in range(papers)]
    days = [THURSDAY + timedelta(weeks=2 * number) for number in range(people)]
    return ClubStatus(
        club=CLUB,
        place=progress.place(CLUB),
        session=session(nomination(title, 99) if is_decided else None),
        poll_id=9,
        nominated=nominated,
        presenters=[(day, 10 + number) for number, day in enumerate(days)],
        swaps=[Swap(handle("swap"), 1, 10, 11)],
        last=session(nomination(title, 98)).model_copy(update={"state": "held"}),
        left_out=("the reminder", "the event"),
        lacking=("Create Events", "Send Polls"),
        manages=True,
    )


NOTE = Note(token="n", person=5, handle=handle("p"), text="Nobody believed table 2.", at=DAY, shared=True)


def contents(title: str, text: str) -> dict[str, Frozen]:
    """What a club may write about a paper of that title with such sentences, by kind."""
    paper, starts = nomination(title), TIMES.starts
    sentences = tuple(Quoted(about=about, text=text, number=1, total=9) for about in ("tldr", "result", "problem"))
    subjects = ("problem", "contribution", "method", "result", "resources")
    questions = tuple(Quoted(about=about, text=text, number=2, total=9) for about in subjects)
    link: tuple[str, str] = ("arXiv: 2401.00001", "https://arxiv.org/abs/2401.00001")
    return {
        "club_call": Call(starts=starts, decide_at=TIMES.decide_at),
        "club_poll": Ballot(
            day=THURSDAY,
            starts=starts,
            closes=TIMES.decide_at,
            hours=71,
            offered=tuple(nomination(title, number) for number in range(10)),
            left_out=15,
        ),
        "club_paper": Chosen(
            day=THURSDAY, starts=starts, ends=TIMES.ends, paper=paper, how="tie", votes=2, place=text, presenter_id=6
        ),
        "club_thread": Discussion(
            day=THURSDAY,
            paper=paper.handle,
            title=title,
            sentences=sentences,
            questions=questions,
            links=(link,) * 4,
            event="https://discord.com/events/1/7",
        ),
        "club_reminder": Reminder(starts=starts, paper=paper, place=text, presenter_id=6, thread_id=8),
        "club_turn": Turn(guild_id=1, channel_id=3, starts=starts, paper=paper, again=True),
        "club_skipped": Skipped(days=(THURSDAY,) * 9, why="missed", next_starts=starts),
        "club_swap": SwapRequest(token=handle("swap"), guild_id=1, channel_id=3, asker_id=5),
    }


def scheduled(kind: str, content: Frozen, about: Handle | None = None) -> ScheduledMessage:
    """A message of that kind."""
    return ScheduledMessage(
        key=f"club:2:{THURSDAY}:{kind}",
        owner=1,
        kind=kind,
        content=content.model_dump_json(),
        reason="It is from the journal club.",
        target_id=3,
        person_id=None,
        handle=about,
        due=DAY,
        dropped=None,
    )


MESSAGES = [scheduled(kind, said) for kind, said in contents("Looms", "We weave.").items() if kind != "club_poll"]
