"""What strangers may try, as attacks on the real process on loopback: a module for each class of them."""

from __future__ import annotations

from types import ModuleType

from tests.attacks import fetching, files, forgery, identity, load, text

CLASSES: dict[str, ModuleType] = {
    "identity": identity,
    "forgery": forgery,
    "text": text,
    "fetching": fetching,
    "files": files,
    "load": load,
}
