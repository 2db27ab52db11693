"""One paper's record from a foreign one: TeX made readable, names tidied, everything within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from email.utils import parsedate_to_datetime
from itertools import islice
from typing import Any

from pydantic import ValidationError

from seeds.links import code_links
from seeds.tex.convert import clean, to_text
from store.models import Authorship, Identifier, Link, PaperRecord, Scheme, Source
from store.text.identifiers import names_of
from store.text.person_names import is_group

LONGEST_TITLE = 2_000
LONGEST_ABSTRACT = 50_000
LONGEST_NAME = 200
LONGEST_VENUE = 500
MOST_AUTHORS = 5_000
LONGEST_AFFILIATION = 300
MOST_AFFILIATIONS = 100
MOST_CROSS_LISTS = 20
MOST_IDENTIFIERS = 30
MOST_LINKS = 30

_CATEGORY = re.compile(r"[A-Za-z][A-Za-z.-]{0,29}")
_NAME_ELSEWHERE = re.compile(r"[!-~]{1,200}")


class UnreadableError(Exception):
    """A foreign record that cannot become one of ours. The message is part of a sentence: what is wrong with it."""


def record(
    source: Source,
    *,
    title: str | None,
    abstract: str | None = None,
    authors: Sequence[Authorship] = (),
    authors_complete: bool = True,
    affiliations: Iterable[str] = (),
    category: str | None = None,
    cross_lists: Iterable[str] = (),
    identifiers: Iterable[Identifier | None] = (),
    links: Iterable[Link | None] = (),
    **rest: Any,
) -> PaperRecord:
    """A record of what the source says, with the addresses in the abstract among the links.

    Title and abstract may hold TeX. Raises `UnreadableError` where there is no title or a text is beyond any bound: no
    text is cut. Of more than 5,000 authors the first ones stay, and the list is marked incomplete.
    """
    title_tex, abstract_tex = (clean(text) if text else "" for text in (title, abstract))
    for what, text, longest in (("title", title_tex, LONGEST_TITLE), ("abstract", abstract_tex, LONGEST_ABSTRACT)):
        if len(text) > longest:
            raise UnreadableError(f"its {what} has more than {longest:,} characters")
    title, abstract = to_text(title_tex), to_text(abstract_tex)
    if not title:
        raise UnreadableError("it has no title")
    if rest.get("updated") == rest.get("published"):
        rest.pop("updated", None)
    every_link = {link.url: link for link in (*links, *code_links(abstract_tex)) if link is not None}
    try:
        return PaperRecord(
            source=source,
            title=title,
            title_tex=title_tex if title_tex != title else None,
            abstract=abstract or None,
            abstract_tex=abstract_tex if abstract_tex != abstract else None,
            authors=tuple(authors[:MOST_AUTHORS]),
            authors_complete=authors_complete and len(authors) <= MOST_AUTHORS,
            affiliations=_affiliations(affiliations),
            category=category if category and _CATEGORY.fullmatch(category) else None,
            cross_lists=tuple(filter(_CATEGORY.fullmatch, cross_lists))[:MOST_CROSS_LISTS],
            identifiers=tuple(dict.fromkeys(n for i in identifiers if i for n in names_of(i)))[:MOST_IDENTIFIERS],
            links=tuple(every_link.values())[:MOST_LINKS],
            **rest,
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        raise UnreadableError(f"its {wrong['loc'][0] if wrong['loc'] else 'record'} cannot be read") from error


def _affiliations(places: Iterable[str]) -> tuple[str, ...]:
    readable = (to_text(place) for place in islice(places, MOST_AUTHORS))
    kept = dict.fromkeys(place for place in readable if 0 < len(place) <= LONGEST_AFFILIATION)
    return tuple(kept)[:MOST_AFFILIATIONS]


def identifier(scheme: Scheme, value: str) -> Identifier | None:
    """A name in a scheme whose form is not checked; None if it is empty, too long or not plain ASCII."""
    return Identifier(scheme=scheme, value=value) if _NAME_ELSEWHERE.fullmatch(value) else None


def byline(names: Iterable[str]) -> tuple[Authorship, ...]:
    """An author list in its order. Names without letters and names beyond any bound are left out."""
    readable = map(to_text, islice(names, MOST_AUTHORS + 1))  # one more tells that the list is not complete
    kept = [name for name in readable if len(name) <= LONGEST_NAME and any(char.isalpha() for char in name)]
    return tuple(
        Authorship(name=name, position=place, is_group=is_group(name)) for place, name in enumerate(kept, start=1)
    )


def rfc_date(text: str) -> str | None:
    """The ISO date of `Mon, 2 Apr 2007 19:18:42 GMT`; None for anything else."""
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError):
        return None


def venue(name: str | None) -> str | None:
    """Where a paper appeared; None for arXiv, which is where preprints are kept."""
    readable = to_text(name or "")
    if not readable or len(readable) > LONGEST_VENUE or re.match(r"arxiv\b|corr\b", readable, re.IGNORECASE):
        return None
    return readable
