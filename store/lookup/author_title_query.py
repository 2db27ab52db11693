"""Search by author, title words and year: `manning glove`, `BERT (Devlin et al., 2019)`, `that paper by Qi on agents`.

Each word must match an author's name or the title; a year must be about that of the paper. This takes longer than a
search by title, and long titles match such queries by chance, so it is only for queries that no title answers well.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple

from rapidfuzz.distance import OSA

from store.lookup import scoring
from store.lookup.author_title_candidates import AuthorTitleCandidates, Candidates
from store.lookup.cascade import ScoredText
from store.lookup.index.fields import TITLES
from store.lookup.index.posting_lists import PostingLists, Text
from store.lookup.index.snapshot import Snapshot
from store.text.normalize import fold, words
from store.text.person_names import spelling_key

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
    candidates = AuthorTitleCandidates(connection, parsed.words, titles, names)
    for misspelt in (False, True):
        found = _rank(connection, parsed, candidates.find(misspelt), titles)
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
    letters = scoring.name_error_letters(len(parsed.words))
    found = []
    for paper in papers:
        by_author = {word for word in parsed.words if any(_is_name(word, name, letters) for name in paper.names)}
        if by_author and (scored := _score(parsed, paper.title, by_author, paper.year)):
            found.append(scored)
    return sorted(found, key=lambda f: (-f.score, f.id))[:limit]


def _is_name(word: str, name: str, letters: int) -> bool:
    if word == name or spelling_key(word) == spelling_key(name):
        return True
    return len(word) >= letters and OSA.distance(word, name, score_cutoff=1) <= 1


def _parse(query: str) -> _Query:
    found: list[str] = []
    years: set[int] = set()
    for word in words(fold(query[: scoring.MAX_QUERY])):
        if len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"}:
            years.add(int(word))
        elif word not in FUNCTION_WORDS and word not in found:
            found.append(word)
    return _Query(found[: scoring.MAX_AUTHOR_TITLE_WORDS], years)


def _rank(connection: sqlite3.Connection, query: _Query, candidates: Candidates, titles: Snapshot) -> list[ScoredText]:
    """Score the candidates. Of papers with equal scores, those with whole words and of the very year come first."""
    found = []
    for text in PostingLists(connection, TITLES).texts(candidates.ids):
        by = {word for word, ids in candidates.by_author.items() if text.id in ids}
        year = titles.doc_values.year(text.id)
        if scored := _score(query, text, by, year):
            cut = sum(word not in by and word != match for word, match in scored.matched)
            found.append(
                (-scored.score, cut, not _is_of_year(query, year, 0), -titles.doc_values.popularity(text.id), scored)
            )
    found.sort(key=lambda f: (*f[:4], f[4].id))
    return [f[4] for f in found]


def _score(query: _Query, title: Text, by_author: AbstractSet[str], year: int) -> ScoredText | None:
    """The paper with its score, None if too many words are neither of its title nor `by_author`."""
    there = [*title.folded.split(), *title.extra.split()]
    joined = f" {' '.join(there)}"
    pairs = [(word, _title_match(word, there, joined)) for word in query.words]
    missing = sum(not match and word not in by_author for word, match in pairs)
    if missing > len(query.words) // scoring.MAX_MISSING_SHARE:
        return None
    other_year = bool(query.years) and not _is_of_year(query, year)
    score = scoring.PREFIX - scoring.MISSING_WORD * missing - scoring.OTHER_YEAR * other_year
    return ScoredText(title.id, title.folded, score, tuple((word, match) for word, match in pairs if match))


def _is_of_year(query: _Query, year: int, tolerance: int = scoring.YEAR_TOLERANCE) -> bool:
    return any(abs(year - wanted) <= tolerance for wanted in query.years)


def _title_match(word: str, there: Sequence[str], joined: str) -> str:
    """The word of the title that equals this one, starts with it, or is one edit away; empty if there is none.

    `joined` are the words of the title, each after a blank: most do not start with the word, and this tells soon.
    """
    if word in there:
        return word
    completed = len(word) >= scoring.COMPLETED_LETTERS and f" {word}" in joined
    misspelt = len(word) >= scoring.TITLE_ERROR_LETTERS
    for other in there if completed or misspelt else ():
        if completed and other.startswith(word):
            return other
        if misspelt and abs(len(word) - len(other)) <= 1 and OSA.distance(word, other, score_cutoff=1) == 1:
            return other
    return ""
