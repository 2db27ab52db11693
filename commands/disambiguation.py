"""From what a person typed to the paper or author they mean: one, a choice, or the closest."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

import discord
from discord import app_commands

from commands import answers
from commands.context import Assistant, Interaction, UserError
from commands.errors import Suggesting
from commands.views import author_cards, markdown, paper_cards, parts
from commands.views.layout import CardView
from store.catalog import authors, papers
from store.guilds import aliases
from store.library import Library
from store.lookup.index.fields import KindName
from store.lookup.reranker import FITS, beyond_doubt
from store.models import Handle, Hit, Identifier
from store.storage import button_state
from store.text import identifiers

WELL = 0.8
"""A title of this score is better than what may be told by its authors."""
SAME, BEGUN = 0.985, 0.975
"""A hit of these scores is the very title, acronym or name, or begins with what was typed."""
NEAR = 0.15
"""Hits whose scores differ by less are offered side by side."""
OFFERED = 5
MAX_CHOICES = 25
MAX_CHOICE = 100
MAX_TYPED = 300
"""Characters of a name or title that are looked at."""


async def paper(interaction: Interaction, typed: str, verb: str, answer: answers.Answer | None = None) -> CardView:
    """What `verb` answers for the paper that was meant, or a choice of papers, each with that verb.

    `answer` takes the place of the verb's own answer where a command was told more than a button can carry.
    """
    library = interaction.client.library
    typed = _checked(typed)
    if found := await papers.by_handle(library.db, typed):
        return await open_paper(interaction, found.handle, verb, answer)
    if named := identifiers.find(typed):
        return await _by_identifiers(interaction, named, verb, answer)
    hits = await _papers(interaction, typed, OFFERED)
    if _is_sure(typed, hits):
        return await open_paper(interaction, hits[0].handle, verb, answer)
    if not hits:
        raise UserError(await _nothing(library, typed, "title"))
    near = hits[0].score >= FITS
    token = None if near else await button_state.keep(library.db, typed)
    return paper_cards.results(
        paper_cards.Results(
            heading=_heading(hits[0].score, typed, "Several papers fit", "Nothing", "closest papers"),
            papers=await papers.by_handles(library.db, [h.handle for h in hits]),
            press=paper_cards.picking(verb, token),
            footnote=""
            if near
            else f"-# {await _understood(library, typed, 'title')}Pick one and I shall know next time.",
        )
    )


async def author(interaction: Interaction, typed: str, answer: answers.Answer = answers.author) -> CardView:
    """What `answer`, unless given their page, says of the author who was meant, or a choice of authors."""
    library = interaction.client.library
    typed = _checked(typed)
    if found := await authors.by_handle(library.db, typed):
        return await open_author(interaction, found.handle, answer)
    same = await authors.namesakes(library.db, typed)
    if len(same) > 1:
        return author_cards.people(f"### {len(same)} people are called {markdown.safe(same[0].name, 100)}", same)
    hits = await library.lookup.authors(
        typed, OFFERED, recent=interaction.client.recent.of(interaction.user.id), guild_id=interaction.guild_id
    )
    if _is_sure(typed, hits):
        namesakes = await authors.namesakes(library.db, hits[0].text)
        if len(namesakes) > 1:
            return author_cards.people(
                f"### {len(namesakes)} people are called {markdown.safe(hits[0].text, 100)}", namesakes
            )
        return await open_author(interaction, hits[0].handle, answer)
    if not hits:
        raise UserError(await _nothing(library, typed, "author"))
    near = hits[0].score >= FITS
    token = None if near else await button_state.keep(library.db, typed)
    return author_cards.people(
        _heading(hits[0].score, typed, "Several people fit", "Nobody", "closest names"),
        await authors.by_handles(library.db, [h.handle for h in hits]),
        footnote=""
        if near
        else f"-# {await _understood(library, typed, 'author')}Pick one and I shall know next time.",
        token=token,
    )


async def open_author(interaction: Interaction, handle: Handle, answer: answers.Answer = answers.author) -> CardView:
    """What `answer` says of this author, noted as opened."""
    interaction.client.recent.note(interaction.user.id, handle)
    return await answer(interaction.client.library, handle)


async def open_paper(
    interaction: Interaction, handle: Handle, verb: str, answer: answers.Answer | None = None
) -> CardView:
    """What `verb` answers for this paper, noted as opened."""
    interaction.client.recent.note(interaction.user.id, handle)
    return await (answer or answers.PAPER_VERBS[verb])(interaction.client.library, handle)


async def _by_identifiers(
    interaction: Interaction, named: Sequence[Identifier], verb: str, answer: answers.Answer | None
) -> CardView:
    found = await papers.by_identifiers(interaction.client.library.db, named)
    if not found:
        them, their = ("it", "its") if len(named) == 1 else ("them", "a")
        raise UserError(f"{missing(named)} Add {them} with /add, or look for {their} title.")
    if len(found) == 1:
        return await open_paper(interaction, found[0].handle, verb, answer)
    return paper_cards.results(
        paper_cards.Results(f"### {len(found)} papers", found[: parts.PAGE], press=paper_cards.picking(verb, None))
    )


def missing(named: Sequence[Identifier]) -> str:
    """A sentence that says which identifiers the store does not know."""
    shown = ", ".join(f"{parts.SCHEMES.get(i.scheme, i.scheme)} {markdown.safe(i.value, 60)}" for i in named[:3])
    more = f" and {len(named) - 3:,} more" if len(named) > 3 else ""
    return f"{shown}{more} {'is' if len(named) == 1 else 'are'} not in the store."


async def remember(interaction: Interaction, kind: KindName, token: str, handle: Handle) -> None:
    """Keep what a person picked when nothing fitted: in this guild the same words lead there from now on."""
    library = interaction.client.library
    typed = await button_state.recall(library.db, token)
    if typed and interaction.guild_id:
        await aliases.remember(library.db, interaction.guild_id, kind, typed, handle)


async def _papers(interaction: discord.Interaction[Assistant], typed: str, limit: int) -> list[Hit]:
    """Papers by their titles or, where no title answers well, by their authors, words of the title and a year."""
    lookup, recent = interaction.client.library.lookup, interaction.client.recent.of(interaction.user.id)
    hits = await lookup.titles(typed, limit, recent=recent, guild_id=interaction.guild_id)
    best = hits[0].score if hits else 0.0
    if best < WELL:
        told = await lookup.told(typed, limit)
        if told and (told[0].score >= BEGUN or best < FITS):
            return told
    return hits


def _is_sure(typed: str, hits: Sequence[Hit]) -> bool:
    if not hits or hits[0].score < FITS:
        return False
    second = hits[1].score if len(hits) > 1 else 0.0
    if hits[0].score >= BEGUN:
        return second < SAME <= hits[0].score or second < hits[0].score - NEAR
    # Letters without case are of another script: what they sound like in this one is a guess.
    return second < hits[0].score - NEAR and not any(map(_caseless, typed)) and beyond_doubt(hits[0].matched)


def _heading(best: float, typed: str, several: str, nothing: str, closest: str) -> str:
    """How a choice begins whose best hit has this score."""
    if best >= BEGUN:
        start = several
    else:
        start = f"The {closest} to" if best >= FITS else f"{nothing} fits exactly; the {closest} to"
    return f"### {start} “{markdown.echo(typed, 200)}”"


def _caseless(letter: str) -> bool:
    return unicodedata.category(letter) == "Lo"


def _checked(typed: str) -> str:
    cleaned = markdown.clean(typed)
    if not cleaned:
        raise UserError("Please say what to look for: a name, words of a title, an arXiv id or a DOI.")
    return cleaned[:MAX_TYPED]


async def _understood(library: Library, typed: str, kind: KindName) -> str:
    """The words that nothing in the store holds, and which may have been meant; empty where there are none."""
    said = []
    for word in (await library.lookup.understanding(typed, kind))[:3]:
        meant = " or ".join(f"“{markdown.safe(w, 30)}”" for w in word.closest[:2])
        said.append(f"No “{markdown.echo(word.word, 30)}”{f'; did you mean {meant}?' if meant else '.'} ")
    return "".join(said)


async def _nothing(library: Library, typed: str, kind: KindName) -> str:
    if not await papers.count(library.db):
        return (
            "The store holds no papers yet. Add some with /add, or with `lectern import` on the machine that runs me."
        )
    what, advice = (
        ("author", "Try the family name alone, or /paper with a title of theirs.")
        if kind == "author"
        else ("paper", "Try fewer words, or /search for words of the abstract.")
    )
    return (
        f"No {what} is anything like “{markdown.echo(typed, 100)}”. {await _understood(library, typed, kind)}{advice}"
    )


async def suggest_papers(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """Titles for what has been typed so far; before that, what the person opened last."""
    with Suggesting("paper"):
        library = interaction.client.library
        recent = interaction.client.recent.of(interaction.user.id)
        if not typed.strip():
            return _choices([(p.title, p.handle) for p in await papers.by_handles(library.db, recent)])
        hits = await _papers(interaction, typed[:MAX_TYPED], MAX_CHOICES)
        return _choices([(h.text, h.handle) for h in hits])
    return []


async def suggest_authors(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """Names for what has been typed so far; before that, whom the person opened last."""
    with Suggesting("author"):
        library = interaction.client.library
        recent = interaction.client.recent.of(interaction.user.id)
        if not typed.strip():
            return _choices([(a.name, a.handle) for a in await authors.by_handles(library.db, recent)])
        hits = await library.lookup.authors(
            typed[:MAX_TYPED], MAX_CHOICES, recent=recent, guild_id=interaction.guild_id
        )
        return _choices([(h.text, h.handle) for h in hits])
    return []


async def suggest_names(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """As `suggest_authors`, where the option takes the name itself."""
    return [app_commands.Choice(name=c.name, value=c.name) for c in await suggest_authors(interaction, typed)]


def _choices(found: Sequence[tuple[str, Handle]]) -> list[app_commands.Choice[str]]:
    """What is sent back is the text itself, which people can read, unless it is too long or stands for several."""
    times = Counter(said for said, _ in found)
    return [
        app_commands.Choice(
            name=markdown.plain(said, MAX_CHOICE),
            value=said if times[said] == 1 and said == markdown.plain(said, MAX_CHOICE) else handle,
        )
        for said, handle in found
    ]
