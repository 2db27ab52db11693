from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import removal
from store.catalog import papers
from store.embeddings import vectors
from store.embeddings.embedder import text_of
from store.embeddings.semantic_index import SemanticIndex
from store.storage.database import Database
from tests.guilds.channels import arrive, record
from tests.support.embedders import HashingEmbedder

TITLES = ["Cars on Roads", "Films of the Night", "Parsing with Trees", "Trees in Forests", "Roads and Rivers"]


async def ready(db: Database, embedder: HashingEmbedder) -> SemanticIndex:
    index = SemanticIndex(embedder)
    await index.load(db)
    while await index.embed_missing(db, 2):
        pass
    return index


async def nearest(db: Database, index: SemanticIndex, text: str, limit: int = 3) -> list[str]:
    vector = await index.embedder.embed([text])
    assert vector is not None
    found = await index.nearest(db, vector[0], limit)
    titles = {paper.handle: paper.title for paper in await papers.by_handles(db, list(found))}
    return [titles[handle] for handle in found]


async def test_the_nearest_papers_are_found_by_what_they_mean(db: Database) -> None:
    await arrive(db, *TITLES)
    index = await ready(db, HashingEmbedder())
    assert (await nearest(db, index, "automobiles on a road"))[0] == "Cars on Roads"
    assert (await nearest(db, index, "movies of night", 1)) == ["Films of the Night"]
    again = SemanticIndex(HashingEmbedder())
    await again.load(db)
    assert again.embedder.asked == []  # type: ignore[attr-defined]
    assert await nearest(db, again, "parsing trees") == await nearest(db, index, "parsing trees")


async def test_what_another_process_made_is_read(db: Database) -> None:
    await arrive(db, *TITLES[:4])
    one, other = SemanticIndex(HashingEmbedder()), SemanticIndex(HashingEmbedder())
    await one.load(db)
    assert await one.embed_missing(db, 2) == 2
    await other.load(db)
    assert await one.embed_missing(db, 8) == 2, "older papers come after the last ones"
    await arrive(db, *TITLES[4:])
    assert await one.embed_missing(db, 8) == 1
    assert await other.load_new(db) == 3
    for title in TITLES:
        assert await nearest(db, other, title, 1) == [title]
    assert await other.load_new(db) == 0


async def test_without_papers_none_is_near(db: Database) -> None:
    index = await ready(db, HashingEmbedder())
    assert await nearest(db, index, "anything") == []


async def test_papers_that_change_or_go_are_followed(db: Database) -> None:
    await arrive(db, *TITLES)
    index = await ready(db, HashingEmbedder())
    embedder = index.embedder
    assert isinstance(embedder, HashingEmbedder)
    await arrive(db, record("Trees in Forests", abstract="Cars, automobiles and roads through the forests."))
    embedder.asked.clear()
    await index.embed_missing(db, 8)
    assert embedder.asked == ["Trees in Forests. Cars, automobiles and roads through the forests."]
    assert set(await nearest(db, index, "cars and roads through forests", 2)) == {"Trees in Forests", "Cars on Roads"}
    found = await papers.by_handles(db, [handle for handle, _ in await papers.newest(db, 9)])
    (handle,) = [paper.handle for paper in found if paper.title == "Cars on Roads"]
    await removal.remove(db, handle)
    assert "Cars on Roads" not in await nearest(db, index, "cars on roads", 5)


async def test_a_model_that_cannot_be_asked_is_asked_again_later(db: Database) -> None:
    await arrive(db, "Cars on Roads")
    embedder = HashingEmbedder()
    embedder.is_away = True
    index = SemanticIndex(embedder)
    assert await index.embed_missing(db, 8) == 0
    embedder.is_away = False
    assert await index.embed_missing(db, 8) == 1
    assert await index.embed_missing(db, 8) == 0


async def test_vectors_of_another_model_are_made_anew(db: Database) -> None:
    await arrive(db, *TITLES)
    await ready(db, HashingEmbedder())
    other = await ready(db, HashingEmbedder("other", dimensions=384))
    assert len(other.embedder.asked) == len(TITLES)  # type: ignore[attr-defined]
    assert (await nearest(db, other, "cars on roads"))[0] == "Cars on Roads"
    async with db.read() as connection:
        assert await vectors.count_missing(connection) == 0


async def test_what_changed_meanwhile_is_not_given_an_old_vector(db: Database) -> None:
    await arrive(db, "Cars on Roads")
    embedder = HashingEmbedder()
    async with db.read() as connection:
        before = await vectors.missing(connection, 8)
    made = await embedder.embed([text_of(paper) for _, paper in before])
    await arrive(db, record("Cars on Roads", abstract="New."))
    assert made is not None
    async with db.write() as connection:
        assert await vectors.keep(connection, before, made) == []


@given(st.lists(st.lists(st.floats(-1, 1, width=32), min_size=8, max_size=8), min_size=1, max_size=5))
def test_stored_vectors_keep_their_direction(rows: list[list[float]]) -> None:
    made = np.array(rows, dtype=np.float32)
    lengths = np.linalg.norm(made, axis=1)
    for vector, length, stored in zip(made, lengths, vectors.rounded(made), strict=True):
        if length > 1e-3:
            assert vectors.restored(stored.tobytes()) @ (vector / length) > 0.999
            assert np.linalg.norm(vectors.restored(stored.tobytes())) == pytest.approx(1, abs=1e-5)
