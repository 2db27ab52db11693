"""What has to follow a history of the outbox: whatever a row waits for is done, and then nothing waits."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple

from bot.workers.delivery import CHECK_DUE_EVERY
from store.guilds import pauses
from store.guilds.subscriptions import Scope
from tests.guilds.outbox_scene import OutboxScene
from tests.wire.world import READ_HISTORY, SEND_MESSAGES

WAITING = "state IN ('posting', 'pending', 'held')"
LONGEST = timedelta(days=7, hours=2)
"""Until the next digest of a week, in a zone that may change its clocks in between."""


class _Row(NamedTuple):
    id: int
    handle: str
    target_id: int
    token: str
    state: str


def settle(scene: OutboxScene) -> None:
    """The clock is right and Discord takes everything: each row that waits says what for, it comes, and the row goes on.

    Messages come before what is not begun, in their order, since one holds up those after it.
    """
    scene.ahead = timedelta()
    for channel in scene.discord.channels:
        scene.discord.faults[channel.id] = []
        scene.discord.world.forbid(channel, SEND_MESSAGES | READ_HISTORY, allow=True)
    scene.wait(CHECK_DUE_EVERY.total_seconds())
    scene.deliver()
    while rows := _waiting(scene):
        _release(scene, rows[0])
    _buttons_show_what_is_over_the_cap(scene)


def _waiting(scene: OutboxScene) -> list[_Row]:
    found = scene.read(
        "SELECT ledger.id, handle, ledger.target_id, token, state FROM ledger JOIN subscriptions"
        f" ON subscriptions.id = subscription_id WHERE {WAITING}"
        " ORDER BY state = 'posting' DESC, state = 'pending' DESC, post_id, due, ledger.id"
    )
    return [_Row(*row) for row in found]


def _release(scene: OutboxScene, row: _Row) -> None:
    outcome = scene.explain(row.target_id, row.handle, row.token)
    match outcome.release:
        case "resume":
            _resume(scene, row)
        case "time":
            moment = max(filter(None, [outcome.due, outcome.next_try]))
            assert moment <= scene.now() + LONGEST, f"{row} waits for {moment}"
            scene.wait((moment - scene.now()).total_seconds() + 1)
        case other:
            raise AssertionError(f"nothing releases {row}: {other}")
    scene.deliver()
    ((state,),) = scene.read("SELECT state FROM ledger WHERE id = ?", row.id)
    assert state != row.state, f"{row} stays, though what it waits for has come: {outcome}"


def _resume(scene: OutboxScene, row: _Row) -> None:
    """The subscription of the row; if that is deleted or not paused, another of its channel."""
    tokens = scene.read(
        "SELECT token FROM subscriptions WHERE target_id = ? AND deleted IS NULL AND pause IS NOT NULL"
        " ORDER BY token = ? DESC, pause = 'lost' DESC LIMIT 1",
        row.target_id,
        row.token,
    )
    scope = Scope(scene.discord.guild.id, row.target_id)
    scene.do(pauses.resume(scene.db, scope, tokens[0][0], scene.now(), post_held=True), "resume")


def _buttons_show_what_is_over_the_cap(scene: OutboxScene) -> None:
    for handle, target_id, token in scene.read(
        "SELECT handle, ledger.target_id, token FROM ledger JOIN subscriptions ON subscriptions.id = subscription_id"
        " WHERE state = 'over_cap'"
    ):
        outcome = scene.explain(target_id, handle, token)
        assert outcome.message_id is not None, "what is over the cap is behind a message that is out"
