"""`/search`: the query language over the whole store."""

from __future__ import annotations

from discord import app_commands

from commands import disambiguation
from commands.context import Interaction, UserError
from commands.respond import reply
from commands.views import author_cards, markdown, paper_cards, parts
from commands.views.layout import CardView
from store.catalog import authors, papers
from store.library import Library
from store.search import full_text
from store.search.query import Query, QueryError, parse
from store.storage import button_state


@app_commands.command(name="search", description="Search titles and abstracts; the newest papers first")
@app_commands.describe(
    query='Words, "a phrase", -not, a|b, author:"Zehan Qi", cat:cs.CL, code:yes, since:2024',
    author="Only papers by this author",
    category="Only papers in this category, as cs.CL or CL",
    since="Only papers from this date on, as 2024 or 2024-08-12",
    until="Only papers up to this date",
    code="Only papers with, or without, known code",
    private="Show the answer to me only",
)
@app_commands.autocomplete(author=disambiguation.suggest_names)
async def search_command(
    interaction: Interaction,
    query: app_commands.Range[str, 1, 400] | None = None,
    author: app_commands.Range[str, 1, 100] | None = None,
    category: app_commands.Range[str, 1, 30] | None = None,
    since: app_commands.Range[str, 4, 10] | None = None,
    until: app_commands.Range[str, 4, 10] | None = None,
    code: bool | None = None,
    private: bool = False,
) -> None:
    """Answer `/search`."""
    options = {"author": author, "cat": category, "since": since, "until": until}
    parts = [query or "", *(f'{name}:"{value.replace(chr(34), "")}"' for name, value in options.items() if value)]
    if code is not None:
        parts.append(f"code:{'yes' if code else 'no'}")
    asked = read_query(" ".join(parts))
    await reply(interaction, _first_page(interaction.client.library, asked), private=private)


def read_query(typed: str) -> Query:
    """The query that was typed; raises `UserError` with what is wrong with it."""
    try:
        return parse(typed)
    except QueryError as error:
        raise UserError(markdown.echo(str(error), 400)) from error


async def page_of_search(library: Library, token: str, page: int) -> CardView:
    """Another page of a search, by the token of its query."""
    asked = await button_state.recall(library.db, token)
    if asked is None:
        raise UserError("That search is too old to turn its pages. Please search again with /search.")
    return await _page(library, parse(asked), page)


async def _first_page(library: Library, asked: Query) -> CardView:
    found = await full_text.search(library.db, asked, limit=1)
    if found.total:
        return await _page(library, asked, 0)
    said = markdown.echo(asked.explain(), 300)
    for clause in asked.required:
        if clause.alternatives[0].kind == "author":
            by_them = await full_text.search(library.db, Query(clauses=(clause,)), limit=1)
            people = [] if by_them.total else await library.lookup.authors(clause.alternatives[0].value, parts.PAGE)
            if people:
                return author_cards.people(
                    f"### No {said}\nThe closest names:",
                    await authors.by_handles(library.db, [h.handle for h in people]),
                )
    words = " ".join(t.value for clause in asked.required for t in clause.alternatives if t.kind == "text")
    close = await library.find_papers(words, parts.PAGE)
    if not close.hits:
        raise UserError(f"There are no {said}. Ask for less, or look up a title with /paper.")
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### No {said}\n{'By authors and title' if close.by_author else 'The closest titles'}:",
            papers=await papers.by_handles(library.db, [h.handle for h in close.hits]),
        )
    )


async def _page(library: Library, asked: Query, page: int) -> CardView:
    found = await full_text.search(library.db, asked, limit=parts.PAGE, offset=page * parts.PAGE)
    turn = f"search:{await button_state.keep(library.db, asked.canonical())}" if found.total > parts.PAGE else None
    said = markdown.echo(asked.explain(), 300).removeprefix("papers")
    return paper_cards.results(
        paper_cards.Results(
            heading=f"### {markdown.counted(found.total, 'paper')}{said}",
            papers=await papers.by_handles(library.db, found.handles),
            page=page,
            total=found.total,
            turn=turn,
        )
    )
