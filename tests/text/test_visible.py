"""What is invisible is left out, and what languages need is kept."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from store.text.visible import MOST_MARKS, one_line, visible


@pytest.mark.parametrize(
    "character",
    [
        *(chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))),
        *("\u200e", "\u200f", "\u061c", "\u200b", "\u2060", "\ufeff", "\u00ad", "\u180e", "\u206f", "\ufff9"),
        *("\x00", "\x1b", "\x7f", "\x9f", "\u034f", "\u115f", "\u1160", "\u3164", "\uffa0", "\u2800", "\u17b5"),
        *("\U000e0001", "\U000e0041", "\U000e0101", "\U0001d173", "\ud800", "\ue000", "\U0010ffff"),
    ],
)
def test_invisible_characters_are_left_out(character: str) -> None:
    assert one_line(f"a{character}b") == visible(f"a{character}b") == "ab"


@pytest.mark.parametrize(
    "text", ["می\u200cخواهم", "👩\u200d🔬", "❤\ufe0f", "क्\u200dष", "\u0600١", "e\u0301", "שלום", "漢字"]
)
def test_what_languages_need_is_kept(text: str) -> None:
    assert one_line(text) == text


@pytest.mark.parametrize("separator", ["\n", "\r\n", "\x0b", "\x85", "\u2028", "\u00a0", " \u3000\t "])
def test_everything_stands_on_one_line(separator: str) -> None:
    assert one_line(f" a{separator}b ") == "a b"


def test_only_so_many_marks_stand_on_one_letter() -> None:
    assert one_line("e" + "\u0301" * 9) == "e" + "\u0301" * MOST_MARKS


@given(st.text())
def test_nothing_is_left_to_leave_out(text: str) -> None:
    line = one_line(text)
    assert one_line(line) == line
    assert not any(unicodedata.category(c) in ("Cc", "Cs", "Co", "Cn", "Zl", "Zp") for c in line)
