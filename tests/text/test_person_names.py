"""Names of people: parts, lists, and who is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.text import person_names
from store.text.person_names import NameParts, abbreviates, answers_to, is_fuller, other_spellings, spelling_key

WORDS = st.lists(st.sampled_from(["a", "m", "ada", "adam", "mary", "byron", "lee"]), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("name", "query", "expected"),
    [
        ("ada byron", "byron", True),
        ("ada byron", "ada", False),
        ("ada byron", "ada byron", True),
        ("ada byron", "byron ada", True),
        ("ada byron", "a byron", True),
        ("a byron", "ada byron", False),
        ("a byron", "a byron", True),
        ("ada mary byron", "ada m byron", True),
        ("ada m byron", "ada mary byron", True),
        ("ada m byron", "ada byron", True),
        ("ada mary byron", "ada byron", False),
        ("ada mary byron", "ada l byron", False),
        ("ada mary byron", "byron ada m", True),
        ("ada byron", "ada b", False),
        ("byron", "ada byron", False),
        ("", "byron", False),
    ],
)
def test_who_answers_to_a_query(name: str, query: str, expected: bool) -> None:
    assert answers_to(name.split(), query.split()) == expected


@given(WORDS)
def test_a_person_answers_to_the_whole_name_in_any_order(name: list[str]) -> None:
    if len(name) > 1:
        assert answers_to(name, name[::-1])
    assert answers_to(name, name[-1:])


@pytest.mark.parametrize(
    ("short", "full", "expected"),
    [
        ("a byron", "ada byron", True),
        ("ada m byron", "ada mary byron", True),
        ("ada byron", "ada mary byron", False),
        ("a byron", "a mary byron", False),
        ("ada byron", "a byron", False),
    ],
)
def test_initials_abbreviate_a_fuller_name(short: str, full: str, expected: bool) -> None:
    assert abbreviates(short, full) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ada Byron", ("Ada", "Byron", "")),
        ("Hans Berg, Jr.", ("Hans", "Berg", "Jr.")),
        ("John Smith III", ("John", "Smith", "III")),
        ("Berg, Jr.", ("", "Berg", "Jr.")),
        ("OpenAI", ("", "OpenAI", "")),
    ],
)
def test_a_name_has_parts(name: str, expected: tuple[str, str, str]) -> None:
    assert person_names.parts(name) == NameParts(*expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Liu, Xiao", "Xiao Liu"),
        ("Berg, Hans, Jr.", "Hans Berg, Jr."),
        ("Hans Berg, Jr.", "Hans Berg, Jr."),
        ("Xiao Liu", "Xiao Liu"),
        ("Liu,", "Liu"),
    ],
)
def test_the_given_name_comes_first(name: str, expected: str) -> None:
    assert person_names.given_first(name) == expected


def test_a_list_of_names_is_split() -> None:
    listed = "Ada Byron (London), Hans Berg, Jr. and Team GLM"
    assert person_names.split_names(listed) == ["Ada Byron", "Hans Berg, Jr.", "Team GLM"]
    assert person_names.ends_with_et_al("Ada Byron et al.")
    assert person_names.without_et_al("Ada Byron, et. al") == "Ada Byron"
    assert not person_names.ends_with_et_al("Ada Al")


def test_groups_are_told_by_their_words() -> None:
    assert all(map(person_names.is_group, ["Team GLM", "ATLAS Collaboration", "OpenAI", "The Team of Looms"]))
    assert not any(map(person_names.is_group, ["Ada Byron", "Tea Mills"]))


def test_a_name_without_letters_to_fold_is_its_own_key() -> None:
    assert person_names.name_key("Zi'an  Zhou") == "zian zhou"
    assert person_names.name_key(" † ") == "†"
    assert person_names.last_word("ada byron") == person_names.last_word("byron") == "byron"


@pytest.mark.parametrize(
    ("name", "other", "fuller"),
    [
        ("noah a smith", "noah smith", True),
        ("juan carlos garcia lopez", "juan garcia lopez", True),
        ("noah smith", "noah smith", False),
        ("noah smith", "noah a smith", False),
        ("noah b smith", "noah a smith", False),
        ("noah a smith", "smith", False),
        ("adam noah smith", "noah smith", False),
        ("noah smith jones", "noah smith", False),
        ("juan b carlos a lopez", "juan a b lopez", False),
    ],
)
def test_a_fuller_name_has_more_in_the_middle(name: str, other: str, fuller: bool) -> None:
    assert is_fuller(name.split(), other.split()) == fuller


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("muller", "mueller", True),
        ("hakansson", "haakansson", True),
        ("soderstrom", "soederstroem", True),
        ("hamalainen", "haemaelaeinen", True),
        ("gogus", "goegues", True),
        ("weis", "weiss", True),
        ("dordevic", "djordjevic", True),
        ("sorensen", "soerensen", True),
        ("xu", "xue", False),
        ("yu", "yue", False),
        ("muller", "miller", False),
    ],
)
def test_which_words_are_other_spellings(one: str, other: str, same: bool) -> None:
    assert (spelling_key(one) == spelling_key(other)) is same
    assert (other in other_spellings(one)) is (one in other_spellings(other)) is same


@given(st.text("aeousdjxyqrn", max_size=12))
def test_other_spellings_have_the_same_key_and_are_few(word: str) -> None:
    others = other_spellings(word)
    assert word not in others
    assert len(others) <= 3 * len(word) + 8
    assert {spelling_key(other) for other in others} <= {spelling_key(word)}


def test_a_name_without_letters_answers_to_nothing() -> None:
    assert not answers_to(["ada", "byron"], []) and not answers_to([], ["ada", "byron"])
