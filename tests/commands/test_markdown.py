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


@given(ANY, st.integers(2, 300))
def test_shortening_keeps_to_the_limit_and_to_the_beginning(given_text: str, limit: int) -> None:
    short = markdown.shorten(given_text, limit)
    assert markdown.length(short) <= limit
    assert short == given_text or given_text.startswith(short.removesuffix(markdown.ELLIPSIS))


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
