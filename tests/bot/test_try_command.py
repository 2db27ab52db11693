from __future__ import annotations

from typing import Any

import discord
import pytest
from discord import app_commands
from hypothesis import given
from hypothesis import strategies as st

from bot.simulator.render_text import message_lines, plain
from bot.simulator.try_command import CannotTypeError, parse


@app_commands.command(name="search", description="Made")
@app_commands.choices(order=[app_commands.Choice(name="Newest first", value="new")])
async def search(
    interaction: discord.Interaction[Any],
    query: str,
    author: str = "",
    since: str = "",
    code: bool = False,
    limit: app_commands.Range[int, 1, 9] = 5,
    order: str = "",
) -> None:
    """Never called; its options are what is read."""


@search.autocomplete("author")
async def suggest(interaction: discord.Interaction[Any], typed: str) -> list[app_commands.Choice[str]]:
    """Never called; it tells that an author's name can have several words."""
    return []


@app_commands.command(name="help", description="Made")
async def help_(interaction: discord.Interaction[Any]) -> None:
    """Never called; it has no options."""


class Group(app_commands.Group):
    @app_commands.command(name="list", description="Made")
    async def list_(self, interaction: discord.Interaction[Any], word: str) -> None:
        """Never called; it stands in a group."""


@pytest.fixture(scope="module")
def tree() -> app_commands.CommandTree[Any]:
    client = discord.Client(intents=discord.Intents.none())
    made = app_commands.CommandTree(client)
    made.add_command(search)
    made.add_command(help_)
    made.add_command(Group(name="feeds", description="Made"))
    return made


@pytest.mark.parametrize(
    ("typed", "name", "options"),
    [
        ("/help", "help", {}),
        ("/HELP ", "help", {}),
        ("/search query:zehan qui", "search", {"query": "zehan qui"}),
        ("/search zehan qui", "search", {"query": "zehan qui"}),
        ("/search query:web agents author:Zehan Qi code:true", "search",
         {"query": "web agents", "author": "Zehan Qi", "code": True}),
        ("/search author:Zehan Qi query:web", "search", {"query": "web", "author": "Zehan Qi"}),
        ('/search query:"a phrase" -not cat:cs.CL', "search", {"query": '"a phrase" -not cat:cs.CL'}),
        ('/search query:author:"Zehan Qi" x', "search", {"query": 'author:"Zehan Qi" x'}),
        ('/search query:"see author: page" limit:3', "search", {"query": '"see author: page"', "limit": 3}),
        ("/search query:x order:newest FIRST", "search", {"query": "x", "order": "new"}),
        ("/search query:x author:", "search", {"query": "x"}),
        ("/search query:graph since:2024-06 -survey", "search", {"query": "graph -survey", "since": "2024-06"}),
        ('/search graph since:2024 cat:cs.CL "a b"', "search", {"query": 'graph cat:cs.CL "a b"', "since": "2024"}),
        ("/search author:Zehan Qi -survey", "search", {"query": "-survey", "author": "Zehan Qi"}),
        ('/search author:"Zehan Qi" web query:x', "search", {"query": "web x", "author": '"Zehan Qi"'}),
        ("/search code:yes order:newest first web", "search", {"query": "web", "code": True, "order": "new"}),
        ("/feeds list word:a b", "feeds list", {"word": "a b"}),
    ],
)  # fmt: skip
def test_a_command_is_read_as_people_type_it(
    tree: app_commands.CommandTree[Any], typed: str, name: str, options: dict[str, Any]
) -> None:
    command, read = parse(tree, typed)
    assert (command.qualified_name, read) == (name, options)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("/nope", "/feeds list, /help, /search"),
        ("/", "/search"),
        ("/feeds", "/feeds list"),
        ("/search", "needs query"),
        ("/help me", "takes no text"),
        ("/search query:x code:perhaps", "code:perhaps"),
        ("/search query:x limit:many", "limit:many"),
        ("/search query:x order:oldest", "newest first"),
    ],
)
def test_what_cannot_be_sent_says_what_can(tree: app_commands.CommandTree[Any], typed: str, says: str) -> None:
    with pytest.raises(CannotTypeError) as caught:
        parse(tree, typed)
    assert says in str(caught.value)


@given(st.text() | st.from_regex(r"/(search|help|feeds) ?((query|author|code|limit|order|word): ?[\w\" :]*)*"))
def test_any_text_is_read_or_refused(tree: app_commands.CommandTree[Any], typed: str) -> None:
    try:
        _, options = parse(tree, typed)
    except CannotTypeError:
        return
    assert all(value == value.strip() for value in options.values() if isinstance(value, str))


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("## [A **bold** title](https://x.example/a_b)", "A bold title <https://x.example/a_b>"),
        ("-# small *et al.* and `code_x`", "small et al. and code_x"),
        (r"snake_case \*stays\* \_so\_ \#1", "snake_case *stays* _so_ #1"),
        ("on <t:1723420800:D>, at <t:1723420800:t>", "on 12 Aug 2024, at 00:00 UTC"),
        ("<t:1723420800>", "12 Aug 2024, 00:00 UTC"),
        ("last post <t:1723420800:R>", "last post 12 Aug 2024, 00:00 UTC"),
        ("<t:99999999999999:D>", "99999999999999"),
        ("in <#5> for <@7>, <@&9>", "in #papers for @max, somebody"),
        ("> quoted\n### two", "quoted\ntwo"),
        ("**a**\n```bibtex\n# {Cats \\& *dogs*}\n```", "a\n```bibtex\n# {Cats \\& *dogs*}\n```"),
        ("<:star:123> </paper:77>", ":star: /paper"),
    ],
)
def test_markdown_is_shown_as_it_reads(markdown: str, text: str) -> None:
    assert plain(markdown, {5: "#papers", 7: "@max"}) == text


@given(st.text())
def test_any_markdown_can_be_shown(markdown: str) -> None:
    assert len(plain(markdown, {})) <= len(markdown) + 40 * (markdown.count("<t:") + 1)


def test_components_are_shown_in_their_order() -> None:
    button = {"type": 2, "style": 1, "label": "Open", "custom_id": "x"}
    message = {
        "content": "",
        "components": [
            {
                "type": 17,
                "components": [
                    {"type": 10, "content": "# Title"},
                    {"type": 14},
                    {"type": 9, "components": [{"type": 10, "content": "**One**"}], "accessory": button},
                    {"type": 1, "components": [button | {"disabled": True}, {"type": 2, "style": 5, "emoji":
                        {"name": "🔗"}, "url": "https://x.example"}]},
                    {"type": 1, "components": [{"type": 3, "custom_id": "y", "placeholder": "Pick",
                                                "options": [{"label": "A", "value": "a"}]}]},
                    {"type": 12, "items": [{"media": {}, "description": "Papers by year"}, {"media": {}}]},
                    {"type": 999},
                ],
            }
        ],
    }  # fmt: skip
    inner = [line for line in message_lines(message, {}) if set(line) != {"─"}]
    assert inner == [
        "Title", "", "One  [Open]", "[Open] (off)  [🔗] <https://x.example>", "[Pick: A]",
        "(picture: Papers by year)", "(picture: without a description)", "(component of type 999)",
    ]  # fmt: skip
