"""How good the chosen sentences are: `python -m tests.bench.summaries --scitldr FILE --csabstruct FILE [--ablation]`.

SciTLDR: ROUGE-1/2/L F1 (stemmed, best reference by ROUGE-1) of the first sentence that a method chooses; KPR@3, the
share of a reference's content stems that its three sentences hold, as the mean over references; new KPR@3, the same
for stems that are not in the title. The oracle takes the sentence with the highest ROUGE-1, and for KPR the three that
add most. CSAbstruct, which has no titles: the share of abstracts with a background, an objective or method, and a
result, of whose three sentences one is of each. `lectern slots` are the sentences that the card shows. Of these, the
share that is right (labelled objective or method for the TL;DR, result, background for the problem) among the abstracts
with such a sentence; `otherwise`, the share of filled results and problems whose sentence is labelled otherwise; and
`false`, the share of abstracts with a result or a problem on the card though no sentence is labelled so. All methods
are given the data's own sentences.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import subprocess
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import fmean
from typing import Any

from nltk.stem.porter import PorterStemmer
from rouge_score.tokenize import tokenize

from store.summaries.extractive import SentenceScores, summarise
from store.summaries.model import SingleSlot, SummaryModel, load_model
from store.summaries.rhetorical_roles import BACKGROUND, CONTRIBUTION, RESULT
from store.summaries.tokens import STOP_WORDS
from tests.bench.rouge import Rouge

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from sumy.models.dom import ObjectDocumentModel, Paragraph
    from sumy.models.dom import Sentence as SumySentence
    from sumy.summarizers.lex_rank import LexRankSummarizer

Method = Callable[[str, Sequence[str]], list[int]]
Row = dict[str, Any]
_PORTER = PorterStemmer()


def content(text: str) -> set[str]:
    return {_PORTER.stem(word) for word in tokenize(text, None) if word not in STOP_WORDS}


class _Words:
    """What sumy asks of a tokenizer; its own would need a download."""

    def to_words(self, text: str) -> tuple[str, ...]:
        return tuple(tokenize(text, None))


class _Ranked(LexRankSummarizer):  # type: ignore[misc]  # sumy has no types
    """LexRank that gives the chosen from best to worst instead of in the order of the text."""

    @staticmethod
    def _get_best_sentences(sentences: Any, count: int, rating: Any) -> list[Any]:
        return sorted(sentences, key=rating.__getitem__, reverse=True)[:count]


def lexrank(title: str, sentences: Sequence[str]) -> list[int]:
    words = _Words()
    document = ObjectDocumentModel([Paragraph([SumySentence(sentence, words) for sentence in sentences])])
    method = _Ranked(_PORTER.stem)
    method.stop_words = STOP_WORDS
    places = {id(sentence): index for index, sentence in enumerate(document.sentences)}
    with warnings.catch_warnings():
        # It divides by zero where no two sentences are alike.
        warnings.simplefilter("ignore", RuntimeWarning)
        return [places[id(sentence)] for sentence in method(document, 3)]


def three_sentences(model: SummaryModel | None = None) -> Method:
    """The TL;DR, then the two sentences that by the fitted roles are most likely to fill what it leaves open."""

    def chosen(title: str, sentences: Sequence[str]) -> list[int]:
        scores = SentenceScores(title, sentences, model)
        tldr = scores.choose()[0]
        return [] if tldr is None else list(max(_triples(tldr, scores), key=lambda triple: triple[1])[0])

    return chosen


def _triples(tldr: int, scores: SentenceScores) -> Iterator[tuple[Sequence[int], float]]:
    """The TL;DR with the best two sentences for the other roles, for each role it may fill; with the log-likelihood."""
    likely = {
        role: [-math.log1p(math.exp(-margins[role] / 1000)) for margins in scores.margins]
        for role in (BACKGROUND, CONTRIBUTION, RESULT)
    }
    for own in likely:
        chosen, total = [tldr], likely[own][tldr]
        for role in [role for role in likely if role != own]:
            rest = [index for index in range(len(scores.margins)) if index not in chosen]
            if rest:
                chosen.append(max(rest, key=likely[role].__getitem__))
                total += likely[role][chosen[-1]]
        yield chosen, total


def methods() -> dict[str, Method]:
    dice = random.Random(0)
    return {
        "lectern": three_sentences(),
        "random": lambda title, sentences: dice.sample(range(len(sentences)), min(3, len(sentences))),
        "lead": lambda title, sentences: list(range(min(3, len(sentences)))),
        "lexrank": lexrank,
    }


def covered(references: Sequence[set[str]], held: set[str]) -> float | None:
    """KPR: None where no reference has a content stem."""
    shares = [len(reference & held) / len(reference) for reference in references if reference]
    return fmean(shares) if shares else None


def oracle_three(references: Sequence[set[str]], sentences: Sequence[set[str]]) -> set[str]:
    held: set[str] = set()
    for _ in range(3):
        held |= max(sentences, key=lambda sentence: covered(references, held | sentence) or 0.0)
    return held


class Scores:
    """Sums of one method's figures."""

    def __init__(self) -> None:
        self.rouge: list[tuple[float, float, float]] = []
        self.kpr: list[float | None] = []
        self.new: list[float | None] = []
        self.seconds = 0.0

    def add(self, rouge: tuple[float, float, float], row: Row, held: set[str]) -> None:
        self.rouge.append(rouge)
        references = [content(reference) for reference in row["target"]]
        title = content(row["title"])
        self.kpr.append(covered(references, held))
        self.new.append(covered([reference - title for reference in references], held))

    def figures(self) -> dict[str, float]:
        r1, r2, rl = (100 * fmean(column) for column in zip(*self.rouge, strict=True))
        kpr, new = (100 * fmean(v for v in values if v is not None) for values in (self.kpr, self.new))
        milliseconds = 1000 * self.seconds / len(self.rouge)
        return {"r1": r1, "r2": r2, "rl": rl, "kpr3": kpr, "new3": new, "ms": milliseconds}


def score_tldr(rows: Sequence[Row], chosen: Mapping[str, Method]) -> dict[str, dict[str, float]]:
    rouge = Rouge()
    scores = {name: Scores() for name in (*chosen, "title", "oracle")}
    for row in rows:
        sentences = row["source"]
        each = [rouge.best(row["target"], sentence) for sentence in sentences]
        for name, method in chosen.items():
            begun = time.perf_counter()
            three = method(row["title"], sentences)
            scores[name].seconds += time.perf_counter() - begun
            held = set().union(*(content(sentences[index]) for index in three))
            scores[name].add(each[three[0]], row, held)
        scores["title"].add(rouge.best(row["target"], row["title"]), row, content(row["title"]))
        best = oracle_three([content(r) for r in row["target"]], [content(sentence) for sentence in sentences])
        scores["oracle"].add(max(each), row, best)
    return {name: of_method.figures() for name, of_method in scores.items()}


ROLES_OF: dict[SingleSlot, frozenset[str]] = {
    "tldr": frozenset({"objective", "method"}),
    "result": frozenset({"result"}),
    "problem": frozenset({"background"}),
}
"""The labels that a slot's sentence should have."""


def moves(rows: Iterable[Row], method: Method) -> float:
    """The share of abstracts with all three moves that are covered; 0..1."""
    found = []
    for row in rows:
        if all(labels & set(row["labels"]) for labels in ROLES_OF.values()):
            told = {row["labels"][index] for index in method("", row["sentences"])}
            found.append(all(labels & told for labels in ROLES_OF.values()))
    return fmean(found)


def slots(model: SummaryModel | None = None) -> Method:
    """The sentences that the card shows."""
    return lambda title, sentences: [
        index for index in SentenceScores(title, sentences, model).choose() if index is not None
    ]


def slot_figures(rows: Iterable[Row], model: SummaryModel | None = None) -> dict[str, float]:
    """What `right`, `otherwise` and `false` slots are, the module's docstring says."""
    right: dict[str, list[bool]] = {slot: [] for slot in ROLES_OF}
    otherwise, false = [], []
    for row in rows:
        chosen = dict(
            zip(("tldr", "result", "problem"), SentenceScores("", row["sentences"], model).choose(), strict=True)
        )
        lacking = False
        for slot, labels in ROLES_OF.items():
            index, is_there = chosen[slot], bool(labels & set(row["labels"]))
            fits = index is not None and row["labels"][index] in labels
            if is_there:
                right[slot].append(fits)
            if slot != "tldr" and index is not None:
                otherwise.append(not fits)
                lacking |= not is_there
        false.append(lacking)
    shares = {slot: fmean(values) for slot, values in right.items() if values}
    return {**shares, "otherwise": fmean(otherwise) if otherwise else 0.0, "false": fmean(false)}


PARTS: dict[str, tuple[str, ...]] = {
    "title overlap": ("title",),
    "centrality": ("shared", "coverage"),
    "length": ("length",),
    "place": ("first", "last", "tenth", "place", "after"),
    "roles": ("is ", "follows", "precedes"),
    "cues": ("says",),
    "signs": ("digit", "web", "bracket", "capitals", "colon", "question", "commas"),
}


def without(part: str) -> SummaryModel:
    """The model with one part's weights for the TL;DR set to zero, the rest as fitted."""
    full = load_model()
    if part == "cue words":
        return replace(full, ngrams={})
    kept = {name: weight for name, weight in full.features["tldr"].items() if not name.startswith(PARTS[part])}
    return replace(full, features={**full.features, "tldr": kept})


def read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def start_up() -> float:
    """Seconds that a fresh interpreter needs to import and to read the model, beyond pydantic's import."""
    code = (
        "import time, pydantic; t = time.perf_counter()\n"
        "from store.summaries.extractive import summarise\nsummarise('t', 'We show it.'); print(time.perf_counter() - t)"
    )
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def table(head: str, rows: dict[str, dict[str, float]]) -> None:
    columns = list(next(iter(rows.values())))
    print(f"{head:24}" + "".join(f"{column:>8}" for column in columns))
    for name, figures in rows.items():
        print(f"{name:24}" + "".join(f"{figures[column]:8.2f}" for column in columns))
    print()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scitldr", type=Path, required=True)
    parser.add_argument("--csabstruct", type=Path, required=True)
    parser.add_argument("--ablation", action="store_true", help="also without each part of the score")
    options = parser.parse_args()
    tldr, labelled = read(options.scitldr), read(options.csabstruct)
    summarise("", "The model is read once.")
    chosen = methods()
    figures = score_tldr(tldr, chosen)
    table(f"SciTLDR, {len(tldr)}", figures)
    shares = {name: moves(labelled, method) for name, method in (*chosen.items(), ("lectern slots", slots()))}
    table("all three moves", {name: {"share": share} for name, share in shares.items()})
    of_slots = {key: round(share, 4) for key, share in slot_figures(labelled).items()}
    table("slots", {key: {"share": share} for key, share in of_slots.items()})
    if options.ablation:
        ablated: dict[str, dict[str, float]] = {"all": figures["lectern"]}
        for part in ("cue words", *PARTS):
            reduced = {"lectern": three_sentences(without(part))}
            ablated[f"without {part}"] = score_tldr(tldr, reduced)["lectern"]
        table("weights set to zero", ablated)
    print(f"start-up {1000 * start_up():.0f} ms\n")
    rounded = {name: round(share, 4) for name, share in shares.items()}
    print(json.dumps({"methods": _rounded(figures), "moves": rounded, "slots": of_slots}))


def _rounded(figures: dict[str, dict[str, float]]) -> dict[str, dict[str, float]]:
    return {name: {key: round(value, 3) for key, value in row.items()} for name, row in figures.items()}


if __name__ == "__main__":
    main()
