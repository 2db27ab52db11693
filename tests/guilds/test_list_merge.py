"""The three-way merge of reading lists: nothing is lost or overwritten, whatever both sides did."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store.list_sync.merge import Value, merge

tags = st.frozensets(st.sampled_from("abcd"), max_size=3)
texts = st.sampled_from(("one", "two", "three"))
things = st.one_of(*(st.tuples(*[st.one_of(st.none(), kind)] * 3) for kind in (tags, texts)))
Thing = tuple[Value | None, Value | None, Value | None]


@given(things)
def test_what_one_side_alone_changed_reaches_the_other_unless_it_was_taken_away(thing: Thing) -> None:
    base, ours, theirs = thing
    step = merge(base, ours, theirs)
    if ours == theirs:
        assert (step.value, step.here, step.there, step.question) == (ours, False, False, None)
    elif theirs == base and ours is not None:
        assert (step.value, step.here, step.there, step.question) == (ours, False, True, None)
    elif ours == base and theirs is not None:
        assert (step.value, step.here, step.there, step.question) == (theirs, True, False, None)


@given(things)
def test_nothing_is_taken_away_or_overwritten_without_a_question(thing: Thing) -> None:
    base, ours, theirs = thing
    step = merge(base, ours, theirs)
    if base is not None and (ours is None) != (theirs is None):
        assert step.question == ("removed here" if ours is None else "removed there")
    if step.question:
        assert not step.here and not step.there
    for side, written in ((ours, step.here), (theirs, step.there)):
        if written and side is not None and side != base:
            assert not isinstance(side, str), "a text that somebody changed"
            assert not isinstance(step.value, str)
            assert step.value is not None
            added = side - base if base is not None and not isinstance(base, str) else side
            assert added <= step.value


@given(things)
def test_a_choice_answers_what_was_asked_and_nothing_else(thing: Thing) -> None:
    base, ours, theirs = thing
    asked = merge(base, ours, theirs).question
    here, there = merge(base, ours, theirs, "here"), merge(base, ours, theirs, "there")
    if asked is None:
        assert here == there == merge(base, ours, theirs)
    else:
        assert (here.value, here.there, here.here) == (ours, True, False)
        assert (there.value, there.here, there.there) == (theirs, True, False)


@given(things)
def test_both_sides_are_the_same_afterwards_and_then_nothing_is_to_do(thing: Thing) -> None:
    base, ours, theirs = thing
    step = merge(base, ours, theirs, "here")
    after = (step.value if step.here else ours, step.value if step.there else theirs)
    assert after[0] == after[1]
    assert merge(step.value, *after).question is None


@given(things)
def test_the_sides_are_treated_alike(thing: Thing) -> None:
    base, ours, theirs = thing
    one, other = merge(base, ours, theirs), merge(base, theirs, ours)
    assert (one.value, one.here, one.there) == (other.value, other.there, other.here)
    mirrored = {"removed here": "removed there", "removed there": "removed here"}
    assert one.question == mirrored.get(other.question or "", other.question)
