"""Related papers: candidates that share authors or words with a paper, ranked, each with the reasons."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

from store.catalog.content_words import content_words
from store.catalog.cosine import cosine
from store.models import Frozen, Handle, Paper
from store.search import words
from store.search.candidates import SearchTerm, sharing_words
from store.search.words import WordCounts
from store.storage.connection import Connection
from store.summaries.extractive import MAX_SENTENCES, SentenceScores
from store.summaries.rhetorical_roles import BACKGROUND, METHOD, OBJECTIVE, RESULT
from store.summaries.sentence_splitter import split_sentences
from store.text.normalize import fold
from store.text.person_names import name_key
from store.text.stems import stem

Facet = Literal["problem", "method", "result"]
"""In what two papers are to be alike: what they are about, how it is done, or what came out."""
FACETS: tuple[Facet, ...] = get_args(Facet)
_ROLES: Mapping[Facet, tuple[int, ...]] = {
    "problem": (BACKGROUND, OBJECTIVE),
    "method": (METHOD,),
    "result": (RESULT,),
}

CANDIDATES_BY_AUTHOR = 60
CANDIDATES_BY_WORD = 120
"""Candidates bound the work, whatever the store's size; by choice."""

# Measured by `tests.bench.related`; tests hold what each is for.
TITLE_WEIGHT = 2
"""How often a word of the title counts, beside one of the abstract: NDCG%20 57.1 with 2, 57.0 with 3, 55.9 with 1."""
FACET_WEIGHT = 2
"""How often a word counts in addition in the sentences of the facet that is asked for: 57.6 with 2 and 57.7 with 4,
without 57.1."""
SIMILARITY_WEIGHT = 1.0
"""What the cosine of vectors adds to that of words: 62.3 with 1, 61.6 with a half, 61.9 with 2."""
FACET_VECTOR_WEIGHT = 0.5
"""How much the vector of the facet's sentences adds to the paper's: 63.2 with a half, 62.6 with 1, without 63.0."""
SHARED_AUTHOR = 0.08
"""What each shared author adds: as much as makes a paper related at all; by choice."""
MOST_SHARED_AUTHORS = 3
"""Shared authors that count, so that a large collaboration does not outweigh the subject; by choice."""
LEAST_SCORE = 0.08
"""The score of words and authors from which a paper is called related; by choice."""
LEAST_SIMILARITY = 0.5
"""The cosine of vectors from which it is, too: of two papers of the bench that are drawn at random, all of one field,
4 in 100 pairs have it; of those that people call nearly the same, 9 in 10."""
CLOSE = 0.6
"""The cosine of vectors that is told as a reason: 1 in 100 pairs drawn at random have it."""
COMMON = 0.5
"""Words in more than this share of the papers say nothing about relatedness; by choice."""

_REMEMBERED, _SHORT = 1_000, 5_000
"""Papers whose stems are kept, and characters of an abstract of which they are: another facet of the same paper has the
same candidates. By choice; a thousand abstracts of 100 words take 5 MB."""


class Related(Frozen):
    """A paper related to another; `words` and `authors` are what they share, the words of most weight first.

    `similarity` is the cosine of their vectors, None where one is not known.
    """

    paper: Paper
    score: float
    words: tuple[str, ...]
    authors: tuple[str, ...]
    similarity: float | None = None
    is_related: bool = True
    """Whether they have enough in common to be called related."""


class Asked(NamedTuple):
    """The paper whose related papers are asked for: how often each stem counts, and how the paper itself has it."""

    paper: Paper
    stems: Mapping[str, int]
    spelt: Mapping[str, str]
    facet_text: str
    """The sentences of the facet that was asked for; empty where none was, or none has its role."""


def read(paper: Paper, facet: Facet | None = None) -> Asked:
    """The words of a paper, those that say more of a facet with more weight."""
    facet_text = _of_facet(paper, facet) if facet else ""
    stems = Counter(_stems(paper))
    for word in content_words(facet_text):
        stems[stem(word)] += FACET_WEIGHT
    spelt: dict[str, str] = {}
    for word in content_words(f"{paper.title} {paper.abstract or ''}"):
        spelt.setdefault(stem(word), word)
    return Asked(paper=paper, stems=stems, spelt=spelt, facet_text=facet_text)


def _of_facet(paper: Paper, facet: Facet) -> str:
    sentences = [one.text for one in split_sentences(paper.abstract or "")][:MAX_SENTENCES]
    margins = SentenceScores(paper.title, sentences).margins
    roles = [max(range(len(own) - 1), key=own.__getitem__) for own in margins]
    return " ".join(text for text, role in zip(sentences, roles, strict=False) if role in _ROLES[facet])


async def candidates(connection: Connection, asked: Asked) -> tuple[list[Handle], WordCounts]:
    """Papers of the catalogue that share authors or words with this one, and in how many papers its words are."""
    counts = await words.counts(connection, stems=asked.stems)
    forms = await words.forms(connection, asked.stems)
    weights = _weights(asked.stems, counts)
    terms = [SearchTerm(forms[one], weight, counts.stems.get(one, 0)) for one, weight in weights.items()]
    handles = await _by_author(connection, asked.paper)
    handles += await sharing_words(connection, terms, CANDIDATES_BY_WORD)
    return list(dict.fromkeys(handle for handle in handles if handle != asked.paper.handle)), counts


async def _by_author(connection: Connection, paper: Paper) -> list[Handle]:
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


def most_related(found: Iterable[Related], limit: int = 5) -> list[Related]:
    """The most related of these, at most `limit`, without those that are related too little."""
    return sorted((one for one in found if one.is_related), key=_place)[:limit]


def _place(one: Related) -> tuple[float, str]:
    return -round(one.score, 9), one.paper.title


def scored(
    asked: Asked,
    candidates: Sequence[Paper],
    counts: WordCounts,
    similarities: Mapping[Handle, float] | None = None,
) -> list[Related]:
    """All candidates by the cosine of TF-IDF weights (Salton & Buckley 1988), that of vectors and shared authors.

    A candidate without a vector counts as if its `similarities` were what the others' are on average.
    """
    own = _weights(asked.stems, counts)
    names = {fold(author.name): author.name for author in asked.paper.authors}
    similarities = similarities or {}
    usual = sum(similarities.values()) / len(similarities) if similarities else 0.0
    found = []
    for candidate in candidates:
        score, shared = cosine(own, _weights(_stems(candidate), counts))
        authors = tuple(names[key] for a in candidate.authors if (key := fold(a.name)) in names)
        score += SHARED_AUTHOR * min(MOST_SHARED_AUTHORS, len(authors))
        similarity = similarities.get(candidate.handle)
        found.append(
            Related(
                paper=candidate,
                score=score + SIMILARITY_WEIGHT * (usual if similarity is None else similarity),
                words=tuple(asked.spelt[word] for word in shared[:4]),
                authors=authors,
                similarity=similarity,
                is_related=score >= LEAST_SCORE or (similarity or 0.0) >= LEAST_SIMILARITY,
            )
        )
    return sorted(found, key=_place)


def _stems(paper: Paper) -> Mapping[str, int]:
    abstract = paper.abstract or ""
    return (_remembered if len(abstract) <= _SHORT else _counted)(paper.title, abstract)


def _counted(title: str, abstract: str) -> Counter[str]:
    counts = Counter(map(stem, content_words(abstract)))
    for word in content_words(title):
        counts[stem(word)] += TITLE_WEIGHT
    return counts


_remembered = lru_cache(maxsize=_REMEMBERED)(_counted)


def _weights(stems: Mapping[str, int], counts: WordCounts) -> dict[str, float]:
    """The TF-IDF weights of stems, with logarithms of both, and at least 1 for a word that is not too common."""
    weights = {}
    for word, number in stems.items():
        papers = counts.stems.get(word, 0)
        if papers <= max(2, COMMON * counts.papers):
            weights[word] = (1 + math.log(number)) * (1 + math.log((counts.papers + 1) / (papers + 1)))
    return weights
