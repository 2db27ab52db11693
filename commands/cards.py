"""Cards at their addresses: every button and list that opens one, and a card that changes in its place."""

from __future__ import annotations

from commands import (
    answers,
    ask,
    catch_up,
    club,
    compare,
    correcting,
    disambiguation,
    outside_search,
    search,
    service_intake,
    teaching,
    team,
    why,
)
from commands.addresses import (
    APART,
    AbstractPage,
    AnswerPage,
    AuthorChanges,
    AuthorChoice,
    AuthorNovelty,
    AuthorPage,
    AuthorPapers,
    AuthorPeople,
    AuthorSummaries,
    CardAddress,
    CatchUpPage,
    ChosenPapers,
    Citation,
    CitationPage,
    CoauthorChain,
    CompactPapers,
    Comparison,
    FoundAuthor,
    FoundPaper,
    HitPage,
    NotTheirs,
    OutsidePapers,
    OutsidePeople,
    PaperAction,
    PaperChoice,
    PapersInOneLine,
    PersonCorrections,
    PickedAuthor,
    PickedPaper,
    PostOverCap,
    RefreshedAuthor,
    SamePeople,
    SearchPage,
    TeamPage,
)
from commands.buttons import StatefulButton, StatefulSelect
from commands.club_ids import ClubNominations, ClubNotes, ClubPage
from commands.context import Interaction
from commands.custom_ids import AuthorList, CardList, MeantAuthor, MeantPaper, ShowInChannel
from commands.errors import UserError
from commands.help import card as help_card
from commands.help_ids import HelpPage
from commands.respond import edit_or_reply, reply
from commands.views.layout import CardView


async def card(interaction: Interaction, address: CardAddress) -> CardView:
    """The card at this address; raises `UserError` where it cannot be made any more."""
    match address:
        case PaperAction() | AbstractPage() | Citation() | CitationPage():
            return await answers.card(interaction, address)
        case AuthorPage() | AuthorPapers() | ChosenPapers() | PapersInOneLine() | CompactPapers():
            return await answers.card(interaction, address)
        case AuthorSummaries() | AuthorPeople() | CoauthorChain() | AuthorChanges() | AuthorNovelty() | SamePeople():
            return await answers.card(interaction, address)
        case PickedPaper():
            opened = PaperAction(address.verb, address.handle, trail=address.trail)
            return await teaching.ask(interaction, await answers.card(interaction, opened), address)
        case PickedAuthor():
            opened_page = AuthorPage(address.handle, trail=address.trail)
            return await teaching.ask(interaction, await answers.card(interaction, opened_page), address)
        case PersonCorrections():
            return await correcting.corrections(interaction, address)
        case NotTheirs():
            return await correcting.not_theirs(interaction, address)
        case PaperChoice():
            return await disambiguation.paper_choice(interaction, address)
        case AuthorChoice():
            return await disambiguation.author_choice(interaction, address)
        case OutsidePapers():
            return await outside_search.papers(interaction, address)
        case OutsidePeople():
            return await outside_search.people(interaction, address)
        case FoundPaper():
            return await service_intake.paper(interaction, address)
        case FoundAuthor():
            return await service_intake.author(interaction, address)
        case RefreshedAuthor():
            return await service_intake.refreshed(interaction, address)
        case Comparison():
            return await compare.card(interaction, address)
        case ClubPage() | ClubNominations() | ClubNotes():
            return await club.card(interaction, address)
        case TeamPage():
            return await team.card(interaction, address)
        case HitPage() | SearchPage():
            return await search.page(interaction, address)
        case HelpPage():
            return await help_card(interaction, address)
        case CatchUpPage():
            return await catch_up.page(interaction, address)
        case AnswerPage():
            return await ask.page(interaction, address)
        case PostOverCap():
            return await why.over_cap(interaction, address)
    raise AssertionError(address)


async def _open(interaction: Interaction, address: CardAddress | None) -> None:
    if address is None:
        raise UserError("I no longer know that card. Ask again with a command.")
    if address.trail == APART:
        await reply(interaction, card(interaction, address.alone()), private=True)
    else:
        await edit_or_reply(interaction, card(interaction, address))


class CardButton(StatefulButton[CardAddress], id_type=CardAddress):
    """A button that opens a card."""

    async def answer(self, interaction: Interaction) -> None:
        await _open(interaction, self.state)


class CardSelect(StatefulSelect[CardList], id_type=CardList):
    """A list of cards, each to open."""

    async def answer(self, interaction: Interaction) -> None:
        await _open(interaction, CardAddress.parse(self.item.values[0]))


class AuthorSelect(StatefulSelect[AuthorList], id_type=AuthorList):
    """A list of authors, each to open, as released versions made it."""

    async def answer(self, interaction: Interaction) -> None:
        await _open(interaction, CardAddress.parse(f"profile:{self.item.values[0]}"))


class ShowInChannelButton(StatefulButton[ShowInChannel], id_type=ShowInChannel):
    """Shows everybody in the channel what one person sees."""

    async def answer(self, interaction: Interaction) -> None:
        address = CardAddress.parse(self.state.address)
        if address is None:
            raise UserError("I no longer know that card. Ask again with a command.")
        await reply(interaction, card(interaction, address))


class MeantPaperButton(StatefulButton[MeantPaper], id_type=MeantPaper):
    """Whether a paper was meant."""

    async def answer(self, interaction: Interaction) -> None:
        choice = PaperChoice(self.state.verb, self.state.question)
        opened = PaperAction(self.state.verb, self.state.handle).opened_from(choice)
        await edit_or_reply(interaction, _answered(interaction, self.state, opened, choice))


class MeantAuthorButton(StatefulButton[MeantAuthor], id_type=MeantAuthor):
    """Whether an author was meant."""

    async def answer(self, interaction: Interaction) -> None:
        choice = AuthorChoice(self.state.question)
        opened = AuthorPage(self.state.handle).opened_from(choice)
        await edit_or_reply(interaction, _answered(interaction, self.state, opened, choice))


async def _answered(
    interaction: Interaction, meant: teaching.Meant, opened: answers.Known, choice: CardAddress
) -> CardView:
    if meant.reply == "yes":
        return await teaching.remember(interaction, await answers.card(interaction, opened), meant)
    await teaching.forget(interaction, meant)
    return await card(interaction, choice)
