"""`/unsubscribe`: ends one of this channel's subscriptions, or all."""

from __future__ import annotations

from datetime import UTC, datetime

from discord import app_commands

from commands import custom_ids
from commands.buttons import StatefulButton, StatefulSelect
from commands.context import Interaction, scope_of
from commands.permissions import require_manager
from commands.respond import edit_or_reply, reply
from commands.subscriptions import missing_subscription_reported, subscriptions_here
from commands.views import markdown, paper_cards, subscription_cards
from commands.views.layout import CardView
from store.guilds import subscriptions


@app_commands.command(name="unsubscribe", description="End one of this channel's subscriptions, or all of them")
@app_commands.default_permissions(manage_channels=True)
async def unsubscribe_command(interaction: Interaction) -> None:
    """Answer `/unsubscribe`."""
    require_manager(interaction)
    await reply(interaction, _choice(interaction), private=True)


async def _choice(interaction: Interaction, page: int = 0) -> CardView:
    return subscription_cards.unsubscribe_list(await subscriptions_here(interaction), page)


class UnsubscribePageButton(StatefulButton[custom_ids.UnsubscribePage], id_type=custom_ids.UnsubscribePage):
    """Another page of the list, also in place of a question that was cancelled."""

    async def answer(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await edit_or_reply(interaction, _choice(interaction, self.state.page))


class UnsubscribeSelect(StatefulSelect[custom_ids.UnsubscribeList], id_type=custom_ids.UnsubscribeList):
    """One of the subscriptions, to end; asks once more."""

    async def answer(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await edit_or_reply(interaction, self._question(interaction))

    async def _question(self, interaction: Interaction) -> CardView:
        with missing_subscription_reported():
            one = await subscriptions.get(interaction.client.library.db, scope_of(interaction), self.item.values[0])
        return subscription_cards.delete_question(one)


class UnsubscribeAllButton(StatefulButton[custom_ids.UnsubscribeAll], id_type=custom_ids.UnsubscribeAll):
    """All subscriptions of this channel, to end; asks once more."""

    async def answer(self, interaction: Interaction) -> None:
        require_manager(interaction)
        await edit_or_reply(interaction, self._asked_or_ended(interaction))

    async def _asked_or_ended(self, interaction: Interaction) -> CardView:
        here = await subscriptions_here(interaction)
        if self.state.verb == "all":
            return subscription_cards.end_all_question(here)
        tokens = [one.token for one in here]
        ended = await subscriptions.delete(
            interaction.client.library.db, scope_of(interaction), tokens, datetime.now(UTC)
        )
        text = f"Ended {markdown.counted(ended, 'subscription')}. Their posts stay where they are."
        return paper_cards.message(text)
