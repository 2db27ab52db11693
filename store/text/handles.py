"""Public names: handles of papers and authors, tokens of subscriptions and posts."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
from typing import Annotated

from pydantic import StringConstraints

from store.models import HANDLE_PATTERN, Handle

Token = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{16}$")]
"""The public name of a subscription or post: 96 random bits, so that it cannot be guessed."""

_HANDLE = re.compile(HANDLE_PATTERN)


def is_handle(text: str) -> bool:
    """Whether a text may be a handle; most of what people type cannot, so that the store need not be asked."""
    return _HANDLE.fullmatch(text) is not None


def handle(*parts: str) -> Handle:
    """64 bits of BLAKE2b over the parts, in base 32: two of 3 million papers collide with probability 2e-7.

    The same parts have the same handle on every machine.
    """
    digest = hashlib.blake2b("\x1f".join(parts).encode(), digest_size=8).digest()
    return base64.b32encode(digest).decode().rstrip("=").lower()


def new_token() -> Token:
    """A token that no other subscription or post has."""
    return secrets.token_urlsafe(12)
