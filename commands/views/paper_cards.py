"""What Lectern answers with: models in, views out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from commands.views import markdown
from commands.views.layout import MAX_TEXT, Card, CardView, Press
from commands.views.parts import (
    NEUTRAL,
    PAGE,
    byline,
    colour,
    entry,
    facts,
    heading,
    links,
    sentence_of,
    sources_of,
    turning,
)
from store.catalog.similarity import Related
from store.models import Handle, Paper
from store.summaries.extractive import Segment, Slot, Summary
from store.summaries.rewriter import RewrittenSummary
from store.summaries.sentence_splitter import Sentence

ABSTRACT_PAGE = 3000
"""Characters of an abstract on one card; arXiv allows 1,920."""
_SLOTS: dict[Slot, str] = {"tldr": "TL;DR", "result": "Result", "problem": "Problem", "resources": "Resources"}


def paper(shown: Paper, summary: Summary | None) -> CardView:
    """One paper: what it is, whose, when, where, and its TL;DR."""
    card = Card(colour(shown.category), reserve=450)
    card.text(f"### {heading(shown)}")
    card.text(byline(shown, 600))
    card.text(f"-# {facts(shown)}")
    if summary and summary.tldr:
        card.line()
        card.text(f"**TL;DR** {sentence_of(summary.tldr, 900)}")
    for disagreement in shown.disagreements[:4]:
        claims = " · ".join(
            f"{markdown.safe(_claimed(disagreement.field, c.value), 90)} ({markdown.safe(c.source.name, 40)})"
            for c in disagreement.claims[:3]
        )
        card.text(f"-# ⚠ Sources differ on {disagreement.field}: {claims}")
    card.row(_paper_buttons(shown, summary))
    card.links(links(shown))
    card.text(f"-# {sources_of(shown.sources)}", final=True)
    return card.view()


def _paper_buttons(shown: Paper, summary: Summary | None) -> list[Press]:
    verbs = [
        ("Summary", "summary", summary is not None),
        ("Abstract", "abstract", shown.abstract is not None),
        ("Related", "related", True),
        ("Cite", "cite", True),
        ("Authors", "authors", bool(shown.authors)),
    ]
    return [Press(label, f"paper:{verb}:{shown.handle}") for label, verb, there in verbs if there]


def summarised(shown: Paper, summary: Summary) -> CardView:
    """The sentences of the abstract that say what the paper does, each with its number."""
    slots: list[tuple[Slot, Sentence | None]] = [
        ("tldr", summary.tldr),
        ("result", summary.result),
        ("problem", summary.problem),
        *(("resources", s) for s in summary.resources[:2]),
    ]
    said = [(slot, sentence_of(sentence, 700)) for slot, sentence in slots if sentence]
    return _slots(shown, said, "The abstract's own sentences, word for word, each with its place.")


def written(shown: Paper, summary: RewrittenSummary) -> CardView:
    """A summary of which a language model wrote a part: which is which, and on what it rests."""
    said = []
    for slot in summary.slots[:5]:
        places = "+".join(f"s{s.number}" for s in slot.sources) + f"/{slot.sources[0].total}"
        said.append((slot.slot, f"{markdown.safe(slot.text, 640)} {'✎ ' if slot.rewritten else ''}`{places}`"))
    by = markdown.safe(summary.model, 60)
    return _slots(shown, said, f"✎ shortened by {by} from the sentences named; the rest is word for word.")


def _slots(shown: Paper, said: Sequence[tuple[Slot, str]], legend: str) -> CardView:
    card = Card(colour(shown.category), reserve=500)
    card.text(f"### {heading(shown)}")
    card.line()
    for slot, sentence in said:
        card.text(f"**{_SLOTS[slot]}**\n{sentence}")
        card.gap()
    card.row([Press("Abstract", f"paper:marked:{shown.handle}"), Press("Paper", f"paper:open:{shown.handle}")])
    card.text(f"-# {legend} {sources_of(shown.sources)}", final=True)
    return card.view()


def lines(above: str, shown: Sequence[tuple[Paper, Sentence | None]]) -> CardView:
    """One sentence for each paper."""
    card = Card(NEUTRAL)
    card.text(above)
    for one, sentence in shown:
        said = sentence_of(sentence, 260) if sentence else "*It came without an abstract.*"
        card.section(f"**{heading(one, 200)}**\n{said}", Press("Open", f"paper:open:{one.handle}"))
    return card.view()


def marked(shown: Paper, segments: Sequence[Segment]) -> CardView:
    """The abstract with the sentences that were chosen in bold, each followed by its slot."""
    parts = [
        f"**{markdown.safe(s.text, MAX_TEXT)}** `{_SLOTS[s.slot]}`" if s.slot else markdown.safe(s.text, MAX_TEXT)
        for s in segments
        if markdown.clean(s.text)
    ]
    body = " ".join(parts)
    if markdown.length(body) > ABSTRACT_PAGE:
        return abstract(shown)
    card = Card(colour(shown.category))
    card.text(f"### {heading(shown)}")
    card.text(body)
    return card.view()


def abstract(shown: Paper, page: int = 0) -> CardView:
    """The abstract, in pages where it is long."""
    card = Card(colour(shown.category))
    card.text(f"### {heading(shown)}")
    pages = _paged(markdown.clean(shown.abstract or "This paper came without an abstract."))
    page = min(page, len(pages) - 1)
    card.text(markdown.safe(pages[page], 3200))
    card.row(turning(f"paper:abstract:{shown.handle}", page, len(pages)))
    return card.view()


def _paged(words: str) -> list[str]:
    """Divided between words so that each part keeps to `ABSTRACT_PAGE` when it is escaped."""
    pages: list[str] = []
    current: list[str] = []
    used = 0
    for word in words.split(" "):
        piece = word[:1000]
        size = markdown.length(markdown.escape(piece)) + 1
        if used + size > ABSTRACT_PAGE and current:
            pages.append(" ".join(current))
            current, used = [], 0
        current.append(piece)
        used += size
    return [*pages, " ".join(current)]


def related(shown: Paper, near: Sequence[Related]) -> CardView:
    """Papers near a paper, each with what they share."""
    card = Card(colour(shown.category), reserve=200)
    card.text(f"### Related to {heading(shown, 500)}")
    if not near:
        card.text("Nothing in the store is near this paper yet.")
    for one in near:
        reasons = [f"by {markdown.safe(', '.join(one.authors[:3]), 90)}"] if one.authors else []
        reasons += [f"both on {markdown.safe(', '.join(one.words), 90)}"] if one.words else []
        card.section(
            f"{entry(one.paper, 420)}\n-# ↔ {' · '.join(reasons)}", Press("Open", f"paper:open:{one.paper.handle}")
        )
    return card.view()


@dataclass(frozen=True)
class Results:
    """One page of papers that answer something. `turn` is the state of the page buttons, without the page."""

    heading: str
    papers: Sequence[Paper]
    page: int = 0
    total: int = 0
    turn: str | None = None
    press: Callable[[Handle], str] = lambda handle: f"paper:open:{handle}"
    footnote: str = ""


def picking(verb: str, token: str | None) -> Callable[[Handle], str]:
    """The state of buttons that pick a paper for `verb`; `token` is of what was typed where nothing fitted."""
    return lambda handle: f"pick:{verb}:{handle}:{token}" if token else f"paper:{verb}:{handle}"


def results(shown: Results) -> CardView:
    """Papers to open, each with a button."""
    card = Card(NEUTRAL, reserve=300)
    card.text(shown.heading)
    for one in shown.papers:
        card.section(entry(one), Press("Open", shown.press(one.handle)))
    if shown.turn:
        card.row(turning(shown.turn, shown.page, math.ceil(shown.total / PAGE)))
    card.text(shown.footnote, final=True)
    return card.view()


def citation(shown: Paper, style: str, body: str, styles: Sequence[str]) -> CardView:
    """A reference to copy, with the other styles a button away."""
    card = Card(colour(shown.category))
    card.text(f"### {heading(shown)}")
    block = markdown.shorten(body.replace("`" * 3, "'" * 3), 3000)
    card.text(f"```{'bibtex' if style == 'bibtex' else ''}\n{block}\n```")
    card.row([Press(s, None if s == style else f"cite:{s}:{shown.handle}") for s in styles])
    if not shown.authors_complete:
        card.text("-# The list of authors is incomplete in the source: complete it before you publish.")
    return card.view()


def message(markdown: str, colour: int = NEUTRAL) -> CardView:
    """A few words of Lectern's own; what it holds of others must be safe already."""
    card = Card(colour)
    card.text(markdown)
    return card.view()


def _claimed(name: str, value: str) -> str:
    if name == "published" and len(value) == len("2024-08-12"):
        day = date.fromisoformat(value)
        return f"{day.day} {day:%b %Y}"
    return value
