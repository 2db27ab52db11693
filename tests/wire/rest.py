"""Discord's REST, as far as the bot uses it: what each route does to the world and answers."""

from __future__ import annotations

from collections.abc import Iterator

from tests.wire import payloads
from tests.wire.faults import Call
from tests.wire.gateway import Gateway
from tests.wire.interactions import Interaction, Interactions
from tests.wire.payloads import Json, snowflake
from tests.wire.rest_channels import Channels, Handler, object_of
from tests.wire.rest_events import Events
from tests.wire.world import DiscordError, World

NOWHERE = "/{rest}"
MAKES_MESSAGE = ("/channels/{channel_id}/messages", "/webhooks/{webhook_id}/{webhook_token}")

_HOOK = "/webhooks/{webhook_id}/{webhook_token}"


def unknown(_: Call) -> tuple[int, object]:
    """The answer to any route that is not served."""
    raise DiscordError(404, 0, "404: Not Found")


def routes(world: World, gateway: Gateway, interactions: Interactions) -> Iterator[tuple[str, str, Handler]]:
    """Method, path with its parameters as Discord names them, and handler, of everything that is served."""
    yield from _Account(world, gateway).routes()
    yield from _Commands(world).routes()
    yield from Channels(world).routes()
    yield from Events(world).routes()
    yield from _Answers(world, interactions).routes()


class _Account:
    def __init__(self, world: World, gateway: Gateway) -> None:
        self.world, self.gateway = world, gateway

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        yield "GET", "/users/@me", self.me
        yield "GET", "/oauth2/applications/@me", self.application
        yield "GET", "/applications/@me", self.application
        yield "GET", "/gateway/bot", self.gateway_bot
        yield "POST", "/users/@me/channels", self.direct
        yield "GET", "/users/{user_id}", self.user
        yield "GET", "/guilds/{guild_id}", self.guild
        yield "GET", "/guilds/{guild_id}/channels", self.guild_channels
        yield "GET", "/guilds/{guild_id}/members/{user_id}", self.member

    def me(self, _: Call) -> tuple[int, object]:
        return 200, {**self.world.bot, "mfa_enabled": False, "locale": "en-US", "verified": True, "email": None}

    def application(self, _: Call) -> tuple[int, object]:
        return 200, payloads.application(self.world.application_id, self.world.bot, self.world.owner)

    def gateway_bot(self, _: Call) -> tuple[int, object]:
        used = self.gateway.identifies
        start = {
            "total": 1000,
            "remaining": max(1000 - used, 0),
            "reset_after": 86_400_000,
            "max_concurrency": self.gateway.identifies_per_5s,
        }
        return 200, {"url": self.gateway.url, "shards": self.gateway.shards, "session_start_limit": start}

    def direct(self, call: Call) -> tuple[int, object]:
        return 200, self.world.direct(int(object_of(call)["recipient_id"])).body

    def user(self, call: Call) -> tuple[int, object]:
        ident = int(call.parameters["user_id"])
        if ident == self.world.application_id:
            return 200, self.world.bot
        if ident not in self.world.people:
            raise DiscordError(404, 10013, "Unknown User")
        return 200, self.world.people[ident].body

    def guild(self, call: Call) -> tuple[int, object]:
        guild = self.world.guilds.get(int(call.parameters["guild_id"]))
        if guild is None:
            raise DiscordError(404, 10004, "Unknown Guild")
        return 200, guild.body

    def guild_channels(self, call: Call) -> tuple[int, object]:
        self.guild(call)
        channels = self.world.guilds[int(call.parameters["guild_id"])].channels
        return 200, [channel.body for channel in channels if channel.body["type"] not in payloads.THREADS]

    def member(self, call: Call) -> tuple[int, object]:
        self.guild(call)
        found = self.world.guilds[int(call.parameters["guild_id"])].members.get(int(call.parameters["user_id"]))
        if found is None:
            raise DiscordError(404, 10007, "Unknown Member")
        return 200, found


class _Commands:
    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        for scope in ("/applications/{application_id}", "/applications/{application_id}/guilds/{guild_id}"):
            yield "GET", f"{scope}/commands", self.installed
            yield "PUT", f"{scope}/commands", self.overwrite

    def installed(self, call: Call) -> tuple[int, object]:
        return 200, self._scope(call)

    def overwrite(self, call: Call) -> tuple[int, object]:
        scope, asked = self._scope(call), call.body if isinstance(call.body, list) else []
        known = {(command["type"], command["name"]): command["id"] for command in scope}
        guild = call.parameters.get("guild_id")
        scope[:] = [
            {
                "default_member_permissions": None,
                "description": "",
                **{key: value for key, value in command.items() if value is not None},
                "id": known.get((command.get("type") or 1, command["name"]), str(snowflake())),
                "application_id": str(self.world.application_id),
                "version": str(snowflake()),
                "type": command.get("type") or 1,
                **({"guild_id": guild} if guild else {}),
            }
            for command in asked
        ]
        for command in scope:
            if (bits := command["default_member_permissions"]) is not None:
                command["default_member_permissions"] = str(bits)
        return 200, scope

    def _scope(self, call: Call) -> list[Json]:
        guild = call.parameters.get("guild_id")
        ident = int(guild) if guild else None
        if int(call.parameters["application_id"]) != self.world.application_id or ident not in self.world.commands:
            raise DiscordError(403, 50001, "Missing Access")
        return self.world.commands[ident]


class _Answers:
    def __init__(self, world: World, interactions: Interactions) -> None:
        self.world, self.interactions = world, interactions

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        yield "POST", "/interactions/{interaction_id}/{interaction_token}/callback", self.callback
        yield "POST", _HOOK, self.follow_up
        for ident in ("@original", "{message_id}"):
            yield "GET", f"{_HOOK}/messages/{ident}", self.get
            yield "PATCH", f"{_HOOK}/messages/{ident}", self.edit
            yield "DELETE", f"{_HOOK}/messages/{ident}", self.delete

    def callback(self, call: Call) -> tuple[int, object]:
        ident, token = int(call.parameters["interaction_id"]), call.parameters["interaction_token"]
        body = object_of(call)
        answered = self.interactions.respond(ident, token, body)
        if call.query.get("with_response", "").lower() not in ("1", "true"):
            return 204, None
        about: Json = {"id": str(ident), "type": answered.kind}
        message = answered.original
        if message is not None:
            about |= {
                "response_message_id": message["id"],
                "response_message_loading": bool(message["flags"] & payloads.LOADING),
                "response_message_ephemeral": bool(message["flags"] & payloads.EPHEMERAL),
            }
        resource = (
            {"type": body["type"], "message": message} if message is not None and body["type"] in (4, 7) else None
        )
        return 200, {"interaction": about} | ({"resource": resource} if resource else {})

    def _interaction(self, call: Call) -> tuple[Interaction, str]:
        found = self.interactions.find(int(call.parameters["webhook_id"]), call.parameters["webhook_token"])
        return found, call.parameters.get("message_id", "@original")

    def follow_up(self, call: Call) -> tuple[int, object]:
        made = self.interactions.follow_up(self._interaction(call)[0], object_of(call))
        return (200, made) if call.query.get("wait", "").lower() in ("1", "true") else (204, None)

    def get(self, call: Call) -> tuple[int, object]:
        return 200, self.interactions.message(*self._interaction(call))

    def edit(self, call: Call) -> tuple[int, object]:
        return 200, self.interactions.edit(*self._interaction(call), object_of(call))

    def delete(self, call: Call) -> tuple[int, object]:
        self.interactions.delete(*self._interaction(call))
        return 204, None
