"""What people see who ask for more than their share."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from commands.limits import Rate, RateLimits
from tests.discord.conversation import Answer, Conversation, conversation


async def times_allowed(ask: Conversation, most: int) -> tuple[int, Answer]:
    """How many questions are answered before one is refused, and the refusal."""
    for number in range(most):
        answer = await ask("paper", title="webrl")
        if "Try again" in answer.text:
            return number, answer
    raise AssertionError("none was refused")


@pytest.mark.parametrize(
    ("settings", "whose"), [({"person_questions": 20}, "You have"), ({"guild_questions": 20}, "This server has")]
)
async def test_a_person_over_a_limit_is_told_how_long_to_wait(
    store_file: Path, settings: dict[str, int], whose: str
) -> None:
    async with conversation(store_file, **settings) as ask:
        answered, refused = await times_allowed(ask, 7)
        assert answered == 5
        assert re.fullmatch(rf"{whose} asked for too much in a short time\. Try again in [123] s\.", refused.text)
        assert refused.private


async def test_buttons_count_too(store_file: Path) -> None:
    async with conversation(store_file, person_questions=4) as ask:
        card = await ask("paper", title="webrl")
        assert "Try again" in (await ask.press(card, "Cite")).text


async def test_additions_count_apart(store_file: Path) -> None:
    async with conversation(store_file, person_additions=4) as ask:
        assert "1 new" in (await ask("add", entry="@misc{a, title={On Made Looms}, author={Lee, Bo}}")).text
        refused = await ask("add", entry="@misc{b, title={On Made Mills}, author={Lee, Bo}}")
        assert "Try again in 15 minutes." in refused.text and refused.private


async def test_keystrokes_over_a_limit_get_no_suggestions_and_no_error(store_file: Path) -> None:
    async with conversation(store_file, person_keystrokes=8) as ask:
        shown = [await ask.suggested("paper", "title", "webrl") for _ in range(4)]
        assert [bool(choices) for choices in shown] == [True, True, False, False]
        assert "WebRL" in (await ask("paper", title="webrl")).text, "keystrokes are counted apart"


async def test_one_person_over_a_limit_does_not_refuse_another(store_file: Path) -> None:
    async with conversation(store_file, person_questions=4) as ask:
        await times_allowed(ask, 3)
        result = await ask.scene.admin.slash(ask.scene.channels["lounge"], "paper", title="webrl")
        assert result.response and "WebRL" in Answer(result, result.response).text


def test_a_bucket_holds_a_quarter_and_what_is_wanted_is_shared_out() -> None:
    limits = RateLimits({"fetch": Rate(40, 60, timedelta(hours=1))})
    assert limits.share(1, 7, "fetch", 6) == 6
    assert limits.share(1, 7, "fetch", 6) == 4
    assert limits.share(1, 7, "fetch", 6) == 0
    assert limits.share(2, 7, "fetch", 9) == 5
    assert limits.share(2, None, "fetch", 9) == 5
    refusal = limits.refusal(1, 7, "fetch")
    assert refusal and refusal.endswith("Try again in 90 s.")


def test_what_was_used_longest_ago_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("commands.limits.MOST_BUCKETS", 10)
    limits = RateLimits({"fetch": Rate(4, 4, timedelta(hours=1))})
    for person in range(1000):
        assert limits.refusal(person, None, "fetch") is None
    assert limits.refusal(999, None, "fetch")
    assert limits.refusal(0, None, "fetch") is None
