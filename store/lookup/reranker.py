"""Reranking: scores candidates by aligning words, and by the similarity of the whole strings.

Each word of the query is matched with the word of the text that fits it best, with a quality in 0..1: the same word, a
prefix, a misspelling, two words typed as one, or one as two. Words are weighted by inverse document frequency. String
similarity is added because it knows the order of the words.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from store.lookup import scoring
from store.lookup.index.posting_lists import Text
from store.text.person_names import spelling_key

WordPairs = tuple[tuple[str, str], ...]
"""Words of the query, each with the word of the text that it matches."""


class Ranked(NamedTuple):
    """A candidate with its score in 0..1, the matched words, and the quality of the worst match in 0..1."""

    text: Text
    score: float
    matched: WordPairs
    worst_quality: float


class Reranker:
    """Scores candidates for one query."""

    def __init__(self, folded: str, words: Sequence[str], weights: Sequence[float], names: bool) -> None:
        self._folded = folded
        self._words = words
        self._weights = weights
        self._total = sum(weights)
        self._names = names
        self._joined_key = spelling_key("".join(words)) if names else ""
        self._digits = _digits(folded)
        self._prefix_errors = scoring.errors_allowed(len(folded), scoring.PREFIX_ERROR_LETTERS)
        self._qualities: list[dict[str, float]] = [{} for _ in words]
        """For each word of the query, the words of candidates that it may match, with their qualities."""
        self._compared: set[str] = set()
        self._has_initial = names and any(len(word) == 1 for word in words)
        self._any_order = len(words) == 1 or self._has_initial
        self._compounds = {
            joined: range(at, at + length)
            for length in (2, 3)
            for at in range(len(words) - length + 1)
            if (joined := "".join(words[at : at + length]))
        }

    def rank(self, texts: Sequence[Text]) -> list[Ranked]:
        """Score the candidates, which must come most popular first; unlikely ones are left out if there are many."""
        errors = self._errors_in_prefix(texts)
        ranked = [self._score_prefix(text, errors[text.id]) for text in texts if text.id in errors]
        # `jiang` is a misspelt prefix of `Jing Jiang`, but also its surname, which scores higher.
        others = [text for text in texts if text.id not in errors or (errors[text.id] and self._may_be_right(text))]
        if self._any_order:
            # All texts with the word score alike, so that only popularity can tell which are wanted.
            others = others[: 2 * scoring.ALIGNED]
        elif len(others) > scoring.ALIGNED_BATCH:
            others = self._likeliest(others)
        best = max((r.score for r in ranked), default=0.0) if self._names and not self._any_order else 0.0
        for start in range(0, len(others), scoring.ALIGNED_BATCH):
            some = others[start : start + scoring.ALIGNED_BATCH]
            self._compare_words({word for text in some for word in text.folded.split()})
            scored = [self._score(text) for text in some]
            ranked += scored
            promising = max(r.score for r in scored)
            if promising < best - scoring.FAR_BEHIND:
                break
            best = max(best, promising)
        return ranked

    def _may_be_right(self, text: Text) -> bool:
        """Whether a text that starts with the query but for errors may match it without any, which scores higher.

        A name may have blanks elsewhere or other spellings: `Yao-Wei` is `Yaowei`, but not `Tao-Wei`.
        """
        if self._folded in text.folded or self._has_initial:
            return True
        return self._names and self._joined_key == spelling_key(text.folded.replace(" ", ""))

    def _score_prefix(self, text: Text, errors: int) -> Ranked:
        """Score a text that starts with the query but for so many errors."""
        matched = tuple(zip(self._words, text.folded.split(), strict=False))
        whole = abs(len(text.folded) - len(self._folded)) <= errors
        if errors and self._names and text.folded.replace(" ", "") == "".join(self._words):
            return Ranked(text, scoring.SIMILAR, matched, 1.0)
        if errors:
            score = scoring.SIMILAR - (scoring.WHOLE_ERROR if whole else scoring.PREFIX_ERROR) * errors
            return Ranked(text, score, matched, 1.0 if whole or not self._names else 0.0)
        return Ranked(text, scoring.EXACT if whole else scoring.PREFIX, matched, 1.0)

    def _errors_in_prefix(self, texts: Sequence[Text]) -> dict[int, int]:
        """By id, the number of typing errors with which texts start with the query, if not too many."""
        length, errors = len(self._folded), self._prefix_errors
        if not errors:
            return {}
        near = process.cdist(
            [self._folded], [t.folded[:length] for t in texts], scorer=OSA.distance, score_cutoff=2 * errors
        )[0]
        found = {}
        for text, distance in zip(texts, near.tolist(), strict=True):
            if distance <= 2 * errors:
                # A missing letter shifts the end of the prefix by one.
                exact = min(
                    (
                        OSA.distance(self._folded, text.folded[:end], score_cutoff=errors)
                        for end in range(length - errors, length + errors + 1)
                        if self._digits == _digits(text.folded[:end])
                    ),
                    default=errors + 1,
                )
                if exact <= errors:
                    found[text.id] = exact
        return found

    def _likeliest(self, texts: Sequence[Text]) -> list[Text]:
        """The candidates to align, by shared words and string similarity."""
        choices = [text.folded for text in texts]
        whole = process.cdist([self._folded], choices, scorer=fuzz.token_sort_ratio)[0]
        if self._names:
            # A first letter that is wrong puts words elsewhere when they are sorted.
            turned = [" ".join([*self._words[at:], *self._words[:at]]) for at in {0, 1, len(self._words) - 1}]
            whole = np.maximum(whole, process.cdist(turned, choices, scorer=fuzz.ratio).max(axis=0))
        wanted = [(f" {word} ", weight) for word, weight in dict(zip(self._words, self._weights, strict=True)).items()]
        padded = [f" {choice} " for choice in choices]
        shared = [100 * sum([weight for word, weight in wanted if word in text]) / self._total for text in padded]
        order = sorted(range(len(texts)), key=lambda i: -(float(whole[i]) + shared[i]))
        return [texts[i] for i in order[: scoring.ALIGNED]]

    def _compare_words(self, others: set[str]) -> None:
        """Find out which of these words the words of the query may match, and how well."""
        new = sorted(others - self._compared)
        self._compared |= others
        if not new:
            return
        by_key: dict[str, list[str]] = defaultdict(list)
        for other in new if self._names else ():
            by_key[spelling_key(other)].append(other)
        distances = process.cdist(self._words, new, scorer=OSA.distance, score_cutoff=len(scoring.WORD_ERROR_LETTERS))
        for word, near, apart in zip(self._words, self._qualities, distances, strict=True):
            # Later assignments replace earlier, weaker ones.
            if len(word) >= scoring.SUBSTRING_LETTERS:
                near |= {other: scoring.SUBSTRING_QUALITY for other in new if word in other}
            if self._names:
                near |= {
                    other: scoring.FULL_NAME_FOR_INITIAL_QUALITY
                    for other in new
                    if len(other) == 1 and word.startswith(other)
                }
            near |= {other: self._completion_quality(word, other) for other in new if other.startswith(word)}
            for at in np.flatnonzero(apart <= scoring.errors_allowed(len(word), scoring.WORD_ERROR_LETTERS)).tolist():
                other, distance = new[at], int(apart[at])
                if not distance or not (word.isdigit() and other.isdigit()):
                    near[other] = max(0.0, 1 - scoring.ERROR_COST * distance / max(len(word), len(other)))
            if len(word) >= scoring.MISSPELT_COMPLETION_LETTERS:
                longer = [other for other in new if len(other) > len(word) and other not in near]
                starts = [other[: len(word)] for other in longer]
                for _, _, at in process.extract(word, starts, scorer=OSA.distance, score_cutoff=1, limit=None):
                    near[longer[at]] = scoring.MISSPELT_COMPLETION_QUALITY
            if self._names:
                near |= dict.fromkeys(by_key.get(spelling_key(word), ()), scoring.SPELT_OTHERWISE_QUALITY)

    def _completion_quality(self, word: str, other: str) -> float:
        if len(word) == 1:
            return scoring.NAME_INITIAL_QUALITY if self._names else scoring.TITLE_INITIAL_QUALITY
        return scoring.COMPLETION_QUALITY + scoring.COMPLETION_LENGTH_SHARE * len(word) / len(other)

    def _score(self, text: Text) -> Ranked:
        """Align the words of the query with those of the text."""
        there = text.folded.split()
        at: dict[str, int] = {}
        for place, word in enumerate(there):
            at.setdefault(word, place)
        places = [at.get(word, -1) for word in self._words]
        qualities = [1.0 if place >= 0 else 0.0 for place in places]
        used = {place for place in places if place >= 0}
        if 0.0 in qualities:
            self._match_compounds(there, at, text.extra, places, qualities, used)
            for i, near in enumerate(self._qualities):
                if qualities[i] == 0.0:
                    # In the order of the text, so that ties do not depend on the hashes of words.
                    for other, place in at.items():
                        if place not in used and near.get(other, 0.0) > qualities[i]:
                            qualities[i], places[i] = near[other], place
                    used.add(places[i])
            used.discard(-1)
        matched_weight = sum(q * w for q, w in zip(qualities, self._weights, strict=True)) / self._total
        matched = tuple((w, there[place]) for w, place in zip(self._words, places, strict=True) if place >= 0)
        worst = min(qualities)
        if self._names and worst >= scoring.SPELT_OTHERWISE_QUALITY:
            whole = places[-1] == len(there) - 1 and (len(places) == 1 or places[0] == 0) and len(self._words[-1]) > 1
            ordered = -1 not in places and all(a < b for a, b in pairwise(places))
            # `smith john` is John Smith rather than one of the many John R. Smiths.
            just_the_words = worst == 1.0 and len(there) == len(places)
            score = scoring.PREFIX if just_the_words or (ordered and whole) else scoring.SIMILAR
            otherwise = scoring.SPELT_OTHERWISE if worst < scoring.NAME_QUALITY else 0.0
            return Ranked(text, score - otherwise, matched, worst)
        covered = sum(len(there[place]) for place in used) / (sum(map(len, there)) or 1)
        similarity = self._string_similarity(text.folded, there)
        score = (
            scoring.MATCHED_SHARE * matched_weight + scoring.COVERED_SHARE * covered + scoring.STRING_SHARE * similarity
        )
        return Ranked(text, min(scoring.SIMILAR, score), matched, worst)

    def _match_compounds(
        self,
        there: list[str],
        at: dict[str, int],
        extra: str,
        places: list[int],
        qualities: list[float],
        used: set[int],
    ) -> None:
        """Match two or three words of the query with one of the text, and one of the query with two or three."""
        for joined, positions in self._compounds.items():
            if joined in at:
                for i in positions:
                    qualities[i], places[i] = scoring.JOINED_QUALITY, at[joined]
                used.add(at[joined])
        wanted = {word: i for i, word in enumerate(self._words) if qualities[i] == 0.0 and len(word) > 1}
        for word in extra.split() if wanted and extra else ():
            if word in wanted:
                i = wanted[word]
                qualities[i] = scoring.JOINED_QUALITY
                if self._names:
                    places[i] = next((at[other] for other in at if spelling_key(other) == spelling_key(word)), -1)
                    used.add(places[i])
        for length in (2, 3) if wanted else ():
            for place in range(len(there) - length + 1):
                i = wanted.get("".join(there[place : place + length]), -1)
                if i >= 0:
                    qualities[i], places[i] = scoring.JOINED_QUALITY, place
                    used.update(range(place, place + length))

    def _string_similarity(self, folded: str, there: list[str]) -> float:
        """Similarity of the whole strings, in 0..1."""
        best = max(
            fuzz.ratio(self._folded, folded), scoring.TOKEN_SORT_FACTOR * fuzz.token_sort_ratio(self._folded, folded)
        )
        if self._names:
            joined = "".join(self._words)
            for turn in range(min(len(there), 4)):
                best = max(best, fuzz.ratio(joined, "".join(there[turn:] + there[:turn])))
        elif len(self._folded) < scoring.PARTIAL_MAX_LENGTH * len(folded):
            best = max(best, scoring.PARTIAL_FACTOR * fuzz.partial_ratio(self._folded, folded))
        return best / 100


def _digits(text: str) -> str:
    """The digits in order: another number means another paper, not a misspelt one."""
    return "".join(filter(str.isdigit, text))
