"""The distinct words of all texts, with how many texts hold each: exact words, completions, and words spelt alike.

Words are kept by length, each length as one sorted array of fixed-width bytes. A misspelt word is found by comparing
letter bags: a bag is 62 bits, the first and second occurrence of a letter and the first of a digit. One substitution
changes at most two bits, one insertion or deletion one, a transposition none; so for a word whose length differs by
g, at distance d at most, at most 2d - g bits differ. One XOR and popcount over the few lengths in question leaves a
handful of words, of which rapidfuzz computes the distance (optimal string alignment, Boytsov 2011).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt
from rapidfuzz import process
from rapidfuzz.distance import OSA

from store.lookup.folding import MAX_WORD

Bytes = npt.NDArray[np.bytes_]
Bags = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int32]
Part: TypeAlias = bytes | npt.NDArray[np.uint8]
"""A part of an image: as it is written, or as it was read."""

Number = TypeVar("Number", bound=np.generic)

_LETTERS, _SYMBOLS = 26, 36
_BIT = np.zeros(256, np.uint64)
for _i, _c in enumerate(b"abcdefghijklmnopqrstuvwxyz0123456789"):
    _BIT[_c] = np.uint64(1 << _i)
_LONGEST_ENDING = 10
_LETTER_BITS = np.uint64((1 << _LETTERS) - 1)


class Spelling(NamedTuple):
    """A word of the lexicon, the number of texts that hold it, and its distance from what was asked."""

    word: str
    texts: int
    distance: int


class _Length(NamedTuple):
    """All words of one length. Replaced as a whole, but for the counts: readers in other threads see either."""

    words: Bytes
    bags: Bags
    counts: Counts


def letter_bags(words: Bytes) -> Bags:
    """The letter bags of words in one fixed-width array."""
    letters = np.ascontiguousarray(words).view(np.uint8).reshape(len(words), -1)
    once = np.zeros(len(words), np.uint64)
    twice = np.zeros(len(words), np.uint64)
    for column in range(letters.shape[1]):
        bit = _BIT[letters[:, column]]
        twice |= once & bit
        once |= bit
    return once | ((twice & _LETTER_BITS) << np.uint64(_SYMBOLS))


def writable(part: Part, dtype: type[Number]) -> npt.NDArray[Number]:
    """An array that can be changed in place, without a copy where that is possible."""
    array = np.frombuffer(part, dtype)
    return array if array.flags.writeable else array.copy()


class Lexicon:
    """Words and their counts; changed by `add`, asked by everything else."""

    def __init__(self) -> None:
        self._lengths: dict[int, _Length] = {}

    @classmethod
    def of(cls, counts: Iterable[tuple[str, int]]) -> Lexicon:
        """A lexicon of these words, each given once, in any order."""
        made = cls()
        words: dict[int, list[bytes]] = defaultdict(list)
        numbers: dict[int, list[int]] = defaultdict(list)
        for word, count in counts:
            encoded = word.encode()
            words[len(encoded)].append(encoded)
            numbers[len(encoded)].append(count)
        for length, of_length in words.items():
            array = np.array(of_length, f"S{length}")
            order = np.argsort(array)
            made._put(length, array[order], np.array(numbers[length], np.int32)[order])
            of_length.clear()
        return made

    def _put(self, length: int, words: Bytes, counts: Counts) -> None:
        self._lengths[length] = _Length(words, letter_bags(words), counts)

    def add(self, changes: Mapping[str, int]) -> None:
        """Change the counts of words; new words come in, and a word whose count is 0 is as if it were not there."""
        by_length: dict[int, list[tuple[bytes, int]]] = defaultdict(list)
        for word, change in changes.items():
            by_length[len(word)].append((word.encode(), change))
        for length, pairs in by_length.items():
            words = np.array([word for word, _ in pairs], f"S{length}")
            numbers = np.array([change for _, change in pairs], np.int32)
            there = self._lengths.get(length)
            if there is None:
                order = np.argsort(words)
                self._put(length, words[order], numbers[order])
                continue
            places = np.searchsorted(there.words, words)
            known = there.words[np.minimum(places, len(there.words) - 1)] == words
            there.counts[places[known]] += numbers[known]
            if known.all():
                continue
            order = np.argsort(words[~known])
            new, places = words[~known][order], places[~known][order]
            self._lengths[length] = _Length(
                np.insert(there.words, places, new),
                np.insert(there.bags, places, letter_bags(new)),
                np.insert(there.counts, places, numbers[~known][order]),
            )

    def count(self, word: str) -> int:
        """How many texts hold the word."""
        there = self._lengths.get(len(word))
        if there is None:
            return 0
        place = int(np.searchsorted(there.words, np.array(word, f"S{len(word)}")))
        if place == len(there.words) or there.words[place] != word.encode():
            return 0
        return max(0, int(there.counts[place]))

    def completions(self, start: str, limit: int) -> tuple[list[Spelling], int]:
        """The commonest words that begin so and are up to ten letters longer, and how many there are in all."""
        found: list[Spelling] = []
        total = 0
        for length in range(len(start) + 1, min(len(start) + _LONGEST_ENDING, MAX_WORD) + 1):
            there = self._lengths.get(length)
            if there is None:
                continue
            low, high = np.searchsorted(there.words, np.array([start, start + "\x7f"], f"S{length}"))
            total += int(high - low)
            counts = there.counts[low:high]
            best = np.arange(high - low) if high - low <= limit else np.argpartition(-counts, limit)[:limit]
            words = there.words[low:high][best].tolist()
            found += [Spelling(w.decode(), c, 0) for w, c in zip(words, counts[best].tolist(), strict=True) if c > 0]
        found.sort(key=lambda s: (-s.texts, s.word))
        return found[:limit], total

    def similar(self, word: str, distance: int, limit: int) -> list[Spelling]:
        """Other words at most `distance` edits away, the nearest first, of those the commonest."""
        bag = letter_bags(np.array([word.encode()]))[0] if word else np.uint64(0)
        found: list[Spelling] = []
        for length in range(max(1, len(word) - distance), len(word) + distance + 1):
            there = self._lengths.get(length)
            if there is None:
                continue
            allowed = 2 * distance - abs(length - len(word))
            near = np.flatnonzero(np.bitwise_count(there.bags ^ bag) <= allowed)
            if not len(near):
                continue
            words = there.words[near].tolist()
            hits = process.extract(
                word.encode(), words, scorer=OSA.distance, processor=None, score_cutoff=distance, limit=None
            )
            found += [
                Spelling(hit.decode(), count, int(apart))
                for hit, apart, i in hits
                if (count := int(there.counts[near[i]])) > 0 and apart
            ]
        found.sort(key=lambda s: (s.distance, -s.texts, s.word))
        return found[:limit]

    def totals(self) -> tuple[int, int]:
        """How many words there are, and the sum of their counts."""
        counts = [there.counts for there in self._lengths.values()]
        return sum(int(np.count_nonzero(c > 0)) for c in counts), sum(int(c.sum()) for c in counts)

    def items(self) -> Iterable[tuple[str, int]]:
        """Every word with its count."""
        for there in self._lengths.values():
            for word, count in zip(there.words.tolist(), there.counts.tolist(), strict=True):
                if count > 0:
                    yield word.decode(), count

    def dump(self) -> dict[str, bytes]:
        """The words and counts as named parts of an image."""
        lengths = sorted(self._lengths)
        header = np.array([[n, len(self._lengths[n].words)] for n in lengths], np.int64)
        return {
            "lengths": header.tobytes(),
            "words": b"".join(self._lengths[n].words.tobytes() for n in lengths),
            "bags": b"".join(self._lengths[n].bags.tobytes() for n in lengths),
            "counts": b"".join(self._lengths[n].counts.tobytes() for n in lengths),
        }

    @classmethod
    def load(cls, parts: Mapping[str, Part]) -> Lexicon:
        """What `dump` gave. Raises `ValueError` where the parts do not fit together."""
        made = cls()
        at = letters_at = 0
        bags, counts = writable(parts["bags"], np.uint64), writable(parts["counts"], np.int32)
        for length, number in np.frombuffer(parts["lengths"], np.int64).reshape(-1, 2).tolist():
            words = np.frombuffer(parts["words"], f"S{length}", number, letters_at)
            made._lengths[length] = _Length(words, bags[at : at + number], counts[at : at + number])
            at += number
            letters_at += number * length
        return made
