"""The papers of the histories of the outbox: even ones are known by an arXiv id, odd ones by a DOI, so that two merge."""

from __future__ import annotations

from datetime import datetime

from hypothesis import strategies as st

from store.models import Authorship, Identifier, PaperRecord, Source
from tests.guilds.outbox_scene import OutboxScene

COUNT = 8
NUMBERS = st.integers(0, COUNT - 1)
TITLES = ("Web Agents", "A Survey of Agents", "Tools for Everyone")
BATCHES = st.one_of(
    st.lists(st.tuples(NUMBERS, st.sampled_from(TITLES)), min_size=1, max_size=4, unique_by=lambda paper: paper[0]),
    st.sampled_from([[(number, title) for number in range(COUNT)] for title in TITLES]),
)
"""Numbers and titles of papers that come together: a few, or as many as fill a message."""
_MORE = "with all that can be said of them in one line, and with what is left for another one, as journals have it"


def identifier(number: int) -> Identifier:
    """By which a paper is known."""
    if number % 2:
        return Identifier(scheme="doi", value=f"10.1/{number}")
    return Identifier(scheme="arxiv", value=f"2603.{number:05}")


def source(now: datetime, *, is_dblp: bool = False) -> Source:
    """Who says it."""
    return Source(kind="dblp" if is_dblp else "arxiv", name="Made", retrieved=now)


def record(title: str, now: datetime, *numbers: int) -> PaperRecord:
    """A paper, or the word of another source that two are one."""
    return PaperRecord(
        source=source(now, is_dblp=len(numbers) > 1),
        title=f"{title} {numbers[0]}",
        identifiers=tuple(map(identifier, numbers)),
    )


def longer(title: str, now: datetime, number: int) -> PaperRecord:
    """The same paper when its source has more to say."""
    return record(title, now, number).model_copy(
        update={
            "abstract": f"We show that {title} {_MORE} solve 12 of 13 tasks. They are {_MORE} better than all before.",
            "authors": tuple(Authorship(name=f"Ada Lovelace {chr(65 + n)}") for n in range(6)),
            "affiliations": ("Institute of Long Names in the City of Many Towers",),
            "category": "cs.CL",
            "cross_lists": ("cs.Long-name-of-a-category-1", "cs.Long-name-of-a-category-2"),
            "venue": f"Proceedings of the Conference on Papers {_MORE}",
        }
    )


def known(scene: OutboxScene) -> dict[int, int]:
    """The papers that the store has: number and id."""
    found = {(row[0], row[1]): row[2] for row in scene.read("SELECT scheme, value, paper_id FROM identifiers")}
    keys = {number: (identifier(number).scheme, identifier(number).value) for number in range(COUNT)}
    return {number: found[key] for number, key in keys.items() if key in found}


def merged(scene: OutboxScene) -> dict[str, str]:
    """The handles of papers that turned out to be others, and of the papers that they are."""
    return dict(
        scene.read(
            "SELECT merged_handles.handle, papers.handle FROM merged_handles JOIN papers ON papers.id = paper_id"
        )
    )
