"""One paper from what several sources say of it.

The best source that gives a value decides what the card shows, and of equal sources the one read last. Other values
stay in the records, and are listed as a disagreement where they differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from store.catalog.evidence import DATED_BY_PREPRINT, PREPRINT_VENUE
from store.models import Authorship, Claim, Disagreement, Handle, Identifier, Link, Paper, PaperRecord, SourceKind
from store.text.arxiv_taxonomy import same_category
from store.text.normalize import fold
from store.text.partial_dates import agree, bounds, most_exact
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
    preprinted, in_venue = _preprint_and_publication(by_rank)
    found = Paper(
        handle=handle,
        title=by_rank[0].title,
        abstract=best(lambda r: r.abstract),
        authors=_authors(listed, by_rank),
        authors_complete=listed.authors_complete,
        affiliations=best(lambda r: r.affiliations) or (),
        published=most_exact([r.published for r in by_rank if r.published]),
        updated=max((r.updated for r in by_rank if r.updated), default=None),
        category=best(lambda r: r.category),
        cross_lists=best(lambda r: r.cross_lists) or (),
        venue=best(_publication_venue) or best(lambda r: r.venue),
        has_code=next((r.has_code for r in by_rank if r.has_code is not None), None),
        citations=counted.citations if counted else None,
        citations_source=counted.source if counted else None,
        identifiers=identifiers(by_rank),
        links=_links(by_rank),
        sources=tuple(r.source for r in (*corrections, *by_rank)),
        withdrawn=any(r.withdrawn for r in by_rank),
        disagreements=_disagreements(by_rank, corrections),
        preprinted=preprinted,
        in_venue=in_venue,
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


def _publication_venue(record: PaperRecord) -> str | None:
    """The venue of a record, unless it is a place of preprints: a conference says more of a paper than CoRR does."""
    return record.venue if record.venue and not PREPRINT_VENUE.search(fold(record.venue)) else None


def _preprint_and_publication(records: Sequence[PaperRecord]) -> tuple[str | None, str | None]:
    """When the preprint and when the venue's publication came out; neither unless sources tell the two apart."""
    on_arxiv = any(i.scheme == "arxiv" for i in identifiers(records))
    preprints, publications = [], []
    for record in records:
        if not record.published:
            continue
        if record.source.kind in DATED_BY_PREPRINT:
            if on_arxiv:
                preprints.append(record.published)
        elif _publication_venue(record):
            publications.append(record.published)
        elif record.venue:
            preprints.append(record.published)
    preprint, publication = most_exact(preprints), most_exact(publications)
    if preprint and publication and bounds(preprint)[1] < bounds(publication)[0] and not agree(preprint, publication):
        return preprint, publication
    return None, None


def identifiers(records: Sequence[PaperRecord]) -> tuple[Identifier, ...]:
    """All outside names that the records give, each once, in their order."""
    return tuple(dict.fromkeys(identifier for r in records for identifier in r.identifiers))


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


_SHOWN_FIRST: dict[str, Callable[[PaperRecord], float]] = {
    "venue": lambda r: _publication_venue(r) is None,
    "citations": lambda r: -r.source.retrieved.timestamp(),
}
"""The order of records for fields of which the card does not show the value of the best source."""


def _disagreements(records: Sequence[PaperRecord], corrections: Sequence[PaperRecord]) -> tuple[Disagreement, ...]:
    if len(records) + len(corrections) == 1:
        return ()
    found = []
    fields: tuple[tuple[str, Callable[[PaperRecord], str | None], Callable[[str, str], bool]], ...] = (
        ("title", lambda r: r.title, lambda a, b: fold(a) == fold(b)),
        ("published", lambda r: r.published, agree),
        ("venue", lambda r: r.venue, lambda a, b: fold(a) == fold(b)),
        ("category", lambda r: r.category, same_category),
        ("citations", lambda r: None if r.citations is None else f"{r.citations:,}", lambda a, b: a == b),
    )
    for field, value, same in fields:
        claims: list[Claim] = []
        ordered = sorted(records, key=_SHOWN_FIRST[field]) if field in _SHOWN_FIRST else records
        for record in (*(r for r in corrections if field in r.corrects), *ordered):
            claimed = value(record)
            if not claimed:
                continue
            index = next((i for i, claim in enumerate(claims) if same(claim.value, claimed)), None)
            if index is None:
                claims.append(Claim(value=claimed, source=record.source))
            else:
                others = (*claims[index].others, record.source)
                claims[index] = claims[index].model_copy(update={"others": others})
        if len(claims) > 1:
            found.append(Disagreement(field=field, claims=tuple(claims)))
    return tuple(found)
