"""Cards about papers: one paper, its summary, abstract and citations, and lists of papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from commands.addresses import (
    AbstractPage,
    CardAddress,
    CatchUpPage,
    Citation,
    CitationPage,
    HitPage,
    PaperAction,
    PostOverCap,
)
from commands.verbs import PaperVerb
from commands.views import markdown, memory_text
from commands.views.layout import MAX_TEXT, NEUTRAL, ButtonSpec, Card, CardView
from commands.views.novelty_cards import in_one_line
from commands.views.paging import page_buttons, page_count
from commands.views.paper_actions import actions
from commands.views.paper_text import (
    byline,
    category_colour,
    citation_sources,
    differing,
    entry,
    facts,
    heading,
    links,
    notice_in_words,
    numbered_sentence,
    sentence_numbers,
    source_list,
)
from store.catalog.citation_styles import CitationStyle
from store.catalog.novelty import Novelty
from store.catalog.paper_events import standing
from store.guilds.team_memory import NOTHING, Memory
from store.models import Handle, Paper
from store.search.related import CLOSE, Related
from store.summaries.extractive import Segment, Slot, Summary
from store.summaries.rewriter import RewrittenSummary
from store.summaries.sentence_splitter import Sentence
from store.text.visible import one_line

ABSTRACT_PAGE = 2800
"""Characters of an abstract on one card; arXiv allows 1,920."""
_LONGEST_PAGE = 2900
"""Characters that such a page may have with its links; where it had more, they are text."""
_RESOURCES = 2
"""Sentences with resources in a summary."""
_CITATION = 2800
"""Characters of a reference on one card."""
_SLOTS: dict[Slot, str] = {"tldr": "TL;DR", "result": "Result", "problem": "Problem", "resources": "Resources"}


def paper(shown: Paper, summary: Summary | None, address: CardAddress, memory: Memory = NOTHING) -> CardView:
    """One paper: title, authors, facts, TL;DR, links, where the sources disagree, and where the server had it first."""
    card = Card(category_colour(shown.category), reserve=450)
    card.text(f"### {heading(shown)}")
    card.text(byline(shown, 600))
    card.text(f"-# {facts(shown, sourced=True)}")
    if (found := standing(shown)) and found[1]:
        card.text(notice_in_words(found[1]))
    if summary and summary.tldr:
        card.divider()
        card.text(f"**TL;DR** {numbered_sentence(summary.tldr, 900)}")
    if shown.disagreements:
        sources = ButtonSpec("Sources", PaperAction("sources", shown.handle, trail=address.trail))
        card.section(f"-# ⚠ Sources differ on {differing(shown)}", sources)
    card.buttons(views(shown, "open", address))
    card.buttons(actions(shown.handle, memory.notes))
    card.links(links(shown))
    card.text(memory_text.line(memory))
    card.text(f"-# {source_list(shown.sources)}", final=True)
    return card.view(address)


def views(shown: Paper, current: PaperVerb, address: CardAddress) -> list[ButtonSpec]:
    """A button for each other view of the paper than the current one, which lead back to where this one does."""
    verbs: list[tuple[str, PaperVerb, bool]] = [
        ("Paper", "open", True),
        ("Summary", "summary", shown.abstract is not None),
        # After the summary the abstract shows where its sentences are.
        ("Abstract", "marked" if current == "summary" else "abstract", shown.abstract is not None),
        ("Related", "related", True),
        ("Cite", "cite", True),
        ("Authors", "authors", bool(shown.authors)),
    ]
    return [
        ButtonSpec(label, PaperAction(verb, shown.handle, trail=address.trail))
        for label, verb, offered in verbs
        if offered and verb != current and (verb, current) != ("abstract", "marked")
    ]


def summarised(shown: Paper, summary: Summary, address: CardAddress) -> CardView:
    """The sentences of the abstract that say what the paper does, each with its number."""
    slots: list[tuple[Slot, Sentence | None]] = [
        ("tldr", summary.tldr),
        ("result", summary.result),
        ("problem", summary.problem),
        *(("resources", s) for s in summary.resources[:_RESOURCES]),
    ]
    texts = [(slot, numbered_sentence(sentence, 700)) for slot, sentence in slots if sentence]
    left_out = len(summary.resources) - _RESOURCES
    more = f" {markdown.counted(left_out, 'more sentence')} with resources: see the abstract." if left_out > 0 else ""
    return _slots(shown, texts, f"Sentences of the abstract, word for word.{more}", address)


def written(shown: Paper, summary: RewrittenSummary, address: CardAddress) -> CardView:
    """A summary that a language model wrote in part; marks what it wrote and from which sentences."""
    texts = []
    for slot in summary.slots:
        text = markdown.safe(slot.text, 620, links=not slot.rewritten)
        texts.append((slot.slot, f"{text} {'✎ ' if slot.rewritten else ''}{sentence_numbers(slot.sources)}"))
    model = markdown.safe(summary.model, 60)
    legend = f"✎ shortened by {model} from the sentences named; the rest is word for word."
    return _slots(shown, texts, legend, address)


def _slots(shown: Paper, texts: Sequence[tuple[Slot, str]], legend: str, address: CardAddress) -> CardView:
    card = Card(category_colour(shown.category), reserve=500)
    card.text(f"### {heading(shown)}")
    card.divider()
    for slot, text in texts:
        card.text(f"**{_SLOTS[slot]}**\n{text}")
        card.space()
    card.buttons(views(shown, "summary", address))
    card.text(f"-# {legend} {source_list(shown.sources)}", final=True)
    return card.view(address)


def one_liners(
    title: str, shown: Sequence[tuple[Paper, Sentence | None]], address: CardAddress, pages: Sequence[ButtonSpec] = ()
) -> CardView:
    """One sentence for each paper, each to open, and buttons that turn the pages."""
    card = Card(NEUTRAL)
    card.text(title)
    for number, (one, sentence) in enumerate(shown, 1):
        text = numbered_sentence(sentence, 240) if sentence else "*No abstract.*"
        card.text(f"**{number}.** **{heading(one, 180)}**\n{text}")
    card.numbers([PaperAction("open", one.handle).opened_from(address) for one, _ in shown])
    card.buttons(pages)
    return card.view(address)


def marked(shown: Paper, segments: Sequence[Segment], address: CardAddress) -> CardView:
    """The abstract with the sentences of the summary in bold, each followed by its part of the summary."""
    if len(shown.abstract or "") > ABSTRACT_PAGE:
        return abstract(shown, address)
    texts = [(markdown.safe(s.text, MAX_TEXT, links=True), s.slot) for s in segments if one_line(s.text)]
    body = " ".join(f"**{text}** `{_SLOTS[slot]}`" if slot else text for text, slot in texts)
    if markdown.length(body) > ABSTRACT_PAGE:
        return abstract(shown, address)
    card = Card(category_colour(shown.category))
    card.text(f"### {heading(shown)}")
    card.text(body)
    card.buttons(views(shown, "marked", address))
    return card.view(address)


def abstract(shown: Paper, address: CardAddress, page: int = 0) -> CardView:
    """The abstract, in pages where it is long."""
    card = Card(category_colour(shown.category))
    card.text(f"### {heading(shown)}")
    pages = _paged(one_line(shown.abstract or "There is no abstract for this paper."))
    page = min(page, len(pages) - 1)
    linked = markdown.escape(pages[page], links=True)
    card.text(linked if 0 < markdown.length(linked) <= _LONGEST_PAGE else markdown.safe(pages[page], _LONGEST_PAGE))
    card.buttons(page_buttons(page, len(pages), partial(AbstractPage, shown.handle, trail=address.trail)))
    card.buttons(views(shown, "abstract", address))
    return card.view(address)


def _paged(words: str) -> list[str]:
    """Split between words, so that each page keeps to `ABSTRACT_PAGE` after escaping."""
    pages: list[str] = []
    current: list[str] = []
    used = 0
    # Escaped as a whole, which adds no spaces: for each word alone it takes several times as long.
    for word, escaped in zip(words.split(" "), markdown.escape(words).split(" "), strict=True):
        piece = word[:1000]
        size = markdown.length(escaped if piece == word else markdown.escape(piece)) + 1
        if used + size > ABSTRACT_PAGE and current:
            pages.append(" ".join(current))
            current, used = [], 0
        current.append(piece)
        used += size
    return [*pages, " ".join(current)]


_SAME: dict[PaperVerb, str] = {"problem": "Same problem", "method": "Same method", "result": "Same result"}


def related(shown: Paper, near: Sequence[Related], address: CardAddress, novelty: Novelty | None = None) -> CardView:
    """Papers close to a paper, each with what they share, and how far it is from earlier ones where that is known."""
    card = Card(category_colour(shown.category), reserve=260)
    same = _SAME.get(address.verb, "") if isinstance(address, PaperAction) else ""
    card.text(f"### {f'{same} as' if same else 'Related to'} {heading(shown, 500)}")
    if novelty:
        card.text(f"-# Novelty by Lectern's measure: {in_one_line(novelty)}")
    if not near:
        card.text("Nothing in the store is close to this paper yet.")
    for number, one in enumerate(near, 1):
        authors = [markdown.safe(name, 40) for name in one.authors]
        reasons = [f"by {markdown.first_of(authors, 3)}"] if authors else []
        reasons += [f"both about {markdown.safe(', '.join(one.words), 90)}"] if one.words else []
        if one.similarity is not None and one.similarity >= CLOSE:
            reasons.append("close in meaning")
        card.text(f"**{number}.** {entry(one.paper, 420)}\n-# ↔ {' · '.join(reasons)}")
    card.numbers([PaperAction("open", one.paper.handle).opened_from(address) for one in near])
    if shown.abstract:
        verbs: dict[PaperVerb, str] = {"related": "Alike in all", **_SAME}
        card.buttons(
            [
                ButtonSpec(label, PaperAction(verb, shown.handle, trail=address.trail))
                for verb, label in verbs.items()
                if verb != (address.verb if same and isinstance(address, PaperAction) else "related")
            ]
        )
    card.buttons(views(shown, "related", address))
    card.text(citation_sources(one.paper for one in near), final=True)
    return card.view(address)


def open_paper(handle: Handle) -> CardAddress:
    """The address of a paper's card."""
    return PaperAction("open", handle)


@dataclass(frozen=True)
class Results:
    """One page of papers at an address, `total` of them on all pages; `opened` gives the address of a paper of it.

    Without an address the papers are opened in messages of their own. Where there are more in `total` and no pages, the
    card says so.
    """

    heading: str
    papers: Sequence[Paper]
    address: CardAddress | None = None
    total: int = 0
    opened: Callable[[Handle], CardAddress] = open_paper
    footnote: str = ""
    orders: Sequence[ButtonSpec] = ()
    """Buttons to the same papers in other orders."""
    snippets: Mapping[Handle, str] = field(default_factory=dict)
    """A line of each paper under what else is said of it."""


def results(shown: Results) -> CardView:
    """Numbered papers, with a button for each number."""
    card = Card(NEUTRAL, reserve=560)
    card.text(shown.heading)
    for number, one in enumerate(shown.papers, 1):
        snippet = f"\n{shown.snippets[one.handle]}" if one.handle in shown.snippets else ""
        card.text(f"**{number}.** {entry(one)}{snippet}")
    addresses = [shown.opened(one.handle) for one in shown.papers]
    card.numbers([a.opened_from(shown.address) if shown.address else a.opened_apart() for a in addresses])
    if isinstance(shown.address, HitPage | PostOverCap | CatchUpPage):
        address = shown.address
        card.buttons(page_buttons(address.page, page_count(shown.total), lambda page: replace(address, page=page)))
    elif shown.total > len(shown.papers):
        card.text(f"-# These are the first {len(shown.papers)} of {shown.total:,}.")
    card.buttons(shown.orders)
    card.text(shown.footnote, final=True)
    card.text(citation_sources(shown.papers))
    return card.view(shown.address)


def citation(
    shown: Paper, style: CitationStyle, body: str, styles: Sequence[CitationStyle], address: CardAddress, page: int = 0
) -> CardView:
    """A reference to copy, in pages where it is long, with a button for each other style."""
    card = Card(category_colour(shown.category))
    card.text(f"### {heading(shown)}")
    parts = markdown.parts(body, _CITATION)
    page = min(page, len(parts) - 1)
    card.text(markdown.code_block(parts[page], "bibtex" if style == "bibtex" else ""))
    card.buttons(page_buttons(page, len(parts), partial(CitationPage, style, shown.handle, trail=address.trail)))
    if not shown.authors_complete:
        card.text("-# The source lists only some of the authors. Complete the list before you publish.")
    others = [(s, None if s == style else Citation(s, shown.handle, trail=address.trail)) for s in styles]
    card.buttons([ButtonSpec(*one) for one in others])
    card.buttons(views(shown, "cite", address))
    return card.view(address)


def message(markdown: str, colour: int = NEUTRAL) -> CardView:
    """A short message; text of others in it must have been escaped already."""
    card = Card(colour)
    card.text(markdown)
    return card.view()
