"""Finding candidates and putting them in order."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import NamedTuple


from store.lookup.folding import HEAD, fold, words
from store.lookup.memory import Memory
from store.lookup.postings import Postings, Text
from store.lookup.prefixes import LETTERS
from store.lookup.ranking import Pairs, Ranker, weight

MAX_QUERY = 400
"""Characters of a query that are read."""
MAX_WORDS = 24
BEGINNING_SCORE = 0.98
CANDIDATES = 300
SCANNED = 20_000
"""Postings that one expression may bring into memory."""


class Found(NamedTuple):
    """A text with its score in 0..1."""

    id: int
    folded: str
    score: float
    matched: Pairs


class Group(NamedTuple):
    """What one word of the query may stand for: an expression of FTS5, and about how many texts match it."""

    expression: str
    texts: int


class Search:
    """One look-up."""

    def __init__(self, query: str, memory: Memory, postings: Postings, limit: int) -> None:
        self.folded = fold(query[:MAX_QUERY])
        self.words = words(self.folded)[:MAX_WORDS]
        self.memory = memory
        self.postings = postings
        self.limit = limit
        self.found: dict[int, Found] = {}
        self.counts = [memory.lexicon.count(word) for word in self.words]
        self.ranker = Ranker(
            self.folded,
            self.words,
            [weight(w, n, memory.texts) for w, n in zip(self.words, self.counts, strict=True)],
            initials=not memory.kind.has_heads,
        )

    def run(self) -> list[Found]:
        """The best texts, best first."""
        if not self.words:
            return []
        self._beginnings()
        if self.memory.kind.has_heads:
            self._heads()
        if len(self.found) < self.limit or len(self.words) > 1:
            self._consider(self._holding([Group(w, n) for w, n in zip(self.words, self.counts, strict=True) if n]))
            if not self._satisfied():
                self._consider(self._holding(self._meant(1)))
            if not self._satisfied():
                self._variants()
            if not self._satisfied():
                self._consider(self._holding(self._meant(2)))
        return self._ordered()

    def _ordered(self) -> list[Found]:
        rank = self.memory.rank
        return sorted(self.found.values(), key=lambda f: (-round(f.score, 2), -rank(f.id), f.id))[: self.limit]

    def _satisfied(self) -> bool:
        return any(found.score >= 0.93 for found in self.found.values())

    def _keep(self, text: Text, score: float, matched: Pairs) -> None:
        before = self.found.get(text.id)
        if before is None or before.score < score:
            self.found[text.id] = Found(text.id, text.folded, score, matched)

    def _beginnings(self) -> None:
        ids = self.memory.prefixes.starting(self.folded)
        ids = self.memory.best(ids, CANDIDATES if len(self.folded) > LETTERS else 2 * self.limit)
        for text in self.postings.texts(ids.tolist()):
            if text.folded == self.folded:
                self._keep(text, 1.0, tuple((w, w) for w in self.words))
            elif text.folded.startswith(self.folded):
                self._keep(text, BEGINNING_SCORE, _begun(self.words, text.folded))

    def _heads(self) -> None:
        joined = "".join(self.words)
        if len(self.words) <= 4 and len(joined) <= 24:
            ids = self.memory.best(self.postings.matching(f'"{joined}{HEAD}"', SCANNED), self.limit)
            for text in self.postings.texts(ids.tolist()):
                self._keep(text, 0.99, tuple((w, joined) for w in self.words))

    def _consider(self, ids: Sequence[int]) -> None:
        new = [id_ for id_ in ids if id_ not in self.found]
        for ranked in self.ranker.rank(self.postings.texts(new)):
            self._keep(ranked.text, min(0.97, ranked.score), ranked.matched)

    def _holding(self, groups: list[Group]) -> list[int]:
        """Texts that hold the rarest of these, most of them or at least two."""
        groups = sorted(set(groups), key=lambda g: (g.texts, g.expression))[:5]
        if not groups:
            return []
        total = max(1, self.memory.texts)
        terms = [g.expression for g in groups if g.texts <= 150][:2]
        usable = [g for g in groups if g.texts <= max(20_000, 30 * groups[0].texts)]
        for size in (2, 3, 4):
            if len(usable) < size:
                break
            expected = 1.0
            for group in usable[:size]:
                expected *= group.texts / total
            if expected * total * 10 < 600 or size == len(usable):
                terms += [f"({' AND '.join(g.expression for g in pair)})" for pair in combinations(usable[:5], size)]
                break
        if not terms:
            terms = [groups[0].expression]
        ids = self.postings.matching(" OR ".join(terms), SCANNED)
        best: list[int] = self.memory.best(ids, CANDIDATES).tolist()
        return best

    def _meant(self, distance: int) -> list[Group]:
        """What each word may stand for besides itself."""
        lexicon = self.memory.lexicon
        groups = []
        for i, (word, count) in enumerate(zip(self.words, self.counts, strict=True)):
            meant: dict[str, int] = {word: count} if count else {}
            if len(word) >= 3 and (not count or distance > 1):
                for like in lexicon.similar(word, min(distance, 1 if len(word) < 6 else 2), 24):
                    meant[like.word] = like.texts
            if len(word) >= 3:
                completions, _ = lexicon.completions(word, 24)
                for like in completions:
                    meant[like.word] = like.texts
            for n in (2, 3):
                joined = "".join(self.words[i : i + n])
                if i + n <= len(self.words) and (there := lexicon.count(joined)):
                    groups.append(Group(joined, there))
                    break
            for cut in range(2, len(word) - 1) if not count else ():
                left, right = lexicon.count(word[:cut]), lexicon.count(word[cut:])
                if left and right:
                    groups.append(Group(f"({word[:cut]} AND {word[cut:]})", min(left, right)))
            if meant:
                expression = " OR ".join(meant)
                groups.append(Group(f"({expression})" if len(meant) > 1 else expression, sum(meant.values())))
        joined = "".join(self.words)
        if not lexicon.count(joined) and len(joined) <= 24 and len(self.words) <= 4:
            groups += [Group(like.word, like.texts) for like in lexicon.similar(joined, 1 if len(joined) < 6 else 2, 8)]
        return groups

    def _variants(self) -> None:
        """Texts of which a beginning is one edit away from the query's."""
        start = self.folded[:12]
        if len(start) < 4:
            return
        ids = self.memory.prefixes.starting_with_any(sorted(_edits(start)), 2_000)
        self._consider(self.memory.best(ids, CANDIDATES).tolist())


def _edits(start: str) -> set[str]:
    letters = " abcdefghijklmnopqrstuvwxyz0123456789"
    splits = [(start[:i], start[i:]) for i in range(len(start) + 1)]
    made = {a + b[1:] for a, b in splits if b}
    made |= {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    made |= {a + c + b[1:] for a, b in splits if b for c in letters}
    made |= {(a + c + b)[:12] for a, b in splits for c in letters}
    return {s for s in made if s and s != start}


def _begun(query: list[str], folded: str) -> Pairs:
    return tuple(zip(query, folded.split(), strict=False))
