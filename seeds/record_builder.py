"""Builds the record of one paper from what a source gives: TeX made readable, and everything within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from typing import cast, get_args

from pydantic import ValidationError

from seeds.links import links_in
from seeds.tex.convert import clean, to_text
from store.models import (
    AuthorId,
    Authorship,
    Identifier,
    Link,
    Notice,
    NoticeKind,
    PaperRecord,
    Scheme,
    Source,
)
from store.text import identifiers as known_forms
from store.text.person_names import is_group

# Bounds on what one record may hold, against input that is no paper; by choice, above nearly every paper.
LONGEST_TITLE = 2_000
LONGEST_ABSTRACT = 50_000
LONGEST_NAME = 200
LONGEST_VENUE = 500
MOST_AUTHORS = 5_000
MOST_AUTHOR_IDS = 300
LONGEST_AFFILIATION = 300
MOST_AFFILIATIONS = 100
MOST_CROSS_LISTS = 20
MOST_IDENTIFIERS = 30
MOST_LINKS = 30
MOST_NOTICES = 20
MOST_CITED = 300

_CATEGORY = re.compile(r"[A-Za-z][A-Za-z.-]{0,29}")
_PRINTABLE_ASCII = re.compile(r"[!-~]{1,200}")
_WITHDRAWAL = re.compile(
    r"\s*(?:(?:this|the)\s+)?(?:(?:paper|article|manuscript|submission|preprint|work|note)\s+)?"
    r"(?:(?:is|was|has\s+been)\s+)?(?:now\s+|being\s+|temporarily\s+)?withdrawn\b",
    re.IGNORECASE,
)
_NOTICES: Mapping[str, NoticeKind] = {
    "retraction": "retraction",
    "withdrawal": "withdrawal",
    "removal": "withdrawal",
    "expression_of_concern": "concern",
    "correction": "correction",
    "corrigendum": "correction",
    "erratum": "correction",
    "partial_retraction": "correction",
}
_PREPRINT_VENUE = re.compile(r"arxiv\b|corr\b", re.IGNORECASE)


class UnreadableRecordError(Exception):
    """A source's record that cannot become one of ours. The message is part of a sentence: what is wrong with it."""


def build(
    source: Source,
    *,
    title: str | None,
    abstract: str | None = None,
    authors: Sequence[Authorship] = (),
    authors_complete: bool = True,
    author_ids: Iterable[AuthorId | None] = (),
    affiliations: Iterable[str] = (),
    published: str | None = None,
    updated: str | None = None,
    category: str | None = None,
    cross_lists: Iterable[str] = (),
    venue: str | None = None,
    has_code: bool | None = None,
    citations: int | None = None,
    identifiers: Iterable[Identifier | None] = (),
    links: Iterable[Link | None] = (),
    withdrawn: bool = False,
    notices: Iterable[Notice | None] = (),
    version: int | None = None,
    cites: Iterable[Identifier | None] = (),
) -> PaperRecord:
    """A record of what the source says, with the web addresses in the abstract among the links.

    Title and abstract may hold TeX. Raises `UnreadableRecordError` where there is no title or a text is longer than its
    bound: no text is cut. Of more than 5,000 authors the first ones stay, and the list is marked incomplete. `updated`
    is left out where it is the day of publication.
    """
    title_tex, abstract_tex = (clean(text) if text else "" for text in (title, abstract))
    for what, text, longest in (("title", title_tex, LONGEST_TITLE), ("abstract", abstract_tex, LONGEST_ABSTRACT)):
        if len(text) > longest:
            raise UnreadableRecordError(f"its {what} has more than {longest:,} characters")
    title, abstract = to_text(title_tex), to_text(abstract_tex)
    if not title:
        raise UnreadableRecordError("it has no title")
    every_link = {link.url: link for link in (*links, *links_in(abstract_tex)) if link is not None}
    every_identifier = dict.fromkeys(name for one in identifiers if one for name in known_forms.names_of(one))
    try:
        return PaperRecord(
            source=source,
            title=title,
            abstract=abstract or None,
            authors=tuple(authors[:MOST_AUTHORS]),
            authors_complete=authors_complete and len(authors) <= MOST_AUTHORS,
            author_ids=_author_ids(author_ids),
            affiliations=_affiliations(affiliations),
            published=published,
            updated=updated if updated != published else None,
            category=category if category and _CATEGORY.fullmatch(category) else None,
            cross_lists=tuple(filter(_CATEGORY.fullmatch, cross_lists))[:MOST_CROSS_LISTS],
            venue=_venue(venue),
            has_code=has_code,
            citations=citations,
            identifiers=tuple(every_identifier)[:MOST_IDENTIFIERS],
            links=tuple(every_link.values())[:MOST_LINKS],
            withdrawn=withdrawn,
            notices=tuple(dict.fromkeys(islice(filter(None, notices), MOST_NOTICES))),
            version=version,
            cites=_cited(cites),
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        raise UnreadableRecordError(f"its {wrong['loc'][0] if wrong['loc'] else 'record'} cannot be read") from error


def authorships(names: Iterable[str]) -> tuple[Authorship, ...]:
    """An author list in its order. Names without letters and names beyond any bound are left out."""
    readable = map(to_text, islice(names, MOST_AUTHORS + 1))  # one more tells that the list is not complete
    kept = [name for name in readable if len(name) <= LONGEST_NAME and any(char.isalpha() for char in name)]
    return tuple(
        Authorship(name=name, position=position, is_group=is_group(name)) for position, name in enumerate(kept, start=1)
    )


def identifier(scheme: str, value: str) -> Identifier | None:
    """An identifier by the name of its scheme; None for an unknown scheme and a value that it cannot have."""
    if scheme == "arxiv":
        return known_forms.arxiv(value)
    if scheme == "doi":
        return next(iter(known_forms.of_doi(value)), None)
    if scheme not in get_args(Scheme) or not _PRINTABLE_ASCII.fullmatch(value):
        return None
    return Identifier(scheme=cast(Scheme, scheme), value=value)


def _cited(found: Iterable[Identifier | None]) -> tuple[Identifier, ...]:
    """The first of a list of references, each once, by the two schemes by which papers are asked for most."""
    named = (one for one in islice(found, MOST_AUTHORS) if one and one.scheme in ("arxiv", "doi"))
    return tuple(islice(dict.fromkeys(named), MOST_CITED))


def notice(kind: str, told_by: str, date: str | None = None, doi: str = "") -> Notice | None:
    """A notice by the kind that Crossref gives it; None for kinds that say nothing of the paper's worth."""
    known = _NOTICES.get(kind.lower().replace("-", "_"))
    named = next(iter(known_forms.of_doi(doi)), None)
    return Notice(kind=known, told_by=told_by, date=date, doi=named.value if named else None) if known else None


def is_withdrawal(comments: str) -> bool:
    """Whether the authors' comments begin by saying that the paper is withdrawn, which is arXiv's only mark of it."""
    return bool(_WITHDRAWAL.match(comments))


def _author_ids(found: Iterable[AuthorId | None]) -> tuple[AuthorId, ...]:
    """The names as `authorships` has them; of longer lists only the first count as evidence."""
    kept = (one.model_copy(update={"name": to_text(one.name)}) for one in islice(found, MOST_AUTHOR_IDS) if one)
    return tuple(dict.fromkeys(one for one in kept if 0 < len(one.name) <= LONGEST_NAME))


def _affiliations(names: Iterable[str]) -> tuple[str, ...]:
    readable = (to_text(name) for name in islice(names, MOST_AUTHORS))
    kept = dict.fromkeys(name for name in readable if 0 < len(name) <= LONGEST_AFFILIATION)
    return tuple(kept)[:MOST_AFFILIATIONS]


def _venue(name: str | None) -> str | None:
    """Where a paper appeared; None for arXiv, which is where preprints are kept."""
    readable = to_text(name or "")
    return readable if 0 < len(readable) <= LONGEST_VENUE and not _PREPRINT_VENUE.match(readable) else None
