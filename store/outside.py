"""What services outside say of people and papers that the store may lack, as frozen values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import Field

from store.models import AuthorPage, Frozen, Metric, MetricName, PaperRecord, Source

PersonScheme = Literal["openalex", "s2", "dblp", "orcid"]
ServiceName = Literal["arxiv", "dblp", "openalex", "s2", "crossref", "orcid", "openreview"]

T = TypeVar("T")


class PersonIdentifier(Frozen):
    """An outside name of a person: ORCID with its hyphens, DBLP's pid (`12/345-6`), OpenAlex's `A…`, S2's number."""

    scheme: PersonScheme
    value: str


class Affiliation(Frozen):
    """Where a person works or worked; the years are those in which the source saw it."""

    name: str
    first_year: int | None = None
    last_year: int | None = None


class FoundPerson(Frozen):
    """A person as one service knows them; what it does not say is None or empty."""

    source: Source
    identifier: PersonIdentifier
    """By which the service is asked for the person and their papers again."""
    name: str
    """As it is written on papers, without the number by which DBLP tells namesakes apart."""
    other_names: tuple[str, ...] = ()
    other_identifiers: tuple[PersonIdentifier, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    """The newest first."""
    papers: int | None = Field(default=None, ge=0)
    citations: int | None = Field(default=None, ge=0)
    h_index: int | None = Field(default=None, ge=0)
    first_year: int | None = None
    """Of their papers, as far back as the service tells; `last_year` likewise."""
    last_year: int | None = None
    fields: tuple[str, ...] = ()
    """What they work on, the principal field first."""
    best_known: str | None = None
    """The title of their paper that is cited most."""
    homepage: str | None = None
    elsewhere: tuple[FoundPerson, ...] | None = None
    """The same person as other services know them, one of each; None while nobody has looked."""

    @property
    def everywhere(self) -> tuple[FoundPerson, ...]:
        """The person as each service knows them, this one first; each has the others `elsewhere`."""
        alone = [one.model_copy(update={"elsewhere": None}) for one in (self, *(self.elsewhere or ()))]
        if self.elsewhere is None:
            return (self,)
        return tuple(
            one.model_copy(update={"elsewhere": tuple(other for other in alone if other is not one)}) for one in alone
        )

    @property
    def spellings(self) -> tuple[str, ...]:
        """The other names as papers may have them: without those by whose number DBLP tells namesakes apart."""
        return tuple(name for name in self.other_names if not re.search(r" [0-9]{4}$", name))

    @property
    def identifiers(self) -> tuple[PersonIdentifier, ...]:
        """All that the service says they go by, its own first."""
        return (self.identifier, *self.other_identifiers)

    @property
    def facts(self) -> tuple[str, ...]:
        """Where they are, how many papers they have and of which years, in words; what is not known is left out."""
        found = [one.name for one in self.affiliations[:1]]
        if self.papers is not None:
            found.append(f"{self.papers:,} paper{'' if self.papers == 1 else 's'}")
        if self.first_year and self.last_year:
            found.append(f"{self.first_year} to {self.last_year}")
        return tuple(found)

    def page(self, papers: tuple[PaperRecord, ...] = ()) -> AuthorPage:
        """The same as an author page with these papers, as `store.ingest` takes it in."""
        figures: tuple[tuple[MetricName, int | None], ...] = (
            ("h_index", self.h_index), ("papers", self.papers), ("citations", self.citations)
        )  # fmt: skip
        metrics = tuple(
            Metric(name=name, value=value, source=self.source) for name, value in figures if value is not None
        )
        field = next(iter(self.fields), None)
        return AuthorPage(source=self.source, name=self.name, field=field, metrics=metrics, papers=papers)


class PaperPage(Frozen):
    """Some of a person's papers.

    Where the service failed there are no papers but a `failure`, a sentence that names it and says why; to go on from
    there, or after any other page, hand on its `cursor`. It is None at the end.
    """

    papers: tuple[PaperRecord, ...] = ()
    total: int | None = None
    """Of all the person's papers, where the service says so."""
    cursor: str | None = None
    failure: str = ""


@dataclass(frozen=True)
class Outside(Generic[T]):
    """What services found, the best first; and for each that could not be asked a sentence with its name and why."""

    found: tuple[T, ...] = ()
    failures: tuple[str, ...] = ()


class Reservation(Frozen):
    """What may be spent on one request to a service: requests, or millionths of a dollar."""

    service: ServiceName
    day: str
    """In UTC, to whose budget it belongs."""
    amount: int


class ServiceState(Frozen):
    """How a service is doing, for those who run Lectern. Amounts are requests, or `in_money` millionths of a dollar."""

    service: ServiceName
    title: str
    """Its name for people."""
    has_key: bool | None
    """None where it takes none."""
    in_money: bool
    spent: int
    """Today, in UTC."""
    budget: int
    """A day; with 0 it is turned off."""
    resting: str = ""
    """Why it is not asked at the moment, and until when; empty while it is."""

    @property
    def usage(self) -> str:
        """What was spent of what may be, in words: `12 of 5,000 requests today`."""
        if not self.budget:
            return "turned off"
        if self.in_money:
            spent = f"${self.spent / 1_000_000:.4f} of ${self.budget / 1_000_000:.2f} today"
        else:
            spent = f"{self.spent:,} of {self.budget:,} requests today"
        return f"{spent}, without a key" if self.has_key is False else spent
