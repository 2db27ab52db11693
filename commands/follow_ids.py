"""The custom_ids of what follows papers: its preview, and the votes on what it posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commands.custom_ids import CustomId
from store.models import Handle


@dataclass(frozen=True)
class FollowDecision(CustomId, form="like:{verb}:{question}"):
    """Confirm, for the channel or for oneself, or Cancel under a preview; `question` is the token of the draft."""

    verb: Literal["yes", "me", "no"]
    question: str


@dataclass(frozen=True)
class FollowHits(CustomId, form="follow:hits:{question}"):
    """A preview of following a search; `question` is the token of its query."""

    question: str


@dataclass(frozen=True)
class FollowPaper(CustomId, form="follow:paper:{handle}"):
    """A preview of following papers close to one."""

    handle: Handle


@dataclass(frozen=True)
class MinePage(CustomId, form="mine:{page}"):
    """A page of what somebody follows for themselves."""

    page: int


@dataclass(frozen=True)
class MineAll(CustomId, form="mine:{verb}"):
    """All that somebody follows for themselves, to pause, resume or end: `end` asks, `sure` does it."""

    verb: Literal["pause", "resume", "end", "sure"]


@dataclass(frozen=True)
class PaperVote(CustomId, form="vote:{verb}:{token}:{handle}"):
    """Whether papers such as this one of a post are wanted; the token is the post's."""

    verb: Literal["up", "down"]
    token: str
    handle: Handle


@dataclass(frozen=True)
class PostVotes(CustomId, form="votes:{token}"):
    """The papers of a post, to vote on each."""

    token: str
