"""The public record of ORCID: what people say of themselves, or let others enter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from seeds import person_builder, record_builder
from seeds.json_values import items, mapping, text
from seeds.services.answers import ServiceAnswer, document
from store.models import Authorship, Identifier, PaperRecord, Source
from store.outside import FoundPerson
from store.text import partial_dates, person_identifiers

_SCHEMES = {"doi": "doi", "arxiv": "arxiv"}


def read_record(content: bytes, source: Source) -> ServiceAnswer:
    """A person with their works, the newest first; raises `UnreadableRecordError`."""
    answer = document(content)
    activities = mapping(answer.get("activities-summary"))
    groups = [mapping(one) for one in items(mapping(activities.get("works")).get("group"))]
    summaries = [mapping(next(iter(items(group.get("work-summary"))), None)) for group in groups]
    person = _person(answer, activities, summaries, source)
    papers: list[PaperRecord] = []
    for summary in summaries:
        try:
            papers.append(_paper(summary, person, source))
        except record_builder.UnreadableRecordError:
            continue  # people leave titles out, and what has none is no loss
    papers.sort(key=lambda paper: paper.published or "", reverse=True)
    return ServiceAnswer(people=(person,), papers=tuple(papers), total=len(papers))


def _person(
    answer: Mapping[str, Any], activities: Mapping[str, Any], works: list[Mapping[str, Any]], source: Source
) -> FoundPerson:
    person = mapping(answer.get("person"))
    name = mapping(person.get("name"))
    full = " ".join(filter(None, (_value(name.get("given-names")), _value(name.get("family-name")))))
    addresses = items(mapping(person.get("researcher-urls")).get("researcher-url"))
    others = items(mapping(person.get("other-names")).get("other-name"))
    return person_builder.build(
        source,
        person_identifiers.of("orcid", text(mapping(answer.get("orcid-identifier")).get("path"))),
        name=_value(name.get("credit-name")) or full,
        other_names=[full, *(text(mapping(one).get("content")) for one in others)],
        affiliations=_employments(activities),
        papers=len(works) or None,
        years=[year for work in works for year in _year(work.get("publication-date"))],
        homepage=next((_value(mapping(one).get("url")) for one in addresses), ""),
    )


def _paper(summary: Mapping[str, Any], person: FoundPerson, source: Source) -> PaperRecord:
    date = mapping(summary.get("publication-date"))
    return record_builder.build(
        source,
        title=_value(mapping(summary.get("title")).get("title")),
        authors=[Authorship(name=person.name)],
        authors_complete=False,
        published=partial_dates.from_parts(*(_value(date.get(part)) for part in ("year", "month", "day"))),
        venue=_value(summary.get("journal-title")),
        identifiers=_identifiers(summary),
    )


def _identifiers(summary: Mapping[str, Any]) -> Iterator[Identifier | None]:
    for one in items(mapping(summary.get("external-ids")).get("external-id")):
        outside = mapping(one)
        scheme = _SCHEMES.get(text(outside.get("external-id-type")))
        if scheme and text(outside.get("external-id-relationship")) in ("", "self"):
            yield record_builder.identifier(scheme, text(outside.get("external-id-value")))


def _employments(activities: Mapping[str, Any]) -> Iterator[tuple[str, Iterable[int]]]:
    """Where the person works, then where they worked; a job that goes on counts as of its first year on."""
    for group in items(mapping(activities.get("employments")).get("affiliation-group")):
        for one in items(mapping(group).get("summaries")):
            job = mapping(mapping(one).get("employment-summary"))
            years = [*_year(job.get("start-date")), *_year(job.get("end-date"))]
            yield text(mapping(job.get("organization")).get("name")), years


def _year(date: object) -> list[int]:
    year = _value(mapping(date).get("year"))
    return [int(year)] if year.isdecimal() and len(year) == 4 else []


def _value(value: object) -> str:
    return text(mapping(value).get("value"))
