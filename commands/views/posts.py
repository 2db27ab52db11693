"""Posts: new papers for a subscription, with the reasons, and the answers to a post's buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from commands.addresses import PaperAction, PostOverCap
from commands.custom_ids import PostReasons
from commands.views import markdown, paper_cards, paper_text
from commands.views.layout import MAX_TEXT, NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import MAX_PAPERS, PAGE_SIZE
from store.guilds.digests import Cause, Digest, Item
from store.models import Handle
from store.search.query import MAX_LENGTH
from store.summaries.extractive import summarise
from store.summaries.sentence_splitter import Sentence

_FRAME = MAX_LENGTH + 500 + paper_text.LONGEST_CITATION_SOURCES
"""Characters kept for the first line, with the query, escaped, and the role, and for the last one."""
_ENTRY = 480
_TLDR = 240
_REASONS = 200
_SHORT_TITLE, _SHORT_REASONS = 200, 120
"""Of a paper in the shortest form: `MAX_PAPERS` of them fit into a message, whatever they hold."""


def split(items: Sequence[Item]) -> list[int]:
    """How many papers go into each message, so that nothing has to be cut off."""
    counts: list[int] = []
    room = 0
    for item in items:
        needed = markdown.length(entry(item)) + (_TLDR if item.paper.abstract else 0) + 10
        if not counts or counts[-1] == MAX_PAPERS or needed > room:
            counts.append(0)
            room = MAX_TEXT - _FRAME
        counts[-1] += 1
        room -= needed
    return counts


def tldrs(digest: Digest) -> dict[Handle, Sentence]:
    """The sentence for each paper of a message that has one. Takes long for long abstracts: not for the event loop."""
    with_abstract = [item.paper for item in digest.items if item.paper.abstract]
    found = ((paper.handle, summarise(paper.title, paper.abstract or "").tldr) for paper in with_abstract)
    return {handle: sentence for handle, sentence in found if sentence}


def post(digest: Digest, token: str, tldrs: Mapping[Handle, Sentence]) -> CardView:
    """A message of a digest, with what `tldrs` gives. Its buttons carry the token, by which it is found again."""
    single = digest.items[0] if len(digest.items) == 1 else None
    card = Card(paper_text.category_colour(single.paper.category) if single else NEUTRAL, foot=False)
    part = f" · part {digest.part} of {digest.parts}" if digest.parts > 1 else ""
    mention = f"<@&{digest.role_id}>\n" if digest.role_id and digest.part == 1 else ""
    card.text(f"{mention}-# New for **“{markdown.echo(digest.query.canonical(), MAX_LENGTH + 300)}”**{part}")
    why = ButtonSpec("Why am I seeing this", PostReasons(token))
    if single:
        handle = single.paper.handle
        card.text(entry(single) + _tldr(tldrs.get(handle)))
        card.buttons(
            [
                *([ButtonSpec("Summary", PaperAction("summary", handle))] if single.paper.abstract else []),
                ButtonSpec("Abstract", PaperAction("abstract", handle)),
                ButtonSpec("Related", PaperAction("related", handle)),
                why,
            ]
        )
    else:
        for item, text in zip(digest.items, _texts(digest.items, tldrs), strict=True):
            card.section(text, ButtonSpec("Open", PaperAction("open", item.paper.handle)))
    if digest.over_cap:
        card.buttons([*([] if single else [why]), ButtonSpec(f"and {digest.over_cap} more", PostOverCap(token, 0))])
    elif not single:
        card.buttons([why])
    card.text(paper_text.citation_sources(item.paper for item in digest.items))
    if card.left_out:
        raise ValueError(f"{card.left_out} blocks of a post do not fit")
    return card.view()


def explained(causes: Sequence[Cause]) -> CardView:
    """For which subscriptions a message was posted, and by which of their rules."""
    card = Card(NEUTRAL)
    for cause in causes:
        card.text(f"**“{markdown.echo(cause.query.canonical(), 700)}”**\n-# subscribed by <@{cause.creator_id}>")
        for item in cause.items:
            card.text(f"{markdown.safe(item.paper.title, 200)}\n-# {_reasons(item)}")
    return card.view()


def over_cap(items: Sequence[Item], address: PostOverCap) -> CardView:
    """The papers that a digest left over its cap."""
    shown = items[address.page * PAGE_SIZE : (address.page + 1) * PAGE_SIZE]
    heading = f"### {markdown.counted(len(items), 'paper')} more"
    papers = [item.paper for item in shown]
    return paper_cards.results(
        paper_cards.Results(
            heading=heading,
            papers=papers,
            total=len(items),
            address=address,
        )
    )


def quoted(text: str) -> str:
    """Words of others, for a sentence of ours."""
    return f"“{markdown.echo(text, 300)}”"


def entry(item: Item) -> str:
    """A paper in a list, with the reasons for it."""
    return f"{paper_text.entry(item.paper, _ENTRY)}\n-# {_reasons(item)}"


def _texts(items: Sequence[Item], tldrs: Mapping[Handle, Sentence]) -> list[str]:
    """The papers of a message, all in the longest form in which they fit.

    `split` leaves room for the papers as they were when the message was begun. Where it is sent later, their sources
    may say more, but the message has to show the same papers: it may be out already.
    """
    texts = [entry(item) + _tldr(tldrs.get(item.paper.handle)) for item in items]
    for form in (entry, _short_entry):
        if sum(map(markdown.length, texts)) > MAX_TEXT - _FRAME:
            texts = [form(item) for item in items]
    return texts


def _short_entry(item: Item) -> str:
    return f"**{paper_text.heading(item.paper, _SHORT_TITLE)}**\n-# {_reasons(item, _SHORT_REASONS)}"


def _reasons(item: Item, limit: int = _REASONS) -> str:
    return markdown.safe(" · ".join(reason.text for reason in item.reasons), limit)


def _tldr(sentence: Sentence | None) -> str:
    return f"\n{paper_text.numbered_sentence(sentence, _TLDR - 1)}" if sentence else ""
