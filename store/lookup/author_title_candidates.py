"""Which papers a query by author, title words and year may mean, and which of its words name an author of each.

For each word there are the papers with it in the title, read from the posting lists, and those by people of that name.
Where very many have the name, the papers that hold the other words are asked for their authors instead.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from store.lookup import scoring
from store.lookup.index.doc_values import prefix_signatures
from store.lookup.index.fields import AUTHORS, TITLES
from store.lookup.index.posting_lists import PostingLists
from store.lookup.index.prefix_index import Ids
from store.lookup.index.snapshot import Snapshot
from store.text.person_names import other_spellings

_NONE: Ids = np.zeros(0, np.uint32)


class Candidates(NamedTuple):
    """Ids of papers, those with the most words of the query first; by word, the papers of which it names an author."""

    ids: list[int]
    by_author: dict[str, set[int]]


class AuthorTitleCandidates:
    """Finds candidates for the words of one query."""

    def __init__(self, connection: sqlite3.Connection, words: Sequence[str], titles: Snapshot, names: Snapshot) -> None:
        self._connection = connection
        self._words = words
        self._titles = titles
        self._names = names

    def find(self, misspelt: bool) -> Candidates:
        """Papers that at least one word names an author of; with `misspelt`, words may be one edit off."""
        people = {word: self._people(word, misspelt) for word in self._words}
        in_title = self._in_title(misspelt)
        papers = {word: self._names.doc_values.total(ids) for word, ids in people.items()}
        frequent = {word: ids for word, ids in people.items() if papers[word] > scoring.PAPERS_OF_A_NAME}
        by_author = {word: self._papers_by(ids) for word, ids in people.items() if len(ids) and word not in frequent}
        if frequent:
            by_author |= self._papers_by_frequent(frequent, in_title, by_author)
        found, counts = self._counted(in_title, by_author)
        authored = np.isin(found, np.concatenate([_NONE, *by_author.values()]))
        chosen = self._most_words(found[authored], counts[authored])
        return Candidates(chosen, {word: set(ids.tolist()) for word, ids in by_author.items()})

    def _people(self, word: str, misspelt: bool) -> Ids:
        """People whose names contain the word, which may be cut short if it is the last one."""
        vocabulary = self._names.vocabulary
        alternatives = [word]
        if misspelt and len(word) >= scoring.name_error_letters(len(self._words)):
            alternatives += other_spellings(word)
            alternatives += [match.word for match in vocabulary.similar(word, 1, scoring.MISSPELT_NAMES)]
        if word == self._words[-1] and len(word) >= scoring.COMPLETED_LETTERS:
            alternatives += [match.word for match in vocabulary.completions(word, scoring.AUTHOR_ALTERNATIVES)]
        known = [other for other in alternatives if vocabulary.count(other)]
        if not known or len(word) < 2:
            return _NONE
        return PostingLists(self._connection, AUTHORS).matching(" OR ".join(known), 2 * scoring.RARE_POSTINGS)

    def _in_title(self, misspelt: bool) -> dict[str, Ids]:
        """Papers by the words of their titles, as far as there are not too many."""
        alternatives = {word: self._title_words(word, misspelt) for word in self._words}
        counts = {word: sum(map(self._titles.vocabulary.count, others)) for word, others in alternatives.items()}
        postings = PostingLists(self._connection, TITLES)
        read = 0
        found = {}
        for word in sorted(self._words, key=counts.__getitem__):
            read += counts[word]
            if read > scoring.TITLE_POSTINGS:
                break
            some = alternatives[word]
            found[word] = postings.matching(" OR ".join(some), scoring.TITLE_POSTINGS) if some else _NONE
        return found

    def _title_words(self, word: str, misspelt: bool) -> list[str]:
        vocabulary = self._titles.vocabulary
        if vocabulary.count(word):
            return [word]
        others = []
        if word == self._words[-1] and len(word) >= scoring.COMPLETED_LETTERS:
            others += vocabulary.completions(word, scoring.AUTHOR_ALTERNATIVES)
        if misspelt and len(word) >= scoring.TITLE_ERROR_LETTERS:
            others += vocabulary.similar(word, 1, scoring.AUTHOR_ALTERNATIVES)
        return [match.word for match in others]

    def _papers_by(self, people: Ids) -> Ids:
        (ids,) = self._connection.execute(
            "SELECT group_concat(paper_id, ' ') FROM (SELECT DISTINCT paper_id FROM authorships "
            "WHERE author_id IN (SELECT value FROM json_each(?)) LIMIT ?)",
            (json.dumps(people.tolist()), scoring.PAPERS_OF_PEOPLE),
        ).fetchone()
        return np.fromstring(ids, np.uint32, sep=" ") if ids else _NONE

    def _papers_by_frequent(
        self, people: Mapping[str, Ids], in_title: Mapping[str, Ids], by_author: Mapping[str, Ids]
    ) -> dict[str, Ids]:
        """Papers by people of frequent names: of those with enough other words all, otherwise the most popular's."""
        papers, counts = self._counted(in_title, by_author)
        unread = len(self._words) - len(in_title)
        least = len(self._words) - len(self._words) // scoring.MAX_MISSING_SHARE - unread - len(people)
        likely = papers[counts >= max(1, least)]
        if not least > 0 or len(likely) > scoring.PAPERS_ASKED:
            most = scoring.PEOPLE
            return {
                word: self._papers_by(self._names.doc_values.most_popular(ids, most)) for word, ids in people.items()
            }
        (pairs,) = self._connection.execute(
            "SELECT group_concat(paper_id || ' ' || author_id, ' ') FROM authorships "
            "WHERE paper_id IN (SELECT value FROM json_each(?))",
            (json.dumps(likely.tolist()),),
        ).fetchone()
        wrote = np.fromstring(pairs or "", np.uint32, sep=" ").reshape(-1, 2)
        return {word: np.unique(wrote[np.isin(wrote[:, 1], ids), 0]) for word, ids in people.items()}

    def _counted(self, in_title: Mapping[str, Ids], by_author: Mapping[str, Ids]) -> tuple[Ids, Ids]:
        """Papers, and how many words of the query each has in its title or among its authors."""
        of_words = [np.union1d(in_title.get(word, _NONE), by_author.get(word, _NONE)) for word in self._words]
        papers, counts = np.unique(np.concatenate([_NONE, *of_words]), return_counts=True)
        return papers, counts.astype(np.uint32)

    def _most_words(self, papers: Ids, counts: Ids) -> list[int]:
        """The papers with the most words, and of these the ones with the likeliest titles."""
        prefixes = int(prefix_signatures([" ".join(self._words)])[0])
        chosen: list[int] = []
        for count in range(int(counts.max(initial=0)), 0, -1):
            room = scoring.AUTHOR_TITLE_RANKED - len(chosen)
            ids, _ = self._titles.doc_values.most_shared_prefixes(papers[counts == count], room, prefixes)
            chosen += ids.tolist()
            if len(chosen) == scoring.AUTHOR_TITLE_RANKED:
                break
        return chosen
