"""`/search`: the query language over the whole store."""

from __future__ import annotations

from discord import app_commands

from commands import options, suggestions
from commands.addresses import SearchPage
from commands.context import Interaction, scope_of, view_of
from commands.errors import UserError
from commands.respond import reply
from commands.views import author_cards, markdown, paper_cards
from commands.views.layout import CardView
from commands.views.paging import PAGE_SIZE
from store.search.parser import parse
from store.search.query import Query
from store.storage import button_state
from store.view import View


@app_commands.command(name="search", description="Search titles and abstracts; the newest papers first")
@app_commands.describe(
    query=options.QUERY,
    author=options.AUTHOR,
    category=options.CATEGORY,
    since="Only papers from this date on, such as 2024 or 2024-08-12",
    until="Only papers up to this date",
    code=options.CODE,
    private=options.PRIVATE,
)
@app_commands.autocomplete(author=suggestions.suggest_names)
async def search_command(
    interaction: Interaction,
    query: options.QueryText,
    author: options.QueryAuthor | None = None,
    category: options.QueryCategory | None = None,
    since: app_commands.Range[str, 4, 10] | None = None,
    until: app_commands.Range[str, 4, 10] | None = None,
    code: bool | None = None,
    private: bool = False,
) -> None:
    """Answer `/search`."""
    read = options.read_query(query, author=author, category=category, since=since, until=until, code=code)
    await reply(interaction, _found(interaction, read), private=private)


async def _found(interaction: Interaction, query: Query) -> CardView:
    question = await button_state.keep(view_of(interaction).db, "search", scope_of(interaction), query.canonical())
    return await _card(interaction, query, SearchPage(question, 0))


async def page(interaction: Interaction, address: SearchPage) -> CardView:
    """A page of hits; raises `UserError` where the search is forgotten or there is nothing like it."""
    db = interaction.client.library.db
    text = await button_state.recall(db, "search", scope_of(interaction), address.question)
    if text is None:
        raise UserError("That search is too old to turn its pages. Search again with /search.")
    return await _card(interaction, parse(text), address)


async def _card(interaction: Interaction, query: Query, address: SearchPage) -> CardView:
    view = view_of(interaction)
    explained = markdown.echo(query.explain(), 300)
    found = await view.search(query, limit=PAGE_SIZE, offset=address.page * PAGE_SIZE)
    if found.handles:
        return paper_cards.results(
            paper_cards.Results(
                heading=f"### {markdown.counted(found.total, 'paper')}{explained.removeprefix('papers')}",
                papers=await view.papers(found.handles),
                address=address,
                total=found.total,
            )
        )
    card = await _closest_authors(view, query, explained, address)
    card = card or await _closest_papers(view, query, explained, address)
    if card is None:
        raise UserError(f"There are no {explained}. Ask for less, or look up a title with /paper.")
    return card


async def _closest_authors(view: View, query: Query, explained: str, address: SearchPage) -> CardView | None:
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


async def _closest_papers(view: View, query: Query, explained: str, address: SearchPage) -> CardView | None:
    """Papers by the author and title that the words name, or with titles like them; None where there are none."""
    words = " ".join(t.value for clause in query.required for t in clause.alternatives if t.kind == "text")
    close = await view.find_papers(words, PAGE_SIZE)
    if not close.hits:
        return None
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### No {explained}\n{'By author and title' if close.by_author else 'The closest titles'}:",
            papers=await view.papers([hit.handle for hit in close.hits]),
            address=address,
        )
    )
