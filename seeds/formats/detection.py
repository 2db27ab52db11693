"""The formats that Lectern reads, and which of them a file is in."""

from __future__ import annotations

from seeds.formats import author_page, bibtex, json_files, ris, xml_files
from seeds.formats.file_format import FileFormat

FORMATS: tuple[FileFormat, ...] = (
    json_files.FORMAT,
    xml_files.FORMAT,
    bibtex.FORMAT,
    ris.FORMAT,
    author_page.FORMAT,
)

_ANY_TEXT = ".txt"
_BYTES_LOOKED_AT = 4000
_MARKS_AND_SPACE = b"\xef\xbb\xbf \t\r\n"
"""What may stand before the first character: a UTF-8 byte order mark and white space."""


def detect(name: str, content: bytes) -> FileFormat | None:
    """The format that the extension of a file's name tells, or else the beginning of its content; None for others.

    The extension `.txt` is used for any text, so there the content is asked first.
    """
    name = name.lower().removesuffix(".gz")
    named = next((each for each in FORMATS if name.endswith(each.extensions)), None)
    if named is not None and not name.endswith(_ANY_TEXT):
        return named
    beginning = content[:_BYTES_LOOKED_AT].lstrip(_MARKS_AND_SPACE)
    return next((each for each in FORMATS if each.beginning and each.beginning.search(beginning)), named)
