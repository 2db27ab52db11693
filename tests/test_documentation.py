"""README, CHANGELOG and `/help` say what is true: every command, option of the command line and setting is named."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import discord
from typer.main import get_command

from bot.cli import app
from bot.settings import PREFIX, Settings
from commands.registry import COMMANDS

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
SLASH = [c.name for c in COMMANDS if isinstance(c, discord.app_commands.Command)]
MENUS = [c.name for c in COMMANDS if isinstance(c, discord.app_commands.ContextMenu)]


def test_the_readme_names_every_command_and_no_other() -> None:
    table = README.split("## Use it")[1].split("## Run it")[0]
    named = re.findall(r"`/([a-z]+)", table)
    assert set(named) == set(SLASH)
    assert all(f"Apps ► {menu}" in table for menu in MENUS)


def test_the_readme_names_every_verb_of_the_command_line_and_no_other() -> None:
    verbs = set(getattr(get_command(app), "commands"))  # noqa: B009
    table = README.split("## Run it")[1].split("## Development")[0]
    assert set(re.findall(r"^\| `lectern ([a-z]+)", table, re.MULTILINE)) == verbs


def test_every_setting_is_in_the_example_and_no_other() -> None:
    example = (ROOT / "bot/deploy/env.example").read_text("utf-8")
    named = set(re.findall(rf"^{PREFIX}([A-Z_]+)=", example, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


def test_the_changelog_names_every_command() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert all(f"`/{name}`" in changelog for name in SLASH)


def test_what_the_readme_points_at_is_there() -> None:
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", README):
        assert (ROOT / target).exists(), target
    for module in re.findall(r"python -m ([a-z_.]+)", README):
        path = ROOT / module.replace(".", "/")
        assert path.with_suffix(".py").exists() or (path / "__main__.py").exists(), module


def test_the_map_names_the_rooms_that_are_packaged() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    assert {p.partition(".")[0] for p in packages} == set(re.findall(r"^\| `([a-z]+)/` ", README, re.MULTILINE)) - {
        "tests"
    }
    on_disk = {
        ".".join(p.parent.relative_to(ROOT).parts)
        for room in ("bot", "commands", "store", "seeds")
        for p in (ROOT / room).rglob("__init__.py")
    }
    assert on_disk <= set(packages)
