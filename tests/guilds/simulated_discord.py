"""The Discord of `tests/wire` without sockets: discord.py's HTTP client asks it in place of an aiohttp session."""

from __future__ import annotations

import asyncio
import errno
import json
import re
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import discord
from multidict import CIMultiDict

from commands.addresses import PaperAction
from commands.message_ids import MessageReason
from tests.wire import message_rules, payloads, rest
from tests.wire.faults import Call, Fault
from tests.wire.gateway import Gateway, guild_create
from tests.wire.interactions import Interactions
from tests.wire.world import Channel, DiscordError, World

API = "/api/v10"


class Answer:
    """What discord.py reads of an answer."""

    def __init__(self, status: int, body: object, headers: dict[str, str] | None = None) -> None:
        self.status, self.reason, self._body = status, "", body
        kind = "text/html" if isinstance(body, str) else "application/json"
        self.headers = CIMultiDict({"content-type": kind, **(headers or {})})

    async def text(self, encoding: str = "utf-8") -> str:
        """The body."""
        return self._body if isinstance(self._body, str) else json.dumps(self._body)


class SimulatedDiscord:
    """`faults` meet the next posts to a channel. `cut` is called where the fault is that the bot ends."""

    def __init__(self, monotonic: Callable[[], float], channels: int) -> None:
        self.world = World(monotonic=monotonic)
        self.guild = self.world.add_guild("lab")
        self.channels = [self.world.add_channel(self.guild, f"c{number}") for number in range(channels)]
        self.ann = self.world.add_person("ann", self.guild)
        self.faults: dict[int, list[Fault | None]] = defaultdict(list)
        self.cut: Callable[[], None] = lambda: None
        self._routes = [
            (method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", route)), route, handler)
            for method, route, handler in rest.routes(self.world, Gateway(self.world), Interactions(self.world))
        ]

    def client(self) -> discord.Client:
        """A client that is logged in and knows the guild."""
        client = discord.Client(
            intents=discord.Intents.default(), allowed_mentions=discord.AllowedMentions.none(), max_messages=None
        )
        http, state = client.http, client._connection
        http.token = self.world.token
        http.loop = asyncio.get_running_loop()
        http._global_over = asyncio.Event()
        http._global_over.set()
        http._HTTPClient__session = self  # type: ignore[attr-defined]  # the session that login would make
        state.user = discord.ClientUser(state=state, data=self.world.bot)  # type: ignore[arg-type]
        state._add_guild_from_data(guild_create(self.guild))  # type: ignore[arg-type]
        self.world.listener = lambda name, data, _: state.parsers[name](data) if name == "CHANNEL_UPDATE" else None
        return client

    def handles(self, channel: Channel) -> Iterator[tuple[int, str]]:
        """The posts of a channel, by the ids of their messages, and the papers in each."""
        for ident, message in channel.messages.items():
            ids = list(_custom_ids(message["components"]))
            # What is told of a paper later is in a message of its own.
            if not any(map(MessageReason.parse, ids)):
                for handle in dict.fromkeys(action.handle for one in ids if (action := PaperAction.parse(one))):
                    yield ident, handle

    @asynccontextmanager
    async def request(
        self, method: str, url: str, *, data: str | None = None, params: dict[str, Any] | None = None, **_: Any
    ) -> AsyncIterator[Answer]:
        """As `aiohttp.ClientSession.request`."""
        call, handler = self._routed(method, urlsplit(url).path.removeprefix(API), data, params)
        waiting = self.faults[int(call.parameters["channel_id"])] if call.route in rest.MAKES_MESSAGE else []
        fault = waiting.pop(0) if waiting and method == "POST" else None
        if fault and not fault.after and (early := await self._fail(fault)):
            yield early
            return
        answer = self._handle(call, handler)
        if fault and fault.after and (early := await self._fail(fault)):
            yield early
            return
        yield answer

    def _routed(self, method: str, path: str, data: str | None, params: dict[str, Any] | None) -> tuple[Call, Any]:
        for of, pattern, route, handler in self._routes:
            if of == method and (found := pattern.fullmatch(path)):
                query = {key: str(value) for key, value in (params or {}).items()}
                return Call(method, route, found.groupdict(), query, json.loads(data) if data else None), handler
        raise AssertionError(f"{method} {path} is not served")

    def _handle(self, call: Call, handler: Callable[[Call], tuple[int, object]]) -> Answer:
        try:
            if call.method == "POST" and call.route in rest.MAKES_MESSAGE:
                problems = message_rules.check_message_payload(call.body)  # type: ignore[arg-type]
                assert not problems, problems
            return Answer(*handler(call))
        except DiscordError as error:
            return Answer(error.status, {"code": error.code, "message": error.text})

    async def _fail(self, fault: Fault) -> Answer | None:
        match fault.what:
            case "stall":
                await asyncio.sleep(fault.seconds)
                return None
            case "ban":
                return Answer(429, "error code: 1015", {"Retry-After": f"{fault.seconds:.0f}"})
            case "reset":
                raise aiohttp.ClientOSError(errno.ECONNRESET, "Connection reset by peer")
            case "hang_up":
                self.cut()
                await asyncio.sleep(0)
                raise aiohttp.ServerDisconnectedError
        if fault.status == 429:
            scope = {"X-RateLimit-Scope": "global" if fault.everywhere else "shared"}
            body = {"message": "", "retry_after": fault.seconds, "global": fault.everywhere, "code": 0}
            return Answer(
                429, body, scope | {"Retry-After": f"{fault.seconds:.0f}"} | ({"Via": "1"} if fault.via else {})
            )
        codes = {403: 50013, 404: 10003, 400: 50035}
        return Answer(fault.status, {"code": codes.get(fault.status, 0), "message": "made up"})


def _custom_ids(components: list[payloads.Json]) -> Iterator[str]:
    for component in components:
        yield component.get("custom_id") or ""
        inner = [*component.get("components", ()), *filter(None, [component.get("accessory")])]
        yield from _custom_ids(inner)
