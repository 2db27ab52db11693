"""The query of a search or subscription, as values: terms in clauses, in one's own words and in plain ones.

A query is a conjunction of clauses; a clause is one term, or several alternatives, and may be excluded. What a term
means for a paper is in `store.search.matcher`; `store.search.parser` reads what people type.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from typing import Literal

from store.models import Frozen
from store.text.normalize import fold
from store.text.partial_dates import in_words, shortest_end, shortest_start

TermKind = Literal["text", "author", "cat", "code", "since", "until"]

DASHES = "-–—−"
"""Signs that exclude a clause."""
_BARE = re.compile(r'[^\s"|:=]+')


def is_plain(value: str) -> bool:
    """Whether a query can have a value without quotation marks around it."""
    return bool(_BARE.fullmatch(value)) and value[0] not in DASHES and value not in ("AND", "OR", "NOT")


class Term(Frozen):
    """One test on a paper. `value` is as it was typed, except that categories have arXiv's capitals.

    A text that is not `exact` is also found with another form of its last word.
    """

    kind: TermKind
    value: str
    exact: bool = False

    @cached_property
    def folded(self) -> str:
        """The value in the form in which texts and names are compared."""
        return fold(self.value)

    @property
    def has_forms(self) -> bool:
        """Whether the term is also found with other forms of its last word."""
        return self.kind == "text" and not self.exact

    def canonical(self) -> str:
        """The term as one would type it."""
        plain = is_plain(self.value)
        value = self.value if plain else f'"{self.value}"'
        if self.kind == "text":
            return f"={value}" if self.exact and plain else value
        return f"{self.kind}:{value}"

    @cached_property
    def bound(self) -> str:
        """For a date the shortest one that bounds the same time: of `since:2024-01-01` it is 2024."""
        return shortest_end(self.value) if self.kind == "until" else shortest_start(self.value)

    def in_words(self) -> str:
        """A text in quotation marks, with “exactly” before a word of which other forms are not found."""
        return f"{'exactly ' if self.exact and ' ' not in self.folded else ''}“{self.value}”"

    def explain(self) -> str:
        """The term in plain words, to follow "papers"."""
        match self.kind:
            case "text":
                return f"with {self.in_words()} in title or abstract"
            case "author":
                return f"by “{self.value}”"
            case "cat":
                return f"in {self.value}"
            case "code":
                return "with code" if self.value == "yes" else "without known code"
            case "since" | "until":
                return f"published {self.kind} {in_words(self.value)}"


class Clause(Frozen):
    """Alternatives, of which one has to hold; none of them, where the clause is excluded."""

    alternatives: tuple[Term, ...]
    excluded: bool = False

    def canonical(self) -> str:
        """The clause as one would type it."""
        return "-" * self.excluded + "|".join(term.canonical() for term in self.alternatives)

    def explain(self) -> str:
        """The clause in plain words, without its exclusion."""
        if all(term.kind == "text" for term in self.alternatives):
            return _with(self.alternatives, "or")
        return " or ".join(term.explain() for term in self.alternatives)


class Query(Frozen):
    """A query that was read; at least one clause is not excluded."""

    clauses: tuple[Clause, ...]

    @property
    def required(self) -> tuple[Clause, ...]:
        """The clauses that have to hold."""
        return tuple(clause for clause in self.clauses if not clause.excluded)

    @property
    def exclusions(self) -> tuple[Clause, ...]:
        """The clauses that must not hold."""
        return tuple(clause for clause in self.clauses if clause.excluded)

    def canonical(self) -> str:
        """The query as one would type it; `parse` gives the same query back."""
        return " ".join(clause.canonical() for clause in self.clauses)

    def explain(self) -> str:
        """The query in plain words: papers by “Zehan Qi”, and in cs.CL; but not with “survey” in title or abstract."""
        text = "papers " + ", and ".join(_explained(self.required, "and"))
        if self.exclusions:
            text += "; but not " + ", nor ".join(_explained(self.exclusions, "or"))
        return text


def _explained(clauses: Sequence[Clause], conjunction: str) -> list[str]:
    """The clauses in plain words; those of one word or phrase are gathered into the first."""
    alone = [c for c in clauses if len(c.alternatives) == 1 and c.alternatives[0].kind == "text"]
    gathered = [_with([c.alternatives[0] for c in alone], conjunction)] if alone else []
    return gathered + [clause.explain() for clause in clauses if clause not in alone]


def _with(texts: Sequence[Term], conjunction: str) -> str:
    *first, last = (term.in_words() for term in texts)
    return f"with {', '.join(first)}{f' {conjunction} ' if first else ''}{last} in title or abstract"
