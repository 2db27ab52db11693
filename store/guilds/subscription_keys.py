"""The keys of the percolator's inverted index: under which of its words, categories or names a subscription stands.

A subscription is under those of one of its clauses, the one that fewest papers of the store match. A word has a key of
its own, `w:agents`, and its stem another, `s:agent`, under which a term stands that takes any form.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from store.guilds.following import Following, from_text
from store.search import full_text, words
from store.search.matcher import FoldedPaper
from store.search.query import Query, Term
from store.storage import key_values
from store.storage.connection import Connection
from store.text.stems import stem, stemmer_version

_STEMMER = "subscription_stemmer"
"""The setting with the version of the stemmer that made the keys."""
_EVERY_PAPER = "*"
"""The key of subscriptions that have no clause of words, categories and names alone."""


async def register(connection: Connection, subscription_id: int, query: Query) -> None:
    """Index a subscription by its query, in place of the one it had; one that follows papers has no keys."""
    await connection.execute(
        "UPDATE subscriptions SET needs = ? WHERE id = ?", [" ".join(_needs(query)), subscription_id]
    )
    await connection.execute("DELETE FROM subscription_keys WHERE subscription_id = ?", [subscription_id])
    if isinstance(query, Following):
        return
    await connection.executemany(
        "INSERT INTO subscription_keys (key, subscription_id) VALUES (?, ?)",
        [(key, subscription_id) for key in await _keys(connection, query)],
    )


async def bring_up_to_date(connection: Connection) -> None:
    """Index every subscription anew where another version of the stemmer made their keys."""
    if await key_values.get(connection, "settings", _STEMMER) == stemmer_version():
        return
    await key_values.put(connection, "settings", _STEMMER, stemmer_version())
    async with connection.execute("SELECT id, query FROM subscriptions WHERE deleted IS NULL") as rows:
        for subscription_id, query in await rows.fetchall():
            await register(connection, subscription_id, from_text(query))


def keys_of(query: Query, counts: Mapping[str, int]) -> tuple[str, ...]:
    """The keys of the rarest clause: a paper without any of them cannot match. `counts` has papers by key."""
    clause = min(query.required, key=lambda c: sum(_cost(term, counts) for term in c.alternatives))
    if any(math.isinf(_cost(term, counts)) for term in clause.alternatives):
        return (_EVERY_PAPER,)
    return tuple(dict.fromkeys(key for term in clause.alternatives for key in _keys_of_term(term, counts)))


def keys_of_subject(subject: FoldedPaper) -> set[str]:
    """The keys of a paper: a subscription that matches it is under at least one of them."""
    words = {*subject.title.split(), *subject.abstract.split()}
    keys = {f"w:{word}" for word in words} | {f"s:{stem(word)}" for word in words}
    keys.update(f"c:{word}" for word in subject.categories)
    for name in subject.names:
        if name:
            keys.update((f"a:{name[-1]}", f"a:{name[-1]}:{name[0][0]}"))
    keys.add(_EVERY_PAPER)
    return keys


def _needs(query: Query) -> Iterable[str]:
    """Keys that a paper must have to match: the words and category of every clause without alternatives."""
    for clause in query.required:
        if len(clause.alternatives) > 1:
            continue
        term = clause.alternatives[0]
        if term.kind != "author":
            yield from _word_keys(term)


def _word_keys(term: Term) -> list[str]:
    """The keys that a paper must have, all of them, to match a term of words or a category; none of another term."""
    match term.kind:
        case "text":
            *first, last = term.folded.split()
            return [*(f"w:{word}" for word in first), f"w:{last}" if term.exact else f"s:{stem(last)}"]
        case "cat":
            return [f"c:{term.value.lower()}"]
        case _:
            return []


def _keys_of_term(term: Term, counts: Mapping[str, int]) -> Iterable[str]:
    if keys := _word_keys(term):
        return [min(keys, key=lambda key: (counts.get(key, 0), -len(key)))]
    words = term.folded.split()
    if len(words) == 1:
        return [f"a:{words[0]}"]
    # The name on the paper may have the words in any order; `store.text.person_names.answers_to` says which.
    places = range(len(words))
    return [f"a:{words[last]}:{words[first][0]}" for first in places for last in places if first != last]


def _cost(term: Term, counts: Mapping[str, int]) -> float:
    """About how many papers have the keys of a term; names are rare."""
    match term.kind:
        case "text" | "cat":
            return min(counts.get(key, 0) for key in _word_keys(term))
        case "author":
            return 0
        case _:
            return math.inf


async def _keys(connection: Connection, query: Query) -> tuple[str, ...]:
    keys = {key for clause in query.required for term in clause.alternatives for key in _word_keys(term)}
    wanted = {kind: [key[2:] for key in keys if key[:2] == kind] for kind in ("w:", "s:", "c:")}
    counts = await words.counts(connection, wanted["w:"], wanted["s:"])
    categories = await full_text.category_frequencies(connection, wanted["c:"])
    return keys_of(
        query,
        {f"w:{word}": number for word, number in counts.words.items()}
        | {f"s:{stemmed}": number for stemmed, number in counts.stems.items()}
        | {f"c:{category}": number for category, number in categories.items()},
    )
