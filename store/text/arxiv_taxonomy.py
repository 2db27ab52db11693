"""arXiv's archives and categories, https://arxiv.org/category_taxonomy: `cs` is an archive, `cs.CL` a category."""

from __future__ import annotations

import re
from collections.abc import Iterable

OAI_SETS = frozenset({"cs", "econ", "eess", "math", "physics", "q-bio", "q-fin", "stat"})
"""The archives that are sets of their own in arXiv's OAI-PMH interface; the others are parts of the set `physics`."""

ARCHIVES = OAI_SETS | frozenset(
    {"astro-ph", "cond-mat", "gr-qc", "hep-ex", "hep-lat", "hep-ph", "hep-th", "math-ph", "nlin", "nucl-ex", "nucl-th"}
    | {"quant-ph"}
)
"""The archives that take papers today."""

_YOUNG_ARCHIVES = frozenset({"econ", "eess", "q-fin", "stat"})
_CLOSED_ARCHIVES = frozenset(
    {"acc-phys", "adap-org", "alg-geom", "ao-sci", "atom-ph", "bayes-an", "chao-dyn", "chem-ph", "cmp-lg", "comp-gas"}
    | {"dg-ga", "funct-an", "mtrl-th", "patt-sol", "plasm-ph", "q-alg", "solv-int", "supr-con"}
)
ARCHIVES_IN_IDS = (ARCHIVES - _YOUNG_ARCHIVES) | _CLOSED_ARCHIVES
"""The archives that ids such as `cmp-lg/9405001` can begin with: those that existed before April 2007."""

_COMPUTER_SCIENCE = frozenset(
    {"ai", "ar", "cc", "ce", "cg", "cl", "cr", "cv", "cy", "db", "dc", "dl", "dm", "ds", "et", "fl", "gl", "gr", "gt"}
    | {"hc", "ir", "it", "lg", "lo", "ma", "mm", "ms", "na", "ne", "ni", "oh", "os", "pf", "pl", "ro", "sc", "sd", "se"}
    | {"si", "sy"}
)
_CATEGORY = re.compile(r"[a-z]+(-[a-z]+)?(\.[a-z]+(-[a-z]+)?)?")


def archive_of(category: str) -> str:
    """The archive of a category; an archive is its own."""
    return category.partition(".")[0]


def oai_set(archive: str) -> str:
    """The name of an archive's set in arXiv's OAI-PMH interface."""
    return archive if archive in OAI_SETS else f"physics:{archive}"


def full_category(code: str) -> str:
    """The category with its archive. Author pages leave that out in computer science: `CL` is `cs.CL`."""
    return f"cs.{code}" if code.lower() in _COMPUTER_SCIENCE else code


def subject_case(subject: str) -> str:
    """What follows the archive, in arXiv's capitals: `CL`, `GN`, but `acc-ph`."""
    return subject.upper() if len(subject) == 2 else subject.lower()


def category_in_words(code: str) -> str:
    """A category as people read it, in arXiv's capitals and with its archive: of `CL` and `CS.cl` it is `cs.CL`.

    What arXiv does not have stays as it is.
    """
    archive, dot, subject = full_category(code).partition(".")
    if archive.lower() not in ARCHIVES | _CLOSED_ARCHIVES:
        return code
    return f"{archive.lower()}{dot}{subject_case(subject)}"


def same_category(one: str, other: str) -> bool:
    """Whether two sources name one category, with or without its archive."""
    return one.rpartition(".")[2] == other.rpartition(".")[2]


def category_words(category: str | None, cross_lists: Iterable[str] = ()) -> frozenset[str]:
    """What `cat:` may say to match a paper, in lower case: of `cs.CL` the category, the archive and the subject."""
    words: set[str] = set()
    for name in (category or "", *cross_lists):
        full = full_category(name.lower())
        if not _CATEGORY.fullmatch(full):
            continue
        words.update((full, *full.split(".")))
    return frozenset(words)
