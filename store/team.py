"""A team as somebody types it, one person a line: who each line may be, and what the team may want to follow."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Protocol

from store.models import Frozen
from store.outside import FoundPerson, Outside, PersonIdentifier
from store.search.parser import QueryError, field_term, parse
from store.search.query import Clause, Query, Term
from store.text import person_identifiers
from store.text.arxiv_taxonomy import ARCHIVES, archive_of, full_category
from store.text.normalize import fold

MOST_PEOPLE = 10
"""A quarter of `person_people`: as many as one person may have fetched at once."""
MOST_CANDIDATES = 24
"""A list of Discord has 25 entries, and one of them is for none of these."""
MOST_QUERIES = 25
_LONGEST_LINE = 200
_BULLET = re.compile(r"^\s*(?:[-*•]|\d{1,2}[.)])\s+")


class People(Protocol):
    """Who knows people, as `commands.context.OutsideServices` describes it."""

    async def people_named(self, name: str) -> Outside[FoundPerson]:
        """People of this name."""
        ...

    async def person(self, identifier: PersonIdentifier, *, fresh: bool = False) -> Outside[FoundPerson]:
        """The person with that identifier."""
        ...


class Member(Frozen):
    """A line, whom it may mean, and who was chosen of them; `total` counts those too who are not among them.

    It `is_sure` where nobody else can be meant. `failures` tell which services could not be asked, and why.
    """

    typed: str
    candidates: tuple[FoundPerson, ...] = ()
    total: int = 0
    failures: tuple[str, ...] = ()
    is_sure: bool = False
    chosen: int | None = None
    left_out: bool = False

    @property
    def person(self) -> FoundPerson | None:
        """Who is meant; None where nobody was found or chosen."""
        return None if self.chosen is None else self.candidates[self.chosen]

    @property
    def is_open(self) -> bool:
        """Whether somebody has to say who is meant."""
        return bool(self.candidates) and self.chosen is None and not self.left_out


def lines(text: str) -> list[str]:
    """The lines of a text that say something, once each, without the bullets or numbers of a pasted list."""
    found = (_BULLET.sub("", line).strip()[:_LONGEST_LINE] for line in text.splitlines())
    return list(dict.fromkeys(filter(None, found)))


async def find(people: People, typed: str) -> Member:
    """Whom a line may mean: the person of its ORCID or link, or else the people of its name.

    Somebody is chosen only where nobody else can be meant: services list people of similar names too.
    """
    identifiers = person_identifiers.find(typed)
    answer = await (people.person(identifiers[0]) if identifiers else people.people_named(typed))
    alone = len(answer.found) == 1 and (bool(identifiers) or _is_called(answer.found[0], typed))
    return Member(
        typed=typed,
        candidates=answer.found[:MOST_CANDIDATES],
        total=len(answer.found),
        failures=answer.failures,
        is_sure=alone,
        chosen=0 if alone else None,
    )


def _is_called(person: FoundPerson, typed: str) -> bool:
    return fold(typed) in {fold(name) for name in (person.name, *person.other_names)}


def queries(people: Sequence[FoundPerson], categories: str, words: str) -> list[Query]:
    """What to follow: each person, each line of words within the categories, and each category by itself.

    Raises `QueryError` for what cannot be read, and where there are more than `MOST_QUERIES`.
    """
    named = [_category(one) for one in dict.fromkeys(re.split(r"[\s,;]+", categories.strip())) if one]
    found = [parse("", [field_term("author", person.name)]) for person in people]
    found += [_within(parse(line), named) for line in lines(words)]
    found += [parse("", [term]) for term in named]
    found = list(dict.fromkeys(found))
    if len(found) > MOST_QUERIES:
        raise QueryError(f"That makes {len(found)} subscriptions; at most {MOST_QUERIES} are made at once.")
    return found


def _category(typed: str) -> Term:
    term = field_term("cat", typed)
    if archive_of(full_category(term.value)) not in ARCHIVES:
        raise QueryError(f"arXiv has no category {typed}. Write categories as cs.CL, with spaces between.")
    return term


def _within(query: Query, categories: Sequence[Term]) -> Query:
    """The query in these categories, unless it names its own."""
    if not categories or any(term.kind == "cat" for clause in query.required for term in clause.alternatives):
        return query
    return parse(Query(clauses=(*query.clauses, Clause(alternatives=tuple(categories)))).canonical())
