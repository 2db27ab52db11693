"""Two texts compared word by word."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Literal

from store.models import Frozen

MOST_WORDS = 350
"""Words that are compared of each text, beside those with which both begin and end. arXiv's longest abstracts have some
320. The worst two texts of this length that were found take 0.4 s to compare, in a thread."""


class Piece(Frozen):
    """Some words in a row that both texts have, or only the one or the other."""

    of: Literal["both", "before", "after"]
    text: str


def compare(before: str, after: str) -> tuple[Piece, ...] | None:
    """The pieces in the order in which they are read; None where too much differs to be compared."""
    old, new = before.split(), after.split()
    start = 0
    while start < min(len(old), len(new)) and old[start] == new[start]:
        start += 1
    end = 0
    while end < min(len(old), len(new)) - start and old[-1 - end] == new[-1 - end]:
        end += 1
    a, b = old[start : len(old) - end], new[start : len(new) - end]
    if max(len(a), len(b)) > MOST_WORDS:
        return None
    pieces = [Piece(of="both", text=" ".join(old[:start]))]
    for kind, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            pieces.append(Piece(of="both", text=" ".join(a[i:j])))
        else:
            pieces += [Piece(of="before", text=" ".join(a[i:j])), Piece(of="after", text=" ".join(b[k:m]))]
    pieces.append(Piece(of="both", text=" ".join(old[len(old) - end :])))
    return tuple(piece for piece in pieces if piece.text)
