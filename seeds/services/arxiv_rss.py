"""arXiv's announcement feeds: what was announced in a category, and what state the feed is in."""

from __future__ import annotations

import asyncio
import hashlib
from datetime import UTC, datetime
from typing import Literal
from xml.etree.ElementTree import Element

from seeds.http import Fetcher, FetchError, Validators
from seeds.services.arxiv import Announcement, moment, read_items
from seeds.xml import XmlError, name_of, parse, text_of
from store.models import Frozen, Problem, Source

SOURCE = "arXiv announcements"

State = Literal["announcements", "empty", "not_modified", "unreadable", "unreachable"]


class Feed(Frozen):
    """One look at a feed.

    `empty` is a good answer without papers, as at weekends; `not_modified` is the answer that nothing changed since the
    validators; `unreadable` is an answer that is no such feed, or one of which no item could be read; `unreachable` is
    none at all. `reason` is one sentence for the last two.
    """

    state: State
    announcements: tuple[Announcement, ...] = ()
    problems: tuple[Problem, ...] = ()
    validators: Validators = Validators()
    """To be kept and given to the next look. Those given, where the answer brought no new ones."""
    batch: str | None = None
    """A digest of what was announced, for telling a repeated batch from a new one; None without announcements."""
    announced: datetime | None = None
    """When the feed says that it was announced."""
    skip_days: frozenset[int] = frozenset()
    """The days on which the feed says nothing is announced, Monday being 0."""
    reason: str | None = None


_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


async def look(fetcher: Fetcher, address: str, validators: Validators | None = None) -> Feed:
    """Ask for a feed, such as `https://rss.arxiv.org/rss/cs.CL+cs.AI`. Never raises for what the other side does."""
    before = validators or Validators()
    try:
        answer = await fetcher.get(address, validators=before)
    except FetchError as error:
        return Feed(state="unreachable", validators=before, reason=str(error))
    if answer.not_modified:
        return Feed(state="not_modified", validators=before)
    # A large category's day takes a second to read, in which other things can be done.
    feed = await asyncio.to_thread(read, answer.content, datetime.now(UTC))
    # The next look at what could not be read must not be answered by "not modified".
    return feed.model_copy(update={"validators": before if feed.state == "unreadable" else answer.validators})


def read(content: bytes, retrieved: datetime) -> Feed:
    """Read a feed's content, RSS or Atom."""
    try:
        root = parse(content)
    except XmlError as error:
        return Feed(state="unreadable", reason=str(error))
    channel = root.find("{*}channel") if name_of(root) == "rss" else root
    if channel is None or name_of(root) not in ("rss", "feed"):
        return Feed(state="unreadable", reason="This is no RSS or Atom feed.")
    items = [child for child in channel if name_of(child) in ("item", "entry")]
    if "error" in text_of(channel, "title").lower() and not items:
        said = text_of(channel, "description") or text_of(channel, "subtitle") or text_of(channel, "title")
        return Feed(state="unreadable", reason=f"arXiv says: {said[:200]}")
    announcements, problems = read_items(items, Source(kind="arxiv", name=SOURCE, retrieved=retrieved))
    if items and not announcements:
        return Feed(state="unreadable", problems=problems.listed(), reason="No item of the feed can be read.")
    return Feed(
        state="announcements" if announcements else "empty",
        announcements=announcements,
        problems=problems.listed(),
        batch=_batch(items) if announcements else None,
        announced=moment(text_of(channel, "pubDate") or text_of(channel, "updated")),
        skip_days=frozenset(
            _DAYS.index(day) for one in channel.iterfind("{*}skipDays/{*}day") if (day := text_of(one).title()) in _DAYS
        ),
    )


def _batch(items: list[Element]) -> str:
    """The same for the same versions announced in the same way, in any order and at any time."""
    names = sorted(f"{text_of(item, 'guid') or text_of(item, 'id')} {text_of(item, 'announce_type')}" for item in items)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]
