"""The addresses of cards: what a card shows, in the custom_id of the button that opens it, with the way back."""

from __future__ import annotations

import re
from dataclasses import dataclass

from commands import club_ids as club_ids
from commands import help_ids as help_ids
from commands.card_address import APART as APART
from commands.card_address import CardAddress as CardAddress
from commands.verbs import HitOrder, PaperOrder, PaperVerb, PeopleOrder
from store.catalog.citation_styles import CitationStyle
from store.models import Handle


@dataclass(frozen=True)
class PaperAction(CardAddress, form="paper:{verb}:{handle}"):
    """Something to show about a paper."""

    verb: PaperVerb
    handle: Handle


@dataclass(frozen=True)
class PickedPaper(CardAddress, form="pick:{verb}:{handle}:{question}"):
    """The same, picked where nothing fitted what was typed: `question` is the token of that text."""

    verb: PaperVerb
    handle: Handle
    question: str


@dataclass(frozen=True)
class PaperChoice(CardAddress, form="titles:{verb}:{question}"):
    """The papers that may be meant by what was typed, each to open with `verb`."""

    verb: PaperVerb
    question: str


@dataclass(frozen=True)
class AbstractPage(CardAddress, form="paper:abstract:{handle}:{page}"):
    """A page of a long abstract."""

    handle: Handle
    page: int


@dataclass(frozen=True)
class Citation(CardAddress, form="cite:{style}:{handle}"):
    """A reference to a paper in that style."""

    style: CitationStyle
    handle: Handle


@dataclass(frozen=True)
class CitationPage(CardAddress, form="cite:{style}:{handle}:{page}"):
    """A page of a long reference."""

    style: CitationStyle
    handle: Handle
    page: int


@dataclass(frozen=True)
class AuthorPage(CardAddress, form="profile:{handle}"):
    """Who an author is, and what they work on."""

    handle: Handle


@dataclass(frozen=True)
class AuthorPapers(CardAddress, form="author:{handle}:{page}"):
    """A page of an author's papers, the newest first."""

    handle: Handle
    page: int


@dataclass(frozen=True)
class ChosenPapers(CardAddress, form="works:{order}:{handle}:{question}:{page}"):
    """A page of some of an author's papers in an order; `question` is the token of which they are."""

    order: PaperOrder
    handle: Handle
    question: str
    page: int


@dataclass(frozen=True)
class PapersInOneLine(CardAddress, form="told:{order}:{handle}:{question}:{page}"):
    """The same page of papers, a sentence of each."""

    order: PaperOrder
    handle: Handle
    question: str
    page: int


@dataclass(frozen=True)
class CompactPapers(CardAddress, form="short:{order}:{handle}:{question}:{page}"):
    """The same papers, a line of each, with more of them on a page."""

    order: PaperOrder
    handle: Handle
    question: str
    page: int


@dataclass(frozen=True)
class AuthorPeople(CardAddress, form="people:{sort}:{handle}:{page}"):
    """A page of those who wrote with an author: those with most papers together first, or those who did so last."""

    sort: PeopleOrder
    handle: Handle
    page: int


@dataclass(frozen=True)
class CoauthorChain(CardAddress, form="chain:{handle}:{other}"):
    """How an author is connected with another by papers that people wrote together."""

    handle: Handle
    other: Handle


@dataclass(frozen=True)
class AuthorChanges(CardAddress, form="new:{handle}:{since}"):
    """What is new about an author since a day."""

    handle: Handle
    since: str


@dataclass(frozen=True)
class AuthorNovelty(CardAddress, form="novel:{handle}"):
    """How novel an author's newest papers are."""

    handle: Handle


@dataclass(frozen=True)
class AuthorSummaries(CardAddress, form="lines:{handle}"):
    """A line for each of an author's newest papers."""

    handle: Handle


@dataclass(frozen=True)
class SamePeople(CardAddress, form="same:{handle}"):
    """Who else in the store may be the same person as an author."""

    handle: Handle


@dataclass(frozen=True)
class PersonCorrections(CardAddress, form="corrected:{handle}"):
    """What people here said of an author: with whom they are one, and which papers are another's."""

    handle: Handle


@dataclass(frozen=True)
class NotTheirs(CardAddress, form="whose:{handle}:{person}"):
    """Of whom a paper is that is not by that person."""

    handle: Handle
    person: Handle


@dataclass(frozen=True)
class PickedAuthor(CardAddress, form="who:{handle}:{question}"):
    """An author picked where nobody fitted what was typed: `question` is the token of that text."""

    handle: Handle
    question: str


@dataclass(frozen=True)
class AuthorChoice(CardAddress, form="names:{question}"):
    """The authors who may be meant by what was typed."""

    question: str


@dataclass(frozen=True)
class Comparison(CardAddress, form="compare:{question}"):
    """Authors or papers side by side; `question` is the token of which."""

    question: str


@dataclass(frozen=True)
class TeamPage(CardAddress, form="team"):
    """The team of a server."""


@dataclass(frozen=True)
class SearchPage(CardAddress, form="search:{question}:{page}"):
    """A page of hits, the newest first, as released versions made it; `question` is the token of the query."""

    question: str
    page: int


@dataclass(frozen=True)
class HitPage(CardAddress, form="hits:{order}:{question}:{page}"):
    """A page of hits in an order; `question` is the token of what was searched for."""

    order: HitOrder
    question: str
    page: int


@dataclass(frozen=True)
class CatchUpPage(CardAddress, form="missed:{since}:{page}"):
    """A page of what came to the channels that somebody can read since a day; for them alone."""

    personal = True
    since: str
    page: int


@dataclass(frozen=True)
class AnswerPage(CardAddress, form="ask:{question}:{page}"):
    """A page of the sentences that answer a question; `question` is the token of what was asked."""

    question: str
    page: int


@dataclass(frozen=True)
class OutsidePapers(CardAddress, form="outside:{verb}:{question}"):
    """The papers that services find for what was typed, each to take in and open with `verb`."""

    verb: PaperVerb
    question: str


@dataclass(frozen=True)
class OutsidePeople(CardAddress, form="outside:{question}"):
    """The people whom services find for what was typed."""

    question: str


@dataclass(frozen=True)
class FoundPaper(CardAddress, form="take:{verb}:{question}"):
    """A paper that a service found, to take in and open; `question` is the token of what it said of it."""

    verb: PaperVerb
    question: str


@dataclass(frozen=True)
class FoundAuthor(CardAddress, form="bring:{question}"):
    """A person whom a service found, to fetch with their papers; `question` is the token of what it said of them."""

    question: str


@dataclass(frozen=True)
class RefreshedAuthor(CardAddress, form="refresh:{handle}"):
    """An author's page after what the service lists was fetched again."""

    handle: Handle


@dataclass(frozen=True)
class PostOverCap(CardAddress, form="post:more:{token}:{page}"):
    """A page of the papers that a post left over its cap."""

    token: str
    page: int


CardAddress.template = re.compile(
    "|".join(re.sub(r"\?P<\w+>", "?:", kind.template.pattern) for kind in CardAddress.__subclasses__()),
    re.ASCII,
)
