"""The model of the outbox sees each fault that was mended, once its mend is taken out."""

from __future__ import annotations

import pytest

from store.guilds.transitions import IllegalTransitionError
from tests.guilds.mends import MENDS, without
from tests.guilds.test_outbox_histories import Outbox

pytestmark = pytest.mark.sqlite_only("time is simulated, in which no server answers")


def play(mend: str) -> None:
    """The short history of a mend, with all that has to hold in the end."""
    machine = Outbox()
    try:
        machine.open()
        MENDS[mend].history(machine)
    finally:
        machine.teardown()


@pytest.mark.parametrize("mend", MENDS)
def test_the_model_finds_what_was_mended(mend: str) -> None:
    play(mend)
    with without(mend), pytest.raises((AssertionError, IllegalTransitionError)):
        play(mend)
