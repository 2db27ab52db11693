"""What is known of each text without reading it, in arrays by id: what orders it among equals, and for names its shape.

Ids are those of rows that SQLite numbers from 1 on, so that the arrays are as long as there are texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from store.lookup.index.prefix_index import Ids
from store.lookup.index.vocabulary import Part, letter_bags, writable

_YEAR_BITS = 8
_FIRST_YEAR = 1850
_MOST = (1 << (31 - _YEAR_BITS)) - 1
_NAME_LETTERS = 32
_LONGEST = 255
_BLOCK = 1 << 16
"""Names compared at once: what is computed of them stays in the processor's cache."""


class Traits:
    """Arrays by id. They change in place, one thread at a time; what others read meanwhile is the old or the new."""

    def __init__(self, top: int, shapes: bool) -> None:
        self._ranks = np.zeros(top + 1, np.uint32)
        """Popularity, then year; 0 where there is no text."""
        self._lengths = np.zeros(top + 1, np.uint8)
        """Letters of the folded text, 255 at most."""
        self._bags = np.zeros(top + 1 if shapes else 0, np.uint64)
        """The letters of a whole name, as in `lexicon`."""
        self._starts = np.zeros(top + 1, np.uint32)
        """How the words begin: `initials` of names, `beginnings` of titles."""
        self._shapes = shapes

        self.texts = 0
        """How many texts there are."""

    def put(self, ids: Sequence[int], texts: Sequence[str], popularity: Sequence[int], years: Sequence[int]) -> None:
        """Set what is known of these texts, each given once."""
        if not ids:
            return
        self._reach(max(ids))
        at = np.array(ids, np.int64)
        self.texts += int(np.count_nonzero(self._ranks[at] == 0))
        if self._shapes:
            self._bags[at] = letter_bags(
                np.array([text.replace(" ", "")[:_NAME_LETTERS].encode() for text in texts], f"S{_NAME_LETTERS}")
            )
            self._starts[at] = [initials(text.split()) for text in texts]
        else:
            self._starts[at] = beginnings(texts)
        self._lengths[at] = np.minimum([len(text) for text in texts], _LONGEST)
        citations = np.clip(np.array(popularity, np.int64), 0, _MOST)
        recency = np.clip(np.array(years, np.int64) - _FIRST_YEAR, 1, (1 << _YEAR_BITS) - 1)
        self._ranks[at] = (citations << _YEAR_BITS) | recency

    def drop(self, ids: Sequence[int]) -> None:
        """Forget these texts."""
        at = np.array(ids, np.int64)
        at = at[at < len(self._ranks)]
        self.texts -= int(np.count_nonzero(self._ranks[at]))
        self._ranks[at] = 0
        self._starts[at] = 0
        if self._shapes:
            self._bags[at] = 0

    def _reach(self, top: int) -> None:
        missing = top + 1 - len(self._ranks)
        if missing > 0:
            missing += top // 16
            self._lengths = np.concatenate([self._lengths, np.zeros(missing, np.uint8)])
            self._ranks = np.concatenate([self._ranks, np.zeros(missing, np.uint32)])
            self._starts = np.concatenate([self._starts, np.zeros(missing, np.uint32)])
            if self._shapes:
                self._bags = np.concatenate([self._bags, np.zeros(missing, np.uint64)])

    def rank(self, id_: int) -> int:
        """What orders the text among equals: higher is earlier."""
        return int(self._ranks[id_]) if id_ < len(self._ranks) else 0

    def year(self, id_: int) -> int:
        """The year of the text; 1851 where it is earlier or not known."""
        return _FIRST_YEAR + (self.rank(id_) & ((1 << _YEAR_BITS) - 1))

    def best(self, ids: Ids, limit: int) -> Ids:
        """The ids that order first among these, best first; equal ones by id."""
        known = ids[ids < len(self._ranks)]
        keys = (self._ranks[known].astype(np.uint64) << np.uint64(32)) | (~known).astype(np.uint64)
        if len(keys) > limit:
            keys = np.partition(keys, len(keys) - limit)[len(keys) - limit :]
        best: Ids = ~np.sort(keys)[::-1].astype(np.uint32)
        return best

    def closest(self, ids: Ids, limit: int, starts: int) -> tuple[Ids, bool]:
        """Of these texts those with the most of the wanted beginnings, and whether these are all that have so many.

        Of equals, half are those that order first, the others the shortest, which have the least besides.
        """
        known = ids[ids < len(self._starts)]
        if len(known) <= limit or not starts:
            return self.best(known, limit), len(known) <= limit
        held = np.bitwise_count(self._starts[known] & np.uint32(starts))
        least = np.partition(held, len(held) - limit)[len(held) - limit]
        sure, equal = known[held > least], known[held == least]
        room = limit - len(sure)
        by_length = (self._lengths[equal].astype(np.uint64) << np.uint64(32)) | equal
        shortest = np.partition(by_length, room // 2)[: room // 2].astype(np.uint32)
        others = np.setdiff1d(equal, shortest, assume_unique=True)
        chosen = [self.best(sure, limit), self.best(others, room - len(shortest)), shortest]
        return np.concatenate(chosen), bool(least < held.max())

    def of_length(self, ids: Ids, letters: int) -> Ids:
        """Of these texts, those of so many letters."""
        known = ids[ids < len(self._lengths)]
        fitting: Ids = known[self._lengths[known] == min(letters, _LONGEST)]
        return fitting

    def with_initials(self, ids: Ids, wanted: int) -> Ids:
        """Of these names, those of which words begin with all wanted letters."""
        known = ids[ids < len(self._starts)]
        fitting: Ids = known[(self._starts[known] & np.uint32(wanted)) == wanted]
        return fitting

    def alike(self, word: str, bits: int, limit: int) -> Ids:
        """Names whose letters differ from those of the word in at most so many bits, the nearest first."""
        bag = letter_bags(np.array([word[:_NAME_LETTERS].encode()]))[0]
        near, apart = [], []
        for start in range(0, len(self._bags), _BLOCK):
            differing = np.bitwise_count(self._bags[start : start + _BLOCK] ^ bag)
            hits = np.flatnonzero(differing <= bits)
            near.append(hits + start)
            apart.append(differing[hits])
        ids = np.concatenate(near).astype(np.uint32) if near else np.zeros(0, np.uint32)
        if len(ids) > limit:
            order = np.lexsort((ids, ~self._ranks[ids], np.concatenate(apart)))
            ids = ids[order[:limit]]
        there: Ids = ids[self._ranks[ids] > 0]
        return there

    def dump(self) -> dict[str, memoryview]:
        """The arrays as named parts of an image."""
        return {
            "lengths": self._lengths.copy().view(np.uint8).data,
            "ranks": self._ranks.copy().view(np.uint8).data,
            "bags": self._bags.copy().view(np.uint8).data,
            "starts": self._starts.copy().view(np.uint8).data,
        }

    @classmethod
    def load(cls, parts: Mapping[str, Part]) -> Traits:
        """What `dump` gave."""
        made = cls(-1, shapes=len(parts["bags"]) > 0)
        made._lengths = writable(parts["lengths"], np.uint8)
        made._ranks = writable(parts["ranks"], np.uint32)
        made.texts = int(np.count_nonzero(made._ranks))
        made._bags = writable(parts["bags"], np.uint64)
        made._starts = writable(parts["starts"], np.uint32)
        return made


def initials(words: Sequence[str]) -> int:
    """A bit for each letter or digit that a word begins with."""
    mask = 0
    for word in words:
        mask |= 1 << ((ord(word[0]) - ord("a")) if word[0] >= "a" else 26 + (ord(word[0]) & 3))
    return mask


def beginnings(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    """For each text, a bit for the first three letters of every word, of 32 among which these are spread."""
    letters = np.frombuffer(("\n" + "\n".join(texts) + "\n  ").encode(), np.uint8)
    ends = letters <= ord(" ")
    first = np.flatnonzero(ends[:-2] & ~ends[1:-1])[: len(letters)] + 1
    second, third = ~ends[first + 1], ~ends[first + 1] & ~ends[first + 2]
    spelt = letters[first].astype(np.uint32)
    spelt = (spelt * 38 + letters[first + 1] * second) * 38 + letters[first + 2] * third
    # Fibonacci hashing (Knuth 1998, 6.4): the upper bits of a product with 2^32 over the golden ratio.
    bits = np.left_shift(np.uint32(1), (spelt * np.uint32(2_654_435_769)) >> np.uint32(27))
    of_text = np.cumsum(letters == ord("\n"))[first] - 1
    made = np.zeros(len(texts), np.uint32)
    np.bitwise_or.at(made, of_text, bits)
    return made
