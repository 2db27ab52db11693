"""Who sources say that the authors of a paper are: their identifiers in services, as records have them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence

from store.catalog.person_evidence import may_be_one
from store.models import AuthorId, PaperRecord
from store.storage.connection import Connection
from store.text.person_names import name_key


async def of_papers(connection: Connection, paper_ids: str) -> dict[int, list[AuthorId]]:
    """By paper, of those whose ids these are in JSON, what records say who its authors are."""
    found: dict[int, list[AuthorId]] = defaultdict(list)
    async with connection.execute(
        "SELECT paper_id, said.value ->> '$.name', said.value ->> '$.scheme', said.value ->> '$.value'"
        " FROM json_each(?) AS wanted JOIN records ON paper_id = wanted.value"
        " JOIN json_each(body, '$.author_ids') AS said ORDER BY paper_id, source_id, said.key",
        [paper_ids],
    ) as rows:
        async for paper_id, name, scheme, value in rows:
            found[paper_id].append(AuthorId(name=name, scheme=scheme, value=value))
    return found


def ids_of(name: str, said: Sequence[AuthorId]) -> Mapping[str, str]:
    """The identifiers of the author of this name; none of a service that has several whose names may be it."""
    key = name_key(name)
    found: dict[str, set[str]] = defaultdict(set)
    for one in said:
        if may_be_one(key, name_key(one.name)):
            found[one.scheme].add(one.value)
    return {scheme: values.pop() for scheme, values in found.items() if len(values) == 1}


async def divide_identified(connection: Connection, records: Sequence[PaperRecord]) -> None:
    """Let the names of which records say who bears them be divided, also where no author list changed."""
    keys = sorted({name_key(one.name) for record in records for one in record.author_ids})
    if not keys:
        return
    await connection.execute(
        "INSERT OR REPLACE INTO names_to_divide (name_key) SELECT DISTINCT name_key FROM json_each(?) AS wanted"
        " CROSS JOIN authors ON name_key = wanted.value WHERE papers > 1 AND NOT is_group",
        [json.dumps(keys)],
    )
