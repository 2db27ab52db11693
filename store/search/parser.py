"""The query language of `/search` and of subscriptions.

`words "a phrase" =exact -not author:"Zehan Qi" cat:cs.CL code:yes since:2024 a|b`: clauses that all have to hold;
alternatives are joined by `|`, and `-` before a clause excludes it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from datetime import date
from typing import Literal

from store.search.query import DASHES, Clause, Query, Term, is_plain
from store.text.arxiv_taxonomy import ARCHIVES, subject_case
from store.text.normalize import fold
from store.text.partial_dates import bounds
from store.text.relative_dates import day_ago

MAX_LENGTH = 500
"""Characters of a query."""
MAX_TERMS = 32
"""Words, phrases and fields of a query, which bounds the SQL that it becomes."""
MAX_NAME_WORDS = 6

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_FIELD = re.compile(r"([A-Za-z_]{1,20}):(.*)", re.DOTALL)
_CATEGORY = re.compile(r"[a-z]{1,12}(-[a-z]{1,12})?(\.([a-z]{1,12}(-[a-z]{1,12})?|\*))?", re.IGNORECASE)
FILLERS = frozenset("a an and are as at by for from in into is of on or that the to with".split())
"""Words that are left out of a query, unless they are exact or stand in a phrase: each is in most abstracts, so that it
says nothing and takes long to look for."""
_NEEDS_VALUE = frozenset({"author", "cat", "code", "since", "until"})
"""Fields that are an error without a value; any other word before a colon is a word."""


class QueryError(ValueError):
    """A query that cannot be read. The message says what is wrong and what to do."""


def parse(text: str, required: Sequence[Term] = (), today: date | None = None) -> Query:
    """Read a query; `required` are terms that have to hold beside it. Raises `QueryError`.

    With `today`, dates may be told from it, as in `since:7d`; the query has the day that is meant.
    """
    if len(text) > MAX_LENGTH:
        raise QueryError(f"That query has {len(text):,} characters; use at most {MAX_LENGTH}.")
    text = _clean(text)
    clauses = [*_Scanner(text, today).clauses(), *(Clause(alternatives=(term,)) for term in required)]
    if not clauses:
        raise QueryError('Say what to look for: words, "a phrase", author:"Zehan Qi" or cat:cs.CL.')
    if all(clause.excluded for clause in clauses):
        raise QueryError("That only says what to leave out; add a word, an author or a category to look for.")
    if (terms := sum(len(clause.alternatives) for clause in clauses)) > MAX_TERMS:
        raise QueryError(f"That query has too many parts; use at most {MAX_TERMS} words, phrases and fields.")
    query = Query(clauses=tuple(_without_fillers(clauses)))
    # The canonical form of the text can only be longer by quotation marks and spaces.
    if (required or len(text) + 3 * terms > MAX_LENGTH) and len(query.canonical()) > MAX_LENGTH:
        raise QueryError(f"That query is too long; use at most {MAX_LENGTH} characters.")
    return query


def field_term(kind: Literal["author", "cat", "code", "since", "until"], value: str, today: date | None = None) -> Term:
    """The term of a field whose value was given apart, as by an option of a command. Raises `QueryError`."""
    return _field(kind, _clean(value).replace('"', ""), today)


def _without_fillers(clauses: Sequence[Clause]) -> Sequence[Clause]:
    """The clauses without words that nearly every abstract has, unless nothing else is asked for."""
    kept = [one for one in clauses if one.excluded or not _is_filler(one)]
    return kept if any(not one.excluded for one in kept) else clauses


def _is_filler(clause: Clause) -> bool:
    (*others, term) = clause.alternatives
    return not others and term.has_forms and term.folded in FILLERS


class _Scanner:
    """Reads a query from left to right; no backtracking, whatever the text."""

    def __init__(self, text: str, today: date | None) -> None:
        self._text = text
        self._today = today
        self._at = 0

    def clauses(self) -> list[Clause]:
        found = []
        while self._skip_space():
            excluded = (
                self._peek() in DASHES and self._at + 1 < len(self._text) and not self._text[self._at + 1].isspace()
            )
            self._at += excluded
            start = self._at
            alternatives = [self._term()]
            while self._skip_space() and self._peek() == "|":
                self._at += 1
                if not self._skip_space() or self._peek() == "|":
                    raise QueryError("After | another word, phrase or field has to follow, as in agents|tools.")
                if self._peek() in DASHES:
                    raise QueryError("An exclusion cannot be an alternative; write it apart, as in a|b -c.")
                alternatives.append(self._term())
            terms = [term for term in alternatives if term]
            if len(terms) < len(alternatives) and (excluded or len(alternatives) > 1):
                raise QueryError(
                    f"There is no letter or digit in “{self._text[start : self._at].strip()}”; leave it out."
                )
            if excluded and any(term.kind in ("since", "until") for term in terms):
                raise QueryError(
                    "A date cannot be excluded; use until: in place of -since:, and since: in place of -until:."
                )
            if terms:
                found.append(Clause(alternatives=tuple(terms), excluded=excluded))
        return found

    def _peek(self) -> str:
        return self._text[self._at]

    def _skip_space(self) -> bool:
        while self._at < len(self._text) and self._peek().isspace():
            self._at += 1
        return self._at < len(self._text)

    def _term(self) -> Term | None:
        """The next term; None where it has nothing that can be looked for."""
        if self._peek() == '"':
            return _text(self._quoted(), exact=True)
        if self._peek() == "|":
            raise QueryError("Before | a word, phrase or field has to stand, as in agents|tools.")
        start = self._at
        while self._at < len(self._text) and not self._peek().isspace() and self._peek() not in '"|':
            self._at += 1
        bare = self._text[start : self._at]
        if bare in ("AND", "OR", "NOT"):
            raise QueryError(
                f'Leave {bare} out: all words are required, a|b takes either, -word excludes; "{bare}" is the word.'
            )
        if bare.startswith("="):
            quoted = bare == "=" and self._at < len(self._text) and self._peek() == '"'
            return _text(self._quoted() if quoted else bare.removeprefix("="), exact=True)
        field = _FIELD.fullmatch(bare)
        if not field:
            return _word(bare)
        name, value = field[1].lower(), field[2]
        if not value and self._at < len(self._text) and self._peek() == '"':
            value = self._quoted()
        return _field(name, value, self._today) if value or name in _NEEDS_VALUE else _word(bare)

    def _quoted(self) -> str:
        end = self._text.find('"', self._at + 1)
        if end < 0:
            raise QueryError('A quotation mark is not closed; put " at the end of the phrase.')
        value = self._text[self._at + 1 : end]
        self._at = end + 1
        return value


def _clean(text: str) -> str:
    if text.isascii() and text.isprintable():
        return text
    shown = (" " if char.isspace() else char for char in text)
    kept = "".join(char for char in shown if unicodedata.category(char) not in ("Cc", "Cf", "Cs"))
    return unicodedata.normalize("NFC", kept).translate(_QUOTES)


def _word(bare: str) -> Term | None:
    """A word without quotation marks, in any of its forms; where it has to be said back with them, it is exact."""
    value = bare.rstrip(":=")
    return _text(value, exact=bool(value) and not is_plain(value))


def _text(value: str, *, exact: bool = False) -> Term | None:
    return Term(kind="text", value=" ".join(value.split()), exact=exact) if fold(value) else None


def _field(name: str, value: str, today: date | None) -> Term:
    value = " ".join(value.split())
    match name:
        case "author":
            return _author(value)
        case "cat":
            return Term(kind="cat", value=_category(value))
        case "code":
            if value.lower() not in ("yes", "no"):
                raise QueryError("After code: write yes or no, as in code:yes.")
            return Term(kind="code", value=value.lower())
        case "since" | "until":
            return Term(kind="since" if name == "since" else "until", value=_date(name, value, today))
    raise QueryError(
        f'There is no field “{name}:” here; use author:, cat:, code:, since: or until:, or put the words in "quotes".'
    )


def _author(value: str) -> Term:
    words = fold(value).split()
    if not any(len(word) > 1 for word in words):
        raise QueryError('After author: write a family name or a whole name in quotes, as in author:"Zehan Qi".')
    if len(words) > MAX_NAME_WORDS:
        raise QueryError(f"A name has at most {MAX_NAME_WORDS} words here; shorten what follows author:.")
    return Term(kind="author", value=value)


def _category(value: str) -> str:
    if not _CATEGORY.fullmatch(value):
        raise QueryError("After cat: write an arXiv category or archive, as in cat:cs.CL, cat:CL or cat:cs.")
    archive, _, subject = value.partition(".")
    if subject in ("", "*"):
        return archive.lower() if subject or archive.lower() in ARCHIVES else subject_case(archive)
    return f"{archive.lower()}.{subject_case(subject)}"


def _date(name: str, value: str, today: date | None) -> str:
    if today and (day := day_ago(value, today)):
        return day.isoformat()
    try:
        bounds(value)
    except ValueError:
        raise QueryError(
            f"After {name}: write a year, month or day, as in {name}:2024, {name}:2024-08 or {name}:2024-08-12,"
            f" or how long ago, as in {name}:7d or {name}:yesterday."
        ) from None
    return value
