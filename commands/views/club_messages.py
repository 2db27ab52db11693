"""What the journal club writes on its own: the poll, the paper, the thread's first message, reminders."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import NamedTuple

import discord

from commands.addresses import APART, PaperAction
from commands.club_ids import AddNote, ClubPage, SwapAnswer
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card
from commands.views.paper_text import numbered_sentence
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
from store.guilds.club.models import HowChosen, Nomination, WhySkipped
from store.models import Handle
from store.summaries.sentence_splitter import Sentence
from store.text.partial_dates import in_words

MOST_ANSWER = 55
"""Characters of an answer of a poll that Discord allows."""
RULE = "Most votes win. In a tie, or if nobody votes, the paper that was nominated first is read."
_CHANNEL = re.compile(r"<#\d{1,20}>", re.ASCII)
_HOW: dict[HowChosen, str] = {
    "most": "Chosen by the poll, with {votes}.",
    "tie": "A tie at {votes}: of those papers, this one was nominated first.",
    "no_votes": "Nobody voted, so the paper that was nominated first is read.",
    "only": "It was the only paper nominated, so there was no poll.",
    "no_time": "There was no time left for a poll, so the paper that was nominated first is read.",
    "no_poll": "There is no poll to count: it is gone, or could not be posted. So the paper nominated first is read.",
}
_WHY: dict[WhySkipped, str] = {
    "none": "No paper was nominated.",
    "missed": "I was not running when it was due. What is nominated stays.",
    "called_off": "Somebody who manages this channel called it off. What is nominated stays.",
}
_QUESTIONS = {
    "problem": "Is this the problem that matters here?",
    "contribution": "What does this add to what was known?",
    "method": "What else could one have done?",
    "result": "What supports this, and where would it not hold?",
    "resources": "Could we use this?",
}
"""A question that is the same for every paper, after a sentence of this one."""
_SENTENCES = {"tldr": "TL;DR", "result": "Result", "problem": "Problem"}


class PollMessage(NamedTuple):
    """A message with a poll: it can have no card."""

    content: str
    poll: discord.Poll


def poll(content: str) -> PollMessage:
    """The poll on what to read. Its answers are numbered, so that no two are the same."""
    said = Ballot.model_validate_json(content)
    asked = discord.Poll(f"Which paper do we read on {in_words(said.day.isoformat())}?", timedelta(hours=said.hours))
    lines = [f"**Journal club** {markdown.date_and_time(said.starts)}: the poll closes {markdown.moment(said.closes)}."]
    lines.append(RULE)
    for number, one in enumerate(said.offered, 1):
        label = f"{number}. "
        asked.add_answer(text=label + markdown.plain(one.title, MOST_ANSWER - len(label)))
        lines.append(f"{number}\\. {markdown.safe(one.title, 110)} · nominated by <@{one.person_id}>")
    if said.left_out:
        lines.append(f"-# {markdown.counted(said.left_out, 'more nomination')} for a later session.")
    return PollMessage("\n".join(lines), asked)


def call(content: str) -> Card:
    """Nothing is nominated."""
    said = Call.model_validate_json(content)
    card = Card(NEUTRAL, foot=False)
    card.text("### Nothing is nominated for the journal club yet")
    card.text(
        f"The next session is {markdown.date_and_time(said.starts)}. The first paper that somebody nominates is read:"
        " press Nominate under a paper, or use `/club nominate:`. If there is none"
        f" {markdown.moment(said.decide_at)}, the session is left out."
    )
    return card


def chosen(content: str) -> Card:
    """The paper of a session."""
    said = Chosen.model_validate_json(content)
    card = Card(NEUTRAL, foot=False)
    card.text(f"### Journal club: {_title(said.paper)}")
    votes = markdown.counted(said.votes, "vote")
    card.text(f"{markdown.date_and_time(said.starts)} ({markdown.moment(said.starts)}) · {place_text(said.place)}")
    presenter = f" <@{said.presenter_id}> presents it." if said.presenter_id else ""
    card.text(f"{_HOW[said.how].format(votes=votes)} Nominated by <@{said.paper.person_id}>.{presenter}")
    card.buttons([_open(said.paper.handle), ButtonSpec("Journal club", ClubPage(trail=APART))])
    return card


def discussion(content: str) -> Card:
    """The first message of a session's thread."""
    said = Discussion.model_validate_json(content)
    card = Card(NEUTRAL, reserve=200, foot=False)
    card.text(f"### {markdown.safe(said.title, 300)}")
    for one in said.sentences:
        card.text(f"**{_SENTENCES[one.about]}** {_quoted(one, 400)}")
    if said.questions:
        card.divider()
        card.text("**To discuss**")
    for one in said.questions:
        card.text(f"> {_quoted(one, 280)}\n{_QUESTIONS[one.about]}")
    if not said.sentences:
        card.text("There is no abstract for this paper, so I have no summary and no questions.")
    card.buttons([_open(said.paper), ButtonSpec("Add a note", AddNote(said.day.isoformat()))])
    links = [(label, address) for label, url in said.links if (address := markdown.web_address(url))]
    card.links([*links, ("Event", said.event)] if said.event else links)
    if said.sentences:
        card.text("-# Sentences of the abstract, word for word; each question is the same for every paper.", final=True)
    return card


def reminder(content: str) -> Card:
    """A session is near."""
    said = Reminder.model_validate_json(content)
    card = Card(NEUTRAL, foot=False)
    card.text(f"### Journal club {markdown.moment(said.starts)}")
    thread = f" · <#{said.thread_id}>" if said.thread_id else ""
    presenter = f"\n<@{said.presenter_id}> presents." if said.presenter_id else "\nNobody is down to present."
    card.text(
        f"{_title(said.paper)}\n{markdown.date_and_time(said.starts)} · {place_text(said.place)}{thread}{presenter}"
    )
    card.buttons([_open(said.paper.handle)])
    return card


def turn(content: str) -> Card:
    """Somebody is told that they present."""
    said = Turn.model_validate_json(content)
    card = Card(NEUTRAL, foot=False)
    card.text(
        f"### {'Reminder: you' if said.again else 'You'} present in the journal club {markdown.moment(said.starts)}"
    )
    card.text(
        f"{_title(said.paper)}\n{markdown.date_and_time(said.starts)} · <#{said.channel_id}>\nIf you can't, use"
        " `/club swap_with:` there to ask somebody, or `/club away_until:` to let the next one present."
    )
    return card


def skipped(content: str) -> Card:
    """Sessions that do not take place."""
    said = Skipped.model_validate_json(content)
    card = Card(NEUTRAL, foot=False)
    days = markdown.first_of([in_words(day.isoformat()) for day in said.days], 5)
    several = len(said.days) > 1
    card.text(f"### No journal club on {days}")
    why = "I was not running when they were due. What is nominated stays." if several else _WHY[said.why]
    following = f" The next session is {markdown.date_and_time(said.next_starts)}." if said.next_starts else ""
    card.text(why + following)
    card.buttons([ButtonSpec("Journal club", ClubPage(trail=APART))])
    return card


def swap(content: str) -> Card:
    """Somebody is asked to change places."""
    said = SwapRequest.model_validate_json(content)
    card = Card(NEUTRAL, foot=False)
    card.text(
        f"### Would you swap?\n<@{said.asker_id}> asks to change places with you in the rota of the journal club in"
        f" <#{said.channel_id}>. Nothing changes unless you agree."
    )
    card.buttons([ButtonSpec("Agree", SwapAnswer("yes", said.token)), ButtonSpec("No", SwapAnswer("no", said.token))])
    return card


def _title(paper: Nomination) -> str:
    return f"**{markdown.safe(paper.title, 400)}**"


def _open(handle: Handle) -> ButtonSpec:
    return ButtonSpec("Open the paper", PaperAction("open", handle).opened_apart())


def place_text(place: str) -> str:
    """Where a club meets, for markdown: a channel, or words that somebody typed."""
    return place if _CHANNEL.fullmatch(place) else markdown.safe(place, 120)


def _quoted(one: Quoted, limit: int) -> str:
    sentence = Sentence(number=one.number, total=one.total, start=0, end=0, text=one.text)
    return numbered_sentence(sentence, limit)


CARDS: dict[str, Callable[[str], Card]] = {
    "club_call": call,
    "club_paper": chosen,
    "club_thread": discussion,
    "club_reminder": reminder,
    "club_turn": turn,
    "club_skipped": skipped,
    "club_swap": swap,
}
"""Draws each kind of message, but for the poll."""
