"""A library of Zotero on loopback: versions, paging, the trash, refusals (412, 428), and faults that a test wants.

What it does is what https://www.zotero.org/support/dev/web_api/v3/syncing says of the real one.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

Json = dict[str, Any]
KEY = "SecretKeyOfAda42"


class ZoteroServer:
    """`fault` is asked at each request; it may give `before` or `after` (the connection breaks), or a status."""

    def __init__(self) -> None:
        self.version = 0
        self.items: dict[str, Json] = {}
        self.deleted: dict[str, int] = {}
        self.requests: list[tuple[str, str]] = []
        self.fault: Callable[[web.Request], str | int | None] = lambda request: None
        self.address = ""
        self.page = 100
        self.backoff = ""
        self._made = 0

    def new_key(self) -> str:
        """A key as Zotero gives it."""
        self._made += 1
        return f"Z{self._made:07d}"

    def put(self, data: Json) -> str:
        """What somebody does in Zotero: a new item, or fields of one that is there."""
        self.version += 1
        key = str(data.get("key") or self.new_key())
        before = self.items.get(key, {"collections": [], "tags": []})
        self.items[key] = {**before, **data, "key": key, "version": self.version}
        return key

    def delete(self, key: str) -> None:
        """Delete an item for ever, with what belongs to it."""
        self.version += 1
        for one in [key, *(k for k, data in self.items.items() if data.get("parentItem") == key)]:
            if self.items.pop(one, None):
                self.deleted[one] = self.version

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.requests.append((request.method, request.path_qs))
        if request.headers.get("Zotero-API-Key") != KEY:
            return web.Response(status=403)
        fault = self.fault(request)
        if isinstance(fault, int):
            return web.Response(status=fault, headers={"Retry-After": "0"})
        if fault == "before":
            return _broken(request)
        what = request.path.rpartition("/")[2]
        if request.method == "POST":
            if int(request.headers["If-Unmodified-Since-Version"]) != self.version:
                return web.Response(status=412)
            response = self._written(await request.json())
        elif what == "deleted":
            since = int(request.query["since"])
            response = self._json({"items": [key for key, at in self.deleted.items() if at > since]})
        else:
            response = self._listed(request)
        return _broken(request) if fault == "after" else response

    def _listed(self, request: web.Request) -> web.Response:
        since, start = int(request.query.get("since", 0)), int(request.query.get("start", 0))
        found = sorted((one for one in self.items.values() if one["version"] > since), key=lambda one: one["key"])
        page = found[start : start + min(int(request.query.get("limit", 25)), self.page)]
        shown = [{"key": one["key"], "version": one["version"], "data": one} for one in page]
        return self._json(shown, {"Total-Results": str(len(found))})

    def _written(self, bodies: list[Json]) -> web.Response:
        assert len(bodies) <= 50
        success: dict[str, str] = {}
        failed: dict[str, Json] = {}
        version = self.version + 1
        for place, body in enumerate(bodies):
            there = self.items.get(body["key"])
            if "version" not in body:
                failed[str(place)] = {"code": 428}
            elif (there["version"] if there else 0) != body["version"]:
                failed[str(place)] = {"code": 412}
            elif not there and "itemType" not in body:
                failed[str(place)] = {"code": 400, "message": "'itemType' property not provided"}
            elif body.get("title") == "Refused":
                failed[str(place)] = {"code": 400, "message": "'Refused' is no title"}
            elif body.get("parentItem") and body["parentItem"] not in self.items:
                failed[str(place)] = {"code": 409}
            else:
                self.items[body["key"]] = {"collections": [], "tags": [], **(there or {}), **body, "version": version}
                success[str(place)] = body["key"]
        if success:
            self.version = version
        return self._json({"success": success, "unchanged": {}, "failed": failed})

    def _json(self, body: object, headers: dict[str, str] | None = None) -> web.Response:
        known = {"Last-Modified-Version": str(self.version), **(headers or {})}
        if self.backoff:
            known["Backoff"] = self.backoff
        return web.json_response(body, headers=known)


def _broken(request: web.Request) -> web.Response:
    assert request.transport
    request.transport.close()
    return web.Response()


@asynccontextmanager
async def zotero_server() -> AsyncIterator[ZoteroServer]:
    serving = ZoteroServer()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", serving.answer)
    server = TestServer(app)
    await server.start_server()
    try:
        serving.address = str(server.make_url("/")).rstrip("/")
        yield serving
    finally:
        await server.close()
