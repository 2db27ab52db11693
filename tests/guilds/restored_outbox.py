"""Histories in which an old backup takes the place of the store: what was posted since is not posted again."""

from __future__ import annotations

from hypothesis.stateful import precondition, rule

from store.guilds.subscriptions import Subscription
from tests.guilds.test_outbox_histories import Outbox

BACKUP = "backup.db"


class RestoredOutbox(Outbox):
    """`kept` is what the newest backup holds: the ids of its rows, and its subscriptions."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: tuple[set[int], dict[int, Subscription]] = set(), {}

    @rule()
    def back_up(self) -> None:
        self.scene.back_up(BACKUP)
        self.kept = set(self.matches), dict(self.made)

    @precondition(lambda self: self.kept[1])
    @rule()
    def restore(self) -> None:
        self.scene.restore(BACKUP)
        self.matches, self.made = set(self.kept[0]), dict(self.kept[1])
        self.withdrawn.clear()
