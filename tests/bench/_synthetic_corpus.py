"""Synthetic corpora of any size, and queries with known answers: titles and names with errors as people make them.

Titles are parts of real ones put together, with new words made of halves of real words, so that the number of
distinct words grows with the number of titles as it does in arXiv (620,000 words in 3 million titles). Names are
drawn from Zipf distributions over real and made first names and surnames. No two titles or names are alike.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path

from store.lookup.abbreviations import shortened
from store.text.normalize import fold
from tests.bench._store import Row, corpus

_NEW_WORD = 0.14
_HEAD = 0.22

_KEYS = {
    a: b
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890")
    for i, a in enumerate(row)
    for b in [row[max(0, i - 1) : i] + row[i + 1 : i + 2]]
}


@dataclass(frozen=True)
class Query:
    """A query with its answer: the folded text, or the paper's id. `best` is the best rank that can be asked for."""

    group: str
    kind: str
    text: str
    id: int | None
    answer: str
    best: int = 1


def titles(number: int, source: Path, seed: int = 1) -> Iterator[Row]:
    """Papers without authors."""
    draw = random.Random(seed)
    real = [row.title.split() for row in corpus(source)]
    real = [title for title in real if 3 <= len(title) <= 20]
    plain = sorted({word for title in real for word in title if word.isalpha() and len(word) > 4})
    seen: set[int] = set()
    for id_ in range(1, number + 1):
        while True:
            wanted = len(draw.choice(real))
            made: list[str] = []
            while len(made) < wanted:
                piece = draw.choice(real)
                at = draw.randrange(len(piece))
                made += piece[at : at + draw.randint(1, 4)]
            made = made[:wanted]
            if draw.random() < _NEW_WORD:
                made[draw.randrange(wanted)] = _halves(draw, plain)
            if draw.random() < _HEAD:
                head = _halves(draw, plain)[: draw.randint(4, 9)]
                made = [head[:1].upper() + head[1:-2] + head[-2:].upper() + ":", *made]
            title = " ".join(made)
            key = hash(fold(title))
            if key not in seen:
                seen.add(key)
                break
        yield Row(id_, title, (), draw.randint(1991, 2026), min(10**6, int(draw.paretovariate(1.1)) - 1))


def names(number: int, source: Path, seed: int = 2) -> Iterator[tuple[int, str, int]]:
    """Ids, names and numbers of papers."""
    draw = random.Random(seed)
    first, last = Counter[str](), Counter[str]()
    for row in corpus(source):
        for name in row.authors:
            *given, surname = name.split() or [""]
            if given:
                first[given[0]] += 1
                last[surname] += 1
    choose_first = _zipf(draw, _more(draw, [word for word, _ in first.most_common()], number // 25), 0.8)
    choose_last = _zipf(draw, _more(draw, [word for word, _ in last.most_common()], number // 8), 0.7)
    seen: set[int] = set()
    for id_ in range(1, number + 1):
        while True:
            middle = f"{choose_first()[:1]}. " if draw.random() < 0.12 else ""
            middle = middle or (f"{choose_first()} " if draw.random() < 0.12 else "")
            name = f"{choose_first()} {middle}{choose_last()}"
            key = hash(fold(name))
            if key not in seen:
                seen.add(key)
                break
        yield id_, name, min(5_000, int(draw.paretovariate(1.2)))


def _halves(draw: random.Random, words: Sequence[str]) -> str:
    one, other = draw.choice(words), draw.choice(words)
    return one[: (len(one) + 1) // 2].lower() + other[len(other) // 2 :].lower()


def _more(draw: random.Random, words: list[str], number: int) -> list[str]:
    plain = [word for word in words if word.isalpha() and len(word) > 3]
    made = {_halves(draw, plain).capitalize() for _ in range(max(0, number - len(words)))}
    return words + sorted(made.difference(words), key=lambda word: word[::-1])


def _zipf(draw: random.Random, words: Sequence[str], exponent: float) -> Callable[[], str]:
    sums = list(accumulate((rank + 5) ** -exponent for rank in range(len(words))))
    return lambda: words[bisect_left(sums, draw.random() * sums[-1])]


def typo(draw: random.Random, text: str) -> str:
    """One typing error: a letter too many or too few, a neighbouring key, or two letters swapped."""
    at = draw.randrange(len(text))
    near = _KEYS.get(text[at].lower()) or "e"
    match draw.randrange(4):
        case 0:
            return text[:at] + draw.choice(near) + text[at:]
        case 1 if len(text) > 1:
            return text[:at] + text[at + 1 :]
        case 2 if at + 1 < len(text):
            return text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        case _:
            return text[:at] + draw.choice(near) + text[at + 1 :]


def _typos(draw: random.Random, text: str, number: int) -> str:
    for _ in range(number):
        text = typo(draw, text)
    return text


def _shuffled(draw: random.Random, text: str) -> str:
    words = text.split()
    draw.shuffle(words)
    return " ".join(words)


def _some(draw: random.Random, text: str) -> str:
    words = text.split()
    kept = max(3, round(len(words) * 0.65))
    return " ".join(words[i] for i in sorted(draw.sample(range(len(words)), min(kept, len(words)))))


def _cut(draw: random.Random, text: str) -> str:
    words = [
        word for word in fold(text).split() if word not in {"a", "an", "the", "of", "for", "in", "on", "to", "and"}
    ]
    return " ".join(word[: draw.randint(4, 8)] for word in words[:7])


def _window(draw: random.Random, text: str) -> str:
    words = text.split()
    at = draw.randint(1, max(1, len(words) - 4))
    return typo(draw, " ".join(words[at : at + 4]))


def title_queries(rows: Sequence[Row], seed: int = 3) -> list[Query]:
    """Every class for every one of these papers to which it can be done."""
    draw = random.Random(seed)
    made: list[Query] = []

    def add(group: str, row: Row, text: str) -> None:
        if fold(text):
            made.append(Query(group, "title", text, row.id, fold(row.title)))

    for row in rows:
        title = row.title
        add("t_exact", row, title)
        for number in (1, 2, 3):
            add(f"t_typo{number}", row, _typos(draw, title, number))
        words = title.split()
        if len(words) >= 5:
            add("t_missing", row, _some(draw, title))
            add("t_reorder", row, _shuffled(draw, title))
            add("t_messy", row, typo(draw, _shuffled(draw, _some(draw, title.lower()))))
            add("t_window4_typo1", row, _window(draw, title))
            add("t_trunc", row, _cut(draw, title))
        if len(words) <= 5:
            add("t_short_typo1", row, typo(draw, title))
        if short := shortened(fold(title).split()):
            add("t_abbrev", row, " ".join(short))
        head, colon, _ = title.partition(":")
        if colon and " " not in head and len(head) > 3:
            add("t_acronym", row, head)
            add("t_acronym_typo", row, typo(draw, head))
        for length in (8, 12, 16, 20):
            if len(title) > length + 3:
                add(f"t_prefix{length:02}", row, title[:length])
        if len(title) > 23:
            add("t_prefix_typo", row, typo(draw, title[:20]))
    return made


def name_queries(entries: Sequence[tuple[int, str, int]], seed: int = 4) -> list[Query]:
    """Every class for every one of these names to which it can be done."""
    draw = random.Random(seed)
    made: list[Query] = []

    def add(group: str, name: str, text: str) -> None:
        if fold(text):
            made.append(Query(group, "author", text, None, fold(name)))

    for _, name, _ in entries:
        words = name.split()
        turned = " ".join([words[-1], *words[:-1]])
        add("a_exact", name, name)
        add("a_typo1", name, typo(draw, name))
        add("a_typo2", name, _typos(draw, name, 2))
        add("a_reorder", name, turned)
        add("a_reorder_typo1", name, typo(draw, turned))
        add("a_surname_prefix", name, " ".join([*words[:-1], words[-1][: max(4, len(words[-1]) - 3)]]))
        add("a_initial", name, f"{words[0][0]}. {words[-1]}")
        for length in (6, 10):
            if len(name) > length:
                add(f"a_prefix{length:02}", name, name[:length])
    return made


def best_ranks(
    queries: Sequence[Query], texts: dict[str, Sequence[str]], ranks: dict[str, list[int]]
) -> dict[Query, int]:
    """For beginnings, acronyms and initials, the rank by popularity among all texts that fit; 1 for other queries."""
    wanted = {
        query
        for query in queries
        if "_prefix0" in query.group or "_prefix1" in query.group or "_prefix2" in query.group
    }
    wanted |= {query for query in queries if query.group in {"a_initial", "t_acronym"}}
    best = dict.fromkeys(queries, 1)
    for kind in ("title", "author"):
        order = sorted(range(len(texts[kind])), key=texts[kind].__getitem__)
        ordered = [texts[kind][at] for at in order]
        by_surname: dict[str, list[int]] = {}
        if any(query.group == "a_initial" for query in wanted) and kind == "author":
            for at, name in enumerate(texts[kind]):
                by_surname.setdefault(name.rsplit(" ", 1)[-1], []).append(at)
        for query in wanted:
            if query.kind != kind:
                continue
            folded = fold(query.text)
            if query.group == "a_initial":
                fitting = [
                    at for at in by_surname.get(folded.rsplit(" ", 1)[-1], ()) if texts[kind][at][0] == folded[0]
                ]
            else:
                fitting = order[bisect_left(ordered, folded) : bisect_left(ordered, folded + "~")]
            own = max((ranks[kind][at] for at in fitting if texts[kind][at] == query.answer), default=0)
            best[query] = 1 + sum(ranks[kind][at] > own for at in fitting)
    return best
