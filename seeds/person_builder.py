"""Builds a found person from what a service gives: readable text, everything within bounds."""

from __future__ import annotations

from collections.abc import Iterable

from seeds.links import link_to
from seeds.record_builder import LONGEST_AFFILIATION, LONGEST_NAME, LONGEST_TITLE, UnreadableRecordError
from seeds.tex.convert import to_text
from store.models import Source
from store.outside import Affiliation, FoundPerson, PersonIdentifier

# Bounds on what is told of one person; by choice, more than a card can show.
MOST_NAMES = 30
MOST_AFFILIATIONS = 30
MOST_FIELDS = 10
FIRST_YEAR, LAST_YEAR = 1500, 2200
"""Years outside these are mistakes."""


def build(
    source: Source,
    identifier: PersonIdentifier | None,
    *,
    name: str,
    other_names: Iterable[str] = (),
    other_identifiers: Iterable[PersonIdentifier | None] = (),
    affiliations: Iterable[tuple[str, Iterable[int]]] = (),
    papers: int | None = None,
    citations: int | None = None,
    h_index: int | None = None,
    years: Iterable[int] = (),
    fields: Iterable[str] = (),
    best_known: str = "",
    homepage: str = "",
) -> FoundPerson:
    """A person; raises `UnreadableRecordError` where there is no name or no identifier.

    `affiliations` are names with the years that are known; `years` those of papers, in any order.
    """
    name = to_text(name)
    if identifier is None or not any(char.isalpha() for char in name) or len(name) > LONGEST_NAME:
        raise UnreadableRecordError("it is no person with a name and an id")
    others = dict.fromkeys(to_text(other) for other in other_names)
    ids = dict.fromkeys(one for one in other_identifiers if one and one != identifier)
    known = [year for year in years if FIRST_YEAR <= year <= LAST_YEAR]
    link = link_to(homepage)
    return FoundPerson(
        source=source,
        identifier=identifier,
        name=name,
        other_names=tuple(o for o in others if o and o != name and len(o) <= LONGEST_NAME)[:MOST_NAMES],
        other_identifiers=tuple(ids)[:MOST_NAMES],
        affiliations=_affiliations(affiliations),
        papers=papers,
        citations=citations,
        h_index=h_index,
        first_year=min(known, default=None),
        last_year=max(known, default=None),
        fields=tuple(dict.fromkeys(f for f in map(to_text, fields) if 0 < len(f) <= LONGEST_NAME))[:MOST_FIELDS],
        best_known=to_text(best_known)[:LONGEST_TITLE] or None,
        homepage=link.url if link else None,
    )


def _affiliations(given: Iterable[tuple[str, Iterable[int]]]) -> tuple[Affiliation, ...]:
    """Each once, the newest first; those without years keep their place among each other, at the end."""
    years: dict[str, list[int]] = {}
    for name, seen in given:
        if 0 < len(readable := to_text(name)) <= LONGEST_AFFILIATION:
            years.setdefault(readable, []).extend(year for year in seen if FIRST_YEAR <= year <= LAST_YEAR)
    found = [
        Affiliation(name=name, first_year=min(seen, default=None), last_year=max(seen, default=None))
        for name, seen in years.items()
    ]
    return tuple(sorted(found, key=lambda one: -(one.last_year or 0)))[:MOST_AFFILIATIONS]
