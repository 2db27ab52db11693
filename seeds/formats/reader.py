"""Reads a file, pasted text or a stream in whatever format it is in."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import IO, BinaryIO

from seeds.formats import json_files
from seeds.formats.detection import FORMATS, detect
from seeds.formats.file_format import NotThisFormatError
from store.models import ParsedSource, Problem, Source

LARGEST_FILE = 100_000_000
"""Bytes of a file, unpacked, that is read at once: what a small machine holds in memory together with its records.

Lines of JSON are read in parts and may be more.
"""

MOST_UNPACKED = 100
"""Bytes that each byte of a packed file may become. Lists of papers become 3 to 20; gzip can make it 1,000."""
_SMALL = 1_000_000
"""Bytes that any packed file may become."""


class UnreadableFileError(Exception):
    """A file of which nothing is read. The message is a sentence."""


class UnknownFormatError(UnreadableFileError):
    """The file is in no format that Lectern reads."""

    def __init__(self) -> None:
        *names, last = (known.name for known in FORMATS)
        super().__init__(f"This is in no format that Lectern reads: {', '.join(names)} or {last}.")


class TooLargeError(UnreadableFileError):
    """The file is larger, or unpacks to more, than is read at once."""

    def __init__(self, largest: int) -> None:
        super().__init__(
            f"This file is larger than {largest / 1e6:g} MB; only lines of JSON (.jsonl, .jsonl.gz) may be."
        )


class BombError(UnreadableFileError):
    """This file unpacks to far more than its size; no list of papers does."""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def read(name: str, content: bytes, retrieved: datetime, *, largest: int | None = None) -> ParsedSource:
    """Read a file, perhaps packed with gzip, in the format that its name and content tell.

    `name` is what people are shown as the source, and `retrieved` when the source said so. `largest` is how many bytes
    the file may have when it is unpacked, `LARGEST_FILE` if it is not given. Raises `UnreadableFileError`; what is
    wrong inside a file of a known format is among the problems.
    """
    largest = largest or LARGEST_FILE
    content = _unpacked(content, largest)
    if len(content) > largest:
        raise TooLargeError(largest)
    found = detect(name, content)
    if found is None:
        raise UnknownFormatError
    try:
        return found.read(content, Source(kind=found.source_kind, name=name, retrieved=retrieved))
    except NotThisFormatError as error:
        raise UnknownFormatError from error


def read_file(path: Path, retrieved: datetime) -> Iterator[ParsedSource]:
    """Read a file from disk as `read` does; lines of JSON come in parts of 1,000 papers, whatever the file's size.

    Raises `OSError` beside the errors of `read`.
    """
    name = path.name.lower()
    if not name.removesuffix(".gz").endswith(json_files.LINES_EXTENSIONS):
        if path.stat().st_size > LARGEST_FILE:
            raise TooLargeError(LARGEST_FILE)
        yield read(path.name, path.read_bytes(), retrieved)
        return
    damage: list[Problem] = []
    with gzip.open(path) if name.endswith(".gz") else path.open("rb") as lines:
        source = Source(kind="dump", name=path.name, retrieved=retrieved)
        yield from json_files.read_lines(_up_to_damage(_lines(lines), damage), source)
    if damage:
        yield ParsedSource(problems=tuple(damage))


def read_stream(name: str, stream: BinaryIO, retrieved: datetime) -> Iterator[ParsedSource]:
    """Read what has no file name, such as standard input, in the format that its content tells.

    Lines of JSON come in parts as from `read_file`. Raises the errors of `read`.
    """
    beginning = [stream.readline(LARGEST_FILE), stream.readline(LARGEST_FILE)]
    if all(json_files.is_object(line) for line in beginning):
        source = Source(kind="dump", name=name, retrieved=retrieved)
        yield from json_files.read_lines(chain(beginning, _lines(stream)), source)
    else:
        yield read(name, b"".join(beginning) + stream.read(LARGEST_FILE + 1), retrieved)


def _lines(stream: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    """The lines of a stream. Of one that is too long to be a record only so much is kept as tells that it is."""
    while line := stream.readline(json_files.LONGEST_LINE + 1):
        yield line
        while len(line) > json_files.LONGEST_LINE and not line.endswith(b"\n"):
            line = stream.readline(json_files.LONGEST_LINE + 1)


def _up_to_damage(lines: Iterable[bytes], damage: list[Problem]) -> Iterator[bytes]:
    """The lines of a file, perhaps packed, up to where it cannot be unpacked, which is added to `damage`."""
    try:
        yield from lines
    except (EOFError, gzip.BadGzipFile, zlib.error):
        damage.append(Problem(line=None, message="the file is cut off or damaged after this; fetch it again"))


def _unpacked(content: bytes, largest: int) -> bytes:
    """The content of a gzip file, at most one byte more than `largest`; other content as it is."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as packed:
            bound = min(largest, MOST_UNPACKED * len(content) + _SMALL)
            unpacked = packed.read(bound + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnknownFormatError from error
    if bound < len(unpacked) <= largest:
        raise BombError
    return unpacked
