"""The reference pages of the documentation, from the code: `python -m tools.reference commands|cli|settings`.

`docs/conf.py` puts these tables where a page says `<!-- reference: NAME -->`.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from typing import Any

import discord
from discord import app_commands
from pydantic import SecretStr
from pydantic_core import PydanticUndefined
from typer.main import get_command

from bot.cli import app
from bot.settings import PREFIX, Settings
from commands.registry import COMMANDS

OPTION_TYPES = {
    discord.AppCommandOptionType.string: "text",
    discord.AppCommandOptionType.integer: "number",
    discord.AppCommandOptionType.boolean: "True or False",
    discord.AppCommandOptionType.attachment: "file",
    discord.AppCommandOptionType.role: "role",
    discord.AppCommandOptionType.user: "person",
    discord.AppCommandOptionType.channel: "channel",
}
COMPUTED_DEFAULTS = {"db": "a file in the user's data folder"}
"""Settings whose default depends on the machine, in words."""


def slash_commands() -> Iterator[str]:
    """A section for each slash command, with its options, and one for each command on messages."""
    for command in COMMANDS:
        if isinstance(command, app_commands.ContextMenu):
            yield f"## Apps ► {command.name}\nIn the menu of any message.\n"
            continue
        yield f"## `/{command.name}`\n{_text(command.description)}.\n"
        if permissions := command.default_permissions:
            names = ", ".join(name.replace("_", " ").title() for name, wanted in permissions if wanted)
            yield f"Needs the permission {names}, unless the server's administrators decide otherwise.\n"
        if command.parameters:
            yield "| option | what it is | type | default |\n|---|---|---|---|"
            yield from map(_option, command.parameters)
            yield ""


def _option(option: app_commands.Parameter) -> str:
    kind = OPTION_TYPES[option.type]
    if option.choices:
        kind = "one of " + ", ".join(f"`{choice.name}`" for choice in option.choices)
    elif option.max_value is not None:
        unit = " characters" if kind == "text" else ""
        kind += f", {option.min_value} to {option.max_value}{unit}"
    kind += ", completes as you type" if option.autocomplete else ""
    if option.required:
        default = "required"
    elif option.default is None:
        default = ""
    else:
        default = next((c.name for c in option.choices if c.value == option.default), str(option.default))
        default = f"`{default}`"
    return f"| `{option.display_name}` | {_text(str(option.description))} | {kind} | {default} |"


def command_line() -> Iterator[str]:
    """A section for each verb of the command line, with its arguments and options."""
    for name, command in _verbs(get_command(app)):
        context = command.context_class(command, info_name=f"lectern {name}")
        usage = " ".join(command.get_usage(context).split()).removeprefix("Usage: ")
        yield f"## `lectern {name}`\n{_text(command.help)}\n\n```text\n{usage}\n```\n"
        yield "| argument or option | what it is |\n|---|---|"
        for parameter in command.get_params(context):
            if record := parameter.get_help_record(context):
                yield f"| `{record[0].replace('|', ' or ')}` | {_text(record[1])} |"
        yield ""


def _verbs(group: Any, prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Every verb with its name, also those that are under another."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from _verbs(command, f"{prefix}{name} ")
        else:
            yield f"{prefix}{name}", command


def settings() -> Iterator[str]:
    """A table of all settings."""
    yield "| name | what it is | default |\n|---|---|---|"
    for name, field in Settings.model_fields.items():
        default = field.get_default()
        if name in COMPUTED_DEFAULTS:
            shown = COMPUTED_DEFAULTS[name]
        elif default is PydanticUndefined or default is None or default == "" or isinstance(default, SecretStr):
            shown = ""
        else:
            shown = f"`{str(default).lower() if isinstance(default, bool) else default}`"
        yield f"| `{PREFIX}{name.upper()}` | {_text(str(field.description))} | {shown} |"


def _text(text: str) -> str:
    """Text of the code as Markdown that shows it unchanged, on one line."""
    return re.sub(r"([\\`*_{}\[\]<>|])", r"\\\1", " ".join(text.split()))


PAGES: dict[str, Callable[[], Iterator[str]]] = {
    "commands": slash_commands,
    "cli": command_line,
    "settings": settings,
}


def insert(page: str) -> str:
    """A page with each `<!-- reference: NAME -->` replaced by that reference. Raises `KeyError` for an unknown name."""
    return re.sub(r"<!-- reference: (\w+) -->", lambda found: "\n".join(PAGES[found[1]]()), page)


def main() -> None:
    """Print one reference."""
    print("\n".join(PAGES[sys.argv[1]]()))


if __name__ == "__main__":
    main()
