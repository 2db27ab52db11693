"""Messages that mention the bot or are written to it directly: a short answer that leads to the commands.

Discord gives the bot the text of these messages only, as it does not ask for the intent to read the others.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Sequence
from typing import NamedTuple

import discord

from commands.addresses import AuthorPage, PaperAction
from commands.admission import admit_message
from commands.context import Assistant
from commands.disambiguation import MAX_TYPED, not_in_store, year_of_none
from commands.errors import told
from commands.hello import hello
from commands.views import markdown, paper_cards
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from commands.views.paper_text import byline, heading, paper_count
from store.guilds import own_papers
from store.lookup.resolve import Closest, Resolution, Several, Sure
from store.models import Author, Handle, Paper
from store.text import identifiers
from store.text.visible import one_line
from store.turns import working
from store.view import View

logger = logging.getLogger(__name__)

SHOWN = 3
"""Papers and people that an answer offers."""
_AROUND_A_QUESTION = frozenset(
    "a about an and any are by can could did do does find for from get give has have hello help hey hi i in is look me"
    " of on paper papers please show some sum summarise summarize summary tell thank thanks that the there this to up"
    " was what which who write written wrote you your".split()
)
"""Words that people put around what they ask for; they are left out where nothing is called by the whole text."""


def addressed(message: discord.Message, me: discord.abc.Snowflake) -> str | None:
    """What the message asks of the bot; None where it is not addressed to it.

    A reply that notifies the bot without naming it is meant for the people in the channel.
    """
    if message.author.bot or message.is_system():
        return None
    mention = re.compile(rf"<@!?{me.id}>")
    if message.guild and not mention.search(message.content):
        return None
    return one_line(mention.sub(" ", message.content))


async def answer(client: Assistant, message: discord.Message, text: str) -> None:
    """Answer a message that asks for `text`; not at all where the person is over a limit or the bot may not write."""
    guild_id = message.guild.id if message.guild else None
    if not admit_message(client, message.author.id, guild_id):
        return
    view = client.library.view(own_papers.owner_of(guild_id, message.author.id))
    try:
        async with working(client.work):
            card = await _answer(client, view, text[:MAX_TYPED])
    except Exception as error:  # noqa: BLE001
        card = paper_cards.message(told(error, "a message"))
    try:
        await message.reply(view=card, mention_author=False)
    except discord.HTTPException as error:
        logger.info("A message that asked something could not be answered: %s", error)


async def _answer(client: Assistant, view: View, text: str) -> CardView:
    if not text:
        return await hello(client, view.owner)
    how = (
        f"-# {client.mention('paper')}, {client.mention('author')} and {client.mention('search')} find more, and"
        " complete titles and names as you type."
    )
    if named := identifiers.find(text):
        found = await view.papers_named(named)
        known = {identifier for paper in found for identifier in paper.identifiers}
        unknown = [one for one in named if known.isdisjoint(identifiers.names_of(one))]
        note = f"{not_in_store(unknown)} {client.mention('paper')} fetches papers by their ids." if unknown else ""
        return _offer(note, found, [], how)
    asked = " ".join(word for word in text.split() if word.strip("?!.,;:").casefold() not in _AROUND_A_QUESTION)
    if fitting := await _fitting(view, list(dict.fromkeys(filter(None, [text, asked.rstrip("?!.,;: ")])))):
        return _offer(fitting.note, fitting.papers, fitting.people, how)
    if not asked:
        return await hello(client, view.owner)
    return paper_cards.message(
        f"I know nothing called “{markdown.echo(text, 100)}”. Write me a few words of a title, a name, an arXiv id or"
        f" a DOI.\n{how}"
    )


class _Fitting(NamedTuple):
    note: str
    papers: Sequence[Paper]
    people: Sequence[Author]


async def _fitting(view: View, texts: Sequence[str]) -> _Fitting | None:
    """What fits one of the texts best: papers, or people, or where they fit equally well, both."""
    found = [(text, await view.resolve_paper(text), await view.resolve_author(text)) for text in texts]
    text, titles, names = max(found, key=lambda one: max(map(_score, one[1:])))
    best = max(_score(titles), _score(names))
    if not best:
        return None
    papers, people = (_handles(one) if _score(one) == best else [] for one in (titles, names))
    offered = await view.papers(papers)
    note = ""
    if year := year_of_none(text, offered) if offered else None:
        note = f"Nothing of {year} fits “{markdown.echo(text, 100)}”; close to it:"
    elif isinstance(titles if papers else names, Closest):
        note = f"Nothing is called “{markdown.echo(text, 100)}”; close to it:"
    return _Fitting(note, offered, await view.authors(people))


def _score(found: Resolution) -> float:
    """That of the best hit, rounded as hits are compared; 0 where nothing fits."""
    match found:
        case Sure(hit=hit) | Several(hits=(hit, *_)) | Closest(hits=(hit, *_), probable=True):
            return round(hit.score, 2)
    return 0.0


def _handles(found: Resolution) -> list[Handle]:
    match found:
        case Sure(hit=hit) | Closest(hits=(hit, *_)):
            return [hit.handle]
        case Several(hits=hits):
            return [hit.handle for hit in hits[:SHOWN]]
    return []


def _offer(note: str, papers: Sequence[Paper], people: Sequence[Author], how: str) -> CardView:
    card = Card(NEUTRAL, reserve=400, foot=False)
    card.text(note)
    for author in people:
        card.section(
            f"**{markdown.safe(author.name, 120)}**\n-# {paper_count(author.papers)}",
            ButtonSpec("Open", AuthorPage(author.handle)),
        )
    for paper in papers[:SHOWN]:
        card.section(
            f"**{heading(paper, 300)}**\n-# {byline(paper, 110)}", ButtonSpec("Open", PaperAction("open", paper.handle))
        )
    if more := len(papers[SHOWN:]):
        card.text(f"-# And {markdown.counted(more, 'more paper')}.")
    card.text(how, final=True)
    return card.view()
