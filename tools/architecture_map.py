"""Writes the map of modules in `docs/architecture.md`: `python -m tools.architecture_map --write`.

Without `--write` it prints what the document should say, and exits with status 1 where the document differs.
"""

from __future__ import annotations

import argparse
import ast
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs/architecture.md"
ROOMS = ("store", "seeds", "commands", "bot")
MAPPED = (*ROOMS, "tools")
BEGIN = "<!-- Written by `python -m tools.architecture_map --write`; do not edit by hand. -->"
END = "<!-- End of what tools.architecture_map writes. -->"


def summary(file: Path) -> str:
    """The first paragraph of a module's docstring, on one line, fit for a cell of a table."""
    text = ast.get_docstring(ast.parse(file.read_text("utf-8"))) or ""
    return " ".join(text.split("\n\n")[0].split()).replace("|", "\\|")


def folders(room: str) -> list[Path]:
    """The packages of a room, the room itself first."""
    return sorted((file.parent for file in (ROOT / room).rglob("__init__.py")), key=lambda p: p.relative_to(ROOT).parts)


def modules(folder: Path) -> list[Path]:
    """The modules that lie directly in a package, without its `__init__.py`."""
    return sorted(file for file in folder.glob("*.py") if file.name != "__init__.py")


def map_of_modules() -> Iterator[str]:
    """The lines of the map: a table of modules for each folder."""
    for room in MAPPED:
        for folder in folders(room):
            name = folder.relative_to(ROOT).as_posix()
            yield f"### `{name}/`"
            yield summary(folder / "__init__.py")
            yield ""
            if listed := modules(folder):
                yield "| module | what it is |"
                yield "|---|---|"
                for file in listed:
                    yield f"| `{file.relative_to(ROOT).as_posix()}` | {summary(file)} |"
                yield ""


def written() -> str:
    """What stands between the marks of the document."""
    return "\n".join([BEGIN, "", *map_of_modules(), END])


def replaced(document: str) -> str:
    """The document with its map as the code has it now. Raises `ValueError` where a mark is missing."""
    before, rest = document[: document.index(BEGIN)], document[document.index(END) + len(END) :]
    return before + written() + rest


def main() -> None:
    """Write the map, or say whether it is current."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="change the document instead of printing its map")
    write = parser.parse_args().write
    document = DOCUMENT.read_text("utf-8")
    current = replaced(document)
    if write:
        DOCUMENT.write_text(current, "utf-8")
    else:
        print(written())
        sys.exit(current != document)


if __name__ == "__main__":
    main()
