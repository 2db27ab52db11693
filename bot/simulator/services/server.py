"""The services on loopback, each at an address of its own; they count what they are asked, and fail by script."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, get_args

from aiohttp import web

from bot.simulator.services.library import MadeLibrary
from bot.simulator.services.routes import ROUTES
from bot.simulator.services.service import LIBRARY, SERVICE, Fault, MadeService
from store.outside import ServiceName

_SETTING: dict[ServiceName, str] = {"s2": "semantic_scholar"}


@dataclass
class MadeServices:
    """All services over one library."""

    library: MadeLibrary
    services: dict[ServiceName, MadeService]

    def __getitem__(self, name: ServiceName) -> MadeService:
        return self.services[name]

    @property
    def requests(self) -> int:
        """How many requests there were, to all together."""
        return sum(len(one.requests) for one in self.services.values())

    def all(self, fault: Fault | None = None, delay: float = 0.0) -> None:
        """Give every service the same fault, for ever, and the same delay."""
        for one in self.services.values():
            one.always, one.delay = fault, delay

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that lead the program to them."""
        return {f"{_SETTING.get(name, name)}_url": one.address for name, one in self.services.items()}

    @property
    def feeds(self) -> dict[str, Any]:
        """The settings that lead the program to arXiv's announcements of today."""
        arxiv = self["arxiv"].address
        return {"rss_url": f"{arxiv}/rss", "oai_url": f"{arxiv}/oai"}


@asynccontextmanager
async def serve(library: MadeLibrary) -> AsyncIterator[MadeServices]:
    """The services, as long as the block lasts."""
    made = MadeServices(library, {name: MadeService(name) for name in get_args(ServiceName)})
    runners: list[web.AppRunner] = []
    try:
        for service in made.services.values():
            app = web.Application(middlewares=[_counted(service)])
            app[LIBRARY], app[SERVICE] = library, service
            app.router.add_routes(ROUTES[service.name])
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
            runners.append(runner)
            await runner.setup()
            site = web.TCPSite(runner, "127.0.0.1", 0)
            await site.start()
            host, port = runner.addresses[0][:2]
            service.address = f"http://{host}:{port}"
        yield made
    finally:
        for runner in runners:
            await runner.cleanup()


_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def _counted(service: MadeService) -> Any:
    @web.middleware
    async def answer(request: web.Request, handler: _Handler) -> web.StreamResponse:
        service.requests.append(request)
        if service.delay:
            await asyncio.sleep(service.delay)
        fault = service.faults.popleft() if service.faults else service.always
        if fault in ("404", "403", "500"):
            return web.Response(status=int(fault))
        if fault in ("429", "429 later"):
            return web.Response(status=429, headers={"Retry-After": "1" if fault == "429" else "7200"})
        if fault == "down":
            return await _broken_off(request, b"")
        response = await handler(request)
        if fault is None or not isinstance(response, web.Response) or not isinstance(response.body, bytes):
            return response
        if fault == "cut":
            return await _broken_off(request, response.body[: len(response.body) // 2], len(response.body))
        return web.Response(body=_spoiled(response.body, fault), headers=response.headers)

    return answer


async def _broken_off(request: web.Request, beginning: bytes, length: int = 0) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Length": str(length)})
    if beginning:
        await response.prepare(request)
        await response.write(beginning)
    if request.transport is not None:
        request.transport.abort()
    return response


def _spoiled(body: bytes, fault: Fault) -> bytes:
    try:
        found = json.loads(body)
    except ValueError:
        return b"<changed/>" if fault == "changed" else body
    return json.dumps(_renamed(found) if fault == "changed" else _nulled(found)).encode()


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {f"new_{name}": _renamed(inner) for name, inner in value.items()}
    return [_renamed(inner) for inner in value] if isinstance(value, list) else value


_NEEDED = (
    "id",
    "title",
    "display_name",
    "name",
    "authorId",
    "paperId",
    "author",
    "url",
    "text",
    "value",
    "path",
    "key",
)


def _nulled(value: Any, name: str = "") -> Any:
    """The same with null for every value that an answer can do without."""
    if isinstance(value, dict):
        return {key: _nulled(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_nulled(inner, name) for inner in value]
    return value if name in _NEEDED else None
