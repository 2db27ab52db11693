"""Papers told by who wrote them: `manning glove`, `BERT (Devlin et al., 2019)`, `that paper by Qi on web agents`.

Each word is of an author's name or of the title; a year is when the paper came out, or the one beside it. For queries
that no title answers: it takes longer, and any title could be told so by chance.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from rapidfuzz.distance import OSA

from store.lookup.candidates import READ
from store.lookup.cascade import MAX_QUERY, Found
from store.lookup.index.doc_values import beginnings
from store.lookup.index.fields import AUTHORS, TITLES
from store.lookup.index.posting_lists import Postings, Text
from store.lookup.index.prefix_index import Ids
from store.lookup.index.snapshot import Memory
from store.lookup.reranker import BEGUN
from store.text.normalize import fold, words

_BESIDE = frozenset(
    "a about al an and article at by et for from in of on paper papers that the their this with work wrote".split()
)
_MOST = 12
"""Words that are looked at."""
_PEOPLE, _PAPERS = 2_000, 20_000
"""The best known people with a word in their names, and papers by these, that are considered."""
_RANKED = 300
_ALTERNATIVES = 8
_MISSING, _OTHER_YEAR = 0.4, 0.2
"""What a word that is nowhere takes off, and a year that is not the paper's."""


class _Asked(NamedTuple):
    words: list[str]
    years: set[int]


def told(connection: sqlite3.Connection, query: str, titles: Memory, names: Memory, limit: int) -> list[Found]:
    """The papers that the query tells by at least one author and nearly all its other words, best first."""
    asked = _asked(query)
    if not asked.words or len(asked.words) + len(asked.years) < 2:
        return []
    found: list[Found] = []
    for misspelt in (False, True):
        by_name = {word: _papers_by(connection, names, asked, word, misspelt) for word in asked.words}
        found = _ranked(connection, asked, by_name, titles)
        if found and found[0].score >= BEGUN:
            break
    return found[:limit]


def _ranked(connection: sqlite3.Connection, asked: _Asked, by_name: Mapping[str, Ids], titles: Memory) -> list[Found]:
    papers, counts = np.unique(np.concatenate(list(by_name.values())), return_counts=True)
    starts = int(beginnings([" ".join(asked.words)])[0])
    chosen: list[int] = []
    for count in range(counts.max(initial=0), 0, -1):
        ids, _ = titles.traits.closest(papers[counts == count], _RANKED - len(chosen), starts)
        chosen += ids.tolist()
        if len(chosen) == _RANKED:
            break
    wrote = {word: set(ids.tolist()) for word, ids in by_name.items()}
    found = []
    for text in Postings(connection, TITLES).texts(chosen):
        pairs = [(word, _partner(word, text)) for word in asked.words]
        missing = sum(not partner and text.id not in wrote[word] for word, partner in pairs)
        if missing <= len(asked.words) // 4:
            score = (
                BEGUN
                - _MISSING * missing
                - _OTHER_YEAR * (bool(asked.years) and not _fits(asked, titles.traits.year(text.id)))
            )
            matched = tuple((word, partner) for word, partner in pairs if partner)
            found.append(Found(text.id, text.folded, score, matched))
    found.sort(key=lambda f: (-f.score, -titles.traits.rank(f.id), f.id))
    return found


def _asked(query: str) -> _Asked:
    asked: list[str] = []
    years: set[int] = set()
    for word in words(fold(query[:MAX_QUERY])):
        if len(word) == 4 and word.isdigit() and word[:2] in {"19", "20"}:
            years.add(int(word))
        elif word not in _BESIDE and word not in asked:
            asked.append(word)
    return _Asked(asked[:_MOST], years)


def _papers_by(connection: sqlite3.Connection, names: Memory, asked: _Asked, word: str, misspelt: bool) -> Ids:
    """The papers of people with this word in their names; with one that begins so, if it may be unfinished."""
    meant = [word] if names.lexicon.count(word) else []
    if misspelt and len(word) > 2:
        meant += [like.word for like in names.lexicon.similar(word, 1, _ALTERNATIVES)]
    if word == asked.words[-1] and len(word) > 2:
        meant += [like.word for like in names.lexicon.completions(word, _ALTERNATIVES)]
    if not meant or len(word) < 2:
        return np.zeros(0, np.uint32)
    people = names.traits.best(Postings(connection, AUTHORS).matching(" OR ".join(meant), READ), _PEOPLE)
    (ids,) = connection.execute(
        "SELECT group_concat(paper_id, ' ') FROM (SELECT DISTINCT paper_id FROM authorships "
        "WHERE author_id IN (SELECT value FROM json_each(?)) LIMIT ?)",
        (json.dumps(people.tolist()), _PAPERS),
    ).fetchone()
    return np.fromstring(ids, np.uint32, sep=" ") if ids else np.zeros(0, np.uint32)


def _fits(asked: _Asked, year: int) -> bool:
    """Whether the paper is of one of the years, or the one before or after: a preprint is older than its printing."""
    return any(abs(year - told_year) <= 1 for told_year in asked.years)


def _partner(word: str, text: Text) -> str:
    """The word of the title that this one is, begins, or is an error away from; empty where there is none."""
    there = [*text.folded.split(), *text.extra.split()]
    if word in there:
        return word
    for other in there:
        if (len(word) > 2 and other.startswith(word)) or (len(word) > 4 and OSA.distance(word, other) == 1):
            return other
    return ""
