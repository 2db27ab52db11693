"""Records: what each source says of a paper, by which keys it is recognised, and where that is kept."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

import aiosqlite

from store.catalog.merge import merge
from store.models import Handle, Paper, PaperRecord, Source
from store.text.normalize import fold
from store.text.person_names import first_author, last_word

Key = tuple[str, str]
"""A scheme and a value: an outside identifier, or `title` with folded title and first author's last name.

A title of one word ("Introduction") says too little: date and source stand beside it, so that only a source that is
read again knows it.
"""


@dataclass
class Known:
    """A paper with its records by source; `touched` are the sources whose records have to be written."""

    paper_id: int
    handle: Handle
    records: dict[int, PaperRecord] = field(default_factory=dict)
    before: Paper | None = None
    touched: set[int] = field(default_factory=set)
    absorbed: list[Known] = field(default_factory=list)


class Heard:
    """Of which papers a reading has had a record, by source: a byte for each paper, as a reading may have millions."""

    def __init__(self) -> None:
        self._papers: defaultdict[int, bytearray] = defaultdict(bytearray)

    def is_first(self, source_id: int, paper_id: int) -> bool:
        """Whether this is the source's first record of the paper, which is noted."""
        papers = self._papers[source_id]
        papers.extend(bytes(max(0, paper_id + 1 - len(papers))))
        before, papers[paper_id] = papers[paper_id], True
        return not before

    def pass_on(self, gone: int, survivor: int) -> set[int]:
        """Note of one paper what was noted of another, whose number is free then; the sources that this is new of."""
        heard = [source_id for source_id, papers in self._papers.items() if gone < len(papers) and papers[gone]]
        for source_id in heard:
            self._papers[source_id][gone] = False
        return {source_id for source_id in heard if self.is_first(source_id, survivor)}


def keys(record: PaperRecord) -> tuple[Key, ...]:
    """Every key that a paper with this record can be recognised by, the surest first; never empty."""
    outside = [(i.scheme, i.value) for i in record.identifiers if i.scheme != "url"]
    outside.sort(key=lambda key: key[0])
    title = fold(record.title) or record.title.strip()
    told = [title, last_word(fold(first_author(record.authors)))]
    if len(title.split()) == 1:
        told += [record.published or "", *source_key(record.source)]
    return (*outside, ("title", "|".join(told)))


async def owners_of(connection: aiosqlite.Connection, wanted: Iterable[Key]) -> dict[Key, int]:
    """Which papers the store knows by these keys."""
    async with connection.execute(
        "SELECT scheme, identifiers.value, paper_id FROM json_each(?) AS key JOIN identifiers"
        " ON scheme = key.value ->> 0 AND identifiers.value = key.value ->> 1",
        [json.dumps(list(wanted))],
    ) as rows:
        return {(row[0], row[1]): row[2] async for row in rows}


async def load(connection: aiosqlite.Connection, paper_ids: Iterable[int]) -> dict[int, Known]:
    """The papers with all that was said of them so far."""
    known: dict[int, Known] = {}
    async with connection.execute(
        "SELECT papers.id, handle, sources.id, kind, name, retrieved, body FROM json_each(?) AS wanted"
        " JOIN papers ON papers.id = wanted.value JOIN records ON paper_id = papers.id"
        " JOIN sources ON sources.id = source_id",
        [json.dumps(list(paper_ids))],
    ) as rows:
        async for paper_id, handle, source_id, *record in rows:
            known.setdefault(paper_id, Known(paper_id, handle)).records[source_id] = from_row(*record)
    for paper in known.values():
        paper.before = merge(paper.handle, list(paper.records.values()))
    return known


def from_row(kind: str, name: str, retrieved: str, body: str) -> PaperRecord:
    """A record as it is kept: the source's columns, then the rest as JSON."""
    source = Source.model_validate({"kind": kind, "name": name, "retrieved": retrieved})
    return PaperRecord.model_validate({**json.loads(body), "source": source})


def source_key(source: Source) -> tuple[str, str]:
    """By what a source is the same one at another time."""
    return source.kind, source.name


async def source_ids(connection: aiosqlite.Connection, sources: Iterable[Source]) -> dict[tuple[str, str], int]:
    """The row of each source, made where it is new."""
    wanted = sorted({source_key(s) for s in sources})
    await connection.executemany("INSERT INTO sources (kind, name) VALUES (?, ?) ON CONFLICT DO NOTHING", wanted)
    async with connection.execute(
        "SELECT kind, name, sources.id FROM json_each(?) AS s"
        " JOIN sources ON kind = s.value ->> 0 AND name = s.value ->> 1",
        [json.dumps(wanted)],
    ) as rows:
        return {(row[0], row[1]): row[2] async for row in rows}
