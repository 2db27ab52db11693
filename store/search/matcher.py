"""What a query means for one paper: does it match, by which rule, and if not, why not.

Narrow means narrow: words are whole words, a phrase is consecutive words of the title or of the abstract, a name is
that name. `store.search.full_text` answers the same over the whole store.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from store.models import Frozen, Paper
from store.search.query import Clause, Query, Term
from store.text.arxiv_taxonomy import category_words
from store.text.normalize import fold
from store.text.partial_dates import begins_since, ends_until
from store.text.person_names import answers_to


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


def _holds(term: Term, subject: Subject) -> Reason | None:
    match term.kind:
        case "text":
            place = _place(term.folded, subject)
            noun = "phrase" if " " in term.folded else "word"
            return Reason(kind="text", text=f"{noun} “{term.value}” in {place}") if place else None
        case "author":
            asked = term.folded.split()
            for words, name in zip(subject.names, subject.authors, strict=True):
                if answers_to(words, asked):
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
            inside = begins_since if term.kind == "since" else ends_until
            if not subject.published or not inside(subject.published, term.bound):
                return None
            return Reason(kind=term.kind, text=f"published {subject.published}, {term.kind} {term.value}")


def _place(words: str, subject: Subject) -> str | None:
    if f" {words} " in f" {subject.title} ":
        return "title"
    return "abstract" if f" {words} " in f" {subject.abstract} " else None
