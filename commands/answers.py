"""From a handle to a view: what commands and buttons both answer with."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from commands.context import UserError
from commands.views import author_cards, markdown, paper_cards, parts
from commands.views.layout import CardView
from store.catalog import authors, papers
from store.catalog.citation_styles import STYLES, cite
from store.catalog.related import nearest
from store.library import Library
from store.models import Author, Handle, Paper
from store.summaries.extractive import Summary, highlight, summarise
from store.summaries.reply_cache import ReplyCache
from store.summaries.rewriter import cached_summary, rewritten_summary

GONE = "That paper is no longer in the store. Please look it up again with /paper."


async def paper(library: Library, handle: Handle) -> CardView:
    """The card of a paper; raises `UserError` where the store no longer holds it."""
    found = await held(library, handle)
    return paper_cards.paper(found, await _summary(found))


async def held(library: Library, handle: Handle) -> Paper:
    """The paper of that handle; raises `UserError` where there is none."""
    found = await papers.by_handle(library.db, handle)
    if found is None:
        raise UserError(GONE)
    return found


async def summary(library: Library, handle: Handle) -> CardView:
    """The paper's summary; raises `UserError` where it came without an abstract."""
    found = await held(library, handle)
    derived = await _summary(found)
    if derived is None or not found.abstract:
        raise UserError("This paper came without an abstract; there is nothing to summarise. Its card has its links.")
    view = paper_cards.summarised(found, derived)
    if library.rewriter:
        asked = (library.rewriter, ReplyCache(library.db), found.handle, found.title, found.abstract)
        if known := await cached_summary(*asked):
            return paper_cards.written(found, known)

        async def later() -> CardView | None:
            written = await rewritten_summary(*asked)
            return paper_cards.written(found, written) if written else None

        view.later = later
    return view


async def related(library: Library, handle: Handle) -> CardView:
    """Papers near this one, each with the reason."""
    found = await held(library, handle)
    near = await nearest(library.db, found)
    return paper_cards.related(found, near)


async def _summary(found: Paper) -> Summary | None:
    if not found.abstract:
        return None
    return await asyncio.to_thread(summarise, found.title, found.abstract)


async def line(library: Library, handle: Handle) -> CardView:
    """The paper in one sentence."""
    return await _lines(library, [await held(library, handle)], "")


async def overview(library: Library, handle: Handle) -> CardView:
    """One sentence for each of an author's newest papers; raises `UserError` where the store no longer holds them."""
    found = await _author(library, handle)
    written = await authors.papers_of(library.db, handle)
    newest = await papers.by_handles(library.db, written[: parts.MOST])
    heading = (
        f"### {markdown.safe(found.name, 200)}: {markdown.counted(len(written), 'paper')}, the newest in a line each"
    )
    return await _lines(library, newest, heading)


async def _lines(library: Library, shown: Sequence[Paper], heading: str) -> CardView:
    summaries = [await _summary(one) for one in shown]
    return paper_cards.lines(heading, [(one, s.tldr if s else None) for one, s in zip(shown, summaries, strict=True)])


async def abstract(library: Library, handle: Handle, page: int = 0) -> CardView:
    """The paper's abstract, from that page on."""
    return paper_cards.abstract(await held(library, handle), page)


async def marked(library: Library, handle: Handle) -> CardView:
    """The abstract with the sentences of the summary marked in it."""
    found = await held(library, handle)
    derived = await _summary(found)
    if derived is None or not found.abstract:
        return paper_cards.abstract(found)
    return paper_cards.marked(found, highlight(found.abstract, derived))


async def citation(library: Library, handle: Handle, style: str) -> CardView:
    """A reference to the paper; raises `UserError` for a style that there is not."""
    if style not in STYLES:
        raise UserError(f"There is no style of that name; I know {', '.join(STYLES)}.")
    found = await held(library, handle)
    return paper_cards.citation(found, style, cite(found, style), STYLES)


async def authors_of(library: Library, handle: Handle) -> CardView:
    """Everybody on a paper."""
    found = await held(library, handle)
    return author_cards.authors_of(found, await authors.of_paper(library.db, handle))


async def author(library: Library, handle: Handle, page: int = 0) -> CardView:
    """A page of an author's papers, under their figures; raises `UserError` where the store no longer holds them."""
    found = await _author(library, handle)
    written = await authors.papers_of(library.db, handle)
    page = min(page, max(0, (len(written) - 1) // parts.PAGE))
    shown = author_cards.AuthorView(
        author=found,
        metrics=await authors.metrics(library.db, handle),
        papers=await papers.by_handles(library.db, written[page * parts.PAGE : (page + 1) * parts.PAGE]),
        total=len(written),
        coauthors=await authors.coauthors(library.db, handle),
    )
    return author_cards.author(shown, page)


async def _author(library: Library, handle: Handle) -> Author:
    found = await authors.by_handle(library.db, handle)
    if found is None:
        raise UserError("That author is no longer in the store. Please look them up again with /author.")
    return found


Answer = Callable[[Library, Handle], Awaitable[CardView]]

PAPER_VERBS: dict[str, Answer] = {
    "open": paper,
    "summary": summary,
    "line": line,
    "abstract": abstract,
    "marked": marked,
    "related": related,
    "cite": lambda library, handle: citation(library, handle, "bibtex"),
    "authors": authors_of,
}
