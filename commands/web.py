"""*Feed* on subscriptions, authors and lists: the address of a page and an Atom feed, for who may give it out."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from commands import subscriptions
from commands.author_pages import known_author
from commands.buttons import StatefulButton
from commands.context import Interaction, owner_of, view_of
from commands.errors import UserError
from commands.list_entries import missing_reported
from commands.permissions import require_manager
from commands.respond import Answer, edit_or_reply, reply
from commands.views import web_cards
from commands.views.layout import CardView
from commands.web_ids import AuthorWeb, ListWeb, SubscriptionWeb, WebButtonId
from store.guilds import own_papers, reading_lists, web_addresses
from store.guilds.reading_lists import TEAM
from store.guilds.web_addresses import Subject


class SubscriptionWebButton(StatefulButton[SubscriptionWeb], id_type=SubscriptionWeb):
    """The address of what a subscription posts."""

    async def answer(self, interaction: Interaction) -> None:
        await _show(interaction, self._answer(interaction))

    async def _answer(self, interaction: Interaction) -> CardView:
        one = await subscriptions.chosen(interaction, self.state.token)
        owner = own_papers.owner_of(one.scope.guild_id or None, one.creator_id)
        shown = f"what “{one.query.canonical()}” posts"
        return await _answer(interaction, self.state, Subject(owner, "subscription", one.token), shown)


class AuthorWebButton(StatefulButton[AuthorWeb], id_type=AuthorWeb):
    """The address of an author's papers."""

    async def answer(self, interaction: Interaction) -> None:
        await _show(interaction, self._answer(interaction))

    async def _answer(self, interaction: Interaction) -> CardView:
        require_manager(interaction)
        who = await known_author(view_of(interaction), self.state.handle)
        subject = Subject(owner_of(interaction), "author", who.handle)
        return await _answer(interaction, self.state, subject, f"the papers of {who.name}")


class ListWebButton(StatefulButton[ListWeb], id_type=ListWeb):
    """The address of a reading list: the team's for those who manage the channel, a person's own for that person."""

    async def answer(self, interaction: Interaction) -> None:
        await _show(interaction, self._answer(interaction))

    async def _answer(self, interaction: Interaction) -> CardView:
        owner, person = owner_of(interaction), interaction.user.id
        with missing_reported():
            async with interaction.client.library.db.read() as connection:
                one = await reading_lists.get(connection, owner, person, self.state.token)
        if one.person == TEAM:
            require_manager(interaction)
        elif one.person != person:
            raise UserError("Only whose list it is gives its address out. Ask them for it.")
        notes = "the team's notes" if one.person == TEAM else "those of your notes that you shared"
        shown = f"the list “{one.name}”, with its tags and {notes}"
        return await _answer(interaction, self.state, Subject(owner, "list", one.token, one.person), shown)


async def _show(interaction: Interaction, answer: Answer) -> None:
    """Show an address to the person alone: never in a message of the channel, even if they asked for that."""
    if interaction.message and interaction.message.flags.ephemeral:
        await edit_or_reply(interaction, answer)
    else:
        await reply(interaction, answer, private=True)


async def _answer(interaction: Interaction, state: WebButtonId, subject: Subject, shown: str) -> CardView:
    """The address, made where there is none; or that it was taken back. `shown` says in words what it shows."""
    base = interaction.client.web_url
    if base is None:
        raise UserError("Pages on the web are not turned on. Whoever runs me can set LECTERN_WEB.")
    async with interaction.client.library.db.write() as connection:
        if state.verb == "end":
            await web_addresses.take_back(connection, subject)
            return web_cards.taken_back(shown, replace(state, verb="show"))
        address = await web_addresses.make(connection, subject, interaction.user.id, datetime.now(UTC))
    return web_cards.address(shown, f"{base}/p/{address.key}", replace(state, verb="end"))
