"""Cards about subscriptions: the preview, the list, one to manage, and what became of a paper."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import discord

from commands.custom_ids import SubscriptionAction, SubscriptionPage, UnsubscribeAll, UnsubscribeList, UnsubscribePage
from commands.verbs import SubscriptionVerb
from commands.views import markdown, posts
from commands.views.layout import MAX_OPTIONS, NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import page_buttons, page_count
from commands.web_ids import SubscriptionWeb
from store.guilds.explain import Closeness, Outcome
from store.guilds.following import Following
from store.guilds.schedule import Schedule
from store.guilds.subscriptions import PostForm, Scope, Subscription
from store.search.query import Query

PAGE_SIZE = 5
"""Subscriptions on a page: as many as fit, however long each of them is."""
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def form_text(form: PostForm | None) -> str:
    """How papers are shown, in words."""
    how = {"full": "in full", "compact": "short", None: f"short from {posts.COMPACT_FROM} papers on"}
    return f"shown {how[form]}"


def quoted_query(query: Query, limit: int = 600) -> str:
    """The query as one types it, for markdown; or the papers that are followed."""
    shown = markdown.echo(query.canonical(), limit)
    return f"**{shown}**" if isinstance(query, Following) else f"**“{shown}”**"


def schedule_text(schedule: Schedule) -> str:
    """A schedule in words."""
    match schedule.cadence:
        case "now":
            return "as they come"
        case "daily":
            return f"daily at {schedule.at:%H:%M} ({markdown.safe(schedule.zone, 60)})"
        case "weekly":
            return f"{WEEKDAYS[schedule.weekday]}s at {schedule.at:%H:%M} ({markdown.safe(schedule.zone, 60)})"


def subscription_list(subscriptions: Sequence[Subscription], page: int, ask: str | None = None) -> CardView:
    """A channel's subscriptions, each with a button to manage it.

    `ask` names whom to ask, where the reader may change nothing: they see what each one means in place of the button.
    """
    pages = page_count(len(subscriptions), PAGE_SIZE)
    page = min(page, pages - 1)
    card = Card(NEUTRAL)
    card.text(f"### {markdown.counted(len(subscriptions), 'subscription')} here")
    for one in subscriptions[page * PAGE_SIZE : (page + 1) * PAGE_SIZE]:
        if ask is None:
            card.section(line(one), ButtonSpec("Manage", SubscriptionAction("manage", one.token)))
        else:
            card.text(f"{line(one)}\n-# Posts {markdown.echo(one.query.explain(), 150)}")
            card.space()
    card.buttons(page_buttons(page, pages, SubscriptionPage))
    if ask is not None:
        card.text(f"-# To change this takes the permission Manage Channels. Ask {ask}.")
    return card.view()


def line(one: Subscription) -> str:
    """What a subscription follows, and how it is doing."""
    last = f"last post {markdown.moment(one.last_post)}" if one.last_post else "nothing posted yet"
    waiting = f" · **{one.waiting:,}** waiting" if one.waiting else ""
    lines = [
        quoted_query(one.query, 220),
        f"-# {schedule_text(one.options.schedule)} · {last}{waiting} · by <@{one.creator_id}>",
    ]
    if one.target_id != one.scope.channel_id:
        lines[1] += f" · in <#{one.target_id}>"
    if one.widened:
        lines.append("-# now also finds other forms of its words, such as plurals; “=word” asks for a word alone")
    if one.pause:
        since = markdown.moment(one.pause.since)
        lines.append(f"-# ⏸ paused {since}: {markdown.safe(one.pause.reason, 120)}")
    return "\n".join(lines)


def subscription(one: Subscription, heading: str = "", *, has_web: bool = False) -> CardView:
    """One subscription, with what can be done to it; `has_web` where pages and feeds are served."""
    card = Card(NEUTRAL)
    if heading:
        card.text(heading)
        card.divider()
    card.text(line(one))
    card.text(markdown.echo(one.query.explain(), 800))
    role = f", mentions <@&{one.options.role_id}>" if one.options.role_id else ""
    how = f"{form_text(one.options.form)}{role}{_repeats(one)}"
    card.text(f"-# At most {markdown.counted(one.options.cap, 'paper')} a post, {how}")
    pause: SubscriptionVerb = "resume" if one.pause else "pause"
    card.buttons(
        [
            ButtonSpec(pause.title(), SubscriptionAction(pause, one.token)),
            ButtonSpec("Edit", SubscriptionAction("edit", one.token)),
            ButtonSpec("Delete", SubscriptionAction("delete", one.token), discord.ButtonStyle.danger),
            *([ButtonSpec("Feed", SubscriptionWeb("show", one.token))] if has_web else []),
        ]
    )
    forms: dict[SubscriptionVerb, str] = {
        "full": "Papers in full", "compact": "Papers short", "either": f"Short from {posts.COMPACT_FROM} papers on",
    }  # fmt: skip
    card.buttons(
        [
            ButtonSpec(label, SubscriptionAction(verb, one.token))
            for verb, label in forms.items()
            if verb != (one.options.form or "either")
        ]
        + [
            ButtonSpec("Post repeats too", SubscriptionAction("repeats", one.token))
            if one.options.once
            else ButtonSpec("Leave out repeats", SubscriptionAction("once", one.token))
        ]
        * (one.scope.guild_id > 0)
    )
    return card.view()


def _repeats(one: Subscription) -> str:
    """Whether papers that another channel has had are posted."""
    if not one.scope.guild_id:
        return ""
    return f", {'not' if one.options.once else 'also'} what another channel here has had"


def resume_question(one: Subscription) -> CardView:
    """Asks what to do with the papers that came in while a subscription was paused."""
    waiting = markdown.counted(one.waiting, "paper")
    return _question(
        f"{waiting} came in while {quoted_query(one.query)} was paused. Post {'it' if one.waiting == 1 else 'them'}?",
        [
            ButtonSpec("Post", SubscriptionAction("post", one.token)),
            ButtonSpec("Leave out", SubscriptionAction("drop", one.token)),
        ],
    )


def delete_question(one: Subscription) -> CardView:
    """Asks whether to delete a subscription."""
    lost = f" {_not_posted(one.waiting)}" if one.waiting else ""
    return _question(
        f"Delete {quoted_query(one.query)}?{lost}",
        [
            ButtonSpec("Delete", SubscriptionAction("end", one.token), discord.ButtonStyle.danger),
            ButtonSpec("Keep", SubscriptionAction("manage", one.token)),
        ],
    )


def end_all_question(here: Sequence[Subscription]) -> CardView:
    """Asks whether to end all of a channel's subscriptions."""
    waiting = sum(one.waiting for one in here)
    lost = f" {_not_posted(waiting)}" if waiting else ""
    return _question(
        f"End all {len(here)} subscriptions of this channel?{lost}",
        [
            ButtonSpec("End all", UnsubscribeAll("sure"), discord.ButtonStyle.danger),
            ButtonSpec("Cancel", UnsubscribePage(0)),
        ],
    )


def _not_posted(waiting: int) -> str:
    return f"{markdown.counted(waiting, 'paper')} {'is' if waiting == 1 else 'are'} waiting and will not be posted."


def _question(text: str, answers: Sequence[ButtonSpec]) -> CardView:
    card = Card(NEUTRAL)
    card.text(text)
    card.buttons(answers)
    return card.view()


def unsubscribe_list(subscriptions: Sequence[Subscription], page: int = 0) -> CardView:
    """What can be unsubscribed from, one of it or all."""
    pages = page_count(len(subscriptions), MAX_OPTIONS)
    page = min(page, pages - 1)
    shown = subscriptions[page * MAX_OPTIONS : (page + 1) * MAX_OPTIONS]
    card = Card(NEUTRAL)
    card.text("### Which subscription do you want to end?")
    card.select(
        UnsubscribeList(),
        "Choose one",
        [(one.query.canonical(), one.token, schedule_text(one.options.schedule)) for one in shown],
    )
    card.buttons(page_buttons(page, pages, UnsubscribePage))
    if len(subscriptions) > 1:
        card.buttons([ButtonSpec(f"All {len(subscriptions)}", UnsubscribeAll("all"), discord.ButtonStyle.danger)])
    return card.view()


def outcomes(
    title: str, found: Sequence[Outcome], scope: Scope, how_to_start: str, news: Sequence[str] = ()
) -> CardView:
    """What became of a paper here, by each subscription, and what was told of it since.

    Where there is no subscription, `how_to_start` one.
    """
    card = Card(NEUTRAL)
    card.text(f"### {markdown.safe(title, 500)}")
    if not found:
        card.text(f"This channel has no subscriptions, so nothing is posted. {how_to_start}")
    for outcome in found:
        gone = " (deleted)" if outcome.deleted else ""
        card.text(f"{quoted_query(outcome.query, 300)}{gone}\n{_outcome(outcome, scope)}")
    for line in news:
        card.text(line)
    return card.view()


def _outcome(outcome: Outcome, scope: Scope) -> str:
    because = markdown.safe("; ".join(reason.text for reason in outcome.reasons), 300)
    match outcome.state:
        case "posted":
            return f"✅ Posted {_place(outcome, scope)}: {because}"
        case "pending" if outcome.due and outcome.due > datetime.now(UTC):
            return f"⏳ To be posted {markdown.moment(outcome.due)}: {because}"
        case "pending":
            return f"⏳ About to be posted: {because}"
        case "held":
            reason = markdown.safe(outcome.pause_reason or "", 150)
            return f"⏸ Held back, because the subscription is paused ({reason}): {because}"
        case "posting" | "failed" if outcome.lost:
            problem = markdown.safe(outcome.problem or "", 150)
            return (
                f"⏸ I began to post it, but lost this channel ({problem}). It goes on when one of the channel's"
                f" subscriptions is resumed: {because}"
            )
        case "posting":
            problem = f"; Discord said: {markdown.safe(outcome.problem, 150)}" if outcome.problem else ""
            return f"📨 Being posted{problem}: {because}"
        case "failed":
            again = f" {markdown.moment(outcome.next_try)}" if outcome.next_try else ""
            return f"⚠ Discord refused the post: {markdown.safe(outcome.problem or '', 150)}. I will try again{again}."
        case "over_cap":
            return f"📚 Over the cap of the post {_place(outcome, scope)}; a button there shows it: {because}"
        case "excluded":
            rule, reason = (outcome.rejection.rule, outcome.rejection.reason.text) if outcome.rejection else ("", "")
            return f"🚫 Excluded by “{markdown.echo(rule, 200)}”: {markdown.safe(reason, 200)}"
        case "silent":
            return f"🔕 Not posted, because it did not come in as a new paper: {because}"
        case "dropped":
            return f"🗑 Not posted: {markdown.safe(outcome.note or '', 150)}"
        case "earlier":
            return f"🕰 Matches, but was in the store before the subscription was made: {because}"
        case "unannounced":
            return (
                f"🕰 Matches, but is here only because somebody asked for it. It is posted when a feed has it: {because}"
            )
        case "not_close":
            return _not_close(outcome.closeness)
        case "unmatched":
            clauses = [f"“{markdown.echo(clause.canonical(), 100)}”" for clause in outcome.missing]
            return f"➖ Did not match: nothing in it fits {markdown.first_of(clauses, 5)}"


def _not_close(found: Closeness | None) -> str:
    if found is None:
        return "📌 Followed itself, so it is not posted"
    if found.score > found.asked:
        return f"🕰 Close enough, but did not come in as a new paper: score {found.score:.2f}, above {found.asked:.2f}"
    return f"➖ Not close enough: its score is {found.score:.2f}, and would have to be above {found.asked:.2f}"


def _place(outcome: Outcome, scope: Scope) -> str:
    at = markdown.moment(outcome.posted) if outcome.posted else ""
    if not (outcome.target_id and outcome.message_id):
        return at or "that is on its way"
    return f"[{at}](https://discord.com/channels/{scope.guild_id or '@me'}/{outcome.target_id}/{outcome.message_id})"
