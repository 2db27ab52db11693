"""Answers of DBLP about people: its author search, and the page of a person with all their publications."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.etree.ElementTree import Element

from seeds import person_builder
from seeds.formats import dblp
from seeds.json_values import items, mapping, text
from seeds.record_builder import UnreadableRecordError
from seeds.services.answers import ServiceAnswer, document, each
from seeds.xml import name_of, parse, text_of, texts_of
from store.models import Source
from store.outside import FoundPerson, PersonIdentifier
from store.text import person_identifiers

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def read_people(content: bytes, source: Source) -> ServiceAnswer:
    """Hits of the author search; raises `UnreadableRecordError`."""
    people, problems = each(_hits(content), lambda hit: _found(mapping(hit.get("info")), source))
    return ServiceAnswer(people=people, problems=problems)


def read_papers(content: bytes, source: Source) -> ServiceAnswer:
    """Hits of the publication search; raises `UnreadableRecordError`."""
    papers, problems = each(_hits(content), lambda hit: dblp.record(hit, source))
    return ServiceAnswer(papers=papers, problems=problems)


def read_record(content: bytes, source: Source) -> ServiceAnswer:
    """One publication; raises `XmlError` and `UnreadableRecordError`."""
    read = dblp.read_xml(parse(content), source)
    if not read.papers:
        raise UnreadableRecordError("there is no publication in it")
    return ServiceAnswer(papers=read.papers, problems=read.problems)


def read_person(content: bytes, source: Source) -> ServiceAnswer:
    """A person's page: the person and all their papers, the newest first.

    For a page on which DBLP lists what it has not yet told apart, those whom it has by that name, and no papers. Raises
    `XmlError` and `UnreadableRecordError`.
    """
    root = parse(content)
    about = root.find("person")
    if name_of(root) != "dblpperson":
        raise UnreadableRecordError("it is no person's page")
    if about is not None and about.get("publtype") == "disambiguation":
        namesakes = [_of_page(each_one, source) for each_one in root.iterfind("homonyms/h/person")]
        return ServiceAnswer(people=tuple(namesakes))
    read = dblp.read_xml(root, source)
    years = [int(year) for paper in read.papers if paper.published and (year := paper.published[:4]).isdecimal()]
    described = _of_page(root if about is None else about, source, root.get("pid", ""), root.get("name", ""))
    person = described.model_copy(
        update={
            "papers": len(read.papers),
            "first_year": min(years, default=None),
            "last_year": max(years, default=None),
        }
    )
    newest = sorted(read.papers, key=lambda paper: paper.published or "", reverse=True)
    return ServiceAnswer(people=(person,), papers=tuple(newest), problems=read.problems, total=len(newest))


def _hits(content: bytes) -> list[Any]:
    result = document(content).get("result")
    if not isinstance(result, dict) or not isinstance(result.get("hits"), dict):
        raise UnreadableRecordError("it has no hits")
    return list(items(result["hits"].get("hit")))


def _found(info: Mapping[str, Any], source: Source) -> FoundPerson:
    notes = [mapping(note) for note in items(mapping(info.get("notes")).get("note"))]
    return person_builder.build(
        source,
        _pid(text(info.get("url"))),
        name=dblp.without_number(text(info.get("author"))),
        other_names=_names([text(info.get("author")), *map(text, items(mapping(info.get("aliases")).get("alias")))]),
        affiliations=[_affiliation(text(one.get("text"))) for one in notes if one.get("@type") == "affiliation"],
    )


def _of_page(about: Element, source: Source, pid: str = "", name: str = "") -> FoundPerson:
    """The person of an element `person`, in which the first name is the present one."""
    names = [one for one in (name, *texts_of(about, "author")) if one]
    key = about.get("key", "").removeprefix("homepages/")
    addresses = texts_of(about, "url")
    return person_builder.build(
        source,
        _pid(f"dblp.org/pid/{pid or key}"),
        name=dblp.without_number(next(iter(names), "")),
        other_names=_names(names),
        other_identifiers=[one for address in addresses for one in person_identifiers.find(address)],
        affiliations=[
            _affiliation(text_of(note)) for note in about.findall("note") if note.get("type") == "affiliation"
        ],
        homepage=next((one for one in addresses if "orcid.org" not in one and "wikidata.org" not in one), ""),
    )


def _names(names: list[str]) -> list[str]:
    """The names as papers have them, and those with a number, which tell whom another service means."""
    plain = [dblp.without_number(name) for name in names]
    return [*plain, *(name for name in names if name not in plain)]


def _affiliation(note: str) -> tuple[str, Iterable[int]]:
    """An affiliation as DBLP notes it, which may end with years: `Example University, Bern (2010-2014)`."""
    years = [int(year) for year in _YEAR.findall(note)]
    name, _, last = note.rstrip().rpartition("(")
    ends_with_years = last.endswith(")") and ")" not in last[:-1] and _YEAR.search(last)
    return name.rstrip() if ends_with_years else note, years


def _pid(address: str) -> PersonIdentifier | None:
    return person_identifiers.of("dblp", address)
