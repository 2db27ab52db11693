"""Outside names of papers, as people write them: arXiv ids, DOIs, ids of other services, and their addresses."""

from __future__ import annotations

import re
from urllib.parse import unquote

from store.models import Identifier
from store.text.arxiv_taxonomy import ARCHIVES_IN_IDS

LONGEST_TEXT = 100_000
"""Characters of a text that are looked at."""
MOST = 100
"""Identifiers that are taken from one text."""

_NEW_ARXIV = r"\d{2}(?:0[1-9]|1[0-2])\.\d{4,5}"
_OLD_ARXIV = rf"(?:{'|'.join(sorted(ARCHIVES_IN_IDS))})(?:\.[a-z]{{2}})?/\d{{2}}(?:0[1-9]|1[0-2])\d{{3}}"
_VERSION = r"(?:v\d{1,3})?"
_OLD_ACL = r"[A-Z]\d{2}-\d{4}"
_NEW_ACL = r"(?:19|20)\d{2}\.[a-z\d]+(?:_[a-z\d]+)*-[a-z\d]+(?:_[a-z\d]+)*\.\d{1,4}"
_DOI = r"10\.\d{4,9}(?:/|%2F)[^\s\"'<>{}|\\^`]{1,200}"
_IN_DOI = r"[!#-\[\]_a-z~]"
"""What a DOI may hold: printable ASCII without double quotes, braces, backslash and others that end a value; some
real ones have < and >."""
_FLAGS = re.ASCII | re.IGNORECASE

_ANY = re.compile(
    rf"(?<![\w.])(?P<doi>{_DOI})"
    r"|(?:arxiv\.org/[a-z]{3,6}/|ar5iv\.org/[a-z]{3,6}/|huggingface\.co/papers/|\barxiv\s?:\s?)"
    rf"(?P<arxiv>{_NEW_ARXIV}|{_OLD_ARXIV}){_VERSION}(?!\d)"
    rf"|(?<![\d./-])(?P<new_arxiv>{_NEW_ARXIV}){_VERSION}(?![\d/-]|\.\d)"
    rf"|(?<![\w./-])(?P<old_arxiv>{_OLD_ARXIV}){_VERSION}(?!\d)"
    rf"|(?:aclanthology\.org/|aclweb\.org/anthology/(?:[A-Z]/[A-Z]\d{{2}}/)?)(?P<acl>{_OLD_ACL}|{_NEW_ACL})(?!\d)"
    rf"|(?<![\w./-])(?P<bare_acl>(?-i:{_OLD_ACL})|{_NEW_ACL})(?![\w/-]|\.\w)"
    r"|\bdblp\.(?:org|uni-trier\.de)/rec/(?:html/|bibtex/)?(?P<dblp>[a-z]+/[\w-]+/[\w-]+)"
    r"|\bopenalex\.org/(?:works/)?(?P<openalex>W\d{4,12})\b"
    r"|(?<![\w/.-])(?P<bare_openalex>W\d{8,12})(?![\w-])"
    r"|\bsemanticscholar\.org/paper/(?:[^\s/]{1,300}/)?(?P<s2>[0-9a-f]{40})\b"
    r"|\bopenreview\.net/(?:forum|pdf|attachment)\?(?:[^\s#]{0,100}&)?id=(?P<openreview>[\w-]{6,20})(?![\w-])",
    _FLAGS,
)
_BETWEEN_DOIS = re.compile(r"(?<![\s,;])[\s,;]++(?=10\.|doi|https?:|$)")
_OPENING = {")": "(", "]": "["}


def find(text: str) -> tuple[Identifier, ...]:
    """Every identifier in a text, in its order and once each: at most 100, from the first 100,000 characters.

    They are as the text has them, one for each mention of a paper; `names_of` gives what else they say.
    """
    found: dict[Identifier, None] = {}
    for match in _ANY.finditer(text[:LONGEST_TEXT]):
        found.update(dict.fromkeys(_identifiers(str(match.lastgroup), str(match[str(match.lastgroup)]))))
        if len(found) >= MOST:
            break
    return tuple(found)[:MOST]


def arxiv(text: str) -> Identifier | None:
    """The arXiv id that a text consists of, in any of its forms; None where it is none."""
    match = re.fullmatch(
        rf"(?:\S*[:/.]\s?)?({_NEW_ARXIV}|{_OLD_ARXIV}){_VERSION}(?:\.pdf)?", text.strip()[:300], _FLAGS
    )
    return _arxiv(match[1]) if match else None


def arxiv_version(text: str) -> int | None:
    """The number of the version that a form of an arXiv id ends with."""
    match = re.fullmatch(r".{0,290}[\d.]v([1-9]\d{0,2})(?:\.pdf)?", text.strip()[:300])
    return int(match[1]) if match else None


def of_doi(text: str) -> tuple[Identifier, ...]:
    """What a DOI names, with or without resolver: of arXiv's DOIs the arXiv id, of the ACL's also the Anthology id."""
    match = re.search(r"10\.\d{4,9}/\S{1,300}", unquote(text.strip()[:600]))
    return _of_doi(match[0]) if match else ()


def of_dois(text: str) -> tuple[Identifier, ...]:
    """What the DOIs in a field name that may hold several, with spaces, commas or semicolons between."""
    return tuple(found for doi in _BETWEEN_DOIS.split(text[:2000]) for found in of_doi(doi))


def names_of(one: Identifier) -> tuple[Identifier, ...]:
    """What a paper goes by that has this name: a DOI of the ACL also says its Anthology id."""
    return tuple(dict.fromkeys((one, *of_doi(one.value)))) if one.scheme == "doi" else (one,)


def _identifiers(kind: str, value: str) -> tuple[Identifier, ...]:
    if kind == "doi":
        return _of_doi(_trimmed(unquote(value)))[:1]
    if kind.endswith("arxiv"):
        arxiv_id = _arxiv(value)
        return (arxiv_id,) if arxiv_id else ()
    if kind.endswith("acl"):
        return (_acl(value),)
    if kind.endswith("openalex"):
        return (Identifier(scheme="openalex", value=value.upper()),)
    if kind == "s2":
        return (Identifier(scheme="s2", value=value.lower()),)
    return (Identifier(scheme="openreview" if kind == "openreview" else "dblp", value=value),)


def _arxiv(value: str) -> Identifier | None:
    if "/" in value:
        archive, number = value.lower().split("/")
        return Identifier(scheme="arxiv", value=f"{archive.split('.')[0]}/{number}")
    month, number = value.split(".")
    # From January 2015 on numbers have five digits, and before April 2007 there are none of this form.
    if month < "0704" or len(number) != (4 if month < "1501" else 5):
        return None
    return Identifier(scheme="arxiv", value=value)


def _acl(value: str) -> Identifier:
    return Identifier(scheme="acl", value=value.lower() if "." in value else value.upper())


def _of_doi(doi: str) -> tuple[Identifier, ...]:
    printable = re.match(rf"10\.\d{{4,9}}/{_IN_DOI}+", doi, re.ASCII)
    if printable is None:
        return ()
    lower = printable[0].lower()
    if lower.startswith("10.48550/arxiv."):
        named = arxiv(lower.removeprefix("10.48550/arxiv."))
        if named:
            return (named,)
    itself = Identifier(scheme="doi", value=lower)
    anthology = re.fullmatch(rf"10\.(?:18653/v1|3115/v1)/({_OLD_ACL}|{_NEW_ACL})", lower, _FLAGS)
    return (itself, _acl(anthology[1])) if anthology else (itself,)


def _trimmed(value: str) -> str:
    """Without the punctuation of the sentence that it stands in, and without brackets that it does not open."""
    while value and (
        value[-1] in ".,;:!?*_" or (value[-1] in _OPENING and value.count(value[-1]) > value.count(_OPENING[value[-1]]))
    ):
        value = value[:-1]
    return value
