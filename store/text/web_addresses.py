"""Web addresses that may be shown and followed: http or https, at a host with a name, in their normal form."""

from __future__ import annotations

import re
from urllib.parse import quote

from yarl import URL

from store.models import Identifier, Scheme

LONGEST = 512
"""Characters of an address: as many as Discord takes in a button (Components, "Button Structure")."""
_LABEL = r"(?!-)[a-z0-9-]{1,63}(?<!-)"
_HOST = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--{_LABEL})", re.ASCII)
"""The name of a host (RFC 1123) below a top-level domain, which is never a number (RFC 3696)."""
_LONGEST_HOST = 253
_WEB = re.compile(r"https?://[^/?#@\[\]]+(?:[/?#].*)?", re.IGNORECASE)
"""No user or password, and no address by number of IPv6, some of which yarl fails at with an `IndexError`."""
_NEVER_IN_ONE = re.compile(r"[\s\x00-\x1f\x7f<>\"\\]")
_RESOLVERS: dict[Scheme, str] = {
    "arxiv": "https://arxiv.org/abs/",
    "doi": "https://doi.org/",
    "acl": "https://aclanthology.org/",
}


def normalised(address: str) -> str | None:
    """The address in its normal form, in ASCII; None where Discord would not take it or it is not to be followed.

    Not to be followed are addresses with a user or a password, by number, and at hosts without a domain.
    """
    address = address.strip()
    if len(address) > LONGEST or _NEVER_IN_ONE.search(address) or not _WEB.fullmatch(address):
        return None
    try:
        url = URL(address)
        host = url.raw_host or ""
    except ValueError:
        return None
    if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host) or url.explicit_port == 0:
        return None
    normal = str(url)
    return normal if len(normal) <= LONGEST else None


def of_identifier(identifier: Identifier) -> str | None:
    """Where a paper with that identifier can be read; None where its scheme has no public address."""
    resolver = _RESOLVERS.get(identifier.scheme)
    return normalised(resolver + quote(identifier.value, safe="/:;,()")) if resolver else None
