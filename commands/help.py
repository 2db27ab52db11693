"""`/help`."""

from __future__ import annotations

from collections.abc import Mapping

import discord
from discord import app_commands

from commands.addresses import CardAddress
from commands.context import Interaction, view_of
from commands.help_ids import HelpPage
from commands.respond import reply
from commands.verbs import HelpTopic
from commands.views import markdown
from commands.views.layout import NEUTRAL, ButtonSpec, Card, CardView
from store import examples
from store.examples import Examples

GROUPS: Mapping[HelpTopic, tuple[str, ...]] = {
    "find": (
        "paper",
        "author",
        "search",
        "ask",
        "summary",
        "related",
        "compare",
        "coauthors",
        "team",
        "cite",
        "export",
    ),
    "follow": ("setup", "subscribe", "follow", "mine", "catchup", "watch", "subscriptions", "unsubscribe", "why"),
    "read": ("save", "lists", "zotero"),
    "meet": ("club", "clubsetup"),
    "maintain": ("add", "aliases", "hide", "hidden", "fetching", "status", "help"),
}
_USES: Mapping[HelpTopic, str] = {
    "find": "papers, people, answers, references",
    "follow": "new papers, for a channel or for yourself",
    "read": "reading lists, yours and the team's",
    "meet": "a journal club",
    "maintain": "what is here, and how I am doing",
}


@app_commands.command(name="help", description="What I can do, with an example of each command")
async def help_command(interaction: Interaction) -> None:
    """Answer `/help`."""
    await reply(interaction, card(interaction, HelpPage("all")), private=True)


async def card(interaction: Interaction, address: HelpPage) -> CardView:
    """All commands by what they are for, or those for one thing, each with an example."""
    return _overview(interaction, address) if address.topic == "all" else await _topic(interaction, address)


def _overview(interaction: Interaction, address: HelpPage) -> CardView:
    client, permissions = interaction.client, _permissions(interaction)
    shown = Card(NEUTRAL)
    shown.text("## Lectern\nAsk for papers as you remember them. I find them even when the words are not quite right.")
    for topic, names in GROUPS.items():
        shown.divider()
        mentions = " ".join(client.mention(name, permissions) for name in names)
        shown.section(f"**{topic.title()}**: {_USES[topic]}\n{mentions}", ButtonSpec(topic.title(), _topic_of(topic)))
    shown.divider()
    menus = client.tree.get_commands(type=discord.AppCommandType.message)
    shown.text(
        "\n".join(f"**Apps ► {m.name}** on a message: cards for the arXiv ids, DOIs and links in it" for m in menus)
    )
    shown.text(
        "-# Titles and names complete as you type. `private:True` shows an answer only to you. You can also mention me"
        " with a title or name, or write it to me directly."
    )
    return shown.view(address)


def _topic_of(topic: HelpTopic) -> CardAddress:
    return HelpPage(topic).opened_from(HelpPage("all"))


async def _topic(interaction: Interaction, address: HelpPage) -> CardView:
    typed = to_type(await examples.choose(view_of(interaction)))
    shown = Card(NEUTRAL)
    shown.text(f"### {address.topic.title()}: {_USES[address.topic]}")
    for name in GROUPS[address.topic]:
        shown.text(_line(interaction, name, typed.get(name, "")))
    return shown.view(address)


def _permissions(interaction: Interaction) -> discord.Permissions:
    return interaction.permissions if interaction.guild_id else discord.Permissions.all()


def _line(interaction: Interaction, name: str, example: str) -> str:
    """A command with its description, and an example or the permission that the person lacks."""
    client = interaction.client
    command = client.tree.get_command(name)
    assert isinstance(command, app_commands.Command)
    permissions = _permissions(interaction)
    if (needed := command.default_permissions) and not needed <= permissions:
        words = [permission.replace("_", " ").title() for permission, wanted in needed if wanted]
        example = f"Needs the permission {' and '.join(words)}."
    line = f"{client.mention(name, permissions)} {command.description}"
    return f"{line}\n-# {example}" if example else line


def to_type(shown: Examples | None) -> Mapping[str, str]:
    """An example of each command by what the store holds, as markdown; none where nothing there would do."""
    options = {"add": "entry:1706.03762"}
    if shown and shown.title:
        options |= dict.fromkeys(("summary", "related", "why"), f"paper:{shown.title}")
        options["follow"] = f"like:{shown.title}"
        options["save"] = f"paper:{shown.title} tags:seminar"
        options |= {"paper": f"title:{shown.title}", "cite": f"paper:{shown.title} style:bibtex"}
    if shown and shown.author and shown.name:
        options |= {"author": f"name:{shown.name}", "export": f"query:* author:{shown.author.name}"}
        options["team"] = f"add:{shown.author.name}"
        if others := [a.name for a in shown.paper.authors if a.name != shown.author.name and not a.is_group]:
            options["compare"] = f"first:{shown.author.name} second:{others[0]}"
            options["coauthors"] = f"one:{shown.author.name} other:{others[0]}"
    if shown and shown.word:
        since = f" since:{shown.paper.published[:4]}" if shown.paper.published else ""
        options["search"] = f"query:{shown.word}{since}"
        options["ask"] = f"question:{shown.word}"
        options["mine"] = f"follow:{shown.word}"
        options["subscribe"] = f"query:{shown.word}" + (f" category:{shown.category}" if shown.category else "")
    return {name: code(f"/{name} {typed}") for name, typed in options.items()}


def code(text: str) -> str:
    """Text from papers, to copy."""
    return f"`{markdown.plain(text, 120).replace('`', chr(39))}`"
