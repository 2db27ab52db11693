from __future__ import annotations

from datetime import UTC, datetime, timedelta

from seeds.services.breaker import FAILURES, FIRST_REST, LONGEST_REST, Breaker

NOW = datetime(2026, 5, 4, tzinfo=UTC)


def broken() -> Breaker:
    breaker = Breaker()
    for _ in range(FAILURES):
        assert not breaker.refusal(NOW)
        breaker.failed(NOW, "It is down.")
    return breaker


def test_it_rests_after_failures_in_a_row_and_not_before() -> None:
    breaker = Breaker()
    for _ in range(FAILURES * 3):
        breaker.failed(NOW, "It is down.")
        breaker.worked()
    assert not breaker.refusal(NOW)
    assert broken().refusal(NOW) == "is not asked for 60 s: It is down."


def test_after_the_rest_one_request_is_let_through() -> None:
    breaker, later = broken(), NOW + FIRST_REST
    assert not breaker.resting(later)
    assert not breaker.refusal(later)
    assert breaker.refusal(later), "another one, while that is tried"
    breaker.neither()
    assert not breaker.refusal(later), "it said nothing"
    breaker.worked()
    assert not breaker.refusal(later) and not breaker.refusal(later)


def test_each_failure_after_a_rest_doubles_it_up_to_a_bound() -> None:
    breaker, now, rests = broken(), NOW, []
    for _ in range(8):
        start = now
        while breaker.resting(now):
            now += timedelta(seconds=30)
        rests.append(now - start)
        assert not breaker.refusal(now)
        breaker.failed(now, "It is down.")
    assert rests[:3] == [FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST] and max(rests) == LONGEST_REST == rests[-1]


def test_a_wait_that_the_service_asks_for_is_kept() -> None:
    breaker = Breaker()
    breaker.failed(NOW, "Come back.", timedelta(hours=3))
    assert breaker.resting(NOW + timedelta(hours=2, minutes=59)) and not breaker.resting(NOW + timedelta(hours=3))
