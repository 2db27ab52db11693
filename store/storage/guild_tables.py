"""Which tables are the guild half of the store: what servers say, and what was posted. All others are of papers."""

from __future__ import annotations

import re
from functools import lru_cache

GUILD_TABLES = frozenset(
    {
        *("subscriptions", "subscription_keys", "posts", "ledger", "feeds", "aliases", "unannounced", "merged_matches"),
        *("own_papers", "own_records", "own_keys", "own_authorships", "own_figures", "own_moves", "found_posts"),
        *("person_intakes", "joined_people", "moved_authorships", "hidden_papers", "fetching_roles", "team_members"),
        *("follows", "followed_papers", "followed_people", "unscored_papers", "paper_votes", "scheduled_messages"),
        *("shared_papers", "weekly_saved", "reading_lists", "list_entries", "paper_notes", "catch_ups"),
        *("zotero_links", "zotero_items", "web_addresses"),
        *("clubs", "club_nominations", "club_sessions", "club_ballots", "club_rota", "club_swaps"),
        *("watches", "unasked_watches_off", "watch_checks", "watch_requests", "post_edits"),
        *("settings", "questions", "service_spending", "service_answers", "intake_log", "intake_hosts", "leases"),
    }
)
"""With those of the program itself, which all hosts have to agree on."""

CLOCK = "julianday('now')"
"""The time of the database, in days."""
_NAMED = re.compile(
    r"\b(?:FROM|JOIN|INTO|UPDATE(?:\s+OR\s+[A-Z]+)?)\s+((?:[a-z_]+(?:\([^()]*\))?(?:\s+AS\s+\w+)?(?:\s*,\s*)?)+)"
)


@lru_cache(maxsize=4096)
def tables(statement: str) -> frozenset[str]:
    """The tables and table functions that a statement of ours names."""
    return frozenset(
        re.split(r"[\s(]", part.strip())[0]
        for listed in _NAMED.findall(statement)
        for part in listed.split(",")
        if part.strip()
    )


def is_of_guilds(statement: str) -> bool:
    """Whether a statement is about the guild half; none is about both (`tests/storage/test_two_halves.py`).

    One for the time is: hosts go by one clock.
    """
    return CLOCK in statement or not GUILD_TABLES.isdisjoint(tables(statement))
