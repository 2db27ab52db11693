"""Cards of what follows papers: its preview, and the votes on what it posts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from commands.addresses import PaperAction
from commands.follow_ids import FollowDecision
from commands.views import markdown, posts
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.preview_card import confirm_buttons, how_told
from store.closeness.paper_scores import WouldPost
from store.guilds.following import Following
from store.guilds.subscriptions import Options
from store.models import Paper

SAMPLES = 3


@dataclass(frozen=True)
class FollowPlan:
    """What the person wants, how the channel and they can be told; `watched`: whether arXiv is asked for new papers."""

    query: Following
    options: Options | None
    watched: bool
    personal: Options | None = None


def preview(plan: FollowPlan, would_post: WouldPost, question: str) -> CardView:
    """What a subscription would have posted, with Confirm and Cancel; `question` is the token of the draft."""
    card = Card(NEUTRAL, reserve=700)
    card.text(f"### Follow papers close to these?\n**{markdown.safe(plan.query.followed(), 300)}**")
    card.text(_counts(plan.query, would_post))
    card.text(_arrival(plan))
    card.divider()
    for item in would_post.items:
        card.section(posts.entry(item), ButtonSpec("Open", PaperAction("open", item.paper.handle).opened_apart()))
    card.text("\n".join(how_told(plan.options, plan.personal)), final=True)
    card.buttons(confirm_buttons(plan.options, plan.personal, lambda verb: FollowDecision(verb, question)))
    return card.view()


def _counts(query: Following, would_post: WouldPost) -> str:
    if not would_post.looked_at:
        return "There are no papers here yet to compare with. New ones will be posted as they come."
    of = f"Of the newest {would_post.looked_at:,} papers, from {markdown.counted(would_post.days, 'day')}"
    total = f"**{would_post.total:,}**" if would_post.total else "none"
    return (
        f"{of}, {total} would have been posted. For about {query.per_day} a day, the score of a paper has to be above"
        f" {would_post.asked:.2f}."
    )


def _arrival(plan: FollowPlan) -> str:
    if not plan.watched:
        return "**New papers:** from /add and from files only; whoever runs me has turned off asking arXiv."
    if not plan.query.categories:
        return "**New papers:** from /add, and from what other subscriptions bring: these papers name no category."
    return f"**New papers:** from arXiv's announcements in {', '.join(plan.query.categories)}, and from /add."


def votes(papers: Sequence[Paper], token: str) -> CardView:
    """The papers of a post, with buttons to vote on each."""
    card = Card(NEUTRAL)
    card.text("### Which of these papers are close to your work?")
    for paper in papers:
        card.text(markdown.safe(paper.title, 200))
        card.buttons(posts.vote_buttons(token, paper.handle))
    return card.view()


def voted(paper: Paper, wanted: bool, counts: bool, up: int, down: int) -> CardView:
    """What a vote did; `up` and `down` are all votes of the subscription."""
    card = Card(NEUTRAL)
    title = markdown.safe(paper.title, 200)
    if not counts:
        card.text(f"Your vote on “{title}” is taken back.")
    else:
        card.text(f"{'More' if wanted else 'Less'} like “{title}” from now on. The same button takes it back.")
    card.text(f"-# This subscription has learned from {markdown.counted(up + down, 'vote')}: 👍 {up} · 👎 {down}")
    return card.view()
