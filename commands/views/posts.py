"""What Lectern posts of its own accord: new papers for a subscription, with the reasons."""

from __future__ import annotations

from collections.abc import Sequence

from commands.views import markdown, paper_cards, parts
from commands.views.layout import MAX_TEXT, Card, CardView, Press
from store.guilds.digests import Cause, Digest, Item
from store.models import Paper
from store.search.query import MAX_LENGTH
from store.summaries.extractive import summarise

_HEAD = MAX_LENGTH + 500
"""Characters kept for what is not about one paper: the query, escaped, and the role."""
_ENTRY = 480
_TLDR = 240
_REASONS = 200


def split(items: Sequence[Item]) -> list[int]:
    """How many papers go into each message, so that nothing has to be cut off."""
    counts: list[int] = []
    room = 0
    for item in items:
        needed = markdown.length(entry(item)) + (_TLDR if item.paper.abstract else 0) + 10
        if not counts or counts[-1] == parts.MOST or needed > room:
            counts.append(0)
            room = MAX_TEXT - _HEAD
        counts[-1] += 1
        room -= needed
    return counts


def post(digest: Digest, token: str) -> CardView:
    """A message of a digest. Its buttons carry the token, by which it is found again."""
    single = digest.items[0] if len(digest.items) == 1 else None
    card = Card(parts.colour(single.paper.category) if single else parts.NEUTRAL)
    part = f" · part {digest.part} of {digest.parts}" if digest.parts > 1 else ""
    mention = f"<@&{digest.role_id}>\n" if digest.role_id and digest.part == 1 else ""
    card.text(f"{mention}-# New for **“{markdown.echo(digest.query.canonical(), MAX_LENGTH + 300)}”**{part}")
    why = Press("Why am I seeing this", f"post:why:{token}")
    if single:
        handle = single.paper.handle
        card.text(entry(single) + _tldr(single.paper))
        card.row(
            [
                *([Press("Summary", f"paper:summary:{handle}")] if single.paper.abstract else []),
                Press("Abstract", f"paper:abstract:{handle}"),
                Press("Related", f"paper:related:{handle}"),
                why,
            ]
        )
    for item in digest.items if not single else ():
        card.section(entry(item) + _tldr(item.paper), Press("Open", f"paper:open:{item.paper.handle}"))
    if digest.over_cap:
        card.row([*([] if single else [why]), Press(f"and {digest.over_cap} more", f"post:more:{token}:0")])
    elif not single:
        card.row([why])
    if card.left_out:
        raise ValueError(f"{card.left_out} parts of a post do not fit")
    return card.view()


def explained(causes: Sequence[Cause]) -> CardView:
    """For which subscriptions a message was posted, and by which of their rules."""
    card = Card(parts.NEUTRAL)
    for cause in causes:
        card.text(f"**“{markdown.echo(cause.query.canonical(), 700)}”**\n-# subscribed by <@{cause.creator_id}>")
        for item in cause.items:
            card.text(f"{markdown.safe(item.paper.title, 200)}\n-# {_reasons(item)}")
    return card.view()


def more(items: Sequence[Item], token: str, page: int) -> CardView:
    """The papers that a digest left over its cap."""
    shown = items[page * parts.PAGE : (page + 1) * parts.PAGE]
    heading = f"### {markdown.counted(len(items), 'paper')} more"
    papers = [item.paper for item in shown]
    return paper_cards.results(
        paper_cards.Results(heading=heading, papers=papers, page=page, total=len(items), turn=f"post:more:{token}")
    )


def quoted(said: str) -> str:
    """Words of others in a sentence of ours."""
    return f"“{markdown.echo(said, 300)}”"


def entry(item: Item) -> str:
    """A paper in a list, with the reasons for it."""
    return f"{parts.entry(item.paper, _ENTRY)}\n-# {_reasons(item)}"


def _reasons(item: Item) -> str:
    return markdown.safe(" · ".join(reason.text for reason in item.reasons), _REASONS)


def _tldr(paper: Paper) -> str:
    if not paper.abstract:
        return ""
    sentence = summarise(paper.title, paper.abstract).tldr
    return f"\n{parts.sentence_of(sentence, _TLDR - 1)}" if sentence else ""
