"""arXiv's announcement feeds, RSS or Atom: what was announced in a category, and what state the feed is in."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, get_args
from xml.etree.ElementTree import Element

from seeds import record_builder
from seeds.decoding import Problems
from seeds.http_validators import Validators
from seeds.services.arxiv_api import arxiv_id_in
from seeds.xml import XmlError, name_of, parse, text_of, texts_of, time_of
from store.models import Frozen, PaperRecord, ParsedSource, Problem, Source
from store.text import identifiers, person_names

SOURCE_NAME = "arXiv announcements"

AnnouncementKind = Literal["new", "cross", "replace", "replace-cross"]
FeedAnswerState = Literal["announcements", "empty", "not_modified", "unreadable", "unreachable"]

_DESCRIPTION = re.compile(
    r"arXiv:\S+\s+Announce Type:\s*(?P<kind>[a-z-]+)\s*(?:Abstract:\s*(?P<abstract>.*))?", re.DOTALL
)
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


class Announcement(Frozen):
    """One paper of a day's announcement: new, cross-listed to the feed's category, or either in a new version."""

    kind: AnnouncementKind
    record: PaperRecord


class FeedAnswer(Frozen):
    """What a feed answered to one request.

    `empty` is a good answer without papers, as at weekends; `not_modified` is the answer that nothing changed since the
    validators; `unreadable` is an answer that is not such a feed, or one of which no item could be read; `unreachable`
    is none at all. `reason` is one sentence for the last two.
    """

    state: FeedAnswerState
    announcements: tuple[Announcement, ...] = ()
    problems: tuple[Problem, ...] = ()
    validators: Validators = Validators()
    """To be kept and sent with the next request. Those that were sent, where the answer brought no new ones."""
    batch: str | None = None
    """A digest of what was announced, for telling a repeated batch from a new one; None without announcements."""
    skip_days: frozenset[int] = frozenset()
    """The days on which the feed says nothing is announced, Monday being 0."""
    reason: str | None = None


def read_feed(content: bytes, retrieved: datetime) -> FeedAnswer:
    """Read a feed's content."""
    try:
        root = parse(content)
    except XmlError as error:
        return FeedAnswer(state="unreadable", reason=str(error))
    return _read_root(root, Source(kind="arxiv", name=SOURCE_NAME, retrieved=retrieved))


def read_file(root: Element, source: Source) -> ParsedSource:
    """Read a saved feed; one that cannot be read is a problem. Never raises."""
    feed = _read_root(root, source)
    reasons = (Problem(line=None, message=feed.reason),) if feed.reason else ()
    return ParsedSource(papers=tuple(one.record for one in feed.announcements), problems=feed.problems + reasons)


def _read_root(root: Element, source: Source) -> FeedAnswer:
    channel = root.find("{*}channel") if name_of(root) == "rss" else root
    if channel is None or name_of(root) not in ("rss", "feed"):
        return FeedAnswer(state="unreadable", reason="This is not an RSS or Atom feed.")
    items = [child for child in channel if name_of(child) in ("item", "entry")]
    if "error" in text_of(channel, "title").lower() and not items:
        message = text_of(channel, "description") or text_of(channel, "subtitle") or text_of(channel, "title")
        return FeedAnswer(state="unreadable", reason=f"arXiv says: {message[:200]}")
    announcements, problems = _read_items(items, source)
    if items and not announcements:
        return FeedAnswer(state="unreadable", problems=problems, reason="No item of the feed can be read.")
    return FeedAnswer(
        state="announcements" if announcements else "empty",
        announcements=announcements,
        problems=problems,
        batch=_batch(items) if announcements else None,
        skip_days=frozenset(
            _DAYS.index(day) for one in channel.iterfind("{*}skipDays/{*}day") if (day := text_of(one).title()) in _DAYS
        ),
    )


def _batch(items: Sequence[Element]) -> str:
    """The same for the same versions announced in the same way, in any order and at any time."""
    names = sorted(f"{text_of(item, 'guid') or text_of(item, 'id')} {text_of(item, 'announce_type')}" for item in items)
    return hashlib.sha256("\n".join(names).encode()).hexdigest()[:16]


def _read_items(items: Sequence[Element], source: Source) -> tuple[tuple[Announcement, ...], tuple[Problem, ...]]:
    problems = Problems()
    announcements: list[Announcement] = []
    for number, item in enumerate(items, start=1):
        try:
            announcements.append(_item(item, source))
        except record_builder.UnreadableRecordError as error:
            problems.add(None, f"item {number} is not read: {error}")
    return tuple(announcements), problems.listed()


def _item(item: Element, source: Source) -> Announcement:
    description = text_of(item, "description") or text_of(item, "summary")
    parts = _DESCRIPTION.match(description)
    kind = text_of(item, "announce_type") or (parts["kind"] if parts else "")
    if kind not in get_args(AnnouncementKind):
        raise record_builder.UnreadableRecordError("it does not say whether it is new")
    named = text_of(item, "guid") or text_of(item, "id") or text_of(item, "link")
    arxiv_id = arxiv_id_in(named)
    announced = time_of(item, "pubDate") or time_of(item, "published")
    categories = [category.get("term") or text_of(category) for category in item.findall("{*}category")]
    names = texts_of(item, "creator") or [text_of(author, "name") for author in item.findall("{*}author")]
    record = record_builder.build(
        source,
        title=text_of(item, "title"),
        abstract=(parts["abstract"] or "") if parts else description,
        authors=record_builder.authorships(name for listed in names for name in person_names.split_names(listed)),
        # A feed gives the day of the announcement, which is that of publication only if the paper is new.
        published=announced.date().isoformat() if announced and kind == "new" else None,
        updated=announced.date().isoformat() if announced and kind.startswith("replace") else None,
        version=identifiers.arxiv_version(named),
        category=next(iter(categories), None),
        cross_lists=categories[1:],
        venue=text_of(item, "journal_reference") or text_of(item, "journal_ref"),
        identifiers=[arxiv_id, *identifiers.of_dois(" ".join([*texts_of(item, "DOI"), *texts_of(item, "doi")]))],
    )
    return Announcement.model_validate({"kind": kind, "record": record})
