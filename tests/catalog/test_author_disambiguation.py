"""Which papers under one name are one person's: every kind of evidence, and how much of it is enough."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.catalog.author_disambiguation import Division, divide
from store.catalog.person_evidence import Appearance, Collection, Group, contradicts, in_words, measure

NAME = "Wei Wang"
KNOWN = Collection(
    papers=1000,
    words={"networks": 500, "proteins": 5, "folding": 5, "parsing": 20},
    places={"nature": 30, "q bio": 100},
    organisations={"univ": 700, "leeds": 9, "turku": 4},
    given={"wei": 10, "w": 30, "li": 100, "l": 100},
    family={"wang": 100, "lee": 400},
    names=1000,
    people=1000,
)
PLAIN = Appearance(name=NAME, title="Proteins")


def known(namesakes: float) -> Collection:
    """A collection in which so many people called Wei Wang are to be expected, and co-authors' names are as they are."""
    return replace(KNOWN, people=round(namesakes / KNOWN.namesakes("wei wang") * KNOWN.people))


def together(division: Division) -> bool:
    return len(division.people) == 1


def test_namesakes_are_expected_by_first_and_family_names() -> None:
    assert KNOWN.namesakes("wei wang") == pytest.approx(1000 * 10.5 / 1000 * 100.5 / 1000)
    assert KNOWN.namesakes("w wang") == pytest.approx(1000 * 30.5 / 1000 * 100.5 / 1000)
    assert KNOWN.namesakes("w x wang") == pytest.approx(0.1 * KNOWN.namesakes("w wang"))
    assert KNOWN.namesakes("wang") == pytest.approx(1000 * 0.5 / 1000 * 100.5 / 1000)
    assert KNOWN.namesakes("zehan qi") == pytest.approx(0.00025)
    assert KNOWN.trust("zehan qi") > 0.99 > 0.5 > KNOWN.trust("li lee")


# Each kind of evidence is enough for so many namesakes, and no more; a weight that is off by a tenth moves that further.
@pytest.mark.parametrize(
    ("one", "other", "enough_for"),
    [
        pytest.param({"title": "Folding"}, {"title": "Parsing"}, 0.22, id="nothing: rare names only"),
        pytest.param({"category": "q-bio"}, {"category": "q-bio"}, 1.053, id="a category of many papers"),
        pytest.param({"venue": "Nature"}, {"venue": "Nature"}, 1.573, id="a venue"),
        pytest.param({"title": "Networks"}, {"title": "Folding networks"}, 1.727, id="a common word of two"),
        pytest.param({"coauthors": ("Li Lee",)}, {"coauthors": ("Li Lee",)}, 0.853, id="a co-author of a common name"),
        pytest.param({"organisation": "Leeds"}, {"organisation": "Turku, Leeds"}, 949, id="half of an affiliation"),
        pytest.param({"organisation": "Leeds"}, {"organisation": "leeds"}, 6.4e6, id="an affiliation"),
    ],
)
def test_evidence_outweighs_how_common_the_name_is(
    one: dict[str, Any], other: dict[str, Any], enough_for: float
) -> None:
    papers = [
        Appearance(**{"name": NAME, "title": "Folding", **one}),
        Appearance(**{"name": NAME, "title": "Parsing", **other}),
    ]
    assert together(divide(papers, known(enough_for * 0.95)))
    assert not together(divide(papers, known(enough_for * 1.05)))


def test_other_affiliations_speak_against_it() -> None:
    papers = [replace(PLAIN, title="Networks"), replace(PLAIN, title="Folding networks")]
    affiliated = [replace(papers[0], organisation="Leeds"), replace(papers[1], organisation="Turku")]
    assert together(divide(papers, known(0.64))) and not together(divide(affiliated, known(0.64)))
    assert together(divide(affiliated, known(0.46)))


def test_a_coauthor_counts_by_how_rare_the_name_is() -> None:
    def papers(coauthor: str) -> list[Appearance]:
        return [replace(PLAIN, title=title, coauthors=(coauthor,)) for title in ("Folding", "Parsing")]

    assert together(divide(papers("Zehan Qi"), known(1000)))
    assert not together(divide(papers("Li Lee"), known(30)))
    # A co-author of whom 16 are to be expected needs more evidence beside, one of whom 0.5 are needs none.
    assert not together(divide(papers("Wei Roe"), known(3150)))
    assert together(divide(papers("Wei Roe"), known(100)))


def test_papers_are_united_through_others() -> None:
    papers = [
        replace(PLAIN, title="Folding", coauthors=("Zehan Qi",)),
        replace(PLAIN, title="Parsing", coauthors=("Ada Byron",)),
        replace(PLAIN, title="Networks", coauthors=("Ada Byron", "Zehan Qi")),
    ]
    assert not together(divide(papers[:2], known(1000)))
    assert together(divide(papers, known(1000)))


def test_identifiers_of_the_person_decide() -> None:
    one, other = replace(PLAIN, title="Folding"), replace(PLAIN, title="Parsing", coauthors=("Ada Byron",))
    assert together(divide([replace(one, ids={"orcid": "1"}), replace(other, ids={"orcid": "1"})], known(1000)))
    same = replace(one, coauthors=("Ada Byron",))
    assert not together(divide([replace(same, ids={"orcid": "1"}), replace(other, ids={"orcid": "2"})], known(0.01)))
    assert together(divide([replace(same, ids={"orcid": "1"}), replace(other, ids={"dblp": "2"})], known(1000)))
    listed = {"author page": "1", "s2": "1"}
    split = divide([replace(one, ids=listed), replace(other, ids={**listed, "s2": "2"})], known(1000))
    assert together(split), "the most reliable of several decides"


def test_first_names_that_exclude_each_other_stay_apart() -> None:
    def papers(*names: str) -> list[Appearance]:
        return [replace(PLAIN, name=name, coauthors=("Zehan Qi",)) for name in names]

    assert together(divide(papers("W. Wang", "Wei Wang", "Wei X. Wang"), KNOWN))
    assert len(divide(papers("Wei Wang", "Wenhui Wang"), KNOWN).people) == 2
    assert len(divide(papers("W. Wang", "Wei Wang", "Wenhui Wang"), KNOWN).people) == 2


def test_what_is_not_sure_is_offered_with_its_evidence() -> None:
    papers = [
        replace(PLAIN, title="Folding of proteins", coauthors=("Zehan Qi",)),
        replace(PLAIN, title="Proteins", coauthors=("Zehan Qi",)),
        replace(PLAIN, title="Parsing", venue="Nature"),
        replace(PLAIN, title="Networks", venue="Nature"),
    ]
    division = divide(papers, known(20))
    assert [person.papers for person in division.people] == [(0, 1), (2,), (3,)]
    assert division.people[0].evidence == (("with Zehan Qi on both", "titles that share “proteins”"),)
    assert [(offer.one, offer.other, offer.evidence) for offer in division.offers] == [(1, 2, ("both in Nature",))]
    assert divide(papers, known(53)).offers and not divide(papers, known(83)).offers


def test_evidence_is_said_in_words_with_the_rarest_first() -> None:
    def group(**of: object) -> Group:
        return Group([replace(PLAIN, **of)], KNOWN)  # type: ignore[arg-type]

    one = group(
        title="Folding of networks", coauthors=("Li Lee", "Zehan Qi"), venue="Nature", organisation="Univ. Leeds"
    )
    other = group(
        title="Networks folding", coauthors=("Zehan Qi", "LI LEE"), venue="NATURE", organisation="Leeds Univ."
    )
    assert in_words(one, other) == (
        "with Zehan Qi, Li Lee on both",
        "affiliations that share “leeds, univ”",
        "titles that share “folding, networks”",
        "both in Nature",
    )
    assert in_words(group(title="Folding"), group(title="Parsing")) == ()
    assert in_words(group(ids={"orcid": "1"}), group(ids={"orcid": "1"}))[0] == "the same ORCID identifier"


def test_measured_is_what_is_shared() -> None:
    one = Group([replace(PLAIN, title="Folding proteins", organisation="Univ. Leeds")], KNOWN)
    same = Group([replace(PLAIN, title="Proteins folding", organisation="Leeds Univ")], KNOWN)
    found = measure(one, same)
    assert found.topic == pytest.approx(1) and found.organisation == pytest.approx(1) and found.organisations_known == 1
    nothing = measure(Group([PLAIN], KNOWN), Group([replace(PLAIN, title="Parsing")], KNOWN))
    assert nothing == (0, 0, 0, 0, 0) and not contradicts(one, same)


@given(st.permutations(range(6)))
def test_the_order_of_papers_does_not_matter(order: list[int]) -> None:
    titles = ["Folding", "Folding proteins", "Proteins", "Parsing", "Parsing networks", "Networks"]
    papers = [replace(PLAIN, title=title, year=2000 + number) for number, title in enumerate(titles)]
    division = divide([papers[number] for number in order], known(50))
    found = {frozenset(order[paper] for paper in person.papers) for person in division.people}
    assert found == {frozenset(person.papers) for person in divide(papers, known(50)).people}
    assert not divide([], KNOWN).people
