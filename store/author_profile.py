"""The profile of an author as a guild sees their papers, with what is rare in titles of the whole catalogue."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from store.models import Author, Paper, PaperOutline
from store.profiles.author_profile import AuthorProfile, profile
from store.profiles.key_phrases import Phrases, phrases_of
from store.profiles.topics import WordFrequencies, words_of
from store.text.partial_dates import PartialDate, begins_since, shortest_start
from store.view import View

MOST_READ = 200
"""Papers, the newest, whose titles and abstracts are read for topics, which bounds the time."""


async def load(view: View, author: Author) -> AuthorProfile:
    """What the author's papers say."""
    written = await view.papers_of(author.handle)
    papers, older = await view.papers(written[:MOST_READ]), await view.outlines(written[MOST_READ:])
    since = _all_read_since(papers, older)
    on_topics = [paper for paper in papers if since is None or begins_since(paper.published or "", since)]
    # What is cited most may be to be read first.
    (cited,) = sorted(older, key=lambda one: one.citations or 0)[-1:] or (None,)
    papers += await view.papers([cited.handle]) if cited else []
    outlines = [one for one in older if isinstance(one, PaperOutline) and one is not cited]
    papers += [one for one in older if isinstance(one, Paper) and one is not cited]
    phrases = await asyncio.to_thread(phrases_of, on_topics)
    frequencies = await word_frequencies(view, phrases)
    return await asyncio.to_thread(profile, papers, phrases, frequencies, author.name, outlines, since)


async def word_frequencies(view: View, phrases: Sequence[Phrases]) -> WordFrequencies:
    """How frequent the words of phrases that may be topics are in titles of the whole catalogue."""
    titles, counts = await view.lookup.title_frequencies(words_of(phrases))
    return WordFrequencies(titles=titles, counts=counts)


def _all_read_since(papers: Sequence[Paper], older: Sequence[Paper | PaperOutline]) -> PartialDate | None:
    """The first date since which no paper is among the older ones; None where there are none, or no such date."""
    if not older:
        return None
    starts = [start for paper in papers if paper.published and (start := shortest_start(paper.published))]
    return min((start for start in starts if not begins_since(older[0].published or "", start)), default=None)
