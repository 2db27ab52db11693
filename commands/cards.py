"""What Lectern answers with: models in, views out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date

from commands import text
from commands.layout import MAX_TEXT, Card, CardView, Press
from store.derive.related import Related
from store.derive.sentences import Sentence
from store.derive.summary import Segment, Slot, Summary
from store.derive.written import WrittenSummary
from store.models import Author, Authorship, Handle, Metric, MetricName, Paper, Source

MOST = 8
"""Papers that fit into one message, each with its button."""
PAGE = 5
"""Papers on a page of results."""
ABSTRACT_PAGE = 3000
"""Characters of an abstract on one card; arXiv allows 1,920."""

NEUTRAL = 0x5865F2
_COLOURS = {
    "ai": 0xE8743B, "cl": 0x2F8FBF, "lg": 0x7A4FBF, "cv": 0x2E9E6B, "hc": 0xC9447A, "ro": 0x8A6D3B, "ir": 0x3F9EA3,
    "cr": 0x9E2F3A, "se": 0x5470B5, "ne": 0x9A5BA5, "ml": 0x7A4FBF, "math": 0x3B5FA8, "stat": 0x6A8F2A,
    "eess": 0x2AA198, "physics": 0x4B6FA5, "quant-ph": 0x4457B8, "astro-ph": 0x2B3A67, "cond-mat": 0x7D5A50,
    "hep-ph": 0xA8402F, "hep-th": 0xB0562D, "q-bio": 0x3C8D40, "q-fin": 0x8C7A1F, "econ": 0x77684A,
}  # fmt: skip
_METRICS: dict[MetricName, str] = {
    "h_index": "h-index **{}**",
    "papers": "**{}** papers",
    "citations": "**{}** citations",
    "novelty": "novelty **{} %**",
    "ai_score": "AI score **{}**",
}
_SLOTS: dict[Slot, str] = {"tldr": "TL;DR", "result": "Result", "problem": "Problem", "resources": "Resources"}
SCHEMES = {"arxiv": "arXiv", "doi": "DOI", "acl": "ACL", "dblp": "DBLP", "openalex": "OpenAlex", "s2": "S2"}
_RESOLVERS = {
    "arxiv": "https://arxiv.org/abs/{}",
    "doi": "https://doi.org/{}",
    "acl": "https://aclanthology.org/{}",
}


def paper(shown: Paper, summary: Summary | None) -> CardView:
    """One paper: what it is, whose, when, where, and its TL;DR."""
    card = Card(colour(shown.category), reserve=450)
    card.text(f"### {text.link(shown.title, address(shown), 700)}")
    card.text(_byline(shown, 600))
    card.text(f"-# {_facts(shown)}")
    if summary and summary.tldr:
        card.line()
        card.text(f"**TL;DR** {_sentence(summary.tldr, 900)}")
    for disagreement in shown.disagreements[:4]:
        claims = " · ".join(
            f"{text.safe(_claimed(disagreement.field, c.value), 90)} ({text.safe(c.source.name, 40)})"
            for c in disagreement.claims[:3]
        )
        card.text(f"-# ⚠ Sources differ on {disagreement.field}: {claims}")
    card.row(_paper_buttons(shown, summary))
    card.links(_links(shown))
    card.text(f"-# {_sources(shown.sources)}", final=True)
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
    card = Card(colour(shown.category))
    card.text(f"### {text.link(shown.title, address(shown), 700)}")
    slots = [("TL;DR", summary.tldr), ("Result", summary.result), ("Problem", summary.problem)]
    for name, sentence in [*slots, *(("Resources", s) for s in summary.resources[:2])]:
        if sentence:
            card.text(f"**{name}**\n{_sentence(sentence, 700)}")
    card.row([Press("Abstract", f"paper:marked:{shown.handle}"), Press("Paper", f"paper:open:{shown.handle}")])
    card.text(f"-# Sentences of the abstract, word for word; `s2/7` is the second of seven. {_sources(shown.sources)}")
    return card.view()


def written(shown: Paper, summary: WrittenSummary) -> CardView:
    """A summary of which a language model wrote a part: which is which, and on what it rests."""
    card = Card(colour(shown.category), reserve=300)
    card.text(f"### {text.link(shown.title, address(shown), 700)}")
    for slot in summary.slots[:5]:
        places = "+".join(f"s{s.number}" for s in slot.sources) + f"/{slot.sources[0].total}"
        mark = f"✎ `{places}`" if slot.written else f"`{places}`"
        card.text(f"**{_SLOTS[slot.slot]}**\n{text.safe(slot.text, 640)} {mark}")
    card.row([Press("Abstract", f"paper:marked:{shown.handle}"), Press("Paper", f"paper:open:{shown.handle}")])
    card.text(
        f"-# ✎ shortened by {text.safe(summary.model, 60)} from the sentences named; the rest is word for word.",
        final=True,
    )
    return card.view()


def lines(heading: str, shown: Sequence[tuple[Paper, Sentence | None]]) -> CardView:
    """One sentence for each paper."""
    card = Card(NEUTRAL)
    card.text(heading)
    for one, sentence in shown:
        said = _sentence(sentence, 260) if sentence else "*It came without an abstract.*"
        card.section(
            f"**{text.link(one.title, address(one), 200)}**\n{said}", Press("Open", f"paper:open:{one.handle}")
        )
    return card.view()


def marked(shown: Paper, segments: Sequence[Segment]) -> CardView:
    """The abstract with the sentences that were chosen in bold, each followed by its slot."""
    parts = [
        f"**{text.safe(s.text, MAX_TEXT)}** `{_SLOTS[s.slot]}`" if s.slot else text.safe(s.text, MAX_TEXT)
        for s in segments
        if text.clean(s.text)
    ]
    body = " ".join(parts)
    if text.length(body) > ABSTRACT_PAGE:
        return abstract(shown)
    card = Card(colour(shown.category))
    card.text(f"### {text.link(shown.title, address(shown), 700)}")
    card.text(body)
    return card.view()


def abstract(shown: Paper, page: int = 0) -> CardView:
    """The abstract, in pages where it is long."""
    card = Card(colour(shown.category))
    card.text(f"### {text.link(shown.title, address(shown), 700)}")
    pages = _paged(text.clean(shown.abstract or "This paper came without an abstract."))
    page = min(page, len(pages) - 1)
    card.text(text.safe(pages[page], 3200))
    card.row(_turning(f"paper:abstract:{shown.handle}", page, len(pages)))
    return card.view()


def _paged(words: str) -> list[str]:
    """Divided between words so that each part keeps to `ABSTRACT_PAGE` when it is escaped."""
    pages: list[str] = []
    current: list[str] = []
    used = 0
    for word in words.split(" "):
        piece = word[:1000]
        size = text.length(text.escape(piece)) + 1
        if used + size > ABSTRACT_PAGE and current:
            pages.append(" ".join(current))
            current, used = [], 0
        current.append(piece)
        used += size
    return [*pages, " ".join(current)]


def related(shown: Paper, near: Sequence[Related]) -> CardView:
    """Papers near a paper, each with what they share."""
    card = Card(colour(shown.category), reserve=200)
    card.text(f"### Related to {text.link(shown.title, address(shown), 500)}")
    if not near:
        card.text("Nothing in the store is near this paper yet.")
    for one in near:
        reasons = [f"by {text.safe(', '.join(one.authors[:3]), 90)}"] if one.authors else []
        reasons += [f"both on {text.safe(', '.join(one.words), 90)}"] if one.words else []
        card.section(
            f"{entry(one.paper, 420)}\n-# ↔ {' · '.join(reasons)}", Press("Open", f"paper:open:{one.paper.handle}")
        )
    return card.view()


@dataclass(frozen=True)
class AuthorView:
    """All that an author page shows; `papers` are those of the page, `total` counts all in the store."""

    author: Author
    metrics: Sequence[Metric]
    papers: Sequence[Paper]
    total: int
    coauthors: Sequence[tuple[Author, int]] = field(default=())


def author(shown: AuthorView, page: int) -> CardView:
    """One author: figures with source and date, papers newest first, co-authors."""
    who = shown.author
    card = Card(NEUTRAL if not shown.papers else colour(who.field or shown.papers[0].category), reserve=500)
    card.text(f"## {text.safe(who.name, 200)}")
    kind = "group" if who.is_group else who.distinction or who.field
    card.text("-# " + " · ".join([*([text.safe(kind, 80)] if kind else []), _papers_here(shown.total)]))
    for source, metrics in _by_source(shown.metrics):
        figures = " · ".join(_METRICS[m.name].format(text.number(m.value)) for m in metrics)
        card.text(f"{figures}\n-# {text.safe(source.name, 60)}, read {text.moment(source.retrieved)}")
        card.text(_doubt(metrics))
    card.line()
    for one in shown.papers:
        card.section(entry(one), Press("Open", f"paper:open:{one.handle}"))
    last = max(1, math.ceil(shown.total / PAGE))
    card.row(_turning(f"author:{who.handle}", page, last))
    if shown.coauthors:
        card.select(
            f"people:{who.handle}",
            "Co-authors",
            [(a.name, a.handle, f"{counted(n, 'paper')} together") for a, n in shown.coauthors],
        )
    return card.view()


def _doubt(metrics: Sequence[Metric]) -> str:
    """An h-index counts papers, so it cannot be greater than their number (Hirsch 2005)."""
    value = {m.name: m.value for m in metrics}
    if "h_index" in value and "papers" in value and value["h_index"] > value["papers"]:
        h, listed = text.number(value["h_index"]), text.number(value["papers"])
        return (
            f"-# ⚠ An h-index of {h} needs at least {h} papers, and this page counts {listed}: "
            "the two figures cannot be about the same papers. Both are shown as the page gives them."
        )
    return ""


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
        card.row(_turning(shown.turn, shown.page, math.ceil(shown.total / PAGE)))
    card.text(shown.footnote, final=True)
    return card.view()


def people(heading: str, shown: Sequence[Author], footnote: str = "", token: str | None = None) -> CardView:
    """Authors to choose from; `token` is of what was typed where nobody fitted."""
    card = Card(NEUTRAL, reserve=300)
    card.text(heading)
    for who in shown[:10]:
        note = who.distinction or who.field or ("group" if who.is_group else "")
        about = " · ".join([*([text.safe(note, 80)] if note else []), _papers_here(who.papers)])
        card.section(
            f"**{text.safe(who.name, 120)}**\n-# {about}",
            Press("Open", f"who:{who.handle}:{token}" if token else f"author:{who.handle}:0"),
        )
    card.text(footnote, final=True)
    return card.view()


def authors_of(shown: Paper, known: Sequence[Author]) -> CardView:
    """Everybody on a paper, each to open, and what the list leaves open."""
    card = Card(colour(shown.category))
    card.text(f"### {text.link(shown.title, address(shown), 700)}")
    card.text(_author_list(shown.authors, 2500, everyone=True))
    if not shown.authors_complete:
        card.text("-# The source lists only the first authors; there are more, and no order is given for the rest.")
    card.select(f"people:{shown.handle}", "Open an author", [(a.name, a.handle, _papers_here(a.papers)) for a in known])
    return card.view()


def citation(shown: Paper, style: str, body: str, styles: Sequence[str]) -> CardView:
    """A reference to copy, with the other styles a button away."""
    card = Card(colour(shown.category))
    card.text(f"### {text.link(shown.title, address(shown), 700)}")
    block = text.shorten(body.replace("`" * 3, "'" * 3), 3000)
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


def colour(category: str | None) -> int:
    """The colour of a category: of its subject class, else of its archive, else neutral."""
    archive, _, subject = (category or "").lower().partition(".")
    return _COLOURS.get(subject) or _COLOURS.get(archive) or NEUTRAL


def address(shown: Paper) -> str | None:
    """Where the paper itself can be read, by the surest identifier."""
    for scheme, resolver in _RESOLVERS.items():
        for identifier in shown.identifiers:
            if identifier.scheme == scheme:
                return text.web_address(resolver.format(identifier.value))
    return next((text.web_address(link.url) for link in shown.links if link.kind in ("abstract", "pdf")), None)


def entry(shown: Paper, limit: int = 480) -> str:
    """A paper in a list: title, authors, facts."""
    """A paper in three lines of a list."""
    title = text.link(shown.title, address(shown), limit - 200)
    return f"**{title}**\n{_byline(shown, 110)}\n-# {_facts(shown)}"


def _facts(shown: Paper) -> str:
    facts = [text.safe(shown.category, 30)] if shown.category else []
    facts += [text.safe(c, 30) for c in shown.cross_lists[:3]]
    if shown.published:
        facts.append(text.timestamp(shown.published))
    if shown.venue:
        facts.append(text.safe(shown.venue, 120))
    if shown.has_code:
        facts.append("`Code`")
    if shown.citations is not None and shown.citations_source:
        source = shown.citations_source
        said = f"{text.safe(source.name, 40)}, {text.moment(source.retrieved, 'd')}"
        facts.append(f"{counted(shown.citations, 'citation')} ({said})")
    return " · ".join(facts) or "no date given"


def _byline(shown: Paper, limit: int) -> str:
    """The listed authors, *et al.*, and their affiliations."""
    authors = _author_list([a for a in shown.authors if a.position is not None] or shown.authors, limit)
    if not shown.authors_complete:
        authors = f"{authors} *et al.*" if authors else ""
    if shown.affiliations:
        authors = f"{authors} · {text.safe(', '.join(shown.affiliations), limit // 2)}"
    return authors or "Authors not given"


def _author_list(authors: Sequence[Authorship], limit: int, *, everyone: bool = False) -> str:
    """Names until the limit is reached, then how many more; those without a place are marked."""
    named: list[str] = []
    used = 0
    for index, one in enumerate(authors):
        name = text.safe(one.name, 80) + (" (place not given)" if everyone and one.position is None else "")
        used += text.length(name) + 2
        if used > limit - 20:
            return ", ".join(named) + f" and {len(authors) - index} more"
        named.append(name)
    return ", ".join(named)


def _links(shown: Paper) -> list[tuple[str, str]]:
    safe = [(link, text.web_address(link.url)) for link in shown.links]
    named = {
        "code": "Code",
        "data": "Data",
        "project": "Project",
        "pdf": "PDF",
        "abstract": "Abstract",
        "other": "Link",
    }
    found = [(f"{named[link.kind]}: {_place(url)}", url) for link, url in safe if url]
    paper_address = address(shown)
    identifier = next((i for i in shown.identifiers if i.scheme in _RESOLVERS), None)
    if paper_address and identifier:
        found.insert(0, (f"{SCHEMES[identifier.scheme]} {identifier.value}", paper_address))
    return found[:5]


def _place(url: str) -> str:
    """The part of an address by which people know it."""
    return text.shorten(url.split("://", 1)[1].removeprefix("www.").rstrip("/"), 60)


def _sentence(sentence: Sentence, limit: int) -> str:
    return f"{text.safe(sentence.text, limit - 12)} `s{sentence.number}/{sentence.total}`"


def _sources(sources: Sequence[Source]) -> str:
    said = [f"{text.safe(s.name, 60)}, read {text.moment(s.retrieved)}" for s in sources[:4]]
    return ("Source: " if len(said) == 1 else "Sources: ") + "; ".join(said)


def _claimed(name: str, value: str) -> str:
    if name == "published" and len(value) == len("2024-08-12"):
        day = date.fromisoformat(value)
        return f"{day.day} {day:%b %Y}"
    return value


def _by_source(metrics: Sequence[Metric]) -> list[tuple[Source, list[Metric]]]:
    """Figures grouped by the source and time that they were read at, in a fixed order."""
    order = list(_METRICS)
    groups: dict[tuple[str, str], list[Metric]] = {}
    for metric in sorted(metrics, key=lambda m: order.index(m.name)):
        groups.setdefault((metric.source.name, metric.source.retrieved.isoformat()), []).append(metric)
    return [(group[0].source, group) for group in list(groups.values())[:5]]


def _turning(state: str, page: int, pages: int) -> list[Press]:
    """Buttons to the page before and after; none for a single page."""
    if pages <= 1:
        return []
    return [
        Press("◀", f"{state}:{page - 1}" if page > 0 else None),
        Press(f"{page + 1} / {pages}", None),
        Press("▶", f"{state}:{page + 1}" if page + 1 < pages else None),
    ]


def _papers_here(count: int) -> str:
    return f"{counted(count, 'paper')} here"


def counted(count: int, noun: str) -> str:
    """A number with its noun in the right form."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
