"""`python -m tests.guilds.mends`: takes each mend of delivery out, and counts the histories until the model finds it.

What stands here is how Lectern behaved before; the same number of histories finds nothing in Lectern as it is.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from datetime import datetime
from typing import NamedTuple
from unittest import mock

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from bot.workers.delivery import Delivery
from commands.views import posts as post_cards
from store.guilds import digests, explain, merged_matches, pauses, posts
from store.guilds.transitions import IllegalTransitionError
from store.models import Handle
from store.storage.connection import Connection
from store.storage.database import Database
from store.summaries.sentence_splitter import Sentence
from tests.guilds.outbox_papers import COUNT
from tests.guilds.test_outbox_histories import Outbox
from tests.wire.faults import Fault

MOST = 2_000
"""Histories that are tried before the model counts as blind."""


def _hide_channels() -> Iterator[None]:
    hidden = (
        "NOT EXISTS (SELECT 1 FROM subscriptions"
        " WHERE subscriptions.target_id = posts.target_id AND pause = 'lost' AND deleted IS NULL)"
    )
    unfinished = f"state <> 'posted' AND {hidden}"
    with ExitStack() as stack:
        for module in (posts, digests):
            stack.enter_context(mock.patch.object(module, "UNFINISHED", unfinished))
        yield


def _never_shorten() -> Iterator[None]:
    def blocks(digest: digests.Digest, tldrs: Mapping[Handle, Sentence]) -> list[str]:
        return [post_cards.entry(item) + post_cards._tldr(tldrs.get(item.paper.handle)) for item in digest.items]

    with (
        mock.patch.object(post_cards, "_is_compact", lambda digest: False),
        mock.patch.object(post_cards, "_blocks", blocks),
    ):
        yield


def _forget_merged_matches() -> Iterator[None]:
    async def merge_papers(connection: Connection, merged: Iterable[tuple[Handle, Handle]], now: datetime) -> None:
        for gone, survivor in merged:
            await connection.execute(
                "DELETE FROM ledger AS weaker WHERE handle IN (:gone, :survivor)"
                " AND EXISTS (SELECT 1 FROM ledger AS other WHERE other.subscription_id = weaker.subscription_id"
                "  AND other.handle IN (:gone, :survivor) AND other.handle <> weaker.handle"
                "  AND (instr(:order, other.state), other.handle = :survivor)"
                "   > (instr(:order, weaker.state), weaker.handle = :survivor))",
                {"gone": gone, "survivor": survivor, "order": merged_matches._STRENGTH},
            )
            await connection.execute("UPDATE ledger SET handle = ? WHERE handle = ?", [survivor, gone])

    with mock.patch.object(merged_matches, "merge_papers", merge_papers):
        yield


def _trust_what_is_due() -> Iterator[None]:
    async def correct_due(db: Database, now: datetime) -> None:
        del db, now

    with mock.patch.object(digests, "correct_due", correct_due):
        yield


def _post_what_is_withdrawn() -> Iterator[None]:
    with mock.patch.object(digests, "_withdrawn", lambda matches, known: set()):
        yield


def _say_nothing_of_resuming() -> Iterator[None]:
    with mock.patch.object(explain, "OPEN", "1"):
        yield


def _trust_the_store() -> Iterator[None]:
    async def look(delivery: Delivery, target_id: int) -> bool:
        del delivery, target_id
        return True

    with mock.patch.object(Delivery, "_look_for_unknown_posts", look):
        yield


class Mend(NamedTuple):
    """`former` is Lectern without it; `history` is a short one that shows the difference."""

    former: Callable[[], Iterator[None]]
    history: Callable[[Outbox], None]


def _lose_a_channel(machine: Outbox) -> None:
    machine.arrive([(0, "Web Agents")], notify=True, ahead=None)
    machine.deliver(0, [Fault("reset"), Fault("status", status=403)])
    machine.wait(10)
    machine.deliver(0, [])


def _lose_a_channel_and_resume_one(machine: Outbox) -> None:
    _lose_a_channel(machine)
    first = machine.made[min(machine.made)]
    work = pauses.resume(machine.scene.db, first.scope, first.token, machine.scene.now(), post_held=True)
    machine.scene.do(work, "resume")


def _gain_abstracts_after_a_reset(machine: Outbox) -> None:
    machine.arrive([(number, "Web Agents") for number in range(COUNT)], notify=True, ahead=None)
    machine.deliver(0, [Fault("reset")])
    machine.gain_abstracts("Web Agents")


def _merge_what_waits(machine: Outbox) -> None:
    machine.arrive([(0, "Web Agents"), (1, "Web Agents")], notify=True, ahead=None)
    machine.every_match_has_a_row_that_says_what_becomes_of_it()
    machine.merge(0, 1, "Web Agents")


def _arrive_in_another_year(machine: Outbox) -> None:
    machine.arrive([(0, "Web Agents")], notify=True, ahead=365)


def _withdraw_what_waits(machine: Outbox) -> None:
    machine.arrive([(0, "Web Agents")], notify=True, ahead=None)
    machine.withdraw(0)


def _restore_what_was_posted_since(machine: Outbox) -> None:
    machine.back_up()
    machine.arrive([(0, "Web Agents")], notify=True, ahead=None)
    machine.deliver(0, [])
    machine.restore()
    machine.arrive([(0, "Web Agents")], notify=True, ahead=None)


MENDS = {
    "5: a lost subscription hid the messages of its channel": Mend(_hide_channels, _lose_a_channel_and_resume_one),
    "6: papers that say more than when they were begun": Mend(_never_shorten, _gain_abstracts_after_a_reset),
    "7: two papers that wait turn out to be one": Mend(_forget_merged_matches, _merge_what_waits),
    "9: an old backup posted again": Mend(_trust_the_store, _restore_what_was_posted_since),
    "10: a clock that was ahead": Mend(_trust_what_is_due, _arrive_in_another_year),
    "withdrawn papers were posted": Mend(_post_what_is_withdrawn, _withdraw_what_waits),
    "nothing was said of resuming a lost channel": Mend(_say_nothing_of_resuming, _lose_a_channel),
}


def without(mend: str) -> AbstractContextManager[None]:
    """Lectern as it was before this mend, in the block."""
    return contextmanager(MENDS[mend].former)()


def histories_until_found(mend: str, most: int = MOST) -> int | None:
    """How many histories it takes until one breaks a rule; None where none of `most` does."""
    tried = 0

    class Counted(Outbox):
        def __init__(self) -> None:
            nonlocal tried
            tried += 1
            super().__init__()

    generate = settings(
        max_examples=most,
        stateful_step_count=30,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    with without(mend):
        try:
            run_state_machine_as_test(Counted, settings=generate)
        except (AssertionError, IllegalTransitionError):
            return tried
    return None


def main() -> int:
    """Print a line for each; 1 where the model finds one of them not."""
    blind = 0
    for mend in MENDS:
        found = histories_until_found(mend)
        blind += found is None
        print(f"{mend}: {f'found by history {found}' if found else f'not found in {MOST} histories'}", flush=True)
    return int(blind > 0)


if __name__ == "__main__":
    sys.exit(main())
