"""Where papers come from: the bundled seed documents, readers of files, and clients of outside services."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from importlib import resources

from seeds import author_page
from store.models import Reading, Source


class UnknownFormatError(Exception):
    """This is in no format that Lectern reads: author page (.txt)."""


def bundled() -> Iterator[tuple[str, bytes]]:
    """Name and content of each seed document that comes with Lectern, by name."""
    documents = resources.files("seeds.documents")
    for document in sorted(documents.iterdir(), key=lambda entry: entry.name):
        if document.is_file() and not document.name.endswith((".py", ".pyc")):
            yield document.name, document.read_bytes()


def read(name: str, content: bytes, retrieved: datetime) -> Reading:
    """Read a file in the format that its name and content tell; `retrieved` is when what it says was so.

    Raises `UnknownFormatError` for a format that is not known. What is wrong inside a file is in the reading.
    """
    if name.lower().endswith(".txt"):
        return author_page.read(content, Source(kind="author_page", name=name, retrieved=retrieved))
    raise UnknownFormatError
