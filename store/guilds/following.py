"""What a subscription follows that asks for papers close to others, in the place of a query."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import lru_cache

from store.search.parser import parse
from store.search.query import Clause, Query

STORED = "like:"
"""How such a subscription's query begins in the store. No query that is typed does: that is no field of it."""
MOST_NAMED = 3
_LONGEST_NAME = 60


class Following(Query):
    """Papers close to others, about `per_day` of them; it matches nothing by itself.

    `names` are the titles and people followed, the first of them, `total` is how many they are, and `categories` are
    those of the papers: where close ones are announced.
    """

    clauses: tuple[Clause, ...] = ()
    names: tuple[str, ...]
    total: int
    per_day: int
    categories: tuple[str, ...] = ()

    def canonical(self) -> str:
        """What is followed, as a heading."""
        return f"close to {self.followed()}"

    def explain(self) -> str:
        """What is followed, and how many papers it brings."""
        return f"papers close to {self.followed()}, about {self.per_day} a day"

    def followed(self) -> str:
        """The names of what is followed, the first of them."""
        *first, last = [*self.names, *([f"{more} more"] if (more := self.total - len(self.names)) > 0 else [])]
        return f"{', '.join(first)} and {last}" if first else last


def following(names: Sequence[str], per_day: int, categories: Sequence[str]) -> Following:
    """Of all names that are followed, which are at least one."""
    shown = tuple(name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…" for name in names)
    return Following(
        names=shown[:MOST_NAMED], total=len(names), per_day=per_day, categories=tuple(sorted(set(categories)))
    )


def to_text(query: Query) -> str:
    """A subscription's query as it is stored."""
    if isinstance(query, Following):
        return STORED + json.dumps(query.model_dump(exclude={"clauses"}), ensure_ascii=False)
    return query.canonical()


@lru_cache(maxsize=20_000)
def from_text(text: str) -> Query:
    """The query that `to_text` gave."""
    return Following.model_validate_json(text.removeprefix(STORED)) if text.startswith(STORED) else parse(text)
