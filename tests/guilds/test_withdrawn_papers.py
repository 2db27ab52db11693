"""A paper that is withdrawn before it is posted is not posted, and its row says so."""

from __future__ import annotations

from store import ingest
from store.models import Identifier, ParsedSource, Source, Withdrawal
from store.storage.database import Database
from tests.guilds.channels import DAILY, NOW, arrive, begin, deliver, outcomes, record, rows, states, subscribe, titles

GIVEN = (Identifier(scheme="arxiv", value="2603.00001"),)


async def withdraw(db: Database) -> None:
    one = Withdrawal(source=Source(kind="arxiv", name="arXiv", retrieved=NOW), identifier=GIVEN[0])
    await ingest.take(db, "arXiv", ParsedSource(withdrawals=(one,)), now=NOW)


async def test_a_withdrawn_paper_leaves_its_place_to_others(db: Database) -> None:
    await subscribe(db, "agents", cap=1)
    await arrive(db, record("Web Agents", identifiers=GIVEN), "More Agents")
    await withdraw(db)
    (digest,) = await deliver(db)
    assert (titles(digest), digest.over_cap) == (["More Agents"], 0)
    assert sorted(await states(db)) == ["dropped", "posted"]
    assert {row["note"] for row in await rows(db)} == {"the paper was withdrawn before it was posted", None}
    assert await outcomes(db, "Web Agents") == ["dropped"]


async def test_a_paper_that_comes_withdrawn_is_not_posted(db: Database) -> None:
    await subscribe(db, "agents")
    await arrive(db, record("Web Agents", identifiers=GIVEN, withdrawn=True))
    assert await begin(db) == []
    assert await states(db) == ["dropped"]


async def test_what_is_not_due_yet_keeps_its_row_until_then(db: Database) -> None:
    await subscribe(db, "agents", schedule=DAILY)
    await arrive(db, record("Web Agents", identifiers=GIVEN))
    await withdraw(db)
    assert await begin(db) == []
    assert await states(db) == ["pending"], "the source may take it back"


async def test_a_message_that_may_be_out_shows_the_same_papers(db: Database) -> None:
    await subscribe(db, "agents")
    await arrive(db, record("Web Agents", identifiers=GIVEN))
    await begin(db)
    await withdraw(db)
    assert await states(db) == ["posting"]
