"""The search cascade: cheap ways to find candidates first, ending as soon as one has found what was evidently meant.

1. Texts that start with the query, and titles whose acronym it is.
2. Texts with its words as typed, and names of similar letters.
3. Texts with other readings of its words: misspelt, cut short, joined or split.
4. Texts with a prefix one edit away.
5. Texts with other spellings of known words, and with the words as parts of words.

Candidates of every step are scored by `reranker`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import nlargest
from typing import NamedTuple

import numpy as np

from store.lookup import scoring
from store.lookup.abbreviations import shortened, spelt_out
from store.lookup.candidates import CandidateGenerator, Clauses
from store.lookup.index.doc_values import initial_signature, prefix_signatures
from store.lookup.index.posting_lists import PostingLists, Text
from store.lookup.index.prefix_index import LETTERS
from store.lookup.index.snapshot import Snapshot
from store.lookup.query_expansion import QueryExpansion
from store.lookup.reranker import Reranker, WordPairs
from store.text.normalize import HEAD, fold, words


class ScoredText(NamedTuple):
    """A text with its score in 0..1."""

    id: int
    folded: str
    score: float
    matched: WordPairs


def may_be_misspelt_prefix(letters: int, started: int) -> bool:
    """Whether a query of so many letters, with which so many texts start, may be a prefix with a typing error."""
    few = scoring.MISSPELT_PREFIX_HITS if letters <= scoring.MISSPELT_PREFIX_LETTERS else 1
    return started < few and letters <= scoring.UNFINISHED_LETTERS


def is_evident(scores: Sequence[float], letters: int, names: bool, texts: int) -> bool:
    """Whether hits with these scores show what a query of so many letters means, among so many texts."""
    enough = 1 if letters > scoring.EVIDENT_LETTERS else scoring.EVIDENT_SHORT_HITS
    threshold = scoring.SIMILAR if names else scoring.EVIDENT
    if sum(score >= threshold for score in scores) >= min(enough, texts):
        return True
    first, second, *_ = *nlargest(2, scores), 0.0, 0.0
    far_ahead = first >= scoring.LEADER and first - second >= scoring.LEAD
    return far_ahead and not names and letters >= scoring.LEAD_LETTERS


class Search:
    """One search in one field."""

    def __init__(
        self, query: str, snapshot: Snapshot, postings: PostingLists, limit: int, recent: Sequence[int] = ()
    ) -> None:
        self._folded = fold(query[: scoring.MAX_QUERY])
        self._words = words(self._folded)[: scoring.MAX_WORDS]
        self._joined = "".join(self._words)
        self._may_be_acronym = (
            len(self._words) <= scoring.MAX_ACRONYM_WORDS and len(self._joined) <= scoring.MAX_ACRONYM_LETTERS
        )
        self._ascii = query.isascii()
        self._one_whole_word = len(self._words) == 1 and query[-1:].isalnum()
        self._snapshot = snapshot
        self._names = snapshot.field.name == "author"
        self._postings = postings
        self._limit = limit
        self._wanted = max(limit, scoring.MIN_HITS)
        self._recent = {id_: place for place, id_ in enumerate(recent)}
        has_initial = self._names and any(len(word) == 1 for word in self._words)
        self._generator = CandidateGenerator(
            snapshot,
            postings,
            limit,
            initials=initial_signature(self._words) if has_initial else 0,
            prefixes=0 if self._names else int(prefix_signatures([self._folded])[0]),
        )
        self._found: dict[int, ScoredText] = {}
        self._ranked: set[int] = set()
        """Ids that were scored for the current reading of the query."""
        self._misspelt_prefixes_tried = False
        self._prefixes_truncated = False
        """Whether more texts start with the query than were looked at."""
        self._explained = False
        """Whether a text has a good match for every word, and its candidates were not truncated."""

    def run(self) -> list[ScoredText]:
        """The best texts, best first."""
        if not self._words:
            return []
        self._expansion = QueryExpansion(self._words, self._snapshot)
        self._rank_by(self._folded, self._words)
        self._find_prefixes()
        if not self._names:
            self._find_acronyms()
        self._find_recent()
        if self._is_complete():
            return self._ordered()
        started = len(self._found)
        self._find_typed()
        if self._names and self._may_be_another_name():
            self._find_similar_names()
        if not self._names and not self._has_exact() and may_be_misspelt_prefix(len(self._folded), started):
            self._find_misspelt_acronyms()
            self._find_misspelt_prefixes()
        for step in (
            self._find_respelt,
            self._find_misspelt_prefixes,
            self._find_all_respelt,
            self._find_substrings,
        ):
            if self._is_evident():
                break
            step()
        return self._ordered()

    def _rank_by(self, folded: str, query_words: Sequence[str]) -> None:
        """Score candidates by this reading of the query from now on."""
        count, total = self._snapshot.vocabulary.count, self._snapshot.texts
        weights = [scoring.word_weight(word, count(word), total) for word in query_words]
        self._reranker = Reranker(folded, query_words, weights, self._names)
        self._ranked.clear()

    def _ordered(self) -> list[ScoredText]:
        """The hits by rounded score; ties by recent use, then by popularity."""
        recent = self._recent
        return sorted(
            self._found.values(),
            key=lambda f: (-round(f.score, 2), recent.get(f.id, len(recent)), -self._popularity(f), f.id),
        )[: self._limit]

    def _popularity(self, found: ScoredText) -> int:
        popularity = self._snapshot.doc_values.popularity(found.id)
        surname = self._names and self._one_whole_word and found.folded.endswith(" " + self._words[0])
        return scoring.SURNAME_BOOST * popularity if surname else popularity

    # When to stop

    def _is_complete(self) -> bool:
        """Whether nothing can be ranked before what was found."""
        if self._names:
            return False
        if self._has_exact():
            return len(self._words) > 1 or len(self._found) >= self._wanted
        return len(self._found) >= self._wanted and not self._prefixes_truncated

    def _has_exact(self) -> bool:
        return any(found.score == scoring.EXACT for found in self._found.values())

    def _is_evident(self) -> bool:
        """Whether what was meant has evidently been found."""
        if self._explained and len(self._words) > 1:
            return True
        scores = [found.score for found in self._found.values()]
        return is_evident(scores, len(self._folded), self._names, self._snapshot.texts)

    def _best_score(self) -> float:
        return max((found.score for found in self._found.values()), default=0.0)

    def _may_be_another_name(self) -> bool:
        """Whether a misspelt name may be meant, although another has just these words: `Long Yan` and `Yang Long`."""
        if self._best_score() < scoring.SIMILAR:
            return True
        short = len(self._joined) <= scoring.NEIGHBOUR_LETTERS and all(len(word) > 1 for word in self._words)
        return short and len(self._words) > 1 and not self._has_exact()

    # Collecting

    def _keep(self, text: Text, score: float, matched: WordPairs) -> None:
        before = self._found.get(text.id)
        if before is None or before.score < score:
            self._found[text.id] = ScoredText(text.id, text.folded, score, matched)

    def _rank(self, ids: Iterable[int], truncated: bool = False) -> None:
        new = [id_ for id_ in ids if id_ not in self._ranked]
        if new:
            texts = {text.id: text for text in self._postings.texts(new)}
            for ranked in self._reranker.rank([texts[id_] for id_ in new if id_ in texts]):
                self._ranked.add(ranked.text.id)
                self._keep(ranked.text, ranked.score, ranked.matched)
                if ranked.worst_quality >= scoring.EXPLAINED and not truncated:
                    self._explained = True

    def _rank_matching(self, clauses: Clauses) -> None:
        """Generate and rank candidates, those that match everything first."""
        if self._names:
            # An initial is no evidence: names are filtered by it instead.
            clauses = [clause if len(word) > 1 else [] for word, clause in zip(self._words, clauses, strict=True)]
        generator = self._generator
        for generate in (generator.matching_all, generator.matching_all_but_one, generator.matching_most):
            candidates = generate(clauses)
            self._rank(candidates.ids, candidates.truncated)
            if self._is_evident():
                break

    # The steps

    def _find_prefixes(self) -> None:
        """Texts that start with the query."""
        for text in self._postings.texts(self._starting_with(self._folded)):
            if text.folded == self._folded:
                self._keep(text, scoring.EXACT, tuple((word, word) for word in self._words))
            elif text.folded.startswith(self._folded):
                self._keep(text, scoring.PREFIX, self._in_order(text))

    def _in_order(self, text: Text) -> WordPairs:
        return tuple(zip(self._words, text.folded.split(), strict=False))

    def _starting_with(self, start: str) -> list[int]:
        doc_values = self._snapshot.doc_values
        ids = self._snapshot.prefix_index.starting_with(start)
        most = 3 * scoring.CANDIDATES if len(start) > LETTERS else 2 * self._wanted
        best = doc_values.most_popular(ids, most)
        if len(ids) > most:
            # A text that equals the query comes first, however unpopular it is.
            whole = doc_values.most_popular(doc_values.of_length(ids, len(start)), self._wanted)
            best = np.union1d(best, whole)
        self._prefixes_truncated |= len(ids) > most and len(start) > LETTERS
        chosen: list[int] = best.tolist()
        return chosen

    def _find_recent(self) -> None:
        """Recently used texts that start with the query, however many others do."""
        for text in self._postings.texts(self._recent) if self._recent else ():
            if text.folded.startswith(self._folded):
                self._keep(text, scoring.PREFIX, self._in_order(text))

    def _find_acronyms(self) -> None:
        """Titles of which the query is the acronym."""
        if self._may_be_acronym:
            ids = self._postings.matching(f'"{self._joined}{HEAD}"', scoring.RARE_POSTINGS)
            best = self._snapshot.doc_values.most_popular(ids, self._wanted)
            for text in self._postings.texts(best.tolist()):
                self._keep(text, scoring.ACRONYM, tuple((word, self._joined) for word in self._words))

    def _find_misspelt_acronyms(self) -> None:
        """Titles whose acronym is a few edits from the query."""
        if self._may_be_acronym and len(self._joined) >= scoring.MISSPELT_ACRONYM_LETTERS:
            edits = 1 if len(self._joined) < scoring.TWO_ERROR_ACRONYM_LETTERS else 2
            spellings = self._snapshot.vocabulary.similar(self._joined, edits, scoring.ACRONYM_ALTERNATIVES)
            if spellings:
                expression = " OR ".join(f'"{match.word}{HEAD}"' for match in spellings)
                ids = self._postings.matching(expression, scoring.RARE_POSTINGS)
                best = self._snapshot.doc_values.most_popular(ids, scoring.CANDIDATES)
                for text in self._postings.texts(best.tolist()):
                    matched = tuple((word, text.folded.split()[0]) for word in self._words)
                    self._keep(text, scoring.ACRONYM_MISSPELT, matched)

    def _find_typed(self) -> None:
        """Texts with the words as typed, or with abbreviations of these words spelt out or the other way round."""
        # Nobody who typed a name without marks, and whose name is there, is looking for another spelling of it.
        otherwise = self._names and not (self._ascii and self._has_exact())
        clauses = self._expansion.as_typed(names_otherwise=otherwise)
        if all(clauses) or self._generator.is_selective(clauses):
            self._rank_matching(clauses)
        for other in (spelt_out(self._words), shortened(self._words)) if not self._names else ():
            if other:
                self._rank_by(" ".join(other), other)
                self._rank(self._starting_with(" ".join(other)))
                if not self._is_evident():
                    self._rank_matching(QueryExpansion(other, self._snapshot).as_typed())
                self._rank_by(self._folded, self._words)

    def _find_respelt(self) -> None:
        """Texts with other spellings of unknown words."""
        if not self._names:
            self._find_misspelt_acronyms()
        self._rank_matching(self._expansion.unknown_respelt())

    def _find_misspelt_prefixes(self) -> None:
        """Texts with a prefix one edit away from the query."""
        if len(self._folded) >= scoring.PREFIX_ERROR_LETTERS[0] and not self._misspelt_prefixes_tried:
            self._misspelt_prefixes_tried = True
            ids = self._snapshot.prefix_index.starting_with_one_edit(self._folded)
            self._rank(self._snapshot.doc_values.most_popular(ids, 4 * scoring.CANDIDATES).tolist())

    def _find_similar_names(self) -> None:
        """Names of nearly the same letters, wherever the spaces are."""
        if len(self._joined) >= scoring.SIMILAR_NAME_LETTERS:
            close = self._explained or self._best_score() >= scoring.SIMILAR
            bits, most = scoring.NEXT_NAMES if close else scoring.SIMILAR_NAMES
            self._rank(self._snapshot.doc_values.with_similar_letters(self._joined, bits, most).tolist())

    def _find_all_respelt(self) -> None:
        """Texts with other spellings of known words, if nothing good was found."""
        if self._best_score() < scoring.RESPELL_ALL:
            self._rank_matching(self._expansion.all_respelt())

    def _find_substrings(self) -> None:
        """Texts with the words as parts of words, if nothing probable was found."""
        if self._best_score() < scoring.PROBABLE:
            self._rank_matching(self._expansion.substrings())
