"""Whether records describe the same paper, and by what evidence.

An identifier that both have is not enough, since people copy the wrong one: title or authors have to agree as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rapidfuzz import fuzz

from store.models import Frozen, Identifier, PaperRecord
from store.text.normalize import fold
from store.text.person_names import last_word

SIMILAR_TITLES = 70.0
"""Token set ratio, in 0..100, from which titles may be two versions of one: a subtitle more, or words exchanged."""


class Evidence(Frozen):
    """What speaks for one paper, and, where it cannot be one, what speaks against it.

    `title_similarity` is in 0..100. Where a side names no author, `shared_authors` says nothing.
    """

    shared: tuple[Identifier, ...]
    title_similarity: float
    shared_authors: int
    contradiction: str | None = None

    @property
    def same(self) -> bool:
        """Whether it is one paper."""
        return self.contradiction is None


def compare(ones: Sequence[PaperRecord], others: Sequence[PaperRecord]) -> Evidence:
    """The evidence on whether two groups of records, each of one paper, are about the same paper."""
    mine, theirs = _identifiers(ones), _identifiers(others)
    shared = tuple(sorted(mine & theirs, key=lambda i: (i.scheme, i.value)))
    similarity = max(fuzz.token_set_ratio(fold(one.title), fold(other.title)) for one in ones for other in others)
    my_authors, their_authors = _last_names(ones), _last_names(others)
    found = Evidence(shared=shared, title_similarity=similarity, shared_authors=len(my_authors & their_authors))
    return found.model_copy(
        update={"contradiction": _contradiction(found, mine, theirs, bool(my_authors and their_authors))}
    )


def _contradiction(
    found: Evidence, mine: Iterable[Identifier], theirs: Iterable[Identifier], authors_known: bool
) -> str | None:
    for scheme, name in (("arxiv", "arXiv ids"), ("doi", "DOIs")):
        one = {i.value for i in mine if i.scheme == scheme}
        other = {i.value for i in theirs if i.scheme == scheme}
        # A preprint and its publication have a DOI each, and then another identifier in common.
        if one and other and not one & other and not (scheme == "doi" and found.shared):
            return f"different {name}"
    if found.title_similarity < SIMILAR_TITLES and not found.shared_authors:
        return "different titles and authors" if authors_known else "different titles"
    return None


def _identifiers(records: Iterable[PaperRecord]) -> set[Identifier]:
    return {i for record in records for i in record.identifiers if i.scheme != "url"}


def _last_names(records: Iterable[PaperRecord]) -> set[str]:
    return {last_word(fold(author.name)) for record in records for author in record.authors}
