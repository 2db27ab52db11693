"""Web addresses in titles, abstracts and fields, and what kind of page each leads to."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from store.models import Link, LinkKind
from store.text.web_addresses import ADDRESS, LONGEST, normalised, with_scheme, without_punctuation

MOST_LINKS = 20
"""Addresses that are taken from one text."""

_CODE = (
    *("github.com", "gitlab.com", "bitbucket.org", "codeberg.org", "sourceforge.net", "gitee.com", "code.google.com"),
    *("anonymous.4open.science", "huggingface.co", "hf.co"),
)
_DATA = ("zenodo.org", "figshare.com", "kaggle.com", "osf.io", "physionet.org", "openml.org", "data.mendeley.com")
_PROJECT = ("github.io", "gitlab.io", "sites.google.com", "netlify.app", "vercel.app")


def links_in(text: str) -> tuple[Link, ...]:
    r"""The web addresses in a text or TeX (`\url{…}`, `\href{…}{…}`), in its order and once each, with their kind."""
    found: dict[str, Link] = {}
    for match in ADDRESS.finditer(text):
        address = without_punctuation(re.sub(r"\\(.)", r"\1", match.group()[: 2 * LONGEST]))
        link = link_to(with_scheme(address))
        if link is not None:
            found.setdefault(link.url, link)
        if len(found) == MOST_LINKS:
            break
    return tuple(found.values())


def link_to(address: str, kind: LinkKind | None = None) -> Link | None:
    """A link of the kind given, or else of the kind that its host tells; None for an address that nobody may follow."""
    url = normalised(address)
    if url is None:
        return None
    parts = urlsplit(url)
    return Link(kind=kind or _kind(parts.hostname or "", parts.path.lower()), url=url)


def _kind(host: str, path: str) -> LinkKind:
    def is_at(hosts: tuple[str, ...]) -> bool:
        return any(host == one or host.endswith(f".{one}") for one in hosts)

    if is_at(("huggingface.co", "hf.co")) and path.startswith("/datasets/"):
        return "data"
    if is_at(("huggingface.co", "hf.co")) and path.startswith(("/spaces/", "/papers/", "/blog/")):
        return "other"
    if is_at(_CODE):
        return "code"
    if is_at(_DATA):
        return "data"
    if is_at(("arxiv.org",)) and path.startswith("/abs/"):
        return "abstract"
    if path.endswith(".pdf"):
        return "pdf"
    return "project" if is_at(_PROJECT) else "other"
