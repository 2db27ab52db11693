"""What a query means for one paper: does it match, by which rule, and if not, why not.

Narrow means narrow: words are whole words, a phrase is consecutive words of the title or of the abstract, a name is
that name. `store.search.full_text` answers the same over the whole store.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from store.models import Frozen, Paper
from store.search.query import Clause, Query, Term
from store.text.normalize import fold

# Author pages name arXiv's computer science categories without their archive.
_CS = frozenset(
    {"ai", "ar", "cc", "ce", "cg", "cl", "cr", "cv", "cy", "db", "dc", "dl", "dm", "ds", "et", "fl", "gl", "gr", "gt"}
    | {"hc", "ir", "it", "lg", "lo", "ma", "mm", "ms", "na", "ne", "ni", "oh", "os", "pf", "pl", "ro", "sc", "sd", "se"}
    | {"si", "sy"}
)
_CATEGORY = re.compile(r"[a-z]+(-[a-z]+)?(\.[a-z]+(-[a-z]+)?)?")


class Reason(Frozen):
    """Why a paper matched: a term of the query, in words: `author Zehan Qi`, `phrase “web agent” in title`."""

    kind: Literal["text", "author", "cat", "code", "since", "until"]
    text: str


class Rejection(Frozen):
    """A paper that would have matched, had not `rule` excluded it: `-survey`, because of `reason`."""

    rule: str
    reason: Reason


class Subject(NamedTuple):
    """A paper in the form in which queries are held against it."""

    title: str
    abstract: str
    names: tuple[tuple[str, ...], ...]
    authors: tuple[str, ...]
    categories: frozenset[str]
    has_code: bool
    published: str | None

    @classmethod
    def of(cls, paper: Paper) -> Subject:
        """Fold a paper once, for any number of queries."""
        return cls(
            title=fold(paper.title),
            abstract=fold(paper.abstract or ""),
            names=tuple(tuple(fold(author.name).split()) for author in paper.authors),
            authors=tuple(author.name for author in paper.authors),
            categories=category_words(paper.category, paper.cross_lists),
            has_code=paper.has_code is True,
            published=paper.published,
        )


def full_category(code: str) -> str:
    """The category with its archive: `CL`, as author pages have it, is `cs.CL`."""
    return f"cs.{code}" if code.lower() in _CS else code


def category_words(category: str | None, cross_lists: Iterable[str] = ()) -> frozenset[str]:
    """What `cat:` may say for a paper: of `cs.CL` the category, the archive and the subject, in lower case."""
    words: set[str] = set()
    for name in (category or "", *cross_lists):
        full = full_category(name.lower())
        if not _CATEGORY.fullmatch(full):
            continue
        words.update((full, *full.split(".")))
    return frozenset(words)


def matches(query: Query, paper: Paper | Subject) -> tuple[Reason, ...] | Rejection | None:
    """The reasons for which a paper matches; the exclusion where one decided; None where a required clause fails."""
    subject = paper if isinstance(paper, Subject) else Subject.of(paper)
    reasons: list[Reason] = []
    for clause in query.required:
        held = [reason for term in clause.alternatives if (reason := _holds(term, subject))]
        if not held:
            return None
        reasons += held
    for clause in query.exclusions:
        for term in clause.alternatives:
            if reason := _holds(term, subject):
                return Rejection(rule=clause.canonical(), reason=reason)
    return tuple(dict.fromkeys(reasons))


def missing(query: Query, paper: Paper | Subject) -> tuple[Clause, ...]:
    """The required clauses that do not hold for a paper."""
    subject = paper if isinstance(paper, Subject) else Subject.of(paper)
    return tuple(clause for clause in query.required if not any(_holds(term, subject) for term in clause.alternatives))


def is_name(asked: Sequence[str], name: Sequence[str]) -> bool:
    """Whether a folded name on a paper is the one that is asked for; both as words.

    A single word asks for a family name. Otherwise the words are the same in any order, or first and family name
    agree, the family name being asked for last or first, where an initial that is asked for stands for any name with
    it, and middle names may be initials or left out where they are. A first name that the *paper* abbreviates is not
    taken for the full one: it may be another person.
    """
    if not name:
        return False
    if len(asked) == 1:
        return asked[0] == name[-1]
    return sorted(asked) == sorted(name) or _in_order(asked, name) or _in_order([*asked[1:], asked[0]], name)


def _in_order(asked: Sequence[str], name: Sequence[str]) -> bool:
    return (
        len(name) > 1
        and len(asked[-1]) > 1
        and asked[-1] == name[-1]
        and (asked[0] == name[0] or (len(asked[0]) == 1 and name[0].startswith(asked[0])))
        and _middles_agree(asked[1:-1], name[1:-1])
    )


def _middles_agree(one: Sequence[str], other: Sequence[str]) -> bool:
    if not one or not other:
        return all(len(word) == 1 for word in (*one, *other))
    first, second = one[0], other[0]
    initial = 1 in (len(first), len(second))
    return (first == second or (initial and first[0] == second[0])) and _middles_agree(one[1:], other[1:])


def _holds(term: Term, subject: Subject) -> Reason | None:
    match term.kind:
        case "text":
            place = _place(term.folded, subject)
            noun = "phrase" if " " in term.folded else "word"
            return Reason(kind="text", text=f"{noun} “{term.value}” in {place}") if place else None
        case "author":
            asked = term.folded.split()
            for words, name in zip(subject.names, subject.authors, strict=True):
                if is_name(asked, words):
                    return Reason(kind="author", text=f"author {name}")
            return None
        case "cat":
            return (
                Reason(kind="cat", text=f"category {term.value}") if term.value.lower() in subject.categories else None
            )
        case "code":
            if subject.has_code != (term.value == "yes"):
                return None
            return Reason(kind="code", text="has code" if subject.has_code else "no known code")
        case "since" | "until":
            if not subject.published or not _in_time(term, subject.published):
                return None
            return Reason(kind=term.kind, text=f"published {subject.published}, {term.kind} {term.value}")


def _place(words: str, subject: Subject) -> str | None:
    if f" {words} " in f" {subject.title} ":
        return "title"
    return "abstract" if f" {words} " in f" {subject.abstract} " else None


def _in_time(term: Term, published: str) -> bool:
    """A date of lower precision counts only where the whole of it lies within."""
    if term.kind == "since":
        return published >= term.bound
    return published < f"{term.bound}~" and not (term.bound.startswith(published) and published != term.bound)
