"""An author's profile: facts that follow from their papers alone, as they are in the store."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal

from store.models import Frozen, Handle, Paper, PaperOutline
from store.profiles.key_phrases import Phrases
from store.profiles.topics import Topic, WordFrequencies, topics
from store.profiles.years import Year, by_year
from store.text.arxiv_taxonomy import category_in_words
from store.text.partial_dates import PartialDate, before, begins_since, ends_until, shortest_end
from store.text.person_names import is_spelling_of

MOST_TOPICS = 6
"""Topics of a page: a line of them on a phone is some three long."""
TOPICS_OF_A_TIME = 2
"""Topics that are named of recent and of earlier work."""
NAMED_PAPERS = 2
"""Papers that are named as examples of work."""
RECENT_YEARS = 2
"""Calendar years that count as recent, the last of them that of the newest paper."""
LEAST_OF_A_TIME = 3
"""Papers of recent and of earlier times, below which they are not told apart."""
MOST_TO_READ = 3
"""The most cited, the newest and the most central: with more of them, a phone shows the first ones only."""
MOST_CATEGORIES = 2
"""Categories that a sentence names."""
MAIN_CATEGORY = 0.2
"""The share of the papers, listed first or also in a category, from which it is named."""

_NAME = re.compile(r"\s*([^\s:]{2,20}(?: [^\s:]{1,12})?):\s")


class Work(Frozen):
    """What papers of some time are on: topics, and examples of papers with these topics."""

    topics: tuple[Topic, ...]
    examples: tuple[Paper, ...]
    since: PartialDate | None = None
    until: PartialDate | None = None


class ToRead(Frozen):
    """A paper to read first, and why. `topics` are those of the author's that it is on, where that is why."""

    paper: Paper
    reason: Literal["most cited", "newest", "central", "recent"]
    topics: tuple[Topic, ...] = ()


class AuthorProfile(Frozen):
    """What an author's papers say. Years are of publication; `categories` have the number of papers listed in each."""

    papers: int
    undated: int
    years: tuple[Year, ...]
    categories: tuple[tuple[str, int], ...]
    topics: tuple[Topic, ...]
    topics_since: PartialDate | None
    """Since when papers were read for topics; None where all were."""
    recent: Work | None
    earlier: Work | None
    """None where recent work is not told apart from earlier work."""
    to_read: tuple[ToRead, ...]
    spellings: tuple[str, ...]
    """Of the name, other than that of the page, those on most papers first."""


def profile(
    papers: Sequence[Paper],
    phrases: Sequence[Phrases],
    frequencies: WordFrequencies,
    name: str,
    outlines: Sequence[PaperOutline] = (),
    topics_since: PartialDate | None = None,
) -> AuthorProfile:
    """The profile of somebody of that name who wrote these papers, the newest first, and those that are outlined.

    `phrases` are those of all papers since `topics_since`.
    """
    all_papers: list[Paper | PaperOutline] = [*papers, *outlines]
    years = by_year(all_papers)
    listed = [{category_in_words(one) for one in (paper.category, *paper.cross_lists) if one} for paper in all_papers]
    categories = Counter(category for of_paper in listed for category in of_paper)
    main = [(category, n) for category, n in categories.items() if n >= MAIN_CATEGORY * len(all_papers)]
    found = topics(phrases, frequencies, MOST_TOPICS)
    recent, earlier = _times(papers, phrases, found, frequencies, topics_since)
    return AuthorProfile(
        papers=len(all_papers),
        undated=sum(1 for paper in all_papers if not paper.published),
        years=years,
        categories=tuple(sorted(main, key=lambda one: (-one[1], one[0]))[:MOST_CATEGORIES]),
        topics=tuple(found),
        topics_since=topics_since,
        recent=recent,
        earlier=earlier,
        to_read=tuple(_to_read(papers, found)),
        spellings=_spellings(papers, name),
    )


def short_name(paper: Paper) -> str | None:
    """The name that a title gives its subject before a colon, such as `WebRL`; None where it gives none."""
    found = _NAME.match(paper.title)
    return found[1] if found and any(c.isupper() or c.isdigit() for c in found[1][1:]) else None


def _times(
    papers: Sequence[Paper],
    phrases: Sequence[Phrases],
    found: Sequence[Topic],
    frequencies: WordFrequencies,
    topics_since: PartialDate | None,
) -> tuple[Work | None, Work | None]:
    """Recent and earlier work; all work as recent where dates or topics do not tell them apart."""
    by_handle = {paper.handle: paper for paper in papers}
    for since in _turning_points(papers):
        until = shortest_end(before(since))
        recent = [one for one in phrases if begins_since(by_handle[one.paper].published or "", since)]
        earlier = [one for one in phrases if ends_until(by_handle[one.paper].published or "9999", until)]
        if min(len(recent), len(earlier)) >= LEAST_OF_A_TIME:
            now = topics(recent, frequencies, TOPICS_OF_A_TIME)
            then = topics(earlier, frequencies, 2 * TOPICS_OF_A_TIME)
            other = [one for one in then if one.phrase not in {topic.phrase for topic in now}][:TOPICS_OF_A_TIME]
            if now and other:
                return _work(now, by_handle, since), _work(other, by_handle, topics_since, until)
    return (_work(found[:TOPICS_OF_A_TIME], by_handle, topics_since) if found else None), None


def _turning_points(papers: Sequence[Paper]) -> list[PartialDate]:
    """From when on papers may be recent: the year before that of the newest, else the month of the middle one."""
    dates = [paper.published for paper in papers if paper.published]
    if not dates:
        return []
    middle = dates[(len(dates) - 1) // 2]
    months = [middle[: len("2024-08")]] if len(middle) >= len("2024-08") else []
    return [str(int(dates[0][:4]) - RECENT_YEARS + 1), *months]


def _work(
    found: Sequence[Topic],
    papers: Mapping[Handle, Paper],
    since: PartialDate | None = None,
    until: PartialDate | None = None,
) -> Work:
    """Examples are of each topic in turn; those whose titles name something come first, then the most cited."""
    examples: list[Paper] = []
    for topic in found:
        on_topic = [papers[handle] for handle in topic.papers]
        on_topic.sort(key=lambda paper: (short_name(paper) is None, -(paper.citations or 0)))
        examples += [paper for paper in on_topic if paper not in examples][: NAMED_PAPERS // len(found) or 1]
    return Work(topics=tuple(found), examples=tuple(examples[:NAMED_PAPERS]), since=since, until=until)


def _to_read(papers: Sequence[Paper], found: Sequence[Topic]) -> list[ToRead]:
    """The most cited paper, the newest, the one that is on most of the topics, and then newer ones; each paper once."""
    chosen: dict[Handle, ToRead] = {}
    cited = max(papers, key=lambda paper: paper.citations or 0, default=None)
    if cited and cited.citations:
        chosen[cited.handle] = ToRead(paper=cited, reason="most cited")
    newest = next((paper for paper in papers if paper.published), None)
    if newest and newest.handle not in chosen:
        chosen[newest.handle] = ToRead(paper=newest, reason="newest")
    central = max(
        (one for one in papers if one.handle not in chosen),
        key=lambda one: (sum(len(t.papers) for t in found if one.handle in t.papers), one.citations or 0),
        default=None,
    )
    if central and (on := tuple(topic for topic in found if central.handle in topic.papers)):
        chosen[central.handle] = ToRead(paper=central, reason="central", topics=on)
    for one in papers:
        if len(chosen) < MOST_TO_READ:
            chosen.setdefault(one.handle, ToRead(paper=one, reason="recent"))
    return list(chosen.values())


def _spellings(papers: Sequence[Paper], name: str) -> tuple[str, ...]:
    found: Counter[str] = Counter()
    for paper in papers:
        listed = [author.name for author in paper.authors]
        if name not in listed:
            found.update(one for one in listed if is_spelling_of(one, name))
    return tuple(one for one, _ in found.most_common())
