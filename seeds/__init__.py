"""Where papers come from: the bundled seed documents, readers of files, and clients of outside services."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib import resources
from io import BytesIO
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from seeds.formats import author_page, bibtex, dblp, json_files, ris
from seeds.services import arxiv, arxiv_rss, oai_pmh
from seeds.xml import XmlError, name_of, parse
from store.models import ParsedSource, Problem, Source, SourceKind

LARGEST_FILE = 100_000_000
"""Bytes of a file that is read at once, unpacked; lines of JSON are read in parts and may be more."""


class UnknownFormatError(Exception):
    """This is in no format that Lectern reads: author page (.txt), BibTeX, RIS, JSON, lines of JSON, or XML."""

    def __str__(self) -> str:
        return (type(self).__doc__ or "").strip()


class TooLargeError(UnknownFormatError):
    """This file is larger than 100 MB; only lines of JSON (.jsonl, .jsonl.gz) may be."""


def bundled() -> Iterator[tuple[str, bytes]]:
    """Name and content of each seed document that comes with Lectern, by name."""
    documents = resources.files("seeds.documents")
    for document in sorted(documents.iterdir(), key=lambda entry: entry.name):
        if document.is_file() and not document.name.endswith((".py", ".pyc")):
            yield document.name, document.read_bytes()


def read(name: str, content: bytes, retrieved: datetime) -> ParsedSource:
    """Read a file in the format that its name and content tell; `retrieved` is when what it says was so.

    `name` is what people are shown as the source. Raises `UnknownFormatError` or `TooLargeError`; what is wrong inside
    a file of a known format is among the problems of the reading.
    """
    content = _unpacked(content)
    if len(content) > LARGEST_FILE:
        raise TooLargeError
    form = _format(name.lower().removesuffix(".gz"), content)

    def source(kind: SourceKind) -> Source:
        return Source(kind=kind, name=name, retrieved=retrieved)

    match form:
        case "author page":
            page = author_page.read(content, source("author_page"))
            if any(problem.message == author_page.NO_PAGE for problem in page.problems):
                raise UnknownFormatError
            return page
        case "bibtex":
            return bibtex.read(content, source("bibtex"))
        case "ris":
            return ris.read(content, source("ris"))
        case "json":
            return json_files.read(content, source("dump"))
        case "xml":
            return _read_xml(content, name, retrieved)
    raise UnknownFormatError


def read_file(path: Path, retrieved: datetime) -> Iterator[ParsedSource]:
    """Read a file from disk as `read` does; lines of JSON come in readings of 1,000 papers, whatever the file's size.

    Raises `OSError` beside the errors of `read`.
    """
    name = path.name.lower()
    if not name.endswith((".jsonl", ".jsonl.gz", ".ndjson", ".ndjson.gz")):
        if path.stat().st_size > LARGEST_FILE:
            raise TooLargeError
        yield read(path.name, path.read_bytes(), retrieved)
        return
    damage: list[Problem] = []
    with gzip.open(path) if name.endswith(".gz") else path.open("rb") as lines:
        source = Source(kind="dump", name=path.name, retrieved=retrieved)
        yield from json_files.read_lines(_up_to_damage(lines, damage), source)
    if damage:
        yield ParsedSource(problems=tuple(damage))


def _up_to_damage(lines: Iterable[bytes], damage: list[Problem]) -> Iterator[bytes]:
    """The lines of a file, perhaps packed, up to where it cannot be unpacked, which is put into `damage`."""
    try:
        yield from lines
    except (EOFError, gzip.BadGzipFile, zlib.error):
        damage.append(Problem(line=None, message="the file is cut off or damaged after this; fetch it again"))


def read_stream(name: str, stream: BinaryIO, retrieved: datetime) -> Iterator[ParsedSource]:
    """Read what has no file's name, as standard input, in the format that its content tells.

    Lines of JSON come as from `read_file`. Raises the errors of `read`.
    """
    beginning = [stream.readline(LARGEST_FILE), stream.readline(LARGEST_FILE)]
    if all(json_files.is_record(line) for line in beginning):
        source = Source(kind="dump", name=name, retrieved=retrieved)
        yield from json_files.read_lines(chain(beginning, stream), source)
    else:
        yield read(name, b"".join(beginning) + stream.read(LARGEST_FILE + 1), retrieved)


def _unpacked(content: bytes) -> bytes:
    """The content of a gzip file, up to just more than the bound; other content as it is."""
    if not content.startswith(b"\x1f\x8b"):
        return content
    try:
        with gzip.GzipFile(fileobj=BytesIO(content)) as packed:
            return packed.read(LARGEST_FILE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnknownFormatError from error


def _format(name: str, content: bytes) -> str | None:
    beginning = content[:4000].lstrip(b"\xef\xbb\xbf \t\r\n")
    if name.endswith((".bib", ".bibtex")):
        return "bibtex"
    if name.endswith(".ris"):
        return "ris"
    if name.endswith((".json", ".jsonl", ".ndjson")) or beginning.startswith((b'{"', b"[{", b"[\n", b"[ ", b"{\n")):
        return "json"
    if name.endswith((".xml", ".rss", ".atom")) or beginning.startswith(b"<?xml"):
        return "xml"
    if re.search(rb"^@[A-Za-z]+\s*[{(]", beginning, re.MULTILINE):
        return "bibtex"
    if re.search(rb"^TY  ?- ", beginning, re.MULTILINE):
        return "ris"
    return "author page" if name.endswith(".txt") else None


def _read_xml(content: bytes, name: str, retrieved: datetime) -> ParsedSource:
    try:
        root = parse(content)
    except XmlError as error:
        return ParsedSource(problems=(Problem(line=error.line, message=str(error)),))
    match name_of(root):
        case "feed" if root.find("{*}entry/{*}announce_type") is None:
            return arxiv.read_entries(root, Source(kind="arxiv", name=name, retrieved=retrieved))
        case "rss" | "feed":
            feed = arxiv_rss.read(content, retrieved)
            said = (Problem(line=None, message=feed.reason),) if feed.reason else ()
            return ParsedSource(papers=tuple(one.record for one in feed.announcements), problems=feed.problems + said)
        case "OAI-PMH" | "record" | "ListRecords":
            return oai_pmh.read(root, Source(kind="oai", name=name, retrieved=retrieved))
        case "dblp":
            return dblp.read_xml(root, Source(kind="dblp", name=name, retrieved=retrieved))
    raise UnknownFormatError
