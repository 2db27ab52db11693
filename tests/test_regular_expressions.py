"""No regular expression that is applied to text from outside may take far more than linear time.

Each is found in the source, evaluated in its module, and tried on repetitions of the characters and parts that it names,
after what brings it to each of its repeats and before an ending that does not fit.
"""

from __future__ import annotations

import ast
import importlib
import random
import re
from collections.abc import Callable, Iterator
from itertools import islice, product
from pathlib import Path
from re import _constants, _parser  # type: ignore[attr-defined]  # the standard library's own, which has no types
from typing import Any

import pytest

from tests.support.limits import grows_too_fast, limits

ROOT = Path(__file__).parent.parent
SOURCES = sorted(
    [
        *ROOT.glob("seeds/**/*.py"),
        *ROOT.glob("store/answers/*.py"),
        *ROOT.glob("store/text/*.py"),
        *ROOT.glob("store/search/*.py"),
        *ROOT.glob("store/summaries/*.py"),
        *ROOT.glob("commands/views/*.py"),
    ]
)
METHODS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
SIZE = 1500
"""Characters of the shorter text: quadratic time is well above the time of the interpreter itself."""
SLOW = 0.01
"""Seconds of CPU time for four times the size; below it nothing is slow, however it grows."""


def _expressions() -> Iterator[tuple[str, re.Pattern[Any], frozenset[str]]]:
    """Where each expression is, itself, and the methods that it is used with."""
    for path in SOURCES:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        tree = ast.parse(path.read_text())
        used: dict[str, set[str]] = {}
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.attr in METHODS:
                used.setdefault(node.value.id, set()).add(node.attr)
        named = {
            id(node.value): target.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Assign)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            function = node.func
            if not (isinstance(function.value, ast.Name) and function.value.id == "re" and node.args):
                continue
            if function.attr not in METHODS | {"compile"}:
                continue
            pattern = _evaluated(node.args[0], name)
            place = {"compile": 1, "sub": 4, "split": 3}.get(function.attr, 2)
            flags = [*node.args[place:], *(word.value for word in node.keywords if word.arg == "flags")]
            compiled = re.compile(pattern, _evaluated(flags[0], name) if flags else 0)
            methods = {function.attr} if function.attr != "compile" else used.get(named.get(id(node), ""), METHODS)
            yield f"{name}:{node.lineno}", compiled, frozenset(methods)


def _evaluated(expression: ast.expr, module: str) -> Any:
    """The value of an expression in our own source, with the names of its module."""
    names = vars(importlib.import_module(module))
    return eval(compile(ast.Expression(expression), module, "eval"), dict(names))


EXPRESSIONS = list(_expressions())


class Sampler:
    """Texts that parts of an expression match, and texts that bring it to its repeats."""

    def __init__(self, pattern: re.Pattern[Any]) -> None:
        source = pattern.pattern if isinstance(pattern.pattern, str) else pattern.pattern.decode("latin-1")
        flags = pattern.flags & ~re.UNICODE if isinstance(pattern.pattern, bytes) else pattern.flags
        self.tree = _parser.parse(source, flags)
        self.literals: set[str] = set(" a0A.\n")
        self.repeats: list[tuple[str, str]] = []
        """For each repeat what may stand before it and once what is repeated."""
        self.whole = self._sample(self.tree, "")

    def _sample(self, tree: Any, before: str) -> str:
        text = ""
        for operation, argument in tree:
            text += self._one(str(operation), argument, before + text)
        return text

    def _one(self, operation: str, argument: Any, before: str) -> str:
        match operation:
            case "LITERAL":
                self.literals.add(chr(argument))
                return chr(argument)
            case "NOT_LITERAL":
                self.literals.add(chr(argument))
                return "a" if argument != ord("a") else "b"
            case "ANY":
                return "x"
            case "IN":
                return self._of_class(argument)
            case "BRANCH":
                first, *_ = [self._sample(branch, before) for branch in argument[1]]
                return first
            case "SUBPATTERN":
                return self._sample(argument[-1], before)
            case "ATOMIC_GROUP":
                return self._sample(argument, before)
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                least, most, inner = argument
                body = self._sample(inner, before)
                if most > 8:
                    self.repeats.append((before, body))
                return body * int(max(least, most <= 8))
            case "ASSERT" | "ASSERT_NOT":
                self._sample(argument[1], before)
        return ""

    def _of_class(self, members: Any) -> str:
        negated = any(str(operation) == "NEGATE" for operation, _ in members)
        chars: list[str] = []
        for operation, argument in members:
            if str(operation) == "LITERAL":
                chars.append(chr(argument))
            elif str(operation) == "RANGE":
                chars.append(chr(argument[0]))
            elif operation is _constants.CATEGORY:
                chars.append({"SPACE": " ", "DIGIT": "0", "WORD": "a"}.get(str(argument).rpartition("_")[2], "a"))
        self.literals.update(chars)
        if negated:
            return next(char for char in "ab0 -!" if char not in chars)
        return chars[0]

    def texts(self, chooser: random.Random) -> Iterator[tuple[str, str, str]]:
        """What stands before the repeated part, that part, and what stands after it."""
        bodies = {body for _, body in self.repeats if body}
        units = sorted(self.literals | bodies | {before + body for before, body in self.repeats} | {self.whole} - {""})
        pairs = ["".join(pair) for pair in product(sorted(self.literals), repeat=2)]
        units += chooser.sample(pairs, min(30, len(pairs)))
        prefixes = sorted({"", *(before for before, _ in self.repeats)})
        for prefix in prefixes:
            for unit in units if prefix == "" else sorted(self.literals | bodies):
                yield prefix, unit, "\x7f"
        for unit in units:
            yield "", unit, ""


def _call(pattern: re.Pattern[Any], methods: frozenset[str], text: str) -> Callable[[], object]:
    subject: Any = text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text
    anywhere = methods - {"match", "fullmatch"}

    def call() -> object:
        if "match" in methods:
            pattern.match(subject)
        if "fullmatch" in methods:
            pattern.fullmatch(subject)
        return sum(1 for _ in pattern.finditer(subject)) if anywhere else None

    return call


def _slow_texts(pattern: re.Pattern[Any], methods: frozenset[str]) -> Iterator[str]:
    """What the expression takes far more than linear time for, and what it takes."""
    for prefix, unit, suffix in Sampler(pattern).texts(random.Random(0)):

        def call(size: int, prefix: str = prefix, unit: str = unit, suffix: str = suffix) -> Callable[[], object]:
            return _call(pattern, methods, prefix + unit * (size // len(unit)) + suffix)

        with limits(cpu_seconds=5):
            call(100)()
        if too_fast := grows_too_fast(call, SIZE, SLOW):
            yield f"{prefix[:40]!r} + {unit!r} * n + {suffix!r}: {too_fast}"


@pytest.mark.limits
@pytest.mark.parametrize(("place", "pattern", "methods"), EXPRESSIONS, ids=[place for place, _, _ in EXPRESSIONS])
def test_takes_linear_time(place: str, pattern: re.Pattern[Any], methods: frozenset[str]) -> None:
    wrong = [*islice(_slow_texts(pattern, methods), 3)]
    assert not wrong, f"{place} {pattern.pattern!r}\n" + "\n".join(wrong)


def test_every_room_is_looked_at() -> None:
    assert {place.split(".")[0] for place, _, _ in EXPRESSIONS} == {"seeds", "store", "commands"}


@pytest.mark.limits
@pytest.mark.parametrize("bad", [r"\s*\bet$", r"(a+)+$", r"a*a*b", r"<[^>]*>x", r"\d[\d,]*papers"])
def test_the_sweep_finds(bad: str) -> None:
    with pytest.raises(AssertionError):  # a `LimitError` is one
        assert not next(_slow_texts(re.compile(bad), frozenset({"search"})), None)
