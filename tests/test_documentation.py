"""README, documentation, CHANGELOG and `/help` tell the truth: they name every command, verb, setting and module."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import discord
import pytest
import yaml
from typer.main import get_command

from bot.cli import app
from bot.settings import PREFIX, Settings
from commands.registry import COMMANDS
from store.storage import button_state
from tools import architecture_map, reference

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")
DOCS = ROOT / "docs"
PAGES = sorted([ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *DOCS.rglob("*.md")])
GLOSSARY = re.findall(r"^\| (.+?) \| (.+?) \| `(.+?)` \|$", (DOCS / "glossary.md").read_text("utf-8"), re.MULTILINE)
SLASH = [c.name for c in COMMANDS if isinstance(c, discord.app_commands.Command)]
MENUS = [c.name for c in COMMANDS if isinstance(c, discord.app_commands.ContextMenu)]
VERBS = set(getattr(get_command(app), "commands"))  # noqa: B009


def page(name: str) -> str:
    """A page of the documentation with the tables that its build puts into it."""
    return reference.insert((DOCS / name).read_text("utf-8"))


def test_the_readme_names_every_command_and_no_other() -> None:
    table = README.split("## Use it")[1].split("## Run it")[0]
    assert set(re.findall(r"`/([a-z]+)", table)) == set(SLASH)
    assert all(f"Apps ► {menu}" in table for menu in MENUS)


def test_the_readme_names_every_verb_of_the_command_line_and_no_other() -> None:
    table = README.split("## Run it")[1].split("## Development")[0]
    assert set(re.findall(r"^\| `lectern ([a-z]+)", table, re.MULTILINE)) == VERBS


def test_the_documentation_describes_every_command_with_its_options() -> None:
    sections = re.split(r"^## ", page("commands.md"), flags=re.MULTILINE)[1:]
    assert [s.splitlines()[0].strip("`/") for s in sections] == [
        c.name if isinstance(c, discord.app_commands.Command) else f"Apps ► {c.name}" for c in COMMANDS
    ]
    for command, section in zip(COMMANDS, sections, strict=True):
        if isinstance(command, discord.app_commands.Command):
            assert re.findall(r"^\| `(\w+)`", section, re.MULTILINE) == [o.display_name for o in command.parameters]


def test_the_documentation_describes_every_verb_of_the_command_line() -> None:
    assert set(re.findall(r"^## `lectern (\w+)[^`]*`", page("command-line.md"), re.MULTILINE)) == VERBS


def test_the_documentation_describes_every_setting() -> None:
    table = re.findall(rf"^\| `{PREFIX}(\w+)` \| (.+?) \|", page("settings.md"), re.MULTILINE)
    assert [name for name, _ in table] == [name.upper() for name in Settings.model_fields]
    assert all(description != "None" for _, description in table)


def test_every_setting_is_in_the_example_and_no_other() -> None:
    example = (ROOT / "bot/deploy/env.example").read_text("utf-8")
    named = set(re.findall(rf"^{PREFIX}([A-Z_]+)=", example, re.MULTILINE))
    assert named == {name.upper() for name in Settings.model_fields}


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_what_a_page_names_is_there(path: Path) -> None:
    text = path.read_text("utf-8")
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", text):
        assert (path.parent / target).exists(), target
    for address in re.findall(r"\]\((https?:[^)]*)\)", text):
        assert re.fullmatch(r"https://[\w.-]+\.\w+(/[\w./~%#?=&+-]*)?", address), address
    for module in re.findall(r"python -m ((?:tests|tools)[a-z_.]+)", text):
        file = ROOT / module.replace(".", "/")
        assert file.with_suffix(".py").exists() or (file / "__main__.py").exists(), module
    for name in set(re.findall(rf"{PREFIX}([A-Z_]+)", text)):
        assert name.lower() in Settings.model_fields, name
    for target in re.findall(r"`make ([a-z-]+)", text):
        assert f"\n{target}:" in (ROOT / "Makefile").read_text("utf-8"), target
    for file in re.findall(r"`((?:bot|commands|store|seeds|tests|tools|docs)/[\w./]*)`", text):
        if not re.search(r"NAME|NNNN", file):
            assert (ROOT / file).exists(), file


def test_the_threat_model_names_every_limit_and_only_verbs_and_commands_that_are_there() -> None:
    text = (DOCS / "threat-model.md").read_text("utf-8")
    limits = {name for name in Settings.model_fields if name.startswith(("person_", "guild_", "reading_"))}
    assert limits <= {name.lower() for name in re.findall(rf"{PREFIX}([A-Z_]+)", text)}
    assert set(re.findall(r"`lectern ([a-z]+)", text)) <= VERBS
    assert set(re.findall(r"`/([a-z]+)`", text)) <= set(SLASH)
    assert set(re.findall(r"Apps ► ([A-Z][a-z]+(?: [a-z]+)*?)(?=,|\.|$)", text)) <= set(MENUS)
    days = re.search(r"kept for (\d+) days", text)
    assert days
    assert int(days[1]) == button_state.KEPT.days


def test_the_changelog_names_every_command() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert all(f"`/{name}`" in changelog for name in SLASH)


def test_the_glossary_has_each_term_once_in_order_and_the_code_has_it_too() -> None:
    terms = [term for term, _, _ in GLOSSARY]
    assert terms == sorted(set(terms), key=str.lower)
    files = [file for room in architecture_map.ROOMS for file in (ROOT / room).rglob("*.py")]
    code = squeezed(" ".join(f"{file.stem} {file.read_text('utf-8')}" for file in files))
    assert [term for term in terms if squeezed(term) not in code] == []
    assert [where for _, _, where in GLOSSARY if not (ROOT / where).exists()] == []


def squeezed(text: str) -> str:
    """Letters only, so that `posting list`, `posting_lists` and `PostingList` are alike."""
    return re.sub(r"[^a-z]", "", text.lower())


def test_the_map_of_modules_is_current() -> None:
    document = architecture_map.DOCUMENT.read_text("utf-8")
    assert architecture_map.replaced(document) == document, "run `make map`"


def test_the_map_names_the_rooms_that_are_packaged() -> None:
    packages = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["setuptools"]["packages"]
    assert {p.partition(".")[0] for p in packages} == set(re.findall(r"^\| `([a-z]+)/` ", README, re.MULTILINE))
    on_disk = {
        ".".join(folder.relative_to(ROOT).parts)
        for room in architecture_map.ROOMS
        for folder in architecture_map.folders(room)
    }
    assert on_disk <= set(packages)


def test_the_pythons_of_the_workflow_are_those_of_the_distribution() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    workflow = yaml.safe_load((ROOT / ".github/workflows/ci.yml").read_text("utf-8"))
    stated = [c.rpartition(" ")[2] for c in project["classifiers"] if "Python :: 3." in c]
    assert workflow["jobs"]["tests"]["strategy"]["matrix"]["python"] == stated
    for requirements in (project["dependencies"], *project["optional-dependencies"].values()):
        for requirement in requirements:
            assert ">=" in requirement and "<" in requirement, f"{requirement} has no range"
