"""The preview of a subscription: what it would have posted, where papers come from, and when the first may come."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import discord

from commands.addresses import PaperAction
from commands.custom_ids import CustomId, DraftDecision
from commands.views import markdown, paper_text, posts
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.subscription_cards import form_text, quoted_query, schedule_text
from store.guilds.items import Item
from store.guilds.subscriptions import Options
from store.preview import DAYS, Heard, Preview, Sources
from store.search.query import Query
from store.text.partial_dates import in_words

MANY_A_DAY = 10
"""More papers than this on one day are warned about."""
SAMPLES = 3
Decision = Literal["yes", "me", "no"]
_GO = discord.ButtonStyle.success
AT_ONCE = timedelta(minutes=5)
"""What comes sooner than this is said to come within minutes: feeds that are new are asked every minute."""
_MAX_NAMES = 8
_MAX_WORDS, _MAX_FORMS = 4, 3


@dataclass(frozen=True)
class Arrival:
    """Where new papers will come from.

    `first` is when the first can be posted, None where no feed is asked. `heard` is what feeds that were never heard
    before have just announced, None where nothing was asked (yet), and `matching` those of the papers that match.
    """

    sources: Sources
    first: datetime | None
    asking: bool = False
    heard: Heard | None = None
    matching: Sequence[Item] = ()


@dataclass(frozen=True)
class Plan:
    """What the person wants."""

    query: Query
    options: Options | None
    """How the channel is told; None where the person can follow for themselves alone."""
    personal: Options | None = None
    """How the person is told, where they can follow for themselves."""
    own_thread: bool = False
    tag: str | None = None
    """With which the thread is made, where the channel is a forum that requires one."""

    @property
    def first_options(self) -> Options:
        """Those for the channel, else those for the person."""
        return self.options or self.personal or Options()


def preview(plan: Plan, would_post: Preview, arrival: Arrival, question: str, now: datetime) -> CardView:
    """What a subscription would have posted, with Confirm and Cancel; `question` is the token of the draft."""
    card = Card(NEUTRAL, reserve=960)
    explained = markdown.echo(plan.query.explain(), 400)
    card.text(f"### {follow_question(plan.options, plan.personal)}\n{quoted_query(plan.query)}\n{explained}")
    card.text(_forms(would_post))
    card.divider()
    card.text(_counts(would_post, arrival))
    card.text(_heard(arrival))
    card.text(coming(arrival, now))
    for warning in _warnings(plan.first_options, would_post, arrival):
        card.text(f"⚠ {warning}")
    card.divider()
    for item in would_post.samples[:SAMPLES]:
        open_paper = PaperAction("open", item.paper.handle).opened_apart()
        card.section(posts.entry(item), ButtonSpec("Open", open_paper))
    announced = arrival.matching[: SAMPLES - len(would_post.samples)]
    for item in announced:
        card.text(f"{posts.entry(item)} · just announced")
        card.space()
    tagged = f", tagged “{markdown.safe(plan.tag, 40)}”" if plan.tag else ""
    thread = f" · in a thread of its own{tagged}" if plan.own_thread else ""
    card.text("\n".join(how_told(plan.options, plan.personal, thread)), final=True)
    card.text(paper_text.citation_sources(item.paper for item in (*would_post.samples, *announced)))
    card.buttons(confirm_buttons(plan.options, plan.personal, lambda verb: DraftDecision(verb, question)))
    return card.view()


def follow_question(here: Options | None, personal: Options | None) -> str:
    """What the preview asks, by where something can be followed."""
    if personal is None:
        return "Subscribe this channel?"
    return "Follow this here, or for yourself?" if here else "Follow this for yourself?"


def how_told(here: Options | None, personal: Options | None, thread: str = "") -> list[str]:
    """How the channel and the person would be told, a line each."""
    lines = []
    if here:
        role = f" · mentions <@&{here.role_id}>" if here.role_id else ""
        cap = f"at most {markdown.counted(here.cap, 'paper')} a post, {form_text(here.form)}"
        lines.append(f"-# {'Here: posts' if personal else 'Posts'} {schedule_text(here.schedule)}, {cap}{role}{thread}")
    if personal:
        lines.append(f"-# For you: a direct message, {schedule_text(personal.schedule)}")
    return lines


def confirm_buttons(
    here: Options | None, personal: Options | None, decision: Callable[[Decision], CustomId]
) -> list[ButtonSpec]:
    """Confirm for the channel, for the person, and Cancel."""
    return [
        *([ButtonSpec("Confirm" if personal is None else "Follow here", decision("yes"), _GO)] if here else []),
        *([ButtonSpec("Follow for me", decision("me"), _GO)] if personal else []),
        ButtonSpec("Cancel", decision("no")),
    ]


def coming(arrival: Arrival, now: datetime) -> str:
    """Where new papers come from, and when the first can be posted."""
    if arrival.first is None:
        return "**New papers:** from /add and from files only; whoever runs me has turned off asking arXiv."
    if arrival.sources.everything:
        origin = (
            "from **all of arXiv**, as the query names no category: 20 archives, by 40 feeds. Add `cat:cs.CL`, or"
            " `cat:cs.CL|cat:cs.LG`, to follow less."
        )
    else:
        origin = f"from arXiv's announcements in {_named(arrival.sources.categories)}, and from /add."
    when = f"{markdown.moment(arrival.first)} at the earliest; arXiv announces papers from Monday to Friday"
    if arrival.first - now < AT_ONCE:
        when = "within minutes" if arrival.matching else "within minutes, if any of arXiv's last announcements match"
    return f"**New papers:** {origin}\n**First post:** {when}."


def _forms(would_post: Preview) -> str:
    """Which other forms of its words the query finds, and how to ask for one alone; empty where there are none."""
    words = []
    for word, forms in would_post.forms[:_MAX_WORDS]:
        others = markdown.first_of([markdown.safe(form, 40) for form in forms], _MAX_FORMS)
        words.append(f"“{markdown.echo(word, 40)}” also finds {others}")
    if not words:
        return ""
    exactly = markdown.echo(f"={would_post.forms[0][0]}", 41)
    return f"-# {'; '.join(words)}. Write {exactly} for that word alone."


def _counts(would_post: Preview, arrival: Arrival) -> str:
    peak = f", most on {in_words(would_post.peak[0].isoformat())} ({would_post.peak[1]})" if would_post.peak else ""
    by_date = [f"{markdown.counted(count, 'paper')} of {in_words(when)}" for when, count in would_post.undated]
    undated = f", and {' and '.join(by_date)} without a day" if by_date else ""
    if arrival.first is None or arrival.sources.unheard:
        return (
            f"**In the store:** {would_post.recent:,} of the last {DAYS} days match{peak}{undated};"
            f" {would_post.total:,} in all."
        )
    since = arrival.sources.since
    young = f" Its feeds were heard first {markdown.moment(since)}; what came before is not all there." if since else ""
    return (
        f"**Last {DAYS} days:** it would have posted **{markdown.counted(would_post.recent, 'paper')}**{peak}{undated};"
        f" {would_post.total:,} in the store match.{young}"
    )


def _heard(arrival: Arrival) -> str:
    """What is known of feeds that were never heard before; empty where all were."""
    heard, unheard = arrival.heard, arrival.sources.unheard
    names = _named(unheard)
    if arrival.sources.everything:
        names = "any archive" if len(unheard) == len(arrival.sources.categories) else f"{len(unheard)} of its archives"
    if arrival.asking:
        return f"⏳ arXiv was never asked for {names} here. I am asking now; this preview changes when it has answered."
    if heard is None:
        return ""
    if heard.problem:
        return (
            f"⚠ arXiv was never heard for {names} here, and asking now did not work:"
            f" {markdown.safe(heard.problem, 200)} So I cannot say how much to expect. You can confirm: I go on asking."
        )
    if not heard.papers:
        return f"**Asked just now:** arXiv announces nothing new in {names} today, so I cannot say how much to expect."
    day = f" on {in_words(heard.day.isoformat())}" if heard.day else ""
    announced, found = markdown.counted(len(heard.papers), "paper"), len(arrival.matching)
    return (
        f"**Asked just now:** of the {announced} that arXiv announced in {names}{day}, **{found:,}**"
        f" {'matches' if found == 1 else 'match'}. It was never heard for that here before."
    )


def _warnings(options: Options, would_post: Preview, arrival: Arrival) -> list[str]:
    peak = max(would_post.peak[1] if would_post.peak else 0, len(arrival.matching))
    not_heard = arrival.asking or (arrival.heard is not None and arrival.heard.problem is not None)
    if not would_post.total and not peak:
        return [] if not_heard else ["Nothing matches yet. If such papers are not rare, check the spelling."]
    warnings = []
    if peak > MANY_A_DAY:
        warnings.append(f"On one day it would have posted {peak:,} papers. Narrow the query, or choose a digest.")
    if peak > options.cap:
        warnings.append(f"A post shows {markdown.counted(options.cap, 'paper')}; a button shows the others.")
    if not would_post.recent and not would_post.undated and not arrival.matching and would_post.newest:
        warnings.append(
            f"Nothing matched in the last {DAYS} days; the newest match is of {in_words(would_post.newest)}."
        )
    return warnings


def _named(categories: Sequence[str]) -> str:
    return markdown.first_of([f"**{markdown.safe(one, 30)}**" for one in categories], _MAX_NAMES)
