"""All distinct words of a field with their document frequencies: exact, prefix, substring and fuzzy search.

Words are grouped by length, each group being one sorted array of fixed-width bytes. Misspelt words are found by
comparing letter bags: 62 bits, for the first and second occurrence of each letter and the first of each digit. A
substitution changes at most two bits, an insertion or deletion one, a transposition none. Two words at distance d
whose lengths differ by g therefore differ in at most 2d - g bits. XOR and popcount over the few lengths in question
leave a handful of words, for which rapidfuzz computes the distance (optimal string alignment, Boytsov 2011).
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
"""One array of a stored image, as written or as read."""

Number = TypeVar("Number", bound=np.generic)

_LETTERS, _SYMBOLS = 26, 36
_BIT = np.zeros(256, np.uint64)
for _i, _c in enumerate(b"abcdefghijklmnopqrstuvwxyz0123456789"):
    _BIT[_c] = np.uint64(1 << _i)
_LONGEST_ENDING = 10
"""Letters that a completion may add."""
_FRESH = 4_096
"""New words of one length that are kept in a second, small array; merging them copies the whole first array."""
_LETTER_BITS = np.uint64((1 << _LETTERS) - 1)


class Match(NamedTuple):
    """A word, its document frequency, and its edit distance from the query word."""

    word: str
    texts: int
    distance: int


class _Length(NamedTuple):
    """All words of one length. Replaced as a whole except for the counts, so that other threads can read meanwhile."""

    words: Bytes
    bags: Bags
    counts: Counts


def letter_bags(words: Bytes) -> Bags:
    """Letter bags of the words in a fixed-width array, as 64-bit masks."""
    letters = np.ascontiguousarray(words).view(np.uint8).reshape(len(words), -1)
    once = np.zeros(len(words), np.uint64)
    twice = np.zeros(len(words), np.uint64)
    for column in range(letters.shape[1]):
        bit = _BIT[letters[:, column]]
        twice |= once & bit
        once |= bit
    return once | ((twice & _LETTER_BITS) << np.uint64(_SYMBOLS))


def letter_bag(word: str) -> np.uint64:
    """The letter bag of one word; for a single one, arrays would take longer."""
    once = twice = 0
    for bit in _BIT[np.frombuffer(word.encode(), np.uint8)].tolist():
        twice |= once & bit
        once |= bit
    return np.uint64(once | (twice & int(_LETTER_BITS)) << _SYMBOLS)


def writable(part: Part, dtype: type[Number]) -> npt.NDArray[Number]:
    """A writable array over the part, copied only if needed."""
    array = np.frombuffer(part, dtype)
    return array if array.flags.writeable else array.copy()


class Vocabulary:
    """Words with their document frequencies."""

    def __init__(self) -> None:
        self._lengths: dict[int, tuple[_Length, ...]] = {}
        """By length: the main array, and a small one with words that were added since."""

    @classmethod
    def of(cls, counts: Iterable[tuple[str, int]]) -> Vocabulary:
        """A vocabulary of these words; each must occur once, in any order."""
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
        """Add these changes to the counts. New words are inserted; words with count 0 are ignored by all searches."""
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
        """Document frequency of the word, 0 if unknown."""
        for there in self._lengths.get(len(word), ()):
            place = int(np.searchsorted(there.words, np.array(word, f"S{len(word)}")))
            if place < len(there.words) and there.words[place] == word.encode():
                return max(0, int(there.counts[place]))
        return 0

    def completions(self, start: str, limit: int) -> list[Match]:
        """The most frequent longer words with this prefix, up to ten letters longer; distance 0."""
        found: list[Match] = []
        for length in range(len(start) + 1, min(len(start) + _LONGEST_ENDING, MAX_WORD) + 1):
            for there in self._lengths.get(length, ()):
                low, high = np.searchsorted(there.words, np.array([start, start + "\x7f"], f"S{length}"))
                counts = there.counts[low:high]
                best = np.arange(high - low)
                if high - low > limit:
                    # Break ties alphabetically, so that the result does not depend on when a word was added.
                    best = np.argpartition(best - counts.astype(np.int64) * len(counts), limit)[:limit]
                words = there.words[low:high][best].tolist()
                found += [Match(w.decode(), c, 0) for w, c in zip(words, counts[best].tolist(), strict=True) if c > 0]
        found.sort(key=lambda s: (-s.texts, s.word))
        return found[:limit]

    def containing(self, part: str, limit: int) -> list[Match]:
        """The most frequent words that contain `part` after their first letter; distance 0."""
        found: list[Match] = []
        for length in range(len(part) + 1, MAX_WORD + 1):
            for there in self._lengths.get(length, ()):
                letters, at = there.words.tobytes(), -1
                while (at := letters.find(part.encode(), at + 1)) >= 0:
                    place, within = divmod(at, length)
                    count = int(there.counts[place])
                    if 0 < within <= length - len(part) and count > 0:
                        found.append(Match(there.words[place].decode(), count, 0))
        found.sort(key=lambda s: (-s.texts, s.word))
        return found[:limit]

    def similar(self, word: str, distance: int, limit: int) -> list[Match]:
        """Other words at most `distance` edits away, nearest first, then by frequency."""
        if not word:
            return []
        bag = letter_bag(word)
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
        spellings = [Match(words[i].decode(), int(counts[i]), int(apart[i])) for i in found.tolist()]
        spellings.sort(key=lambda s: (s.distance, -s.texts, s.word))
        return spellings[:limit]

    def totals(self) -> tuple[int, int]:
        """Number of words, and sum of their document frequencies."""
        counts = [there.counts for parts in self._lengths.values() for there in parts]
        return sum(int(np.count_nonzero(c > 0)) for c in counts), sum(int(c.sum()) for c in counts)

    def items(self) -> Iterable[tuple[str, int]]:
        """Every word with its document frequency."""
        for there in (part for parts in self._lengths.values() for part in parts):
            for word, count in zip(there.words.tolist(), there.counts.tolist(), strict=True):
                if count > 0:
                    yield word.decode(), count

    def dump(self) -> dict[str, bytes]:
        """The arrays as named parts of an image."""
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
    def load(cls, parts: Mapping[str, Part]) -> Vocabulary:
        """Restore from `dump`; raises `ValueError` if the parts do not fit together."""
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
    """Words of one length, sorted."""
    order = np.argsort(words)
    return _Length(words[order], letter_bags(words[order]), counts[order])


def _merged(one: _Length, other: _Length) -> _Length:
    """Merge two disjoint arrays."""
    places = np.searchsorted(one.words, other.words)
    return _Length(
        np.insert(one.words, places, other.words),
        np.insert(one.bags, places, other.bags),
        np.insert(one.counts, places, other.counts),
    )
