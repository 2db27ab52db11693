"""Posts: new papers for a subscription, with the reasons, and the answers to a post's buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from commands.addresses import PaperAction, PostOverCap
from commands.custom_ids import PostReasons
from commands.follow_ids import PaperVote, PostVotes
from commands.views import markdown, memory_text, paper_cards, paper_text
from commands.views.layout import MAX_ROW, MAX_TEXT, NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import PAGE_SIZE
from store.guilds.digests import Digest
from store.guilds.following import Following
from store.guilds.items import Item
from store.guilds.post_contents import Cause
from store.guilds.subscriptions import PostForm
from store.models import Handle
from store.search.parser import MAX_LENGTH
from store.summaries.extractive import summarise
from store.summaries.sentence_splitter import Sentence
from store.text.partial_dates import in_words

_FRAME = MAX_LENGTH + 800 + paper_text.LONGEST_CITATION_SOURCES
"""Characters kept for the first lines, with the query, escaped, the figures and the role, and for the last two."""
_ENTRY = 480
_TLDR = 240
_REASONS = 200
_MOST = 2 * MAX_ROW
"""Papers of a message: as many as there are buttons with their numbers."""
_SHORT, _SHORTEST = 360, 260
"""Of a paper by title, first author and category; `_MOST` of the shortest fit into a message, whatever they hold."""
COMPACT_FROM = 5
"""So many papers or more are shown short, unless a form was chosen: a phone's screen holds so many, or two in full."""


def split(items: Sequence[Item], form: PostForm | None = None) -> list[int]:
    """How many papers go into each message of this form, so that nothing has to be cut off."""
    counts: list[int] = []
    room = 0
    compact = _is_compact(form, len(items))
    for item in items:
        needed = markdown.length(paper_text.short_entry(item.paper, _SHORT) if compact else entry(item)) + 10
        needed += _TLDR if item.paper.abstract and not compact else 0
        if not counts or counts[-1] == _MOST or needed > room:
            counts.append(0)
            room = MAX_TEXT - _FRAME
        counts[-1] += 1
        room -= needed
    return counts


def tldrs(digest: Digest) -> dict[Handle, Sentence]:
    """The sentence for each paper that is shown with one. Takes long for long abstracts: not for the event loop."""
    if _is_compact(digest.form, digest.shown):
        return {}
    with_abstract = [item.paper for item in digest.items if item.paper.abstract]
    found = ((paper.handle, summarise(paper.title, paper.abstract or "").tldr) for paper in with_abstract)
    return {handle: sentence for handle, sentence in found if sentence}


def post(digest: Digest, token: str, tldrs: Mapping[Handle, Sentence]) -> CardView:
    """A message of a digest, with what `tldrs` gives. Its buttons carry the token, by which it is found again."""
    single = digest.items[0] if len(digest.items) == 1 else None
    card = Card(paper_text.category_colour(single.paper.category) if single else NEUTRAL, foot=False)
    mention = f"<@&{digest.role_id}>\n" if digest.role_id and digest.part == 1 else ""
    card.text(f"{mention}{_header(digest)}")
    if not single:
        card.divider()
    for place, block in enumerate(_blocks(digest, tldrs)):
        if place:
            card.space()
        card.text(block)
    why = ButtonSpec("Why am I seeing this", PostReasons(token))
    more = [ButtonSpec(f"and {digest.over_cap} more", PostOverCap(token, 0))] if digest.over_cap else []
    votes: list[ButtonSpec] = []
    if any(reason.kind == "close" for item in digest.items for reason in item.reasons):
        votes = vote_buttons(token, single.paper.handle) if single else [ButtonSpec("👍 👎", PostVotes(token))]
    if single:
        handle = single.paper.handle
        card.buttons(
            [
                *([ButtonSpec("Summary", PaperAction("summary", handle))] if single.paper.abstract else []),
                ButtonSpec("Abstract", PaperAction("abstract", handle)),
                ButtonSpec("Related", PaperAction("related", handle)),
                why,
                *more,
            ]
        )
        card.buttons(votes)
    else:
        card.numbers([PaperAction("open", item.paper.handle) for item in digest.items])
        card.buttons([why, *votes, *more])
    card.text(memory_text.of_post([item.paper.handle for item in digest.items], digest.seen))
    card.text(paper_text.citation_sources(item.paper for item in digest.items))
    if card.left_out:
        raise ValueError(f"{card.left_out} blocks of a post do not fit")
    return card.view()


def vote_buttons(token: str, handle: Handle) -> list[ButtonSpec]:
    """The two votes on a paper of a post."""
    return [ButtonSpec("👍", PaperVote("up", token, handle)), ButtonSpec("👎", PaperVote("down", token, handle))]


def _header(digest: Digest) -> str:
    """How many papers, for which query, of which day; of a digest in parts, which part this is."""
    query = markdown.echo(digest.query.canonical(), MAX_LENGTH + 300)
    follows = isinstance(digest.query, Following)
    which = query if follows else f"for “{query}”"
    count = f"{digest.shown} of {digest.total:,}" if digest.shown < digest.total else f"{digest.total:,}"
    papers = "New paper" if digest.total == 1 else f"{count} new papers"
    notes = [in_words(digest.day.isoformat())]
    if digest.came and digest.came > digest.total:
        papers = f"{digest.total:,} of {digest.came:,} new papers"
        verb = ("is" if digest.total == 1 else "are") if follows else ("matches" if digest.total == 1 else "match")
        which = f"{verb} {query}" if follows else f"{verb} “{query}”"
        notes += [f"{digest.shown} of them here"] if digest.shown < digest.total else []
    if digest.shown > 1 and any(reason.score for item in digest.items for reason in item.reasons):
        notes.append("closest first")
    notes += [f"part {digest.part} of {digest.parts}"] if digest.parts > 1 else []
    return f"**{papers}** {which} · {' · '.join(notes)}"


def _is_compact(form: PostForm | None, papers: int) -> bool:
    return papers >= COMPACT_FROM if form is None else form == "compact"


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


def _blocks(digest: Digest, tldrs: Mapping[Handle, Sentence]) -> list[str]:
    """The papers of a message, all in the longest form in which they fit, numbered where there are several.

    `split` leaves room for the papers as they were when the message was begun. Where it is sent later, their sources
    may say more, but the message has to show the same papers: it may be out already.
    """
    full = [entry(item) + _tldr(tldrs.get(item.paper.handle)) for item in digest.items]
    forms = [
        ["\n".join(_numbered([paper_text.short_entry(item.paper, limit) for item in digest.items]))]
        for limit in (_SHORT, _SHORTEST)
    ]
    if not _is_compact(digest.form, digest.shown):
        forms = [_numbered(full), _numbered([entry(item) for item in digest.items]), *forms]
    fitting = (form for form in forms if sum(map(markdown.length, form)) <= MAX_TEXT - _FRAME)
    return next(fitting, forms[-1])


def _numbered(texts: Sequence[str]) -> list[str]:
    if len(texts) == 1:
        return list(texts)
    return [f"**{number}.** {text}" for number, text in enumerate(texts, 1)]


def _reasons(item: Item) -> str:
    return markdown.safe(" · ".join(reason.text for reason in item.reasons), _REASONS)


def _tldr(sentence: Sentence | None) -> str:
    return f"\n{paper_text.numbered_sentence(sentence, _TLDR - 1)}" if sentence else ""
