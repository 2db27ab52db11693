"""BM25 and TF-IDF over plain words, for comparison: nothing is known of their forms."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from store.summaries.tokens import STOP_WORDS
from store.text.normalize import fold

K1, B = 1.2, 0.75


def plain_words(text: str) -> Counter[str]:
    """The folded words of a text but for stop words and single letters."""
    return Counter(word for word in fold(text).split() if len(word) > 1 and word not in STOP_WORDS)


class Bm25:
    """BM25 (Robertson et al. 1994)."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._names = list(texts)
        counts = [plain_words(text) for text in texts.values()]
        self._lengths = np.array([one.total() for one in counts], dtype=float)
        self._postings: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, words in enumerate(counts):
            for word, number in words.items():
                self._postings[word].append((place, number))

    def scores(self, text: str) -> dict[str, float]:
        """How well each text fits."""
        sums = np.zeros(len(self._names))
        norms = K1 * (1 - B + B * self._lengths / self._lengths.mean())
        for word, asked in plain_words(text).items():
            postings = self._postings.get(word, [])
            rarity = math.log(1 + (len(self._names) - len(postings) + 0.5) / (len(postings) + 0.5))
            for place, number in postings:
                sums[place] += asked * rarity * number * (K1 + 1) / (number + norms[place])
        return dict(zip(self._names, sums.tolist(), strict=True))


class TfIdf:
    """The cosine of TF-IDF weights with logarithms of both (Salton & Buckley 1988)."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        counts = {name: plain_words(text) for name, text in texts.items()}
        self._texts = len(texts)
        self._papers = Counter(word for words in counts.values() for word in words)
        self._vectors = {name: self._vector(words) for name, words in counts.items()}

    def _vector(self, words: Mapping[str, int]) -> dict[str, float]:
        found = {
            word: (1 + math.log(number)) * (1 + math.log((1 + self._texts) / (1 + self._papers[word])))
            for word, number in words.items()
            if word in self._papers
        }
        length = math.sqrt(sum(value * value for value in found.values())) or 1.0
        return {word: value / length for word, value in found.items()}

    def scores(self, text: str) -> dict[str, float]:
        """How well each text fits."""
        asked = self._vector(plain_words(text))
        return {
            name: sum(value * vector.get(word, 0.0) for word, value in asked.items())
            for name, vector in self._vectors.items()
        }


def by_score(scores: Mapping[str, float]) -> Sequence[str]:
    """The names, the best first, in the order of their names among equals."""
    return sorted(scores, key=lambda name: (-scores[name], name))
