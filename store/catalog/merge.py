"""One paper from what several sources say of it.

Sources are ranked by how close they are to the paper itself; among equals the later word wins. What another source
says differently stays in the records, and is listed as a disagreement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from store.models import Authorship, Claim, Disagreement, Handle, Identifier, Link, Paper, PaperRecord, SourceKind
from store.text.arxiv_taxonomy import same_category
from store.text.normalize import fold
from store.text.partial_dates import agree, most_exact
from store.text.person_names import abbreviates, has_initial

_NEAREST_FIRST: tuple[SourceKind, ...] = (
    "arxiv",
    "oai",
    "crossref",
    "dblp",
    "openalex",
    "s2",
    "author_page",
    "csl",
    "bibtex",
    "ris",
    "dump",
)
_RANK = {kind: rank for rank, kind in enumerate(_NEAREST_FIRST)}
_T = TypeVar("_T")


def merge(handle: Handle, records: Sequence[PaperRecord]) -> Paper:
    """The paper that the records, at least one, describe."""
    by_rank = sorted(records, key=lambda r: (_RANK[r.source.kind], -r.source.retrieved.timestamp(), r.source.name))

    def best(value: Callable[[PaperRecord], _T | None]) -> _T | None:
        return next((found for r in by_rank if (found := value(r))), None)

    counted = max(
        (r for r in by_rank if r.citations is not None), key=lambda r: r.source.retrieved.timestamp(), default=None
    )
    listed = max(by_rank, key=lambda r: (bool(r.authors), r.authors_complete, -_RANK[r.source.kind]))
    return Paper(
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
        venue=best(lambda r: r.venue),
        has_code=next((r.has_code for r in by_rank if r.has_code is not None), None),
        citations=counted.citations if counted else None,
        citations_source=counted.source if counted else None,
        identifiers=identifiers(by_rank),
        links=_links(by_rank),
        sources=tuple(r.source for r in by_rank),
        withdrawn=any(r.withdrawn for r in by_rank),
        disagreements=_disagreements(by_rank),
    )


def identifiers(records: Sequence[PaperRecord]) -> tuple[Identifier, ...]:
    """All outside names that the records give, each once, in their order."""
    return tuple(dict.fromkeys(identifier for r in records for identifier in r.identifiers))


def _links(records: Sequence[PaperRecord]) -> tuple[Link, ...]:
    return tuple({link.url: link for r in reversed(records) for link in reversed(r.links)}.values())[::-1]


def _authors(listed: PaperRecord, records: Sequence[PaperRecord]) -> tuple[Authorship, ...]:
    """The best list, spelt out; where it is incomplete, those whom other sources name follow it without a place."""
    if listed.authors_complete:
        return _spelt_out(listed, records)
    authors = {fold(a.name): a for a in _spelt_out(listed, records)}
    for record in records:
        for author in _spelt_out(record, records):
            authors.setdefault(fold(author.name), author.model_copy(update={"position": None}))
    return tuple(authors.values())


def _spelt_out(record: PaperRecord, records: Sequence[PaperRecord]) -> tuple[Authorship, ...]:
    """The record's authors, those of whom it has initials as another record of the paper has them in full.

    Initials that may be of two people stay as they are.
    """
    if len(records) == 1 or not any(has_initial(author.name) for author in record.authors):
        return record.authors
    own = [fold(author.name) for author in record.authors]
    known = {fold(a.name): a.name for r in records for a in r.authors}
    authors = []
    for author, short in zip(record.authors, own, strict=True):
        fuller = [name for name in known if name not in own and abbreviates(short, name)]
        full = max(fuller, key=len, default=short)
        meant = [name for name in own if abbreviates(name, full)]
        if meant == [short] and all(name == full or abbreviates(name, full) for name in fuller):
            author = author.model_copy(update={"name": known[full]})
        authors.append(author)
    return tuple(authors)


def _disagreements(records: Sequence[PaperRecord]) -> tuple[Disagreement, ...]:
    if len(records) == 1:
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
        for record in records:
            said = value(record)
            if said and not any(same(claim.value, said) for claim in claims):
                claims.append(Claim(value=said, source=record.source))
        if len(claims) > 1:
            found.append(Disagreement(field=field, claims=tuple(claims)))
    return tuple(found)
