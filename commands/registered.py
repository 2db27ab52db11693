"""All that the client registers."""

from __future__ import annotations

from typing import Any

import discord
from discord import app_commands

from commands import (
    about,
    adding,
    aliases,
    authors,
    buttons,
    papers,
    search,
    subscribing,
    subscriptions,
    summaries,
    why,
)
from commands.forms import Form

COMMANDS: tuple[app_commands.Command[Any, ..., Any] | app_commands.ContextMenu, ...] = (
    authors.author_command,
    papers.paper_command,
    search.search_command,
    summaries.summary_command,
    papers.related_command,
    papers.cite_command,
    adding.add_command,
    aliases.aliases_command,
    subscribing.subscribe_command,
    subscriptions.subscriptions_command,
    subscriptions.unsubscribe_command,
    why.why_command,
    about.status_command,
    about.help_command,
    papers.look_up_papers,
)
BUTTONS: tuple[type[discord.ui.DynamicItem[Any]], ...] = (
    buttons.PaperButton,
    buttons.PickAuthorButton,
    buttons.AbstractPageButton,
    buttons.CiteButton,
    buttons.AuthorButton,
    buttons.SearchPageButton,
    buttons.PeopleSelect,
    subscribing.DraftButton,
    subscriptions.ListPageButton,
    subscriptions.SubscriptionButton,
    subscriptions.UnsubscribeSelect,
    subscriptions.UnsubscribeAllButton,
    why.WhyButton,
    why.PostButton,
    why.MoreButton,
)
FORMS: tuple[type[Form], ...] = (adding.AddForm, subscriptions.EditForm)
