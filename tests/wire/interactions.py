"""Interactions: what people do with commands, buttons and forms, and the bot's answers with Discord's checks."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from tests.wire import message_rules, payloads
from tests.wire.interaction_data import command_data, form_data, installed_command, interaction_event
from tests.wire.payloads import Json, snowflake
from tests.wire.world import Channel, DiscordError, Person, World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
ANSWER_WITHIN_S, TOKEN_LIVES_S = 3.0, 900.0


@dataclass(eq=False)
class Interaction:
    """One thing that a person did, and all that the bot answered to it."""

    id: int
    token: str
    kind: int
    channel: Channel
    person: Person
    event: Json
    clicked: Json | None = None
    opened_by: Interaction | None = None
    """Of a form that was sent: what it was the answer to."""
    born: float = field(default_factory=time.monotonic)
    answered_s: float | None = None
    """Seconds until the first answer; None while there is none."""
    settled_s: float | None = None
    """Seconds until there was something to see; a deferral is nothing yet."""
    callback: Json | None = None
    original: Json | None = None
    followups: list[Json] = field(default_factory=list)
    answered_again: int = 0
    """First answers that came when there was one."""
    _settled: asyncio.Event = field(default_factory=asyncio.Event)

    def settle(self) -> None:
        """There is something for the person to see."""
        if self.settled_s is None:
            self.settled_s = time.monotonic() - self.born
        self._settled.set()

    async def answer(self, timeout_s: float = 10.0) -> Json:
        """What the person sees in the end: the message, the choices' or the form's data. Raises TimeoutError."""
        async with asyncio.timeout(timeout_s):
            await self._settled.wait()
        if self.callback is not None and self.callback["type"] in (8, 9):
            data: Json = self.callback["data"]
            return data
        assert self.original is not None
        return self.original


class Interactions:
    """Everything that people did, and the checks that Discord makes of the answers."""

    def __init__(self, world: World) -> None:
        self._world = world
        self.by_token: dict[str, Interaction] = {}

    def slash(self, person: Person, channel: Channel, name: str, /, **options: object) -> Interaction:
        """Send `/name` with its options; `name` may be `group command`."""
        return self.begin(COMMAND, person, channel, command_data(self._world, name, options, None, channel))

    def keystroke(self, person: Person, channel: Channel, name: str, option: str, typed: str) -> Interaction:
        """Have typed so much of an option: asks for choices."""
        data = command_data(self._world, name, {option: typed}, option, channel)
        return self.begin(AUTOCOMPLETE, person, channel, data)

    def on_message(self, person: Person, channel: Channel, name: str, message: Json) -> Interaction:
        """Choose Apps > `name` on a message."""
        command = installed_command(self._world, name, 3, channel)
        data = {
            "id": command["id"],
            "name": name,
            "type": 3,
            "target_id": message["id"],
            "resolved": {"messages": {message["id"]: message}},
        }
        return self.begin(COMMAND, person, channel, data)

    def click(
        self, person: Person, channel: Channel, message: Json, custom_id: str, values: Sequence[str] | None = None
    ) -> Interaction:
        """Press the button, or choose `values` in the select; Discord wants the message to have it."""
        kind = {c["custom_id"]: c["type"] for c in payloads.controls(message)}[custom_id]
        data: Json = {"custom_id": custom_id, "component_type": kind, "id": 1}
        if values is not None:
            data["values"] = list(values)
        return self.begin(COMPONENT, person, channel, data, clicked=message)

    def submit(self, person: Person, channel: Channel, form: Json, **texts: str) -> Interaction:
        """Send a form back with these texts, by label; inputs that are not named keep what stands in them."""
        data = form_data(form, texts)
        opened_by = next(i for i in self.by_token.values() if i.callback is not None and i.callback.get("data") is form)
        return self.begin(MODAL, person, channel, data, opened_by=opened_by)

    def begin(
        self,
        kind: int,
        person: Person,
        channel: Channel,
        data: Json,
        *,
        clicked: Json | None = None,
        opened_by: Interaction | None = None,
        changes: Mapping[str, object] | None = None,
    ) -> Interaction:
        """Send an interaction, also one that no client of Discord's would; `changes` are to the event."""
        ident, token = snowflake(), secrets.token_urlsafe(48)
        event = interaction_event(self._world, ident, token, kind, person, channel, data, clicked)
        event |= changes or {}
        interaction = Interaction(ident, token, kind, channel, person, event, clicked, opened_by)
        self.by_token[token] = interaction
        self._world.listener("INTERACTION_CREATE", event, channel.guild.id if channel.guild else None)
        return interaction

    def respond(self, ident: int, token: str, body: Json) -> Interaction:
        """Take the initial answer; raises 10062 where it is unknown or too late, 40060 where it has one."""
        interaction = self.by_token.get(token)
        if interaction is None or interaction.id != ident:
            raise DiscordError(404, 10062, "Unknown interaction")
        if interaction.callback is not None:
            interaction.answered_again += 1
            raise DiscordError(400, 40060, "Interaction has already been acknowledged.")
        waited = time.monotonic() - interaction.born
        if waited > ANSWER_WITHIN_S:
            raise DiscordError(404, 10062, "Unknown interaction")
        kind, data = body["type"], body.get("data") or {}
        allowed = {AUTOCOMPLETE: {8}, COMMAND: {4, 5, 9, 12}, COMPONENT: {4, 5, 6, 7, 9, 12}, MODAL: {4, 5, 6, 7, 12}}
        if kind not in allowed[interaction.kind]:
            raise DiscordError(400, 50035, "Invalid Form Body", [f"type: {kind} cannot answer this interaction"])
        interaction.callback, interaction.answered_s = body, waited
        if kind in (4, 5):
            flags = (data.get("flags") or 0) | (payloads.LOADING if kind == 5 else 0)
            interaction.original = self._write(interaction, {**data, "flags": flags})
        elif kind in (6, 7):
            interaction.original = interaction.clicked
        if kind == 7:
            self._edit(interaction, interaction.original or {}, data)
        if kind not in (5, 6):
            interaction.settle()
        return interaction

    def find(self, application: int, token: str) -> Interaction:
        """The interaction of a webhook path; 10015 where there is none, 50027 when its quarter of an hour is over."""
        interaction = self.by_token.get(token)
        if interaction is None or application != self._world.application_id or interaction.callback is None:
            raise DiscordError(404, 10015, "Unknown Webhook")
        if time.monotonic() - interaction.born > TOKEN_LIVES_S:
            raise DiscordError(401, 50027, "Invalid Webhook Token")
        return interaction

    def follow_up(self, interaction: Interaction, body: Json) -> Json:
        """A further message; the first one after a deferral takes the place of the waiting message."""
        if interaction.original is not None and interaction.original["flags"] & payloads.LOADING:
            return self._edit(interaction, interaction.original, body)
        made = self._write(interaction, body)
        interaction.followups.append(made)
        return made

    def message(self, interaction: Interaction, ident: str) -> Json:
        """`@original` or a follow-up by its id; 10008 where there is none."""
        for message in (interaction.original, *interaction.followups):
            if message is not None and ident in ("@original", message["id"]):
                return message
        raise DiscordError(404, 10008, "Unknown Message")

    def edit(self, interaction: Interaction, ident: str, body: Json) -> Json:
        """Change `@original` or a follow-up."""
        return self._edit(interaction, self.message(interaction, ident), body)

    def delete(self, interaction: Interaction, ident: str) -> None:
        """Take `@original` or a follow-up away."""
        message = self.message(interaction, ident)
        interaction.channel.messages.pop(int(message["id"]), None)
        if message is interaction.original:
            interaction.original = None
        else:
            interaction.followups.remove(message)

    def _write(self, interaction: Interaction, body: Json) -> Json:
        more = {
            "webhook_id": str(self._world.application_id),
            "application_id": str(self._world.application_id),
            "interaction_metadata": _metadata(interaction),
        }
        if (body.get("flags") or 0) & payloads.EPHEMERAL:
            return payloads.message(snowflake(), interaction.channel.id, self._world.bot, body) | more
        return self._world.post(interaction.channel, self._world.bot, body, **more)

    def _edit(self, interaction: Interaction, message: Json, body: Json) -> Json:
        if problems := message_rules.check_message_payload(body, edits=message):
            raise DiscordError(400, 50035, "Invalid Form Body", problems)
        self._world.edit(message, body)
        if not message["flags"] & payloads.EPHEMERAL:
            self._world.announce("MESSAGE_UPDATE", interaction.channel, message)
        interaction.settle()
        return message


def _metadata(interaction: Interaction) -> Json:
    metadata: Json = {
        "id": str(interaction.id),
        "type": interaction.kind,
        "user": interaction.person.body,
        "authorizing_integration_owners": interaction.event["authorizing_integration_owners"],
    }
    if interaction.clicked is not None:
        metadata["interacted_message_id"] = interaction.clicked["id"]
    if interaction.opened_by is not None:
        metadata["triggering_interaction_metadata"] = _metadata(interaction.opened_by)
    return metadata
