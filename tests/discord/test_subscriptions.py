"""Subscriptions from the first command to the post, in the simulated Discord."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import discord
import pytest

from store.guilds import subscriptions
from store.guilds.subscriptions import Options, Scope
from store.search.parser import parse
from store.storage import button_state
from tests.discord.conversation import walk
from tests.discord.server import Server, components_of, labels, press, shown, text


async def test_subscribe_previews_and_posts_what_comes_with_the_reason(server: Server) -> None:
    today = datetime.now(UTC).date().isoformat()
    await server.arrive("Agents of Old", published=today)
    result = await server.admin.slash(server.papers, "subscribe", query="agents -survey", cap=2)
    assert result.response and result.response.ephemeral
    seen = text(result.response)
    assert (
        "In the store: 1 of the last 30 days" in seen.replace("*", "")
        and "Agents of Old" in seen
        and "word “agents” in title" in seen
    )
    assert not await server.subscribed(server.papers)
    opened = await server.admin.click(result.response, label="Open")
    assert opened.response and opened.response.id != result.response.id, "the question stays"
    done = await server.admin.click(result.response, label="Confirm")
    assert "Subscribed" in text(shown(done, result.response))
    await server.arrive("Web Agents", "A Survey of Agents", abstract="We show that it works.")
    (post,) = server.papers.history()
    assert "Web Agents" in text(post) and "word “agents” in title" in text(post) and "Survey" not in text(post)
    assert labels(post) == ["Summary", "Abstract", "Related", "Why am I seeing this"]
    why = shown(await server.scene.member.click(post, label="Why am I seeing this"))
    assert "agents -survey" in text(why) and f"<@{server.admin.id}>" in text(why)


async def test_cancel_creates_nothing_and_confirm_creates_one_subscription(server: Server) -> None:
    result = await server.admin.slash(server.papers, "subscribe", query="agents")
    assert result.response and "Nothing matches yet" in text(result.response)
    stored = result.response
    await server.admin.click(stored, label="Cancel")
    assert not await server.subscribed(server.papers)
    result = await server.admin.slash(server.papers, "subscribe", query="agents")
    assert result.response
    button = next(c["custom_id"] for c in walk(result.response.components) if c.get("label") == "Confirm")
    await server.admin.click(result.response, label="Confirm")
    await press(server.admin, server, button, server.papers)
    assert len(await server.subscribed(server.papers)) == 1


async def test_a_preview_that_is_too_old_says_so(server: Server) -> None:
    result = await server.admin.slash(server.papers, "subscribe", query="agents")
    assert result.response
    later = datetime.now(UTC) + button_state.KEPT + timedelta(days=1)
    await button_state.keep(server.client.library.db, "search", (1, 1), "what somebody asked much later", later)
    assert "too old" in text(shown(await server.admin.click(result.response, label="Confirm")))
    assert not await server.subscribed(server.papers)


async def test_a_draft_that_was_typed_as_a_title_is_none(server: Server) -> None:
    await server.arrive("Scope, Person Id, Query, Options, Own Thread: False")
    draft = {
        "scope": [server.scene.guild.id, server.papers.id],
        "person_id": server.admin.id,
        "query": "agents",
        "options": {"role_id": server.scene.guild.id},
        "own_thread": False,
        "anchor_id": 1,
    }
    asked = await server.admin.slash(server.papers, "paper", title=json.dumps(draft))
    typed = next(c["custom_id"] for c in walk(shown(asked).components) if c.get("custom_id", "").startswith("pick:"))
    answer = await press(server.admin, server, f"draft:yes:{typed.rpartition(':')[2]}", server.papers)
    assert "too old" in answer
    assert not await server.subscribed(server.papers)


async def test_what_was_asked_in_one_channel_is_unknown_in_another(server: Server) -> None:
    await server.arrive(*(f"Agents of the Year {year}" for year in range(2000, 2010)))
    found = await server.admin.slash(server.papers, "search", query="agents")
    (following,) = (c["custom_id"] for c in walk(shown(found).components) if c.get("label") == "▶")
    assert "10 papers" in await press(server.admin, server, following, server.papers)
    assert "too old" in await press(server.admin, server, following, server.scene.channels["lounge"])


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        ({"query": "-survey"}, "only says what to leave out"),
        ({"query": "a|"}, "After |"),
        ({"query": "*"}, "Say what to look for"),
        ({"query": "agents", "at": "25:00"}, "Write it as 08:30"),
        ({"query": "agents", "zone": "Mars/Olympus"}, "I know no time zone"),
    ],
)
async def test_a_subscription_that_cannot_be_made_is_explained(
    server: Server, options: dict[str, Any], complaint: str
) -> None:
    result = await server.admin.slash(server.papers, "subscribe", **options)
    assert result.response and complaint in text(result.response) and result.response.ephemeral


async def test_only_those_who_manage_the_channel_may_change_anything(server: Server) -> None:
    await server.confirm(server.papers, query="agents")
    (one,) = await server.subscribed(server.papers)
    member = server.scene.member
    listed = shown(await member.slash(server.papers, "subscriptions"))
    assert "agents" in text(listed)
    for verb in ("manage", "pause", "edit", "delete", "end", "resume", "drop", "post", "full", "compact", "either"):
        assert "Manage Channels" in await press(member, server, f"sub:{verb}:{one.token}", server.papers)
    assert "Manage Channels" in await press(member, server, "unsubscribe:sure", server.papers)
    assert await server.subscribed(server.papers) == [one]


async def test_a_guild_never_reaches_anothers_subscriptions(server: Server) -> None:
    await server.confirm(server.papers, query="secret agents", cap=1)
    await server.arrive("Secret Agents", "Secret Agents at Work")
    (one,) = await server.subscribed(server.papers)
    (post,) = server.papers.history()
    token = next(c["custom_id"] for c in walk(components_of(post)) if c.get("label") == "and 1 more").split(":")[2]
    env = server.scene.env
    stranger = env.create_user("eve")
    guild = env.create_guild("Elsewhere", owner=stranger)
    elsewhere = guild.create_text_channel("general")
    eve = guild.add_member(stranger)
    for channel, actor in ((elsewhere, eve), (server.scene.channels["lounge"], server.admin)):
        for custom_id in (
            *(
                f"sub:{verb}:{one.token}"
                for verb in ("manage", "pause", "edit", "delete", "end", "resume", "drop", "full")
            ),
            "subs:0",
            "unsubscribe:sure",
            f"post:why:{token}",
            f"post:more:{token}:0",
        ):
            answer = await press(actor, server, custom_id, channel)
            assert answer and "secret" not in answer.lower(), custom_id
        assert "This channel has no subscriptions" in text(shown(await actor.slash(channel, "subscriptions")))
        assert "This channel has no subscriptions" in text(shown(await actor.slash(channel, "unsubscribe")))
        said = text(shown(await actor.slash(channel, "why", paper="Secret Agents at Work")))
        assert "This channel has no subscriptions" in said and "secret agents”" not in said
    assert (await server.subscribed(server.papers))[0].pause is None


async def test_why_says_what_became_of_a_paper(server: Server) -> None:
    await server.arrive("Agents Before", "Tools")
    await server.confirm(server.papers, query="agents -survey", cap=1)
    await server.arrive("Web Agents", "More Web Agents", "A Survey of Agents")
    await server.arrive("Agents by Import", notify=False)
    (one,) = await server.subscribed(server.papers)
    await server.admin.click(shown(await server.admin.slash(server.papers, "subscriptions")), label="Manage")
    await press(server.admin, server, f"sub:pause:{one.token}", server.papers)
    await server.arrive("Agents in a Pause")
    expected = {
        "Web Agents": "✅ Posted",
        "More Web Agents": "Over the cap",
        "A Survey of Agents": "Excluded by “-survey”: word “survey” in title",
        "Agents by Import": "did not come in as a new paper",
        "Agents in a Pause": "Held back, because the subscription is paused (Ada",
        "Agents Before": "was in the store before",
        "Tools": "nothing in it fits “agents”",
    }
    for title, says in expected.items():
        assert says in text(shown(await server.scene.member.slash(server.papers, "why", paper=title))), title
    unknown = text(shown(await server.scene.member.slash(server.papers, "why", paper="arXiv:2601.99999")))
    assert "is not in the store" in unknown


async def test_a_button_shows_the_papers_over_the_cap(server: Server) -> None:
    await server.confirm(server.papers, query="agents", cap=2)
    await server.arrive(*(f"Agents number {n}" for n in range(9)))
    (post,) = server.papers.history()
    more = shown(await server.scene.member.click(post, label="and 7 more"))
    assert more.ephemeral and "7 papers more" in text(more) and "Agents number 2" in text(more)
    assert "Agents number 8" not in text(more)


async def test_pause_resume_edit_and_delete(server: Server) -> None:
    await server.confirm(server.papers, query="agents")
    managed = shown(
        await server.admin.click(shown(await server.admin.slash(server.papers, "subscriptions")), label="Manage")
    )
    managed = shown(await server.admin.click(managed, label="Pause"), managed)
    await server.arrive("Held Agents")
    assert not server.papers.history()
    asked = shown(await server.admin.click(managed, label="Resume"), managed)
    assert "1 paper came in" in text(asked)
    await server.admin.click(asked, label="Post")
    await server.work()
    assert len(server.papers.history()) == 1
    managed = shown(
        await server.admin.click(shown(await server.admin.slash(server.papers, "subscriptions")), label="Manage")
    )
    form = await server.admin.click(managed, label="Edit")
    fields = {
        "query": "tools",
        "cadence": ["daily"],
        "at": "7 europe/berlin",
        "cap": "5",
    }
    changed = shown(await server.admin.submit_modal(form, fields))
    assert "daily at 07:00 (Europe/Berlin)" in text(changed)
    asked = shown(await server.admin.click(changed, label="Delete"), changed)
    await server.admin.click(asked, label="Delete")
    assert not await server.subscribed(server.papers)


async def test_unsubscribe_ends_one_or_all(server: Server) -> None:
    for query in ("agents", "tools", "webs"):
        await server.confirm(server.papers, query=query)
    asked = shown(await server.admin.slash(server.papers, "unsubscribe"))
    first = (await server.subscribed(server.papers))[0]
    sure = shown(await server.admin.select(asked, [first.token]), asked)
    await server.admin.click(sure, label="Delete")
    assert len(await server.subscribed(server.papers)) == 2
    asked = shown(await server.admin.slash(server.papers, "unsubscribe"))
    sure = shown(await server.admin.click(asked, label="All 2"), asked)
    await server.admin.click(sure, label="End all")
    assert not await server.subscribed(server.papers)
    await server.confirm(server.papers, query="alone")
    asked = shown(await server.admin.slash(server.papers, "unsubscribe"))
    assert "All" not in str(asked.components)


async def test_ending_all_can_be_cancelled(server: Server) -> None:
    for query in ("agents", "tools"):
        await server.confirm(server.papers, query=query)
    asked = shown(await server.admin.slash(server.papers, "unsubscribe"))
    sure = shown(await server.admin.click(asked, label="All 2"), asked)
    assert labels(sure) == ["End all", "Cancel"]
    again = shown(await server.admin.click(sure, label="Cancel"), sure)
    assert "Which subscription do you want to end?" in text(again) and len(await server.subscribed(server.papers)) == 2


async def test_each_of_fifty_subscriptions_can_be_ended(server: Server) -> None:
    scope = Scope(server.scene.guild.id, server.papers.id)
    for number in range(subscriptions.MAX_PER_CHANNEL):
        query, db = parse(f"agents{number}"), server.client.library.db
        await subscriptions.create(db, scope, scope.channel_id, server.admin.id, query, Options(), datetime.now(UTC))
    asked = shown(await server.admin.slash(server.papers, "unsubscribe"))
    second = shown(await server.admin.click(asked, label="▶"), asked)
    last = (await server.subscribed(server.papers))[-1]
    sure = shown(await server.admin.select(second, [last.token]), second)
    assert "“agents49”" in text(sure)


async def test_a_member_sees_what_a_channel_follows_and_whom_to_ask(server: Server) -> None:
    curators = server.scene.guild.create_role("Curators", permissions=discord.Permissions(manage_channels=True))
    server.scene.guild.create_role("Readers")
    member, ask = server.scene.member, f"<@&{curators.id}>"
    nothing = text(shown(await member.slash(server.papers, "subscriptions")))
    assert "/subscribe" not in nothing and ask in nothing
    await server.arrive("Web Agents")
    why = text(shown(await member.slash(server.papers, "why", paper="Web Agents")))
    assert "/subscribe" not in why and ask in why
    await server.confirm(server.papers, query="agents -survey")
    listed = shown(await member.slash(server.papers, "subscriptions"))
    assert labels(listed) == []
    for part in ("agents -survey", "but not with “survey”", f"by <@{server.admin.id}>", "Ask", ask, "<@"):
        assert part in text(listed)
    assert labels(shown(await server.admin.slash(server.papers, "subscriptions"))) == ["Manage"]


async def test_a_subscription_in_a_thread_of_its_own(server: Server) -> None:
    done = await server.confirm(server.papers, query="agents", thread=True)
    (one,) = await server.subscribed(server.papers)
    assert one.target_id != server.papers.id and "Subscribed" in text(done)
    await server.arrive("Web Agents")
    assert not [message for message in server.papers.history() if message.flags.components_v2]
    (thread,) = server.papers.threads
    assert "Web Agents" in text(thread.history()[-1])


async def test_an_announcement_channel_and_a_direct_message(server: Server) -> None:
    news = server.scene.guild.create_news_channel("news")
    await server.confirm(news, query="agents")
    person = server.admin.user
    result = await person.slash("subscribe", query="tools")
    await person.click(result.response, label="Confirm")
    await server.arrive("Web Agents", "Web Tools")
    assert "Web Agents" in text(news.history()[-1])
    assert "Web Tools" in text(person.dm_channel.history()[-1])


async def test_a_lost_channel_pauses_its_subscriptions_and_loses_nothing(server: Server) -> None:
    await server.confirm(server.papers, query="agents")
    channel = server.client.get_channel(server.papers.id)
    assert isinstance(channel, discord.TextChannel)
    await channel.set_permissions(channel.guild.me, send_messages=False)
    await server.arrive("Web Agents")
    (one,) = await server.subscribed(server.papers)
    assert one.pause and one.pause.kind == "lost" and one.waiting == 1
    told = [text(message) for message in server.admin.user.dm_channel.history()]
    assert len(told) == 1 and "is paused" in told[0]
    await server.arrive("More Web Agents")
    assert len(server.admin.user.dm_channel.history()) == 1
    await channel.set_permissions(channel.guild.me, send_messages=True)
    await press(server.admin, server, f"sub:post:{one.token}", server.papers)
    await server.work()
    assert "More Web Agents" in text(server.papers.history()[-1])


async def test_no_title_or_query_breaks_a_post(server: Server) -> None:
    db = server.client.library.db
    scope = Scope(server.scene.guild.id, server.papers.id)
    await subscriptions.create(db, scope, scope.channel_id, 1, parse("web"), Options(cap=25), datetime.now(UTC))
    hostile = ["@everyone web", "web **", "web `code`", "<@1> web", "web " + "\u202eא" * 400, "web " + "x" * 1500]
    await server.arrive(*hostile, *(f"web {n} " + "word " * 200 for n in range(20)), abstract="A. " * 600)
    posted = server.papers.history()
    assert len(posted) > 1
    everything = "\n".join(text(message) for message in posted)
    assert all(f"web {n} " in everything for n in range(18))
    assert "@everyone" not in everything and not any(message.mention_everyone for message in posted)


async def test_a_forum_gets_a_post_of_its_own(server: Server) -> None:
    handle = server.scene.guild.create_forum_channel("reading")
    forum = server.client.get_channel(handle.id)
    assert isinstance(forum, discord.ForumChannel)
    started = (await forum.create_thread(name="Which papers?", content="Here.")).thread
    (inside,) = [thread for thread in handle.threads if thread.id == started.id]
    await server.confirm(inside, query="agents")
    await server.confirm(inside, query="tools", thread=True)
    await server.arrive("Web Agents", "Web Tools")
    (own,) = [thread for thread in handle.threads if thread.id != started.id]
    assert "Web Agents" in text(inside.history()[-1]) and "Web Tools" in text(own.history()[-1])
    assert "Web Tools" not in text(inside.history()[-1])


async def test_a_role_is_mentioned_only_where_it_was_asked_for(server: Server) -> None:
    role = server.scene.guild.create_role("Readers", mentionable=True)
    await server.confirm(server.papers, query="agents", role=role)
    await server.arrive("Web Agents <@&1>")
    (post,) = server.papers.history()
    assert f"<@&{role.id}>" in text(post)
    assert [mentioned.id for mentioned in post.role_mentions] == [role.id]


async def test_everyone_is_never_mentioned(server: Server) -> None:
    everyone = server.scene.guild.default_role
    refused = await server.admin.slash(server.papers, "subscribe", query="agents", role=everyone)
    assert "never mention" in text(shown(refused))


async def test_the_form_of_posts_is_chosen_shown_and_changed(server: Server) -> None:
    preview = shown(await server.admin.slash(server.papers, "subscribe", query="agents", form="compact"))
    assert "10 papers a post, shown short" in text(preview)
    await server.admin.click(preview, label="Confirm")
    (one,) = await server.subscribed(server.papers)
    assert one.options.form == "compact"
    await press(server.admin, server, f"sub:full:{one.token}", server.papers)
    assert "shown in full" in await press(server.admin, server, f"sub:manage:{one.token}", server.papers)
    (full,) = await server.subscribed(server.papers)
    assert full.options.form == "full"
    await server.arrive(*(f"Agents {number}" for number in range(6)))
    assert "word “agents” in title" in str(components_of(server.papers.history()[0]))
    await press(server.admin, server, f"sub:either:{one.token}", server.papers)
    assert "shown short from 5" in await press(server.admin, server, f"sub:manage:{one.token}", server.papers)
    await server.arrive(*(f"More Agents {number}" for number in range(6)))
    posted = str(components_of(server.papers.history()[-1]))
    assert "More Agents" in posted
    assert "word “agents” in title" not in posted
    (either,) = await server.subscribed(server.papers)
    assert either.options == one.options.model_copy(update={"form": None})
