"""`lectern try`: one command, read as people type it and run by the real client in a simulated Discord."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import discord
from discord import AppCommandOptionType as Kind
from discord import app_commands

from bot.client import Lectern
from bot.simulator import simcord_internals
from bot.simulator.render_text import label, message_lines, modal_lines, walk
from bot.simulator.simulation import Scene

if TYPE_CHECKING:
    import simcord


_WORD = re.compile(r'"[^"]*"|\S+')
_NAME = re.compile(r'"[^"]*"|\S+(?:\s+(?![-"]|\w+:)\S+)*')
"""Words until one that begins a new clause of a query."""


class CannotTypeError(Exception):
    """No person could send what was typed; the message says what could be sent."""


@dataclass
class Outcome:
    """The message that is on the screen at the end, and whether it is an error."""

    lines: list[str] = field(default_factory=list)
    message: Mapping[str, Any] | None = None
    is_error: bool = False


async def try_command(
    client: Lectern, scene: Scene, typed: str, *, admin: bool, clicks: Sequence[str], message: str | None
) -> Outcome:
    """Send one command, then press the buttons with the labels `clicks`. Raises `CannotTypeError`.

    Without a leading slash it is a command of Apps ►, used on a message with the text `message`.
    """
    import simcord

    actor = scene.admin if admin else scene.member
    channel = scene.channels["lounge"]
    errors: list[str] = []

    async def on_answer_error(interaction: discord.Interaction[Any], sentence: str) -> None:
        errors.append(sentence)

    client.event(on_answer_error)
    try:
        if typed.startswith("/"):
            command, options = parse(client.tree, typed, scene)
            result = await actor.slash(channel, command.qualified_name, **options)
        else:
            menu = _context_menu(client.tree, typed)
            target = await scene.admin.send(channel, message or "")
            result = await actor.context_menu(channel, menu.name, target)
        shown = [*_messages(result)]
        for click in clicks:
            errors.clear()
            result, changed = await _press(scene, actor, shown, click)
            shown += _messages(result) or ([] if result.modal else [changed])
    except (simcord.SetupError, simcord.BackendError) as error:
        if "default-member-permissions" in str(error):
            raise CannotTypeError("That is for people with the permission Manage Channels; add --as admin.") from error
        raise CannotTypeError(f"Discord would not send that: {error}") from error
    if result.modal is not None:
        return Outcome([*modal_lines(result.modal, _names(scene))], result.modal)
    if not shown:
        return Outcome(["Lectern did not answer."], None, is_error=True)
    payload = simcord_internals.message_payload(scene.env, shown[-1])
    lines = ["(only you can see this)"] if shown[-1].ephemeral else []
    lines += message_lines(payload, _names(scene))
    return Outcome(lines, payload, is_error=bool(errors))


def parse(
    tree: app_commands.CommandTree[Any], typed: str, scene: Scene | None = None
) -> tuple[app_commands.Command[Any, ..., Any], dict[str, Any]]:
    """Read a slash command as people type it: `option:` begins a value that ends where the next option begins.

    The first option also gets all text that no other option can take: text before the others, and in
    `since:2024 -survey` the word after the date. Quotation marks stay in the value, as Discord sends them, and no
    option begins between them. Raises `CannotTypeError`.
    """
    name, _, rest = typed.removeprefix("/").strip().partition(" ")
    command: Any = tree.get_command(name.casefold())
    while isinstance(command, app_commands.Group):
        name, _, rest = rest.strip().partition(" ")
        command = command.get_command(name.casefold())
    if not isinstance(command, app_commands.Command):
        raise CannotTypeError(f"There is no command /{name}. There are: {', '.join(_commands(tree))}.")
    parameters = {parameter.display_name: parameter for parameter in command.parameters}
    values: dict[str, list[str]] = defaultdict(list)
    for option, value in _split(rest, list(parameters)):
        if option is None:
            raise CannotTypeError(f"/{command.qualified_name} takes no text. {_usage(command)}")
        first, left = command.parameters[0], ""
        if option != first.display_name and first.type is Kind.string:
            value, left = _take_value(parameters[option], value)
        values[option].append(value)
        values[first.display_name].append(left)
    texts = {option: " ".join(filter(None, parts)) for option, parts in values.items()}
    options = {option: _converted(parameters[option], value, scene) for option, value in texts.items() if value}
    missing = [p.display_name for p in command.parameters if p.required and p.display_name not in options]
    if missing:
        raise CannotTypeError(f"/{command.qualified_name} needs {', '.join(missing)}. {_usage(command)}")
    return command, options


def _split(text: str, names: Sequence[str]) -> Iterator[tuple[str | None, str]]:
    starts = []
    if names:
        pattern = re.compile(r'"[^"]*"|(?:^|(?<=\s))(' + "|".join(map(re.escape, names)) + r"):", re.IGNORECASE)
        starts = [match for match in pattern.finditer(text) if match[1]]
    leading = text[: starts[0].start()] if starts else text
    if leading.strip():
        yield (names[0] if names else None), leading.strip()
    ends = [match.start() for match in starts[1:]]
    for match, end in zip_longest(starts, ends):
        yield match[1].casefold(), text[match.end() : end].strip()


def _take_value(parameter: app_commands.Parameter, text: str) -> tuple[str, str]:
    """Split the text after an option into its value and the rest: only names have several words."""
    if parameter.choices:
        names = [choice.name for choice in parameter.choices]
        end = max((len(n) for n in names if f"{text} ".casefold().startswith(f"{n} ".casefold())), default=len(text))
    elif parameter.type is Kind.attachment:
        end = len(text)
    else:
        found = (_NAME if parameter.autocomplete else _WORD).match(text)
        end = found.end() if found else 0
    return text[:end], text[end:].strip()


def _converted(parameter: app_commands.Parameter, value: str, scene: Scene | None) -> Any:
    if parameter.choices:
        chosen = {choice.name.casefold(): choice.value for choice in parameter.choices}
        if value.casefold() not in chosen:
            raise CannotTypeError(f"{parameter.display_name} is one of: {', '.join(chosen)}.")
        return chosen[value.casefold()]
    try:
        match parameter.type:
            case Kind.boolean:
                return {"true": True, "yes": True, "false": False, "no": False}[value.casefold()]
            case Kind.integer:
                return int(value)
            case Kind.number:
                return float(value)
            case Kind.attachment:
                return Path(value).name, Path(value).read_bytes()
            case Kind.channel | Kind.user | Kind.role | Kind.mentionable:
                return _entities(scene)[value.removeprefix("#").removeprefix("@").casefold()]
    except (KeyError, ValueError, OSError) as error:
        raise CannotTypeError(
            f"{parameter.display_name}:{value} does not fit: it takes a {parameter.type.name}."
        ) from error
    return value


def _entities(scene: Scene | None) -> dict[str, Any]:
    return {**scene.channels, scene.admin.name: scene.admin, scene.member.name: scene.member} if scene else {}


def _commands(tree: app_commands.CommandTree[Any]) -> list[str]:
    return sorted(f"/{command.qualified_name}" for command in tree.walk_commands())


def _usage(command: app_commands.Command[Any, ..., Any]) -> str:
    options = " ".join(f"{p.display_name}:…" if p.required else f"[{p.display_name}:…]" for p in command.parameters)
    return f"Type: /{command.qualified_name} {options}".rstrip()


def _context_menu(tree: app_commands.CommandTree[Any], name: str) -> app_commands.ContextMenu:
    menus = {menu.name: menu for menu in tree.get_commands(type=discord.AppCommandType.message)}
    for known, menu in menus.items():
        if known.casefold() == name.strip().casefold():
            return menu
    raise CannotTypeError(f"There is no command {name!r}. There are: {', '.join([*_commands(tree), *menus])}.")


def _messages(result: simcord.InteractionResult) -> list[simcord.ResponseMessage]:
    return [message for message in (result.response, *result.followups) if message is not None]


async def _press(
    scene: Scene, actor: simcord.MemberActor, shown: Sequence[simcord.ResponseMessage], wanted: str
) -> tuple[simcord.InteractionResult, simcord.ResponseMessage]:
    """Press the button or choose the option with the label `wanted`, in the newest message that has one."""
    labels: list[str] = []
    for message in reversed(shown):
        for component in walk(message.components):
            if component.get("custom_id") is None:
                continue
            names = {option["label"]: option["value"] for option in component.get("options") or ()}
            labels += names or [label(component)]
            for name, value in names.items():
                if name.casefold() == wanted.casefold():
                    return await actor.select(message, [value], custom_id=component["custom_id"]), message
            if not names and label(component).casefold() == wanted.casefold():
                return await actor.click(message, custom_id=component["custom_id"]), message
    known = ", ".join(dict.fromkeys(filter(None, labels))) or "none"
    raise CannotTypeError(f"No reply has a button {wanted!r}. There are: {known}.")


def _names(scene: Scene) -> dict[int, str]:
    people = {who.id: f"@{who.name}" for who in (scene.admin, scene.member)}
    return people | {channel.id: f"#{name}" for name, channel in scene.channels.items()}
