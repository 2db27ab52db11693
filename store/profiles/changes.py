"""What has changed in the figures that sources give of an author."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from store.models import Frozen, Metric


class Change(Frozen):
    """A figure of one source, as it was and as it is: `before` was read up to the day asked for, or first after it."""

    before: Metric
    now: Metric


def changes(history: Iterable[Metric], since: date) -> list[Change]:
    """How figures have changed since a day; `history` has those of a kind and source from the first on.

    What was read only once, or is as it was, has no change.
    """
    by_kind: dict[tuple[str, str, str], list[Metric]] = defaultdict(list)
    for metric in history:
        by_kind[metric.source.kind, metric.source.name, metric.name].append(metric)
    found = []
    for read in by_kind.values():
        before = next((one for one in reversed(read) if one.measured <= since), read[0])
        if before.value != read[-1].value:
            found.append(Change(before=before, now=read[-1]))
    return found
