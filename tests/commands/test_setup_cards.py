"""The cards of `/setup` at their largest: everything fits, or the card says what does not."""

from __future__ import annotations

import pytest

from commands.views import setup_cards
from commands.views.setup_cards import Proposal, Setup
from store.guilds.subscriptions import Scope
from store.outside import Affiliation, FoundPerson, PersonIdentifier
from store.team import MOST_CANDIDATES, MOST_PEOPLE, MOST_QUERIES, Member
from store.text.handles import handle
from tests.commands.test_cards import check, texts_of
from tests.support.made import source

LONG = "*Ada* [Byron](https://a.bc) " * 40
PEOPLE = tuple(
    FoundPerson(
        source=source(),
        identifier=PersonIdentifier(scheme="s2", value=str(number)),
        name=LONG,
        papers=1000,
        affiliations=(Affiliation(name=LONG),),
        first_year=1999,
        last_year=2026,
        best_known=LONG,
    )
    for number in range(MOST_CANDIDATES)
)


def largest(**member: object) -> Setup:
    team = Member.model_validate(
        {"typed": LONG[:200], "candidates": PEOPLE, "total": 99, "failures": (LONG,), **member}
    )
    proposal = Proposal(query="“web agents” " * 38, recent=12345, peak=12345, announced=12345, followed=False)
    return Setup(
        scope=Scope(10**18, 10**18), target_id=10**18, person_id=10**18, anchor_id=10**18, categories="", words="",
        members=(team,) * MOST_PEOPLE, fetched=("✓ " + "x" * 240,) * MOST_PEOPLE, problem=LONG,
        proposals=(proposal,) * MOST_QUERIES, wanted=tuple(range(MOST_QUERIES)),
    )  # fmt: skip


@pytest.mark.parametrize("member", [{}, {"chosen": 3}, {"chosen": 0, "is_sure": True}, {"left_out": True}])
def test_ten_lines_of_several_people_fit(member: dict[str, object]) -> None:
    view = setup_cards.team(largest(**member), handle("q"))
    check(view)
    assert "did not fit" not in "\n".join(texts_of(view))
    lists = [one for one in view.walk_children() if hasattr(one, "options")]
    assert len(lists) == (0 if member.get("is_sure") else MOST_PEOPLE)


@pytest.mark.parametrize("member", [{"chosen": 0}, {"candidates": ()}, {"left_out": True}])
def test_proposals_can_be_chosen_however_many_there_are(member: dict[str, object]) -> None:
    view = setup_cards.proposals(largest(**member), handle("q"))
    check(view)
    (choice,) = [one for one in view.walk_children() if hasattr(one, "options")]
    assert len(choice.options) == MOST_QUERIES
    assert "did not fit" not in "\n".join(texts_of(view))
    assert "more, in the list below" in "\n".join(texts_of(view))


def test_the_other_cards_fit() -> None:
    setup = largest(chosen=0)
    for view in (
        setup_cards.fetching(setup, handle("q"), "Fetching …"),
        setup_cards.done(setup, ["web " * 120] * MOST_QUERIES, LONG, "New papers", ["Manage"]),
    ):
        check(view)
        assert "did not fit" not in "\n".join(texts_of(view))
