"""arXiv's archives and categories."""

from __future__ import annotations

import pytest

from store.text import arxiv_taxonomy as taxonomy


def test_ids_begin_with_the_archives_of_their_time() -> None:
    assert {"cmp-lg", "math", "math-ph"} <= taxonomy.ARCHIVES_IN_IDS
    assert not {"stat", "eess", "econ", "q-fin"} & taxonomy.ARCHIVES_IN_IDS
    assert "cmp-lg" not in taxonomy.ARCHIVES


def test_an_archive_has_a_set_of_its_own_or_is_a_part_of_physics() -> None:
    assert taxonomy.oai_set("cs") == "cs"
    assert taxonomy.oai_set("hep-th") == "physics:hep-th"
    assert taxonomy.archive_of("math-ph") == "math-ph"
    assert taxonomy.archive_of("cs.CL") == "cs"


def test_author_pages_leave_out_the_archive_of_computer_science() -> None:
    assert taxonomy.full_category("CL") == "cs.CL"
    assert taxonomy.full_category("stat.ML") == "stat.ML"
    assert taxonomy.full_category("math") == "math"
    assert taxonomy.same_category("CL", "cs.CL")
    assert not taxonomy.same_category("cs.CL", "cs.LG")


@pytest.mark.parametrize(
    ("code", "shown"),
    [
        *(("CL", "cs.CL"), ("cs.CL", "cs.CL"), ("CS.cl", "cs.CL"), ("stat.ml", "stat.ML"), ("math", "math")),
        *(("cond-mat.MTRL-SCI", "cond-mat.mtrl-sci"), ("cmp-lg", "cmp-lg"), ("Biology", "Biology"), ("", "")),
    ],
)
def test_a_category_is_shown_in_one_way(code: str, shown: str) -> None:
    assert taxonomy.category_in_words(code) == shown


def test_words_of_a_category() -> None:
    assert taxonomy.category_words("CL", ["cond-mat.mtrl-sci"]) == {
        "cs.cl", "cs", "cl", "cond-mat.mtrl-sci", "cond-mat", "mtrl-sci"
    }  # fmt: skip
    assert taxonomy.category_words(None) == taxonomy.category_words("no category!") == frozenset()
    assert (taxonomy.subject_case("cl"), taxonomy.subject_case("MTRL-SCI")) == ("CL", "mtrl-sci")
