"""Made papers with titles of their own and authors who recur, for tests and benches of the real process."""

from __future__ import annotations

from datetime import UTC, datetime

from store.models import Authorship, Identifier, PaperRecord, Source

FIRST = "Ada Ben Chen Dana Emre Fatima Gita Hugo Ines Jun Kofi Lena Mina Noor Olga Pia Qi Rosa Sven Tao".split()
LAST = "Abe Berg Costa Diaz Evans Fischer Garcia Haas Ito Jansen Kim Lopez Meyer Novak Okafor Park Rossi".split()
ADJECTIVES = "Sparse Neural Robust Causal Latent Federated Bayesian Adaptive Contrastive Multilingual".split()
NOUNS = "Retrieval Parsing Summaries Transformers Agents Alignment Graphs Translation Dialogue Pruning".split()
SETTINGS = "Low-Resource Languages;Long Documents;Clinical Notes;the Web;Noisy Labels;Source Code".split(";")


def title(number: int) -> str:
    """The title of a made paper; all are different."""
    a, n = ADJECTIVES[number % 10], NOUNS[number // 10 % 10]
    return f"{a} {n} for {SETTINGS[number // 100 % 6]}: Study {number // 600 + 1}"


def author(number: int, place: int) -> str:
    """An author of that paper."""
    pick = number * 7 + place * 13
    return f"{FIRST[pick % 20]} {LAST[pick // 20 % 17]}"


def made_papers(count: int) -> list[PaperRecord]:
    """Papers with titles of their own and authors who recur."""
    where = Source(kind="arxiv", name="made", retrieved=datetime.now(UTC))
    return [
        PaperRecord(
            source=where,
            title=title(number),
            abstract=f"We study {title(number).lower()}. Our method improves accuracy by {number % 90 + 1}%. "
            "Experiments on three benchmarks show that it needs less data. We release code and data.",
            authors=tuple(Authorship(name=author(number, place), position=place + 1) for place in range(3)),
            published=f"20{10 + number % 15}-0{number % 9 + 1}-1{number % 9}",
            category=("cs.CL", "cs.LG", "cs.IR", "stat.ML")[number % 4],
            identifiers=(Identifier(scheme="arxiv", value=f"2401.{number:05d}"),),
        )
        for number in range(count)
    ]
