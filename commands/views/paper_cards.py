"""Cards about papers: one paper, its summary, abstract and citations, and lists of papers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from commands.custom_ids import AbstractPage, Citation, CustomId, PaperAction, PaperVerb, PickedPaper
from commands.views import markdown
from commands.views.layout import MAX_TEXT, NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paging import page_buttons, page_count
from commands.views.paper_text import (
    byline,
    category_colour,
    citation_sources,
    difference,
    entry,
    facts,
    heading,
    links,
    numbered_sentence,
    source_list,
)
from store.catalog.citation_styles import CitationStyle
from store.catalog.related import Related
from store.models import Handle, Paper
from store.summaries.extractive import Segment, Slot, Summary
from store.summaries.rewriter import RewrittenSummary
from store.summaries.sentence_splitter import Sentence
from store.text.visible import one_line

ABSTRACT_PAGE = 3000
"""Characters of an abstract on one card; arXiv allows 1,920."""
_SLOTS: dict[Slot, str] = {"tldr": "TL;DR", "result": "Result", "problem": "Problem", "resources": "Resources"}


def paper(shown: Paper, summary: Summary | None) -> CardView:
    """One paper: title, authors, facts, TL;DR, links and where the sources disagree."""
    card = Card(category_colour(shown.category), reserve=450)
    card.text(f"### {heading(shown)}")
    card.text(byline(shown, 600))
    card.text(f"-# {facts(shown, sourced=True)}")
    if summary and summary.tldr:
        card.divider()
        card.text(f"**TL;DR** {numbered_sentence(summary.tldr, 900)}")
    for disagreement in shown.disagreements[:4]:
        card.text(f"-# ⚠ {difference(disagreement)}")
    card.buttons(_paper_buttons(shown, summary))
    card.links(links(shown))
    card.text(f"-# {source_list(shown.sources)}", final=True)
    return card.view()


def _paper_buttons(shown: Paper, summary: Summary | None) -> list[ButtonSpec]:
    verbs: list[tuple[str, PaperVerb, bool]] = [
        ("Summary", "summary", summary is not None),
        ("Abstract", "abstract", shown.abstract is not None),
        ("Related", "related", True),
        ("Cite", "cite", True),
        ("Authors", "authors", bool(shown.authors)),
    ]
    return [ButtonSpec(label, PaperAction(verb, shown.handle)) for label, verb, offered in verbs if offered]


def summarised(shown: Paper, summary: Summary) -> CardView:
    """The sentences of the abstract that say what the paper does, each with its number."""
    slots: list[tuple[Slot, Sentence | None]] = [
        ("tldr", summary.tldr),
        ("result", summary.result),
        ("problem", summary.problem),
        *(("resources", s) for s in summary.resources[:2]),
    ]
    texts = [(slot, numbered_sentence(sentence, 700)) for slot, sentence in slots if sentence]
    return _slots(shown, texts, "Sentences of the abstract, word for word, each with its number.")


def written(shown: Paper, summary: RewrittenSummary) -> CardView:
    """A summary that a language model wrote in part; marks what it wrote and from which sentences."""
    texts = []
    for slot in summary.slots[:5]:
        numbers = "+".join(f"s{s.number}" for s in slot.sources) + f"/{slot.sources[0].total}"
        texts.append((slot.slot, f"{markdown.safe(slot.text, 640)} {'✎ ' if slot.rewritten else ''}`{numbers}`"))
    model = markdown.safe(summary.model, 60)
    return _slots(shown, texts, f"✎ shortened by {model} from the numbered sentences; the rest is word for word.")


def _slots(shown: Paper, texts: Sequence[tuple[Slot, str]], legend: str) -> CardView:
    card = Card(category_colour(shown.category), reserve=500)
    card.text(f"### {heading(shown)}")
    card.divider()
    for slot, text in texts:
        card.text(f"**{_SLOTS[slot]}**\n{text}")
        card.space()
    card.buttons(
        [
            ButtonSpec("Abstract", PaperAction("marked", shown.handle)),
            ButtonSpec("Paper", PaperAction("open", shown.handle)),
        ]
    )
    card.text(f"-# {legend} {source_list(shown.sources)}", final=True)
    return card.view()


def one_liners(title: str, shown: Sequence[tuple[Paper, Sentence | None]]) -> CardView:
    """One sentence for each paper."""
    card = Card(NEUTRAL)
    card.text(title)
    for one, sentence in shown:
        text = numbered_sentence(sentence, 260) if sentence else "*No abstract.*"
        card.section(f"**{heading(one, 200)}**\n{text}", ButtonSpec("Open", PaperAction("open", one.handle)))
    return card.view()


def marked(shown: Paper, segments: Sequence[Segment]) -> CardView:
    """The abstract with the sentences of the summary in bold, each followed by its part of the summary."""
    if len(shown.abstract or "") > ABSTRACT_PAGE:
        return abstract(shown)
    parts = [
        f"**{markdown.safe(s.text, MAX_TEXT)}** `{_SLOTS[s.slot]}`" if s.slot else markdown.safe(s.text, MAX_TEXT)
        for s in segments
        if one_line(s.text)
    ]
    body = " ".join(parts)
    if markdown.length(body) > ABSTRACT_PAGE:
        return abstract(shown)
    card = Card(category_colour(shown.category))
    card.text(f"### {heading(shown)}")
    card.text(body)
    return card.view()


def abstract(shown: Paper, page: int = 0) -> CardView:
    """The abstract, in pages where it is long."""
    card = Card(category_colour(shown.category))
    card.text(f"### {heading(shown)}")
    pages = _paged(one_line(shown.abstract or "There is no abstract for this paper."))
    page = min(page, len(pages) - 1)
    card.text(markdown.safe(pages[page], 3200))
    card.buttons(page_buttons(page, len(pages), partial(AbstractPage, shown.handle)))
    return card.view()


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


def related(shown: Paper, near: Sequence[Related]) -> CardView:
    """Papers close to a paper, each with what they share."""
    card = Card(category_colour(shown.category), reserve=260)
    card.text(f"### Related to {heading(shown, 500)}")
    if not near:
        card.text("Nothing in the store is close to this paper yet.")
    for one in near:
        reasons = [f"by {markdown.safe(', '.join(one.authors[:3]), 90)}"] if one.authors else []
        reasons += [f"both about {markdown.safe(', '.join(one.words), 90)}"] if one.words else []
        card.section(
            f"{entry(one.paper, 420)}\n-# ↔ {' · '.join(reasons)}",
            ButtonSpec("Open", PaperAction("open", one.paper.handle)),
        )
    card.text(citation_sources(one.paper for one in near), final=True)
    return card.view()


def open_id(handle: Handle) -> CustomId:
    """The custom_id of a button that opens a paper's card."""
    return PaperAction("open", handle)


def choice_id(verb: PaperVerb, question: str | None) -> Callable[[Handle], CustomId]:
    """Those of buttons that choose a paper for `verb`; `question` is the token of a text that nothing fitted."""
    return lambda handle: PickedPaper(verb, handle, question) if question else PaperAction(verb, handle)


@dataclass(frozen=True)
class Results:
    """One page of papers. `page_id` makes the custom_id of a button to another page, `button_id` that of a paper.

    Where there are more in `total` and no pages, the card says so.
    """

    heading: str
    papers: Sequence[Paper]
    page: int = 0
    total: int = 0
    page_id: Callable[[int], CustomId] | None = None
    button_id: Callable[[Handle], CustomId] = open_id
    footnote: str = ""


def results(shown: Results) -> CardView:
    """Papers to open, each with a button."""
    card = Card(NEUTRAL, reserve=560)
    card.text(shown.heading)
    for one in shown.papers:
        card.section(entry(one), ButtonSpec("Open", shown.button_id(one.handle)))
    if shown.page_id:
        card.buttons(page_buttons(shown.page, page_count(shown.total), shown.page_id))
    elif shown.total > len(shown.papers):
        card.text(f"-# These are the first {len(shown.papers)} of {shown.total:,}.")
    card.text(shown.footnote, final=True)
    card.text(citation_sources(shown.papers))
    return card.view()


def citation(shown: Paper, style: CitationStyle, body: str, styles: Sequence[CitationStyle]) -> CardView:
    """A reference to copy, with a button for each other style."""
    card = Card(category_colour(shown.category))
    card.text(f"### {heading(shown)}")
    card.text(markdown.code_block(body, "bibtex" if style == "bibtex" else "", 3000))
    card.buttons([ButtonSpec(s, None if s == style else Citation(s, shown.handle)) for s in styles])
    if not shown.authors_complete:
        card.text("-# The source lists only some of the authors. Complete the list before you publish.")
    return card.view()


def message(markdown: str, colour: int = NEUTRAL) -> CardView:
    """A short message; text of others in it must have been escaped already."""
    card = Card(colour)
    card.text(markdown)
    return card.view()
