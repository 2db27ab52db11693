"""ROUGE of a sentence against the best of several references, as SciTLDR is scored."""

from __future__ import annotations

from collections.abc import Sequence

from rouge_score import rouge_scorer


class Rouge:
    """F1 of ROUGE-1, -2 and -L with stemming, by Google's `rouge-score`."""

    def __init__(self) -> None:
        self._scorer = rouge_scorer.RougeScorer(["rouge1", "rouge2", "rougeL"], use_stemmer=True)

    def best(self, references: Sequence[str], text: str) -> tuple[float, float, float]:
        """All three for the reference with the highest ROUGE-1; 0..1."""
        scores = [self._scorer.score(reference, text) for reference in references]
        found = [(s["rouge1"].fmeasure, s["rouge2"].fmeasure, s["rougeL"].fmeasure) for s in scores]
        return max(found, key=lambda f: f[0])
