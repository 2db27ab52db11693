"""What people say to Lectern: the commands and buttons that the client registers."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

COMMANDS: tuple[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu, ...] = ()
BUTTONS: tuple[type[discord.ui.DynamicItem[Any]], ...] = ()
