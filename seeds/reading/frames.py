"""Values of our models on their way from one process to the other, in pieces of bounded size.

JSON and not pickle: what comes from the process that reads is checked against the models, and cannot be code. A long
list of models inside a value goes in pieces, so that the receiver can do other things between two of them.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache
from io import BufferedRWPair
from typing import Any, get_origin

from pydantic import TypeAdapter

from store.models import Frozen

PIECE = 100_000
"""Bytes of a piece, or one model's where that is larger: about a millisecond to check."""
LARGEST_FRAME = 100_000_000
"""Bytes of a frame: those of the largest file that is read at once."""
LENGTH = struct.Struct(">I")
"""Before each frame: how many bytes it has."""

BEGIN, INNER, ITEMS, END = b"<", b"(", b"+", b">"
"""First bytes of frames: a value begins, an item of a list that is a long value itself begins, items of a list, the
innermost value ends."""
DONE, NOT_READ, FAULT = b".", b"!", b"?"
"""First bytes of the last frame of an answer: everything is read; it was not read, and why; a fault of ours."""
LAST = (DONE, NOT_READ, FAULT)


def write(channel: BufferedRWPair, frame: bytes) -> None:
    """Write a frame with its length; nothing is flushed."""
    channel.write(LENGTH.pack(len(frame)))
    channel.write(frame)


def read(channel: BufferedRWPair) -> bytes | None:
    """The next frame; None at the end."""
    length = channel.read(LENGTH.size)
    return channel.read(LENGTH.unpack(length)[0]) if len(length) == LENGTH.size else None


def split(value: Frozen) -> Iterator[bytes]:
    """The frames of a value."""
    return _split(value, BEGIN, type(value).__name__)


def _split(value: Frozen, mark: bytes, name: str) -> Iterator[bytes]:
    lists = {
        field: items
        for field, items in value
        if isinstance(items, tuple) and isinstance(next(iter(items), None), Frozen)
    }
    yield _frame(mark, name, value.model_copy(update=dict.fromkeys(lists, ())).model_dump_json().encode())
    for field, items in lists.items():
        piece: list[bytes] = []
        size = 0
        for item in items:
            encoded = item.model_dump_json().encode()
            if piece and size + len(encoded) > PIECE:
                yield _frame(ITEMS, field, b"[%s]" % b",".join(piece))
                piece, size = [], 0
            if len(encoded) > PIECE:
                yield from _split(item, INNER, field)
            else:
                piece.append(encoded)
                size += len(encoded)
        if piece:
            yield _frame(ITEMS, field, b"[%s]" % b",".join(piece))
    yield END


def _frame(mark: bytes, name: str, content: bytes) -> bytes:
    return b"%s%s\n%s" % (mark, name.encode(), content)


class Joiner:
    """Joins frames into values of the given models."""

    def __init__(self, *models: type[Frozen]) -> None:
        self._models = {model.__name__: model for model in models}
        self._open: list[tuple[str, Frozen, dict[str, list[Frozen]]]] = []
        """The values that have begun and not ended, each inside the one before: field, head, and items of its lists."""

    def add(self, frame: bytes) -> Frozen | None:
        """Take the next frame; the value, where that is its last one. Raises `ValueError` if it does not fit."""
        mark = frame[:1]
        name, _, content = frame[1:].partition(b"\n")
        field = name.decode("ascii")
        if mark == BEGIN and not self._open and field in self._models:
            self._open.append((field, self._models[field].model_validate_json(content), {}))
        elif mark == END and self._open:
            return self._close()
        elif mark in (INNER, ITEMS) and self._open:
            _, head, lists = self._open[-1]
            items = list(_items_of(type(head), field).validate_json(content if mark == ITEMS else b"[%s]" % content))
            if mark == ITEMS:
                lists.setdefault(field, []).extend(items)
            else:
                self._open.append((field, items[0], {}))
        else:
            raise ValueError("a frame that does not belong here")
        return None

    def _close(self) -> Frozen | None:
        field, head, lists = self._open.pop()
        value = head.model_copy(update={name: tuple(items) for name, items in lists.items()})
        if not self._open:
            return value
        self._open[-1][2].setdefault(field, []).append(value)
        return None


@cache
def _items_of(model: type[Frozen], field: str) -> TypeAdapter[tuple[Frozen, ...]]:
    """What checks the items of a model's list; raises `ValueError` where it has no such list."""
    annotation: Any = model.model_fields[field].annotation if field in model.model_fields else None
    if get_origin(annotation) is not tuple:
        raise ValueError(f"{model.__name__} has no list {field}")
    return TypeAdapter(annotation)
