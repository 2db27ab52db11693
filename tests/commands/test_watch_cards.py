"""What is said of a watched paper fits into a message, and nothing of it is left out in silence."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from commands.views import markdown, watch_cards
from store.catalog.paper_events import PaperEvent
from store.guilds.watch_news import Citing, WatchNews
from store.models import Notice
from store.text.handles import handle
from store.text.word_differences import MOST_WORDS, Piece, compare

WORDS = st.lists(
    st.sampled_from(["we", "weave", "~~wool~~", "**silk**", "*", "`x`", "@everyone", "\\", "_a_"]), max_size=60
)
LONG = "~" * 2000 + " *" * 2000


@given(WORDS, WORDS)
def test_every_change_is_shown_or_counted(before: list[str], after: list[str]) -> None:
    pieces = compare(" ".join(before), " ".join(after))
    assert pieces is not None
    shown = watch_cards.differences(pieces)
    for piece in pieces:
        if piece.of != "both":
            mark = "~~" if piece.of == "before" else "**"
            assert f"{mark}{markdown.safe(piece.text, 900)}{mark}" in shown
    assert "@everyone" not in shown


def test_what_finds_no_room_is_counted() -> None:
    old, new = ([f"{word}{number}" for number in range(MOST_WORDS)] for word in ("before", "after"))
    mixed = [w for pair in zip(old, new, strict=True) for w in pair][:MOST_WORDS]
    pieces = compare(" ".join(old), " ".join(mixed))
    assert pieces
    shown = watch_cards.differences(pieces)
    assert "more change" in shown and markdown.length(shown) < 2600


def test_the_longest_news_fit_into_a_message() -> None:
    pieces = tuple(Piece(of=of, text=LONG) for _ in range(20) for of in ("before", "after", "both"))
    event = PaperEvent(kind="version", key="v", version=2, updated="2026-11-27", title_before=LONG, abstract_before="")
    notice = Notice(kind="retraction", told_by=LONG, doi=f"10.1000/{'x' * 300}", date="2026-11-27")
    citing = Citing(handle=handle("c"), title=LONG, authors=(LONG,) * 3, query=LONG)
    for news in (
        WatchNews(handle=handle("p"), title=LONG, event=event, pieces=pieces),
        WatchNews(handle=handle("p"), title=LONG, event=PaperEvent(kind="retracted", key="r", notice=notice)),
        WatchNews(
            handle=handle("p"), title=LONG, event=PaperEvent(kind="published", key="p", venue=LONG, doi=notice.doi)
        ),
        WatchNews(handle=handle("p"), title=LONG, citing=citing),
    ):
        assert not watch_cards.news(news.model_dump_json()).left_out
