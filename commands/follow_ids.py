"""The custom_ids of what follows papers: its preview, and the votes on what it posts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commands.custom_ids import CustomId
from store.models import Handle


@dataclass(frozen=True)
class FollowDecision(CustomId, form="like:{verb}:{question}"):
    """Confirm or Cancel under a preview; `question` is the token of the draft."""

    verb: Literal["yes", "no"]
    question: str


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
