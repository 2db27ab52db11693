"""What happened to a paper: a pure rule, which compares the paper before and after its sources said something."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Literal

from store.catalog.evidence import PREPRINT_DOIS
from store.catalog.publication_kinds import publication_kind
from store.models import Frozen, Identifier, Notice, NoticeKind, Paper
from store.text.partial_dates import bounds

EventKind = Literal["version", "published", "retracted", "withdrawn", "concern", "corrected", "code"]
Standing = Literal["retracted", "withdrawn", "concern", "corrected"]
"""Whether a paper can be relied on, the worst first, where something speaks against it."""

_STANDING: dict[NoticeKind, Standing] = {
    "retraction": "retracted",
    "withdrawal": "withdrawn",
    "concern": "concern",
    "correction": "corrected",
}
SAME_VERSION = timedelta(days=5)
"""Between two days that sources give for one version: arXiv announces what came on a Thursday evening before a holiday
on the Tuesday after. Only where a source gives no number of the version."""


class PaperEvent(Frozen):
    """Something that happened to a paper. Of one paper, `key` is the same where it is the same event.

    `version` and `updated` are of a new version, with the title and abstract before where they differ now; `venue` and
    `doi` of a publication; `notice` of what speaks against the paper.
    """

    kind: EventKind
    key: str
    version: int | None = None
    updated: str | None = None
    title_before: str | None = None
    abstract_before: str | None = None
    venue: str | None = None
    doi: str | None = None
    notice: Notice | None = None


def standing(paper: Paper) -> tuple[Standing, Notice | None] | None:
    """What speaks most against a paper, with the notice that says it where there is one."""
    for kind, found in _STANDING.items():
        if notices := [one for one in paper.notices if one.kind == kind]:
            return found, notices[-1]
        if kind == "withdrawal" and paper.withdrawn:
            return found, None
    return None


def changes(before: Sequence[Paper], after: Paper) -> tuple[PaperEvent, ...]:
    """What happened to a paper, which was `before`, or those that turned out to be one; nothing for a new one."""
    if not before:
        return ()
    found = [*_notices(before, after), _version(before, after), _published(before, after), _code(before, after)]
    return tuple(event for event in found if event)


def newly_cited(before: Sequence[Paper], after: Paper) -> tuple[Identifier, ...]:
    """The papers that a paper names as references, as far as that was not known before."""
    known = {one for paper in before for one in paper.cites}
    return tuple(one for one in after.cites if one not in known)


def _notices(before: Sequence[Paper], after: Paper) -> list[PaperEvent]:
    """A retraction or withdrawal is one event, whoever tells of it next; each correction is one of its own."""
    events: list[PaperEvent] = []
    known = {(one.kind, one.doi) for paper in before for one in paper.notices}
    for one in after.notices:
        if one.kind in ("concern", "correction") and (one.kind, one.doi) not in known:
            kind: EventKind = "concern" if one.kind == "concern" else "corrected"
            events.append(PaperEvent(kind=kind, key=f"{kind}:{one.doi or ''}", notice=one))
    worst, were = standing(after), [standing(paper) for paper in before]
    if worst and worst[0] in ("retracted", "withdrawn"):
        worse = [one for one in were if one and one[0] in ("retracted", worst[0])]
        if not worse:
            events.insert(0, PaperEvent(kind=worst[0], key=worst[0], notice=worst[1]))
    return events


def _version(before: Sequence[Paper], after: Paper) -> PaperEvent | None:
    last = max((paper.version for paper in before if paper.version), default=None)
    updated = max((paper.updated for paper in before if paper.updated), default=None)
    dated = max(filter(None, (updated, *(paper.published for paper in before if not updated))), default=None)
    is_later = bool(after.updated and dated and bounds(after.updated)[0] > bounds(dated)[1] + SAME_VERSION)
    if after.version and last:
        if after.version <= last:
            return None
    elif not is_later or after.version == 1:
        return None
    first = before[0]
    return PaperEvent(
        kind="version",
        key=f"version:{after.version or after.updated}",
        version=after.version,
        updated=after.updated,
        title_before=first.title if first.title != after.title else None,
        abstract_before=first.abstract if after.abstract and first.abstract != after.abstract else None,
    )


def _published(before: Sequence[Paper], after: Paper) -> PaperEvent | None:
    """A preprint came out in a journal or at a meeting. What was never known as a preprint is no news."""
    if any(_is_published(paper) for paper in before) or not _is_published(after):
        return None
    if not any(publication_kind(paper) == "preprint" for paper in before):
        return None
    return PaperEvent(kind="published", key="published", venue=after.venue, doi=_publication_doi(after))


def _is_published(paper: Paper) -> bool:
    return publication_kind(paper) in ("article", "proceedings") or _publication_doi(paper) is not None


def _publication_doi(paper: Paper) -> str | None:
    dois = (one.value for one in paper.identifiers if one.scheme == "doi")
    return next((doi for doi in dois if not doi.startswith(PREPRINT_DOIS)), None)


def _code(before: Sequence[Paper], after: Paper) -> PaperEvent | None:
    if _has_code(after) and not any(_has_code(paper) for paper in before):
        return PaperEvent(kind="code", key="code")
    return None


def _has_code(paper: Paper) -> bool:
    return paper.has_code is True or any(link.kind == "code" for link in paper.links)
