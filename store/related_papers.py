"""Related papers as a guild sees them: by words and authors, and by their vectors where there is a model."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from store.embeddings.embedder import Vectors, text_of
from store.embeddings.semantic_index import SemanticIndex
from store.guilds import own_papers
from store.models import Handle, Paper
from store.search import related
from store.search.related import FACET_VECTOR_WEIGHT, Asked, Facet, Related
from store.storage.database import Database
from store.storage.on_the_loop import bit_by_bit
from store.view import View

NEAREST = 60
"""Papers with the nearest vectors that are candidates, and own papers, the newest: as many as by shared authors."""

SCORED_AT_ONCE = 10
"""Papers that are compared before the event loop serves others, as each takes up to a tenth of a millisecond."""


async def related_papers(view: View, paper: Paper, facet: Facet | None = None, limit: int = 5) -> list[Related]:
    """The papers most related to this one, at most `limit`, with the reasons; alike in the facet where one is given."""
    # To tell which sentences are of a facet takes some milliseconds.
    asked = await asyncio.to_thread(related.read, paper, facet) if facet else related.read(paper)
    async with view.db.read() as connection:
        handles, counts = await related.candidates(connection, asked)
        own = await own_papers.load_folded(connection, view.owner, limit=NEAREST)
    handles += [one.handle for one in own]
    similarities: Mapping[Handle, float] = {}
    if view.semantic and (vector := await vector_of(view.db, view.semantic, asked)) is not None:
        handles += await view.semantic.nearest(view.db, vector, NEAREST)
        similarities = await view.semantic.similarities(view.db, vector, handles)
    others = await view.papers([handle for handle in dict.fromkeys(handles) if handle != paper.handle])
    found = await bit_by_bit(lambda some: related.scored(asked, some, counts, similarities), others, SCORED_AT_ONCE)
    return related.most_related(found, limit)


async def vector_of(db: Database, semantic: SemanticIndex, asked: Asked) -> Vectors | None:
    """The paper's vector, with that of its facet's sentences; None while the model cannot be asked."""
    vector = await semantic.of_paper(db, asked.paper.handle)
    wanted = ([] if vector is not None else [text_of(asked.paper)]) + ([asked.facet_text] if asked.facet_text else [])
    made = await semantic.embedder.embed(wanted) if wanted else None
    if wanted and made is None:
        return vector
    if made is not None and vector is None:
        vector = made[0]
    if made is not None and vector is not None and asked.facet_text:
        vector = vector + FACET_VECTOR_WEIGHT * made[-1]
    return vector
