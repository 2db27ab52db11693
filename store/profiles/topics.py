"""Topics: the phrases that set some papers apart from the rest of the store."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from store.models import Frozen, Handle
from store.profiles.key_phrases import Phrases, as_people_write, names_in
from store.text.normalize import fold

LEAST_PAPERS = 2
"""Papers that a phrase has to stand in to be a topic."""
IN_ABSTRACT = 1 / 3
"""How much a paper counts that has a phrase in its abstract only, beside one that has it in its title; as in `related`,
where a word of the title counts three times."""
LEAST_IN_TITLES = 1
"""Titles that have a topic of several words: what stands in abstracts only is mostly about results, not the subject."""
LEAST_OF_A_WORD = 3
"""Titles that have a topic of one word, which is more often one by chance. Read for 30 authors of the ACL Anthology: of
24 such topics of two titles 13 said nothing (`choice`, `investigate`), of 17 of more titles 7 did not."""
ONE_WORD = 0.5
"""The weight of a single word beside a phrase: of the key phrases that authors choose, most have two or three words
(Hulth 2003)."""
OF_RAREST_WORD = 0.3
"""The share of titles with the rarest word of a phrase that are taken to hold the phrase, which is not counted."""
COMMON = 0.05
"""Words that a larger share of titles has say nothing by themselves: `learning`, `models`."""
SAME = 0.7
"""The share of a phrase's papers from which a longer one takes its place, or another that shares a word with it."""


class Topic(Frozen):
    """A phrase, as it is mostly written, the papers that have it, the newest first, and all ways they write it."""

    phrase: str
    papers: tuple[Handle, ...]
    spellings: tuple[str, ...]
    """Folded, in alphabetical order."""


class WordFrequencies(Frozen):
    """In how many titles of the store words stand, and how many titles there are."""

    titles: int
    counts: Mapping[str, int]

    def share(self, phrase: str) -> float:
        """The share of titles that may hold a phrase, above 0; a plural counts like its singular."""
        words = phrase.split()
        rarest = min(sum(self.counts.get(form, 0) for form in _forms(word)) for word in words)
        return (rarest * (OF_RAREST_WORD if len(words) > 1 else 1) + 1) / (self.titles + 1)


def words_of(papers: Iterable[Phrases]) -> set[str]:
    """The words whose frequencies `topics` asks for, of the phrases that may be topics."""
    held = Counter(key for paper in papers for key in paper.written)
    words = {word for key, number in held.items() if number >= LEAST_PAPERS for word in key.split()}
    return {form for word in words for form in _forms(word)}


def _forms(word: str) -> tuple[str, str]:
    """How a word stands in the index: of a compound its last part, as singular and plural."""
    last = word.rpartition("-")[2]
    return last, f"{last}s"


def topics(papers: Sequence[Phrases], frequencies: WordFrequencies, limit: int) -> list[Topic]:
    """What the papers, newest first, are on, at most `limit` topics, the most telling first.

    A phrase weighs what it adds to the relative entropy of the papers and the store (Kullback & Leibler 1951).
    """
    holding: dict[str, list[Handle]] = defaultdict(list)
    in_titles: Counter[str] = Counter()
    spellings: dict[str, Counter[str]] = defaultdict(Counter)
    for paper in papers:
        in_titles.update(paper.titled.keys())
        for key, written in paper.written.items():
            holding[key].append(paper.paper)
            spellings[key][written] += 1
    weights = {
        key: _weight(key, len(held), in_titles[key], len(papers), frequencies)
        for key, held in holding.items()
        if len(held) >= LEAST_PAPERS and _may_be_topic(key, in_titles[key], frequencies)
    }
    chosen: list[str] = []
    for key in sorted((key for key, weight in weights.items() if weight > 0), key=lambda key: (-weights[key], key)):
        if len(chosen) == limit:
            break
        whole = _whole(key, weights, holding)
        if not any(_are_one(whole, other, holding) for other in chosen):
            chosen.append(whole)
    names = names_in(papers)
    return [
        Topic(
            phrase=as_people_write(spellings[key], names),
            papers=tuple(holding[key]),
            spellings=tuple(sorted({fold(written) for written in spellings[key]})),
        )
        for key in chosen
    ]


def _may_be_topic(key: str, in_titles: int, frequencies: WordFrequencies) -> bool:
    if " " in key:
        return in_titles >= LEAST_IN_TITLES
    return in_titles >= LEAST_OF_A_WORD and frequencies.share(key) <= COMMON


def _whole(key: str, keys: Iterable[str], holding: Mapping[str, Sequence[Handle]]) -> str:
    """The longest phrase around a part of it: `conditional random field` for `conditional random`."""
    longer = [other for other in keys if len(holding[other]) >= SAME * len(holding[key]) and f" {key} " in f" {other} "]
    return max(longer, key=lambda other: (len(other.split()), len(holding[other]), other))


def _weight(key: str, held: int, in_titles: int, papers: int, frequencies: WordFrequencies) -> float:
    number = in_titles + IN_ABSTRACT * (held - in_titles)
    apart = math.log(number / papers / frequencies.share(key))
    return number * apart * (1 if " " in key else ONE_WORD)


def _are_one(key: str, other: str, holding: Mapping[str, Sequence[Handle]]) -> bool:
    """Whether a phrase is part of another, or shares a word and most papers with it."""
    words, others = set(key.split()), set(other.split())
    if words <= others or others <= words:
        return True
    shared = len({*holding[key]} & {*holding[other]})
    return bool(words & others) and shared >= SAME * min(len(holding[key]), len(holding[other]))
