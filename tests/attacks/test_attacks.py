"""All attacks in a short form; `python -m tests.attacks` has the full one, with figures."""

from __future__ import annotations

import pytest

from tests.attacks import CLASSES
from tests.attacks.scene import carry_out, staged

SHARE = 0.1


@pytest.mark.parametrize("name", CLASSES)
async def test_no_attack_changes_what_the_victims_see(name: str) -> None:
    async with staged(SHARE, limited=name == "load") as scene:
        outcomes = [await carry_out(scene, attack) for attack in CLASSES[name].ATTACKS]
    assert {outcome.attack: outcome.harm for outcome in outcomes if outcome.harm} == {}
