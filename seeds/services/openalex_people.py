"""Answers of OpenAlex about people, and its lists of works, page by page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seeds import person_builder
from seeds.json_values import count, items, mapping, text
from seeds.markup import without_markup
from seeds.services import openalex
from seeds.services.answers import BestKnown, ServiceAnswer, alone, document, each, listed
from store.models import Source
from store.outside import FoundPerson
from store.text import person_identifiers


def read_people(content: bytes, source: Source) -> ServiceAnswer:
    """A list of authors; raises `UnreadableRecordError`."""
    people, problems = each(listed(document(content), "results"), lambda item: person(item, source))
    return ServiceAnswer(people=people, problems=problems)


def read_person(content: bytes, source: Source) -> ServiceAnswer:
    """One author; raises `UnreadableRecordError`."""
    people, problems = alone(document(content), lambda item: person(item, source))
    return ServiceAnswer(people=people, problems=problems)


def read_works(content: bytes, source: Source) -> ServiceAnswer:
    """A page of works; raises `UnreadableRecordError`."""
    answer = document(content)
    papers, problems = each(listed(answer, "results"), lambda item: openalex.record(item, source))
    meta = mapping(answer.get("meta"))
    cursor = text(meta.get("next_cursor")) or None
    return ServiceAnswer(papers=papers, problems=problems, total=count(meta.get("count")), cursor=cursor)


def read_work(content: bytes, source: Source) -> ServiceAnswer:
    """One work; raises `UnreadableRecordError`."""
    papers, problems = alone(document(content), lambda item: openalex.record(item, source))
    return ServiceAnswer(papers=papers, problems=problems)


def read_best_known(content: bytes, source: Source) -> ServiceAnswer:
    """The works of each author that a list of works names, which begins with those that are cited most."""
    best: list[BestKnown] = []
    for work in map(mapping, listed(document(content), "results")):
        title = without_markup(text(work.get("title")) or text(work.get("display_name")))
        for authorship in items(work.get("authorships"))[: person_builder.MOST_AFFILIATIONS]:
            author = text(mapping(mapping(authorship).get("author")).get("id")).rpartition("/")[2]
            if title and author:
                best.append(BestKnown(person=author, title=title))
    return ServiceAnswer(best_known=tuple(best))


def person(author: Mapping[str, Any], source: Source) -> FoundPerson:
    """One author; raises `UnreadableRecordError`."""
    ids = mapping(author.get("ids"))
    affiliations = [
        (text(mapping(mapping(one).get("institution")).get("display_name")), _years(mapping(one).get("years")))
        for one in items(author.get("affiliations"))
    ]
    last_known = items(author.get("last_known_institutions")) or items(author.get("last_known_institution"))
    topics = [mapping(one) for one in items(author.get("topics")) or items(author.get("x_concepts"))]
    by_year = [mapping(one) for one in items(author.get("counts_by_year"))]
    return person_builder.build(
        source,
        person_identifiers.of("openalex", text(author.get("id"))),
        name=text(author.get("display_name")),
        other_names=map(text, items(author.get("display_name_alternatives"))),
        other_identifiers=[person_identifiers.of("orcid", text(author.get("orcid")) or text(ids.get("orcid")))],
        affiliations=affiliations or [(text(mapping(one).get("display_name")), ()) for one in last_known],
        papers=count(author.get("works_count")),
        citations=count(author.get("cited_by_count")),
        h_index=count(mapping(author.get("summary_stats")).get("h_index")),
        years=[
            *(year for one in by_year if one.get("works_count") for year in _years(one.get("year"))),
            *(year for _, seen in affiliations for year in seen),
        ],
        fields=[
            text(mapping(one.get("subfield")).get("display_name")) or text(one.get("display_name")) for one in topics
        ],
    )


def _years(value: object) -> list[int]:
    return [year for year in items(value) if type(year) is int]
