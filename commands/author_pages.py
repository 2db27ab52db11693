"""What is shown of an author: who they are, and their papers, all or some of them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

from commands.addresses import (
    AuthorPage,
    AuthorPapers,
    AuthorPeople,
    ChosenPapers,
    CoauthorChain,
    CompactPapers,
    PapersInOneLine,
)
from commands.context import Interaction, drawn, scope_of, view_of
from commands.errors import UserError
from commands.verbs import PaperOrder
from commands.views import author_cards, markdown, people_cards, profile_cards, year_chart
from commands.views.author_summary import ALL, SomePapers, facts
from commands.views.layout import CardView
from commands.views.paging import PAGE_SIZE, page_count
from store import author_profile, correcting_people
from store.catalog import collaboration
from store.catalog.collaboration import TooFarError
from store.catalog.novelty import LEAST_EARLIER
from store.catalog.novelty_percentile import LEAST_COMPARED
from store.guilds import person_intakes
from store.models import Author, Handle, Paper
from store.search.matcher import is_match, relevance
from store.search.parser import parse
from store.storage import button_state
from store.view import View

MOST_COAUTHORS = 500
"""Co-authors of whom the pages tell, those with most papers together."""


async def profile(interaction: Interaction, address: AuthorPage) -> CardView:
    """Who an author is and what they work on. Raises `UserError` where the store no longer holds them."""
    view, handle = await view_of(interaction).for_one_answer(), address.handle
    found, coauthors = await known_author(view, handle), await view.coauthors(handle)
    group = sorted(await view.group(handle))
    what = await author_profile.load(view, found)
    told = facts(what, coauthors)
    chosen = await _kept_all(interaction, [fact.which for fact in told])
    behind = [(fact, ChosenPapers("newest", handle, one, 0)) for fact, one in zip(told, chosen, strict=True)]
    alike = await view.alike(handle)
    same = await view.same_people(handle) if alike else []
    shown = profile_cards.ProfileView(
        author=found,
        profile=what,
        metrics=await view.metrics(handle),
        coauthors=coauthors,
        behind=behind,
        intakes=[one for member in group for one in await person_intakes.of_author(view.db, member)],
        said=await correcting_people.of_person(view, handle),
        alike=same[0].author if same else None,
        has_alike=bool(alike),
        is_compared=(await view.lookup.title_frequencies(set()))[0] >= LEAST_EARLIER + LEAST_COMPARED,
        has_web=interaction.client.web_url is not None,
        today=datetime.now(UTC).date(),
        chart=await drawn(interaction, year_chart.chart, what.years),
    )
    return profile_cards.profile(shown, address)


async def papers(interaction: Interaction, address: AuthorPapers | ChosenPapers) -> CardView:
    """A page of an author's papers, all or some; raises `UserError` as above, and where the choice is too old."""
    shown = await page_of_papers(interaction, address)
    return author_cards.papers(shown, replace(address, page=shown.page))


async def compact(interaction: Interaction, address: CompactPapers) -> CardView:
    """The same in a line each; raises `UserError` likewise."""
    shown = await page_of_papers(interaction, address, author_cards.COMPACT_SIZE)
    return author_cards.compact(shown, replace(address, page=shown.page))


async def page_of_papers(
    interaction: Interaction,
    address: AuthorPapers | ChosenPapers | PapersInOneLine | CompactPapers,
    size: int = PAGE_SIZE,
) -> author_cards.PapersView:
    """What such a page of so many papers shows; raises `UserError` likewise."""
    view, handle = view_of(interaction), address.handle
    found = await known_author(view, handle)
    order: PaperOrder = "newest"
    which = ALL
    if not isinstance(address, AuthorPapers):
        order, which = address.order, await _recalled(interaction, address.question)
    written = await view.papers_of(handle)
    if order == "newest" and which == ALL:
        page = min(address.page, page_count(len(written), size) - 1)
        shown, total = await view.papers(written[page * size : (page + 1) * size]), len(written)
    else:
        chosen = await _chosen(view, written, which, order)
        page = min(address.page, page_count(len(chosen), size) - 1)
        shown, total = chosen[page * size : (page + 1) * size], len(chosen)
    question = await _kept(interaction, which)
    coauthor = await view.author(which.coauthor) if which.coauthor else None
    return author_cards.PapersView(found, shown, total, page, question, which, coauthor, order)


async def some_papers(interaction: Interaction, handle: Handle, which: SomePapers) -> CardView:
    """The first page of some of an author's papers, with the way back to the author."""
    address = await chosen_papers(interaction, handle, which)
    return await papers(interaction, address.opened_from(AuthorPage(handle)))


async def people(interaction: Interaction, address: AuthorPeople) -> CardView:
    """A page of those who wrote with an author, in the order of the address; raises `UserError` as above."""
    view, handle = view_of(interaction), address.handle
    found = await known_author(view, handle)
    if address.sort == "latest":
        everybody = await _latest_coauthors(view, found)
    else:
        everybody = [who for who, _ in await view.coauthors(handle, MOST_COAUTHORS)]
    page = min(address.page, page_count(len(everybody), people_cards.PER_PAGE) - 1)
    on_page = everybody[page * people_cards.PER_PAGE : (page + 1) * people_cards.PER_PAGE]
    shown = [await _together(interaction, handle, who) for who in on_page]
    return people_cards.coauthors(found, shown, len(everybody), replace(address, page=page))


async def _latest_coauthors(view: View, who: Author) -> list[Author]:
    found: dict[Handle, Author] = {}
    for paper in (await view.papers_of(who.handle))[: people_cards.NEWEST_PAPERS]:
        found |= {one.handle: one for one in await view.authors_of(paper) if one.handle not in found}
    found.pop(who.handle, None)
    return list(found.values())


async def chain(interaction: Interaction, address: CoauthorChain) -> CardView:
    """The shortest chain of joint papers between two authors; raises `UserError` where there is none."""
    view = view_of(interaction)
    one, other = await known_author(view, address.handle), await known_author(view, address.other)
    hidden = await view.hidden_handles()
    try:
        found = await collaboration.shortest_chain(view.db, one.handle, other.handle, hidden)
    except TooFarError:
        raise UserError(f"{_both(one, other)} are further apart than I can look. Try somebody between them.") from None
    if not found:
        raise UserError(f"I know no papers that connect {_both(one, other)} in {collaboration.MOST_STEPS} steps.")
    people = [await known_author(view, handle) for handle in found]
    steps = [(one, await _together(interaction, one.handle, following)) for one, following in pairwise(people)]
    return people_cards.chain(one, other, steps, address)


async def _together(interaction: Interaction, handle: Handle, coauthor: Author) -> people_cards.Coauthor:
    """What a co-author wrote with the author of that handle."""
    view = view_of(interaction)
    papers = await view.papers(await joint_papers(view, await view.papers_of(handle), coauthor.handle))
    joint = await chosen_papers(interaction, handle, SomePapers(coauthor=coauthor.handle))
    return people_cards.Coauthor(coauthor, papers, joint)


async def joint_papers(view: View, written: Sequence[Handle], coauthor: Handle) -> list[Handle]:
    """Of the papers those that somebody else wrote, too."""
    theirs = {*await view.papers_of(coauthor)}
    return [paper for paper in written if paper in theirs]


def _both(one: Author, other: Author) -> str:
    return f"{markdown.safe(one.name, 100)} and {markdown.safe(other.name, 100)}"


async def known_author(view: View, handle: Handle) -> Author:
    """The author of that handle; raises `UserError` where the store no longer holds them."""
    found = await view.author(handle)
    if found is None:
        raise UserError("That author is no longer in the store. Look them up again with /author.")
    return found


async def _chosen(view: View, written: Sequence[Handle], which: SomePapers, order: PaperOrder) -> list[Paper]:
    if which.coauthor:
        written = await joint_papers(view, written, which.coauthor)
    found = await view.papers(written)
    return await asyncio.to_thread(_ordered, found, which.query, order)


def _ordered(papers: Sequence[Paper], query: str, order: PaperOrder) -> list[Paper]:
    """The papers, newest first, that match the query; in the order asked for."""
    read = parse(query) if query else None
    matching = [paper for paper in papers if read is None or is_match(read, paper)]
    match order:
        case "newest":
            return matching
        case "oldest":
            return sorted(matching, key=lambda paper: paper.published or "9999")
        case "cited":
            return sorted(matching, key=lambda paper: -(paper.citations or 0))
        case "relevant":
            return sorted(matching, key=lambda paper: -relevance(read, paper) if read else 0)


async def chosen_papers(interaction: Interaction, handle: Handle, which: SomePapers) -> ChosenPapers:
    """Where some of an author's papers are shown, the newest first."""
    return ChosenPapers("newest", handle, await _kept(interaction, which), 0)


async def _kept(interaction: Interaction, which: SomePapers) -> Handle:
    (token,) = await _kept_all(interaction, [which])
    return token


async def _kept_all(interaction: Interaction, choices: Sequence[SomePapers]) -> list[Handle]:
    texts = [which.model_dump_json() for which in choices]
    return await button_state.keep_all(view_of(interaction).db, "papers", scope_of(interaction), texts)


async def _recalled(interaction: Interaction, question: Handle) -> SomePapers:
    text = await button_state.recall(view_of(interaction).db, "papers", scope_of(interaction), question)
    if text is None:
        raise UserError("That choice of papers is too old. Open the author again with /author.")
    return SomePapers.model_validate_json(text)
