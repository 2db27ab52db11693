"""Folding: the one form in which texts are compared."""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_NOT_WORD = re.compile(r"[^a-z0-9]+")


def fold(text: str) -> str:
    """Lower-case ASCII words with one space between: `Zi'an Zhou` is `zian zhou`, `Long²RAG` is `long2rag`."""
    plain = anyascii(unicodedata.normalize("NFKC", text)).lower()
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", plain)).strip()
