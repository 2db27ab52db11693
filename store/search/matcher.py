"""Whether one paper matches a query, and which terms or exclusions decide.

Words are whole words, in any form of theirs where the query does not ask for one exactly; a phrase is consecutive words
of the title or of the abstract; a name is that name. `store.search.full_text` finds the same papers in the whole store.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from store.models import Frozen, Paper
from store.search.query import Clause, Query, Term
from store.text.arxiv_taxonomy import category_in_words, category_words
from store.text.normalize import fold
from store.text.partial_dates import begins_since, ends_until, in_words
from store.text.person_names import answers_to
from store.text.stems import common_start, stem


class Reason(Frozen):
    """A term of the query that a paper matched, in words: `author Zehan Qi`, `phrase “web agent” in title`."""

    kind: Literal["text", "author", "cat", "code", "since", "until", "close"]
    text: str
    score: float | None = None
    """Of a paper that is close to others: how close, from 0 to 1."""

    @property
    def is_on_top(self) -> bool:
        """Whether the term is in what stands above the abstract: the title or the authors."""
        return self.kind == "author" or (self.kind == "text" and self.text.endswith(" in title"))


class Rejection(Frozen):
    """Why a paper was excluded that matches otherwise: by the clause `rule`, such as `-survey`, because of `reason`."""

    rule: str
    reason: Reason


TITLE_WEIGHT = 3
"""How often a word of a title counts, beside one of the abstract, as it is among fewer; by choice."""


class FoldedPaper(NamedTuple):
    """A paper in the form in which terms are compared with it. `names` are the authors in folded words."""

    title: str
    abstract: str
    names: tuple[tuple[str, ...], ...]
    authors: tuple[str, ...]
    categories: frozenset[str]
    has_code: bool
    published: str | None

    @classmethod
    def of(cls, paper: Paper) -> FoldedPaper:
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

    def to_json(self) -> str:
        """The same as text, for `from_json`."""
        return json.dumps(self._asdict() | {"categories": sorted(self.categories)}, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> FoldedPaper:
        """The paper that `to_json` wrote."""
        values = json.loads(text)
        values["names"] = tuple(tuple(words) for words in values["names"])
        values["authors"] = tuple(values["authors"])
        values["categories"] = frozenset(values["categories"])
        return cls(**values)


def is_match(query: Query, paper: Paper | FoldedPaper) -> bool:
    """Whether the paper matches and no exclusion keeps it out."""
    verdict = matches(query, paper)
    return verdict is not None and not isinstance(verdict, Rejection)


def matches(query: Query, paper: Paper | FoldedPaper) -> tuple[Reason, ...] | Rejection | None:
    """The terms that a paper matched; the exclusion where one applies; None where a required clause is not matched."""
    folded = paper if isinstance(paper, FoldedPaper) else FoldedPaper.of(paper)
    reasons: list[Reason] = []
    for clause in query.required:
        matched = [reason for term in clause.alternatives if (reason := _match(term, folded))]
        if not matched:
            return None
        reasons += matched
    for clause in query.exclusions:
        for term in clause.alternatives:
            if reason := _match(term, folded):
                return Rejection(rule=clause.canonical(), reason=reason)
    return tuple(dict.fromkeys(reasons))


def missing(query: Query, paper: Paper | FoldedPaper) -> tuple[Clause, ...]:
    """The required clauses that a paper does not match."""
    folded = paper if isinstance(paper, FoldedPaper) else FoldedPaper.of(paper)
    return tuple(clause for clause in query.required if not any(_match(term, folded) for term in clause.alternatives))


def _match(term: Term, folded: FoldedPaper) -> Reason | None:
    match term.kind:
        case "text":
            return _text_match(term, folded)
        case "author":
            query_words = term.folded.split()
            for words, name in zip(folded.names, folded.authors, strict=True):
                if answers_to(words, query_words):
                    return Reason(kind="author", text=f"author {name}")
            return None
        case "cat":
            wanted = term.value.lower()
            if wanted not in folded.categories:
                return None
            full = next((name for name in sorted(folded.categories) if name.endswith(f".{wanted}")), wanted)
            return Reason(kind="cat", text=f"category {category_in_words(full)}")
        case "code":
            if folded.has_code != (term.value == "yes"):
                return None
            return Reason(kind="code", text="has code" if folded.has_code else "no known code")
        case "since" | "until":
            inside = begins_since if term.kind == "since" else ends_until
            if not folded.published or not inside(folded.published, term.bound):
                return None
            return Reason(
                kind=term.kind, text=f"published {in_words(folded.published)}, {term.kind} {in_words(term.value)}"
            )


def _text_match(term: Term, folded: FoldedPaper) -> Reason | None:
    noun = "phrase" if " " in term.folded else "word"
    for field, text in (("title", folded.title), ("abstract", folded.abstract)):
        if found := form_in(term, text):
            other = "" if found == term.folded else f" as “{found}”"
            return Reason(kind="text", text=f"{noun} “{term.value}”{other} in {field}")
    return None


def form_in(term: Term, text: str) -> str | None:
    """The words of a folded text that a term of text is found with, itself before other forms of its last word."""
    if f" {term.folded} " in f" {text} ":
        return term.folded
    if term.exact:
        return None
    *first, last = term.folded.split()
    if not first:
        return _first_forms(text).get(stem(last))
    words = text.split()
    for at in range(len(first), len(words)):
        if stem(words[at]) == stem(last) and words[at - len(first) : at] == first:
            return " ".join((*first, words[at]))
    return None


def start_of(term: Term) -> str:
    """What a folded text that a term of text is found in contains, if only as a part of words."""
    if term.exact:
        return term.folded
    first, space, last = term.folded.rpartition(" ")
    return first + space + common_start(stem(last))


@lru_cache(maxsize=1000)
def _first_forms(text: str) -> Mapping[str, str]:
    """The first word of a folded text with each stem."""
    return {stem(word): word for word in reversed(text.split())}


def relevance(query: Query, paper: Paper) -> int:
    """How often the words and phrases that a query asks for are in a paper, those in its title more."""
    folded = FoldedPaper.of(paper)
    terms = {
        term.folded if term.exact or " " in term.folded else stem(term.folded): term
        for clause in query.required
        for term in clause.alternatives
        if term.kind == "text"
    }
    return sum(
        weight * _count(words, text, exact=term.exact or " " in words)
        for words, term in terms.items()
        for text, weight in ((folded.title, TITLE_WEIGHT), (folded.abstract, 1))
    )


def _count(words: str, text: str, *, exact: bool) -> int:
    return f" {text} ".count(f" {words} ") if exact else sum(stem(word) == words for word in text.split())


def asks_for_words(query: Query) -> bool:
    """Whether a query asks for words or phrases, by which papers can be more or less relevant."""
    return any(term.kind == "text" for clause in query.required for term in clause.alternatives)
