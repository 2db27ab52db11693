"""The seed documents that come with Lectern, as they were given."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources


def bundled_documents() -> Iterator[tuple[str, bytes]]:
    """Name and content of each document, by name."""
    for document in sorted(resources.files("seeds.documents").iterdir(), key=lambda entry: entry.name):
        if document.is_file():
            yield document.name, document.read_bytes()
