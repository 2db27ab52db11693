from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.views import snippet_text
from store.catalog.merge import merge
from store.search.parser import parse
from store.search.snippets import LENGTH, searched_by, snippet
from store.text.handles import handle
from tests.support.made import record

TEXTS = st.text(max_size=400) | st.lists(
    st.sampled_from(["loom", "Looms,", "silk", "of", "x" * 200, "*", "[a](b)", "\n", "Größe"]), max_size=80
).map(" ".join)


@given(TEXTS, st.sampled_from(["loom", "=looms silk", '"of silk"', "größe|loom", "zebra"]))
def test_a_snippet_is_a_part_of_the_abstract_with_what_was_searched_for(abstract: str, query: str) -> None:
    found = snippet(abstract, searched_by(parse(query)))
    if found is None:
        return
    text = "".join(piece.text for piece in found.pieces)
    assert text in abstract
    assert any(piece.is_match for piece in found.pieces)
    assert len(text) <= LENGTH + max(len(piece.text) for piece in found.pieces if piece.is_match)
    assert abstract.startswith(text) or found.is_after_start


@pytest.mark.parametrize(
    ("query", "matches"),
    [
        ("loom", ["Looms", "loom"]),
        ("=loom", ["loom"]),
        ('"of silk"', ["of", "silk"]),
        ("silk -loom", ["silk"]),
        ("zebra", None),
    ],
)
def test_the_words_that_matched_are_told(query: str, matches: list[str] | None) -> None:
    found = snippet("Looms of silk, and a loom.", searched_by(parse(query)))
    assert (found and [piece.text for piece in found.pieces if piece.is_match]) == matches


def test_the_stretch_with_most_of_the_words_is_shown() -> None:
    abstract = f"A loom. {'Filler goes here. ' * 20}Silk from a loom. {'More of it. ' * 20}"
    found = snippet(abstract, searched_by(parse("loom silk")))
    assert found and [piece.text for piece in found.pieces if piece.is_match] == ["Silk", "loom"]
    assert found.is_after_start and found.is_before_end


def test_what_an_abstract_has_is_shown_as_it_is() -> None:
    paper = merge(handle("x"), [record("Nets", abstract="<@1> @everyone *loom* [x](https://evil.example)\n# big")])
    (line,) = snippet_text.of_papers([paper], searched_by(parse("loom"))).values()
    assert "\n" not in line and "@everyone" not in line and r"\](https" in line
    assert r"\*" in line and "**loom**" in line and line.startswith("-# ")
