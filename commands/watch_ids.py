"""The custom_ids of watches: starting and ending them, and the list of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commands.custom_ids import CustomId
from store.models import Handle


@dataclass(frozen=True)
class WatchPaper(CustomId, form="watch:paper:{handle}"):
    """Asks where somebody wants to watch a paper, or watches it for them where there is but one place."""

    handle: Handle


@dataclass(frozen=True)
class WatchStart(CustomId, form="watch:{place}:{handle}"):
    """Watch a paper for the channel or for oneself."""

    place: Literal["here", "me"]
    handle: Handle


@dataclass(frozen=True)
class WatchEnd(CustomId, form="watch:end:{place}:{handle}"):
    """Watch a paper no more for the channel or for oneself."""

    place: Literal["here", "me"]
    handle: Handle


@dataclass(frozen=True)
class WatchPage(CustomId, form="watches:{page}"):
    """A page of what is watched in this channel and by whoever asks."""

    page: int


@dataclass(frozen=True)
class WatchPosted(CustomId, form="watches:posted:{verb}"):
    """Watch what is posted to a server's channels, or to somebody, or not."""

    verb: Literal["on", "off"]
