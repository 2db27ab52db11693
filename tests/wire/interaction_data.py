"""The payloads of interactions, as Discord makes them of what people type, press and fill in."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence

from tests.wire.payloads import Json
from tests.wire.world import Channel, Person, World

_RESOLVED = {6: "users", 7: "channels", 8: "roles", 11: "attachments"}
_OPTION_TYPES: dict[int, type | tuple[type, ...]] = {
    3: str,
    4: int,
    5: bool,
    6: int,
    7: int,
    8: int,
    10: (int, float),
    11: int,
}


def installed_command(world: World, name: str, kind: int, channel: Channel) -> Json:
    """A command that a person sees in the channel. Raises `LookupError`."""
    guild = channel.guild.id if channel.guild else None
    installed: list[Json] = [*world.commands.get(guild, ()), *world.commands[None]]
    for command in installed:
        if command["name"] == name and command["type"] == kind:
            return command
    raise LookupError(f"no command {name!r} of type {kind} is installed")


def command_data(world: World, path: str, given: Mapping[str, object], focused: str | None, channel: Channel) -> Json:
    """What a slash command sends, or with `focused` a keystroke in that option. Raises `LookupError`, `TypeError`."""
    name, *subcommands = path.split()
    command = installed_command(world, name, 1, channel)
    declared: Sequence[Json] = command.get("options") or ()
    nest: list[Json] = []
    for sub in subcommands:
        option = next(option for option in declared if option["name"] == sub)
        nest.append({"name": sub, "type": option["type"]})
        declared = option.get("options") or ()
    resolved: dict[str, Json] = {}
    known = {option["name"]: option for option in declared}
    if unknown := set(given) - set(known):
        raise LookupError(f"/{path} has no option {', '.join(sorted(unknown))}")
    missing = [key for key, option in known.items() if option.get("required") and key not in given]
    if missing and focused is None:
        raise LookupError(f"/{path} needs {', '.join(missing)}")
    options: list[Json] = []
    for key, value in given.items():
        kind = known[key]["type"]
        if focused is None and not isinstance(value, _OPTION_TYPES[kind]):
            raise TypeError(f"{key} of /{path} is of type {kind}")
        if kind in _RESOLVED:
            resolved.setdefault(_RESOLVED[kind], {})[str(value)] = _resolve(world, kind, value, channel)
            value = str(value)
        options.append({"name": key, "type": kind, "value": value} | ({"focused": True} if key == focused else {}))
    for step in reversed(nest):
        options = [{**step, "options": options}]
    data: Json = {"id": command["id"], "name": name, "type": 1, "options": options}
    return data | ({"resolved": resolved} if resolved else {})


def _resolve(world: World, kind: int, value: object, channel: Channel) -> Json:
    if kind == 6:
        return world.people[int(str(value))].body
    if kind == 7:
        return {**world.channels[int(str(value))].body, "permissions": str(world.permissions(channel))}
    if kind == 11:
        return world.files[int(str(value))][0]
    assert channel.guild is not None
    role: Json = next(role for role in channel.guild.body["roles"] if role["id"] == str(value))
    return role


def form_data(form: Json, texts: Mapping[str, str]) -> Json:
    """What a form sends, with these texts by label; other inputs keep their values. Raises `LookupError`."""
    numbers = itertools.count(1)
    left = set(texts)

    def filled(component: Json, label: str = "") -> Json:
        out: Json = {"type": component["type"], "id": next(numbers)}
        if component["type"] == 18:
            return out | {"component": filled(component["component"], component["label"])}
        if component["type"] == 1:
            return out | {"components": [filled(child, child.get("label") or "") for child in component["components"]]}
        left.discard(label)
        out["custom_id"] = component["custom_id"]
        if component["type"] == 3:
            chosen = [option["value"] for option in component["options"] if option.get("default")]
            return out | {"values": [texts[label]] if label in texts else chosen}
        if component["type"] == 6:
            chosen = [one["id"] for one in component.get("default_values", ())]
            return out | {"values": [texts[label]] if label in texts else chosen}
        return out | {"value": texts.get(label, component.get("value") or "")}

    components = [filled(component) for component in form["components"]]
    if left:
        raise LookupError(f"the form has no {', '.join(left)}")
    return {"custom_id": form["custom_id"], "components": components}


def interaction_event(
    world: World, ident: int, token: str, kind: int, person: Person, channel: Channel, data: Json, clicked: Json | None
) -> Json:
    """The payload of INTERACTION_CREATE."""
    event: Json = {
        "id": str(ident),
        "application_id": str(world.application_id),
        "type": kind,
        "token": token,
        "version": 1,
        "data": data,
        "channel_id": str(channel.id),
        "channel": {**channel.body, "permissions": str(person.permissions)},
        "locale": "en-US",
        "app_permissions": str(world.permissions(channel)),
        "entitlements": [],
        "attachment_size_limit": 10 << 20,
    }
    if channel.guild is not None:
        guild = channel.guild
        event |= {
            "guild_id": str(guild.id),
            "guild": {"id": str(guild.id), "features": [], "locale": "en-US"},
            "guild_locale": "en-US",
            "member": {**guild.members[person.id], "permissions": str(person.permissions)},
            "authorizing_integration_owners": {"0": str(guild.id)},
            "context": 0,
        }
    else:
        event |= {"user": person.body, "authorizing_integration_owners": {"0": "0"}, "context": 1}
    if clicked is not None:
        event["message"] = clicked
    return event
