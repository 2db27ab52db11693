"""Searches of a guild by relevance and by a description, among everybody's papers and its own."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import numpy as np

from store.embeddings.embedder import Vectors
from store.embeddings.semantic_index import SemanticIndex
from store.guilds import hidden_papers, own_papers
from store.guilds.own_papers import OwnPaper
from store.models import Handle
from store.search import described, ranked
from store.search.described import SENTENCES_WEIGHT, Description
from store.search.query import Query
from store.search.ranked import Ranked, Text
from store.search.sql_condition import condition_of
from store.summaries.sentence_splitter import split_sentences
from store.view import View

NEAREST = 60
"""Papers with the nearest vectors, and own papers, the newest, that are compared with a description; by choice."""
MOST_DESCRIBED = 100
"""Papers that are shown for a description; by choice."""
MOST_SENTENCES = 20
"""Sentences of a description whose vectors are made, which bounds the time."""


async def by_relevance(view: View, query: Query) -> Ranked:
    """The papers that match, the most relevant first; at most `MOST_RANKED` of the catalogue."""
    own = await view.own_matches(query)
    async with view.db.read() as connection:
        hidden = await hidden_papers.handles(connection, view.owner)
        condition = await condition_of(connection, query, hidden)
        terms, counts = await ranked.weighted_terms(connection, query)
        texts, total = await ranked.matching_texts(connection, condition, terms)
    added = {one.handle: _text(one) for one in own}
    every = [*(one for one in texts if one.handle not in added), *added.values()]
    handles = await asyncio.to_thread(ranked.by_relevance, every, terms, counts)
    return Ranked(handles=tuple(handles), total=total + len(own))


async def by_description(view: View, text: str) -> list[Handle]:
    """The papers that fit a description best, the best first, at most `MOST_DESCRIBED`."""
    asked = Description(text)
    async with view.db.read() as connection:
        handles, counts = await described.candidates(connection, asked)
        own = await own_papers.load_folded(connection, view.owner, limit=NEAREST)
        hidden = await hidden_papers.handles(connection, view.owner)
    similarities: Mapping[Handle, float] = {}
    if view.semantic and (vector := await description_vector(view.semantic, asked.text)) is not None:
        handles += await view.semantic.nearest(view.db, vector, NEAREST)
        similarities = await view.semantic.similarities(view.db, vector, handles)
    async with view.db.read() as connection:
        texts = {one.handle: one for one in await ranked.texts_of(connection, list(dict.fromkeys(handles)))}
    texts |= {one.handle: _text(one) for one in own}
    seen = [one for one in texts.values() if one.handle not in hidden]
    scores = await asyncio.to_thread(described.scores, asked, seen, counts, similarities)
    return sorted((one for one in scores if scores[one] > 0), key=lambda one: (-scores[one], one))[:MOST_DESCRIBED]


async def description_vector(semantic: SemanticIndex, text: str) -> Vectors | None:
    """The vector of the whole with the mean of its sentences'; None while the model cannot be asked."""
    sentences = [one.text for one in split_sentences(text)][:MOST_SENTENCES]
    made = await semantic.embedder.embed([text, *sentences])
    if made is None:
        return None
    return np.asarray(made[0] + SENTENCES_WEIGHT * made[1:].mean(axis=0)) if sentences else made[0]


def _text(own: OwnPaper) -> Text:
    folded = own.folded
    return Text(
        handle=own.handle, title=folded.title, abstract=folded.abstract, published=folded.published, citations=None
    )
