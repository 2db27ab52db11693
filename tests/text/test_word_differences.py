"""Two texts compared word by word: every word of both is there, in its order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store.text.word_differences import MOST_WORDS, compare

TEXTS = st.lists(st.sampled_from(["we", "weave", "wool", "well,", "~~", "**x**"]), max_size=30).map(" ".join)


@given(TEXTS, TEXTS)
def test_the_pieces_are_both_texts(before: str, after: str) -> None:
    pieces = compare(before, after)
    assert pieces is not None
    for text, other in ((before, "after"), (after, "before")):
        assert " ".join(piece.text for piece in pieces if piece.of != other) == text
    assert all(piece.text for piece in pieces)


def test_what_differs_too_much_is_not_compared_and_what_is_the_same_does_not_count() -> None:
    same = "word " * 5 * MOST_WORDS
    assert compare(f"{same} old", f"{same} new") is not None
    assert compare("old " * (MOST_WORDS + 1), "new " * 3) is None
