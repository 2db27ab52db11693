"""Features of a sentence for the fitted scores of the slots, as whole numbers in thousandths.

Their bounds and steps (60 words, twentieths of a length, tenths of an abstract) are part of what the weights were
fitted to: after changing one, fit anew with `python -m tools.fit_summaries`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from store.summaries.cue_patterns import CUES
from store.summaries.rhetorical_roles import CONTRIBUTION, RESULT, ROLES, log_probability, role_cues
from store.summaries.tokens import content_stems, ngrams, words

_CAPITALS = re.compile(r"\b[A-Z][A-Za-z]{0,40}[A-Z]\w*")
_ONE = 1000


class TokenizedAbstract:
    """The sentences of an abstract with their words, stems and n-grams, taken apart once for all weights."""

    def __init__(self, title: str, sentences: Sequence[str]) -> None:
        self.sentences = sentences
        self.title_words = words(title)
        self.title_stems = set(content_stems(self.title_words))
        self.words = [words(sentence) for sentence in sentences]
        self.stems = [set(content_stems(of_sentence)) for of_sentence in self.words]
        self.ngrams = [ngrams(of_sentence) for of_sentence in self.words]
        self.sentence_counts = Counter(stem for of_sentence in self.stems for stem in of_sentence)
        self.shared_stems = {stem for stem, count in self.sentence_counts.items() if count > 1}
        self.title_pairs = set(pairwise(self.title_words))

    def role_cues(self) -> list[list[str]]:
        """The cues of each sentence for `role_margins`."""
        total = len(self.sentences)
        return [
            role_cues(cues, index, total, len(of_sentence))
            for index, (cues, of_sentence) in enumerate(zip(self.ngrams, self.words, strict=True))
        ]

    def features(self, index: int, margins: Sequence[Sequence[int]]) -> dict[str, int]:
        """The features of one sentence by name, its n-grams apart; `margins` are those of `role_margins`."""
        stems, total = self.stems[index], len(self.sentences)
        length, sentence = len(self.words[index]), self.sentences[index]
        bounded = min(length, 60)
        own_pairs = set(pairwise(self.words[index]))
        found = {
            "title recall": _share(len(stems & self.title_stems), len(self.title_stems)),
            "title precision": _share(len(stems & self.title_stems), len(stems)),
            "title any": _ONE * bool(stems & self.title_stems),
            "title pairs": _share(len(self.title_pairs & own_pairs), len(self.title_pairs)),
            "shared mean": _share(
                sum(self.sentence_counts[stem] - 1 for stem in stems), len(stems) * max(1, total - 1)
            ),
            "shared recall": _share(len(self.shared_stems & stems), len(self.shared_stems)),
            "coverage": _share(len(stems), len(self.sentence_counts)),
            "length": bounded * _ONE // 20,
            "length squared": bounded * bounded * _ONE // 400,
            f"length {min(length // 4, 14)}": _ONE,
            f"first {min(index, 6)}": _ONE,
            f"last {min(total - 1 - index, 4)}": _ONE,
            f"tenth {10 * index // total}": _ONE,
            "place": _share(index, total),
            f"after background {_after_background(index, margins)}": _ONE,
            "digit": _ONE * any(map(str.isdigit, sentence)),
            "web": _ONE * ("http" in sentence or "www." in sentence),
            "bracket": _ONE * ("(" in sentence),
            "capitals": _share(min(3, len(_CAPITALS.findall(sentence))), 3),
            "colon": _ONE * (":" in sentence),
            "question": _ONE * ("?" in sentence),
            "commas": _share(min(5, sentence.count(",")), 5),
        }
        for near, neighbour in (("is", index), ("follows", index - 1), ("precedes", index + 1)):
            if 0 <= neighbour < total:
                for role, margin in zip((*ROLES, "contribution"), margins[neighbour], strict=True):
                    found[f"{near} {role}"] = log_probability(margin)
        found |= {f"says {name}": _ONE for name, pattern in CUES.items() if pattern.search(sentence)}
        return found


def features_of_nothing(role: int, margins: Sequence[Sequence[int]]) -> dict[str, int]:
    """The features of leaving the slot of a role empty, which competes with the sentences."""
    return {"nothing": _ONE, "nothing, at best": log_probability(max((of[role] for of in margins), default=0))}


def _share(part: int, whole: int) -> int:
    return _ONE * part // whole if whole else 0


def _after_background(index: int, margins: Sequence[Sequence[int]]) -> int:
    """How many sentences after the first objective, method or result this one is, within -3..4."""
    first = next((i for i, roles in enumerate(margins) if max(roles[RESULT], roles[CONTRIBUTION]) > 0), len(margins))
    return max(-3, min(4, index - first))
