"""The gateway: hello, identify, ready, heartbeats, resume with replay, reconnect, close codes."""

from __future__ import annotations

import asyncio
import json
import secrets
import time
from collections import deque
from dataclasses import dataclass, field

from aiohttp import WSMsgType, web

from tests.wire import payloads
from tests.wire.payloads import Json
from tests.wire.world import Guild, World

DISPATCH, HEARTBEAT, IDENTIFY, PRESENCE, VOICE_STATE, RESUME, RECONNECT, MEMBERS = 0, 1, 2, 3, 4, 6, 7, 8
INVALID_SESSION, HELLO, ACK, SOUNDBOARD, CHANNEL_INFO = 9, 10, 11, 31, 43
GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES, MESSAGE_CONTENT = 1 << 0, 1 << 9, 1 << 12, 1 << 15
PRIVILEGED = 1 << 1 | 1 << 8 | MESSAGE_CONTENT
KNOWN_INTENTS = sum(1 << bit for bit in (*range(17), 20, 21, 24, 25))
MAX_PAYLOAD_BYTES, MAX_PAYLOADS, PER_S = 4096, 120, 60.0
REPLAY_EVENTS = 1000


class CloseError(Exception):
    """The connection has to be closed with this code."""

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


@dataclass(eq=False)
class Session:
    """What outlives a connection: sequence and events, so that a client can resume."""

    shard: int
    shards: int
    intents: int
    id: str = field(default_factory=lambda: secrets.token_hex(16))
    sequence: int = 0
    events: deque[Json] = field(default_factory=lambda: deque(maxlen=REPLAY_EVENTS))
    connection: Connection | None = None
    resumes: int = 0


@dataclass(eq=False)
class Connection:
    """One WebSocket. A silent one acknowledges nothing and sends nothing: a zombie."""

    socket: web.WebSocketResponse
    request: web.Request
    session: Session | None = None
    is_silent: bool = False
    outbox: asyncio.Queue[Json] = field(default_factory=asyncio.Queue)
    arrivals: deque[float] = field(default_factory=deque)
    reading: asyncio.Task[None] | None = None
    close_with: int | None = None

    def drop(self) -> None:
        """Cut the connection without a close frame, as a network does."""
        if self.request.transport is not None:
            self.request.transport.abort()


class Gateway:
    """All sessions. What tests turn: `heartbeat_ms`, `allowed_intents`, `refuse_with`, `shards`."""

    def __init__(self, world: World, heartbeat_ms: int = 41_250) -> None:
        self.world = world
        self.url = ""
        self.heartbeat_ms = heartbeat_ms
        self.shards = 1
        self.identifies_per_5s = 16
        self.allowed_intents = KNOWN_INTENTS & ~PRIVILEGED
        self.refuse_with: int | None = None
        """Close the connection with this code at the next IDENTIFY or RESUME."""
        self.sessions: dict[str, Session] = {}
        self.connections: list[Connection] = []
        self.identifies = 0
        self._identified: deque[float] = deque()
        world.listener = self.dispatch

    def live(self) -> list[Connection]:
        """The connections that carry a session now, by shard."""
        found = [connection for connection in self.connections if connection.session is not None]
        return sorted(found, key=lambda connection: connection.session.shard if connection.session else 0)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse(max_msg_size=1 << 20, autoping=True)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.append(connection)
        connection.outbox.put_nowait({"op": HELLO, "d": {"heartbeat_interval": self.heartbeat_ms}})
        writer = asyncio.create_task(self._write(connection))
        connection.reading = asyncio.create_task(self._read(connection))
        try:
            await asyncio.wait({connection.reading})
            if not connection.reading.cancelled() and (error := connection.reading.exception()) is not None:
                if not isinstance(error, CloseError):
                    raise error
                connection.close_with = error.code
            if connection.close_with is not None:
                await socket.close(code=connection.close_with)
        finally:
            connection.reading.cancel()
            writer.cancel()
            self.connections.remove(connection)
            self._part(connection)
        return socket

    def _part(self, connection: Connection) -> None:
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            if connection.close_with is None and connection.socket.close_code in (1000, 1001):
                self.sessions.pop(session.id, None)

    async def _read(self, connection: Connection) -> None:
        async for message in connection.socket:
            if message.type is not WSMsgType.TEXT:
                raise CloseError(4002)
            self._receive(connection, message.data)

    async def _write(self, connection: Connection) -> None:
        while True:
            payload = await connection.outbox.get()
            if connection.is_silent:
                continue
            try:
                await connection.socket.send_str(json.dumps(payload, separators=(",", ":")))
            except ConnectionError:
                return

    def _receive(self, connection: Connection, text: str) -> None:
        now = time.monotonic()
        connection.arrivals.append(now)
        while now - connection.arrivals[0] > PER_S:
            connection.arrivals.popleft()
        if len(connection.arrivals) > MAX_PAYLOADS:
            raise CloseError(4008)
        if len(text.encode()) > MAX_PAYLOAD_BYTES:
            raise CloseError(4002)
        try:
            payload = json.loads(text)
            op, data = payload["op"], payload.get("d")
        except (ValueError, KeyError, TypeError):
            raise CloseError(4002) from None
        if op == HEARTBEAT:
            if not connection.is_silent:
                connection.outbox.put_nowait({"op": ACK, "d": None})
        elif op in (IDENTIFY, RESUME):
            if connection.session is not None:
                raise CloseError(4005)
            if self.refuse_with is not None:
                raise CloseError(self.refuse_with)
            if data["token"] != self.world.token:
                raise CloseError(4004)
            (self._identify if op == IDENTIFY else self._resume)(connection, data)
        elif op not in (PRESENCE, VOICE_STATE, MEMBERS, SOUNDBOARD, CHANNEL_INFO):
            raise CloseError(4001)
        elif connection.session is None:
            raise CloseError(4003)

    def _identify(self, connection: Connection, data: Json) -> None:
        shard, shards = data.get("shard") or (0, 1)
        if not 0 <= shard < shards:
            raise CloseError(4010)
        intents = data["intents"]
        if intents & ~KNOWN_INTENTS:
            raise CloseError(4013)
        if intents & ~self.allowed_intents:
            raise CloseError(4014)
        now = time.monotonic()
        while self._identified and now - self._identified[0] > 5.0:
            self._identified.popleft()
        if len(self._identified) >= self.identifies_per_5s:
            connection.outbox.put_nowait({"op": INVALID_SESSION, "d": False})
            return
        self._identified.append(now)
        self.identifies += 1
        session = Session(shard, shards, intents, connection=connection)
        connection.session = session
        self.sessions[session.id] = session
        guilds = [guild for guild in self.world.guilds.values() if _shard_of(guild.id, shards) == shard]
        ready = {
            "v": 10,
            "user": {**self.world.bot, "mfa_enabled": False, "verified": True, "email": None},
            "guilds": [{"id": str(guild.id), "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "resume_gateway_url": f"ws://{connection.request.host}/gateway",
            "session_type": "normal",
            "shard": [shard, shards],
            "application": {"id": str(self.world.application_id), "flags": 0},
            "private_channels": [],
        }
        self._emit(session, "READY", ready)
        for guild in guilds:
            self._emit(session, "GUILD_CREATE", guild_create(guild))

    def _resume(self, connection: Connection, data: Json) -> None:
        session = self.sessions.get(data["session_id"])
        if session is None:
            connection.outbox.put_nowait({"op": INVALID_SESSION, "d": False})
            return
        seen = data["seq"]
        if seen > session.sequence:
            raise CloseError(4007)
        connection.session, session.connection = session, connection
        session.resumes += 1
        for event in session.events:
            if event["s"] > seen:
                connection.outbox.put_nowait(event)
        self._emit(session, "RESUMED", {})

    def dispatch(self, name: str, data: Json, guild: int | None) -> None:
        """Send an event to every session that its intents and shard let see it; absent clients get it by resuming."""
        for session in list(self.sessions.values()):
            if _shard_of(guild or 0, session.shards) == session.shard and _wants(session, name, guild):
                seen = data
                if name.startswith("MESSAGE_") and not session.intents & MESSAGE_CONTENT:
                    seen = without_content(data, self.world.bot["id"], in_guild=guild is not None)
                self._emit(session, name, seen)

    def _emit(self, session: Session, name: str, data: Json) -> None:
        session.sequence += 1
        # Serialised objects in the world change later; the event is as of now.
        event = {"op": DISPATCH, "t": name, "s": session.sequence, "d": json.loads(json.dumps(data))}
        session.events.append(event)
        if session.connection is not None:
            session.connection.outbox.put_nowait(event)

    def ask_to_reconnect(self) -> None:
        """Send op 7 to every client."""
        for connection in self.live():
            connection.outbox.put_nowait({"op": RECONNECT, "d": None})

    def invalidate(self, *, resumable: bool) -> None:
        """Send op 9 to every client; without `resumable` their sessions are gone."""
        for connection in self.live():
            connection.outbox.put_nowait({"op": INVALID_SESSION, "d": resumable})
            if not resumable and connection.session is not None:
                self.sessions.pop(connection.session.id, None)

    def close(self, code: int) -> None:
        """Close every connection with that code."""
        for connection in self.connections:
            connection.close_with = code
            if connection.reading is not None:
                connection.reading.cancel()


def _shard_of(guild: int, shards: int) -> int:
    return (guild >> 22) % shards


def _wants(session: Session, name: str, guild: int | None) -> bool:
    if name.startswith("MESSAGE_"):
        return bool(session.intents & (GUILD_MESSAGES if guild else DIRECT_MESSAGES))
    if name.startswith(("GUILD_", "CHANNEL_", "THREAD_")):
        return bool(session.intents & GUILDS)
    return True


def without_content(message: Json, bot: str, *, in_guild: bool) -> Json:
    """A message as a bot without the MESSAGE_CONTENT intent gets it: whole if it is its own, direct or mentions it."""
    mentioned = any(user["id"] == bot for user in message["mentions"])
    if not in_guild or message["author"]["id"] == bot or mentioned:
        return message
    return {**message, "content": "", "embeds": [], "attachments": [], "components": []}


def guild_create(guild: Guild) -> Json:
    """The event that tells a client all about one guild."""
    threads = [channel.body for channel in guild.channels if channel.body["type"] in payloads.THREADS]
    return {
        **guild.body,
        "channels": [channel.body for channel in guild.channels if channel.body["type"] not in payloads.THREADS],
        "threads": threads,
        "members": list(guild.members.values()),
        "member_count": len(guild.members),
        "large": False,
        "unavailable": False,
        "joined_at": payloads.now(),
        **{key: [] for key in ("voice_states", "presences", "stage_instances")},
        "soundboard_sounds": [],
        "guild_scheduled_events": list(guild.events.values()),
    }
