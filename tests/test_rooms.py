"""The four rooms and the one direction of their imports, as the README's map has it."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "commands", "store", "seeds")
HTTP = {"aiohttp", "httpx", "requests", "urllib3", "openai"}
ALLOWED = {
    "store": {"store", "pydantic", "aiosqlite", "rapidfuzz", "numpy", "anyascii"},
    "commands": {"commands", "store", "seeds", "discord"},
}
MAY_ADD_PAPERS = {"commands/add.py"}


def imports(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            module = node.module or ""
            yield from (f"{module}.{alias.name}" for alias in node.names) if module in ROOMS else [module]


def files(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    assert files(room)
    for file in files(room):
        for module in imports(file):
            top = module.partition(".")[0]
            where = f"{file.relative_to(ROOT)} imports {module}"
            if top in sys.stdlib_module_names:
                continue
            if room in ALLOWED:
                assert top in ALLOWED[room], where
            if room == "seeds":
                assert top not in {"discord", "commands", "bot"}, where
                assert top != "store" or module.startswith(("store.models", "store.text")), where
            if room == "commands" and top == "seeds":
                assert str(file.relative_to(ROOT)) in MAY_ADD_PAPERS, where
            if room != "seeds" and room != "bot":
                assert top not in HTTP, where


def test_sql_stays_in_the_store() -> None:
    for room in ("bot", "commands", "seeds"):
        for file in files(room):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    assert not node.value.startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA ")), file
