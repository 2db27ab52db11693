"""Text from papers, made safe for Discord's markdown."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands.views import markdown
from store.text.visible import one_line

PIECES = [*"*_~`|<>[]()#@\\:/ab \n-+1.", "@everyone", "<@1>", "http://x", "\u202e", "\u200b", "😀"]
HOSTILE = st.lists(st.sampled_from(PIECES)).map("".join)
ANY = st.one_of(st.text(), HOSTILE)


def rendered(escaped: str) -> str:
    """What a reader sees: a backslash before punctuation shows the punctuation."""
    return re.sub(r"\\([^A-Za-z0-9\s])", r"\1", escaped).replace("\u2060", "")


@given(ANY, st.integers(20, 500))
def test_safe_text_keeps_to_its_limit_and_is_never_empty(given_text: str, limit: int) -> None:
    safe = markdown.safe(given_text, limit)
    assert 0 < markdown.length(safe) <= limit


@given(ANY)
def test_only_invisible_characters_are_removed(given_text: str) -> None:
    assert rendered(markdown.safe(given_text, 100_000)) == (one_line(given_text) or "?")


@given(ANY)
def test_no_markdown_mention_or_address_survives(given_text: str) -> None:
    safe = markdown.safe(given_text, 2000)
    unescaped = re.sub(r"\\.", "", safe)
    assert not set("*_~|`<>[]") & set(unescaped)
    assert not re.search(r"@(everyone|here)", safe, re.IGNORECASE)
    assert not re.search(r"https?://", safe, re.IGNORECASE)
    assert "\n" not in safe
    assert not re.match(r"(#|-|\+|\d+[.)])\s", safe)


ADDRESSES = [
    "https://a.bc/x_(y)",
    "github.com/a/b",
    "https://[::1",
    "https://a.bc/é…",
    "https://u:p@a.bc/",
    ")",
    ".",
    "*",
]


@given(st.lists(st.sampled_from([*PIECES, *ADDRESSES])).map("".join), st.integers(20, 2000))
def test_links_lead_where_they_say_and_all_else_is_escaped(given_text: str, limit: int) -> None:
    safe = markdown.safe(given_text, limit, links=True)
    assert 0 < markdown.length(safe) <= limit
    parts = re.split(r"(?<!\\)<([^<>]*)>", re.sub(r"\\\\", "", safe))
    assert all(markdown.web_address(link) == link for link in parts[1::2])
    for text in parts[::2]:
        assert not set("*_~|`<>[]") & set(re.sub(r"\\.", "", text))
        assert not re.search(r"@(everyone|here)|https?://", text, re.IGNORECASE)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Code: https://github.com/a/b_c.", "Code: <https://github.com/a/b_c>."),
        ("(see github.com/a/b)", "(see <https://github.com/a/b>)"),
        ("HTTPS://A.BC/x*y*", r"<https://a.bc/x%2Ay>\*"),
        ("[here](https://evil.example)", r"\[here\](<https://evil.example>)"),
        ("https://user:word@a.bc/ x", "https\\:\u2060//user:word@a.bc/ x"),
    ],
)
def test_addresses_in_prose_can_be_followed(text: str, shown: str) -> None:
    assert markdown.safe(text, 200, links=True) == shown


def test_an_address_that_was_cut_is_not_followed() -> None:
    assert markdown.safe("https://a.bc/" + "x" * 100, 50, links=True).startswith("https\\:")
    assert "<" not in markdown.safe("at https://a.bc/x y z", 20, links=True)


@given(ANY, st.integers(2, 300))
def test_shortening_keeps_to_the_limit_and_to_the_beginning(given_text: str, limit: int) -> None:
    short = markdown.shorten(given_text, limit)
    assert markdown.length(short) <= limit
    assert short == given_text or given_text.startswith(short.removesuffix(markdown.ELLIPSIS))


@given(ANY | st.lists(st.sampled_from(["word ", "line\n", "😀" * 9, "x" * 30])).map("".join), st.integers(2, 60))
def test_parts_are_the_whole_text(given_text: str, limit: int) -> None:
    parts = markdown.parts(given_text, limit)
    assert "".join(parts) == given_text
    assert all(markdown.length(part) <= limit for part in parts)
    assert len(parts) == 1 or all(parts)


def test_parts_end_with_a_line_or_a_word() -> None:
    assert markdown.parts("one two\nthree four\n", 14) == ["one two\n", "three four\n"]
    assert markdown.parts("one two three", 9) == ["one two ", "three"]


def test_words_are_not_cut() -> None:
    assert markdown.shorten("Evaluating Question Answering on Debatable Knowledge", 30) == "Evaluating Question…"


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", "ftp://a.b", "http://", "https://user:pw@host/", "//x", "https://[::1", "data:text/html,x"],
)
def test_only_web_addresses_are_linked(address: str) -> None:
    assert markdown.web_address(address) is None
    assert markdown.link("A title", address, 200) == "A title"


def test_an_address_cannot_break_out_of_its_link() -> None:
    assert markdown.link("A [b](c)", "https://a.bc/x_(y)*[z]", 200) == (
        r"[A \[b\](c)](https://a.bc/x_%28y%29%2A%5Bz%5D)"
    )
    assert markdown.link("A [b](c)", "https://a.bc/x) z>", 200) == r"A \[b\](c)"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (r"\alpha", "alpha"),
        ("$x$", "x"),
        ("$$", "$$"),
        ("papers with “$x$” in title, but not “\\textbf{y}”", "papers with “x” in title, but not “textbf y”"),
    ],
)
def test_only_the_words_of_tex_are_echoed(typed: str, said: str) -> None:
    assert markdown.echo(typed, 100) == said
