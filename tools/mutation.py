"""Mutation testing of a seeded sample: `python -m tools.mutation [SUBJECT ...]` (extra `mutation`, by cosmic-ray).

Each mutant is one small change of one module, by cosmic-ray's operators. It is written into a copy of the tree, where
the commands of `tools/mutation.toml` are run: a failure or a time-out kills the mutant. Prints each module's share and
the survivors, and as the last line the same as JSON.

Of one place in the code one change is drawn, so that an operator with eleven replacements counts once. Left out by
rule, because no test should notice them: type annotations, `__all__`, arguments of log calls and of raised errors,
identity in place of equality, and arguments that guard against mistakes in the program (`strict`, `frozen`, `slots`).
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parent.parent
PLUGINS = ("xdist.plugin", "pytest_asyncio.plugin", "_hypothesis_pytestplugin")
"""Those of pytest that the tests need: loading all takes three times as long as a short test file."""
GUARDS = {"strict", "frozen", "slots"}
SHORTEST_TIMEOUT, TIMEOUT_FACTOR = 30.0, 6.0
"""Seconds for the commands of a mutant: at least the first, and this many times what they take without a change."""


@dataclass(frozen=True)
class Mutant:
    """One change: the `occurrence`th place in `module` where that operator of cosmic-ray fits."""

    module: str
    operator: str
    occurrence: int
    line: int
    column: int

    def source(self, original: str) -> str:
        """The module's source with the change."""
        changed = mutate_code(original, get_operator(self.operator)(), self.occurrence)
        assert isinstance(changed, str)
        return changed


def mutants(module: str) -> Iterator[Mutant]:
    """All mutants of a module that no rule leaves out."""
    source = (ROOT / module).read_text("utf-8")
    left_out = list(excluded(ast.parse(source)))
    nodes = list(ast_nodes(get_ast(source)))
    for name in operator_names():
        operator_class = get_operator(name)
        if operator_class.arguments() or ("_Is" in name and "Operator_Is" not in name):
            continue
        operator = operator_class()
        places = (start for node in nodes for start, _ in operator.mutation_positions(node))
        for occurrence, (line, column) in enumerate(places):
            if not any(start <= (line, column) < end for start, end in left_out):
                yield Mutant(module, name, occurrence, line, column)


def excluded(tree: ast.Module) -> Iterator[tuple[tuple[int, int], tuple[int, int]]]:
    """The stretches of a module, as (line, column) of start and end, in which nothing is changed."""
    for node in ast.walk(tree):
        found: list[ast.expr | None] = []
        if isinstance(node, ast.arg | ast.AnnAssign):
            found = [node.annotation]
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            found = [node.returns]
        elif isinstance(node, ast.Raise):
            found = [node.exc]
        elif isinstance(node, ast.keyword):
            found = [node.value] if node.arg in GUARDS else []
        elif isinstance(node, ast.Assign):
            found = [node.value] if ast.unparse(node.targets[0]) == "__all__" else []
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] in ("log", "logger"):
            found = [node]
        for part in found:
            if part is not None:
                yield (part.lineno, part.col_offset), (part.end_lineno or 0, part.end_col_offset or 0)


def sample(found: list[Mutant], count: int, dice: random.Random) -> list[Mutant]:
    """`count` mutants, of each place and kind of operator at most one; without those that are no valid Python."""
    places: dict[tuple[str, int, int, str], list[Mutant]] = {}
    for mutant in found:
        kind = mutant.operator.split("_")[0]
        places.setdefault((mutant.module, mutant.line, mutant.column, kind), []).append(mutant)
    drawn = [dice.choice(of_place) for of_place in places.values()]
    valid = filter(is_valid, dice.sample(drawn, min(count, len(drawn))))
    return sorted(valid, key=lambda mutant: (mutant.module, mutant.line, mutant.column))


def is_valid(mutant: Mutant) -> bool:
    """Whether the module still compiles: operators are also put in place of the `*` before keyword arguments."""
    try:
        compile(mutant.source((ROOT / mutant.module).read_text("utf-8")), mutant.module, "exec")
    except SyntaxError:
        return False
    return True


def copy_tree(into: Path) -> Path:
    """A copy of the files that git knows or would add."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, into / name)
    return into


def passes(commands: list[str], tree: Path, timeout: float) -> bool:
    """Whether all commands succeed in time, in that tree."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = os.environ | {
        "CI": "1",
        "PATH": path,
        "PYTEST_ADDOPTS": "-p no:cacheprovider" + "".join(f" -p {plugin}" for plugin in PLUGINS),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(tree),
    }
    for command in commands:
        process = subprocess.Popen(
            ["bash", "-o", "pipefail", "-c", command],
            cwd=tree, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
        try:
            failed = process.wait(timeout)
        except subprocess.TimeoutExpired:
            failed = 1
            os.killpg(process.pid, 9)
            process.wait()
        if failed:
            return False
    return True


def run(chosen: dict[Mutant, str], commands: list[str], jobs: int) -> list[Mutant]:
    """The mutants that survive, of `chosen` with their descriptions.

    Raises `RuntimeError` if the commands fail without a change.
    """
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        trees: Queue[Path] = Queue()
        for number in range(jobs):
            trees.put(copy_tree(Path(folder, str(number))))
        begun = time.monotonic()
        if not passes(commands, Path(folder, "0"), 600):
            raise RuntimeError(f"these fail without a change: {commands}")
        timeout = max(SHORTEST_TIMEOUT, TIMEOUT_FACTOR * (time.monotonic() - begun))

        def survives(mutant: Mutant) -> bool:
            tree = trees.get()
            file = tree / mutant.module
            original = file.read_text("utf-8")
            try:
                file.write_text(mutant.source(original), "utf-8")
                survived = passes(commands, tree, timeout)
            finally:
                file.write_text(original, "utf-8")
                trees.put(tree)
            print("survived" if survived else "killed  ", chosen[mutant], flush=True)
            return survived

        return [mutant for mutant, survived in zip(chosen, pool.map(survives, chosen), strict=True) if survived]


def describe(mutant: Mutant) -> str:
    """Where and what a mutant changes: `FILE:LINE OPERATOR: before -> after`."""
    original = (ROOT / mutant.module).read_text("utf-8")
    before, after = original.splitlines(), mutant.source(original).splitlines()
    changed = next(i for i in range(len(before)) if i >= len(after) or before[i] != after[i])
    now = after[changed].strip() if changed < len(after) else ""
    name = mutant.operator.removeprefix("core/")
    return f"{mutant.module}:{mutant.line} {name}: {before[changed].strip()} -> {now}"


def main() -> None:
    config = tomllib.loads((ROOT / "tools" / "mutation.toml").read_text("utf-8"))
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", help="all if none is named")
    parser.add_argument("--seed", type=int, default=config["seed"])
    parser.add_argument("--sample", type=int, help="mutants of each subject, instead of the configured number")
    parser.add_argument("--jobs", type=int, default=2, help="mutants tried at the same time")
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared", help="the folder of development sets")
    options = parser.parse_args()
    modules: dict[str, dict[str, int]] = {}
    survivors: list[str] = []
    for name in options.subjects or config["subjects"]:
        subject = config["subjects"][name]
        files = sorted(path for pattern in subject["modules"] for path in ROOT.glob(pattern))
        found = [mutant for path in files for mutant in mutants(path.relative_to(ROOT).as_posix())]
        drawn = sample(found, options.sample or subject["sample"], random.Random(options.seed))
        chosen = {mutant: describe(mutant) for mutant in drawn}
        commands = [
            command.format(shared=options.shared.resolve())
            for command in subject["commands"]
            if "{shared}" not in command or options.shared.is_dir()
        ]
        survived = run(chosen, commands, options.jobs)
        for mutant in chosen:
            counts = modules.setdefault(mutant.module, {"mutants": 0, "killed": 0})
            counts["mutants"] += 1
            counts["killed"] += mutant not in survived
        survivors += (chosen[mutant] for mutant in survived)
    whole = {key: sum(counts[key] for counts in modules.values()) for key in ("mutants", "killed")}
    print()
    for name, counts in (*modules.items(), ("all", whole)):
        print(
            f"{name:40}{counts['killed']:5} of {counts['mutants']:4} killed: {counts['killed'] / counts['mutants']:.1%}"
        )
    print("\nsurvivors:", *survivors or ["none"], "", sep="\n")
    print(json.dumps({"seed": options.seed, "all": whole, "modules": modules, "survivors": survivors}))


if __name__ == "__main__":
    main()
