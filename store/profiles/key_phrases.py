"""Key phrases: runs of content words in titles and abstracts, each phrase once in whatever number or case it stands.

Candidates are found as in RAKE (Rose et al. 2010): a phrase stands between stop words and punctuation.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from store.models import Handle, Paper
from store.summaries.tokens import STOP_WORDS
from store.text.normalize import fold
from store.text.web_addresses import without_addresses

LONGEST = 4
"""Words of a phrase at most: longer ones hardly ever stand in two papers."""
LONGEST_ABBREVIATION = 5
"""Letters of a word all in capitals that is taken for an abbreviation: `EMNLP`."""
MAX_ABSTRACT = 3000
"""Characters of an abstract that are read."""

LEAST_OF_A_NAME = 2
"""Papers whose running text gives a word a capital, so that one that begins a sentence does not make it a name."""
_LONGER_THAN_PARTICLES = 4
"""Letters of a word from which it has a capital in titles that give words capitals."""

_PART = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*|[^\w\s]|_")
_REMEMBERED = 50_000
"""Words of which it is remembered whether they are stop words and what their keys are."""
_UNSAYING = frozenset(
    "approach approaches based better case current different effective efficient empirical existing experiment "
    "experimental experiments findings first framework good high higher improve improved improving introduce large "
    "latest low many method methods multiple new novel number paper papers performance point points present propose "
    "proposed recent recently result results several show shows significant significantly simple state-of-the-art "
    "strong studies study system systems task tasks technique techniques toward towards two three various well work "
    "works analysis evaluation exploring investigating understanding rethinking beyond able enable enables include "
    "including often provide provides without while even much need important challenge challenges problem problems "
    "set sets available release released publicly code github com https http www yet like make made e.g i.e "
    "respectively across among along shared pair pairs pilot workshop rate rates".split()
)
"""Words that nearly every paper has or might have, so that a phrase neither begins nor ends with them."""


class Phrases(NamedTuple):
    """The phrases of a paper, each by its key and as it is written there first; `titled` are those of the title.

    `running` are those of running text, whose capitals are of names: the abstract's, and those of a title in which
    most words have none.
    """

    paper: Handle
    titled: Mapping[str, str]
    written: Mapping[str, str]
    running: Mapping[str, str]


def phrases_of(papers: Iterable[Paper]) -> list[Phrases]:
    """The phrases of each paper's title and, of those that some title has, the ones of its abstract."""
    read = [(paper, dict(_phrases(paper.title))) for paper in papers]
    wanted = _Wanted({key for _, titled in read for key in titled})
    found = []
    for paper, titled in read:
        of_abstract = dict(_phrases((paper.abstract or "")[:MAX_ABSTRACT], wanted))
        running = titled | of_abstract if _is_running_text(paper.title) else of_abstract
        found.append(Phrases(paper.handle, titled, of_abstract | titled, running))
    return found


def _is_running_text(title: str) -> bool:
    words = [word for word in title.split()[1:] if len(word) >= _LONGER_THAN_PARTICLES]
    return 2 * sum(word.islower() for word in words) > len(words)


class _Wanted:
    """Keys of phrases that are looked for, and their last words, by which most of a text is passed over."""

    def __init__(self, keys: set[str]) -> None:
        self.keys = keys
        self.last_words = {key.rpartition(" ")[2] for key in keys}


def _phrases(text: str, wanted: _Wanted | None = None) -> Iterator[tuple[str, str]]:
    """The keys and spellings of phrases, only of the `wanted` ones if these are given."""
    for run in _runs(without_addresses(text)):
        keys = [_key(word) for word in run]
        for end in range(1, len(run) + 1):
            if wanted is not None and keys[end - 1] not in wanted.last_words:
                continue
            # A phrase ends with what it is about: in `neural machine translation`, neither `neural` nor `machine`.
            if end < len(run) and keys[end] not in _UNSAYING:
                continue
            for start in range(max(0, end - LONGEST), end):
                key = " ".join(keys[start:end])
                if key in wanted.keys if wanted is not None else _may_be(keys[start:end]):
                    yield key, " ".join(run[start:end])


def names_in(papers: Iterable[Phrases]) -> frozenset[str]:
    """Words, in lower case, that running text mostly begins with a capital: `chinese`, `markov`."""
    written = Counter(word for paper in papers for text in paper.running.values() for word in set(text.split()))
    return frozenset(
        word.lower()
        for word, times in written.items()
        if word[0].isupper() and times >= LEAST_OF_A_NAME and times > written[word.lower()]
    )


def as_people_write(spellings: Counter[str], names: Collection[str]) -> str:
    """The spelling of a phrase to show: the most frequent, in lower case but for abbreviations and `names`."""
    in_sentences: Counter[str] = Counter()
    for text, number in spellings.items():
        words = [word if word.lower() in names else _lower(word) for word in text.split()]
        in_sentences[" ".join(words)] += number
    return min(in_sentences, key=lambda text: (-in_sentences[text], text))


def _runs(text: str) -> Iterator[list[str]]:
    """The words between stop words and punctuation; `it’s` is a stop word."""
    run: list[str] = []
    for part in _PART.findall(text):
        if part[0].isalnum() and not _is_stop_word(part):
            run.append(part)
        elif run:
            yield run
            run = []
    if run:
        yield run


@lru_cache(maxsize=_REMEMBERED)
def _is_stop_word(word: str) -> bool:
    return word.lower().removesuffix("'s").removesuffix("’s") in STOP_WORDS


def _may_be(keys: list[str]) -> bool:
    """Whether a phrase says something: its ends do, and it is no number."""
    return (
        all(key and not key.isdigit() for key in keys)
        and not any(end in _UNSAYING for end in (keys[0], keys[-1]))
        and (len(keys) > 1 or len(keys[0]) > 2)
    )


@lru_cache(maxsize=_REMEMBERED)
def _key(word: str) -> str:
    """The word folded, without the ending of a plural."""
    folded = fold(word).replace(" ", "-")
    if folded in _UNSAYING:
        return folded
    if len(folded) > 4 and folded.endswith("ies"):
        return folded[:-3] + "y"
    if len(folded) > 3 and folded.endswith("s") and not folded.endswith(("ss", "us", "is")):
        return folded[:-1]
    return folded


def _lower(word: str) -> str:
    """In lower case, part by part, unless it has capitals after its first letter: `Low-Rank` is not, `LLMs` is kept.

    Of a title in capitals, long words are taken for words.
    """
    return "-".join(
        part if any(c.isupper() or c.isdigit() for c in part[1:]) and not _is_shouted(part) else part.lower()
        for part in word.split("-")
    )


def _is_shouted(word: str) -> bool:
    return len(word) > LONGEST_ABBREVIATION and word.isupper()
