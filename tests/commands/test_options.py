"""The options of `/search` and `/subscribe` ask for the same as the query language does."""

from __future__ import annotations

from typing import Any

import pytest
from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

from commands.errors import UserError
from commands.options import read_query
from commands.registry import COMMANDS
from store.search.parser import MAX_LENGTH, parse

WORDS = st.lists(st.sampled_from(["agents", "-survey", "a|b", '"web agents"', "since:2024"]), min_size=1, max_size=4)
OPTIONS = st.fixed_dictionaries(
    {},
    optional={
        "author": st.sampled_from(["Zehan Qi", "O'Brien", "qi"]),
        "category": st.sampled_from(["cs.CL", "cl", "q-fin"]),
        "since": st.sampled_from(["2024", "2024-08-12"]),
        "until": st.sampled_from(["2025", "2025-01"]),
        "code": st.booleans(),
    },
)


@given(WORDS, OPTIONS)
def test_options_are_further_terms_of_the_query(words: list[str], options: dict[str, Any]) -> None:
    text = " ".join(["agents", *words])
    code = {True: "yes", False: "no"}
    typed = [
        f'{name}:"{options[option]}"'
        for name, option in (("author", "author"), ("cat", "category"), ("since", "since"), ("until", "until"))
        if option in options
    ]
    typed += [f"code:{code[options['code']]}"] if "code" in options else []
    assert read_query(text, **options) == parse(" ".join([text, *typed]))


@pytest.mark.parametrize(
    ("text", "options", "complaint"),
    [
        ("*", {}, "Say what to look for"),
        ("-survey", {}, "only says what to leave out"),
        ("agents", {"since": "tomorrow"}, "After since: write a year"),
        ("agents", {"category": "not one!"}, "After cat: write an arXiv category"),
        ("agents", {"author": '"'}, "After author: write a family name"),
        ('"agents', {"author": "Qi"}, "A quotation mark is not closed"),
        ("agents |", {"author": "Qi"}, "has to follow"),
        ("x " * (MAX_LENGTH // 2), {"author": "Qi"}, "too many parts"),
        ("x" * (MAX_LENGTH - 5), {"author": "Qi"}, "too long"),
    ],
)
def test_what_is_wrong_with_an_option_is_said(text: str, options: dict[str, Any], complaint: str) -> None:
    with pytest.raises(UserError, match=complaint):
        read_query(text, **options)


def test_an_option_is_a_value_and_no_query() -> None:
    query = read_query("agents", author='Qi" -cat:"cs.CL')
    assert [clause.canonical() for clause in query.clauses] == ["agents", 'author:"Qi -cat:cs.CL"']
    assert read_query("*", author="Zehan Qi", code=False).canonical() == 'author:"Zehan Qi" code:no'


def test_the_main_option_is_required_so_that_nothing_typed_is_lost() -> None:
    """Discord's client drops what is typed after a command none of whose options is required."""
    optional_by_design = {
        "add",
        "aliases",
        "club",
        "clubsetup",
        "catchup",
        "help",
        "hidden",
        "lists",
        "zotero",
        "mine",
        "setup",
        "status",
        "subscriptions",
        "team",
        "unsubscribe",
        "watch",
    }
    commands = [command for command in COMMANDS if isinstance(command, app_commands.Command)]
    assert {
        command.name for command in commands if not command.parameters[0:1] or not command.parameters[0].required
    } == (optional_by_design)
