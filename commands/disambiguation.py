"""From what a person typed to the paper or author they mean: one, a choice, or the closest."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Literal

import discord
from discord import app_commands

from commands import answers
from commands.context import Assistant, Interaction, scope_of, view_of
from commands.custom_ids import PaperVerb
from commands.errors import UserError, log_autocomplete_errors
from commands.views import author_cards, markdown, paper_cards, paper_text
from commands.views.layout import CardView
from commands.views.paging import MAX_PAPERS
from store.catalog import papers
from store.guilds import aliases
from store.library import Library
from store.lookup import UnknownWord
from store.lookup.index.fields import FieldName
from store.lookup.resolve import Closest, Nothing, Several, Sure
from store.models import Handle, Identifier
from store.storage import button_state
from store.text import identifiers
from store.text.visible import one_line

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
MAX_CHOICES = 25
MAX_CHOICE = 100
MAX_TYPED = 300
"""Characters of a name or title that are looked at."""


async def paper(
    interaction: Interaction, typed: str, verb: PaperVerb, answer: answers.Answer | None = None
) -> CardView:
    """What `verb` answers for the paper that was meant, or a choice of papers, each with that verb.

    `answer` takes the place of the verb's own answer where a command was told more than a button can carry.
    """
    view = view_of(interaction)
    typed = _checked(typed)
    if found := await view.paper(typed):
        return await open_paper(interaction, found.handle, verb, answer)
    if named := identifiers.find(typed):
        return await _by_identifiers(interaction, named, verb, answer)
    resolution = await view.resolve_paper(typed, recent=interaction.client.recent.of(interaction.user.id))
    match resolution:
        case Sure(hit=hit):
            return await open_paper(interaction, hit.handle, verb, answer)
        case Nothing(unknown_words=unknown):
            raise UserError(await _nothing(interaction.client.library, typed, "paper", unknown))
        case Several(hits=hits):
            heading, footnote, token = "Several papers fit", "", None
        case Closest(hits=hits, probable=True):
            heading, footnote, token = "Nothing fits exactly; the closest papers to", "", None
        case Closest(hits=hits, unknown_words=unknown):
            heading, footnote = "Nothing fits exactly; the closest papers to", _pick_one(unknown)
            token = await button_state.keep(view.db, "title", scope_of(interaction), typed)
    offered = await view.papers([hit.handle for hit in hits])
    if (year := _YEAR.search(typed)) and not any((paper.published or "").startswith(year[0]) for paper in offered):
        heading = f"Nothing of {year[0]} fits; the closest papers to"
    return paper_cards.results(
        paper_cards.Results(
            heading=_heading(heading, typed),
            papers=offered,
            button_id=paper_cards.choice_id(verb, token),
            footnote=footnote,
        )
    )


async def author(interaction: Interaction, typed: str) -> CardView:
    """The page of the author who was meant, or a choice of authors."""
    view = view_of(interaction)
    typed = _checked(typed)
    if found := await view.author(typed):
        return await open_author(interaction, found.handle)
    resolution = await view.resolve_author(typed, recent=interaction.client.recent.of(interaction.user.id))
    match resolution:
        case Sure(hit=hit):
            return await open_author(interaction, hit.handle)
        case Nothing(unknown_words=unknown):
            raise UserError(await _nothing(interaction.client.library, typed, "author", unknown))
        case Several(hits=hits, namesakes=True):
            heading = f"### {len(hits)} people are called {markdown.safe(hits[0].text, 100)}"
            footnote, token = "", None
        case Several(hits=hits):
            heading, footnote, token = _heading("Several people fit", typed), "", None
        case Closest(hits=hits, probable=True):
            heading, footnote, token = _heading("Nobody fits exactly; the closest names to", typed), "", None
        case Closest(hits=hits, unknown_words=unknown):
            heading, footnote = _heading("Nobody fits exactly; the closest names to", typed), _pick_one(unknown)
            token = await button_state.keep(view.db, "author", scope_of(interaction), typed)
    people = await view.authors([hit.handle for hit in hits])
    return author_cards.people(heading, people, footnote=footnote, question=token)


async def open_author(interaction: Interaction, handle: Handle) -> CardView:
    """The author's page, noted as opened."""
    interaction.client.recent.note(interaction.user.id, handle)
    return await answers.author(interaction, handle)


async def open_paper(
    interaction: Interaction, handle: Handle, verb: PaperVerb, answer: answers.Answer | None = None
) -> CardView:
    """What `verb` answers for this paper, noted as opened."""
    interaction.client.recent.note(interaction.user.id, handle)
    return await (answer or answers.PAPER_ANSWERS[verb])(interaction, handle)


async def _by_identifiers(
    interaction: Interaction, named: Sequence[Identifier], verb: PaperVerb, answer: answers.Answer | None
) -> CardView:
    found = await view_of(interaction).papers_named(named)
    if not found:
        them, their = ("it", "its") if len(named) == 1 else ("them", "a")
        raise UserError(f"{missing(named)} Add {them} with /add, or look for {their} title.")
    if len(found) == 1:
        return await open_paper(interaction, found[0].handle, verb, answer)
    return paper_cards.results(
        paper_cards.Results(
            f"### {len(found)} papers",
            found[:MAX_PAPERS],
            total=len(found),
            button_id=paper_cards.choice_id(verb, None),
        )
    )


def missing(named: Sequence[Identifier]) -> str:
    """A sentence that says which identifiers the store does not know."""
    shown = ", ".join(
        f"{paper_text.SCHEME_NAMES.get(i.scheme, i.scheme)} {markdown.safe(i.value, 60)}" for i in named[:3]
    )
    more = f" and {len(named) - 3:,} more" if len(named) > 3 else ""
    return f"{shown}{more} {'is' if len(named) == 1 else 'are'} not in the store."


async def remember(interaction: Interaction, field: FieldName, token: str, handle: Handle) -> None:
    """Keep what a person picked when nothing fitted: in this guild the same words lead there from now on."""
    library = interaction.client.library
    typed = await button_state.recall(library.db, field, scope_of(interaction), token)
    if typed and interaction.guild_id:
        await aliases.remember(library.db, interaction.guild_id, field, typed, handle)


def _heading(start: str, typed: str) -> str:
    return f"### {start} “{markdown.echo(typed, 200)}”"


def _checked(typed: str) -> str:
    cleaned = one_line(typed)
    if not cleaned:
        raise UserError("Tell me what to look for: a name, words of a title, an arXiv id or a DOI.")
    return cleaned[:MAX_TYPED]


def _pick_one(unknown: Sequence[UnknownWord]) -> str:
    return f"-# {_unknown_words(unknown)}Pick one, and I will know it next time."


def _unknown_words(unknown: Sequence[UnknownWord]) -> str:
    """Sentences on the words that nothing in the store has; empty if there are none."""
    sentences = []
    for word in unknown[:3]:
        meant = " or ".join(f"“{markdown.safe(w, 30)}”" for w in word.suggestions[:2])
        sentences.append(f"No “{markdown.echo(word.word, 30)}”{f'; did you mean {meant}?' if meant else '.'} ")
    return "".join(sentences)


async def _nothing(
    library: Library, typed: str, what: Literal["paper", "author"], unknown: Sequence[UnknownWord]
) -> str:
    if not await papers.count(library.db):
        return (
            "The store holds no papers yet. Add some with /add, or with `lectern import` on the machine that runs me."
        )
    advice = (
        "Try the family name alone, or /paper with a title of theirs."
        if what == "author"
        else "Try fewer words, or /search for words of the abstract."
    )
    return f"No {what} is anything like “{markdown.echo(typed, 100)}”. {_unknown_words(unknown)}{advice}"


async def suggest_papers(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """Titles for what has been typed so far; before that, what the person opened last."""
    with log_autocomplete_errors("paper"):
        view, recent = view_of(interaction), interaction.client.recent.of(interaction.user.id)
        if not typed.strip():
            return _choices([(p.title, p.handle) for p in await view.papers(recent)])
        found = await view.find_papers(typed[:MAX_TYPED], MAX_CHOICES, recent=recent)
        return _choices([(h.text, h.handle) for h in found.hits])
    return []


async def suggest_authors(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """Names for what has been typed so far; before that, whom the person opened last."""
    with log_autocomplete_errors("author"):
        view, recent = view_of(interaction), interaction.client.recent.of(interaction.user.id)
        if not typed.strip():
            return _choices([(a.name, a.handle) for a in await view.authors(recent)])
        hits = await view.find_authors(typed[:MAX_TYPED], MAX_CHOICES, recent=recent)
        return _choices([(h.text, h.handle) for h in hits])
    return []


async def suggest_names(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """As `suggest_authors`, where the option takes the name itself."""
    return [app_commands.Choice(name=c.name, value=c.name) for c in await suggest_authors(interaction, typed)]


def _choices(found: Sequence[tuple[str, Handle]]) -> list[app_commands.Choice[str]]:
    """What is sent back is the text itself, which people can read, unless it is too long or stands for several."""
    times = Counter(text for text, _ in found)
    return [
        app_commands.Choice(
            name=markdown.plain(text, MAX_CHOICE),
            value=text if times[text] == 1 and text == markdown.plain(text, MAX_CHOICE) else handle,
        )
        for text, handle in found
    ]
