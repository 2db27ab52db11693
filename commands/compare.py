"""`/compare`: two to four authors, or papers, side by side."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from itertools import combinations

from discord import app_commands

from commands import author_pages, disambiguation, options, suggestions
from commands.addresses import Comparison
from commands.author_pages import known_author
from commands.context import Interaction, drawn, scope_of, view_of
from commands.errors import UserError
from commands.respond import reply
from commands.views import comparison_cards, year_chart
from commands.views.author_summary import SomePapers
from commands.views.comparison_cards import ComparedAuthor, ComparedPaper, Together
from commands.views.layout import CardView
from store import author_profile
from store.models import Author, Frozen, Handle, Paper
from store.profiles.key_phrases import as_people_write, names_in, phrases_of
from store.storage import button_state
from store.summaries.extractive import summarise

MOST_COAUTHORS = 500
"""Co-authors of each author among whom shared ones are looked for, those with most papers together."""


class Compared(Frozen):
    """The handles of what is compared: of authors, or else of papers."""

    authors: tuple[Handle, ...] = ()
    papers: tuple[Handle, ...] = ()


@app_commands.command(name="compare", description="Two to four authors, or papers, side by side")
@app_commands.describe(
    first="An author or a paper",
    second="Another author or paper",
    third="A third one",
    fourth="A fourth one",
    private=options.PRIVATE,
)
@app_commands.autocomplete(**dict.fromkeys(("first", "second", "third", "fourth"), suggestions.suggest_either))
async def compare_command(
    interaction: Interaction,
    first: options.Title,
    second: options.Title,
    third: options.Title | None = None,
    fourth: options.Title | None = None,
    private: bool = False,
) -> None:
    """Answer `/compare`."""
    typed = [one for one in (first, second, third, fourth) if one]
    await reply(interaction, _compare(interaction, typed), private=private)


async def card(interaction: Interaction, address: Comparison) -> CardView:
    """What is compared, side by side; raises `UserError` where the store no longer holds it."""
    view = view_of(interaction)
    text = await button_state.recall(view.db, "compare", scope_of(interaction), address.question)
    if text is None:
        raise UserError("That comparison is too old. Use /compare again.")
    compared = Compared.model_validate_json(text)
    if compared.papers:
        papers = await view.papers(compared.papers)
        if len(papers) < len(compared.papers):
            raise UserError("One of those papers is no longer in the store. Use /compare again.")
        return await asyncio.to_thread(_papers, papers, address)
    return await _authors(interaction, [await known_author(view, handle) for handle in compared.authors], address)


async def _compare(interaction: Interaction, typed: Sequence[str]) -> CardView:
    found = [await _meant(interaction, one) for one in typed]
    authors = tuple(dict.fromkeys(one.handle for one in found if isinstance(one, Author)))
    papers = tuple(dict.fromkeys(one.handle for one in found if isinstance(one, Paper)))
    if authors and papers:
        raise UserError("I compare authors with authors and papers with papers. Choose those that I suggest.")
    if len(authors or papers) < len(typed):
        raise UserError("Two of those are the same. Choose two to four that differ.")
    kept = Compared(authors=authors, papers=papers).model_dump_json()
    view = view_of(interaction)
    return await card(interaction, Comparison(await button_state.keep(view.db, "compare", scope_of(interaction), kept)))


async def _meant(interaction: Interaction, typed: str) -> Author | Paper:
    try:
        return await disambiguation.the_author(interaction, typed)
    except UserError:
        return await disambiguation.the_paper(interaction, typed)


async def _authors(interaction: Interaction, people: Sequence[Author], address: Comparison) -> CardView:
    view = view_of(interaction)
    shown = [
        ComparedAuthor(one, await author_profile.load(view, one), await view.metrics(one.handle)) for one in people
    ]
    pairs = []
    for one, other in combinations(people, 2):
        joint = await author_pages.joint_papers(view, await view.papers_of(one.handle), other.handle)
        where = await author_pages.chosen_papers(interaction, one.handle, SomePapers(coauthor=other.handle))
        pairs.append(Together(one, other, len(joint), where))
    everybody = {one.handle for one in people}
    known = [{a.handle: a for a, _ in await view.coauthors(one.handle, MOST_COAUTHORS)} for one in people]
    shared = [a for handle, a in known[0].items() if handle not in everybody and all(handle in one for one in known)]
    named_years = [(one.author.name, one.profile.years) for one in shown]
    chart = await drawn(interaction, year_chart.compared, named_years)
    return comparison_cards.authors(shown, pairs, shared, chart, address)


def _papers(papers: Sequence[Paper], address: Comparison) -> CardView:
    read = phrases_of(papers)
    phrases = [one.written for one in read]
    common = sorted(set.intersection(*({*one} for one in phrases)), key=lambda key: (-len(key.split()), key))
    whole = [key for at, key in enumerate(common) if not any(f" {key} " in f" {other} " for other in common[:at])]
    names = names_in(read)
    said = [as_people_write(Counter(one[key] for one in phrases), names) for key in whole]
    shown = [ComparedPaper(one, summarise(one.title, one.abstract).tldr if one.abstract else None) for one in papers]
    return comparison_cards.papers(shown, said, address)
