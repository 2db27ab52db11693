"""Damaged forms of an input: pieces cut, repeated, moved, overwritten, and put in from what formats consist of."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from zlib import crc32

_PIECES = (
    b"{", b"}", b"[", b"]", b"(", b")", b"<", b">", b"\"", b"'", b"\\", b",", b":", b"=", b"@", b"&", b"$", b"%", b"#", b"^", b"_",
    b"\\'{", b"\\frac{", b"\\verb|", b"\\href{", b"\\begin{array}{c}", b"\\begin{tabular}", b"\\%", b"<i>", b"<!--", b"&#1", b"\n",
    b"\r", b"\x00", b"\xff", b"\xcc\x81", b"\xe2\x80\xae", b" and ", b" OR ", b"author:", b"since:", b"et al.", b"null", b"1e999",
)  # fmt: skip
_COUNTS = (1, 1, 2, 9, 100, 4000)


def variants(content: bytes, count: int, largest: int) -> Iterator[bytes]:
    """So many damaged forms, each of at most `largest` bytes, and the same ones for the same content."""
    random = Random(crc32(content))
    for _ in range(count):
        changed = content
        for _ in range(random.choice((1, 1, 2, 4))):
            changed = random.choice(_CHANGES)(changed, random)[:largest]
        yield changed


def _range(content: bytes, random: Random) -> tuple[int, int]:
    """Where a piece is: mostly a short one."""
    start = random.randrange(len(content) + 1)
    return start, min(len(content), start + random.choice((1, 3, 20, 200, 5000)))


def _cut(content: bytes, random: Random) -> bytes:
    start, end = _range(content, random)
    return content[:start] + content[end:]


def _repeated(content: bytes, random: Random) -> bytes:
    start, end = _range(content, random)
    return content[:start] + content[start:end] * random.choice(_COUNTS) + content[end:]


def _moved(content: bytes, random: Random) -> bytes:
    start, end = _range(content, random)
    piece, rest = content[start:end], content[:start] + content[end:]
    place = random.randrange(len(rest) + 1)
    return rest[:place] + piece + rest[place:]


def _overwritten(content: bytes, random: Random) -> bytes:
    start, end = _range(content, random)
    return content[:start] + random.randbytes(min(4, end - start)) + content[start + 4 :]


def _put_in(content: bytes, random: Random) -> bytes:
    start = random.randrange(len(content) + 1)
    return content[:start] + random.choice(_PIECES) * random.choice(_COUNTS) + content[start:]


_CHANGES: tuple[Callable[[bytes, Random], bytes], ...] = (_cut, _repeated, _moved, _overwritten, _put_in, _put_in)
