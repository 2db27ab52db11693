"""Titles by the same author that differ little, for papers that no key finds."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from store.catalog.title_variants import is_variant
from store.models import PaperRecord
from store.storage.connection import Connection
from store.text import person_names
from store.text.normalize import fold
from store.text.person_names import last_word

# Chosen by hand so that parts, years and language pairs stay apart; the tests hold each from both sides.
LEAST_WORDS = 4
"""Words of a title below which a typing error could as well be another title."""
LEAST_LETTERS = 5
"""Letters of a word below which another letter makes another word."""
LETTERS_FOR_TWO = 9
"""Letters from which a word may differ in two places."""
LEAST_ALIKE = 80
"""Percentage of letters from which titles are compared by all evidence, which asks for more; a bound on the work."""
MOST_PER_AUTHOR = 100
"""Papers of one name that are compared, the newest first: it bounds the work for the most common names."""


class TitlesByAuthor:
    """Titles, folded, with the ids of their papers, by the folded name of an author."""

    def __init__(self) -> None:
        self._titles: dict[str, list[tuple[int, str, str]]] = defaultdict(list)

    def add(self, names: Iterable[str], paper_id: int, title: str) -> None:
        """Add a paper's title for these names, unless they have `MOST_PER_AUTHOR` already."""
        folded = fold(title)
        for name in names:
            if len(self._titles[name]) < MOST_PER_AUTHOR:
                self._titles[name].append((paper_id, folded, title))

    def near(self, names: Iterable[str], title: str) -> list[int]:
        """The ids of papers under these names whose titles may be this one, with errors."""
        known = [name for name in names if name in self._titles]
        own = fold(title) if known else ""
        found = [
            paper_id
            for name in known
            for paper_id, other, written in self._titles[name]
            if _may_be(other, own) or is_variant(written, title)
        ]
        return list(dict.fromkeys(found))


def names_to_look_for(record: PaperRecord) -> frozenset[str]:
    """The folded names of the first author and of the first and last by alphabet, as sources order them otherwise.

    Also with the first word last: a source may have the family name first.
    """
    names = sorted(filter(None, (fold(author.name) for author in record.authors)), key=lambda n: (last_word(n), n))
    found = {*names[:1], *names[-1:], fold(person_names.first_author(record.authors))} - {""}
    return frozenset(found | {f"{rest} {first}".strip() for first, _, rest in (name.partition(" ") for name in found)})


async def load_titles(connection: Connection, names: Iterable[str]) -> TitlesByAuthor:
    """The titles that the store has by authors of these folded names."""
    titles = TitlesByAuthor()
    async with connection.execute(
        "SELECT name_key, papers.id, title FROM json_each(?) AS wanted JOIN authors ON name_key = wanted.value"
        " JOIN papers ON papers.id IN"
        "  (SELECT paper_id FROM authorships WHERE author_id = authors.id ORDER BY paper_id DESC LIMIT ?)"
        " ORDER BY papers.id DESC",
        [json.dumps(sorted(names)), MOST_PER_AUTHOR],
    ) as rows:
        async for name, paper_id, title in rows:
            titles.add([name], paper_id, title)
    return titles


def _may_be(one: str, other: str) -> bool:
    return one == other or fuzz.ratio(one, other) >= LEAST_ALIKE or is_near_duplicate(one.split(), other.split())


def is_near_duplicate(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether titles, in folded words, differ by typing errors only: in letters of long words, or only in spaces.

    Numbers and short words must be equal, so that parts, years and versions stay apart.
    """
    if min(len(one), len(other)) < LEAST_WORDS:
        return False
    if len(one) == len(other):
        return all(a == b or _is_typing_error(a, b) for a, b in zip(one, other, strict=True))
    return "".join(one) == "".join(other)


def _is_typing_error(one: str, other: str) -> bool:
    shorter = min(len(one), len(other))
    if shorter < LEAST_LETTERS or not (one.isalpha() and other.isalpha()):
        return False
    allowed = 1 if shorter < LETTERS_FOR_TWO else 2
    return OSA.distance(one, other, score_cutoff=allowed) <= allowed
