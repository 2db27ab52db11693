"""What has to hold of the outbox after every step: allowed changes of state, and what every state says of its row."""

from __future__ import annotations

from store.guilds.transitions import TRANSITIONS, Event

OBSERVE = """
CREATE TEMP TABLE observed (kind TEXT, before TEXT, after TEXT);
CREATE TEMP TRIGGER a AFTER INSERT ON main.ledger BEGIN INSERT INTO observed VALUES ('match', NULL, new.state); END;
CREATE TEMP TRIGGER b AFTER UPDATE OF state ON main.ledger BEGIN INSERT INTO observed VALUES ('match', old.state, new.state); END;
CREATE TEMP TRIGGER c AFTER DELETE ON main.ledger BEGIN INSERT INTO observed VALUES ('match', old.state, NULL); END;
CREATE TEMP TRIGGER d AFTER INSERT ON main.posts BEGIN INSERT INTO observed VALUES ('post', NULL, new.state); END;
CREATE TEMP TRIGGER e AFTER UPDATE OF state ON main.posts BEGIN INSERT INTO observed VALUES ('post', old.state, new.state); END;
CREATE TEMP TRIGGER f AFTER DELETE ON main.posts BEGIN INSERT INTO observed VALUES ('post', old.state, NULL); END;
"""

CONSISTENT = {
    "what is pending is of a subscription that posts": (
        "ledger.state <> 'pending' OR (pause IS NULL AND deleted IS NULL AND post_id IS NULL AND note IS NULL)"
    ),
    "what is held is of a paused subscription": (
        "ledger.state <> 'held' OR (pause IS NOT NULL AND deleted IS NULL AND post_id IS NULL AND note IS NULL)"
    ),
    "what is being posted is in an unfinished message": (
        "ledger.state <> 'posting' OR (message_id IS NULL AND posts.state IN ('posting', 'failed'))"
    ),
    "what is posted is in a message that is out": "ledger.state <> 'posted' OR (message_id IS NOT NULL AND posts.state = 'posted')",
    "what is over the cap is behind a message": "ledger.state <> 'over_cap' OR posts.id IS NOT NULL",
    "what is dropped says why": "(ledger.state = 'dropped') = (note IS NOT NULL)",
    "what is excluded says by which rule": "(ledger.state = 'excluded') = (reasons ->> 'rule' IS NOT NULL)",
    "what is in no message points to none": (
        "ledger.state NOT IN ('excluded', 'silent', 'dropped') OR ledger.post_id IS NULL"
    ),
    "a message is in the channel of its matches": "posts.id IS NULL OR posts.target_id = ledger.target_id",
}


def allowed(events: tuple[Event, ...]) -> set[tuple[str, str | None, str | None]]:
    return {
        (transition.of, before, after)
        for transition in TRANSITIONS
        if transition.event in events
        for before in transition.before
        for after in transition.after
    }
