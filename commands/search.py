"""`/search`: the query language over the whole store, and papers that fit a description."""

from __future__ import annotations

from discord import app_commands

from commands import options, suggestions
from commands.addresses import HitPage, SearchPage
from commands.context import Interaction, scope_of, view_of
from commands.errors import UserError
from commands.follow_ids import FollowHits
from commands.respond import reply
from commands.verbs import HitOrder
from commands.views import author_cards, markdown, paper_cards, snippet_text
from commands.views.layout import ButtonSpec, CardView
from commands.views.paging import PAGE_SIZE
from store import ranked_search
from store.lookup.resolve import Several, Sure
from store.search.described import Description
from store.search.full_text import MOST_COUNTED
from store.search.matcher import asks_for_words
from store.search.parser import parse
from store.search.query import Query
from store.search.snippets import searched_by
from store.storage import button_state
from store.view import View

DESCRIPTION_WORDS = 12
"""Words without any sign of the query language from which on they are a description and not a query; by choice: all
words of a query have to be in a paper."""
CLOSE_WORDS = 4
"""Words that no paper has together from which on papers that fit them best are shown; by choice, as fewer are mostly a
title with an error."""
_SIGNS = frozenset('"|:=*')
_ORDERS: dict[HitOrder, str] = {"relevance": "Most relevant", "date": "Newest", "citations": "Most cited"}


@app_commands.command(name="search", description="Search titles and abstracts, by words or in your own words")
@app_commands.describe(
    query=options.QUERY,
    author=options.AUTHOR,
    category=options.CATEGORY,
    since=options.SINCE,
    until="Only papers up to this date",
    code=options.CODE,
    private=options.PRIVATE,
)
@app_commands.autocomplete(author=suggestions.suggest_names)
async def search_command(
    interaction: Interaction,
    query: options.SearchText,
    author: options.QueryAuthor | None = None,
    category: options.QueryCategory | None = None,
    since: options.QueryDate | None = None,
    until: options.QueryDate | None = None,
    code: bool | None = None,
    private: bool = False,
) -> None:
    """Answer `/search`."""
    if is_description(query) and not (author or category or since or until) and code is None:
        await reply(interaction, _described(interaction, query), private=private)
        return
    read = options.read_query(query, author=author, category=category, since=since, until=until, code=code)
    await reply(interaction, _found(interaction, read), private=private)


def is_description(typed: str) -> bool:
    """Whether it is prose and no query."""
    typed_words = typed.split()
    return (
        len(typed_words) >= DESCRIPTION_WORDS
        and not _SIGNS.intersection(typed)
        and not any(word.startswith("-") and len(word) > 1 for word in typed_words)
    )


async def _found(interaction: Interaction, query: Query) -> CardView:
    question = await button_state.keep(view_of(interaction).db, "search", scope_of(interaction), query.canonical())
    return await _card(interaction, query, HitPage("relevance" if asks_for_words(query) else "date", question, 0))


async def _described(interaction: Interaction, text: str) -> CardView:
    question = await button_state.keep(view_of(interaction).db, "search", scope_of(interaction), text)
    return await _description_card(interaction, text, HitPage("description", question, 0), "Papers that fit this best")


async def page(interaction: Interaction, address: HitPage | SearchPage) -> CardView:
    """A page of hits; raises `UserError` where the search is forgotten or there is nothing like it."""
    db = interaction.client.library.db
    text = await button_state.recall(db, "search", scope_of(interaction), address.question)
    if text is None:
        raise UserError("That search is too old to turn its pages. Search again with /search.")
    if isinstance(address, SearchPage):
        address = HitPage("date", address.question, address.page, trail=address.trail)
    if address.order == "description":
        return await _description_card(interaction, text, address, "Papers that fit this best")
    return await _card(interaction, parse(text), address)


async def _card(interaction: Interaction, query: Query, address: HitPage) -> CardView:
    view = view_of(interaction)
    explained = markdown.echo(query.explain(), 300)
    start = address.page * PAGE_SIZE
    if address.order == "relevance":
        ranked = await ranked_search.by_relevance(view, query)
        handles, listed, total = ranked.handles[start : start + PAGE_SIZE], len(ranked.handles), ranked.total
    else:
        found = await view.search(query, PAGE_SIZE, start, "citations" if address.order == "citations" else "date")
        handles, listed, total = found.handles, found.total, found.total
    if handles:
        papers = await view.papers(handles)
        said = f"{_ORDERS[address.order]} first" if asks_for_words(query) or address.order != "date" else ""
        if listed < total:
            said = f"The {listed:,} most relevant; in the order of dates you can see all"
        return paper_cards.results(
            paper_cards.Results(
                heading=f"### {_counted(total)}{explained.removeprefix('papers')}"
                + (f"\n-# {said}" if said and total > 1 else ""),
                papers=papers,
                address=address,
                total=listed,
                orders=[
                    *(_order_buttons(query, address) if total > 1 else ()),
                    ButtonSpec("Follow", FollowHits(address.question)),
                ],
                snippets=snippet_text.of_papers(papers, searched_by(query)),
            )
        )
    card = await _closest_authors(view, query, explained, address)
    card = card or await _closest_papers(interaction, query, explained, address)
    if card is None:
        raise UserError(f"There are no {explained}. Ask for less, or look up a title with /paper.")
    return card


def _counted(total: int) -> str:
    over = total > MOST_COUNTED
    return f"{'More than ' if over else ''}{markdown.counted(min(total, MOST_COUNTED), 'paper')}"


def _order_buttons(query: Query, address: HitPage) -> list[ButtonSpec]:
    return [
        ButtonSpec(label, HitPage(order, address.question, 0, trail=address.trail))
        for order, label in _ORDERS.items()
        if order != address.order and (order != "relevance" or asks_for_words(query))
    ]


async def _description_card(interaction: Interaction, text: str, address: HitPage, heading: str) -> CardView:
    view = view_of(interaction)
    handles = await ranked_search.by_description(view, text)
    if not handles:
        raise UserError(
            "No paper here shares a word with that. Search for fewer words, or look up a title with /paper."
        )
    papers = await view.papers(handles[address.page * PAGE_SIZE : (address.page + 1) * PAGE_SIZE])
    said = "by words and meaning" if view.semantic else "by their words"
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### {heading}\n> {markdown.echo(text, 200)}\n-# The closest first, {said}",
            papers=papers,
            address=address,
            total=len(handles),
            snippets=snippet_text.of_papers(papers, _content(text)),
        )
    )


def _content(text: str) -> dict[str, bool]:
    return dict.fromkeys(Description(text).stems, False)


async def _closest_authors(view: View, query: Query, explained: str, address: HitPage) -> CardView | None:
    """Authors with names like the first required one that has no papers; None where each has."""
    for clause in query.required:
        first = clause.alternatives[0]
        if first.kind != "author" or (await view.search(Query(clauses=(clause,)), limit=1)).total:
            continue
        if close := await view.find_authors(first.value, PAGE_SIZE):
            return author_cards.people(
                f"### No {explained}\nThe closest names:",
                await view.authors([hit.handle for hit in close]),
                address,
            )
    return None


async def _closest_papers(interaction: Interaction, query: Query, explained: str, address: HitPage) -> CardView | None:
    """Papers with the title that the words are, or that fit them best; None where there are none."""
    view = view_of(interaction)
    terms = [t.value for clause in query.required for t in clause.alternatives if t.kind == "text"]
    typed = " ".join(terms)
    if len(terms) >= CLOSE_WORDS and not isinstance(await view.resolve_paper(typed), Sure | Several):
        question = await button_state.keep(view.db, "search", scope_of(interaction), typed)
        return await _description_card(
            interaction, typed, HitPage("description", question, 0, trail=address.trail), f"No {explained}; the closest"
        )
    close = await view.find_papers(typed, PAGE_SIZE)
    if not close.hits:
        return None
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### No {explained}\n{'By author and title' if close.by_author else 'The closest titles'}:",
            papers=await view.papers([hit.handle for hit in close.hits]),
            address=address,
        )
    )
