"""A paper in words, as cards show it: heading, byline, facts, links and sources; and the colour of its category."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote_plus

from commands.views import markdown
from commands.views.layout import NEUTRAL
from store.catalog.paper_events import Standing, standing
from store.models import Authorship, Disagreement, Identifier, Notice, Paper, Scheme, Source
from store.summaries.sentence_splitter import Sentence
from store.text.arxiv_taxonomy import ARCHIVES, archive_of, category_in_words
from store.text.partial_dates import in_words
from store.text.person_names import is_spelling_of
from store.text.timestamps import day_in_words
from store.text.visible import one_line
from store.text.web_addresses import of_identifier

_COLOURS = {
    "ai": 0xE8743B, "cl": 0x2F8FBF, "lg": 0x7A4FBF, "cv": 0x2E9E6B, "hc": 0xC9447A, "ro": 0x8A6D3B, "ir": 0x3F9EA3,
    "cr": 0x9E2F3A, "se": 0x5470B5, "ne": 0x9A5BA5, "ml": 0x7A4FBF, "math": 0x3B5FA8, "stat": 0x6A8F2A,
    "eess": 0x2AA198, "physics": 0x4B6FA5, "quant-ph": 0x4457B8, "astro-ph": 0x2B3A67, "cond-mat": 0x7D5A50,
    "hep-ph": 0xA8402F, "hep-th": 0xB0562D, "q-bio": 0x3C8D40, "q-fin": 0x8C7A1F, "econ": 0x77684A,
}  # fmt: skip
SCHEME_NAMES = {"arxiv": "arXiv", "doi": "DOI", "acl": "ACL", "dblp": "DBLP", "openalex": "OpenAlex", "s2": "S2"}
_STANDINGS: dict[Standing, str] = {
    "retracted": "⛔ RETRACTED",
    "withdrawn": "⛔ WITHDRAWN",
    "concern": "⚠ EXPRESSION OF CONCERN",
    "corrected": "corrected",
}
ALARM = 0xC0392B
"""The colour of what speaks against a paper."""
LONGEST_CITATION_SOURCES = 260
"""UTF-16 units of what `citation_sources` returns at most."""
_ARXIV_SEARCH = "https://arxiv.org/search/?searchtype=title&query="
_SCHOLAR = "https://scholar.google.com/scholar?q="
_READABLE_BY: tuple[Scheme, ...] = ("arxiv", "doi", "acl")
"""The schemes whose identifiers lead to a paper, the most reliable first."""


def heading(shown: Paper, limit: int = 700) -> str:
    """The title, linked to the paper, after what speaks against it."""
    before = f"{named} · " if (named := standing_in_words(shown)) else ""
    return before + markdown.link(shown.title, address(shown), limit - len(before))


def standing_in_words(shown: Paper) -> str:
    """What speaks against a paper, in a word that no reader can overlook; empty where nothing does."""
    found = standing(shown)
    return _STANDINGS[found[0]] if found else ""


def marked_title(shown: Paper) -> str:
    """The title as plain text, after what speaks against the paper."""
    return " · ".join(filter(None, (standing_in_words(shown), shown.title)))


def notice_in_words(notice: Notice) -> str:
    """Who says what became of a paper, when, and where that can be read, for markdown."""
    teller = "OpenAlex marks it as retracted" if notice.told_by == "OpenAlex" else ""
    said = teller or f"Registered by {markdown.safe(notice.told_by, 60)}"
    when = f", {in_words(notice.date)}" if notice.date else ""
    where = of_identifier(Identifier(scheme="doi", value=notice.doi)) if notice.doi else None
    return f"{said}{when}." + (f" {markdown.link('The notice', where, 500)}" if where else "")


def category_colour(category: str | None) -> int:
    """The colour of a category: of its subject class, else of its archive, else neutral."""
    archive, _, subject = (category or "").lower().partition(".")
    return _COLOURS.get(subject) or _COLOURS.get(archive) or NEUTRAL


def category(code: str) -> str:
    """A category with its archive, for markdown."""
    return markdown.safe(category_in_words(code), 30)


def address(shown: Paper) -> str | None:
    """Where the paper can be read, by its most reliable identifier."""
    if named := _named_address(shown):
        return named[1]
    return next((markdown.web_address(link.url) for link in shown.links if link.kind in ("abstract", "pdf")), None)


def _named_address(shown: Paper) -> tuple[Identifier, str] | None:
    named = [i for scheme in _READABLE_BY for i in shown.identifiers if i.scheme == scheme]
    return next(((i, safe) for i in named if (safe := markdown.web_address(of_identifier(i) or ""))), None)


def entry(shown: Paper, limit: int = 480, person: str = "") -> str:
    """A paper in a list: title, authors, facts. A card with such entries ends with `citation_sources` of them all.

    `person` is the author whose page it is.
    """
    title = heading(shown, limit - 200)
    place = f"{found} · " if person and (found := place_of(shown, person)) else ""
    return f"**{title}**\n{byline(shown, 110, person)}\n-# {place}{facts(shown)}"


def place_of(shown: Paper, person: str) -> str:
    """Where a person stands in the list of authors; empty where that is not known, or they are alone."""
    listed = [author for author in shown.authors if author.position is not None]
    own = next((author for author in listed if is_spelling_of(author.name, person)), None)
    if own is None or not shown.authors_complete or len(listed) < 2:
        return "first author" if own and own.position == 1 and not shown.authors_complete else ""
    place = "first" if own is listed[0] else "last" if own is listed[-1] else ""
    return f"{place} of {len(listed):,} authors" if place else f"author {listed.index(own) + 1:,} of {len(listed):,}"


def facts(shown: Paper, *, sourced: bool = False) -> str:
    """Category, date, venue, code and citations in one line; `sourced` says with the citations whose count it is."""
    codes = [category(code) for code in (shown.category, *shown.cross_lists) if code]
    facts = [markdown.first_of(codes, 4, " · ")] if codes else []
    if shown.preprinted and shown.in_venue:
        facts += _both_dates(shown, shown.preprinted, shown.in_venue)
    elif shown.published:
        facts.append(in_words(shown.published))
    if shown.venue and not shown.in_venue:
        facts.append(markdown.safe(shown.venue, 120))
    if shown.has_code:
        facts.append("`Code`")
    if shown.citations is not None and shown.citations_source:
        origin = f" ({_read([shown.citations_source])})" if sourced else ""
        facts.append(markdown.counted(shown.citations, "citation") + origin)
    return " · ".join(facts) or "no date known"


def _both_dates(shown: Paper, preprinted: str, in_venue: str) -> list[str]:
    """When the preprint came out, and where and when the publication did."""
    place = "arXiv" if any(i.scheme == "arxiv" for i in shown.identifiers) else "preprint"
    venue = shown.venue or "print"
    when = "" if in_venue[:4] in venue else f" {in_words(in_venue)}"
    return [f"{place} {in_words(preprinted)}", f"published in {markdown.safe(venue, 120)}{when}"]


def citation_sources(papers: Iterable[Paper]) -> str:
    """The foot of a card that lists papers: each source of their citations once, and when it was read.

    Of `LONGEST_CITATION_SOURCES` UTF-16 units at most; empty where no paper has citations.
    """
    by_name: dict[str, list[Source]] = {}
    for paper in papers:
        if paper.citations is not None and paper.citations_source:
            by_name.setdefault(paper.citations_source.name, []).append(paper.citations_source)
    read = [_read(sources) for sources in by_name.values()]
    return f"-# Citations from {markdown.first_of(read, 3, '; ')}" if read else ""


def _read(sources: Sequence[Source]) -> str:
    """The name of a source, and when it was read: a day, or the first and the last one."""
    first, last = (day_in_words(end(s.retrieved for s in sources)) for end in (min, max))
    return f"{markdown.safe(sources[0].name, 40)}, read {first if first == last else f'{first} to {last}'}"


def byline(shown: Paper, limit: int, person: str = "") -> str:
    """The listed authors, *et al.*, and their affiliations; `person`, one of them, in bold and never left out."""
    listed = [a for a in shown.authors if a.position is not None] or shown.authors
    authors = author_list(listed, limit, person=person)
    if not shown.authors_complete:
        authors = f"{authors} *et al.*" if authors else ""
    if person and "**" not in authors:
        authors = ", with ".join(filter(None, (authors, f"**{markdown.safe(person, 60)}**")))
    if shown.affiliations:
        authors = f"{authors} · {markdown.safe(', '.join(shown.affiliations), limit // 2)}"
    return authors or "Authors not known"


def short_entry(shown: Paper, limit: int) -> str:
    """A paper in a list of many: title, first author, category."""
    listed = [author for author in shown.authors if author.position is not None]
    others = " et al." if listed and (len(shown.authors) > 1 or not shown.authors_complete) else ""
    parts = [markdown.safe(listed[0].name, 50) + others] if listed else []
    parts += [category(shown.category)] if shown.category else []
    return f"**{heading(shown, limit - 110)}**" + (f"\n-# {' · '.join(parts)}" if parts else "")


def author_list(authors: Sequence[Authorship], limit: int, *, everyone: bool = False, person: str = "") -> str:
    """Names until the limit is reached, then how many more, that of `person` in bold.

    `everyone` marks those whose place is not known.
    """
    named: list[str] = []
    used = 0
    for index, one in enumerate(authors):
        name = markdown.safe(one.name, 80) + (" (place unknown)" if everyone and one.position is None else "")
        if person and is_spelling_of(one.name, person):
            name = f"**{name}**"
        used += markdown.length(name) + 2
        if used > limit - 20:
            return ", ".join(named) + f" and {len(authors) - index} more"
        named.append(name)
    return ", ".join(named)


def links(shown: Paper) -> list[tuple[str, str]]:
    """Label and address of where the paper and its code can be found.

    Where no source says where the paper can be read, the last ones search for its title, and say so.
    """
    safe = [(link, markdown.web_address(link.url)) for link in shown.links]
    labels = {
        "code": "Code",
        "data": "Data",
        "project": "Project",
        "pdf": "PDF",
        "abstract": "Abstract",
        "other": "Link",
    }
    found = [(f"{labels[link.kind]}: {_place(url)}", url) for link, url in safe if url]
    if named_address := _named_address(shown):
        identifier, paper_address = named_address
        found.insert(0, (f"{SCHEME_NAMES[identifier.scheme]} {identifier.value}", paper_address))
    searches = [] if address(shown) else _searches(shown)
    return found + searches


def _searches(shown: Paper) -> list[tuple[str, str]]:
    on_arxiv = bool(shown.category) and archive_of(category_in_words(shown.category or "")) in ARCHIVES
    places = [("Search arXiv", _ARXIV_SEARCH)] if on_arxiv else []
    return [(label, _search(start, shown.title)) for label, start in (*places, ("Search Google Scholar", _SCHOLAR))]


def _search(start: str, title: str) -> str:
    """The address of a search for as much of the title as fits into an address."""
    words = one_line(title)
    while not (found := markdown.web_address(start + quote_plus(words))):
        words = words[: len(words) * 3 // 4]
    return found


def _place(url: str) -> str:
    """The part of an address by which people know it."""
    return markdown.shorten(url.split("://", 1)[1].removeprefix("www.").rstrip("/"), 60)


def numbered_sentence(sentence: Sentence, limit: int) -> str:
    """A sentence of an abstract, with its links, its number and how many there are."""
    number = sentence_numbers([sentence])
    return f"{markdown.safe(sentence.text, limit - len(number) - 1, links=True)} {number}"


def sentence_numbers(sentences: Sequence[Sentence]) -> str:
    """Which sentences of an abstract, in words that stay on one line."""
    *first, last = [f"{one.number:,}" for one in sentences]
    which = f"sentences {', '.join(first)} and {last}" if first else f"sentence {last}"
    return f"`{which} of {sentences[-1].total:,}`".replace(" ", "\N{NO-BREAK SPACE}")


def differing(shown: Paper) -> str:
    """The fields on which sources differ, in words."""
    return ", ".join(dict.fromkeys(map(field_name, shown.disagreements)))


def field_name(found: Disagreement) -> str:
    """What sources differ on: of dates, the year unless all are of one year."""
    when = "year" if len({claim.value[:4] for claim in found.claims}) > 1 else "date"
    names = {
        "published": when,
        "preprinted": f"{when} of the preprint",
        "in_venue": f"{when} of publication",
        "authors": "spelling of names",
    }
    return names.get(found.field, found.field)


def source_list(sources: Sequence[Source]) -> str:
    """The sources of what is shown, and when each was read."""
    named = [f"{markdown.safe(s.name, 60)}, read {day_in_words(s.retrieved)}" for s in sources]
    return ("Source: " if len(named) == 1 else "Sources: ") + markdown.first_of(named, 4, "; ")


def year_span(years: Sequence[int]) -> str:
    """The first and the last of years that are in order; empty without any."""
    return f"{years[0]} to {years[-1]}" if years and years[0] != years[-1] else "".join(map(str, years[:1]))


def paper_count(count: int) -> str:
    """How many papers of somebody the store has."""
    return f"{markdown.counted(count, 'paper')} here"
