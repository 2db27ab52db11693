"""What an author's papers are by year of publication: how many in each category, and how often they are cited."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable

from store.models import Frozen, Paper, PaperOutline
from store.text.arxiv_taxonomy import category_in_words


class Year(Frozen):
    """The papers of a year. `categories` have the number of papers whose first category each is, the most first.

    A paper without a category counts under the empty one. `citations` are those that the papers have today.
    """

    year: int
    categories: tuple[tuple[str, int], ...]
    citations: int

    @property
    def papers(self) -> int:
        """How many papers there are."""
        return sum(number for _, number in self.categories)


def by_year(papers: Iterable[Paper | PaperOutline]) -> tuple[Year, ...]:
    """The years that have papers, in order; papers without a date are left out."""
    categories: dict[int, Counter[str]] = defaultdict(Counter)
    citations: Counter[int] = Counter()
    for paper in papers:
        if paper.published:
            year = int(paper.published[:4])
            categories[year][category_in_words(paper.category or "")] += 1
            citations[year] += paper.citations or 0
    return tuple(
        Year(
            year=year,
            categories=tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))),
            citations=citations[year],
        )
        for year, counts in sorted(categories.items())
    )
