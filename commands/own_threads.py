"""A thread of its own for the posts of a subscription; in a forum that is a post, with a tag where one is required."""

from __future__ import annotations

import discord

from commands.context import Interaction
from commands.errors import UserError
from commands.views import markdown, paper_cards, subscription_cards
from store.search.query import Query
from store.text.normalize import fold

_FITTING = ("papers", "paper", "arxiv", "preprints", "new")
"""Words in the names of tags that fit new papers, the best first; before them comes a category of the query."""
_TAG_REQUIRED = 40067
_TOO_MANY_THREADS = (160006, 160007)
"""Discord's error codes: a forum wants a tag; a server has as many open threads as it may have."""


def tag_for(interaction: Interaction, query: Query) -> discord.ForumTag | None:
    """The tag of a new post here, None where none is required. Raises `UserError` where none may be used."""
    forum = _parent(interaction)
    if not isinstance(forum, discord.ForumChannel) or not forum.flags.require_tag:
        return None
    may_moderate = interaction.app_permissions.manage_threads
    tags = [tag for tag in forum.available_tags if may_moderate or not tag.moderated]
    terms = [term for clause in query.required for term in clause.alternatives if term.kind == "cat"]
    for wanted in (*(fold(term.value) for term in terms), *_FITTING):
        if fitting := next((tag for tag in tags if f" {wanted} " in f" {fold(tag.name)} "), None):
            return fitting
    if not tags:
        raise UserError(_NO_TAG)
    return next((tag for tag in tags if not tag.moderated), tags[0])


_NO_TAG = (
    "Posts in this forum need a tag, and there is none that I may use. Add a tag that is not for moderators only, or"
    " subscribe without a thread."
)


async def create(interaction: Interaction, query: Query) -> int:
    """A new thread in this channel, or in the one that this thread is in; its id. Raises `UserError`."""
    name = markdown.plain(f"Papers: {query.canonical()}", 100)
    parent, tag = _parent(interaction), tag_for(interaction, query)
    try:
        if isinstance(parent, discord.ForumChannel):
            first = paper_cards.message(f"New papers for {subscription_cards.quoted_query(query)}")
            made = await parent.create_thread(name=name, view=first, applied_tags=[tag] if tag else [])
            return made.thread.id
        if isinstance(parent, discord.TextChannel):
            public = discord.ChannelType.news_thread if parent.is_news() else discord.ChannelType.public_thread
            return (await parent.create_thread(name=name, type=public)).id
    except discord.Forbidden as error:
        raise UserError("I may not create a thread here. Allow me to, or subscribe without one.") from error
    except discord.HTTPException as error:
        if error.status >= 500:
            raise
        raise UserError(_refusal(error)) from error
    raise UserError("This channel cannot have threads. Subscribe without one.")


def _parent(interaction: Interaction) -> object:
    """Where a new thread would be."""
    channel = interaction.channel
    return channel.parent if isinstance(channel, discord.Thread) else channel


def _refusal(error: discord.HTTPException) -> str:
    if error.code == _TAG_REQUIRED:
        return _NO_TAG
    if error.code in _TOO_MANY_THREADS:
        return "This server has as many open threads as Discord allows. Close some, or subscribe without one."
    return f"Discord refused a thread here: “{markdown.safe(error.text, 200)}”. Subscribe without one."
