"""Examples from what a guild's own store holds: a paper, one of its authors, and what to type to find them."""

from __future__ import annotations

import re

from store.lookup.resolve import Sure
from store.models import Author, Frozen, Paper
from store.text.arxiv_taxonomy import ARCHIVES, archive_of, full_category
from store.text.normalize import head
from store.view import View

NEWEST = 25
"""Papers that are looked at."""
TRIED = 5
"""Papers, and authors of one, for which it is tried what finds them; each try is a look-up."""
LONGEST = 60
"""Characters of an example."""
_WORD = re.compile(r"\b[a-z]{5,24}\b")
_CATEGORY = re.compile(r"[a-z-]+(\.[A-Za-z-]{2,12})?")


class Examples(Frozen):
    """`title` and `name` find the paper and the author for sure, where anything short does.

    `word` is a word of the paper's title, `category` its category on arXiv.
    """

    paper: Paper
    title: str | None
    word: str | None
    category: str | None
    author: Author | None
    name: str | None


async def choose(view: View) -> Examples | None:
    """Examples from the newest papers that the guild sees, if it sees any."""
    newest = await view.papers(await view.newest(NEWEST))
    newest.sort(key=lambda paper: (paper.abstract is None, " " in (_beginning(paper) or " ")))
    if not newest:
        return None
    titles = {paper.handle: await _title(view, paper) for paper in newest[:TRIED]}
    paper = next((one for one in newest[:TRIED] if titles[one.handle]), newest[0])
    people = [author for author in await view.authors_of(paper.handle) if not author.is_group]
    people.sort(key=lambda author: -author.papers)
    names = {author.handle: await _name(view, author) for author in people[:TRIED]}
    author = next((one for one in people[:TRIED] if names[one.handle]), people[0] if people else None)
    category = full_category(paper.category or "")
    return Examples(
        paper=paper,
        title=titles[paper.handle],
        word=max(_WORD.findall(paper.title.lower()), key=len, default=None),
        category=category if _CATEGORY.fullmatch(category) and archive_of(category) in ARCHIVES else None,
        author=author,
        name=names[author.handle] if author else None,
    )


def _beginning(paper: Paper) -> str | None:
    """What people remember of a title: the name before its colon, else its first words; None where that is long."""
    name, colon, _ = paper.title.partition(":")
    words = name if colon and head(paper.title) else " ".join(paper.title.split()[:4])
    return words.lower() if len(words) <= LONGEST else None


async def _title(view: View, paper: Paper) -> str | None:
    typed = _beginning(paper)
    found = await view.resolve_paper(typed) if typed else None
    return typed if isinstance(found, Sure) and found.hit.handle == paper.handle else None


async def _name(view: View, author: Author) -> str | None:
    """The name with two letters exchanged where it is found nevertheless, else as it is."""
    name = author.name.lower()
    for typed in (_misspelt(name), name):
        found = await view.resolve_author(typed) if len(typed) <= LONGEST else None
        if isinstance(found, Sure) and found.hit.handle == author.handle:
            return typed
    return None


def _misspelt(name: str) -> str:
    longest = max(name.split(), key=len, default="")
    middle = len(longest) // 2
    wrong = longest[: middle - 1] + longest[middle] + longest[middle - 1] + longest[middle + 1 :] if middle else longest
    return name.replace(longest, wrong, 1)
