"""The custom_ids of what an author's page does with their papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commands.custom_ids import CustomId
from store.models import Handle


@dataclass(frozen=True)
class AuthorAction(CustomId, form="{verb}:author:{handle}"):
    """An author's papers, to be followed here or by direct message, or sent as a file; or a form: which, since when."""

    verb: Literal["follow", "dm", "export", "narrow", "since"]
    handle: Handle


@dataclass(frozen=True)
class NarrowPapers(CustomId, form="narrow:{handle}"):
    """The form that asks which of an author's papers to show."""

    handle: Handle


@dataclass(frozen=True)
class SinceWhen(CustomId, form="since:{handle}"):
    """The form that asks since when to tell what is new about an author."""

    handle: Handle


@dataclass(frozen=True)
class TeamList(CustomId, form="team:out"):
    """A list of the people of a team, to take one out."""


@dataclass(frozen=True)
class FollowTeam(CustomId, form="team:follow"):
    """A preview of a subscription to all people of a team."""
