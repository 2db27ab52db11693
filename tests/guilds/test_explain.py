"""What `/why` says of a message that waits in a lost channel."""

from __future__ import annotations

import discord

from commands.views.subscription_cards import outcomes
from store.guilds import pauses
from store.guilds.explain import Outcome, explain, posted_papers
from store.guilds.subscriptions import Scope
from store.storage.database import Database
from tests.guilds.channels import LAB, NOW, arrive, begin, change, deliver, rows, subscribe


async def why(db: Database) -> list[Outcome]:
    return (await explain(db, LAB, LAB.guild_id, (await rows(db))[0]["handle"]))[1]


async def test_a_message_in_a_lost_channel_says_that_resuming_releases_it(db: Database) -> None:
    one = await subscribe(db, "agents")
    await arrive(db, "Web Agents")
    (post,) = await begin(db)
    assert [(outcome.state, outcome.release) for outcome in await why(db)] == [("posting", "time")]
    await change(db, pauses.channel_lost, post.target_id, "Missing Access", NOW, tried=post.id)
    found = await why(db)
    assert [(outcome.state, outcome.release) for outcome in found] == [("posting", "resume")]
    view = outcomes("Web Agents", found, LAB, "")
    said = "".join(part.content for part in view.walk_children() if isinstance(part, discord.ui.TextDisplay))
    assert "lost this channel (Missing Access). It goes on when one of the channel's subscriptions is resumed" in said
    await pauses.resume(db, LAB, one.token, NOW, post_held=True)
    assert [outcome.release for outcome in await why(db)] == ["time"]


async def test_the_papers_of_a_channels_posts_are_those_that_are_out(db: Database) -> None:
    await subscribe(db, "agents")
    await arrive(db, "Web Agents", "Tool Agents")
    assert await posted_papers(db, LAB) == []
    await deliver(db)
    posted = {row["handle"] for row in await rows(db)}
    await arrive(db, "Later Agents", "Looms")
    assert set(await posted_papers(db, LAB)) == posted
    assert len(posted) == 2
    for elsewhere in (Scope(LAB.guild_id, 201), Scope(101, LAB.channel_id)):
        assert await posted_papers(db, elsewhere) == []
