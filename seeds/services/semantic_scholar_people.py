"""Answers of Semantic Scholar about people, and its lists of papers; anything in them may be null."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from typing import Any

from seeds import person_builder
from seeds.json_values import count, items, mapping, text
from seeds.record_builder import UnreadableRecordError
from seeds.services import semantic_scholar
from seeds.services.answers import BestKnown, ServiceAnswer, alone, document, each, listed
from store.models import Source
from store.outside import FoundPerson
from store.text import person_identifiers

MOST_BEST_KNOWN = 50
"""Titles of one person by which they are found to be the same elsewhere; by choice, more than a few that all have."""


def read_people(content: bytes, source: Source) -> ServiceAnswer:
    """A page of the author search; raises `UnreadableRecordError`."""
    answer = document(content)
    if answer.get("total") == 0:  # then there is no list at all
        return ServiceAnswer()
    found = listed(answer, "data")
    people, problems = each(found, lambda item: person(item, source))
    best_known = tuple(known for item in found for known in _best_known(mapping(item)))
    return ServiceAnswer(people=people, problems=problems, best_known=best_known)


def read_person(content: bytes, source: Source) -> ServiceAnswer:
    """One author; raises `UnreadableRecordError`."""
    people, problems = alone(document(content), lambda item: person(item, source))
    return ServiceAnswer(people=people, problems=problems)


def read_papers(content: bytes, source: Source) -> ServiceAnswer:
    """A page of papers, by search or by author; raises `UnreadableRecordError`."""
    answer = document(content)
    if answer.get("total") == 0:
        return ServiceAnswer(total=0)
    papers, problems = each(listed(answer, "data"), lambda item: semantic_scholar.record(item, source))
    return ServiceAnswer(
        papers=papers, problems=problems, total=count(answer.get("total")), cursor=text(answer.get("next")) or None
    )


def read_batch(content: bytes, source: Source) -> ServiceAnswer:
    """A batch of papers, in which those that are not there are null; raises `UnreadableRecordError`."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableRecordError("it is not JSON") from error
    if not isinstance(found, list):
        raise UnreadableRecordError("it is not a list")
    there = [one for one in found if one is not None]
    papers, problems = each(there, lambda item: semantic_scholar.record(item, source))
    return ServiceAnswer(papers=papers, problems=problems)


def _best_known(author: Mapping[str, Any]) -> list[BestKnown]:
    papers = sorted(map(mapping, items(author.get("papers"))), key=lambda one: -(count(one.get("citationCount")) or 0))
    titles = filter(None, (text(one.get("title")) for one in papers))
    return [BestKnown(person=text(author.get("authorId")), title=title) for title in islice(titles, MOST_BEST_KNOWN)]


def person(author: Mapping[str, Any], source: Source) -> FoundPerson:
    """One author; raises `UnreadableRecordError`."""
    outside = mapping(author.get("externalIds"))
    papers = [mapping(one) for one in items(author.get("papers"))]
    best = max(papers, key=lambda one: count(one.get("citationCount")) or 0, default={})
    fields = Counter(text(field) for one in papers for field in items(one.get("fieldsOfStudy")))
    return person_builder.build(
        source,
        person_identifiers.of("s2", text(author.get("authorId"))),
        name=text(author.get("name")),
        other_names=[*map(text, items(author.get("aliases"))), *map(text, items(outside.get("DBLP")))],
        other_identifiers=[person_identifiers.of("orcid", text(outside.get("ORCID")))],
        affiliations=[(text(name), ()) for name in items(author.get("affiliations"))],
        papers=count(author.get("paperCount")),
        citations=count(author.get("citationCount")),
        h_index=count(author.get("hIndex")),
        years=[year for one in papers if type(year := one.get("year")) is int],
        fields=[field for field, _ in fields.most_common()],
        best_known=text(best.get("title")),
        homepage=text(author.get("homepage")),
    )
