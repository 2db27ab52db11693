"""Autocomplete: titles and names for what has been typed so far."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import discord
from discord import app_commands

from commands.context import Assistant, view_of
from commands.disambiguation import MAX_TYPED
from commands.errors import log_autocomplete_errors
from commands.outside_search import OUTSIDE
from commands.views import markdown
from commands.views.paper_text import marked_title
from store.guilds import person_intakes
from store.models import Handle
from store.view import View

MAX_CHOICES = 25
MAX_CHOICE = 100
_MAX_PLACE = 40
"""Characters of an affiliation, so that what tells somebody from others of the name is seen as well."""
TEAM = ("the team", "team")
"""What is typed for all people of the team, as it is suggested first."""
_APART = " · "
"""Between a name and what tells its bearer from others of the name."""


async def suggest_papers(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """Titles for what has been typed so far; before that, what the person opened last."""
    with log_autocomplete_errors("paper"):
        view, recent = view_of(interaction), interaction.client.recent.of(interaction.user.id)
        if not typed.strip():
            return _choices([(marked_title(p), p.handle) for p in await view.papers(recent)])
        found = await view.find_papers(typed[:MAX_TYPED], MAX_CHOICES - 1, recent=recent)
        return [*_choices([(h.text, h.handle) for h in found.hits]), _elsewhere(typed)]
    return []


async def suggest_authors(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """Names for what has been typed so far; before that, whom the person opened last."""
    with log_autocomplete_errors("author"):
        view, recent = view_of(interaction), interaction.client.recent.of(interaction.user.id)
        if not typed.strip():
            return await _people(view, [(a.name, a.handle) for a in await view.authors(recent)])
        hits = await view.find_authors(typed[:MAX_TYPED], MAX_CHOICES - 1, recent=recent)
        return [*await _people(view, [(h.text, h.handle) for h in hits]), _elsewhere(typed)]
    return []


async def suggest_either(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """Names and titles for what has been typed so far, what fits best first."""
    with log_autocomplete_errors("author or paper"):
        view, recent = view_of(interaction), interaction.client.recent.of(interaction.user.id)
        if not typed.strip():
            people = await _people(view, [(a.name, a.handle) for a in await view.authors(recent)])
            return [*people, *_choices([(marked_title(p), p.handle) for p in await view.papers(recent)])][:MAX_CHOICES]
        names = await view.find_authors(typed[:MAX_TYPED], MAX_CHOICES, recent=recent)
        titles = (await view.find_papers(typed[:MAX_TYPED], MAX_CHOICES, recent=recent)).hits
        scores = {value: hit.score for hit in (*names, *titles) for value in (hit.text, hit.handle)}
        people = await _people(view, [(h.text, h.handle) for h in names])
        choices = [*people, *_choices([(h.text, h.handle) for h in titles])]
        return sorted(choices, key=lambda one: -scores[one.value])[:MAX_CHOICES]
    return []


async def suggest_several(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """As `suggest_either`, for the last of what is typed with semicolons between; what stands before is kept."""
    before, _, last = typed.rpartition(";")
    kept = f"{before.strip()}; " if before.strip() else ""
    found = await suggest_either(interaction, last)
    if not last.strip() or next(iter(TEAM)).startswith(last.strip().casefold()):
        found = [app_commands.Choice(name="the team", value="the team"), *found[: MAX_CHOICES - 1]]
    texts = [(markdown.plain(f"{kept}{one.name}", MAX_CHOICE), f"{kept}{one.value}") for one in found]
    return [app_commands.Choice(name=name, value=value) for name, value in texts if len(value) <= MAX_CHOICE]


async def suggest_names(interaction: discord.Interaction[Assistant], typed: str) -> list[app_commands.Choice[str]]:
    """As `suggest_authors`, where the option takes the name itself."""
    suggested = await suggest_authors(interaction, typed)
    names = dict.fromkeys(c.name.partition(_APART)[0] for c in suggested if not c.value.startswith(OUTSIDE))
    return [app_commands.Choice(name=name, value=name) for name in names]


async def _people(view: View, found: Sequence[tuple[str, Handle]]) -> list[app_commands.Choice[str]]:
    """Choices of people, each with how many papers are here and where they work; those of one name are told apart."""
    handles = [handle for _, handle in found]
    places = {
        handle: markdown.plain(place, _MAX_PLACE)
        for handle, place in (await person_intakes.affiliations(view.db, handles)).items()
    }
    about = {
        one.handle: _APART.join(
            filter(None, (markdown.counted(one.papers, "paper"), places.get(one.handle), one.distinction))
        )
        for one in await view.authors(handles)
    }
    return [
        app_commands.Choice(name=markdown.plain(f"{one.name}{_APART}{about[handle]}", MAX_CHOICE), value=one.value)
        for one, (_, handle) in zip(_choices(found), found, strict=True)
        if handle in about
    ]


def _elsewhere(typed: str) -> app_commands.Choice[str]:
    """The last suggestion: services are asked for what was typed."""
    name = f"Search outside for “{markdown.plain(typed, MAX_CHOICE - len('Search outside for “”'))}”"
    return app_commands.Choice(name=name, value=markdown.plain(f"{OUTSIDE}{typed}", MAX_CHOICE))


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
