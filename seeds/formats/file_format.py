"""What a format of files is: how it is recognised, and what reads it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from store.models import ParsedSource, Source, SourceKind


class NotThisFormatError(Exception):
    """The content is not of this format, though its name or its beginning looks like it."""


class FileFormat(NamedTuple):
    """One format of files.

    `read` may raise `NotThisFormatError` and nothing else: what is wrong inside a file is among its problems.
    """

    name: str
    """As people are shown it."""
    extensions: tuple[str, ...]
    """In lower case, with the dot."""
    beginning: re.Pattern[bytes] | None
    """Found in the first 4,000 bytes of content of this format; None where only the extension tells."""
    source_kind: SourceKind
    """The kind of the source that `read` is given; a format with records of several kinds replaces it."""
    read: Callable[[bytes, Source], ParsedSource]
