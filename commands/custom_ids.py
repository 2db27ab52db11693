"""Every custom_id of a button, list or form: the state that Discord hands back when somebody uses it.

Each kind is a class whose `form` is the text with a field in braces for each value. A field's name says what may stand
in it. `str()` makes the text; `parse` reads it back, checked like any input: nothing but handles, tokens, small
numbers, categories and the words of a `Literal` is admitted. What a released version made must be readable for ever,
as its messages stay in Discord.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, get_args, get_type_hints

from commands.verbs import MeantReply, PaperVerb, SetupVerb, SubscriptionVerb
from store.models import HANDLE_PATTERN, Handle

MAX_LENGTH = 100
"""Characters that Discord allows."""
MAX_PAGE = 9999
_FIELDS = {
    "handle": HANDLE_PATTERN,
    "person": HANDLE_PATTERN,
    "other": HANDLE_PATTERN,
    "question": HANDLE_PATTERN,
    "token": "[A-Za-z0-9_-]{16}",
    "item": "[A-Z0-9]{8}",
    "page": "0|[1-9][0-9]{0,3}",
    "number": "0|[1-9][0-9]?",
    "addition": "[1-9][0-9]{0,17}",
    "since": "[12][0-9]{3}-[01][0-9]-[0-3][0-9]",
    "category": "[a-z-]{2,9}(?:[.][A-Za-z-]{2,12})?",
    "address": "[a-z]+(?::[A-Za-z0-9_-]+)*",
    "trail": "(?:<[a-z]+(?::[A-Za-z0-9_-]+)*)*",
}
"""A paper's or author's handle, two of authors beside it, a token of `store.storage.button_state`, one of a
subscription or post, the key of an item of Zotero, a page from 0, a number that tells the buttons of one message
apart, that of an addition of papers, a day, a category of arXiv, the address of a card, and of those
that it was opened from."""

_NUMBERS = ("page", "number", "addition")
"""Fields that are numbers."""


@dataclass(frozen=True)
class CustomId:
    """A custom_id as a value. Raises ValueError where a field holds what its name does not admit."""

    form: ClassVar[str]
    template: ClassVar[re.Pattern[str]]

    def __init_subclass__(cls, *, form: str) -> None:
        cls.form = form
        hints = get_type_hints(cls)
        parts = re.split(r"\{(\w+)\}", form)
        pattern = [
            f"(?P<{part}>{_FIELDS.get(part) or '|'.join(get_args(hints[part]))})" if index % 2 else re.escape(part)
            for index, part in enumerate(parts)
        ]
        cls.template = re.compile("".join(pattern), re.ASCII)

    def __post_init__(self) -> None:
        text = str(self)
        if len(text) > MAX_LENGTH or not self.template.fullmatch(text):
            raise ValueError(f"{text!r} is no custom_id of the form {self.form!r}")

    def __str__(self) -> str:
        return self.form.format(**vars(self))

    @classmethod
    def of_match(cls, match: re.Match[str]) -> Self:
        """The value of what the template has matched."""
        fields: dict[str, Any] = match.groupdict()
        return cls(**{name: int(text) if name in _NUMBERS else text for name, text in fields.items()})

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """The value that the text stands for; None where it is of another form."""
        match = cls.template.fullmatch(text) if len(text) <= MAX_LENGTH else None
        return cls.of_match(match) if match else None


@dataclass(frozen=True)
class MeantPaper(CustomId, form="meant:{reply}:{verb}:{handle}:{question}"):
    """Whether that paper was meant by what was typed."""

    reply: MeantReply
    verb: PaperVerb
    handle: Handle
    question: str


@dataclass(frozen=True)
class MeantAuthor(CustomId, form="meant:{reply}:{handle}:{question}"):
    """Whether that author was meant by what was typed."""

    reply: MeantReply
    handle: Handle
    question: str


@dataclass(frozen=True)
class AuthorList(CustomId, form="people:{handle}"):
    """A list of authors to open one, as released versions made it; the handle is of what they belong to."""

    handle: Handle


@dataclass(frozen=True)
class CardList(CustomId, form="cards:{number}"):
    """A list of cards to open; the value of each entry is its address."""

    number: int


@dataclass(frozen=True)
class ShowInChannel(CustomId, form="share:{address}"):
    """A card that one person sees, to be shown to everybody in the channel."""

    address: str


@dataclass(frozen=True)
class DraftDecision(CustomId, form="draft:{verb}:{question}"):
    """Confirm, for the channel or for oneself, or Cancel under a preview; `question` is the token of the draft."""

    verb: Literal["yes", "me", "no"]
    question: str


@dataclass(frozen=True)
class FollowCategory(CustomId, form="follow:{category}"):
    """A preview of a subscription to a category."""

    category: str


@dataclass(frozen=True)
class SubscriptionPage(CustomId, form="subs:{page}"):
    """A page of a channel's subscriptions."""

    page: int


@dataclass(frozen=True)
class SubscriptionAction(CustomId, form="sub:{verb}:{token}"):
    """Something to do to a subscription."""

    verb: SubscriptionVerb
    token: str


@dataclass(frozen=True)
class SubscriptionForm(CustomId, form="edit:{token}"):
    """The form that edits a subscription."""

    token: str


@dataclass(frozen=True)
class FormAgain(CustomId, form="again:{question}"):
    """A form to open again as it was submitted; `question` is the token of what was typed."""

    question: str


@dataclass(frozen=True)
class UnsubscribeList(CustomId, form="unsubscribe"):
    """A list of a channel's subscriptions, to end one."""


@dataclass(frozen=True)
class UnsubscribeAll(CustomId, form="unsubscribe:{verb}"):
    """All of a channel's subscriptions, to end: `all` asks, `sure` does it."""

    verb: Literal["all", "sure"]


@dataclass(frozen=True)
class UnsubscribePage(CustomId, form="unsubscribe:{page}"):
    """A page of that list."""

    page: int


@dataclass(frozen=True)
class PostReasons(CustomId, form="post:why:{token}"):
    """Why a post is here. Delivery finds a post by this button after a crash."""

    token: str


@dataclass(frozen=True)
class Disabled(CustomId, form="dead:{number}"):
    """A button that cannot be pressed."""

    number: int


@dataclass(frozen=True)
class AddNamed(CustomId, form="add:{question}"):
    """A paper to add by one of the identifiers that a PDF names; `question` is the token of the identifier."""

    question: str


@dataclass(frozen=True)
class TakeBack(CustomId, form="back:{addition}"):
    """What somebody added at one time, to be taken back."""

    addition: int


@dataclass(frozen=True)
class JoinPeople(CustomId, form="person:{verb}:{handle}:{other}"):
    """Two people who are one: `join` says so, `part` takes it back."""

    verb: Literal["join", "part"]
    handle: Handle
    other: Handle


@dataclass(frozen=True)
class MovePaper(CustomId, form="whose:{handle}:{person}:{other}"):
    """A paper that is not by that person, but by the other."""

    handle: Handle
    person: Handle
    other: Handle


@dataclass(frozen=True)
class NobodysPaper(CustomId, form="whose:{verb}:{handle}:{person}"):
    """A paper that is not by that person, but by nobody who is known; `back` takes back what was said of the two."""

    verb: Literal["nobody", "back"]
    handle: Handle
    person: Handle


@dataclass(frozen=True)
class OwnPaper(CustomId, form="own:{verb}:{handle}"):
    """What was added here of a paper, to be removed: `ask` asks, `sure` does it."""

    verb: Literal["ask", "sure"]
    handle: Handle


@dataclass(frozen=True)
class ShowAgain(CustomId, form="unhide:{handle}"):
    """A paper that is hidden, to be shown again."""

    handle: Handle


@dataclass(frozen=True)
class HiddenPage(CustomId, form="hidden:{page}"):
    """A page of the papers that are hidden."""

    page: int


@dataclass(frozen=True)
class AddForm(CustomId, form="add"):
    """The form that takes pasted entries."""


@dataclass(frozen=True)
class SetupForm(CustomId, form="setup"):
    """The form that asks for a team and what it follows."""


@dataclass(frozen=True)
class SetupStep(CustomId, form="setup:{verb}:{question}"):
    """The next step of setting up; `question` is the token of how far it is."""

    verb: SetupVerb
    question: str


@dataclass(frozen=True)
class SetupPerson(CustomId, form="setup:who:{number}:{question}"):
    """The people whom a line of the team may mean; `number` is the line's."""

    number: int
    question: str


@dataclass(frozen=True)
class SetupChoice(CustomId, form="setup:what:{question}"):
    """The subscriptions that are proposed, to choose some."""

    question: str
