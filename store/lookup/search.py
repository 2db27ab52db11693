"""Finding candidates for a query and putting them in order.

Cheap ways come first, and the search ends as soon as one has found what was evidently meant: texts that begin with
the query; texts that hold its words as typed; its words as they may be meant (misspelt, cut short, run together);
beginnings with one typing error; and for names, those of about the same letters.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from store.lookup.abbreviations import shortened, spelt_out
from store.lookup.folding import HEAD, fold, words
from store.lookup.memory import Memory
from store.lookup.postings import Postings, Text
from store.lookup.prefixes import LETTERS, Ids
from store.lookup.ranking import ALIGNED, ALIKE, BEGUN, EXACT, HEADED, Pairs, Ranker, weight
from store.lookup.traits import initials

MAX_QUERY = 400
"""Characters of a query that are read."""
MAX_WORDS = 24
EVIDENT = 0.92
"""Score from which a text is evidently what was meant."""
EXPLAINED = 0.7
CANDIDATES = 100
ENOUGH_WORDS, ENOUGH_POSTINGS = 3, 600
"""Rare words that are read however many texts hold them, and postings from which no more words are."""
HALF = 0.5
"""Share of the most that any text holds of the query that a candidate has to hold."""
_RELATED = 0.5
"""Score from which a text has something to do with the query."""
READ = 6_000
"""Postings of rare words that are brought into memory for one look-up."""
COMMON = 60_000
"""Texts that a word may have and still be asked for beside rarer ones."""


class Found(NamedTuple):
    """A text with its score in 0..1."""

    id: int
    folded: str
    score: float
    matched: Pairs


class Group(NamedTuple):
    """What a word of the query may stand for: an expression of FTS5, about how many texts match it, what it counts."""

    expression: str
    texts: int
    weight: float


class Search:
    """One look-up."""

    def __init__(self, query: str, memory: Memory, postings: Postings, limit: int, recent: Sequence[int] = ()) -> None:
        self._folded = fold(query[:MAX_QUERY])
        self._words = words(self._folded)[:MAX_WORDS]
        self._memory = memory
        self._names = memory.kind.name == "author"
        self._postings = postings
        self._limit = limit
        self._recent = {id_: place for place, id_ in enumerate(recent)}
        self._candidates = max(CANDIDATES, limit)
        self._found: dict[int, Found] = {}
        self._read: dict[str, Ids] = {}
        self._explained = False
        """Whether some text has a good partner for every word, and was not chosen from among too many."""
        self._crowded = False
        self._counts = [memory.lexicon.count(word) for word in self._words]

    def run(self) -> list[Found]:
        """The best texts, best first."""
        if not self._words:
            return []
        self._rankers = [self._ranker(self._folded, self._words)]
        self._beginnings()
        if not self._names:
            self._heads()
        self._consider_recent()
        if self._done():
            return self._ordered()
        self._typed()
        for step in (self._meant, self._misspelt_beginning, self._same_letters, self._meant_far):
            if self._evident():
                break
            step()
        return self._ordered()

    def _ranker(self, folded: str, asked: Sequence[str]) -> Ranker:
        lexicon, total = self._memory.lexicon, self._memory.texts
        return Ranker(folded, asked, [weight(word, lexicon.count(word), total) for word in asked], self._names)

    def among(self, ids: Sequence[int]) -> list[Found]:
        """Of these texts those that answer the query, best first."""
        if not self._words:
            return []
        self._rankers = [self._ranker(self._folded, self._words)]
        for start in range(0, len(ids), READ):
            self._consider(ids[start : start + READ])
        return [found for found in self._ordered() if found.score >= _RELATED]

    def _ordered(self) -> list[Found]:
        """What was found by score; equals by what was used last, then by popularity."""
        rank, recent = self._memory.traits.rank, self._recent
        return sorted(
            self._found.values(), key=lambda f: (-round(f.score, 2), recent.get(f.id, len(recent)), -rank(f.id), f.id)
        )[: self._limit]

    def _consider_recent(self) -> None:
        """What was used last and begins with the query, however many others do."""
        for text in self._postings.texts(self._recent) if self._recent else ():
            if text.folded.startswith(self._folded):
                self._keep(text, BEGUN, tuple(zip(self._words, text.folded.split(), strict=False)))

    def _done(self) -> bool:
        """Whether nothing else can come before what has been found."""
        if self._names:
            return False
        if len(self._words) > 1 and any(found.score == EXACT for found in self._found.values()):
            return True
        return len(self._found) >= self._limit

    def _evident(self) -> bool:
        if self._explained and len(self._words) > 1:
            return True
        enough = 1 if len(self._folded) > 10 else 8
        good = sum(found.score >= EVIDENT for found in self._found.values())
        return good >= min(enough, self._memory.texts)

    def _keep(self, text: Text, score: float, matched: Pairs) -> None:
        before = self._found.get(text.id)
        if before is None or before.score < score:
            self._found[text.id] = Found(text.id, text.folded, score, matched)

    def _consider(self, ids: Iterable[int]) -> None:
        new = [id_ for id_ in ids if id_ not in self._found]
        if new:
            texts = self._postings.texts(new)
            for ranker in self._rankers:
                for ranked in ranker.rank(texts):
                    self._keep(ranked.text, ranked.score, ranked.matched)
                    if ranked.least >= EXPLAINED and not self._crowded:
                        self._explained = True

    def _beginnings(self) -> None:
        """Texts that begin with the query."""
        ids = self._memory.prefixes.starting(self._folded)
        ids = self._memory.traits.best(ids, 3 * CANDIDATES if len(self._folded) > LETTERS else 2 * self._limit)
        for text in self._postings.texts(ids.tolist()):
            if text.folded == self._folded:
                self._keep(text, EXACT, tuple((word, word) for word in self._words))
            elif text.folded.startswith(self._folded):
                self._keep(text, BEGUN, tuple(zip(self._words, text.folded.split(), strict=False)))

    def _heads(self) -> None:
        """Titles of which the query is the acronym."""
        joined = "".join(self._words)
        if len(self._words) <= 4 and len(joined) <= 24:
            ids = self._memory.traits.best(self._postings.matching(f'"{joined}{HEAD}"', READ), self._limit)
            for text in self._postings.texts(ids.tolist()):
                self._keep(text, HEADED, tuple((word, joined) for word in self._words))

    def _misspelt_heads(self) -> None:
        joined = "".join(self._words)
        if len(self._words) <= 4 and 3 <= len(joined) <= 24:
            likes = self._memory.lexicon.similar(joined, 1 if len(joined) < 8 else 2, 64)
            if likes:
                expression = " OR ".join(f'"{like.word}{HEAD}"' for like in likes)
                ids = self._memory.traits.best(self._matching(expression), CANDIDATES)
                for text in self._postings.texts(ids.tolist()):
                    self._keep(text, ALIKE - 0.01, tuple((word, text.folded.split()[0]) for word in self._words))

    def _typed(self) -> None:
        """Texts that hold the words as they are."""
        letters = [word for word in self._words if len(word) == 1]
        groups = [
            self._group(word, count)
            for word, count in zip(self._words, self._counts, strict=True)
            if count and not (self._names and len(word) == 1)
        ]
        if not self._names:
            for other in (spelt_out(self._words), shortened(self._words)):
                if other:
                    self._rankers.append(self._ranker(" ".join(other), other))
                    groups += [self._group(w, n) for w in set(other) if (n := self._memory.lexicon.count(w))]
        if not self._counts[-1] and len(self._words[-1]) > 1:
            groups += self._completed(self._words[-1])
        self._consider(self._holding(groups, initials(self._words) if self._names and letters else 0))

    def _meant(self) -> None:
        """Texts that hold what the words may be meant to be."""
        if not self._names:
            self._misspelt_heads()
        groups: list[Group] = []
        for word, count in zip(self._words, self._counts, strict=True):
            if count:
                groups.append(self._group(word, count))
            elif len(word) >= 3:
                groups += self._spelt(word, 1) or (self._spelt(word, 2) if len(word) > 5 else [])
                groups += self._cut(word)
            groups += self._completed(word)
        groups += self._together()
        self._consider(self._holding(groups))

    def _meant_far(self) -> None:
        """The same, where words that there are may be misspelt too."""
        groups: list[Group] = []
        for word, count in zip(self._words, self._counts, strict=True):
            if count:
                groups.append(self._group(word, count))
            if len(word) >= 3:
                groups += self._spelt(word, 1 if len(word) < 4 else 2)
                groups += self._completed(word)
        self._consider(self._holding(groups))

    def _group(self, expression: str, texts: int, share: float = 1.0) -> Group:
        return Group(expression, texts, share * math.log(1 + self._memory.texts / (texts + 0.5)))

    def _any_of(self, counts: dict[str, int], share: float) -> list[Group]:
        if not counts:
            return []
        expression = " OR ".join(counts)
        return [self._group(f"({expression})" if len(counts) > 1 else expression, sum(counts.values()), share)]

    def _spelt(self, word: str, distance: int) -> list[Group]:
        near: dict[int, dict[str, int]] = {}
        for like in self._memory.lexicon.similar(word, distance, 32):
            near.setdefault(like.distance, {})[like.word] = like.texts
        return [group for apart, counts in near.items() for group in self._any_of(counts, 1 - 0.15 * apart)]

    def _completed(self, word: str) -> list[Group]:
        if len(word) < 3:
            return []
        completions, _ = self._memory.lexicon.completions(word, 32)
        return self._any_of({like.word: like.texts for like in completions}, 0.9)

    def _cut(self, word: str) -> list[Group]:
        """Two words that were run together."""
        groups = []
        for at in range(2, len(word) - 1):
            left, right = self._memory.lexicon.count(word[:at]), self._memory.lexicon.count(word[at:])
            if left and right:
                groups.append(self._group(f"({word[:at]} AND {word[at:]})", min(left, right)))
        return groups

    def _together(self) -> list[Group]:
        """One word that was typed as two or three."""
        groups = []
        for length in (2, 3):
            for at in range(len(self._words) - length + 1):
                joined = "".join(self._words[at : at + length])
                if count := self._memory.lexicon.count(joined):
                    groups.append(self._group(joined, count, float(length)))
        joined = "".join(self._words)
        if 1 < len(self._words) <= 4 and 4 <= len(joined) <= 24:
            groups += self._spelt(joined, 1 if len(joined) < 6 else 2)
            groups += self._completed(joined)
        return groups

    def _holding(self, groups: list[Group], wanted_initials: int = 0) -> list[int]:
        """The texts that hold the most of these, each counting its weight; rare ones are found first."""
        groups = sorted(set(groups), key=lambda g: (g.texts, g.expression))
        rare: list[Group] = []
        read = 0
        for group in groups:
            if rare and read + group.texts > (READ if len(rare) < ENOUGH_WORDS else ENOUGH_POSTINGS):
                break
            rare.append(group)
            read += group.texts
        if not rare:
            return []
        common = [group for group in groups[len(rare) :] if group.texts <= COMMON][:3]
        among = " OR ".join(group.expression for group in rare)
        if read > READ and common:
            # Even the rarest is common: only texts that hold two of them.
            among = f"({among}) AND ({' OR '.join(group.expression for group in common)})"
            held = [(self._matching(among), 0.0)]
        else:
            held = [(self._matching(group.expression), group.weight) for group in rare]
        if read > self._candidates:
            held += [(self._matching(f"{group.expression} AND ({among})"), group.weight) for group in common]
        ids = np.concatenate([found for found, _ in held])
        if wanted_initials:
            ids = self._memory.traits.with_initials(ids, wanted_initials)
            named: list[int] = self._memory.traits.best(np.unique(ids), self._candidates).tolist()
            return named
        weights = np.concatenate([np.full(len(found), value, np.float32) for found, value in held])
        unique, places = np.unique(ids, return_inverse=True)
        sums = np.bincount(places, weights)
        least = HALF * sums.max(initial=0.0)
        if len(sums) > self._candidates:
            least = max(least, np.partition(sums, len(sums) - self._candidates)[len(sums) - self._candidates])
        sure, equal = unique[sums > least], unique[sums == least]
        self._crowded = len(sure) + len(equal) > self._candidates and least > 0.8 * sums.max()
        best = self._memory.traits.best(equal, max(0, self._candidates - len(sure)))
        return [int(id_) for id_ in (*sure.tolist(), *best.tolist())]

    def _matching(self, expression: str) -> Ids:
        ids = self._read.get(expression)
        if ids is None:
            ids = self._read[expression] = self._postings.matching(expression, 4 * READ)
        return ids

    def _misspelt_beginning(self) -> None:
        """Texts of which a beginning is one edit away from the query's."""
        if len(self._folded) >= 4:
            ids = self._memory.prefixes.starting_with_any(sorted(_edits(self._folded[:12])))
            self._consider(self._memory.traits.best(ids, 4 * CANDIDATES).tolist())

    def _same_letters(self) -> None:
        """Names of nearly the same letters, wherever the spaces are."""
        joined = "".join(self._words)
        if self._names and len(joined) >= 5:
            self._consider(self._memory.traits.alike(joined, 4, ALIGNED).tolist())


def _edits(start: str) -> set[str]:
    letters = " abcdefghijklmnopqrstuvwxyz0123456789"
    splits = [(start[:i], start[i:]) for i in range(len(start) + 1)]
    made = {a + b[1:] for a, b in splits if b}
    made |= {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    made |= {a + c + b[1:] for a, b in splits if b for c in letters}
    made |= {(a + c + b)[:12] for a, b in splits for c in letters}
    return {other for other in made if other and other != start}
