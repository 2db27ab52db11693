"""Which version of a paper a record dates: its preprint, or its publication in a venue."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from store.catalog.evidence import DATED_BY_PREPRINT, PREPRINT_VENUE
from store.models import Identifier, PaperRecord
from store.text.normalize import fold
from store.text.partial_dates import agree, bounds, most_exact


def publication_venue(record: PaperRecord) -> str | None:
    """The venue of a record, unless it is a place of preprints: a conference says more of a paper than CoRR does."""
    return record.venue if record.venue and not PREPRINT_VENUE.search(fold(record.venue)) else None


def identifiers(records: Sequence[PaperRecord]) -> tuple[Identifier, ...]:
    """All outside names that the records give, each once, in their order."""
    return tuple(dict.fromkeys(identifier for r in records for identifier in r.identifiers))


def dated_versions(
    records: Sequence[PaperRecord],
) -> list[tuple[PaperRecord, Literal["preprint", "publication"] | None]]:
    """The records with a date, and of which version it is; None where nothing says that."""
    on_arxiv = any(i.scheme == "arxiv" for i in identifiers(records))
    found: list[tuple[PaperRecord, Literal["preprint", "publication"] | None]] = []
    for record in records:
        if not record.published:
            continue
        if record.source.kind in DATED_BY_PREPRINT:
            found.append((record, "preprint" if on_arxiv else None))
        elif publication_venue(record):
            found.append((record, "publication"))
        else:
            found.append((record, "preprint" if record.venue else None))
    return found


def preprint_and_publication(records: Sequence[PaperRecord]) -> tuple[str | None, str | None]:
    """When the preprint and when the venue's publication came out; neither unless sources tell the two apart."""
    if len(records) == 1:
        return None, None
    versions = dated_versions(records)
    preprint, publication = (
        most_exact([r.published for r, version in versions if version == wanted and r.published])
        for wanted in ("preprint", "publication")
    )
    if preprint and publication and bounds(preprint)[1] < bounds(publication)[0] and not agree(preprint, publication):
        return preprint, publication
    return None, None
