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

from store.text.normalize import MAX_WORD

Bytes = npt.NDArray[np.bytes_]
Bags = npt.NDArray[np.uint64]
Counts = npt.NDArray[np.int32]
Part: TypeAlias = bytes | memoryview | npt.NDArray[np.uint8]
"""A part of an image: as it is written, or as it was read."""

Number = TypeVar("Number", bound=np.generic)

_LETTERS, _SYMBOLS = 26, 36
_BIT = np.zeros(256, np.uint64)
for _i, _c in enumerate(b"abcdefghijklmnopqrstuvwxyz0123456789"):
    _BIT[_c] = np.uint64(1 << _i)
_LONGEST_ENDING = 10
_FRESH = 4_096
"""New words of one length that are kept apart: putting them in among all others copies those."""
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
        self._lengths: dict[int, tuple[_Length, ...]] = {}
        """By length: the words, and apart from them those that came since, while they are few."""

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
            made._lengths[length] = (_sorted(np.array(of_length, f"S{length}"), np.array(numbers[length], np.int32)),)
            of_length.clear()
        return made

    def add(self, changes: Mapping[str, int]) -> None:
        """Change the counts of words; new words come in, and a word whose count is 0 is as if it were not there."""
        by_length: dict[int, dict[bytes, int]] = defaultdict(dict)
        for word, change in changes.items():
            by_length[len(word)][word.encode()] = change
        for length, pairs in by_length.items():
            words, counts = np.array(list(pairs), f"S{length}"), np.array(list(pairs.values()), np.int32)
            for there in self._lengths.get(length, ()):
                places = np.searchsorted(there.words, words)
                known = there.words[np.minimum(places, len(there.words) - 1)] == words
                there.counts[places[known]] += counts[known]
                words, counts = words[~known], counts[~known]
            if len(words):
                changed = _sorted(words, counts)
                first, *fresh = self._lengths.get(length, (changed,))
                if first is not changed:
                    fresh = [_merged(fresh[0], changed) if fresh else changed]
                    if len(fresh[0].words) > _FRESH:
                        first, fresh = _merged(first, fresh[0]), []
                self._lengths[length] = (first, *fresh)

    def count(self, word: str) -> int:
        """How many texts hold the word."""
        for there in self._lengths.get(len(word), ()):
            place = int(np.searchsorted(there.words, np.array(word, f"S{len(word)}")))
            if place < len(there.words) and there.words[place] == word.encode():
                return max(0, int(there.counts[place]))
        return 0

    def completions(self, start: str, limit: int) -> list[Spelling]:
        """The commonest words that begin so and are up to ten letters longer, with distance 0."""
        found: list[Spelling] = []
        for length in range(len(start) + 1, min(len(start) + _LONGEST_ENDING, MAX_WORD) + 1):
            for there in self._lengths.get(length, ()):
                low, high = np.searchsorted(there.words, np.array([start, start + "\x7f"], f"S{length}"))
                counts = there.counts[low:high]
                best = np.arange(high - low)
                if high - low > limit:
                    # Equal counts in alphabetical order, so that it does not matter which words came later.
                    best = np.argpartition(best - counts.astype(np.int64) * len(counts), limit)[:limit]
                words = there.words[low:high][best].tolist()
                found += [
                    Spelling(w.decode(), c, 0) for w, c in zip(words, counts[best].tolist(), strict=True) if c > 0
                ]
        found.sort(key=lambda s: (-s.texts, s.word))
        return found[:limit]

    def containing(self, part: str, limit: int) -> list[Spelling]:
        """The commonest longer words of which this is a part other than the beginning, with distance 0."""
        found: list[Spelling] = []
        for length in range(len(part) + 1, MAX_WORD + 1):
            for there in self._lengths.get(length, ()):
                letters, at = there.words.tobytes(), -1
                while (at := letters.find(part.encode(), at + 1)) >= 0:
                    place, within = divmod(at, length)
                    count = int(there.counts[place])
                    if 0 < within <= length - len(part) and count > 0:
                        found.append(Spelling(there.words[place].decode(), count, 0))
        found.sort(key=lambda s: (-s.texts, s.word))
        return found[:limit]

    def similar(self, word: str, distance: int, limit: int) -> list[Spelling]:
        """Other words at most `distance` edits away, the nearest first, of those the commonest."""
        if not word:
            return []
        bag = letter_bags(np.array([word.encode()]))[0]
        words: list[bytes] = []
        all_counts = [np.zeros(0, np.int32)]
        for length in range(max(1, len(word) - distance), len(word) + distance + 1):
            allowed = 2 * distance - abs(length - len(word))
            for there in self._lengths.get(length, ()):
                near = np.flatnonzero(np.bitwise_count(there.bags ^ bag) <= allowed)
                words += there.words[near].tolist()
                all_counts.append(there.counts[near])
        apart = process.cdist([word.encode()], words, scorer=OSA.distance, score_cutoff=distance, dtype=np.uint8)[0]
        counts = np.concatenate(all_counts)
        found = np.flatnonzero((apart <= distance) & (apart > 0) & (counts > 0))
        if len(found) > limit:
            order = (apart[found].astype(np.int64) << 32) - counts[found]
            found = found[order <= np.partition(order, limit - 1)[limit - 1]]
        spellings = [Spelling(words[i].decode(), int(counts[i]), int(apart[i])) for i in found.tolist()]
        spellings.sort(key=lambda s: (s.distance, -s.texts, s.word))
        return spellings[:limit]

    def totals(self) -> tuple[int, int]:
        """How many words there are, and the sum of their counts."""
        counts = [there.counts for parts in self._lengths.values() for there in parts]
        return sum(int(np.count_nonzero(c > 0)) for c in counts), sum(int(c.sum()) for c in counts)

    def items(self) -> Iterable[tuple[str, int]]:
        """Every word with its count."""
        for there in (part for parts in self._lengths.values() for part in parts):
            for word, count in zip(there.words.tolist(), there.counts.tolist(), strict=True):
                if count > 0:
                    yield word.decode(), count

    def dump(self) -> dict[str, bytes]:
        """The words and counts as named parts of an image."""
        whole = {
            length: _merged(parts[0], parts[1]) if len(parts) > 1 else parts[0]
            for length, parts in sorted(self._lengths.items())
        }
        header = np.array([[length, len(there.words)] for length, there in whole.items()], np.int64)
        return {
            "lengths": header.tobytes(),
            "words": b"".join(there.words.tobytes() for there in whole.values()),
            "bags": b"".join(there.bags.tobytes() for there in whole.values()),
            "counts": b"".join(there.counts.tobytes() for there in whole.values()),
        }

    @classmethod
    def load(cls, parts: Mapping[str, Part]) -> Lexicon:
        """What `dump` gave. Raises `ValueError` where the parts do not fit together."""
        made = cls()
        at = letters_at = 0
        bags, counts = writable(parts["bags"], np.uint64), writable(parts["counts"], np.int32)
        for length, number in np.frombuffer(parts["lengths"], np.int64).reshape(-1, 2).tolist():
            words = np.frombuffer(parts["words"], f"S{length}", number, letters_at)
            made._lengths[length] = (_Length(words, bags[at : at + number], counts[at : at + number]),)
            at += number
            letters_at += number * length
        return made


def _sorted(words: Bytes, counts: Counts) -> _Length:
    """Words of one length, in order."""
    order = np.argsort(words)
    return _Length(words[order], letter_bags(words[order]), counts[order])


def _merged(one: _Length, other: _Length) -> _Length:
    """All words of both, which have none in common."""
    places = np.searchsorted(one.words, other.words)
    return _Length(
        np.insert(one.words, places, other.words),
        np.insert(one.bags, places, other.bags),
        np.insert(one.counts, places, other.counts),
    )
