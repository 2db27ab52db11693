"""Who of several services is one person, and who stays apart."""

from __future__ import annotations

from seeds.services.same_people import known, united
from store.models import SourceKind
from store.outside import FoundPerson, PersonIdentifier, PersonScheme
from tests.seeds.making import source

LOOMS, MILLS = "On Looms that Think", "Mills without Any Wind"
KINDS: dict[PersonScheme, SourceKind] = {"openalex": "openalex", "s2": "s2", "dblp": "dblp", "orcid": "orcid"}


def person(scheme: PersonScheme, value: str, name: str = "Ada Example", orcid: str = "", *others: str) -> FoundPerson:
    return FoundPerson(
        source=source(KINDS[scheme]),
        identifier=PersonIdentifier(scheme=scheme, value=value),
        name=name,
        other_names=others,
        other_identifiers=(PersonIdentifier(scheme="orcid", value=orcid),) if orcid else (),
    )


def together(*found: tuple[FoundPerson, list[str]]) -> list[list[str]]:
    people = united([known(one, titles) for one, titles in found])
    return [[each.identifier.value for each in one.everywhere] for one in people]


def test_the_same_orcid_is_one_person_whatever_the_name() -> None:
    one, other = person("openalex", "A1", "Ada Example", "0000"), person("dblp", "1/1", "Ada Sample", "0000")
    assert together((one, []), (other, [])) == [["A1", "1/1"]]


def test_another_orcid_is_another_person_whatever_they_share() -> None:
    one, other = person("openalex", "A1", orcid="0000"), person("dblp", "1/1", orcid="0001")
    assert together((one, [LOOMS]), (other, [LOOMS])) == [["A1"], ["1/1"]]


def test_dblps_number_says_who_of_its_namesakes_is_meant() -> None:
    s2 = person("s2", "7", "Ada Example", "", "Ada Example 0002")
    first = person("dblp", "1/1-1", "Ada Example", "", "Ada Example 0001")
    second = person("dblp", "1/1-2", "Ada Example", "", "Ada Example 0002")
    assert together((s2, [LOOMS]), (first, [LOOMS]), (second, [])) == [["7", "1/1-2"], ["1/1-1"]]


def test_a_paper_in_common_is_enough_where_the_names_may_be_one() -> None:
    one = person("openalex", "A1")
    assert together((one, [LOOMS]), (person("dblp", "1/1", "A. Example"), [LOOMS.upper()])) == [["A1", "1/1"]]
    assert together((one, [LOOMS]), (person("dblp", "1/1", "Ben Sample"), [LOOMS])) == [["A1"], ["1/1"]]
    assert together((one, [LOOMS]), (person("dblp", "1/1"), [MILLS])) == [["A1"], ["1/1"]]


def test_a_title_that_many_papers_have_says_nothing() -> None:
    assert together((person("openalex", "A1"), ["A Reply"]), (person("dblp", "1/1"), ["A Reply"])) == [["A1"], ["1/1"]]


def test_two_of_one_service_are_never_put_together() -> None:
    split = [(person("openalex", "A1", orcid="0000"), [LOOMS]), (person("openalex", "A2"), [LOOMS])]
    assert together(*split) == [["A1"], ["A2"]]
    both = (person("dblp", "1/1", orcid="0000"), [LOOMS])
    assert together(*split, both) == [["A1", "1/1"], ["A2"]]
    assert together(*split[::-1], both) == [["A2"], ["A1", "1/1"]], "an identifier goes before a paper"
