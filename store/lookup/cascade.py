"""Finding candidates for a query and putting them in order.

Cheap ways come first, and the search ends as soon as one has found what was evidently meant: texts that begin with
the query; texts that hold its words as typed; its words as they may be meant (misspelt, cut short, run together);
beginnings with one typing error; and for names, those of about the same letters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import NamedTuple

import numpy as np

from store.lookup.abbreviations import shortened, spelt_out
from store.lookup.candidates import CANDIDATES, READ, Chooser, Places
from store.lookup.index.doc_values import beginnings, initials
from store.lookup.index.posting_lists import Postings, Text
from store.lookup.index.prefix_index import LETTERS
from store.lookup.index.snapshot import Memory
from store.lookup.query_expansion import Meanings
from store.lookup.reranker import ALIGNED, ALIKE, BEGUN, EXACT, FITS, HEADED, Pairs, Ranker, weight
from store.text.normalize import HEAD, fold, words

MAX_QUERY = 400
"""Characters of a query that are read."""
MAX_WORDS = 24
SURNAME_FIRST = 3
"""How many times fewer papers a person may have whose surname was typed than one whose name begins so."""
EVIDENT = 0.92
"""Score from which a text is evidently what was meant."""
EXPLAINED = 0.7
"""Quality of the worst partner of a word from which a text has one for every word."""
_LED, _LEAD, _LEAD_LETTERS = 0.75, 0.15, 25
"""Score, and lead over all others, from which a text is so too, and the letters of a query for which that holds.

Of 16,000 development queries none had another text with such a lead before the right one was found.
"""
_BEGINNINGS, _UNFINISHED = 5, 30
"""Texts that begin with the query, and letters of it, below which it may be an unfinished beginning with an error."""
_GOOD = 0.85
"""Score from which it is not worth while to take every word for misspelt."""
_LEAST = 25
"""Hits that are looked for even where fewer are asked for, so that these are the same."""
_RELATED = 0.5
"""Score from which a text has something to do with the query."""


class Found(NamedTuple):
    """A text with its score in 0..1."""

    id: int
    folded: str
    score: float
    matched: Pairs


class Search:
    """One look-up."""

    def __init__(self, query: str, memory: Memory, postings: Postings, limit: int, recent: Sequence[int] = ()) -> None:
        self._folded = fold(query[:MAX_QUERY])
        self._words = words(self._folded)[:MAX_WORDS]
        self._whole_word = len(self._words) == 1 and query[-1:].isalnum()
        self._memory = memory
        self._names = memory.kind.name == "author"
        self._postings = postings
        self._limit = max(limit, _LEAST)
        self._asked = limit
        self._recent = {id_: place for place, id_ in enumerate(recent)}
        letters = initials(self._words) if self._names and any(len(word) == 1 for word in self._words) else 0
        starts = 0 if self._names else int(beginnings([self._folded])[0])
        self._chooser = Chooser(memory, postings, limit, letters, starts)
        self._found: dict[int, Found] = {}
        self._ranked: set[int] = set()
        self._beginnings_tried = False
        self._many_begun = False
        """Whether more texts begin with the query than were looked at."""
        self._explained = False
        """Whether some text has a good partner for every word, and was not chosen from among too many."""
        if self._words:
            self._meanings = Meanings(self._words, memory)

    def run(self) -> list[Found]:
        """The best texts, best first."""
        if not self._words:
            return []
        self._use(self._folded, self._words)
        self._beginnings()
        if not self._names:
            self._heads()
        self._consider_recent()
        if self._done():
            return self._ordered()
        begun = len(self._found)
        self._typed()
        if not self._names and begun < (_BEGINNINGS if len(self._folded) <= 12 else 1) and self._short():
            self._misspelt_heads()
            self._misspelt_beginning()
        for step in (self._meant, self._misspelt_beginning, self._same_letters, self._meant_far, self._within):
            if self._evident():
                break
            step()
        return self._ordered()

    def _use(self, folded: str, asked: Sequence[str]) -> None:
        """Rank by this reading of the query from now on."""
        lexicon, total = self._memory.lexicon, self._memory.texts
        weights = [weight(word, lexicon.count(word), total) for word in asked]
        self._ranker = Ranker(folded, asked, weights, self._names)
        self._ranked.clear()

    def among(self, ids: Sequence[int]) -> list[Found]:
        """Of these texts those that answer the query, best first."""
        if not self._words:
            return []
        self._use(self._folded, self._words)
        for start in range(0, len(ids), READ):
            self._consider(ids[start : start + READ])
        return [found for found in self._ordered() if found.score >= _RELATED]

    def _ordered(self) -> list[Found]:
        """What was found by score; equals by what was used last, then by popularity."""
        recent = self._recent
        return sorted(
            self._found.values(),
            key=lambda f: (-round(f.score, 2), recent.get(f.id, len(recent)), -self._popularity(f), f.id),
        )[: self._asked]

    def _popularity(self, found: Found) -> int:
        rank = self._memory.traits.rank(found.id)
        # One word is oftener a whole surname than the beginning of a first name, unless it is evidently unfinished.
        surname = self._names and self._whole_word and found.folded.endswith(" " + self._words[0])
        return SURNAME_FIRST * rank if surname else rank

    def _consider_recent(self) -> None:
        """What was used last and begins with the query, however many others do."""
        for text in self._postings.texts(self._recent) if self._recent else ():
            if text.folded.startswith(self._folded):
                self._keep(text, BEGUN, tuple(zip(self._words, text.folded.split(), strict=False)))

    def _done(self) -> bool:
        """Whether nothing else can come before what has been found."""
        if self._names:
            return False
        if self._exact():
            return len(self._words) > 1 or len(self._found) >= self._limit
        return len(self._found) >= self._limit and not self._many_begun

    def _short(self) -> bool:
        return len(self._folded) <= _UNFINISHED and not self._exact()

    def _exact(self) -> bool:
        return any(found.score == EXACT for found in self._found.values())

    def _evident(self) -> bool:
        if self._explained and len(self._words) > 1:
            return True
        enough = 1 if len(self._folded) > 10 else 8
        good = sum(found.score >= (ALIKE if self._names else EVIDENT) for found in self._found.values())
        return good >= min(enough, self._memory.texts) or self._leads()

    def _leads(self) -> bool:
        """Whether one title is far ahead of all others."""
        if self._names or len(self._folded) < _LEAD_LETTERS:
            return False
        first, second, *_ = *nlargest(2, (found.score for found in self._found.values())), 0.0, 0.0
        return first >= _LED and first - second >= _LEAD

    def _keep(self, text: Text, score: float, matched: Pairs) -> None:
        before = self._found.get(text.id)
        if before is None or before.score < score:
            self._found[text.id] = Found(text.id, text.folded, score, matched)

    def _consider(self, ids: Iterable[int], crowded: bool = False) -> None:
        new = [id_ for id_ in ids if id_ not in self._ranked]
        if new:
            texts = {text.id: text for text in self._postings.texts(new)}
            for ranked in self._ranker.rank([texts[id_] for id_ in new if id_ in texts]):
                self._ranked.add(ranked.text.id)
                self._keep(ranked.text, ranked.score, ranked.matched)
                if ranked.least >= EXPLAINED and not crowded:
                    self._explained = True

    def _beginnings(self) -> None:
        """Texts that begin with the query."""
        ids = self._beginning_with(self._folded)
        for text in self._postings.texts(ids):
            if text.folded == self._folded:
                self._keep(text, EXACT, tuple((word, word) for word in self._words))
            elif text.folded.startswith(self._folded):
                self._keep(text, BEGUN, tuple(zip(self._words, text.folded.split(), strict=False)))

    def _beginning_with(self, start: str) -> list[int]:
        traits = self._memory.traits
        begun = self._memory.prefixes.starting(start)
        most = 3 * CANDIDATES if len(start) > LETTERS else 2 * self._limit
        ids = traits.best(begun, most)
        if len(begun) > most:
            # The whole text comes first, however little it is known.
            ids = np.union1d(ids, traits.best(traits.of_length(begun, len(start)), self._limit))
        self._many_begun |= len(begun) > most and len(start) > LETTERS
        chosen: list[int] = ids.tolist()
        return chosen

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
                ids = self._memory.traits.best(self._postings.matching(expression, READ), CANDIDATES)
                for text in self._postings.texts(ids.tolist()):
                    self._keep(text, ALIKE - 0.01, tuple((word, text.folded.split()[0]) for word in self._words))

    def _typed(self) -> None:
        """Texts that hold the words as they are."""
        places = self._meanings.typed()
        if all(places) or self._chooser.single_out(places):
            self._choose(places)
        for other in (spelt_out(self._words), shortened(self._words)) if not self._names else ():
            if other:
                self._use(" ".join(other), other)
                self._consider(self._beginning_with(" ".join(other)))
                if not self._evident():
                    self._choose(Meanings(other, self._memory).typed())
                self._use(self._folded, self._words)

    def _meant(self) -> None:
        """Texts that hold what the words may be meant to be."""
        if not self._names:
            self._misspelt_heads()
        self._choose(self._meanings.near())

    def _meant_far(self) -> None:
        """The same, where words that there are may be misspelt too."""
        if self._best() < _GOOD:
            self._choose(self._meanings.far())

    def _within(self) -> None:
        """Where nothing fits, texts of which the words are parts of words."""
        if self._best() < FITS:
            self._choose(self._meanings.within())

    def _best(self) -> float:
        return max((found.score for found in self._found.values()), default=0.0)

    def _choose(self, places: Places) -> None:
        if self._names:
            places = [place if len(word) > 1 else [] for word, place in zip(self._words, places, strict=True)]
        for choose in (self._chooser.with_all, self._chooser.with_all_but_one, self._chooser.with_most):
            chosen = choose(places)
            self._consider(chosen.ids, chosen.crowded)
            if self._evident():
                break

    def _misspelt_beginning(self) -> None:
        """Texts of which a beginning is one edit away from the query's."""
        if len(self._folded) >= 4 and not self._beginnings_tried:
            self._beginnings_tried = True
            ids = self._memory.prefixes.starting_nearly(self._folded)
            self._consider(self._memory.traits.best(ids, 4 * CANDIDATES).tolist())

    def _same_letters(self) -> None:
        """Names of nearly the same letters, wherever the spaces are."""
        joined = "".join(self._words)
        if self._names and len(joined) >= 5:
            self._consider(self._memory.traits.alike(joined, 4, ALIGNED).tolist())
