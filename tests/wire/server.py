"""A simulated Discord on loopback: REST and gateway on one random port, to which the unmodified bot connects."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

from aiohttp import web

from tests.wire import command_rules, conformance, message_rules, rest
from tests.wire.faults import Call, Fault, Faults, NoFaults
from tests.wire.gateway import Gateway
from tests.wire.interactions import Interactions
from tests.wire.limits import Limits, Verdict
from tests.wire.payloads import Json
from tests.wire.rest_channels import Handler
from tests.wire.world import DiscordError, World

API = "/api/v10"
Stage = Callable[[str, Call], Awaitable[None]]


class Server:
    """Runs inside `async with`. `calls` are all requests in order, `violations` all bodies that broke a rule."""

    def __init__(
        self,
        world: World | None = None,
        faults: Faults | None = None,
        limits: Limits | None = None,
        heartbeat_ms: int = 41_250,
    ) -> None:
        self.world = world or World()
        self.gateway = Gateway(self.world, heartbeat_ms)
        self.interactions = Interactions(self.world)
        self.faults: Faults = faults or NoFaults()
        self.limits = limits
        self.calls: list[Call] = []
        self.violations: list[str] = []
        self.description = conformance.description()
        """What bodies are checked against, beside our own rules; None for the sake of speed."""
        self.on_stage: Stage | None = None
        """Called with "arrived", "done" (before the answer is sent) or "answered", and the request."""
        self._runner: web.AppRunner | None = None
        self.api_base = self.gateway_url = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=25 << 20)
        for method, route, handler in rest.routes(self.world, self.gateway, self.interactions):
            app.router.add_route(method, API + route, self._serving(handler))
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/files/{id}", self._file)
        app.router.add_route("*", "/{rest:.*}", self._serving(rest.unknown))
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.api_base = f"http://{host}:{port}{API}"
        self.gateway_url = self.gateway.url = f"ws://{host}:{port}/gateway"
        self.world.files_url = f"http://{host}:{port}/files"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for connection in list(self.gateway.connections):
            connection.drop()
        assert self._runner is not None
        await self._runner.cleanup()

    def count(self, method: str, route: str) -> int:
        """How many requests there were of this kind."""
        return sum(call.method == method and call.route == route for call in self.calls)

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.world.files[int(request.match_info["id"])][1])

    def _serving(self, handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def serve(request: web.Request) -> web.StreamResponse:
            call = await _call(request)
            self.calls.append(call)
            await self._report("arrived", call)
            verdict = self.limits.take(call) if self.limits else Verdict({})
            if verdict.retry_after is not None:
                return self._too_many(call, verdict)
            fault = self.faults.draw(call)
            if fault is not None and not fault.after and (early := await self._fail(request, call, fault)) is not None:
                return early
            status, body = self._handle(request, call, handler)
            await self._report("done", call)
            if fault is not None and fault.after and (early := await self._fail(request, call, fault)) is not None:
                return early
            answer = self._answer(call, status, body, verdict.headers)
            if self.on_stage is not None:
                with contextlib.suppress(ConnectionError):  # Whoever asked may be dead by now.
                    await answer.prepare(request)
                    await answer.write_eof()
                await self._report("answered", call)
            return answer

        return serve

    async def _report(self, stage: str, call: Call) -> None:
        if self.on_stage is not None:
            await self.on_stage(stage, call)

    def _handle(self, request: web.Request, call: Call, handler: Handler) -> tuple[int, object]:
        try:
            if not call.route.startswith(("/interactions", "/webhooks")):
                given = request.headers.get("Authorization", "")
                if given != f"Bot {self.world.token}":
                    raise DiscordError(401, 0, "401: Unauthorized")
            if problems := self._problems(call):
                raise DiscordError(400, 50035, "Invalid Form Body", problems)
            return handler(call)
        except DiscordError as error:
            if error.code == 50035:
                self.violations += [f"{call.method} {call.route}: {problem}" for problem in error.details]
            if call.route == rest.NOWHERE:
                self.violations.append(f"{call.method} {call.parameters['rest']} is not served")
            details = {"errors": {"_errors": [{"code": "RULE", "message": text} for text in error.details]}}
            return error.status, {"code": error.code, "message": error.text} | (details if error.details else {})

    def _problems(self, call: Call) -> list[str]:
        problems: list[str] = []
        if self.description is not None and call.method in ("POST", "PUT", "PATCH"):
            problems += self.description.request(call.method, call.route, call.body)
        if isinstance(call.body, list):
            problems += command_rules.check_commands(call.body)
        elif call.body is not None and call.route.endswith("/callback"):
            problems += command_rules.check_callback(call.body)
        elif call.body is not None and call.method == "POST" and call.route in rest.MAKES_MESSAGE:
            problems += message_rules.check_message_payload(call.body)
        return problems

    def _answer(self, call: Call, status: int, body: object, headers: dict[str, str]) -> web.Response:
        if self.description is not None and call.route != rest.NOWHERE:
            self.violations += [
                f"answer to {call.method} {call.route}: {problem}"
                for problem in self.description.answer(call.method, call.route, status, body)
            ]
        if status == 204:
            return web.Response(status=204, headers=headers)
        # discord.py reads JSON only where the content type has no charset beside it.
        data = json.dumps(body).encode()
        return web.Response(body=data, status=status, headers={**headers, "Content-Type": "application/json"})

    def _too_many(self, call: Call, verdict: Verdict, *, via: bool = True) -> web.Response:
        wait = verdict.retry_after or 0.0
        body = {"message": "You are being rate limited.", "retry_after": wait, "global": verdict.is_global, "code": 0}
        headers = {**verdict.headers, "Retry-After": str(int(wait) + 1)} | ({"Via": "1.1 google"} if via else {})
        return self._answer(call, 429, body, headers)

    async def _fail(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse | None:
        """The answer that takes the place of the right one, None where that only comes later."""
        if fault.what == "stall":
            await asyncio.sleep(fault.seconds)
            return None
        if fault.what == "ban":
            return web.Response(status=429, text="error code: 1015", headers={"Retry-After": f"{fault.seconds:.0f}"})
        if fault.what == "status":
            if fault.status == 429:
                scope = {"X-RateLimit-Scope": "global" if fault.everywhere else "shared"}
                return self._too_many(call, Verdict(scope, fault.seconds, fault.everywhere), via=fault.via)
            if fault.status in (502, 504):  # The edge answers these itself, in HTML.
                return web.Response(status=fault.status, text="<html>error</html>", content_type="text/html")
            body = {"message": f"{fault.status}: Internal Server Error", "code": 0}
            return self._answer(call, fault.status, body, {})
        transport = request.transport
        if transport is not None:
            if fault.what == "reset" and (raw := transport.get_extra_info("socket")) is not None:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            transport.abort()
        return web.Response(status=500)


async def _call(request: web.Request) -> Call:
    resource = request.match_info.route.resource
    route = resource.canonical.removeprefix(API) if resource is not None else request.path
    body: Json | list[Json] | None = None
    if request.content_type == "application/json":
        text = await request.text()
        body = json.loads(text) if text else None
    elif request.content_type.startswith("multipart/"):
        form = await request.post()
        body = json.loads(str(form["payload_json"])) if "payload_json" in form else {}
    return Call(request.method, route, dict(request.match_info), dict(request.query), body)
