"""One paper's record from a foreign one: TeX made readable, names tidied, everything within bounds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from pydantic import ValidationError

from seeds.links import code_links
from seeds.tex import clean, to_text
from store.models import Authorship, Identifier, Link, PaperRecord, Source

LONGEST_TITLE = 2_000
LONGEST_ABSTRACT = 50_000
LONGEST_NAME = 200
MOST_AUTHORS = 5_000
MOST_AFFILIATIONS = 100
MOST_LINKS = 30

_GROUP = re.compile(
    r"(?i:^(?:the )?team\b|\b(?:team|collaboration|consortium|working group|task force|initiative|committee)$)"
    r"|-AI$|^OpenAI$"
)
_MONTHS = {
    name: number for number, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(" "), start=1)
}


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
    identifiers: Iterable[Identifier] = (),
    links: Iterable[Link | None] = (),
    tex: bool = True,
    **rest: Any,
) -> PaperRecord:
    """A record of what the source says, with the addresses in the abstract among the links.

    Title and abstract are TeX unless `tex` is False. Raises `UnreadableError` without a title or with one beyond any
    bound, never cuts a text. Of more than 5,000 authors the first ones stay, and the list is marked incomplete.
    """
    title_tex, abstract_tex = (clean(text) if text else "" for text in (title, abstract))
    readable = to_text if tex else clean
    title, abstract = readable(title_tex), readable(abstract_tex)
    if not title:
        raise UnreadableError("it has no title")
    for what, text, longest in (("title", title_tex, LONGEST_TITLE), ("abstract", abstract_tex, LONGEST_ABSTRACT)):
        if len(text) > longest:
            raise UnreadableError(f"its {what} has more than {longest:,} characters")
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
            affiliations=tuple(dict.fromkeys(filter(None, map(to_text, affiliations))))[:MOST_AFFILIATIONS],
            identifiers=tuple(dict.fromkeys(identifiers)),
            links=tuple(every_link.values())[:MOST_LINKS],
            **rest,
        )
    except ValidationError as error:
        wrong = error.errors()[0]
        raise UnreadableError(f"its {wrong['loc'][0] if wrong['loc'] else 'record'} cannot be read") from error


def byline(names: Iterable[str]) -> tuple[Authorship, ...]:
    """An author list in its order. Names without letters and names beyond any bound are left out."""
    readable = [to_text(name) for name in names]
    kept = [name for name in readable if len(name) <= LONGEST_NAME and any(char.isalpha() for char in name)]
    return tuple(
        Authorship(name=name, position=place, is_group=is_group(name)) for place, name in enumerate(kept, start=1)
    )


def is_group(name: str) -> bool:
    """Whether a name is that of a team or collaboration, as far as its words tell."""
    return bool(_GROUP.search(name))


def month(name: str) -> int | None:
    """Number of an English month by its name or the first three letters of it."""
    return _MONTHS.get(name.strip().lower()[:3])
