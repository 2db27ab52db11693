"""Whatever papers hold, the messages of a journal club keep Discord's limits, and its poll those of polls."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from commands.club_ids import ClubNominations, ClubNotes, ClubPage
from commands.views import club_cards, scheduled
from commands.views.club_messages import MOST_ANSWER
from commands.views.layout import CardView
from store.catalog.merge import merge
from store.text.handles import handle
from tests.discord.conversation import walk
from tests.support import made_clubs
from tests.support.made import record
from tests.support.made_clubs import NOTE, contents, nomination, session, status

TEXTS = st.text(min_size=1, max_size=40) | st.sampled_from(
    ["@everyone ", "<#1> **@everyone** <@1>", "*_`|~<@1>[x](https://y) ", "\u202eא", "𝕏" * 50, "# "]
)
LONG = st.builds(lambda text, times: text * times, TEXTS, st.sampled_from([1, 1, 5, 200]))
TOKEN = "x" * 16


def expect_to_fit(view: CardView) -> str:
    components = list(walk(view.to_components()))  # type: ignore[no-untyped-call]  # discord.py has none
    text = "\n".join(one["content"] for one in components if one["type"] == 10)
    assert len(components) <= 40
    assert len(text.encode("utf-16-le", "surrogatepass")) // 2 <= 4000
    assert "@everyone" not in text and "<@1>" not in text
    return text


@given(LONG, LONG)
def test_every_message_fits_whatever_its_paper_is_called(title: str, text: str) -> None:
    for kind, content in contents(title, text).items():
        said = made_clubs.scheduled(kind, content)
        if (poll := scheduled.poll(said)) is None:
            expect_to_fit(scheduled.message(said, TOKEN))
            continue
        assert len(poll.content.encode("utf-16-le", "surrogatepass")) // 2 <= 2000
        assert "@everyone" not in poll.content and "<@1>" not in poll.content
        answers = [answer.text for answer in poll.poll.answers]
        assert len(set(answers)) == 10 and all(0 < len(answer) <= MOST_ANSWER for answer in answers)
        assert len(poll.poll.question) <= 300 and poll.poll.duration == timedelta(hours=71)


@given(LONG, st.integers(0, 25), st.integers(0, 5), st.booleans())
def test_every_card_fits(title: str, papers: int, people: int, is_decided: bool) -> None:
    expect_to_fit(club_cards.status(status(title, papers, people, is_decided=is_decided), ClubPage()))
    nominated = [nomination(title, number) for number in range(papers)]
    text = expect_to_fit(club_cards.nominations(nominated, nominated, ClubNominations()))
    assert "did not fit" not in text
    paper = merge(handle("p"), [record(title)])
    noted = [NOTE.model_copy(update={"text": (title * 100)[:1000]})] * papers
    expect_to_fit(club_cards.notes(paper, [session(nomination(title))], noted, ClubNotes(paper.handle)))


def test_the_poll_says_how_it_is_decided() -> None:
    said = made_clubs.scheduled("club_poll", contents("Looms", "We weave.")["club_poll"])
    poll = scheduled.poll(said)
    assert poll
    assert "In a tie, or if nobody votes, the paper that was nominated first is read." in poll.content
    assert "15 more nominations for a later session" in poll.content
    assert poll.poll.question == "Which paper do we read on 12 Mar 2026?"
    assert poll.poll.answers[0].text == "1. Looms"
