"""Papers near a paper: by the words of title and abstract, and by who wrote them; each with the reasons."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

from store.models import Frozen, Paper
from store.summaries.tokens import STOP_WORDS
from store.text.normalize import fold

_SHARED_AUTHOR = 0.08
"""What each shared author adds to the cosine of the words; more than three add nothing."""
_LEAST = 0.08
_TITLE_WEIGHT = 3
_COMMON = 0.5
"""Words in more than this share of the candidates say nothing about nearness."""


class Related(Frozen):
    """A paper near another one; `words` and `authors` are what they share, the most telling first."""

    paper: Paper
    score: float
    words: tuple[str, ...]
    authors: tuple[str, ...]


def rank(paper: Paper, candidates: Sequence[Paper], limit: int = 5) -> list[Related]:
    """The nearest candidates by the cosine of TF-IDF weights (Salton & Buckley 1988) and shared authors."""
    counts = {c.handle: _counts(c) for c in (paper, *candidates)}
    document_frequency = Counter(word for words in counts.values() for word in words)
    total = len(counts)

    def weights(words: Counter[str]) -> dict[str, float]:
        return {
            word: (1 + math.log(n)) * math.log(total / document_frequency[word])
            for word, n in words.items()
            if document_frequency[word] <= max(2, _COMMON * total)
        }

    own = weights(counts[paper.handle])
    names = {fold(a.name): a.name for a in paper.authors}
    found = []
    for candidate in candidates:
        theirs = weights(counts[candidate.handle])
        shared = {word: own[word] * theirs[word] for word in own.keys() & theirs.keys()}
        norm = math.sqrt(sum(w * w for w in own.values()) * sum(w * w for w in theirs.values()))
        authors = tuple(names[key] for a in candidate.authors if (key := fold(a.name)) in names)
        score = (sum(shared.values()) / norm if norm else 0.0) + _SHARED_AUTHOR * min(3, len(authors))
        if score >= _LEAST:
            telling = sorted(shared, key=lambda word: (-shared[word], word))
            found.append(Related(paper=candidate, score=score, words=tuple(telling[:4]), authors=authors))
    return sorted(found, key=lambda r: (-round(r.score, 9), r.paper.title))[:limit]


def _counts(paper: Paper) -> Counter[str]:
    counts = Counter(w for w in fold(paper.abstract or "").split() if _tells(w))
    for word in fold(paper.title).split():
        if _tells(word):
            counts[word] += _TITLE_WEIGHT
    return counts


def _tells(word: str) -> bool:
    return len(word) > 2 and not word.isdigit() and word not in STOP_WORDS
