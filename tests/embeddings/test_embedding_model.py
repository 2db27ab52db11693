"""A service of embeddings on loopback: it is asked as OpenAI's interface is, and what is wrong with it harms nobody."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

pytest.importorskip("openai")
from seeds.services.embedding_model import LARGEST_ANSWER, EmbeddingModel

Answer = Callable[[web.Request, Any], Awaitable[web.StreamResponse]]


class Service:
    url = ""

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.answer: Any = None

    async def handle(self, request: web.Request) -> web.StreamResponse:
        asked = await request.json()
        self.asked.append(asked)
        if self.answer is not None:
            return web.Response(text=self.answer, content_type="application/json")
        rows = [{"index": i, "embedding": [float(len(text)), 1.0]} for i, text in enumerate(asked["input"])]
        return web.json_response({"object": "list", "data": rows[::-1], "model": "m", "usage": {}})


@pytest.fixture
async def service() -> AsyncIterator[Service]:
    scripted = Service()
    application = web.Application(client_max_size=10**8)
    application.router.add_post("/v1/embeddings", scripted.handle)
    runner = web.AppRunner(application, handler_cancellation=True, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    scripted.url = f"http://{host}:{port}/v1"
    yield scripted
    await runner.cleanup()


@pytest.fixture
async def model(service: Service) -> AsyncIterator[EmbeddingModel]:
    opened = EmbeddingModel(service.url, "made-up-embedder", timeout=5)
    yield opened
    await opened.close()


async def test_vectors_come_in_the_order_of_the_texts(service: Service, model: EmbeddingModel) -> None:
    made = await model.embed(["a" * number for number in range(1, 101)])
    assert made is not None and made.shape == (100, 2)
    assert made[2] == pytest.approx([3 / 10**0.5, 1 / 10**0.5])
    assert [len(asked["input"]) for asked in service.asked] == [64, 36]
    assert {asked["model"] for asked in service.asked} == {"made-up-embedder"}


@pytest.mark.parametrize(
    "answer",
    ["{", "[]", '{"data": []}', '{"data": [{"index": 0, "embedding": [0, 0]}]}', " " * (LARGEST_ANSWER + 1)],
)
async def test_an_answer_that_is_none_rests_the_model(service: Service, model: EmbeddingModel, answer: str) -> None:
    service.answer = answer
    assert await model.embed(["a"]) is None
    asked = len(service.asked)
    assert await model.embed(["a"]) is None
    assert len(service.asked) == asked
