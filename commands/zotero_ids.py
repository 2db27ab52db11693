"""The custom_ids of what ties reading lists to libraries of Zotero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commands.custom_ids import CustomId

ZoteroVerb = Literal["show", "now", "off", "sure", "decide"]


@dataclass(frozen=True)
class ZoteroConnect(CustomId, form="zotero:new"):
    """The form that ties a list to a library, to be opened."""


@dataclass(frozen=True)
class ZoteroForm(CustomId, form="zotero:form"):
    """The form that ties a list to a library."""


@dataclass(frozen=True)
class ZoteroAction(CustomId, form="zotero:{verb}:{token}"):
    """Something to do to a list's library: compare now, disconnect (`off` asks, `sure` does it), decide."""

    verb: ZoteroVerb
    token: str


@dataclass(frozen=True)
class ZoteroChoice(CustomId, form="zotero:{choice}:{token}:{item}"):
    """Whose side counts about an item of which both sides say different things."""

    choice: Literal["here", "there"]
    token: str
    item: str
