"""Search by author, title words and year: `manning glove`, `BERT (Devlin et al., 2019)`, `that paper by Qi on agents`.

Each word must match an author's name or the title; a year must be about that of the paper. This takes longer than a
search by title, and long titles match such queries by chance, so it is only for queries that no title answers well.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import OSA

from store.lookup import scoring
from store.lookup.cascade import ScoredText
from store.lookup.index.doc_values import prefix_signatures
from store.lookup.index.fields import AUTHORS, TITLES
from store.lookup.index.posting_lists import PostingLists, Text
from store.lookup.index.prefix_index import Ids
from store.lookup.index.snapshot import Snapshot
from store.text.normalize import fold, words

FUNCTION_WORDS = frozenset(
    "a about al an and article at by et for from in of on paper papers that the their this with work wrote".split()
)
"""Words of a query that say nothing about which paper is meant."""


class _Query(NamedTuple):
    words: list[str]
    years: set[int]


def search(
    connection: sqlite3.Connection, query: str, titles: Snapshot, names: Snapshot, limit: int
) -> list[ScoredText]:
    """The papers of which at least one author and nearly all other words match the query, best first."""
    parsed = _parse(query)
    if not parsed.words or len(parsed.words) + len(parsed.years) < 2:
        return []
    found: list[ScoredText] = []
    for misspelt in (False, True):
        papers = {word: _papers_by(connection, names, parsed, word, misspelt) for word in parsed.words}
        found = _rank(connection, parsed, papers, titles)
        if found and found[0].score >= scoring.PREFIX:
            break
    return found[:limit]


class FewPaper(NamedTuple):
    """A paper that is searched without an index: its title, the words of its authors' names, its year or 0."""

    title: Text
    names: frozenset[str]
    year: int


def search_few(query: str, papers: Sequence[FewPaper], limit: int) -> list[ScoredText]:
    """As `search`, over a few papers, each of which is looked at."""
    parsed = _parse(query)
    if not parsed.words or len(parsed.words) + len(parsed.years) < 2:
        return []
    found = []
    for paper in papers:
        by_author = {word for word in parsed.words if any(_is_name(word, name) for name in paper.names)}
        if by_author and (scored := _score(parsed, paper.title, by_author, paper.year)):
            found.append(scored)
    return sorted(found, key=lambda f: (-f.score, f.id))[:limit]


def _is_name(word: str, name: str) -> bool:
    return word == name or (len(word) >= scoring.NAME_ERROR_LETTERS and OSA.distance(word, name, score_cutoff=1) <= 1)


def _parse(query: str) -> _Query:
    found: list[str] = []
    years: set[int] = set()
    for word in words(fold(query[: scoring.MAX_QUERY])):
        if len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"}:
            years.add(int(word))
        elif word not in FUNCTION_WORDS and word not in found:
            found.append(word)
    return _Query(found[: scoring.MAX_AUTHOR_TITLE_WORDS], years)


def _papers_by(connection: sqlite3.Connection, names: Snapshot, query: _Query, word: str, misspelt: bool) -> Ids:
    """Papers of people whose names contain the word, which may be cut short if it is the last one."""
    alternatives = [word] if names.vocabulary.count(word) else []
    if misspelt and len(word) >= scoring.NAME_ERROR_LETTERS:
        alternatives += [match.word for match in names.vocabulary.similar(word, 1, scoring.AUTHOR_ALTERNATIVES)]
    if word == query.words[-1] and len(word) >= scoring.COMPLETED_LETTERS:
        alternatives += [match.word for match in names.vocabulary.completions(word, scoring.AUTHOR_ALTERNATIVES)]
    if not alternatives or len(word) < 2:
        return np.zeros(0, np.uint32)
    matching = PostingLists(connection, AUTHORS).matching(" OR ".join(alternatives), scoring.RARE_POSTINGS)
    people = names.doc_values.most_popular(matching, scoring.PEOPLE)
    (ids,) = connection.execute(
        "SELECT group_concat(paper_id, ' ') FROM (SELECT DISTINCT paper_id FROM authorships "
        "WHERE author_id IN (SELECT value FROM json_each(?)) LIMIT ?)",
        (json.dumps(people.tolist()), scoring.PAPERS_OF_PEOPLE),
    ).fetchone()
    return np.fromstring(ids, np.uint32, sep=" ") if ids else np.zeros(0, np.uint32)


def _rank(
    connection: sqlite3.Connection, query: _Query, papers_by: Mapping[str, Ids], titles: Snapshot
) -> list[ScoredText]:
    """Score the papers that most words name an author of; `papers_by` has the papers by each word."""
    by_author = {word: set(ids.tolist()) for word, ids in papers_by.items()}
    found = []
    for text in PostingLists(connection, TITLES).texts(_candidates(query, papers_by, titles)):
        by = {word for word, ids in by_author.items() if text.id in ids}
        if scored := _score(query, text, by, titles.doc_values.year(text.id)):
            found.append(scored)
    found.sort(key=lambda f: (-f.score, -titles.doc_values.popularity(f.id), f.id))
    return found


def _score(query: _Query, title: Text, by_author: AbstractSet[str], year: int) -> ScoredText | None:
    """The paper with its score, None if too many words are neither of its title nor `by_author`."""
    pairs = [(word, _title_match(word, title)) for word in query.words]
    missing = sum(not match and word not in by_author for word, match in pairs)
    if missing > len(query.words) // scoring.MAX_MISSING_SHARE:
        return None
    other_year = bool(query.years) and not _is_of_year(query, year)
    score = scoring.PREFIX - scoring.MISSING_WORD * missing - scoring.OTHER_YEAR * other_year
    return ScoredText(title.id, title.folded, score, tuple((word, match) for word, match in pairs if match))


def _candidates(query: _Query, papers_by: Mapping[str, Ids], titles: Snapshot) -> list[int]:
    """The papers of which the most words name an author, and of these the ones with the likeliest titles."""
    papers, counts = np.unique(np.concatenate(list(papers_by.values())), return_counts=True)
    prefixes = int(prefix_signatures([" ".join(query.words)])[0])
    chosen: list[int] = []
    for count in range(counts.max(initial=0), 0, -1):
        room = scoring.AUTHOR_TITLE_RANKED - len(chosen)
        ids, _ = titles.doc_values.most_shared_prefixes(papers[counts == count], room, prefixes)
        chosen += ids.tolist()
        if len(chosen) == scoring.AUTHOR_TITLE_RANKED:
            break
    return chosen


def _is_of_year(query: _Query, year: int) -> bool:
    return any(abs(year - wanted) <= scoring.YEAR_TOLERANCE for wanted in query.years)


def _title_match(word: str, text: Text) -> str:
    """The word of the title that equals this one, starts with it, or is one edit away; empty if there is none."""
    there = [*text.folded.split(), *text.extra.split()]
    if word in there:
        return word
    for other in there:
        completed = len(word) >= scoring.COMPLETED_LETTERS and other.startswith(word)
        if completed or (len(word) >= scoring.TITLE_ERROR_LETTERS and OSA.distance(word, other) == 1):
            return other
    return ""
