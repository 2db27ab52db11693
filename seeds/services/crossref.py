"""Works of Crossref, whose answers are nearly CSL-JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from seeds import record_builder
from seeds.formats import csl_json
from seeds.json_values import mapping
from store.models import PaperRecord, Source


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether this is a work of Crossref rather than CSL-JSON of another writer."""
    return isinstance(item.get("title"), list) or "indexed" in item


def read_work(content: bytes, source: Source) -> PaperRecord:
    """Read an answer with one work; raises `UnreadableRecordError`."""
    try:
        document = mapping(json.loads(content))
    except (ValueError, RecursionError) as error:
        raise record_builder.UnreadableRecordError("it is not JSON") from error
    return csl_json.record(mapping(document.get("message")), source)
