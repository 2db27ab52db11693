"""The custom_ids of pages and feeds on the web: showing the address of one, and taking it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from commands.custom_ids import CustomId
from store.models import Handle


@dataclass(frozen=True)
class SubscriptionWeb(CustomId, form="web:{verb}:sub:{token}"):
    """The address of what a subscription posts, to be shown or taken back."""

    verb: Literal["show", "end"]
    token: str


@dataclass(frozen=True)
class AuthorWeb(CustomId, form="web:{verb}:author:{handle}"):
    """The same of an author's papers."""

    verb: Literal["show", "end"]
    handle: Handle


@dataclass(frozen=True)
class ListWeb(CustomId, form="web:{verb}:list:{token}"):
    """The same of a reading list."""

    verb: Literal["show", "end"]
    token: str


WebButtonId = SubscriptionWeb | AuthorWeb | ListWeb
