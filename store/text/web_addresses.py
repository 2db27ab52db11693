"""Web addresses that may be shown and followed: http or https, at a host with a name, in their normal form."""

from __future__ import annotations

import re
from collections import Counter
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
_REST = r"(?:\\[_%#&~]|[^\s{}\\<>\"^`|。，、；：（）「」《》])+"
ADDRESS = re.compile(
    rf"https?://{_REST}|(?<![\w./@-])(?:www\.)?(?:github\.com|gitlab\.com|huggingface\.co)/{_REST}",
    re.IGNORECASE,
)
"""An address in prose or TeX, with punctuation behind it; without a scheme where the host is one of code or models."""
_OPENING = {")": "(", "]": "[", "”": "“", "’": "‘"}
_HOST_IN_PROSE = r"(?<![\w.-])(?:[\w-]{1,63}\.){1,9}"
_NO_WORDS = re.compile(
    rf"https?:\S*|(?<![\w.-])www\.\S+|(?<!\w)(?:doi:\s?)?10\.\d{{4,9}}/\S+|(?<![\w.+-])[\w.+-]{{1,64}}@[\w.-]{{1,253}}"
    rf"|{_HOST_IN_PROSE}(?:(?:com|org|net|edu|gov|io|ai|co|dev|app|science)\b(?:/\S*)?|[a-z]{{2,24}}/\S*)",
    re.IGNORECASE,
)
"""What is no prose: addresses with a scheme or without, DOIs, and addresses of mail."""
_MAY_HAVE_SOME = re.compile(r"\.\w|@|https?:", re.IGNORECASE)
"""What each of them has, by which most texts are passed over in a tenth of the time."""
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


def without_punctuation(address: str) -> str:
    """Without the punctuation of the sentence around it, and without closing brackets that it does not open."""
    counts, end = Counter(address), len(address)
    while end:
        last = address[end - 1]
        if last not in ".,;:!?'*$" and (last not in _OPENING or counts[last] <= counts[_OPENING[last]]):
            break
        counts[last] -= 1
        end -= 1
    return address[:end]


def with_scheme(address: str) -> str:
    """What `ADDRESS` found as an address to follow."""
    return address if "://" in address else f"https://{address}"


def without_addresses(text: str) -> str:
    """The words of a text, without those that addresses, DOIs and addresses of mail are made of."""
    return _NO_WORDS.sub(" ", text) if _MAY_HAVE_SOME.search(text) else text


def of_identifier(identifier: Identifier) -> str | None:
    """Where a paper with that identifier can be read; None where its scheme has no public address."""
    resolver = _RESOLVERS.get(identifier.scheme)
    return normalised(resolver + quote(identifier.value, safe="/:;,()")) if resolver else None
