"""A service on loopback that gives the answers which a test has put down, and remembers what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from inspect import isawaitable
from time import monotonic

from aiohttp import web
from aiohttp.test_utils import TestServer

Answer = web.StreamResponse | Callable[[web.Request], web.StreamResponse | Awaitable[web.StreamResponse]] | None
"""None breaks the connection off."""


class Service:
    """Gives one answer after the other, and the last one for ever."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.requests: list[web.Request] = []
        self.times: list[float] = []
        self.open = 0
        self.most_open = 0
        self.address = ""
        self.asked = asyncio.Event()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append(request)
        self.times.append(monotonic())
        self.asked.set()
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        try:
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
            if callable(answer):
                made = answer(request)
                answer = await made if isawaitable(made) else made
            if answer is None:
                assert request.transport
                request.transport.close()
                return web.Response()
            return answer
        finally:
            self.open -= 1


@asynccontextmanager
async def service(*answers: Answer) -> AsyncIterator[Service]:
    serving = Service()
    serving.answers = list(answers)
    app = web.Application()
    app.router.add_get("/{path:.*}", serving._answer)
    server = TestServer(app)
    await server.start_server()
    try:
        serving.address = str(server.make_url("/feed"))
        yield serving
    finally:
        await server.close()
