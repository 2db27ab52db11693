"""REST of a guild's scheduled events, with the rules that Discord's documentation gives beside its description."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tests.wire.faults import Call
from tests.wire.payloads import Json, snowflake
from tests.wire.rest_channels import Handler, object_of
from tests.wire.world import CREATE_EVENTS, DiscordError, Guild, World

STAGE, VOICE, EXTERNAL = 1, 2, 3
SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4
MOST_EVENTS = 100


class Events:
    """The handlers."""

    def __init__(self, world: World) -> None:
        self.world = world

    def routes(self) -> Iterator[tuple[str, str, Handler]]:
        """Method, path and handler of each."""
        events = "/guilds/{guild_id}/scheduled-events"
        one = f"{events}/{{guild_scheduled_event_id}}"
        yield "GET", events, self.list
        yield "POST", events, self.create
        yield "GET", one, self.get
        yield "PATCH", one, self.change
        yield "DELETE", one, self.delete

    def _guild(self, call: Call, *, changes: bool = False) -> Guild:
        guild = self.world.guilds.get(int(call.parameters["guild_id"]))
        if guild is None:
            raise DiscordError(404, 10004, "Unknown Guild")
        if changes and not self.world.permissions(guild.channels[0]) & CREATE_EVENTS:
            raise DiscordError(403, 50013, "Missing Permissions")
        return guild

    def _event(self, call: Call, *, changes: bool = False) -> tuple[Guild, Json]:
        guild = self._guild(call, changes=changes)
        event = guild.events.get(int(call.parameters["guild_scheduled_event_id"]))
        if event is None:
            raise DiscordError(404, 10070, "Unknown Guild Scheduled Event")
        return guild, event

    def list(self, call: Call) -> tuple[int, object]:
        return 200, [event for event in self._guild(call).events.values() if event["status"] in (SCHEDULED, ACTIVE)]

    def get(self, call: Call) -> tuple[int, object]:
        return 200, self._event(call)[1]

    def create(self, call: Call) -> tuple[int, object]:
        guild, body = self._guild(call, changes=True), object_of(call)
        if problems := list(self._problems(body)):
            raise DiscordError(400, 50035, "Invalid Form Body", problems)
        if len(guild.events) >= MOST_EVENTS:
            raise DiscordError(400, 30038, "Maximum number of uncompleted guild scheduled events reached")
        ident = snowflake()
        event = {
            "id": str(ident),
            "guild_id": str(guild.id),
            "name": body["name"],
            "description": body.get("description"),
            "channel_id": str(body["channel_id"]) if body.get("channel_id") else None,
            "creator_id": self.world.bot["id"],
            "image": None,
            "scheduled_start_time": body["scheduled_start_time"],
            "scheduled_end_time": body.get("scheduled_end_time"),
            "status": SCHEDULED,
            "entity_type": body["entity_type"],
            "entity_id": None,
            "recurrence_rule": None,
            "privacy_level": body["privacy_level"],
            "guild_scheduled_event_exceptions": [],
            "entity_metadata": body.get("entity_metadata"),
        }
        guild.events[ident] = event
        self.world.listener("GUILD_SCHEDULED_EVENT_CREATE", event, guild.id)
        return 200, event

    def change(self, call: Call) -> tuple[int, object]:
        guild, event = self._event(call, changes=True)
        body = object_of(call)
        status = body.get("status") or event["status"]
        allowed = {SCHEDULED: (SCHEDULED, ACTIVE, CANCELED), ACTIVE: (ACTIVE, COMPLETED)}
        if status not in allowed.get(event["status"], ()):
            raise DiscordError(400, 180000, "Cannot update a finished event")
        event.update({key: value for key, value in body.items() if key in event})
        self.world.listener("GUILD_SCHEDULED_EVENT_UPDATE", event, guild.id)
        return 200, event

    def delete(self, call: Call) -> tuple[int, object]:
        guild, event = self._event(call, changes=True)
        del guild.events[int(event["id"])]
        self.world.listener("GUILD_SCHEDULED_EVENT_DELETE", event, guild.id)
        return 204, None

    def _problems(self, body: Json) -> Iterator[str]:
        starts = datetime.fromisoformat(body["scheduled_start_time"])
        ends = datetime.fromisoformat(body["scheduled_end_time"]) if body.get("scheduled_end_time") else None
        if starts <= self.world.moment():
            yield "scheduled_start_time: in the past"
        if ends is not None and ends <= starts:
            yield "scheduled_end_time: not after the start"
        if not 1 <= len(body["name"]) <= 100:
            yield "name: not 1 to 100 characters"
        if body["entity_type"] == EXTERNAL:
            if ends is None:
                yield "scheduled_end_time: required of an external event"
            if not 1 <= len((body.get("entity_metadata") or {}).get("location") or "") <= 100:
                yield "entity_metadata.location: not 1 to 100 characters"
            if body.get("channel_id"):
                yield "channel_id: not of an external event"
        elif not body.get("channel_id"):
            yield "channel_id: required"
