"""Our statements, which are written once, in SQLite's dialect, in that of PostgreSQL.

sqlglot does the most of it. What it leaves to us is how the two see truth: in SQLite a condition is a number, in
PostgreSQL it is not, so that a number is compared with 0 where a condition is wanted, and a condition becomes a number
where a value is.
"""

from __future__ import annotations

import re
from typing import ClassVar, Literal

from sqlglot import exp, parse_one
from sqlglot.generators.postgres import PostgresGenerator

_NUMBERED = re.compile(r"\?(\d+)")
_MARK = "\0"
"""Stands for the percent sign of a parameter until those of the text are doubled, as psycopg wants it."""
_CONDITIONS = (exp.Connector, exp.Not, exp.Predicate, exp.Is, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Boolean)
_WANTS_CONDITION = {
    exp.Where: ("this",),
    exp.Having: ("this",),
    exp.Join: ("on",),
    exp.And: ("this", "expression"),
    exp.Or: ("this", "expression"),
    exp.Not: ("this",),
    exp.If: ("this",),
    exp.CheckColumnConstraint: ("this",),
    exp.Check: ("this",),
}
Wanted = Literal["condition", "value", "assignment"] | None
"""What an expression is to be where it stands."""
_TYPES = {exp.DataType.Type.INT: "BIGINT", exp.DataType.Type.FLOAT: "DOUBLE PRECISION"}


class UntranslatableError(Exception):
    """A statement has something that PostgreSQL lacks; write it in words that both engines have."""


class _Generator(PostgresGenerator):
    def placeholder_sql(self, expression: exp.Placeholder) -> str:
        """A parameter as psycopg marks it."""
        name = expression.this
        return f"{_MARK}({name})s" if name else f"{_MARK}s"

    TRANSFORMS: ClassVar = {
        kind: make
        for kind, make in PostgresGenerator.TRANSFORMS.items()
        if kind not in (exp.JSONArrayAgg, exp.JSONExtractScalar, exp.JSONObjectAgg)
    }

    def jsonarrayagg_sql(self, expression: exp.JSONArrayAgg) -> str:
        """As SQLite's `json_group_array`, a text, and of no rows an empty array."""
        return f"COALESCE(CAST(JSON_AGG({self.sql(expression, 'this')}) AS TEXT), '[]')"

    def jsonobjectagg_sql(self, expression: exp.JSONObjectAgg) -> str:
        """As SQLite's `json_group_object`, likewise an empty object."""
        return f"COALESCE(CAST(JSON_OBJECT_AGG({self.expressions(expression)}) AS TEXT), '{{}}')"

    def jsonextractscalar_sql(self, expression: exp.JSONExtractScalar) -> str:
        """Of JSON that is kept as text."""
        path = [str(part.this) for part in expression.expression.expressions[1:]]
        steps = "".join(f", '{step}'" for step in path)
        return f"JSON_EXTRACT_PATH_TEXT(CAST({self.sql(expression, 'this')} AS JSON){steps})"


def translated(statement: str) -> str:
    """The statement for psycopg. `?1` becomes `%(p1)s`; raises `UntranslatableError`."""
    tree = parse_one(_NUMBERED.sub(r":p\1", statement), read="sqlite")
    return generated(tree)


def generated(tree: exp.Expr) -> str:
    """A parsed statement for psycopg."""
    tree = tree.transform(_adapted)
    if isinstance(tree, exp.Insert) and (alternative := tree.args.get("alternative")):
        if alternative != "IGNORE":
            raise UntranslatableError(f"INSERT OR {alternative}: {tree.sql('sqlite')}")
        tree.set("alternative", None)
        tree.set("conflict", exp.OnConflict(action=exp.var("DO NOTHING")))
    tree = _settled(tree)
    text = _Generator(dialect="postgres", comments=False).generate(tree)
    return text.replace("%", "%%").replace(_MARK, "%")


def _adapted(node: exp.Expr) -> exp.Expr:
    """What sqlglot leaves of SQLite's dialect in one part of a statement."""
    if isinstance(node, exp.DataType) and (named := _TYPES.get(node.this)):
        return exp.DataType.build(named, dialect="postgres")
    if isinstance(node, exp.Subquery) and isinstance(node.parent, exp.From | exp.Join) and not node.alias:
        node.set("alias", exp.TableAlias(this=exp.to_identifier("nameless")))
    if isinstance(node, exp.OnConflict):
        keys = node.args.get("conflict_keys") or []
        node.set("conflict_keys", [key.this if isinstance(key, exp.Ordered) else key for key in keys])
    if isinstance(node, exp.Is) and not isinstance(node.expression, exp.Null | exp.Boolean):
        return exp.NullSafeEQ(this=node.this, expression=node.expression)
    return node


def _settled(node: exp.Expr, wanted: Wanted = None) -> exp.Expr:
    """The expression with all below it as PostgreSQL wants it: conditions where they are wanted, else values."""
    if isinstance(node, exp.Paren):
        node.set("this", _settled(node.this, wanted))
        return node
    for name, child in list(node.args.items()):
        part = _wanted(node, name)
        if isinstance(child, exp.Expr):
            node.set(name, _settled(child, part))
        elif isinstance(child, list):
            node.set(name, [_settled(one, part) if isinstance(one, exp.Expr) else one for one in child])
    is_condition = isinstance(node, _CONDITIONS)
    if wanted == "condition" and not is_condition:
        return exp.NEQ(this=node, expression=exp.Literal.number(0))
    if wanted == "value" and is_condition:
        return exp.cast(exp.paren(node), "INT", dialect="postgres")
    return node


def _wanted(node: exp.Expr, name: str) -> Wanted:
    for kind, names in _WANTS_CONDITION.items():
        if isinstance(node, kind):
            return "condition" if name in names else "value" if isinstance(node, exp.If) else None
    if isinstance(node, exp.EQ) and isinstance(node.parent, exp.Update | exp.OnConflict):
        return "value" if name == "expression" else None
    if isinstance(node, exp.Update | exp.OnConflict):
        return "assignment" if name == "expressions" else None
    holds_values = isinstance(node, exp.Alias | exp.Binary | exp.Func | exp.Tuple | exp.Neg | exp.In)
    return "value" if holds_values or (isinstance(node, exp.Select) and name == "expressions") else None
