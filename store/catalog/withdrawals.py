"""Papers that a source has withdrawn without another word, as OAI-PMH does with a deleted record."""

from __future__ import annotations

from collections.abc import Sequence

from store.catalog.records import find_by_keys, load, source_key
from store.models import PaperRecord, Withdrawal
from store.storage.connection import Connection


async def withdrawn_records(connection: Connection, withdrawals: Sequence[Withdrawal]) -> list[PaperRecord]:
    """The records that mark the stored papers as withdrawn; papers that the store does not hold are left out.

    A record is what the source said of the paper before, now withdrawn. Where it has said nothing yet, the record
    repeats the title and authors of the paper, by which it is recognised.
    """
    keys = [(one.identifier.scheme, one.identifier.value) for one in withdrawals]
    paper_ids = await find_by_keys(connection, keys)
    stored = await load(connection, set(paper_ids.values()))
    records = []
    for one, key in zip(withdrawals, keys, strict=True):
        if key not in paper_ids:
            continue
        known = stored[paper_ids[key]]
        own = [record for record in known.records.values() if source_key(record.source) == source_key(one.source)]
        before = (
            own[0]
            if own
            else PaperRecord(
                source=one.source,
                title=known.paper.title,
                authors=known.paper.authors,
                authors_complete=known.paper.authors_complete,
                identifiers=(one.identifier,),
            )
        )
        records.append(before.model_copy(update={"source": one.source, "withdrawn": True}))
    return records
