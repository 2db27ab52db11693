"""What a library of Zotero says, as far as a reading list can keep it, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol

from store.models import Frozen, Paper, PaperRecord

Kind = Literal["paper", "note"]


class RemoteItem(Frozen):
    """An item that changed. `in_list` is False where it was put into the trash or taken out of the collection.

    `tags` and `text` are what a list can hold of it; `other_tags`, those that it can't, and `collections` are written
    back as they are. A text is None where a list can't hold the note, which then stays there alone. `parent` is the
    item that a note belongs to. `record` describes a paper.
    """

    key: str
    version: int
    kind: Kind
    in_list: bool
    tags: tuple[str, ...] = ()
    other_tags: tuple[Mapping[str, str | int], ...] = ()
    collections: tuple[str, ...] = ()
    parent: str | None = None
    text: str | None = None
    is_formatted: bool = False
    """Whether the note has more than paragraphs of text, which writing it from here would take away."""
    record: PaperRecord | None = None


class Changes(Frozen):
    """All that changed in a library since a version, which is at `version` now."""

    version: int
    items: tuple[RemoteItem, ...]
    deleted: tuple[str, ...]


class RemoteWrite(Frozen):
    """An item to be written, with what is said here; what a list does not know of it stays as it is there.

    A new one has version 0 and a key that was kept before, so that it can be sent again where no answer came. With
    `removed` it is taken out of the collection, or where the whole library is the list, put into the trash. A service
    refuses all of this where the item has another version by now.
    """

    key: str
    version: int
    kind: Kind
    removed: bool = False
    restored: bool = False
    """Whether it is taken out of the trash, or put into the collection, again."""
    paper: Paper | None = None
    """What a new item is about."""
    tags: tuple[str, ...] = ()
    other_tags: tuple[Mapping[str, str | int], ...] = ()
    collections: tuple[str, ...] = ()
    parent: str | None = None
    text: str = ""


class Written(Frozen):
    """What was written: the keys of the items, and the library's version since.

    Others were refused: because they have changed, or for `problems`, as the service tells them.
    """

    keys: frozenset[str]
    version: int
    problems: tuple[str, ...] = ()


class RemoteUnavailableError(Exception):
    """The library can't be reached or asks to wait; `wait` is for how many seconds, where it says so."""

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class RemoteChangedError(RemoteUnavailableError):
    """The library has changed since it was read."""


class RemoteRefusedError(Exception):
    """The library is not there, or the key may not read or write it: somebody has to do something."""


class RemoteLibrary(Protocol):
    """A library outside. Methods raise `RemoteUnavailableError` and `RemoteRefusedError`."""

    async def changes(self, since: int) -> Changes:
        """All that changed since a version; 0 for all that there is."""
        ...

    async def write(self, items: Sequence[RemoteWrite], version: int) -> Written:
        """Write items, at most 50, if the library is at that version; else raises `RemoteChangedError`."""
        ...
