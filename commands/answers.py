"""What each verb answers about a paper or author that is known: from an address to a card, for commands and buttons."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import lru_cache

from commands import author_changes, author_pages, outcomes, taking_back, team_memory
from commands.addresses import (
    AbstractPage,
    AuthorChanges,
    AuthorNovelty,
    AuthorPage,
    AuthorPapers,
    AuthorPeople,
    AuthorSummaries,
    CardAddress,
    ChosenPapers,
    Citation,
    CitationPage,
    CoauthorChain,
    CompactPapers,
    PaperAction,
    PapersInOneLine,
    SamePeople,
)
from commands.author_pages import known_author
from commands.context import Interaction, view_of
from commands.errors import UserError
from commands.respond import show_progress
from commands.verbs import PaperVerb
from commands.views import (
    correction_cards,
    markdown,
    novelty_cards,
    paper_cards,
    source_cards,
)
from commands.views.layout import ButtonSpec, CardView
from commands.views.paging import MAX_PAPERS, page_buttons, page_count
from store import correcting_people
from store.catalog.citation_styles import STYLES, CitationStyle, cite
from store.guilds.hidden_papers import HiddenPaper
from store.models import Handle, Paper
from store.related_papers import related_papers
from store.search.related import FACETS
from store.summaries import extractive
from store.summaries.extractive import Summary
from store.summaries.reply_cache import ReplyCache
from store.summaries.rewriter import cached_summary, rewritten_summary

Known = (
    PaperAction
    | AbstractPage
    | Citation
    | CitationPage
    | AuthorPage
    | AuthorPapers
    | AuthorPeople
    | CoauthorChain
    | AuthorChanges
    | AuthorNovelty
    | PapersInOneLine
    | CompactPapers
    | ChosenPapers
    | AuthorSummaries
    | SamePeople
)
"""The address of a card of one paper or author."""
NOVELTY_WITHIN_S = 0.3
"""For which a card waits for the novelty; the first one of a category and year takes a second or two."""

SHORT_ABSTRACT = 10_000
"""Characters of an abstract whose summary is kept for the next card of the paper; with their number this bounds the
memory to some 10 MB. By choice: most have fewer than 2,000."""


async def card(interaction: Interaction, address: Known) -> CardView:
    """The card at this address, noted as opened. Raises `UserError` where the store no longer holds what it shows."""
    interaction.client.recent.note(interaction.user.id, address.handle)
    match address:
        case PaperAction():
            return await PAPER_ANSWERS[address.verb](interaction, address)
        case AbstractPage():
            return await abstract(interaction, address)
        case Citation() | CitationPage():
            return await citation(interaction, address)
        case AuthorPage():
            return await author_pages.profile(interaction, address)
        case AuthorPapers() | ChosenPapers():
            return await author_pages.papers(interaction, address)
        case AuthorPeople():
            return await author_pages.people(interaction, address)
        case CoauthorChain():
            return await author_pages.chain(interaction, address)
        case AuthorChanges():
            return await author_changes.since(interaction, address)
        case AuthorNovelty():
            return await novelty(interaction, address)
        case CompactPapers():
            return await author_pages.compact(interaction, address)
        case PapersInOneLine():
            return await in_one_line_each(interaction, address)
        case AuthorSummaries():
            return await newest_in_one_line_each(interaction, address)
        case SamePeople():
            return await same_people(interaction, address)


async def paper(interaction: Interaction, address: PaperAction) -> CardView:
    """The card of a paper. Like every answer, raises `UserError` where the store no longer holds it."""
    found = await _paper(interaction, address.handle)
    card = paper_cards.paper(found, await _summary(found), address, await team_memory.of_paper(interaction, found))
    return await taking_back.name_adders(interaction, card, found.handle)


async def summary(interaction: Interaction, address: PaperAction) -> CardView:
    """The paper's summary; raises `UserError` where it has no abstract."""
    library = interaction.client.library
    found = await _paper(interaction, address.handle)
    extracted = await _summary(found)
    if extracted is None or not found.abstract:
        raise UserError("This paper has no abstract to summarise. Open it with /paper for its links.")
    view = paper_cards.summarised(found, extracted, address)
    if library.rewriter:
        request = (library.rewriter, ReplyCache(library.db), found.handle, found.title, found.abstract)
        if known := await cached_summary(*request):
            return paper_cards.written(found, known, address)

        async def replacement() -> CardView | None:
            written = await rewritten_summary(*request)
            return paper_cards.written(found, written, address) if written else None

        view.replacement = replacement
    return view


async def related(interaction: Interaction, address: PaperAction) -> CardView:
    """Papers close to this one, in the facet that the verb names, and how novel it is; that may come later.

    While others wait the novelty is left out.
    """
    view = view_of(interaction)
    found = await _paper(interaction, address.handle)
    facet = next((facet for facet in FACETS if facet == address.verb), None)
    near = await related_papers(view, found, facet)
    if interaction.client.work.is_crowded():
        return paper_cards.related(found, near, address)
    measured = asyncio.ensure_future(view.novelty(found))
    done, _ = await asyncio.wait([measured], timeout=NOVELTY_WITHIN_S)
    if done:
        return paper_cards.related(found, near, address, measured.result())
    shown = paper_cards.related(found, near, address, None)

    async def replacement() -> CardView | None:
        novelty = await measured
        return paper_cards.related(found, near, address, novelty) if novelty else None

    shown.replacement = replacement
    return shown


async def one_line(interaction: Interaction, address: PaperAction) -> CardView:
    """The paper in one sentence."""
    return await _one_liners([await _paper(interaction, address.handle)], "", address)


async def newest_in_one_line_each(interaction: Interaction, address: AuthorSummaries) -> CardView:
    """One sentence for each of an author's newest papers."""
    view = view_of(interaction)
    found = await known_author(view, address.handle)
    written = await view.papers_of(address.handle)
    newest = await view.papers(written[:MAX_PAPERS])
    count = markdown.counted(len(written), "paper")
    heading = f"### {markdown.safe(found.name, 200)}: {count}, the newest in one line each"
    return await _one_liners(newest, heading, address)


async def novelty(interaction: Interaction, address: AuthorNovelty) -> CardView:
    """How novel the newest papers of an author are."""
    view = view_of(interaction)
    who = await known_author(view, address.handle)
    newest = await view.papers((await view.papers_of(who.handle))[: novelty_cards.NEWEST_PAPERS])
    shown = []
    for number, paper in enumerate(newest, 1):
        await show_progress(interaction, f"-# Comparing {number} of {len(newest)} with earlier papers …")
        shown.append((paper, await view.novelty(paper)))
    return novelty_cards.of_author(who, shown, address)


async def in_one_line_each(interaction: Interaction, address: PapersInOneLine) -> CardView:
    """One sentence for each paper of a page of an author's papers."""
    shown = await author_pages.page_of_papers(interaction, address)
    at = replace(address, page=shown.page)
    pages = page_buttons(shown.page, page_count(shown.total), lambda page: replace(at, page=page))
    count = markdown.counted(shown.total, "paper")
    return await _one_liners(shown.papers, f"### {markdown.safe(shown.author.name, 200)}: {count}", at, pages)


async def abstract(interaction: Interaction, address: PaperAction | AbstractPage) -> CardView:
    """A page of the paper's abstract."""
    page = address.page if isinstance(address, AbstractPage) else 0
    return paper_cards.abstract(await _paper(interaction, address.handle), address, page)


async def marked_abstract(interaction: Interaction, address: PaperAction) -> CardView:
    """The abstract with the sentences of the summary marked in it."""
    found = await _paper(interaction, address.handle)
    extracted = await _summary(found)
    if extracted is None or not found.abstract:
        return paper_cards.abstract(found, address)
    segments = await asyncio.to_thread(extractive.highlight, found.abstract, extracted)
    return paper_cards.marked(found, segments, address)


async def citation(interaction: Interaction, address: PaperAction | Citation | CitationPage) -> CardView:
    """A page of a reference to the paper, in BibTeX unless the address has another style."""
    style: CitationStyle = "bibtex" if isinstance(address, PaperAction) else address.style
    page = address.page if isinstance(address, CitationPage) else 0
    found = await _paper(interaction, address.handle)
    # A list of 5,000 authors takes a tenth of a second.
    body = await asyncio.to_thread(cite, found, style)
    return paper_cards.citation(found, style, body, STYLES, address, page)


async def authors_of(interaction: Interaction, address: PaperAction) -> CardView:
    """The authors of a paper."""
    found = await _paper(interaction, address.handle)
    view = view_of(interaction)
    said = await correcting_people.of_paper(view, found.handle)
    return correction_cards.authors_of(found, await view.authors_of(found.handle), said, address)


async def sources(interaction: Interaction, address: PaperAction) -> CardView:
    """What each source says where they differ."""
    return source_cards.differences(await _paper(interaction, address.handle), address)


async def same_people(interaction: Interaction, address: SamePeople) -> CardView:
    """Who else may be the same person as an author, and what speaks for it."""
    view = view_of(interaction)
    found = await known_author(view, address.handle)
    return correction_cards.same_people(found, await view.same_people(found.handle), address)


def hidden_here(hidden: HiddenPaper) -> str:
    """That a paper is hidden, by whom, and who can change it."""
    return (
        f"“{markdown.safe(hidden.title, 200)}” was hidden on this server by <@{hidden.person}>"
        f" {markdown.moment(hidden.at)}. Who manages channels can show it again with /hidden."
    )


async def _paper(interaction: Interaction, handle: Handle) -> Paper:
    view = view_of(interaction)
    found = await view.paper(handle)
    if found is None:
        for hidden in await view.hidden_named([handle]):
            raise UserError(hidden_here(hidden))
        raise UserError("That paper is no longer in the store. Look it up again with /paper.")
    return found


async def _summary(found: Paper) -> Summary | None:
    if not found.abstract:
        return None
    is_short = len(found.abstract) <= SHORT_ABSTRACT
    return await asyncio.to_thread(_remembered if is_short else extractive.summarise, found.title, found.abstract)


_remembered = lru_cache(maxsize=500)(extractive.summarise)


async def _one_liners(
    shown: Sequence[Paper], heading: str, address: CardAddress, pages: Sequence[ButtonSpec] = ()
) -> CardView:
    summaries = [await _summary(one) for one in shown]
    tldrs = [extracted.tldr if extracted else None for extracted in summaries]
    return paper_cards.one_liners(heading, list(zip(shown, tldrs, strict=True)), address, pages)


PAPER_ANSWERS: dict[PaperVerb, Callable[[Interaction, PaperAction], Awaitable[CardView]]] = {
    "open": paper,
    "summary": summary,
    "line": one_line,
    "abstract": abstract,
    "marked": marked_abstract,
    "related": related,
    **dict.fromkeys(FACETS, related),
    "cite": citation,
    "authors": authors_of,
    "why": outcomes.of_paper,
    "sources": sources,
}
