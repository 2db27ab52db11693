"""Vocabulary, prefix index and document values, each compared with a brute-force computation."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from store.lookup.index.doc_values import DocValues, initial_signature, prefix_signatures
from store.lookup.index.prefix_index import PrefixIndex
from store.lookup.index.vocabulary import Vocabulary, letter_bag, letter_bags

WORDS = st.text("abc1", min_size=1, max_size=7)
COUNTS = st.dictionaries(WORDS, st.integers(1, 9), max_size=30)
TEXTS = st.text("ab 1", max_size=24).map(lambda text: " ".join(text.split()))


@given(COUNTS, st.lists(st.dictionaries(WORDS, st.integers(1, 3), max_size=5), max_size=3), WORDS)
def test_the_vocabulary_finds_what_comparing_every_word_finds(
    first: dict[str, int], more: list[dict[str, int]], asked: str
) -> None:
    vocabulary = Vocabulary.of(first.items())
    counts = dict(first)
    for added in more:
        vocabulary.add(added)
        for word, count in added.items():
            counts[word] = counts.get(word, 0) + count
    gone = sorted(counts)[:3]
    vocabulary.add({word: -counts.pop(word) for word in gone})
    for made in (vocabulary, Vocabulary.load(vocabulary.dump())):
        assert dict(made.items()) == counts
        assert made.totals() == (len(counts), sum(counts.values()))
        assert all(made.count(word) == counts.get(word, 0) for word in (*first, asked))
        for distance in (1, 2):
            near = {w: OSA.distance(w, asked) for w in counts if 0 < OSA.distance(w, asked) <= distance}
            assert {like.word: like.distance for like in made.similar(asked, distance, 99)} == near
        held = {word: count for word, count in counts.items() if asked in word[1:]}
        assert {like.word: like.texts for like in made.containing(asked, 99)} == held
        expected = {word: count for word, count in counts.items() if word.startswith(asked) and word != asked}
        assert {like.word: like.texts for like in made.completions(asked, 99)} == expected


@settings(max_examples=200)
@given(
    st.dictionaries(st.integers(1, 40), TEXTS, max_size=20),
    st.lists(st.dictionaries(st.integers(1, 50), st.none() | TEXTS, min_size=1, max_size=6), max_size=4),
    st.integers(0, 4),
    TEXTS,
)
def test_prefixes_are_found_as_by_scanning_every_text(
    first: dict[int, str], changes: list[dict[int, str | None]], sort_after: int, start: str
) -> None:
    prefixes = PrefixIndex.of([(list(first), list(first.values()))] if first else [])
    texts: dict[int, str | None] = dict(first)
    for number, changed in enumerate(changes):
        work = prefixes.begin_sorting() if number == sort_after else None
        prefixes.replace(changed)
        texts |= changed
        if work:
            prefixes.finish_sorting(work())
    for made in (prefixes, PrefixIndex.load(prefixes.dump())):
        for asked in (start, start[:12], start[:3]):
            expected = sorted(i for i, text in texts.items() if text is not None and text[:18].startswith(asked[:18]))
            assert sorted(made.starting_with(asked).tolist()) == expected
        if start:
            near = tuple(_one_edit_away(start[:18]))
            expected = sorted(i for i, text in texts.items() if text is not None and text.startswith(near))
            assert made.starting_with_one_edit(start).tolist() == expected


def _one_edit_away(start: str) -> set[str]:
    letters = " abcdefghijklmnopqrstuvwxyz0123456789"
    splits = [(start[:i], start[i:]) for i in range(len(start) + 1)]
    made = {a + b[1:] for a, b in splits if b}
    made |= {a + b[1] + b[0] + b[2:] for a, b in splits if len(b) > 1}
    made |= {a + c + b[1:] for a, b in splits if b for c in letters}
    made |= {(a + c + b)[:18] for a, b in splits for c in letters}
    return made - {start}


def test_the_best_are_the_most_popular_then_the_newest_then_the_first() -> None:
    doc_values = DocValues(5, shapes=True)
    doc_values.put([1, 2, 3, 9], ["ann bee", "abe cid", "dan eve", "bee ann"], [5, 5, 7, 5], [2020, 2021, 2000, 2021])
    ids = doc_values.most_popular(doc_values.with_similar_letters("annbee", 0, 9), 9).tolist()
    assert ids == [9, 1]
    every = np.array([1, 2, 3, 9], np.uint32)
    assert doc_values.most_popular(every, 9).tolist() == [3, 2, 9, 1]
    assert doc_values.most_popular(every, 2).tolist() == [3, 2]
    assert doc_values.texts == 4
    doc_values.drop([3])
    assert DocValues.load(doc_values.dump()).texts == 3


@given(st.dictionaries(st.integers(0, 40), TEXTS, max_size=30), TEXTS, st.integers(1, 8))
def test_titles_that_share_the_most_word_prefixes_come_first(texts: dict[int, str], query: str, limit: int) -> None:
    doc_values = DocValues(40, shapes=False)
    doc_values.put(list(texts), list(texts.values()), [id_ % 3 for id_ in texts], [2020] * len(texts))
    bits = {word[:3]: int(prefix_signatures([word])[0]) for word in {*query.split(), *" ".join(texts.values()).split()}}
    assert all(mask.bit_count() == 1 for mask in bits.values())
    wanted = {bits[word[:3]] for word in query.split()}
    held = {id_: len(wanted & {bits[word[:3]] for word in text.split()}) for id_, text in texts.items()}
    signature = int(prefix_signatures([query])[0])
    chosen, complete = doc_values.most_shared_prefixes(np.array(list(texts), np.uint32), limit, signature)
    assert len(set(chosen.tolist())) == min(limit, len(texts))
    left = set(texts) - set(chosen.tolist())
    assert max((held[id_] for id_ in left), default=0) <= min((held[id_] for id_ in chosen.tolist()), default=0) or (
        not signature
    )
    if signature and complete:
        assert all(held[id_] < max(held.values()) for id_ in left)


def test_names_are_found_by_initials_also_if_two_are_the_same() -> None:
    doc_values = DocValues(4, shapes=True)
    doc_values.put([1, 2, 3, 4], ["zhe zhou", "yu zhou", "zi a zhou", "z"], [1] * 4, [0] * 4)
    every = np.array([1, 2, 3, 4], np.uint32)
    assert doc_values.with_initials(every, initial_signature(["z", "zhou"])).tolist() == [1, 3]
    assert doc_values.with_initials(every, initial_signature(["y", "zhou"])).tolist() == [2]
    assert doc_values.with_initials(every, initial_signature(["zhou"])).tolist() == [1, 2, 3, 4]
    assert doc_values.total(every) == 4


def test_names_of_the_most_similar_letters_come_first() -> None:
    doc_values = DocValues(4, shapes=True)
    doc_values.put([1, 2, 3, 4], ["ann bex", "ann bxy", "bee ann", "ann be"], [9, 9, 1, 1], [0] * 4)
    assert doc_values.with_similar_letters("annbee", 4, 9).tolist() == [3, 4, 1, 2]
    assert doc_values.with_similar_letters("annbee", 4, 2).tolist() == [3, 4]


@given(st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=40))
def test_the_letter_bag_of_a_word_is_that_among_others(word: str) -> None:
    assert letter_bag(word) == letter_bags(np.array([word.encode()]))[0]


def test_of_titles_with_the_same_prefixes_the_popular_and_the_short_are_chosen() -> None:
    doc_values = DocValues(4, shapes=False)
    titles = ["deep graph networks", "deep graph", "deep graph networks for text", "deep graph networks of words"]
    doc_values.put([1, 2, 3, 4], titles, [5, 0, 9, 7], [2020] * 4)
    every = np.array([1, 2, 3, 4], np.uint32)
    chosen, complete = doc_values.most_shared_prefixes(every, 2, int(prefix_signatures(["deep graph"])[0]))
    assert chosen.tolist() == [3, 2]
    assert not complete
