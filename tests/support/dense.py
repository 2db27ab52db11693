"""Files that take long to read, or much memory, for their size."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count


def dense_tex(size: int, papers: int | None = None) -> bytes:
    """BibTeX whose abstracts are accents and formulas only: some 20 s of processor time for each megabyte."""
    return _filled(size, lambda n: f"@misc{{k{n}, title={{Dense {n}}}, abstract={{{'$x$' * (3000 if n else 10)}}}}}\n")


def many_entries(size: int) -> bytes:
    """BibTeX with as many entries as fit: over 100 bytes of memory for each."""
    return _filled(size, lambda n: f"@a{{{n},title=a{n}}}\n")


def _filled(size: int, entry: Callable[[int], str]) -> bytes:
    pieces: list[str] = []
    taken = 0
    for number in count():
        pieces.append(entry(number))
        taken += len(pieces[-1])
        if taken >= size:
            break
    return "".join(pieces).encode()
