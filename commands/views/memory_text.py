"""What a server remembers of papers, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from commands.views import markdown
from store.guilds.team_memory import Memory, Seen
from store.models import Handle
from store.text.partial_dates import in_words

_MOST = 3
"""Papers of a post of which it is said where they were before; of the others, how many they are."""


def place(seen: Seen) -> str:
    """Where a paper was shown, by whom and when."""
    by = f"Shared by <@{seen.person_id}>" if seen.person_id else "Posted"
    return f"{by} in <#{seen.channel_id}> on {in_words(seen.at.date().isoformat())}"


def line(memory: Memory) -> str:
    """What is remembered of a paper; empty where that is nothing."""
    parts = [place(memory.first)] if memory.first else []
    parts += [markdown.counted(memory.notes, "note")] if memory.notes else []
    return f"-# ↻ {' · '.join(parts)}" if parts else ""


def of_post(handles: Sequence[Handle], seen: Mapping[Handle, tuple[Seen, ...]]) -> str:
    """Which papers of a post, by their numbers where there are several, the server has had, and where first."""
    places = [(number, seen[handle][0]) for number, handle in enumerate(handles, 1) if seen.get(handle)]
    if not places:
        return ""
    if len(handles) == 1:
        return f"-# ↻ {place(places[0][1])}"
    return f"-# ↻ {markdown.first_of([f'**{number}** {_begun(place(one))}' for number, one in places], _MOST, '; ')}"


def _begun(words: str) -> str:
    return words[0].lower() + words[1:]
