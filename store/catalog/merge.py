"""One paper from what several sources say of it.

The best source that gives a value decides what the card shows, and of equal sources the one read last. Other values
stay in the records, and are listed as a disagreement where they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from store.catalog.disagreements import disagreements
from store.catalog.versions import identifiers, preprint_and_publication, publication_venue
from store.models import Authorship, Handle, Link, Notice, Paper, PaperRecord, SourceKind
from store.text.normalize import fold
from store.text.partial_dates import most_exact
from store.text.person_names import abbreviates, has_initial
from store.text.web_addresses import normalised

SOURCE_PRECEDENCE: tuple[SourceKind, ...] = (
    "operator",  # corrected by whoever runs Lectern
    "arxiv",  # the authors' own submission
    "oai",  # the same submission by arXiv's harvesting interface, which names versions less exactly
    "openreview",  # the authors' own submission to a conference, perhaps before it was revised
    "crossref",  # what the publisher deposited
    "dblp",  # curated by hand, titles and names checked
    "openalex",  # gathered by machine from Crossref and others
    "s2",  # gathered by machine, also out of PDFs
    "orcid",  # what a person entered about their own works, or let others enter
    "author_page",  # a page copied from a browser
    "csl",  # a person's library, exported by a program
    "bibtex",  # a person's library, often edited by hand
    "ris",  # like BibTeX, with fewer fields
    "dump",  # any other file
)
"""Whose value the card shows, the best first: the closer to the paper itself, the better. An order by judgement."""

_RANK = {kind: rank for rank, kind in enumerate(SOURCE_PRECEDENCE)}
_T = TypeVar("_T")


def merge(handle: Handle, records: Sequence[PaperRecord]) -> Paper:
    """The paper that the records describe, at least one of which is no correction."""
    ordered = sorted(records, key=lambda r: (_RANK[r.source.kind], -r.source.retrieved.timestamp(), r.source.name))
    by_rank = [record for record in ordered if not record.corrects]
    corrections = [record for record in ordered if record.corrects]

    def best(value: Callable[[PaperRecord], _T | None]) -> _T | None:
        return next((found for r in by_rank if (found := value(r))), None)

    counted = max(
        (r for r in by_rank if r.citations is not None), key=lambda r: r.source.retrieved.timestamp(), default=None
    )
    listed = max(by_rank, key=lambda r: (bool(r.authors), r.authors_complete, -_RANK[r.source.kind]))
    preprinted, in_venue = preprint_and_publication(by_rank)
    authors = _authors(listed, by_rank)
    found = Paper(
        handle=handle,
        title=by_rank[0].title,
        abstract=best(lambda r: r.abstract),
        authors=authors,
        authors_complete=listed.authors_complete,
        affiliations=best(lambda r: r.affiliations) or (),
        published=most_exact([r.published for r in by_rank if r.published]),
        updated=max((r.updated for r in by_rank if r.updated), default=None),
        category=best(lambda r: r.category),
        cross_lists=best(lambda r: r.cross_lists) or (),
        venue=best(publication_venue) or best(lambda r: r.venue),
        has_code=next((r.has_code for r in by_rank if r.has_code is not None), None),
        citations=counted.citations if counted else None,
        citations_source=counted.source if counted else None,
        identifiers=identifiers(by_rank),
        links=_links(by_rank),
        sources=tuple(r.source for r in (*corrections, *by_rank)),
        withdrawn=any(r.withdrawn for r in by_rank),
        disagreements=disagreements(by_rank, corrections, authors),
        preprinted=preprinted,
        in_venue=in_venue,
        notices=_notices(by_rank),
        version=max((r.version for r in by_rank if r.version), default=None),
        cites=tuple(dict.fromkeys(one for r in by_rank for one in r.cites)),
    )
    return _corrected(found, corrections) if corrections else found


def _corrected(paper: Paper, corrections: Sequence[PaperRecord]) -> Paper:
    """The paper with the fields that a person corrected, also to nothing."""
    values: dict[str, object] = {
        field: getattr(record, field) for record in reversed(corrections) for field in record.corrects
    }
    if "authors" in values:
        values["authors_complete"] = True
    if "published" in values:
        values |= {"preprinted": None, "in_venue": None}
    return paper.model_copy(update=values)


def _notices(records: Sequence[PaperRecord]) -> tuple[Notice, ...]:
    """The notices of all records, each once. One that names no notice is left out where another of its kind does."""
    found = {(one.kind, one.doi): one for r in reversed(records) for one in reversed(r.notices)}
    named = {kind for kind, doi in found if doi}
    kept = [one for (kind, doi), one in found.items() if doi or kind not in named]
    return tuple(sorted(kept, key=lambda one: (one.date or "", one.kind, one.doi or "")))


def _links(records: Sequence[PaperRecord]) -> tuple[Link, ...]:
    """The links of all records, each address once. Records of older stores have some that nobody may follow."""
    links = [(normalised(link.url), link.kind) for r in reversed(records) for link in reversed(r.links)]
    return tuple({url: Link(kind=kind, url=url) for url, kind in links if url}.values())[::-1]


def _authors(listed: PaperRecord, records: Sequence[PaperRecord]) -> tuple[Authorship, ...]:
    """The best author list with initials spelt out; if it is incomplete, other sources' authors follow, unplaced."""
    if listed.authors_complete:
        return _spelt_out(listed, records)
    authors = {fold(a.name): a for a in _spelt_out(listed, records)}
    for record in records:
        for author in _spelt_out(record, records):
            authors.setdefault(fold(author.name), author.model_copy(update={"position": None}))
    return tuple(authors.values())


def _spelt_out(record: PaperRecord, records: Sequence[PaperRecord]) -> tuple[Authorship, ...]:
    """The record's authors, with initials replaced by the full name that another record of the paper has.

    Initials that fit two people stay as they are.
    """
    if len(records) == 1 or not any(has_initial(author.name) for author in record.authors):
        return record.authors
    own = [fold(author.name) for author in record.authors]
    known = {fold(a.name): a.name for r in records for a in r.authors}
    authors = []
    for author, short in zip(record.authors, own, strict=True):
        fuller = [name for name in known if name not in own and abbreviates(short, name)]
        full = max(fuller, key=len, default=short)
        candidates = [name for name in own if abbreviates(name, full)]
        if candidates == [short] and all(name == full or abbreviates(name, full) for name in fuller):
            author = author.model_copy(update={"name": known[full]})
        authors.append(author)
    return tuple(authors)
