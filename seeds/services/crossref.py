"""Works of Crossref, whose answers are nearly CSL-JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from seeds.formats import csl_json
from seeds.json_values import mapping
from seeds.services.answers import ServiceAnswer, alone, document, each, listed
from store.models import Source


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether this is a work of Crossref rather than CSL-JSON of another writer."""
    return isinstance(item.get("title"), list) or "indexed" in item


def read_work(content: bytes, source: Source) -> ServiceAnswer:
    """One work; raises `UnreadableRecordError`."""
    papers, problems = alone(mapping(document(content).get("message")), lambda item: csl_json.record(item, source))
    return ServiceAnswer(papers=papers, problems=problems)


def read_works(content: bytes, source: Source) -> ServiceAnswer:
    """A list of works; raises `UnreadableRecordError`."""
    found = listed(mapping(document(content).get("message")), "items")
    papers, problems = each(found, lambda item: csl_json.record(item, source))
    return ServiceAnswer(papers=papers, problems=problems)
