"""Makes the vectors of papers in the background, so that they are there when somebody asks; goes on where it was.

One process makes them, and all read them.
"""

from __future__ import annotations

from bot.client import Lectern
from store.embeddings.semantic_index import SemanticIndex
from store.storage.database import Database

NAME = "embeddings"
IDLE_S = 5.0
"""Seconds after which it looks for papers that came in; by choice, a fraction of what arXiv's feeds lie apart."""
PAPERS_AT_ONCE = 8
"""Papers whose vectors are stored together: half a second of work for the model on one core, which a kill loses."""


async def embed_papers(client: Lectern, db: Database, semantic: SemanticIndex) -> None:
    """Read the vectors that are stored, then make those that are missing, until it is cancelled."""
    await semantic.load(db)
    while True:
        if client.does(NAME):
            made = await semantic.embed_missing(db, PAPERS_AT_ONCE)
        else:
            made = await semantic.load_new(db)
        if not made:
            await client.pause(IDLE_S)
