"""The paper that somebody names on the command line."""

from __future__ import annotations

from bot.errors import ExpectedError
from store.catalog import removed_papers
from store.catalog.removed_papers import RemovedPaper
from store.library import Library
from store.lookup.resolve import Sure
from store.models import Paper
from store.text import identifiers
from store.text.normalize import fold


async def named_paper(library: Library, text: str) -> Paper:
    """The paper that a handle, an identifier or a title that is sure names; raises `ExpectedError` for any other."""
    view = library.view()
    if paper := await view.paper(text):
        return paper
    if named := identifiers.find(text):
        found = await view.papers_named(named)
        if len(found) > 1:
            raise ExpectedError(f"{text!r} names {len(found)} papers; name one at a time.")
    else:
        resolved = await view.resolve_paper(text)
        found = await view.papers([resolved.hit.handle]) if isinstance(resolved, Sure) else []
    if not found and await removed_paper(library, text):
        raise ExpectedError(f"The paper of {text!r} was removed; lectern removed lists it.")
    if not found:
        raise ExpectedError(f"No paper is found for {text!r}; name it by handle, arXiv id, DOI or its whole title.")
    return found[0]


async def removed_paper(library: Library, text: str) -> RemovedPaper | None:
    """The removed paper that a handle, an identifier or its whole title names; None where it is not one."""
    everything = await removed_papers.newest_first(library.db)
    keys = {(one.scheme, one.value) for one in identifiers.find(text)}
    handled = [one for one in everything if text in (one.before.handle, *one.before.former)]
    named = [one for one in everything if not keys.isdisjoint(one.before.keys)]
    titled = [one for one in everything if fold(one.paper.title) == fold(text)]
    found = handled or named or titled
    return found[0] if len(found) == 1 else None
