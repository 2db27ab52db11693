"""All that the client registers."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from commands import add, aliases, author, buttons, paper, search, status, subscribe, subscriptions, summary, why
from commands.modals import Form

COMMANDS: tuple[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu, ...] = (
    author.author_command,
    paper.paper_command,
    search.search_command,
    summary.summary_command,
    paper.related_command,
    paper.cite_command,
    add.add_command,
    aliases.aliases_command,
    subscribe.subscribe_command,
    subscriptions.subscriptions_command,
    subscriptions.unsubscribe_command,
    why.why_command,
    status.status_command,
    status.help_command,
    paper.look_up_papers,
)
BUTTONS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    buttons.PaperButton,
    buttons.PickAuthorButton,
    buttons.AbstractPageButton,
    buttons.CiteButton,
    buttons.AuthorButton,
    buttons.SearchPageButton,
    buttons.PeopleSelect,
    subscribe.DraftButton,
    subscriptions.ListPageButton,
    subscriptions.SubscriptionButton,
    subscriptions.UnsubscribeSelect,
    subscriptions.UnsubscribeAllButton,
    why.WhyButton,
    why.PostButton,
    why.MoreButton,
)
FORMS: tuple[type[Form], ...] = (add.AddForm, subscriptions.EditForm)
