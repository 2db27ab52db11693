"""Stems: what is the same in the forms of a word, so that agent and agents, parse and parsing are found by each other.

By Snowball's English stemmer (Porter 2001). Measured beside words as they are and plurals alone (Harman 1991), by the
mean average precision of BM25 on CACM's old queries: 0.337, 0.243 and 0.314; `tests.bench.described` prints ours.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.metadata import version

from Stemmer import Stemmer


@lru_cache(maxsize=200_000)
def stem(word: str) -> str:
    """The stem of a folded word; of a word in other letters than English has, mostly the word itself."""
    # A stemmer holds the word that it works on, so that threads may not share one; making one takes 0.2 microseconds.
    stemmed: str = Stemmer("english", 0).stemWord(word)
    return stemmed


def stemmer_version() -> str:
    """The version of the stemmer: stems that were stored by another one may differ."""
    return version("PyStemmer")


def common_start(stemmed: str) -> str:
    """Letters with which every word of a stem begins, such as `stud` for `studi`, the stem of `study` and `studies`.

    The last letter of a stem may be another than the words have; of a short one, as `die` of `dying`, all but one.
    """
    return stemmed[:-1] if len(stemmed) > 3 else stemmed[:1]
