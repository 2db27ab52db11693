"""The architecture is as `docs/architecture.md` says: who may import whom, where SQL is, and how long a module is."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "commands", "store", "seeds")
DOCUMENT = (ROOT / "docs/architecture.md").read_text("utf-8")
LONGEST_MODULE = 300
"""Lines. A longer one was asked whether it is two."""


def dotted(file: Path) -> str:
    """The name by which a file is imported."""
    return ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


FILES = {dotted(file): file for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))}


@dataclass(frozen=True)
class Part:
    """One row of the table for one of the names in its first column."""

    name: str
    parts: frozenset[str]
    libraries: frozenset[str]


def is_in(module: str, part: str) -> bool:
    return f"{module}.".startswith(f"{part}.")


def longest(module: str, names: Iterable[str]) -> str:
    """The longest of the names that the module is in. Raises `ValueError` where there is none."""
    return max((name for name in names if is_in(module, name)), key=len)


def read_table() -> dict[str, Part]:
    section = DOCUMENT.split("## What may import what")[1].split("\n## ")[0]
    rows = [[re.findall(r"`([\w.]+)`", cell) for cell in line.split("|")[1:4]] for line in section.splitlines()]
    return {name: Part(name, frozenset(row[1]), frozenset(row[2])) for row in rows if row for name in row[0]}


PARTS = read_table()


def imports(file: Path) -> Iterator[str]:
    """The modules that a file imports, also within functions: ours by their own names, others by their first."""
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}: a relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        yield from (longest(name, FILES) if name.split(".")[0] in ROOMS else name.split(".")[0] for name in names)


def circle(graph: Mapping[str, Iterable[str]]) -> list[str]:
    """The nodes of a circle of the graph, in order; none where there is no circle."""
    done: set[str] = set()

    def visit(node: str, path: list[str]) -> list[str]:
        if node in path:
            return [*path[path.index(node) :], node]
        if node in done:
            return []
        found = next(filter(None, (visit(other, [*path, node]) for other in graph.get(node, ()))), [])
        done.add(node)
        return found

    return next(filter(None, (visit(node, []) for node in graph)), [])


@pytest.mark.parametrize("module", FILES)
def test_a_module_imports_only_what_its_part_may(module: str) -> None:
    part = PARTS[longest(module, PARTS)]
    for imported in imports(FILES[module]):
        if imported in FILES:
            own = longest(imported, PARTS) == part.name
            assert own or any(is_in(imported, allowed) for allowed in part.parts), f"{module} imports {imported}"
        elif imported not in sys.stdlib_module_names:
            assert imported in part.libraries, f"{module} imports {imported}"


def test_the_table_names_what_there_is() -> None:
    for part in PARTS.values():
        assert {part.name, *part.parts} <= FILES.keys()


def test_no_module_imports_itself_by_way_of_others() -> None:
    graph = {module: {one for one in imports(file) if one in FILES} - {module} for module, file in FILES.items()}
    assert not circle(graph)


def test_no_part_may_import_itself_by_way_of_others() -> None:
    used: dict[str, set[str]] = {name: set() for name in PARTS}
    for module, file in FILES.items():
        part = longest(module, PARTS)
        used[part] |= {longest(one, PARTS) for one in imports(file) if one in FILES} - {part}
    assert not circle(used)


@pytest.mark.parametrize("room", [*ROOMS, "tools", "tests/wire"])
def test_no_module_is_too_long(room: str) -> None:
    lengths = {file: len(file.read_text("utf-8").splitlines()) for file in (ROOT / room).rglob("*.py")}
    assert not {str(file.relative_to(ROOT)): lines for file, lines in lengths.items() if lines > LONGEST_MODULE}


def test_sql_stays_in_the_store() -> None:
    for module, file in FILES.items():
        if is_in(module, "store"):
            continue
        for node in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not node.value.startswith(("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "PRAGMA ")), module
