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
from store.view import View

NEAREST = 60
"""Papers with the nearest vectors that are candidates, and own papers, the newest: as many as by shared authors."""


async def related_papers(view: View, paper: Paper, facet: Facet | None = None, limit: int = 5) -> list[Related]:
    """The papers most related to this one, at most `limit`, with the reasons; alike in the facet where one is given."""
    asked = await asyncio.to_thread(related.read, paper, facet)
    async with view.db.read() as connection:
        handles, counts = await related.candidates(connection, asked)
        own = await own_papers.load_folded(connection, view.owner, limit=NEAREST)
    handles += [one.handle for one in own]
    similarities: Mapping[Handle, float] = {}
    if view.semantic and (vector := await vector_of(view.db, view.semantic, asked)) is not None:
        handles += await view.semantic.nearest(view.db, vector, NEAREST)
        similarities = await view.semantic.similarities(view.db, vector, handles)
    others = await view.papers([handle for handle in dict.fromkeys(handles) if handle != paper.handle])
    return await asyncio.to_thread(related.rank, asked, others, counts, similarities, limit)


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
