"""Whether a channel is told each week what the team saved."""

from __future__ import annotations

from datetime import UTC, datetime

from commands.buttons import StatefulButton
from commands.context import Interaction, scope_of
from commands.list_ids import WeeklySaved
from commands.permissions import require_channel, require_guild, require_manager
from commands.respond import reply
from commands.views import markdown, paper_cards
from commands.views.layout import CardView
from store.guilds import subscriptions, weekly_saved


class WeeklySavedButton(StatefulButton[WeeklySaved], id_type=WeeklySaved):
    """Turns that on or off in this channel."""

    async def answer(self, interaction: Interaction) -> None:
        require_guild(interaction)
        require_manager(interaction)
        require_channel(interaction, own_thread=False)
        await reply(interaction, self._turned(interaction), private=True)

    async def _turned(self, interaction: Interaction) -> CardView:
        db, scope, now = interaction.client.library.db, scope_of(interaction), datetime.now(UTC)
        if self.state.verb == "off":
            async with db.write() as connection:
                await weekly_saved.turn_off(connection, scope.guild_id, scope.channel_id)
            return paper_cards.message("This channel is no longer told each week what the team saved.")
        here = await subscriptions.in_channel(db, scope)
        zone = here[-1].options.schedule.zone if here else "UTC"
        async with db.write() as connection:
            due = await weekly_saved.turn_on(
                connection, scope.guild_id, scope.channel_id, interaction.user.id, zone, interaction.id, now
            )
        return paper_cards.message(
            f"Each Monday at {weekly_saved.AT:%H:%M} ({markdown.safe(zone, 60)}) I post here what the team saved to its"
            f" lists in the week, the most saved first. The first time is {markdown.moment(due)}."
        )
