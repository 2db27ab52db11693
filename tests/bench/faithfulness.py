"""The faithfulness check as a classifier: `python -m tests.bench.faithfulness --scitldr FILE --csabstruct FILE [--seed N] [--show]`.

True sentences are made by rule from the abstracts' own: verbatim, with the opening adjunct, brackets or a trailing
clause left out, the adjunct moved to the end, "we" told as "the authors", and two neighbours joined. Each is shown
with the sentences it rests on. Corrupted ones are true ones with one thing wrong. Free paraphrases by people, the TLDRs
that SciTLDR's authors wrote, are counted apart, against the whole abstract: nobody has checked which of them the
abstract bears out.
"""

from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from store.summaries.faithfulness import find_faults
from tests.bench.summaries import read

ADJUNCT = re.compile(
    r"^(?:In|To|For|By|With|Here|However|Moreover|Furthermore|Additionally|Finally|Specifically)\b[^,]{0,90}, "
)
BRACKET = re.compile(r" \([^()]*\)")
TRAIL = re.compile(
    r", (?:which|where|while|thus|leading|showing|making|allowing|enabling|e\.g\.|such as)\b[^,;:]*(?=\.?$)"
)
NUMBER = re.compile(r"(?<![\w.,-])\d+(?:[.,]\d+)*")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][\w-]*[A-Z0-9]\w*|(?<=[a-z] )[A-Z][a-z]+(?= [a-z])")
TERM = re.compile(r"\b[a-z]{7,}\b")
AUXILIARY = re.compile(r"\b(?:is|are|was|were|can|will|does|do|has|have|may|could|should)\b")
VERB = re.compile(
    r"\b(improves?|outperforms?|achieves?|shows?|uses?|provides?|allows?|reduces?|requires?|yields?|leads?)\b"
)
DENIAL = re.compile(r"\b(?:not|without|never|cannot|no|fails? to|hardly|rarely) ")


class Case(NamedTuple):
    kind: str
    sentence: str
    sources: Sequence[str]


def usable(sentence: str) -> bool:
    return 6 <= len(sentence.split()) <= 60 and sentence[-1:] == "." and "\\" not in sentence and "$" not in sentence


def shortened(sentence: str) -> Iterator[tuple[str, str]]:
    yield "verbatim", sentence
    for kind, pattern in (("no adjunct", ADJUNCT), ("no brackets", BRACKET), ("no trailing clause", TRAIL)):
        shorter = pattern.sub("", sentence)
        if shorter != sentence and usable(shorter):
            yield kind, shorter[0].upper() + shorter[1:]
    if adjunct := ADJUNCT.match(sentence):
        moved = f"{sentence[adjunct.end() :].rstrip('.')} {adjunct.group()[0].lower()}{adjunct.group()[1:-2]}."
        yield "adjunct moved to the end", moved[0].upper() + moved[1:]
    told = re.sub(r"\b[Ww]e\b", "the authors", sentence)
    if told != sentence:
        yield "we told as the authors", told[0].upper() + told[1:]


def true_cases(abstracts: Sequence[Sequence[str]]) -> Iterator[Case]:
    for abstract in abstracts:
        for index, sentence in enumerate(abstract):
            for kind, shorter in shortened(sentence):
                yield Case(kind, shorter, [sentence])
            if index and len(sentence) + len(abstract[index - 1]) < 320:
                joined = f"{abstract[index - 1].rstrip('.')}, and {sentence[0].lower()}{sentence[1:]}"
                if sentence[1:2].islower():
                    yield Case("two joined", joined, [abstract[index - 1], sentence])


class Corruptor:
    """Each method makes one thing wrong in a true sentence; None where it has nothing to be wrong."""

    def __init__(self, abstracts: Sequence[Sequence[str]], dice: random.Random) -> None:
        self.abstracts, self.dice = abstracts, dice
        self.names = sorted({name for abstract in abstracts for s in abstract for name in NAME.findall(s)})
        self.terms = sorted({term for abstract in abstracts for s in abstract for term in TERM.findall(s)})

    def kinds(self) -> dict[str, Callable[[Case, Sequence[str]], Case | None]]:
        return {
            "number changed": self.number,
            "numbers exchanged": self.numbers,
            "negation put in": self.negation,
            "negation taken out": self.no_negation,
            "name of another paper": self.name,
            "names exchanged": self.names_exchanged,
            "term of another paper": self.term,
            "terms exchanged": self.terms_exchanged,
            "two papers mixed": self.mixed,
            "wrong source named": self.wrong_source,
        }

    def number(self, case: Case, abstract: Sequence[str]) -> Case | None:
        if not (places := list(NUMBER.finditer(case.sentence))):
            return None
        place = self.dice.choice(places)
        digits = [i for i, sign in enumerate(place.group()) if sign.isdigit()]
        at = self.dice.choice(digits)
        other = self.dice.choice([d for d in "123456789" if d != place.group()[at]])
        return _put(case, place, place.group()[:at] + other + place.group()[at + 1 :])

    def numbers(self, case: Case, abstract: Sequence[str]) -> Case | None:
        return self._exchanged(case, NUMBER)

    def negation(self, case: Case, abstract: Sequence[str]) -> Case | None:
        if places := list(AUXILIARY.finditer(case.sentence)):
            place = self.dice.choice(places)
            return _put(case, place, f"{place.group()} not")
        if places := list(VERB.finditer(case.sentence)):
            place = self.dice.choice(places)
            return _put(case, place, f"{self.dice.choice(['does not', 'never', 'hardly', 'fails to'])} {place.group()}")
        return None

    def no_negation(self, case: Case, abstract: Sequence[str]) -> Case | None:
        places = list(DENIAL.finditer(case.sentence))
        return _put(case, self.dice.choice(places), "") if places else None

    def name(self, case: Case, abstract: Sequence[str]) -> Case | None:
        return self._foreign(case, NAME, self.names)

    def names_exchanged(self, case: Case, abstract: Sequence[str]) -> Case | None:
        return self._exchanged(case, NAME)

    def term(self, case: Case, abstract: Sequence[str]) -> Case | None:
        return self._foreign(case, TERM, self.terms)

    def terms_exchanged(self, case: Case, abstract: Sequence[str]) -> Case | None:
        return self._exchanged(case, TERM)

    def mixed(self, case: Case, abstract: Sequence[str]) -> Case | None:
        other = self.dice.choice(self.dice.choice(self.abstracts))
        if other in abstract:
            return None
        own, foreign = case.sentence.split(), other.split()
        return case._replace(sentence=" ".join(own[: len(own) // 2] + foreign[len(foreign) // 2 :]))

    def wrong_source(self, case: Case, abstract: Sequence[str]) -> Case | None:
        others = [sentence for sentence in abstract if sentence not in case.sources]
        return case._replace(sources=[self.dice.choice(others)]) if others else None

    def _foreign(self, case: Case, pattern: re.Pattern[str], known: Sequence[str]) -> Case | None:
        places = list(pattern.finditer(case.sentence))
        source = " ".join(case.sources).lower()
        other = self.dice.choice(known)
        return _put(case, self.dice.choice(places), other) if places and other.lower() not in source else None

    def _exchanged(self, case: Case, pattern: re.Pattern[str]) -> Case | None:
        places = list(pattern.finditer(case.sentence))
        if len({place.group() for place in places}) < 2:
            return None
        first, second = self.dice.sample(places, 2)
        if first.group().rstrip("s") == second.group().rstrip("s"):
            return None  # "KB" for "KBs" says nothing else
        first, second = sorted((first, second), key=re.Match.start)
        text = case.sentence
        exchanged = (
            text[: first.start()]
            + second.group()
            + text[first.end() : second.start()]
            + first.group()
            + text[second.end() :]
        )
        return case._replace(sentence=exchanged) if exchanged != text else None


def _put(case: Case, place: re.Match[str], text: str) -> Case:
    return case._replace(sentence=case.sentence[: place.start()] + text + case.sentence[place.end() :])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scitldr", type=Path, required=True)
    parser.add_argument("--csabstruct", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--show", action="store_true", help="print the errors")
    options = parser.parse_args()
    tldr = read(options.scitldr)
    rows = [*(row["source"] for row in tldr), *(row["sentences"] for row in read(options.csabstruct))]
    abstracts = [good for row in rows if len(good := [s.strip() for s in row if usable(s.strip())]) > 1]
    dice = random.Random(options.seed)
    owner = {sentence: abstract for abstract in abstracts for sentence in abstract}
    kept: dict[str, Counter[bool]] = defaultdict(Counter[bool])
    why: Counter[str] = Counter()
    begun, judged = time.perf_counter(), 0
    cases = list(true_cases(abstracts))
    for case in cases:
        found = find_faults(case.sentence, case.sources)
        kept[case.kind][not found] += 1
        why.update(found)
        judged += 1
        if found and options.show:
            print("REFUSED", case.kind, sorted(found), "|", case.sentence, "|", case.sources)
    caught: dict[str, Counter[bool]] = defaultdict(Counter[bool])
    corruptor = Corruptor(abstracts, dice)
    for kind, corrupt in corruptor.kinds().items():
        for case in cases:
            if case.kind != "two joined" and (wrong := corrupt(case, owner[case.sources[0]])):
                found = find_faults(wrong.sentence, wrong.sources)
                caught[kind][bool(found)] += 1
                judged += 1
                if not found and options.show:
                    print("MISSED", kind, "|", wrong.sentence, "|", wrong.sources)
    seconds = time.perf_counter() - begun
    written = Counter(not find_faults(target, row["source"]) for row in tldr for target in row["target"])
    figures = {"kept": _shares(kept), "caught": _shares(caught)}
    for name, shares in figures.items():
        print(name)
        for kind, (share, count) in shares.items():
            print(f"  {kind:26}{100 * share:8.2f} %{count:8}")
    print("true sentences were refused for", dict(why.most_common()))
    print(f"authors' own TLDRs kept: {100 * written[True] / written.total():.1f} % of {written.total()}")
    print(f"{1e6 * seconds / judged:.0f} µs a sentence\n")
    print(
        json.dumps(
            {name: {kind: round(share, 4) for kind, (share, _) in shares.items()} for name, shares in figures.items()}
            | {"authors_tldrs_kept": round(written[True] / written.total(), 4)}
        )
    )


def _shares(counts: dict[str, Counter[bool]]) -> dict[str, tuple[float, int]]:
    whole = {**counts, "all": sum(counts.values(), Counter[bool]())}
    return {kind: (of[True] / of.total(), of.total()) for kind, of in whole.items()}


if __name__ == "__main__":
    main()
