"""`/search`: the query language over the whole store."""

from __future__ import annotations

from functools import partial

from discord import app_commands

from commands import custom_ids, disambiguation, options
from commands.buttons import StatefulButton
from commands.context import Interaction, scope_of, view_of
from commands.errors import UserError
from commands.respond import edit_or_reply, reply
from commands.views import author_cards, markdown, paper_cards
from commands.views.layout import CardView
from commands.views.paging import PAGE_SIZE
from store.search.query import Query, parse
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
@app_commands.autocomplete(author=disambiguation.suggest_names)
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
    await reply(interaction, _first_page(interaction, read), private=private)


class SearchPageButton(StatefulButton[custom_ids.SearchPage], id_type=custom_ids.SearchPage):
    """Another page of hits."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, _later_page(interaction, self.state))


async def _first_page(interaction: Interaction, query: Query) -> CardView:
    if card := await _page(interaction, query, 0):
        return card
    view = view_of(interaction)
    explained = markdown.echo(query.explain(), 300)
    card = await _closest_authors(view, query, explained) or await _closest_papers(view, query, explained)
    if card is None:
        raise UserError(f"There are no {explained}. Ask for less, or look up a title with /paper.")
    return card


async def _later_page(interaction: Interaction, state: custom_ids.SearchPage) -> CardView:
    text = await button_state.recall(interaction.client.library.db, "search", scope_of(interaction), state.question)
    if text is None:
        raise UserError("That search is too old to turn its pages. Search again with /search.")
    card = await _page(interaction, parse(text), state.page)
    if card is None:
        raise UserError("The store no longer holds any of these papers. Search again with /search.")
    return card


async def _page(interaction: Interaction, query: Query, page: int) -> CardView | None:
    """A page of hits; None where there are none."""
    view = view_of(interaction)
    found = await view.search(query, limit=PAGE_SIZE, offset=page * PAGE_SIZE)
    if not found.total:
        return None
    question = None
    if found.total > PAGE_SIZE:
        question = await button_state.keep(view.db, "search", scope_of(interaction), query.canonical())
    explained = markdown.echo(query.explain(), 300).removeprefix("papers")
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### {markdown.counted(found.total, 'paper')}{explained}",
            papers=await view.papers(found.handles),
            page=page,
            total=found.total,
            page_id=partial(custom_ids.SearchPage, question) if question else None,
        )
    )


async def _closest_authors(view: View, query: Query, explained: str) -> CardView | None:
    """Authors with names like the first required one that has no papers; None where each has."""
    for clause in query.required:
        first = clause.alternatives[0]
        if first.kind != "author" or (await view.search(Query(clauses=(clause,)), limit=1)).total:
            continue
        if close := await view.find_authors(first.value, PAGE_SIZE):
            return author_cards.people(
                f"### No {explained}\nThe closest names:",
                await view.authors([hit.handle for hit in close]),
            )
    return None


async def _closest_papers(view: View, query: Query, explained: str) -> CardView | None:
    """Papers by the author and title that the words name, or with titles like them; None where there are none."""
    words = " ".join(t.value for clause in query.required for t in clause.alternatives if t.kind == "text")
    close = await view.find_papers(words, PAGE_SIZE)
    if not close.hits:
        return None
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### No {explained}\n{'By author and title' if close.by_author else 'The closest titles'}:",
            papers=await view.papers([hit.handle for hit in close.hits]),
        )
    )
