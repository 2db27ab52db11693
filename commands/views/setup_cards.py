"""Cards of `/setup`: who was found, how far fetching is, what to follow, and what was subscribed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import discord

from commands.custom_ids import SetupChoice, SetupPerson, SetupStep
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.preview_card import MANY_A_DAY
from store.guilds.subscriptions import Scope
from store.models import Frozen
from store.outside import FoundPerson
from store.preview import DAYS
from store.team import Member
from store.text.partial_dates import in_words

LEAVE_OUT = "none"
"""The entry of a list of people for none of them."""


class Proposal(Frozen):
    """A subscription that could be made, and how much it would have had.

    `recent` counts papers of the last days in the store, `peak` those of the day with most. `announced` are those among
    what was announced last; None where that was not asked. `followed`: the channel follows it already.
    """

    query: str
    recent: int
    peak: int
    announced: int | None
    followed: bool

    @property
    def is_much(self) -> bool:
        """Whether it would fill a channel, so that it is not chosen before somebody says so."""
        return max(self.peak, self.announced or 0) > MANY_A_DAY


class Setup(Frozen):
    """How far setting up is: everything that the card's buttons need. `anchor_id` is the interaction that began it."""

    scope: Scope
    target_id: int
    person_id: int
    anchor_id: int
    categories: str
    words: str
    members: tuple[Member, ...]
    fetched: tuple[str, ...] = ()
    """A line of markdown for each person whose papers were asked for."""
    heard: tuple[int, date | None] | None = None
    """How many papers feeds announced last, and on which day; None where they were not asked now."""
    problem: str = ""
    """Why feeds could not be asked."""
    proposals: tuple[Proposal, ...] = ()
    wanted: tuple[int, ...] = ()
    """Which of the proposals are chosen."""

    @property
    def people(self) -> list[FoundPerson]:
        """The people who were chosen, each once."""
        found = {member.person.identifier: member.person for member in self.members if member.person}
        return list(found.values())


def team(setup: Setup, question: str) -> CardView:
    """Who was found for each line; for a name of several people, a list to say which."""
    asked = [(at, member) for at, member in enumerate(setup.members) if member.candidates and not member.is_sure]
    waiting = any(member.is_open for _, member in asked)
    card = Card(NEUTRAL, reserve=300, foot=False)
    card.text("### Set up · 1 of 2: is this your team?")
    if known := [_line(member) for member in setup.members if member.is_sure or not member.candidates]:
        card.lines(known, len(known), lambda left: f"-# … and {left} more")
    for at, member in asked:
        card.text(f"**Which {markdown.safe(member.typed, 60)}?** {_found(member)}{_failed(member)}")
        options = [
            (person.name, str(number), about(person), number == member.chosen)
            for number, person in enumerate(member.candidates)
        ]
        nobody = ("None of these", LEAVE_OUT, "Leave this line out", member.left_out)
        card.choices(SetupPerson(at, question), "Say who is meant", [*options, nobody], several=False)
    number = len(setup.people)
    step = None if waiting else SetupStep("fetch", question)
    label = f"Fetch the papers of {number}" if number else "Go on"
    card.text(
        "-# Next their papers are fetched; nothing is subscribed before you confirm."
        if not waiting
        else "-# I never guess between people of one name; answer each list to go on.",
        final=True,
    )
    card.buttons([ButtonSpec(label, step, discord.ButtonStyle.primary), _cancel(question)])
    return card.view()


def fetching(setup: Setup, question: str, doing: str) -> CardView:
    """What is going on. The button begins again where that was interrupted."""
    card = Card(NEUTRAL, foot=False)
    card.text(f"### Set up\n⏳ {doing}")
    if setup.fetched:
        card.text("\n".join(setup.fetched))
    card.text("-# If this stands still for minutes, go on from here.")
    card.buttons([ButtonSpec("Go on", SetupStep("fetch", question)), _cancel(question)])
    return card.view()


def proposals(setup: Setup, question: str) -> CardView:
    """What the team may want to follow, with the volume that each would have had, to choose and confirm."""
    card = Card(NEUTRAL, reserve=1200, foot=False)
    card.text(f"### Set up · 2 of 2: what is to be posted in <#{setup.target_id}>?")
    if setup.fetched:
        card.text("\n".join(setup.fetched))
        card.divider()
    lines = [_proposal(one) for one in setup.proposals]
    card.lines(lines, len(lines), lambda left: f"-# … and {left} more, in the list below")
    card.text(f"-# {_heard(setup)}", final=True)
    if any(one.is_much for one in setup.proposals):
        card.text(f"-# ⚠ more than {MANY_A_DAY} papers on one day; not chosen unless you choose it.")
    if any(member.person and not member.is_sure for member in setup.members):
        card.text("-# author: follows a name, so that papers of namesakes come too.")
    if left_out := [_line(member) for member in setup.members if member.person is None]:
        card.divider()
        card.lines(left_out, len(left_out), lambda left: f"-# … and {left} more that are left out")
    options = [
        (one.query, str(at), volume(one), at in setup.wanted)
        for at, one in enumerate(setup.proposals)
        if not one.followed
    ]
    card.choices(SetupChoice(question), "Choose what to subscribe", options, several=True)
    count = markdown.counted(len(setup.wanted), "subscription")
    confirm = SetupStep("confirm", question) if setup.wanted else None
    card.buttons([ButtonSpec(f"Make {count}", confirm, discord.ButtonStyle.success), _cancel(question)])
    return card.view()


def done(setup: Setup, made: Sequence[str], problem: str, coming: str, notes: Sequence[str]) -> CardView:
    """What was subscribed, and what became of the rest."""
    card = Card(NEUTRAL, reserve=900, foot=False)
    card.text(f"### {markdown.counted(len(made), 'subscription')} made in <#{setup.target_id}>")
    lines = [f"- {markdown.echo(query, 150)}" for query in made]
    card.lines(lines, len(lines), lambda left: f"-# … and {left} more")
    if problem:
        card.text(f"⚠ {markdown.safe(problem, 200)}", final=True)
    card.text(coming, final=True)
    card.text("\n".join(notes))
    return card.view()


def about(person: FoundPerson) -> str:
    """What tells a person from namesakes, in one line."""
    facts = list(person.facts)
    if person.best_known:
        facts.append(f"“{person.best_known}”")
    elif person.fields:
        facts.append(person.fields[0])
    return " · ".join(facts) or f"from {person.source.name}"


def volume(one: Proposal) -> str:
    """How much a proposal would have had, in words."""
    if one.followed:
        return "followed there already"
    announced = f", {one.announced:,} announced last" if one.announced is not None else ""
    return f"{markdown.counted(one.recent, 'paper')} in {DAYS} days{announced}{' ⚠' if one.is_much else ''}"


def _line(member: Member) -> str:
    """A line of the team that needs no answer."""
    person = member.person
    if person is None:
        why = "left out" if member.left_out else "nobody found"
        hint = "" if member.left_out else " Give an ORCID or a link to their page."
        if member.failures:
            hint = _failed(member)
        return f"✗ {markdown.safe(member.typed, 80)}: {why}.{hint}"
    return f"✓ **{markdown.safe(person.name, 80)}** · {markdown.safe(about(person), 160)}"


def _failed(member: Member) -> str:
    return f"\n-# Not asked: {markdown.safe(' '.join(member.failures), 120)}" if member.failures else ""


def _found(member: Member) -> str:
    """How many there are, and once one is chosen, where they are, which the list hides then."""
    if member.person:
        return f"✓ {markdown.safe(about(member.person), 100)}"
    listed = len(member.candidates)
    more = f", the first {listed} are listed; give an ORCID for another" if member.total > listed else ""
    return f"{'One' if member.total == 1 else member.total} found{more}"


def _proposal(one: Proposal) -> str:
    return f"- **{markdown.echo(one.query, 120)}** · {volume(one)}"


def _heard(setup: Setup) -> str:
    counted = f"Counted over the last {DAYS} days of what the store holds"
    if setup.problem:
        return f"{counted}. arXiv's announcements could not be asked: {markdown.safe(setup.problem, 200)}"
    if setup.heard is None:
        return f"{counted}, which has arXiv's announcements."
    papers, day = setup.heard
    on = f" on {in_words(day.isoformat())}" if day else " today"
    return f"{counted}, and the {markdown.counted(papers, 'paper')} that arXiv announced{on}."


def _cancel(question: str) -> ButtonSpec:
    return ButtonSpec("Cancel", SetupStep("cancel", question))
