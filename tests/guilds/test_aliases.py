"""What a query stands for in a guild, and what the list of it shows."""

from __future__ import annotations

from store.catalog import authors
from store.guilds import aliases
from store.guilds.aliases import MAX_QUERY, Alias
from store.models import Authorship, Identifier
from store.storage.database import Database
from tests.guilds.channels import arrive, meant_by, record

GONE = "a" * 13


async def handle_of(db: Database, title: str) -> str:
    async with (
        db.read() as connection,
        connection.execute("SELECT handle FROM papers WHERE title = ?", [title]) as rows,
    ):
        ((handle,),) = await rows.fetchall()
    return str(handle)


async def test_a_query_stands_for_what_was_picked_in_its_guild(db: Database) -> None:
    await arrive(db, record("Web Agents", authors=[Authorship(name="Zehan Qi", position=1)]), "Web Tools")
    agents, tools = await handle_of(db, "Web Agents"), await handle_of(db, "Web Tools")
    (author,) = await authors.of_paper(db, agents)
    assert await aliases.remember(db, 1, "title", "That Paper", agents, taught_by=7)
    assert await aliases.remember(db, 1, "author", "the boss", author.handle, taught_by=7)
    assert await aliases.remember(db, 1, "title", "a gone one", GONE, taught_by=7)
    assert meant_by(db, 1, "title", "thát  paper") == agents
    assert meant_by(db, 1, "author", "that paper") is None
    assert meant_by(db, 2, "title", "that paper") is None
    assert await aliases.entries(db, 1) == [
        Alias(kind="author", query="the boss", handle=author.handle, text="Zehan Qi"),
        Alias(kind="title", query="a gone one", handle=GONE, text=None),
        Alias(kind="title", query="That Paper", handle=agents, text="Web Agents"),
    ]
    assert await aliases.remember(db, 1, "title", "that paper!", tools, taught_by=7)
    assert meant_by(db, 1, "title", "That Paper") == tools
    assert len(list(await aliases.regression_cases(db, 1))) == 2, "nothing is expected of one that is gone"


async def test_an_alias_of_a_paper_that_was_merged_shows_the_paper_that_stays(db: Database) -> None:
    arxiv, doi = Identifier(scheme="arxiv", value="2601.00001"), Identifier(scheme="doi", value="10.1/a")
    await arrive(db, record("A Preprint of Agents", identifiers=[arxiv]))
    await arrive(db, record("Agents, Published", identifiers=[doi]))
    before = await handle_of(db, "Agents, Published")
    await aliases.remember(db, 1, "title", "that paper", before, taught_by=7)
    await arrive(db, record("Agents, Published", identifiers=[arxiv, doi]))
    assert meant_by(db, 1, "title", "that paper") == before
    (alias,) = await aliases.entries(db, 1)
    assert alias.text in ("A Preprint of Agents", "Agents, Published")


async def test_what_is_too_long_or_has_no_word_is_not_remembered(db: Database) -> None:
    assert await aliases.remember(db, 1, "title", "a" * MAX_QUERY, GONE, taught_by=7)
    assert not await aliases.remember(db, 1, "title", "a" * (MAX_QUERY + 1), GONE, taught_by=7)
    assert not await aliases.remember(db, 1, "title", "?!", GONE, taught_by=7)
