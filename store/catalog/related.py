"""Related papers: candidates that share authors or rare words with a paper, ranked by both, each with the reasons."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence

import aiosqlite

from store.models import Frozen, Handle, Paper
from store.summaries.tokens import STOP_WORDS
from store.text.normalize import fold
from store.text.person_names import name_key
from store.text.web_addresses import without_addresses

# Candidates bound the work: some 120 papers are read and ranked in a few milliseconds, whatever the store's size.
CANDIDATES_BY_AUTHOR = 60
CANDIDATES_BY_WORD = 60
RARE_WORDS = 12
"""Words of the title, the rarest of the store, by which candidates are found."""

# Chosen by hand; the tests hold what each is for.
SHARED_AUTHOR = 0.08
"""What each shared author adds to the cosine of the words: as much as makes a paper related at all."""
MOST_SHARED_AUTHORS = 3
"""Shared authors that count, so that a large collaboration does not outweigh the subject."""
LEAST_SCORE = 0.08
"""The score from which a paper is called related."""
TITLE_WEIGHT = 3
"""How often a word of the title counts, beside one of the abstract."""
COMMON = 0.5
"""Words in more than this share of the papers compared say nothing about relatedness."""
SHORTEST_WORD = 3


class Related(Frozen):
    """A paper related to another; `words` and `authors` are what they share, the words of most weight first."""

    paper: Paper
    score: float
    words: tuple[str, ...]
    authors: tuple[str, ...]


async def candidates(connection: aiosqlite.Connection, paper: Paper) -> list[Handle]:
    """Papers of the catalogue that share authors or rare words with this one, without those that share neither."""
    handles = await _by_author(connection, paper)
    handles += await _by_words(connection, paper)
    return list(dict.fromkeys(handle for handle in handles if handle != paper.handle))


async def _by_author(connection: aiosqlite.Connection, paper: Paper) -> list[Handle]:
    """The papers with most authors in common, newer ones first among equals.

    Authors of a paper that is not in the catalogue are found by their names.
    """
    async with connection.execute(
        "WITH mine AS (SELECT author_id FROM papers JOIN authorships ON paper_id = papers.id WHERE handle = :handle"
        "  UNION SELECT authors.id FROM json_each(:names) AS name JOIN authors ON name_key = name.value"
        "   AND distinction = '' WHERE NOT EXISTS (SELECT 1 FROM papers WHERE handle = :handle))"
        " SELECT other.handle FROM mine JOIN authorships AS theirs USING (author_id)"
        " JOIN papers AS other ON other.id = theirs.paper_id AND other.handle <> :handle GROUP BY other.id"
        " ORDER BY count(*) DESC, other.published DESC LIMIT :limit",
        {
            "handle": paper.handle,
            "names": json.dumps([name_key(author.name) for author in paper.authors]),
            "limit": CANDIDATES_BY_AUTHOR,
        },
    ) as rows:
        return [row[0] async for row in rows]


async def _by_words(connection: aiosqlite.Connection, paper: Paper) -> list[Handle]:
    """The newest papers with each of the rarest words of the title."""
    words = sorted({word for word in _words(paper.title) if len(word) >= SHORTEST_WORD})
    async with connection.execute(
        "SELECT term FROM paper_word_counts JOIN json_each(?) AS word ON term = word.value ORDER BY doc LIMIT ?",
        [json.dumps(words), RARE_WORDS],
    ) as rows:
        rare = [row[0] async for row in rows]
    found = []
    for word in rare:
        async with connection.execute(
            "SELECT handle FROM paper_words JOIN papers ON papers.id = paper_words.rowid"
            " WHERE paper_words MATCH ? ORDER BY paper_words.rowid DESC LIMIT ?",
            [f'"{word}"', CANDIDATES_BY_WORD // len(rare)],
        ) as rows:
            found += [row[0] async for row in rows]
    return found


def rank(paper: Paper, candidates: Sequence[Paper], limit: int = 5) -> list[Related]:
    """The most related candidates by the cosine of TF-IDF weights (Salton & Buckley 1988) and shared authors."""
    counts = {c.handle: _counts(c) for c in (paper, *candidates)}
    document_frequency = Counter(word for words in counts.values() for word in words)
    total = len(counts)

    def weights(words: Counter[str]) -> dict[str, float]:
        return {
            word: (1 + math.log(n)) * math.log(total / document_frequency[word])
            for word, n in words.items()
            if document_frequency[word] <= max(2, COMMON * total)
        }

    own = weights(counts[paper.handle])
    names = {fold(a.name): a.name for a in paper.authors}
    found = []
    for candidate in candidates:
        theirs = weights(counts[candidate.handle])
        shared = {word: own[word] * theirs[word] for word in own.keys() & theirs.keys()}
        norm = math.sqrt(sum(w * w for w in own.values()) * sum(w * w for w in theirs.values()))
        authors = tuple(names[key] for a in candidate.authors if (key := fold(a.name)) in names)
        score = (sum(shared.values()) / norm if norm else 0.0) + SHARED_AUTHOR * min(MOST_SHARED_AUTHORS, len(authors))
        if score >= LEAST_SCORE:
            by_weight = sorted(shared, key=lambda word: (-shared[word], word))
            found.append(Related(paper=candidate, score=score, words=tuple(by_weight[:4]), authors=authors))
    return sorted(found, key=lambda r: (-round(r.score, 9), r.paper.title))[:limit]


def _counts(paper: Paper) -> Counter[str]:
    counts = Counter(content_words(paper.abstract or ""))
    for word in content_words(paper.title):
        counts[word] += TITLE_WEIGHT
    return counts


def content_words(text: str) -> list[str]:
    """The folded words that say what a text is about, in order, without addresses."""
    return [word for word in _words(text) if _is_content(word)]


def _words(text: str) -> list[str]:
    return fold(without_addresses(text)).split()


def _is_content(word: str) -> bool:
    return len(word) >= SHORTEST_WORD and not word.isdigit() and word not in STOP_WORDS
