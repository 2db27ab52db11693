"""All texts sorted by their first 18 letters, to find those that start with what has been typed so far.

Each character is a digit of base 38, so that twelve fit 64 bits (38^12 < 2^64) and six more 32 bits. Texts with a
given prefix are one range of the sorted keys, from which the most popular are taken by document values, so that no
lists of top texts for common prefixes have to be kept. New and changed texts are kept in a second, unsorted array
until there are many.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from store.lookup.index.vocabulary import Part

Ids = npt.NDArray[np.uint32]

LETTERS = 18
"""Characters of a text that the index distinguishes."""
_HEAD, _TAIL = 12, 6
_BASE = 38
_CODE = np.zeros(256, np.uint64)
for _i, _c in enumerate(b" 0123456789abcdefghijklmnopqrstuvwxyz", 1):
    _CODE[_c] = _i
MOST_UNSORTED = 50_000
"""Number of unsorted texts from which they are sorted in; scanning so many takes about 0.1 ms."""


class _Keyed(NamedTuple):
    heads: npt.NDArray[np.uint64]
    tails: npt.NDArray[np.uint32]
    ids: Ids


class _State(NamedTuple):
    """Replaced as a whole, so that readers in other threads see a consistent one."""

    sorted: _Keyed
    fresh: _Keyed
    stale: npt.NDArray[np.bool_]
    """By id: whether the sorted key has been replaced. Empty if none has."""


class PrefixIndex:
    """Ids of texts by prefix."""

    def __init__(self, texts: _Keyed | None = None) -> None:
        self._state = _State(texts or _nothing(), _nothing(), np.zeros(0, np.bool_))
        self._meanwhile: list[Mapping[int, str | None]] | None = None
        """Replacements made while sorting is under way; None if it is not."""

    @classmethod
    def of(cls, chunks: Iterable[tuple[Sequence[int], Sequence[str]]]) -> PrefixIndex:
        """Build from chunks of ids and folded texts."""
        return cls(_in_order([_keyed(ids, texts) for ids, texts in chunks]))

    def replace(self, texts: Mapping[int, str | None]) -> None:
        """Replace the texts of these ids; None deletes."""
        ids = np.fromiter(texts, np.uint32, len(texts))
        present = {id_: text for id_, text in texts.items() if text is not None}
        before = self._state
        kept = ~np.isin(before.fresh.ids, ids)
        fresh = _joined([_where(before.fresh, kept), _keyed(list(present), list(present.values()))])
        stale = np.zeros(max(len(before.stale), int(ids.max(initial=0)) + 1), np.bool_)
        stale[: len(before.stale)] = before.stale
        stale[ids] = True
        self._state = _State(before.sorted, fresh, stale)
        if self._meanwhile is not None:
            self._meanwhile.append(texts)

    @property
    def unsorted(self) -> int:
        """Number of texts that are not sorted in yet."""
        return len(self._state.fresh.ids)

    def begin_sorting(self) -> Callable[[], _Keyed]:
        """A function that sorts everything, to be called in any thread; its result goes to `finish_sorting`."""
        before = self._state
        self._meanwhile = []

        def work() -> _Keyed:
            still = _still(before.sorted.ids, before.stale) if len(before.stale) else slice(None)
            return _in_order([_where(before.sorted, still), before.fresh])

        return work

    def finish_sorting(self, texts: _Keyed) -> None:
        """Install the sorted keys, and repeat the replacements made meanwhile."""
        meanwhile, self._meanwhile = self._meanwhile or [], None
        # Prepared apart and installed at once: a look-up must not see the sorted keys without the replacements.
        sorted_ = PrefixIndex(texts)
        for replaced in meanwhile:
            sorted_.replace(replaced)
        self._state = sorted_._state

    def starting_with(self, start: str) -> Ids:
        """Ids of all texts that start with the first 18 letters of `start`."""
        start = start[:LETTERS]
        head, tail = _key(start)
        texts, fresh, stale = self._state
        if len(start) <= _HEAD:
            last = np.uint64(int(head) + _BASE ** (_HEAD - len(start)) - 1)
            low, high = np.searchsorted(texts.heads, head), np.searchsorted(texts.heads, last, "right")
            new = (fresh.heads >= head) & (fresh.heads <= last)
        else:
            final = np.uint32(int(tail) + _BASE ** (LETTERS - len(start)) - 1)
            low, high = np.searchsorted(texts.heads, head), np.searchsorted(texts.heads, head, "right")
            tails = texts.tails[low:high]
            low, high = low + np.searchsorted(tails, tail), low + np.searchsorted(tails, final, "right")
            new = (fresh.heads == head) & (fresh.tails >= tail) & (fresh.tails <= final)
        return _valid(texts.ids[low:high], fresh.ids[new], stale)

    def starting_with_one_edit(self, start: str) -> Ids:
        """Ids of texts with a prefix one edit away from the first 18 letters of `start`, which must not be empty."""
        texts, fresh, stale = self._state
        near = _one_edit_away(start[:LETTERS])
        ids = _valid(_with_prefix(texts, near), _with_prefix(_where(fresh, np.argsort(fresh.heads)), near), stale)
        return np.unique(ids)

    def dump(self) -> dict[str, memoryview]:
        """The sorted and unsorted keys as named parts of an image. The arrays never change in place."""
        texts, fresh, stale = self._state
        if len(stale):
            texts = _where(texts, _still(texts.ids, stale))
        return {
            f"{which}.{name}": part.view(np.uint8).data
            for which, keyed in (("sorted", texts), ("fresh", fresh))
            for name, part in keyed._asdict().items()
        }

    @classmethod
    def load(cls, parts: Mapping[str, Part]) -> PrefixIndex:
        """Restore from `dump`."""
        texts, fresh = (
            _Keyed(
                np.frombuffer(parts[f"{which}.heads"], np.uint64),
                np.frombuffer(parts[f"{which}.tails"], np.uint32),
                np.frombuffer(parts[f"{which}.ids"], np.uint32),
            )
            for which in ("sorted", "fresh")
        )
        made = cls(texts)
        made._state = _State(texts, fresh, np.zeros(0, np.bool_))
        return made


def _valid(ids: Ids, fresh: Ids, stale: npt.NDArray[np.bool_]) -> Ids:
    if len(stale):
        ids = ids[_still(ids, stale)]
    return np.concatenate([ids, fresh]) if len(fresh) else ids


def _still(ids: Ids, stale: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    return (ids >= len(stale)) | ~stale[np.minimum(ids, len(stale) - 1)]


def _keyed(ids: Sequence[int], texts: Sequence[str]) -> _Keyed:
    return _Keyed(*_keys(texts), np.array(ids, np.uint32))


class _PrefixRanges(NamedTuple):
    """Prefixes as ranges of keys: first head and number of heads, and the same for the tails of one head."""

    heads: npt.NDArray[np.uint64]
    head_widths: npt.NDArray[np.uint64]
    tails: npt.NDArray[np.uint64]
    tail_widths: npt.NDArray[np.uint64]


def _one_edit_away(start: str) -> _PrefixRanges:
    """All prefixes with one character inserted, deleted, replaced, or two swapped; at most 18 characters each."""
    letters = _CODE[np.frombuffer(start.encode(), np.uint8)]
    size = len(letters)
    symbols = np.arange(1, _BASE, dtype=np.uint64)[:, None]
    at, gaps = np.arange(size), np.arange(size + 1)
    swapped = np.tile(letters, (size - 1, 1))
    swapped[at[:-1], at[:-1]], swapped[at[:-1], at[1:]] = letters[1:], letters[:-1]
    fewer = letters[at[:-1] + (at[:-1] >= at[:, None])]
    others = np.where((at == at[:, None])[:, None], symbols, letters).reshape(-1, size)
    around = letters[np.minimum(gaps - (gaps > gaps[:, None]), size - 1)]
    more = np.where((gaps == gaps[:, None])[:, None], symbols, around[:, None]).reshape(-1, size + 1)[:, :LETTERS]
    made = (fewer, swapped, others, more)
    codes = np.concatenate([np.pad(some, ((0, 0), (0, LETTERS - some.shape[1]))) for some in made])
    lengths = np.concatenate([np.full(len(some), some.shape[1]) for some in made])
    other = (lengths != size) | (codes[:, :size] != letters).any(axis=1)
    heads, tails = _numbers(codes[other])
    missing = LETTERS - lengths[other]
    powers = np.array([_BASE**power for power in range(_HEAD + 1)], np.uint64)
    return _PrefixRanges(heads, powers[np.maximum(missing - _TAIL, 0)], tails, powers[np.minimum(missing, _TAIL)])


def _with_prefix(texts: _Keyed, prefixes: _PrefixRanges) -> Ids:
    """Ids of texts with one of these prefixes, possibly repeated; `texts` must be sorted by head."""
    lows = np.searchsorted(texts.heads, prefixes.heads)
    highs = np.searchsorted(texts.heads, prefixes.heads + prefixes.head_widths)
    whole = prefixes.tail_widths == _BASE**_TAIL
    there = lows < highs
    ranges = np.stack([lows, highs], axis=1)[whole & there].tolist()
    found = [texts.ids[low:high] for low, high in ranges]
    for low in np.unique(lows[~whole & there]).tolist():
        of_head = ~whole & (lows == low)
        part = slice(low, highs[of_head].max())
        order = np.argsort(texts.tails[part], kind="stable")
        tails, first = texts.tails[part][order], prefixes.tails[of_head]
        begin, end = np.searchsorted(tails, first), np.searchsorted(tails, first + prefixes.tail_widths[of_head])
        some = np.flatnonzero(begin < end)
        found += [texts.ids[part][order[a:b]] for a, b in zip(begin[some], end[some], strict=True)]
    return np.concatenate(found) if found else texts.ids[:0]


def _where(texts: _Keyed, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp] | slice) -> _Keyed:
    return _Keyed(texts.heads[chosen], texts.tails[chosen], texts.ids[chosen])


def _joined(parts: Sequence[_Keyed]) -> _Keyed:
    return _Keyed(
        np.concatenate([part.heads for part in parts]),
        np.concatenate([part.tails for part in parts]),
        np.concatenate([part.ids for part in parts]),
    )


def _keys(texts: Sequence[str]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint32]]:
    letters = np.array([text[:LETTERS].encode() for text in texts], f"S{LETTERS}").view(np.uint8)
    heads, tails = _numbers(_CODE[letters.reshape(-1, LETTERS)])
    return heads, tails.astype(np.uint32)


def _key(text: str) -> tuple[np.uint64, np.uint32]:
    """The key of one text; for a single one, arrays would take longer."""
    number = 0
    for code in _CODE[np.frombuffer(text[:LETTERS].ljust(LETTERS, "\0").encode(), np.uint8)].tolist():
        number = number * _BASE + code
    head, tail = divmod(number, _BASE**_TAIL)
    return np.uint64(head), np.uint32(tail)


def _numbers(codes: npt.NDArray[np.uint64]) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    heads, tails = np.zeros(len(codes), np.uint64), np.zeros(len(codes), np.uint64)
    for column in range(_HEAD):
        heads = heads * np.uint64(_BASE) + codes[:, column]
    for column in range(_HEAD, LETTERS):
        tails = tails * np.uint64(_BASE) + codes[:, column]
    return heads, tails


def _in_order(parts: Sequence[_Keyed]) -> _Keyed:
    texts = _joined(parts) if parts else _nothing()
    return _where(texts, np.lexsort((texts.ids, texts.tails, texts.heads)))


def _nothing() -> _Keyed:
    return _Keyed(np.zeros(0, np.uint64), np.zeros(0, np.uint32), np.zeros(0, np.uint32))
