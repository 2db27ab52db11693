"""The custom_ids and addresses of the journal club."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commands.card_address import CardAddress
from commands.custom_ids import CustomId
from store.models import Handle


@dataclass(frozen=True)
class Nominate(CustomId, form="nominate:{handle}"):
    """A paper to be nominated for the journal club."""

    handle: Handle


@dataclass(frozen=True)
class ClubAction(CustomId, form="club:{verb}"):
    """Something to do: be in the rota or not; ask to call the next session off or to end the club, or end it."""

    verb: Literal["join", "leave", "skip", "end", "ended"]


@dataclass(frozen=True)
class CallOff(CustomId, form="club:off:{since}"):
    """The session of that day does not take place."""

    since: str


@dataclass(frozen=True)
class WithdrawNomination(CustomId, form="club:withdraw"):
    """A list of the papers that somebody may take back."""


@dataclass(frozen=True)
class SwapAnswer(CustomId, form="swap:{verb}:{question}"):
    """The answer of whoever is asked to change places in the rota; `question` is the token of the swap."""

    verb: Literal["yes", "no"]
    question: str


@dataclass(frozen=True)
class AddNote(CustomId, form="club:note:{since}"):
    """A note to be made on the paper of the session of that day."""

    since: str


@dataclass(frozen=True)
class NoteText(CustomId, form="clubnote:{since}"):
    """The form that takes the note."""

    since: str


@dataclass(frozen=True)
class ClubPage(CardAddress, form="club"):
    """How the journal club of a server stands."""


@dataclass(frozen=True)
class ClubNominations(CardAddress, form="nominated"):
    """What is nominated for the next session."""


@dataclass(frozen=True)
class ClubNotes(CardAddress, form="clubnotes:{handle}"):
    """When a paper was discussed, and what was noted then."""

    handle: Handle
