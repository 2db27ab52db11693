"""What subscriptions are answered with: their cards, and who may do what."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import discord

from commands.context import Interaction, UserError
from commands.views import markdown, parts, posts
from commands.views.layout import Card, CardView, Press
from store.guilds.explain import Outcome
from store.guilds.preview import DAYS, Preview
from store.guilds.schedule import Schedule
from store.guilds.subscriptions import Options, Scope, Subscription
from store.search.query import Query

SHOWN = 6
"""Subscriptions on a page."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NAMED = "(?P<token>[A-Za-z0-9_-]{16})"
"""How a subscription or post stands in a custom_id."""
FLOOD = 10
"""More papers a day than this is called a flood."""


def scope_of(interaction: Interaction) -> Scope:
    """The channel in which somebody asks; a direct message has guild 0."""
    return Scope(interaction.guild_id or 0, interaction.channel_id or 0)


def require_manager(interaction: Interaction) -> None:
    """Raise `UserError` unless the person may manage this channel, or it is a direct message."""
    if interaction.guild_id and not interaction.permissions.manage_channels:
        raise UserError("You need the permission Manage Channels here for that; ask somebody who has it.")


def said(query: Query, limit: int = 600) -> str:
    """The query as one types it, for markdown."""
    return f"**“{markdown.echo(query.canonical(), limit)}”**"


def when(schedule: Schedule) -> str:
    """A schedule in words."""
    match schedule.cadence:
        case "now":
            return "as they come"
        case "daily":
            return f"daily at {schedule.at:%H:%M} ({markdown.safe(schedule.zone, 60)})"
        case "weekly":
            return f"{WEEKDAYS[schedule.weekday]}s at {schedule.at:%H:%M} ({markdown.safe(schedule.zone, 60)})"


def draft(query: Query, options: Options, own_thread: bool, seen: Preview, token: str) -> CardView:
    """What a subscription would have posted, with Confirm and Cancel."""
    card = Card(parts.NEUTRAL, reserve=700)
    card.text(f"### Subscribe this channel?\n{said(query)}\n{markdown.echo(query.explain(), 700)}")
    peak = f", most on {markdown.timestamp(seen.peak[0].isoformat())} ({seen.peak[1]})" if seen.peak else ""
    card.text(
        f"It would have posted **{markdown.counted(seen.recent, 'paper')}** in the last {DAYS} days{peak};"
        f" {seen.total:,} in the store match."
    )
    for warning in _warnings(options, seen):
        card.text(f"⚠ {warning}")
    for item in seen.samples:
        card.section(posts.entry(item), Press("Open", f"paper:open:{item.paper.handle}"))
    role = f" · mentions <@&{options.role_id}>" if options.role_id else ""
    thread = " · in a thread of its own" if own_thread else ""
    details = (
        f"-# Posts {when(options.schedule)}, at most {markdown.counted(options.cap, 'paper')} a post{role}{thread}"
    )
    card.text(details, final=True)
    card.row(
        [
            Press("Confirm", f"draft:yes:{token}", discord.ButtonStyle.success),
            Press("Cancel", f"draft:no:{token}"),
        ]
    )
    return card.view()


def _warnings(options: Options, seen: Preview) -> list[str]:
    if not seen.total:
        return ["Nothing in the store matches. It may be right, if such papers are rare; else look for a misspelling."]
    warnings = []
    if seen.peak and seen.peak[1] > FLOOD:
        warnings.append(f"That is a flood on some days: {seen.peak[1]:,} papers on one. Narrow it, or take a digest.")
    if seen.peak and seen.peak[1] > options.cap:
        warnings.append(f"Of more than {options.cap} at once the rest are behind a button.")
    if not seen.recent and seen.newest:
        warnings.append(f"Nothing came in the last {DAYS} days; the newest is of {markdown.timestamp(seen.newest)}.")
    return warnings


def listed(subscriptions: Sequence[Subscription], page: int) -> CardView:
    """A channel's subscriptions, each with a button to manage it."""
    pages = max(1, -(-len(subscriptions) // SHOWN))
    page = min(page, pages - 1)
    card = Card(parts.NEUTRAL, reserve=200)
    card.text(f"### {markdown.counted(len(subscriptions), 'subscription')} here")
    for one in subscriptions[page * SHOWN : (page + 1) * SHOWN]:
        card.section(_line(one), Press("Manage", f"sub:manage:{one.token}"))
    if pages > 1:
        card.row(
            [
                Press("◀", f"subs:{page - 1}" if page else None),
                Press(f"{page + 1} / {pages}", None),
                Press("▶", f"subs:{page + 1}" if page + 1 < pages else None),
            ]
        )
    return card.view()


def _line(one: Subscription) -> str:
    last = f"last post {markdown.moment(one.last_post, 'R')}" if one.last_post else "nothing posted yet"
    waiting = f" · **{one.waiting:,}** waiting" if one.waiting else ""
    lines = [said(one.query, 300), f"-# {when(one.options.schedule)} · {last}{waiting} · by <@{one.creator_id}>"]
    if one.target_id != one.scope.channel_id:
        lines[1] += f" · in <#{one.target_id}>"
    if one.pause:
        since = markdown.moment(one.pause.since, "R")
        lines.append(f"-# ⏸ paused {since}: {markdown.safe(one.pause.reason, 150)}")
    return "\n".join(lines)


def managed(one: Subscription, heading: str = "") -> CardView:
    """One subscription, with what can be done to it."""
    card = Card(parts.NEUTRAL)
    card.text(heading)
    card.text(_line(one))
    card.text(markdown.echo(one.query.explain(), 800))
    role = f", mentions <@&{one.options.role_id}>" if one.options.role_id else ""
    card.text(f"-# At most {markdown.counted(one.options.cap, 'paper')} a post{role}")
    turn = Press("Resume", f"sub:resume:{one.token}") if one.pause else Press("Pause", f"sub:pause:{one.token}")
    card.row(
        [
            turn,
            Press("Edit", f"sub:edit:{one.token}"),
            Press("Delete", f"sub:delete:{one.token}", discord.ButtonStyle.danger),
        ]
    )
    return card.view()


def asking(question: str, presses: Sequence[Press]) -> CardView:
    """A question with its answers as buttons."""
    card = Card(parts.NEUTRAL)
    card.text(question)
    card.row(presses)
    return card.view()


def unsubscribing(subscriptions: Sequence[Subscription]) -> CardView:
    """What can be unsubscribed from, one of it or all."""
    card = Card(parts.NEUTRAL)
    card.text("### Which subscription shall end?")
    card.select(
        "unsubscribe",
        "Choose one",
        [(one.query.canonical(), one.token, when(one.options.schedule)) for one in subscriptions],
    )
    if len(subscriptions) > 1:
        card.row([Press(f"All {len(subscriptions)}", "unsubscribe:all", discord.ButtonStyle.danger)])
    return card.view()


def outcomes(title: str, found: Sequence[Outcome], scope: Scope) -> CardView:
    """What became of a paper here, by each subscription."""
    card = Card(parts.NEUTRAL)
    card.text(f"### {markdown.safe(title, 500)}")
    if not found:
        card.text("Nothing is subscribed here, so nothing is posted. Subscribe this channel with /subscribe.")
    for outcome in found:
        gone = " (deleted)" if outcome.deleted else ""
        card.text(f"{said(outcome.query, 300)}{gone}\n{_outcome(outcome, scope)}")
    return card.view()


def _outcome(outcome: Outcome, scope: Scope) -> str:
    because = markdown.safe("; ".join(reason.text for reason in outcome.reasons), 300)
    match outcome.state:
        case "posted":
            return f"✅ Posted {_place(outcome, scope)}: {because}"
        case "pending" if outcome.due and outcome.due > datetime.now(UTC):
            return f"⏳ Waits until {markdown.moment(outcome.due, 'f')}: {because}"
        case "pending":
            return f"⏳ Is about to be posted: {because}"
        case "held":
            return (
                f"⏸ Held, as the subscription is paused ({markdown.safe(outcome.pause_reason or '', 150)}): {because}"
            )
        case "posting":
            problem = f"; Discord said: {markdown.safe(outcome.problem, 150)}" if outcome.problem else ""
            return f"📨 Is being posted{problem}: {because}"
        case "failed":
            again = f" {markdown.moment(outcome.next_try, 'R')}" if outcome.next_try else ""
            return f"⚠ Discord refused the post: {markdown.safe(outcome.problem or '', 150)}. It is tried again{again}."
        case "over_cap":
            return f"📚 Over the cap of the post {_place(outcome, scope)}, where a button shows it: {because}"
        case "excluded":
            rule, reason = (outcome.rejection.rule, outcome.rejection.reason.text) if outcome.rejection else ("", "")
            return f"🚫 Excluded by “{markdown.echo(rule, 200)}”: {markdown.safe(reason, 200)}"
        case "silent":
            return f"🔕 Not posted, as it came in without notice: {because}"
        case "dropped":
            return f"🗑 Not posted: {markdown.safe(outcome.note or '', 150)}"
        case "earlier":
            return f"🕰 Would match, but was known before the subscription was made: {because}"
        case "unmatched":
            clauses = ", ".join(f"“{markdown.echo(clause.canonical(), 100)}”" for clause in outcome.missing[:5])
            return f"➖ Not matched: it has nothing for {clauses}"


def _place(outcome: Outcome, scope: Scope) -> str:
    at = markdown.moment(outcome.posted, "R") if outcome.posted else ""
    if not (outcome.target_id and outcome.message_id):
        return at or "that is on its way"
    return f"[{at}](https://discord.com/channels/{scope.guild_id or '@me'}/{outcome.target_id}/{outcome.message_id})"
