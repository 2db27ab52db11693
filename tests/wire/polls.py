"""Polls of messages: what Discord asks of one, and what it answers with."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from tests.wire.payloads import Json

LONGEST_QUESTION, LONGEST_ANSWER = 300, 55
MOST_ANSWERS, MOST_HOURS = 10, 768


def check(poll: Json | None) -> Iterator[str]:
    """What is wrong with a poll, beside what the OpenAPI description says: a sentence for each broken rule."""
    if not poll:
        return
    question, answers = (poll.get("question") or {}).get("text") or "", poll.get("answers") or []
    if not 1 <= len(question) <= LONGEST_QUESTION:
        yield f"poll.question: {len(question)} characters, not 1 to {LONGEST_QUESTION}"
    if not 1 <= len(answers) <= MOST_ANSWERS:
        yield f"poll.answers: {len(answers)}, not 1 to {MOST_ANSWERS}"
    for answer in answers:
        text = (answer.get("poll_media") or {}).get("text") or ""
        if not 1 <= len(text) <= LONGEST_ANSWER:
            yield f"poll.answers: {len(text)} characters, not 1 to {LONGEST_ANSWER}"
    if not 1 <= (poll.get("duration") or 24) <= MOST_HOURS:
        yield f"poll.duration: {poll['duration']} hours, not 1 to {MOST_HOURS}"


def poll(body: Json, now: datetime) -> Json:
    """What a message has of the poll in its create body, if there is one."""
    asked = body.get("poll")
    if not asked:
        return {}
    answers = [
        {"answer_id": number, "poll_media": {"text": answer["poll_media"]["text"]}}
        for number, answer in enumerate(asked["answers"], 1)
    ]
    made = {
        "question": {"text": asked["question"]["text"]},
        "answers": answers,
        "expiry": (now + timedelta(hours=asked.get("duration") or 24)).isoformat(),
        "allow_multiselect": bool(asked.get("allow_multiselect")),
        "layout_type": 1,
        "results": {"is_finalized": False, "answer_counts": []},
    }
    return {"poll": made}


def vote(message: Json, answer: int) -> None:
    """Somebody votes; as in Discord, answers without votes are not counted at all."""
    results = message["poll"]["results"]
    assert not results["is_finalized"], "the poll is over"
    counts = {row["id"]: row["count"] for row in results["answer_counts"]}
    counts[answer] = counts.get(answer, 0) + 1
    results["answer_counts"] = [{"id": ident, "count": count, "me_voted": False} for ident, count in counts.items()]


def close(message: Json) -> None:
    """The poll is over, and counted."""
    message["poll"]["results"]["is_finalized"] = True


def closed_where_due(message: Json, now: datetime) -> Json:
    """The message; its poll, if it has one, is over once its time has come."""
    if "poll" in message and datetime.fromisoformat(message["poll"]["expiry"]) <= now:
        close(message)
    return message
