"""The store has two halves that meet by handles: no SQL statement names tables of both.

What is known of papers is large and the same for everybody; what servers say is small and theirs alone, and may live
in another database one day. Statements are found in the string literals of `store`, put together with the constants
that they name.
"""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from store.storage.guild_tables import GUILD_TABLES, tables
from tests.storage.test_database import DESIGNED

STORE = Path(__file__).parents[2] / "store"
PAPERS = {
    "papers", "records", "sources", "identifiers", "merged_handles", "authors", "authorships", "author_pages",
    "metrics", "intakes", "lookup_state", "lookup_changes", "lookup_images", "title_texts", "author_texts",
    "title_words", "author_words", "paper_words", "paper_word_counts", "words", "stems", "word_totals", "paper_vectors", "model_replies",
    "merges", "kept_apart", "superseded_records", "removed_papers", "removed_keys", "merged_authors", "names_to_divide", "people_kept_apart",
    "novelty_distances", "novelty_changes", "novelty_words", "intake_applied", "papers_settings", "seen_records",
}  # fmt: skip
NEITHER = {"settings", "questions", "service_spending", "service_answers"}
"""Of the program itself: no statement joins them with anything."""
GUILDS = GUILD_TABLES - NEITHER
OUTBOX = {"ledger", "posts"}

_WRITTEN = re.compile(r"\b(?:INTO|UPDATE(?:\s+OR\s+[A-Z]+)?|DELETE\s+FROM)\s+([a-z_]+)")
_MOST_READINGS = 100
"""Ways to fill in the constants of one literal that are tried."""


def assigned(nodes: Iterable[ast.AST]) -> dict[str, list[ast.expr]]:
    """The expressions that names are given."""
    found: dict[str, list[ast.expr]] = {}
    for node in nodes:
        if isinstance(node, ast.Assign):
            for target in node.targets:
                if isinstance(target, ast.Name):
                    found.setdefault(target.id, []).append(node.value)
    return found


def texts(node: ast.expr, known: Mapping[str, list[ast.expr]], depth: int = 3) -> list[str]:
    """What a literal can be; ? stands for what is only known when the program runs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, ast.FormattedValue):
        return texts(node.value, known, depth)
    if isinstance(node, ast.JoinedStr):
        parts = [texts(part, known, depth) for part in node.values]
        return ["".join(choice) for choice in itertools.islice(itertools.product(*parts), _MOST_READINGS)]
    if isinstance(node, ast.Name | ast.Attribute) and depth:
        name = node.id if isinstance(node, ast.Name) else node.attr
        return [text for value in known.get(name, []) for text in texts(value, known, depth - 1)] or ["?"]
    return ["?"]


def statements(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, str]]:
    shared = {
        name: values
        for tree in trees.values()
        for name, values in assigned(tree.body).items()
        if name.isupper()  # what one module takes from another
    }
    for name, tree in trees.items():
        known = shared | assigned(ast.walk(tree))
        described = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in described:
                for text in texts(node, known):
                    yield f"{name}:{node.lineno}", text


def of_both_halves(trees: Mapping[str, ast.Module]) -> list[str]:
    return [
        f"{place} names {', '.join(sorted(named))}: {text}"
        for place, text in statements(trees)
        if (named := tables(text)) & PAPERS and named & GUILDS
    ]


def writers(trees: Mapping[str, ast.Module]) -> set[str]:
    return {place.partition(":")[0] for place, text in statements(trees) if OUTBOX.intersection(_WRITTEN.findall(text))}


def trees_of_store() -> dict[str, ast.Module]:
    return {str(path.relative_to(STORE)): ast.parse(path.read_text("utf-8")) for path in sorted(STORE.rglob("*.py"))}


def test_no_statement_names_tables_of_both_halves() -> None:
    assert of_both_halves(trees_of_store()) == []


def test_the_outbox_alone_writes_matches_and_posts() -> None:
    assert writers(trees_of_store()) == {"guilds/outbox.py", "guilds/merged_matches.py", "guilds/removed_matches.py"}


def test_every_table_belongs_somewhere() -> None:
    made = set(re.findall(r"CREATE (?:VIRTUAL )?TABLE (?!sqlite_)(\w+)", DESIGNED.read_text("utf-8")))
    assert made == PAPERS | GUILDS | NEITHER
    assert not PAPERS & GUILDS and not NEITHER & (PAPERS | GUILDS)


@pytest.mark.parametrize(
    "source",
    [
        "'SELECT 1 FROM ledger JOIN papers ON papers.handle = ledger.handle'",
        "'SELECT 1 FROM ledger, papers'",
        "'SELECT 1 FROM ledger AS l, papers AS p'",
        "'SELECT 1 FROM json_each(?) AS wanted, ledger JOIN authors'",
        "'SELECT (SELECT title FROM papers) FROM aliases'",
        "'INSERT INTO ledger SELECT id FROM papers'",
        "'UPDATE OR IGNORE posts SET state = (SELECT 1 FROM records)'",
        "'DELETE FROM feeds WHERE EXISTS (SELECT 1 FROM authorships)'",
        "'SELECT 1 FROM ledger' ' JOIN papers'",
        "SHARED = 'JOIN papers'\nf'SELECT 1 FROM ledger {SHARED}'.strip()",
        "def f():\n    rest = f'FROM papers WHERE {condition}'\n    return f'SELECT 1 {rest} AND id IN (SELECT 1 FROM posts)'",
        "import other\nCONDITION = 'EXISTS (SELECT 1 FROM papers)'\nprint(f'SELECT 1 FROM ledger WHERE {other.CONDITION}')",
    ],
)
def test_a_statement_of_both_halves_is_found(source: str) -> None:
    assert of_both_halves({"made.py": ast.parse(f"x = {source}" if source.startswith("'") else source)})


@pytest.mark.parametrize(
    "source",
    [
        "'SELECT count(*) AS papers FROM ledger'",
        "'SELECT ledger.papers FROM ledger JOIN posts'",
        "('SELECT 1 FROM papers', 'SELECT 1 FROM ledger')",
        "1\n'A comment: papers FROM ledger and FROM papers'",
    ],
)
def test_a_statement_of_one_half_is_not(source: str) -> None:
    assert not of_both_halves({"made.py": ast.parse(f"x = {source}")})


@pytest.mark.parametrize("statement", ["UPDATE ledger SET a = 1", "INSERT INTO posts VALUES (1)", "DELETE FROM ledger"])
def test_a_writer_is_found(statement: str) -> None:
    assert writers({"made.py": ast.parse(f"x = '{statement}'")}) == {"made.py"}
    assert not writers({"made.py": ast.parse("x = 'SELECT 1 FROM ledger'")})
