"""Three-way merge: what is to be done about one thing that both sides have, had or may have.

A thing is a paper with its tags, or a note with its text. `base` is what both sides had when they last agreed, `ours`
what is here now and `theirs` what is there. Nothing that one side changed is overwritten by the other: where both
changed what can't be joined, or one took away what the other still has, somebody is asked.
"""

from __future__ import annotations

from typing import Literal

from store.models import Frozen

Tags = frozenset[str]
Value = Tags | str
"""Of a paper its tags, of a note its text."""
Question = Literal["removed there", "removed here", "both changed"]
Choice = Literal["here", "there"]
"""Whose side counts, as somebody decided who was asked."""


class Step(Frozen):
    """What to do. `here` and `there` say whether that side is to become `value`; None: that it is to have nothing."""

    value: Value | None
    here: bool = False
    there: bool = False
    question: Question | None = None


def merge(base: Value | None, ours: Value | None, theirs: Value | None, choice: Choice | None = None) -> Step:
    """The step for one thing; `base` is None where the sides have never agreed on it.

    `choice` answers the question that these three values raise, and counts for nothing where they raise none.
    """
    if ours == theirs:
        return Step(value=ours)
    if base is None and theirs is None:
        return Step(value=ours, there=True)
    if base is None and ours is None:
        return Step(value=theirs, here=True)
    if ours is not None and theirs is not None:
        if ours == base:
            return Step(value=theirs, here=True)
        if theirs == base:
            return Step(value=ours, there=True)
        if not isinstance(ours, str) and not isinstance(theirs, str):
            joined = join(base if base is not None and not isinstance(base, str) else frozenset(), ours, theirs)
            return Step(value=joined, here=joined != ours, there=joined != theirs)
    if choice == "here":
        return Step(value=ours, there=True)
    if choice == "there":
        return Step(value=theirs, here=True)
    question: Question = "removed there" if theirs is None else "removed here" if ours is None else "both changed"
    return Step(value=None, question=question)


def join(base: Tags, ours: Tags, theirs: Tags) -> Tags:
    """The tags that either side added, and those that neither took away."""
    return (ours & theirs) | (ours - base) | (theirs - base)
