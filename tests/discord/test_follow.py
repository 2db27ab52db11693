"""Following papers, from the command to posts and votes, in the simulated Discord."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from commands.context import OUTBOX_CHANGED
from store.guilds import follows
from store.guilds.following import Following
from tests.discord.conversation import walk
from tests.discord.server import Server, labels, press, shown, text

FOLLOWED = "WebRL: Training Web Agents by Reinforcement Learning"
CLOSE = "Reinforcement Learning of Web Agents That Browse"
FAR = ("Parliament Speeches of Estonia", "Syntax of Old Norse", "Protein Folding by Diffusion")


async def followed(server: Server, like: str = FOLLOWED, **options: object) -> str:
    """Follow, and give the text of the preview."""
    await server.arrive(FOLLOWED, *FAR, published=datetime.now(UTC).date().isoformat(), category="cs.CL")
    asked = await server.admin.slash(server.papers, "follow", like=like, **options)
    seen = shown(asked)
    assert seen.ephemeral
    preview = text(seen)
    done = await server.admin.click(seen, label="Confirm")
    assert "Followed" in text(shown(done, seen))
    return preview


async def score(server: Server, paper: str) -> float:
    """What `/why` says of a paper that was not posted."""
    told = text(shown(await server.admin.slash(server.papers, "why", paper=paper)))
    found = re.search(r"score (?:is )?(\d\.\d\d)", told)
    assert found, told
    return float(found[1])


async def settle(server: Server) -> None:
    """Let what waits be scored and posted."""
    while await server.client.library.scores.score_waiting(datetime.now(UTC)):
        server.client.dispatch(OUTBOX_CHANGED)
    await server.work()


async def test_a_close_paper_is_posted_with_the_reason_and_a_far_one_is_not(server: Server) -> None:
    preview = await followed(server)
    assert "papers close to these" in preview and "about 3 a day" in preview
    await server.arrive(CLOSE, "Grammar of Welsh", category="cs.CL")
    await settle(server)
    (post,) = server.papers.history()
    assert CLOSE in text(post) and "Welsh" not in text(post)
    assert f"close to “{FOLLOWED}”, which you follow" in text(post)
    assert labels(post)[-2:] == ["👍", "👎"]
    await settle(server)
    assert len(server.papers.history()) == 1
    why = shown(await server.admin.slash(server.papers, "why", paper=CLOSE))
    assert "Posted" in text(why) and "which you follow" in text(why)
    why = shown(await server.admin.slash(server.papers, "why", paper="Grammar of Welsh"))
    assert "Not close enough: its score is 0.00, and would have to be above 0.03" in text(why)
    why = shown(await server.admin.slash(server.papers, "why", paper=FOLLOWED))
    assert "Followed itself" in text(why)


async def test_votes_are_kept_once_for_each_person_and_change_what_is_posted(server: Server) -> None:
    await followed(server)
    await server.arrive(CLOSE, category="cs.CL")
    await settle(server)
    (post,) = server.papers.history()
    await server.arrive("Web Agents That Browse", category="cs.CL", notify=False)
    before = await score(server, "Web Agents That Browse")
    assert "Less like" in text(shown(await server.admin.click(post, label="👎")))
    answer = text(shown(await server.scene.member.click(post, label="👎")))
    assert "2 votes: 👍 0 · 👎 2" in answer
    answer = text(shown(await server.scene.member.click(post, label="👎")))
    assert "taken back" in answer and "👎 1" in answer
    answer = text(shown(await server.admin.click(post, label="👍")))
    assert "More like" in answer and "👍 1 · 👎 0" in answer
    for person in (server.admin, server.scene.member):
        await person.click(post, label="👎")
    assert await score(server, "Web Agents That Browse") < before


async def test_several_papers_of_one_post_are_voted_on_one_by_one(server: Server) -> None:
    await followed(server)
    await server.arrive(CLOSE, "Training Web Agents", category="cs.CL")
    await settle(server)
    (post,) = server.papers.history()
    assert "👍 👎" in labels(post)
    listed = shown(await server.scene.member.click(post, label="👍 👎"))
    assert CLOSE in text(listed) and "Training Web Agents" in text(listed)
    assert labels(listed).count("👎") == 2


async def test_an_author_and_the_team_are_followed_by_their_papers(server: Server) -> None:
    await server.arrive(FOLLOWED, *FAR[:1])
    asked = await server.admin.slash(server.papers, "follow", like="the team")
    assert "Nobody is in the team" in text(shown(asked))
    await server.admin.slash(server.papers, "team", add="Ada Bee")
    for like in ("the team", "Ada Bee"):
        seen = shown(await server.admin.slash(server.papers, "follow", like=like))
        assert "Ada Bee" in text(seen)
    await server.admin.click(seen, label="Confirm")
    async with server.client.library.db.read() as connection:
        (one,) = await follows.every(connection)
        assert {paper.title for paper in (await follows.content(connection, one.id)).papers} == {FOLLOWED, FAR[0]}


async def test_what_is_followed_is_listed_edited_and_ended(server: Server) -> None:
    await followed(server, like=f"{FOLLOWED}; {FAR[0]}", per_day=2)
    listed = shown(await server.admin.slash(server.papers, "subscriptions"))
    assert f"close to {FOLLOWED} and {FAR[0]}" in text(listed)
    card = shown(await server.admin.click(listed, label="Manage"))
    assert "about 2 a day" in text(card)
    (one,) = await server.subscribed(server.papers)
    assert isinstance(one.query, Following) and one.query.per_day == 2
    form = await server.admin.click(card, label="Edit")
    assert form.modal
    asked = await server.admin.click(card, label="Delete")
    gone = await server.admin.click(shown(asked, card), label="Delete")
    assert "Deleted" in text(shown(gone, card))
    async with server.client.library.db.read() as connection:
        assert (await follows.content(connection, one.id)).papers == ()
    await server.arrive(CLOSE)
    await settle(server)
    assert not server.papers.history()


async def test_what_is_not_sure_is_asked_for_again(server: Server) -> None:
    await server.arrive(FOLLOWED)
    for like, answer in ((";", "Name a paper"), ("zzzz qqqq", "Choose one that I suggest"), ("a;" * 12, "at most 10")):
        assert answer in text(shown(await server.admin.slash(server.papers, "follow", like=like)))
    assert not await server.subscribed(server.papers)


async def test_cancel_and_a_preview_of_somebody_else_make_nothing(server: Server) -> None:
    await server.arrive(FOLLOWED)
    seen = shown(await server.admin.slash(server.papers, "follow", like=FOLLOWED))
    button = next(c["custom_id"] for c in walk(seen.components) if c.get("label") == "Confirm")
    assert "somebody else's" in await press(server.scene.member, server, button, server.papers)
    await server.admin.click(seen, label="Cancel")
    assert not await server.subscribed(server.papers)
