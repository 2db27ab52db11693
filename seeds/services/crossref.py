"""Works of Crossref, whose answers are nearly CSL-JSON, by DOI."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from seeds import record_builder
from seeds.formats import csl_json
from seeds.http import Fetcher
from seeds.json_values import mapping
from store.models import PaperRecord, Source


def recognises(item: Mapping[str, Any]) -> bool:
    """Whether this is a work of Crossref rather than CSL-JSON of another writer."""
    return isinstance(item.get("title"), list) or "indexed" in item


async def fetch_paper(fetcher: Fetcher, base: str, doi: str) -> PaperRecord:
    """Ask for the paper that has a DOI.

    Raises `NotFoundError`, another `FetchError`, or `UnreadableRecordError`.
    """
    answer = await fetcher.get(f"{base}/{quote(doi, safe='')}")
    try:
        document = mapping(json.loads(answer.content))
    except (ValueError, RecursionError) as error:
        raise record_builder.UnreadableRecordError("it is not JSON") from error
    source = Source(kind="crossref", name="Crossref", retrieved=datetime.now(UTC))
    return csl_json.record(mapping(document.get("message")), source)
