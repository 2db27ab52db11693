"""From what a person typed to the paper or author they mean: one, a choice, or the closest."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial

from commands import answers, outside, outside_search, teaching
from commands.addresses import (
    AuthorChoice,
    AuthorPage,
    CardAddress,
    Citation,
    OutsidePapers,
    OutsidePeople,
    PaperAction,
    PaperChoice,
    PickedAuthor,
    PickedPaper,
)
from commands.context import Interaction, scope_of, view_of
from commands.errors import UserError
from commands.outside_search import OUTSIDE, Frame
from commands.verbs import PaperVerb
from commands.views import author_cards, markdown, paper_cards, paper_text
from commands.views.layout import ButtonSpec, CardView
from commands.views.paging import MAX_PAPERS
from store.catalog import papers
from store.lookup import UnknownWord
from store.lookup.resolve import Closest, Nothing, Several, Sure
from store.models import Author, Handle, Identifier, Paper
from store.storage import button_state
from store.text import identifiers
from store.text.visible import one_line

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
MAX_TYPED = 300
"""Characters of a name or title that are looked at."""
_TOO_OLD = "That was asked too long ago. Ask again with {}."


async def paper(
    interaction: Interaction,
    typed: str,
    verb: PaperVerb = "open",
    opened: Callable[[Handle], PaperAction | Citation] | None = None,
) -> CardView:
    """What `verb` answers for the paper that was meant, or a choice of papers, each with that verb.

    `opened` gives the address of the paper's card where a command was told more than a verb can say.
    """
    view = view_of(interaction)
    opened = opened or partial(PaperAction, verb)
    cleaned = _checked(typed)
    if cleaned.startswith(OUTSIDE):
        return await outside_search.papers_for(interaction, cleaned.removeprefix(OUTSIDE), verb)
    if found := await view.paper(cleaned):
        return await answers.card(interaction, opened(found.handle))
    if identifiers.find(typed):
        return await _named_in(interaction, typed, verb, opened)
    return await _papers_like(interaction, cleaned, verb, opened, taught=True)


async def the_paper(interaction: Interaction, typed: str) -> Paper:
    """The one paper that was meant for sure, which is in the store; raises `UserError` where none is."""
    view, cleaned = view_of(interaction), _checked(typed)
    found = [one] if (one := await view.paper(cleaned)) else await view.papers_named(identifiers.find(typed))
    if not found:
        resolution = await view.resolve_paper(cleaned)
        found = await view.papers([resolution.hit.handle]) if isinstance(resolution, Sure) else []
    if len(found) != 1:
        raise UserError("That may be several papers or none. Choose one of those that I suggest as you type.")
    return found[0]


async def paper_choice(interaction: Interaction, address: PaperChoice) -> CardView:
    """The papers that may have been meant, made again; what the server was taught does not count here."""
    typed = await button_state.recall(view_of(interaction).db, "title", scope_of(interaction), address.question)
    if typed is None:
        raise UserError(_TOO_OLD.format("/paper"))
    opened = partial(PaperAction, address.verb)
    if identifiers.find(typed):
        return await _named_in(interaction, typed, address.verb, opened)
    return await _papers_like(interaction, typed, address.verb, opened, taught=False)


async def author(interaction: Interaction, typed: str) -> CardView:
    """The page of the author who was meant, or a choice of authors."""
    cleaned = _checked(typed)
    if cleaned.startswith(OUTSIDE):
        return await outside_search.people_for(interaction, cleaned.removeprefix(OUTSIDE))
    if found := await view_of(interaction).author(cleaned):
        return await answers.card(interaction, AuthorPage(found.handle))
    return await _authors_like(interaction, cleaned, taught=True)


async def the_author(interaction: Interaction, typed: str) -> Author:
    """The one author who was meant for sure; raises `UserError` where none is."""
    view, cleaned = view_of(interaction), _checked(typed)
    found = await view.author(cleaned)
    if found is None and isinstance(resolution := await view.resolve_author(cleaned), Sure):
        found = await view.author(resolution.hit.handle)
    if found is None:
        raise UserError(f"“{markdown.echo(typed, 100)}” may be several people or none. Choose one that I suggest.")
    return found


async def author_choice(interaction: Interaction, address: AuthorChoice) -> CardView:
    """The authors who may have been meant, made again; what the server was taught does not count here."""
    typed = await button_state.recall(view_of(interaction).db, "author", scope_of(interaction), address.question)
    if typed is None:
        raise UserError(_TOO_OLD.format("/author"))
    return await _authors_like(interaction, typed, taught=False)


async def _papers_like(
    interaction: Interaction,
    typed: str,
    verb: PaperVerb,
    opened: Callable[[Handle], PaperAction | Citation],
    *,
    taught: bool,
) -> CardView:
    view = view_of(interaction)
    recent = interaction.client.recent.of(interaction.user.id)
    resolution = await view.resolve_paper(typed, recent=recent, taught=taught)
    if not isinstance(resolution, Sure) and (hidden := await view.hidden_titled(typed)):
        raise UserError(answers.hidden_here(hidden))
    if isinstance(resolution, Nothing) and verb == "why":
        raise UserError(f"No paper is anything like “{markdown.echo(typed, 100)}”. Try fewer words.")
    if isinstance(resolution, Sure):
        card = await answers.card(interaction, opened(resolution.hit.handle))
        if not resolution.hit.taught:
            return card
        question = await button_state.keep(view.db, "title", scope_of(interaction), typed)
        return await teaching.name_source(interaction, card, PickedPaper(verb, resolution.hit.handle, question), typed)
    address = PaperChoice(verb, await button_state.keep(view.db, "title", scope_of(interaction), typed))
    heading, footnote = "Nothing fits exactly; the closest papers to", ""
    chosen: Callable[[Handle], CardAddress] = opened
    if isinstance(resolution, Several):
        heading = "Several papers fit"
    elif isinstance(resolution, Nothing):
        heading, footnote = "No paper here is anything like", await _unknown(interaction, resolution.unknown_words)
    elif not resolution.probable:
        footnote = await _unknown(interaction, resolution.unknown_words)
        chosen = partial(PickedPaper, verb, question=address.question)
    hits = () if isinstance(resolution, Nothing) else resolution.hits
    offered = await view.papers([hit.handle for hit in hits])
    if offered and (year := year_of_none(typed, offered)):
        heading = f"Nothing of {year} fits; the closest papers to"
    frame = Frame(_heading(heading, typed), address, footnote)
    nothing_fits = chosen is not opened or not offered
    card = paper_cards.results(paper_cards.Results(frame.heading, offered, address, opened=chosen, footnote=footnote))
    if verb == "why":
        return card
    if nothing_fits:
        here = [(paper, chosen(paper.handle)) for paper in offered]
        card.note = outside_search.SEARCHING
        card.replacement = partial(outside_search.papers_beside, interaction, typed, verb, here, frame)
    else:
        elsewhere = OutsidePapers(verb, address.question).opened_from(address)
        card.note_buttons = [ButtonSpec("Search outside", elsewhere)]
    return card


async def _authors_like(interaction: Interaction, typed: str, *, taught: bool) -> CardView:
    view = view_of(interaction)
    recent = interaction.client.recent.of(interaction.user.id)
    resolution = await view.resolve_author(typed, recent=recent, taught=taught)
    if isinstance(resolution, Sure):
        card = await answers.card(interaction, AuthorPage(resolution.hit.handle))
        if not resolution.hit.taught:
            return card
        question = await button_state.keep(view.db, "author", scope_of(interaction), typed)
        return await teaching.name_source(interaction, card, PickedAuthor(resolution.hit.handle, question), typed)
    address = AuthorChoice(await button_state.keep(view.db, "author", scope_of(interaction), typed))
    heading, footnote = _heading("Nobody fits exactly; the closest names to", typed), ""
    picked_for: str | None = None
    match resolution:
        case Several(hits=hits, namesakes=True):
            heading = f"### {len(hits)} people are called {markdown.safe(hits[0].text, 100)}"
        case Several():
            heading = _heading("Several people fit", typed)
        case Closest(probable=False, unknown_words=unknown):
            footnote, picked_for = await _unknown(interaction, unknown), address.question
        case Nothing(unknown_words=unknown):
            heading, footnote = (
                _heading("Nobody here is called anything like", typed),
                await _unknown(interaction, unknown),
            )
    hits = () if isinstance(resolution, Nothing) else resolution.hits
    people = await view.authors([hit.handle for hit in hits])
    card = author_cards.people(heading, people, address, footnote=footnote, question=picked_for)
    if picked_for or not people:
        here: list[tuple[Author, CardAddress]] = [
            (who, PickedAuthor(who.handle, picked_for) if picked_for else AuthorPage(who.handle)) for who in people
        ]
        card.note = outside_search.SEARCHING
        frame = Frame(heading, address, footnote)
        card.replacement = partial(outside_search.people_beside, interaction, typed, here, frame)
    else:
        card.note_buttons = [ButtonSpec("Search outside", OutsidePeople(address.question).opened_from(address))]
    return card


async def _named_in(
    interaction: Interaction, typed: str, verb: PaperVerb, opened: Callable[[Handle], PaperAction | Citation]
) -> CardView:
    """The papers whose identifiers are in a text; services are asked for those that the store does not know."""
    view, named = view_of(interaction), identifiers.find(typed)
    found = await view.papers_named(named)
    if not found and (removed := await view.removed(named)):
        if verb == "why":
            return await answers.card(interaction, opened(removed[0].handle))
        raise UserError(f"“{markdown.safe(removed[0].title, 200)}” was removed by whoever runs me. Ask them for it.")
    hidden = {one: paper for one in _not_among(found, named) for paper in await view.hidden_named([one])}
    told = [answers.hidden_here(paper) for paper in dict.fromkeys(hidden.values())]
    if not found and told:
        raise UserError(" ".join(told[:2]))
    reasons = ""
    # Of a paper that the store does not know, nothing can have been posted.
    if verb != "why" and (missing := [one for one in _not_among(found, named) if one not in hidden]):
        reasons = markdown.echo(" ".join(await outside.fetch(interaction, missing)), 300)
        found = await view.papers_named(named)
    unknown = [one for one in _not_among(found, named) if one not in hidden]
    if not found:
        their = "its" if len(named) == 1 else "a"
        raise UserError(f"{not_in_store(named)} {reasons} Look for {their} title, or paste a BibTeX entry into /add.")
    if len(found) == 1 and not unknown and not told:
        return await answers.card(interaction, opened(found[0].handle))
    if unknown:
        told.insert(0, f"{not_in_store(unknown)} {reasons}")
    return paper_cards.results(
        paper_cards.Results(
            f"### {markdown.counted(len(found), 'paper')}",
            found[:MAX_PAPERS],
            PaperChoice(verb, await button_state.keep(view.db, "title", scope_of(interaction), typed)),
            opened=opened,
            total=len(found),
            footnote="\n".join(f"-# {one}" for one in told[:2]),
        )
    )


def _not_among(found: Sequence[Paper], named: Sequence[Identifier]) -> list[Identifier]:
    known = {identifier for paper in found for identifier in paper.identifiers}
    return [one for one in named if known.isdisjoint(identifiers.names_of(one))]


def year_of_none(typed: str, offered: Sequence[Paper]) -> str | None:
    """The year that was typed, where none of the papers is of it."""
    year = _YEAR.search(typed)
    return year[0] if year and not any((paper.published or "").startswith(year[0]) for paper in offered) else None


def not_in_store(named: Sequence[Identifier]) -> str:
    """A sentence that says which identifiers the store does not know."""
    shown = ", ".join(
        f"{paper_text.SCHEME_NAMES.get(i.scheme, i.scheme)} {markdown.safe(i.value, 60)}" for i in named[:3]
    )
    more = f" and {len(named) - 3:,} more" if len(named) > 3 else ""
    return f"{shown}{more} {'is' if len(named) == 1 else 'are'} not in the store."


def _heading(start: str, typed: str) -> str:
    return f"### {start} “{markdown.echo(typed, 200)}”"


def _checked(typed: str) -> str:
    cleaned = one_line(typed)
    if not cleaned:
        raise UserError("Tell me what to look for: a name, words of a title, an arXiv id or a DOI.")
    return cleaned[:MAX_TYPED]


def _unknown_words(unknown: Sequence[UnknownWord]) -> str:
    """Sentences on the words that nothing in the store has; empty if there are none."""
    sentences = []
    for word in unknown[:3]:
        meant = " or ".join(f"“{markdown.safe(w, 30)}”" for w in word.suggestions[:2])
        sentences.append(f"No “{markdown.echo(word.word, 30)}”{f'; did you mean {meant}?' if meant else '.'} ")
    return "".join(sentences)


async def _unknown(interaction: Interaction, unknown: Sequence[UnknownWord]) -> str:
    """The same in small print, or that the store is empty."""
    if not await papers.count(interaction.client.library.db):
        return "-# There are no papers here yet. Add some with /add, or ask for one by its arXiv id or DOI."
    return f"-# {words}" if (words := _unknown_words(unknown)) else ""
