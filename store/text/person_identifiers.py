"""Outside names of people, as people write them: ORCIDs, and the pages of OpenAlex, Semantic Scholar and DBLP."""

from __future__ import annotations

import re

from store.models import AuthorId
from store.outside import PersonIdentifier

LONGEST_TEXT = 100_000
"""Characters of a text that are looked at."""
MOST = 100
"""Identifiers that are taken from one text."""

_PID = r"\d{1,3}/[\w-]{1,40}|[a-z]/[\w-]{1,60}"
_ANY = re.compile(
    r"(?<![\w-])(?P<orcid>\d{4}-\d{4}-\d{4}-\d{3}[\dX])(?![\w-])"
    r"|\bopenalex\.org/(?:authors/|people/)?(?P<openalex>A\d{4,12})\b"
    r"|(?<![\w/.-])(?P<bare_openalex>A\d{9,12})(?![\w-])"
    r"|\bsemanticscholar\.org/author/(?:[^\s/]{1,300}/)?(?P<s2>\d{1,12})\b"
    rf"|\bdblp\.(?:org|uni-trier\.de)/pid/(?P<dblp>{_PID})"
    rf"|(?<!\w)dblp:\s?(?P<bare_dblp>\d{{1,3}}/[\w-]{{1,40}})",
    re.ASCII | re.IGNORECASE,
)


def find(text: str) -> tuple[PersonIdentifier, ...]:
    """Every identifier of a person in a text, in its order and once each: at most 100, from 100,000 characters."""
    found: dict[PersonIdentifier, None] = {}
    for match in _ANY.finditer(text[:LONGEST_TEXT]):
        kind = str(match.lastgroup)
        if one := _identifier(kind.removeprefix("bare_"), str(match[kind])):
            found[one] = None
        if len(found) >= MOST:
            break
    return tuple(found)


def orcid(text: str) -> PersonIdentifier | None:
    """The ORCID that a text consists of, with or without its address; None where it is none."""
    match = re.fullmatch(r"(?:https?://(?:www\.)?orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dXx])/?", text.strip()[:100])
    return _identifier("orcid", match[1]) if match else None


def of(scheme: str, value: str) -> PersonIdentifier | None:
    """The identifier of that scheme; None where the value is none, as with an empty one."""
    if scheme == "orcid":
        return orcid(value)
    before = {"s2": "semanticscholar.org/author/", "dblp": "" if "dblp." in value else "dblp.org/pid/"}
    found = find(f"{before.get(scheme, '')}{value}")
    return next((one for one in found if one.scheme == scheme), None)


def of_author(name: str, scheme: str, value: str) -> AuthorId | None:
    """The same as a paper's record has it."""
    one = of(scheme, value)
    return AuthorId(name=name, scheme=one.scheme, value=one.value) if one and name else None


def address(one: PersonIdentifier) -> str:
    """The page about the person at the service whose identifier it is."""
    match one.scheme:
        case "orcid":
            return f"https://orcid.org/{one.value}"
        case "openalex":
            return f"https://openalex.org/{one.value}"
        case "dblp":
            return f"https://dblp.org/pid/{one.value}"
        case "s2":
            return f"https://www.semanticscholar.org/author/{one.value}"


def _identifier(scheme: str, value: str) -> PersonIdentifier | None:
    match scheme:
        case "orcid":
            value = value.upper()
            return PersonIdentifier(scheme="orcid", value=value) if _is_orcid(value) else None
        case "openalex":
            return PersonIdentifier(scheme="openalex", value=value.upper())
        case "s2":
            return PersonIdentifier(scheme="s2", value=value)
        case _:
            return PersonIdentifier(scheme="dblp", value=re.sub(r"\.(?:html|xml)$", "", value))


def _is_orcid(value: str) -> bool:
    """Whether the last character is the check digit of the others (ISO 7064 11,2), as with every ORCID."""
    total = 0
    for digit in value[:-1].replace("-", ""):
        total = (total + int(digit)) * 2
    return value[-1] == "0123456789X"[(12 - total % 11) % 11]
