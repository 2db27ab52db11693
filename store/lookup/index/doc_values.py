"""Document values: arrays by id with the popularity, length and signatures of each text.

Ids are SQLite row ids, numbered from 1, so that the arrays are about as long as there are texts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from store.lookup.index.prefix_index import Ids
from store.lookup.index.vocabulary import Part, letter_bag, letter_bags, writable

_YEAR_BITS = 8
_FIRST_YEAR = 1850
_MOST = (1 << (31 - _YEAR_BITS)) - 1
_NAME_LETTERS = 32
"""Letters of a name that its letter bag covers."""
_SAME_INITIAL = 1 << 30
"""Bit of an initial signature for two words with the same first letter: all of the family Zhou have a Z."""
_LONGEST = 255
_BLOCK = 1 << 16
"""Names compared at once, so that intermediate arrays stay in the processor cache."""


class DocValues:
    """Arrays by id. One thread at a time changes them in place; readers see the old or the new value."""

    def __init__(self, top: int, shapes: bool) -> None:
        self._ranks = np.zeros(top + 1, np.uint32)
        """Popularity in the upper bits, year in the lower; 0 if there is no such text."""
        self._lengths = np.zeros(top + 1, np.uint8)
        """Length of the folded text, capped at 255."""
        self._bags = np.zeros(top + 1 if shapes else 0, np.uint64)
        """Letter bag of a whole name, as in `vocabulary`; empty for titles."""
        self._starts = np.zeros(top + 1, np.uint32)
        """`initial_signature` of names, `prefix_signatures` of titles."""
        self._shapes = shapes
        self.texts = 0
        """Number of texts."""

    def put(self, ids: Sequence[int], texts: Sequence[str], popularity: Sequence[int], years: Sequence[int]) -> None:
        """Set the values of these texts; each id must occur once."""
        if not ids:
            return
        self._grow(max(ids))
        at = np.array(ids, np.int64)
        self.texts += int(np.count_nonzero(self._ranks[at] == 0))
        if self._shapes:
            self._bags[at] = letter_bags(
                np.array([text.replace(" ", "")[:_NAME_LETTERS].encode() for text in texts], f"S{_NAME_LETTERS}")
            )
            self._starts[at] = [initial_signature(text.split()) for text in texts]
        else:
            self._starts[at] = prefix_signatures(texts)
        self._lengths[at] = np.minimum([len(text) for text in texts], _LONGEST)
        citations = np.clip(np.array(popularity, np.int64), 0, _MOST)
        recency = np.clip(np.array(years, np.int64) - _FIRST_YEAR, 1, (1 << _YEAR_BITS) - 1)
        self._ranks[at] = (citations << _YEAR_BITS) | recency

    def drop(self, ids: Sequence[int]) -> None:
        """Delete the values of these texts."""
        at = np.array(ids, np.int64)
        at = at[at < len(self._ranks)]
        self.texts -= int(np.count_nonzero(self._ranks[at]))
        self._ranks[at] = 0
        self._starts[at] = 0
        if self._shapes:
            self._bags[at] = 0

    def _grow(self, top: int) -> None:
        missing = top + 1 - len(self._ranks)
        if missing > 0:
            missing += top // 16
            self._lengths = np.concatenate([self._lengths, np.zeros(missing, np.uint8)])
            self._ranks = np.concatenate([self._ranks, np.zeros(missing, np.uint32)])
            self._starts = np.concatenate([self._starts, np.zeros(missing, np.uint32)])
            if self._shapes:
                self._bags = np.concatenate([self._bags, np.zeros(missing, np.uint64)])

    def popularity(self, id_: int) -> int:
        """Popularity combined with the year, to order texts with equal scores; 0 if there is no such text."""
        return int(self._ranks[id_]) if id_ < len(self._ranks) else 0

    def total(self, ids: Ids) -> int:
        """The sum of the popularity of these texts: the papers of people, if of names."""
        return int(np.sum(self._ranks[ids[ids < len(self._ranks)]] >> _YEAR_BITS, dtype=np.int64))

    def year(self, id_: int) -> int:
        """Year of the text; 1851 if earlier or unknown."""
        return _FIRST_YEAR + (self.popularity(id_) & ((1 << _YEAR_BITS) - 1))

    def most_popular(self, ids: Ids, limit: int) -> Ids:
        """The `limit` most popular of these ids, most popular first, ties by id."""
        if not len(ids):
            return ids
        known = ids[ids < len(self._ranks)]
        keys = (self._ranks[known].astype(np.uint64) << np.uint64(32)) | (~known).astype(np.uint64)
        if len(keys) > limit:
            keys = np.partition(keys, len(keys) - limit)[len(keys) - limit :]
        best: Ids = ~np.sort(keys)[::-1].astype(np.uint32)
        return best

    def most_shared_prefixes(self, ids: Ids, limit: int, starts: int) -> tuple[Ids, bool]:
        """The `limit` texts that share the most word prefixes with the query signature `starts`.

        Ties are filled half with the most popular and half with the shortest texts, which have the fewest other words.
        The flag is False if texts that share as many prefixes as the best ones had to be left out.
        """
        known = ids[ids < len(self._starts)]
        if len(known) <= limit or not starts:
            return self.most_popular(known, limit), len(known) <= limit
        held = np.bitwise_count(self._starts[known] & np.uint32(starts))
        least = np.partition(held, len(held) - limit)[len(held) - limit]
        sure, equal = known[held > least], known[held == least]
        room = limit - len(sure)
        by_length = (self._lengths[equal].astype(np.uint64) << np.uint64(32)) | equal
        shortest = np.partition(by_length, room // 2)[: room // 2].astype(np.uint32)
        others = np.setdiff1d(equal, shortest, assume_unique=True)
        chosen = [self.most_popular(sure, limit), self.most_popular(others, room - len(shortest)), shortest]
        return np.concatenate(chosen), bool(least < held.max())

    def of_length(self, ids: Ids, letters: int) -> Ids:
        """The texts among these with exactly this length."""
        known = ids[ids < len(self._lengths)]
        fitting: Ids = known[self._lengths[known] == min(letters, _LONGEST)]
        return fitting

    def with_initials(self, ids: Ids, wanted: int) -> Ids:
        """The names among these that have words starting with all the wanted letters."""
        known = ids[ids < len(self._starts)]
        fitting: Ids = known[(self._starts[known] & np.uint32(wanted)) == wanted]
        return fitting

    def with_similar_letters(self, word: str, bits: int, limit: int) -> Ids:
        """Names whose letter bag differs from that of `word` in at most `bits` bits, nearest first."""
        bag = letter_bag(word[:_NAME_LETTERS])
        near, apart = [], []
        for start in range(0, len(self._bags), _BLOCK):
            differing = np.bitwise_count(self._bags[start : start + _BLOCK] ^ bag)
            hits = np.flatnonzero(differing <= bits)
            near.append(hits + start)
            apart.append(differing[hits])
        ids = np.concatenate(near).astype(np.uint32) if near else np.zeros(0, np.uint32)
        if len(ids):
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
    def load(cls, parts: Mapping[str, Part]) -> DocValues:
        """Restore from `dump`."""
        made = cls(-1, shapes=len(parts["bags"]) > 0)
        made._lengths = writable(parts["lengths"], np.uint8)
        made._ranks = writable(parts["ranks"], np.uint32)
        made.texts = int(np.count_nonzero(made._ranks))
        made._bags = writable(parts["bags"], np.uint64)
        made._starts = writable(parts["starts"], np.uint32)
        return made


def initial_signature(words: Sequence[str]) -> int:
    """Bit mask of the first letters of the words, with a bit for two words that start with the same."""
    mask = 0
    for word in words:
        bit = 1 << ((ord(word[0]) - ord("a")) if word[0] >= "a" else 26 + (ord(word[0]) & 3))
        mask |= bit | (_SAME_INITIAL if mask & bit else 0)
    return mask


def prefix_signatures(texts: Sequence[str]) -> npt.NDArray[np.uint32]:
    """For each text, a 32-bit mask with one hashed bit for the first three letters of every word."""
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
