"""`/add` when what is asked for is not there."""

from __future__ import annotations

from pathlib import Path

import pytest

from commands import adding
from commands import reply as replying
from tests.discord.asking import asking
from tests.seeds.serving import service


@pytest.mark.parametrize("private", [False, True])
async def test_a_service_that_does_not_answer_in_time_is_told_to_the_person_alone(
    store_file: Path, monkeypatch: pytest.MonkeyPatch, private: bool
) -> None:
    monkeypatch.setattr(replying, "PATIENCE_S", 0.1)
    monkeypatch.setattr(adding, "FETCHING_S", 0.5)
    async with service(None) as arxiv, asking(store_file, arxiv_url=arxiv.address) as ask:
        answer = await ask("add", entry="2501.01234", private=private)
        assert "do not answer now" in answer.text
        assert answer.private
        callbacks = [(r.json or {})["type"] for r in ask.scene.env.http_requests if r.path.endswith("/callback")]
        assert callbacks == [5], "the waiting was not announced"
        assert ask.scene.channels["lounge"].history() == []
