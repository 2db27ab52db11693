"""Whether two descriptions are of the same work, and the evidence for it or the contradiction.

Each side is what one or several records say of one paper: a record and the records of a stored paper, or those of two
papers. The rule, in the order in which it decides:

1. A service's own record by its own identifier is of the work of which its last one was, however it was rewritten.
2. Contradictions: different arXiv ids; DOIs of different works; titles far apart by other authors; without a shared
   identifier also two publications, in different venues and years.
3. With a shared identifier, the titles or the authors have to agree as well: works are retitled, and names are spelt in
   several ways, but an entry that has neither has a stranger's identifier.
4. Without one, both titles and authors have to agree.

Of a scheme that admits one value, such as arXiv or DOI, a record that lists several says nothing sure: none of them
counts as shared, and they contradict only where none agrees.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from rapidfuzz import fuzz

from store.catalog.common_authors import count_common, given_first
from store.catalog.near_duplicate_titles import is_near_duplicate
from store.catalog.title_variants import is_variant
from store.models import Frozen, Identifier, PaperRecord, Scheme, SourceKind
from store.text.normalize import fold

# Percentages. Measured on the pairs of DBLP and ACM that DeepMatcher has for training and validation (7,417 and 2,473;
# `python -m tests.bench.merging`), and on a million random pairs of titles of the ACL Anthology.
ALIKE_TITLES = 85
"""From here on titles agree. Over the pairs precision is 0.996 and 0.993 and recall 0.952 and 0.971; at 96 recall is
0.92, at 80 precision falls. One in a million pairs of strangers' titles is as much alike."""
FAR_TITLES = 60
"""Below, titles are far apart; of strangers' titles 4 in 10,000 are not."""
COMMON_AUTHORS = 50
"""From here on authors agree: of the shorter list with a shared identifier, as lists are cut; else of the longer."""

LONGEST_TITLE = 500
"""Letters of a title that are compared. This and the next bound the time that a hostile record takes."""
MOST_NAMES = 100
"""Names of a list that are compared."""

PREPRINT_DOIS = (
    "10.1101/", "10.20944/", "10.21203/", "10.2139/", "10.26434/", "10.31219/", "10.31234/", "10.31235/", "10.36227/",
    "10.48550/",
)  # fmt: skip
"""bioRxiv and medRxiv, Preprints, Research Square, SSRN, ChemRxiv, OSF, PsyArXiv, SocArXiv, TechRxiv, arXiv."""

PREPRINT_VENUE = re.compile(r"\b(?:arxiv|corr|biorxiv|medrxiv|ssrn|preprints?|chemrxiv|psyarxiv)\b")
DATED_BY_PREPRINT: tuple[SourceKind, ...] = ("arxiv", "oai", "author_page", "s2", "openalex")
"""Sources whose date may be that of the preprint beside the venue of the publication."""
_RECURRING = re.compile(
    r"(?:guest )?editor(?:ial|s?)(?: s)?(?: (?:introduction|note|notes|foreword|message|column))?"
    r"|book reviews?(?: column)?|(?:chair|president|editor)s? (?:letter|message|column|report)"
    r"|foreword|preface|introduction|errat(?:um|a)|corrigend(?:um|a)|in memoriam|news|panel|front matter|contents"
)
_PART = re.compile(
    r"\d+|[b-z]|i[ivx]+|[vx]i*|errat(?:um|a)|corrigend(?:um|a)|corrections?|comments?|reply|rebuttal|response"
)
"""Words by which titles differ that are of different works: numbers, single letters, and what answers a paper."""
_OWN_SCHEME: dict[SourceKind, Scheme] = {
    "arxiv": "arxiv",
    "oai": "arxiv",
    "crossref": "doi",
    "dblp": "dblp",
    "openalex": "openalex",
    "s2": "s2",
    "openreview": "openreview",
}
_NAMES = {"arxiv": "arXiv id", "doi": "DOI", "acl": "ACL Anthology id", "dblp": "DBLP key"}


class Evidence(Frozen):
    """What speaks for and against two descriptions being of one work. It can be stored as JSON.

    `title` is how alike the titles are, `authors` how many are in common, both in percent; `authors` is None where one
    side names none. `contradictions` are phrases.
    """

    same: bool
    shared: tuple[Identifier, ...] = ()
    title: int
    authors: int | None
    contradictions: tuple[str, ...] = ()

    @property
    def sureness(self) -> tuple[int, int, int]:
        """The greater, the surer, of those that are the same: shared identifiers, then titles, then authors."""
        return len(self.shared), self.title, self.authors or 0

    @property
    def sentence(self) -> str:
        """All of it in one sentence."""
        shared = ", ".join(f"{_NAMES.get(i.scheme, i.scheme)} {i.value}" for i in self.shared)
        found = [f"both have {shared}" if shared else "no identifier is shared", f"the titles are {self.title} % alike"]
        found.append(
            "authors are not known" if self.authors is None else f"{self.authors} % of the authors are in common"
        )
        verdict = (
            "The same work" if self.same else "Not the same work" if self.contradictions else "Not surely the same"
        )
        return f"{verdict}: {'; '.join((*self.contradictions, *found))}."


def compare(one: Sequence[PaperRecord], other: Sequence[PaperRecord]) -> Evidence:
    """Whether the records of both sides, at least one each, are of the same work."""
    shared, contradictions = _identifiers(one, other)
    pairs = [(a, b) for a in map(_folded, one) for b in map(_folded, other)]
    title = max(_alike(a, b) for a, b in pairs)
    authors = max((_common(a, b, whole=not shared) for a, b in pairs if a.names and b.names), default=None)
    if authors == 0 and title < FAR_TITLES:
        contradictions.append("the titles are far apart and the authors are others")
    if not shared and all(_published_apart(a.record, b.record) for a, b in pairs):
        contradictions.append("they were published in different years and venues")
    authors_agree = authors is not None and authors >= COMMON_AUTHORS
    if shared:
        agree = title >= ALIKE_TITLES or authors_agree
    else:
        nobody_named = not any(names for a, b in pairs for names in (a.names, b.names))
        agree = (authors_agree or nobody_named) and any(_same_title(a, b) for a, b in pairs)
        agree = agree or any(_same_but_for_additions(a, b) for a, b in pairs)
    if not {own_identifier(record) for record in one}.isdisjoint({own_identifier(r) for r in other} - {None}):
        agree, contradictions = True, []
    return Evidence(
        same=agree and not contradictions,
        shared=shared,
        title=title,
        authors=authors,
        contradictions=tuple(contradictions),
    )


def own_identifier(record: PaperRecord) -> Identifier | None:
    """The identifier by which the service of a record knows the paper; others are only what it was told."""
    scheme = _OWN_SCHEME.get(record.source.kind)
    found = [i for i in record.identifiers if i.scheme == scheme]
    return found[0] if len(found) == 1 else None


def is_recurring(folded_title: str) -> bool:
    """Whether a title, folded, is that of a column or the like, of which one author writes many; one word always is."""
    return " " not in folded_title or bool(_RECURRING.fullmatch(folded_title))


def kind_of(identifier: Identifier) -> str:
    """What a paper has one of: a scheme; of DOIs one for the preprint and one for the publication."""
    if identifier.scheme == "doi" and identifier.value.startswith(PREPRINT_DOIS):
        return "preprint doi"
    return identifier.scheme


def by_kind(record: PaperRecord) -> dict[str, list[Identifier]]:
    """The identifiers of a record by what a paper has one of; addresses identify nothing."""
    found: defaultdict[str, list[Identifier]] = defaultdict(list)
    for identifier in record.identifiers:
        if identifier.scheme != "url":
            found[kind_of(identifier)].append(identifier)
    return found


class _Claims:
    """What the records of one side give of one kind: `sure` are values of records that give one, `listed` all."""

    def __init__(self) -> None:
        self.sure: dict[Identifier, None] = {}
        self.listed: dict[Identifier, None] = {}

    @property
    def claimed(self) -> set[Identifier]:
        return {*(self.sure or self.listed)}


def _claims(records: Iterable[PaperRecord]) -> defaultdict[str, _Claims]:
    found: defaultdict[str, _Claims] = defaultdict(_Claims)
    for record in records:
        for kind, values in by_kind(record).items():
            found[kind].listed |= dict.fromkeys(values)
            if len(set(values)) == 1:
                found[kind].sure[values[0]] = None
    return found


def _identifiers(one: Sequence[PaperRecord], other: Sequence[PaperRecord]) -> tuple[tuple[Identifier, ...], list[str]]:
    """Those that both give for sure, and the contradictions."""
    ours, theirs = _claims(one), _claims(other)
    shared = tuple(i for kind, claims in ours.items() for i in claims.sure if i in theirs[kind].sure)

    def differ(*kinds: str) -> bool:
        left, right = ({i for kind in kinds for i in side[kind].claimed} for side in (ours, theirs))
        return bool(left and right) and left.isdisjoint(right)

    contradictions = []
    if differ("arxiv"):
        contradictions.append("their arXiv ids are different")
    # With another identifier in common, the DOIs of a preprint, its versions and the publication are of one work.
    if differ("doi") or (not shared and differ("doi", "preprint doi")):
        contradictions.append("their DOIs are different")
    return shared, contradictions


class _Folded(NamedTuple):
    record: PaperRecord
    title: str
    names: list[tuple[str, ...]]


def _folded(record: PaperRecord) -> _Folded:
    title = record.title[:LONGEST_TITLE]
    names = dict.fromkeys(given_first(fold(author.name).split()) for author in record.authors[:MOST_NAMES])
    return _Folded(record, fold(title) or title.strip(), [words for words in names if words])


def _alike(one: _Folded, other: _Folded) -> int:
    if one.title == other.title:
        return 100
    return int(fuzz.ratio(one.title.replace(" ", ""), other.title.replace(" ", "")))


def _same_title(one: _Folded, other: _Folded) -> bool:
    """Whether titles are the same without an identifier that says so."""
    same_date = one.record.published == other.record.published
    if is_recurring(one.title):
        return one.title == other.title and same_date and one.record.source.name == other.record.source.name
    if one.title == other.title or is_near_duplicate(one.title.split(), other.title.split()):
        return True
    same_year = bool(one.record.published) and _year(one.record) == _year(other.record)
    return same_year and _alike(one, other) >= ALIKE_TITLES and _parts(one.title) == _parts(other.title)


def _same_but_for_additions(one: _Folded, other: _Folded) -> bool:
    """Whether all authors and the year are the same, and the titles but for a label, a bracket or a subtitle.

    Of a column's title that is said of several authors only: one writes many of them.
    """
    if not (one.record.published and _year(one.record) == _year(other.record) and one.names and other.names):
        return False
    if is_recurring(one.title) or is_recurring(other.title):
        alike = one.title == other.title and min(len(one.names), len(other.names)) > 1
    else:
        alike = is_variant(one.record.title, other.record.title) and _parts(one.title) == _parts(other.title)
    return alike and _common(one, other, whole=True) == 100


def _parts(folded_title: str) -> list[str]:
    return [word for word in folded_title.split() if _PART.fullmatch(word)]


def _year(record: PaperRecord) -> str:
    return (record.published or "")[:4]


def _published_apart(one: PaperRecord, other: PaperRecord) -> bool:
    """Whether both are publications, as of a conference and a journal, in different venues and years."""
    if not all(r.venue and r.published and r.source.kind not in DATED_BY_PREPRINT for r in (one, other)):
        return False
    venues = {fold(r.venue or "") for r in (one, other)}
    return len(venues) == 2 and not any(map(PREPRINT_VENUE.search, venues)) and _year(one) != _year(other)


def _common(one: _Folded, other: _Folded, *, whole: bool) -> int:
    """The percentage of authors in common: of the shorter list; with `whole` of the longer one if both are complete."""
    few, many = sorted((one.names, other.names), key=len)
    common = count_common(few, many) if len(few) < len(many) else min(count_common(few, many), count_common(many, few))
    complete = one.record.authors_complete and other.record.authors_complete
    return 100 * common // len(many if whole and complete else few)
