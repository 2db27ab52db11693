"""The profile of an author as a guild sees their papers, with what is rare in titles of the whole catalogue."""

from __future__ import annotations

import asyncio

from store.models import Author
from store.profiles.author_profile import AuthorProfile, profile
from store.profiles.key_phrases import phrases_of
from store.profiles.topics import WordFrequencies, words_of
from store.view import View

MOST_READ = 300
"""Papers, the newest, whose titles and abstracts are read for topics, which bounds the time."""


async def load(view: View, author: Author) -> AuthorProfile:
    """What the author's papers say."""
    papers = await view.papers(await view.papers_of(author.handle))
    phrases = await asyncio.to_thread(phrases_of, papers[:MOST_READ])
    titles, counts = await view.lookup.title_frequencies(words_of(phrases))
    frequencies = WordFrequencies(titles=titles, counts=counts)
    return await asyncio.to_thread(profile, papers, phrases, frequencies, author.name)
