"""What is put up for discussion: sentences of the abstract, each once."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store.summaries.discussion import summary_and_subjects

ABSTRACT = (
    "Graphs are everywhere. However, existing models are slow to read them. In this paper, we propose a network of twelve"
    " layers that reads them. Each layer reads one edge at a time, using attention over the neighbours of a node."
    " Experiments on four data sets show that our model improves accuracy by 7.7%. Code is at https://github.com/a/b."
)


def test_each_sentence_is_put_up_for_what_it_says() -> None:
    _, subjects = summary_and_subjects("Graphs of words", ABSTRACT)
    assert [(subject, sentence.number) for subject, sentence in subjects] == [
        ("problem", 2),
        ("contribution", 3),
        ("method", 4),
        ("result", 5),
        ("resources", 6),
    ]


@given(st.text(max_size=80), st.text(max_size=400) | st.just(ABSTRACT))
def test_nothing_is_invented_and_nothing_is_put_up_twice(title: str, abstract: str) -> None:
    _, subjects = summary_and_subjects(title, abstract)
    assert all(abstract[one.start : one.end] == one.text for _, one in subjects)
    assert len({one.start for _, one in subjects}) == len({subject for subject, _ in subjects}) == len(subjects)
