"""What is known of each text without reading it, in arrays by id: what orders it among equals, and for names its shape.

Ids are those of rows that SQLite numbers from 1 on, so that the arrays are as long as there are texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from store.lookup.lexicon import Part, letter_bags, writable
from store.lookup.prefixes import Ids

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
        self._initials = np.zeros(top + 1 if shapes else 0, np.uint32)
        """A bit for each letter that a word of the name begins with."""
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
            self._initials[at] = [initials(text.split()) for text in texts]
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
        if self._shapes:
            self._bags[at] = 0
            self._initials[at] = 0

    def _reach(self, top: int) -> None:
        missing = top + 1 - len(self._ranks)
        if missing > 0:
            missing += top // 16
            self._lengths = np.concatenate([self._lengths, np.zeros(missing, np.uint8)])
            self._ranks = np.concatenate([self._ranks, np.zeros(missing, np.uint32)])
            if self._shapes:
                self._bags = np.concatenate([self._bags, np.zeros(missing, np.uint64)])
                self._initials = np.concatenate([self._initials, np.zeros(missing, np.uint32)])

    def rank(self, id_: int) -> int:
        """What orders the text among equals: higher is earlier."""
        return int(self._ranks[id_]) if id_ < len(self._ranks) else 0

    def best(self, ids: Ids, limit: int) -> Ids:
        """The ids that order first among these, best first; equal ones by id."""
        known = ids[ids < len(self._ranks)]
        keys = (self._ranks[known].astype(np.uint64) << np.uint64(32)) | (~known).astype(np.uint64)
        if len(keys) > limit:
            keys = np.partition(keys, len(keys) - limit)[len(keys) - limit :]
        best: Ids = ~np.sort(keys)[::-1].astype(np.uint32)
        return best

    def of_length(self, ids: Ids, letters: int) -> Ids:
        """Of these texts, those of so many letters."""
        known = ids[ids < len(self._lengths)]
        fitting: Ids = known[self._lengths[known] == min(letters, _LONGEST)]
        return fitting

    def with_initials(self, ids: Ids, wanted: int) -> Ids:
        """Of these names, those of which words begin with all wanted letters."""
        known = ids[ids < len(self._initials)]
        fitting: Ids = known[(self._initials[known] & np.uint32(wanted)) == wanted]
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
            "initials": self._initials.copy().view(np.uint8).data,
        }

    @classmethod
    def load(cls, parts: Mapping[str, Part]) -> Traits:
        """What `dump` gave."""
        made = cls(-1, shapes=len(parts["bags"]) > 0)
        made._lengths = writable(parts["lengths"], np.uint8)
        made._ranks = writable(parts["ranks"], np.uint32)
        made.texts = int(np.count_nonzero(made._ranks))
        made._bags = writable(parts["bags"], np.uint64)
        made._initials = writable(parts["initials"], np.uint32)
        return made


def initials(words: Sequence[str]) -> int:
    """A bit for each letter or digit that a word begins with."""
    mask = 0
    for word in words:
        mask |= 1 << ((ord(word[0]) - ord("a")) if word[0] >= "a" else 26 + (ord(word[0]) & 3))
    return mask
