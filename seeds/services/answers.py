"""What an answer of a service says once it is read: people, papers, and whether there are more."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from seeds.decoding import Problems
from seeds.json_values import mapping
from seeds.record_builder import UnreadableRecordError
from store.models import Frozen, PaperRecord, Problem
from store.outside import FoundPerson

T = TypeVar("T")


class BestKnown(Frozen):
    """The title of a paper by one person; of several, the one that is cited most is first."""

    person: str
    """The service's own id of the person."""
    title: str


class ServiceAnswer(Frozen):
    """One answer of a service. `cursor` leads to what comes after it; None where there is no more."""

    people: tuple[FoundPerson, ...] = ()
    papers: tuple[PaperRecord, ...] = ()
    problems: tuple[Problem, ...] = ()
    best_known: tuple[BestKnown, ...] = ()
    total: int | None = None
    cursor: str | None = None
    missing: bool = False
    """The service does not have what was asked for."""


def document(content: bytes) -> Mapping[str, Any]:
    """The object that an answer in JSON consists of; raises `UnreadableRecordError`."""
    try:
        found = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise UnreadableRecordError("it is not JSON") from error
    if not isinstance(found, dict):
        raise UnreadableRecordError("it is not an object")
    return found


def listed(answer: Mapping[str, Any], name: str) -> Sequence[Any]:
    """The list of that name; raises `UnreadableRecordError` where there is none, since then all else may be changed."""
    found = answer.get(name)
    if not isinstance(found, list):
        raise UnreadableRecordError(f"it has no list {name!r}")
    return found


def each(items: Sequence[object], read: Callable[[Mapping[str, Any]], T]) -> tuple[tuple[T, ...], tuple[Problem, ...]]:
    """What `read` makes of each item, and a problem for each of which it raises `UnreadableRecordError`.

    Raises that itself where not one of several could be read: the service has changed its form.
    """
    found: list[T] = []
    problems = Problems()
    wrong = ""
    for number, item in enumerate(items, start=1):
        try:
            found.append(read(mapping(item)))
        except UnreadableRecordError as error:
            wrong = str(error)
            problems.add(None, f"entry {number} is not read: {error}")
    if len(items) > 1 and not found:
        raise UnreadableRecordError(f"of its {len(items)} entries none can be read: {wrong}")
    return tuple(found), problems.listed()


def alone(item: Mapping[str, Any], read: Callable[[Mapping[str, Any]], T]) -> tuple[tuple[T, ...], tuple[Problem, ...]]:
    """The same of a single item; that it cannot be read says nothing about the service, some have no title."""
    return each((item,), read)
