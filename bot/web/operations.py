"""The server for those who run Lectern: `/metrics` and `/healthz`, on a port that is not for the public."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST

from bot.client import Lectern
from bot.web import health
from bot.web.metrics import Metrics

ANSWER_S = 10.0
"""Seconds for an answer; Prometheus waits for 10 by default."""


def application(client: Lectern) -> web.Application:
    """What an aiohttp server runs."""
    figures = Metrics(client)

    async def metrics(_: web.Request) -> web.Response:
        async with asyncio.timeout(ANSWER_S):
            return web.Response(body=await figures.text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    async def healthz(_: web.Request) -> web.Response:
        async with asyncio.timeout(ANSWER_S):
            found = await health.look(client)
        return web.Response(
            status=200 if found.is_well else 503, text=found.model_dump_json(), content_type="application/json"
        )

    async def watched(_: web.Application) -> AsyncIterator[None]:
        watching = asyncio.create_task(figures.watch_the_loop())
        yield
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching

    app = web.Application(client_max_size=1024)
    app.router.add_get("/metrics", metrics)
    app.router.add_get("/healthz", healthz)
    app.cleanup_ctx.append(watched)
    return app
