"""What the server remembers of a paper: noted when one is shown to a channel, and told on its card."""

from __future__ import annotations

from datetime import UTC, datetime

from commands.addresses import PaperAction
from commands.context import Interaction
from commands.permissions import is_public
from commands.views.layout import CardView
from store.guilds import team_memory
from store.guilds.team_memory import Seen
from store.models import Paper


async def of_paper(interaction: Interaction, paper: Paper) -> Seen | None:
    """Where the server first had a paper, among this channel and those that everybody on it can read.

    Nobody is told what they showed themselves, such as the card that they come back to.
    """
    guild = interaction.guild
    if guild is None:
        return None
    async with interaction.client.library.db.read() as connection:
        found = await team_memory.seen(connection, guild.id, [paper.handle], datetime.now(UTC))
    for place in found.get(paper.handle, ()):
        if place.person_id == interaction.user.id:
            continue
        if place.channel_id == interaction.channel_id or is_public(guild.get_channel_or_thread(place.channel_id)):
            return place
    return None


async def note(interaction: Interaction, shown: CardView) -> None:
    """A card was shown to the channel; where it is a paper's, that is remembered."""
    if not (interaction.guild_id and interaction.channel_id and isinstance(shown.address, PaperAction)):
        return
    async with interaction.client.library.db.write() as connection:
        await team_memory.note_shared(
            connection,
            interaction.guild_id,
            shown.address.handle,
            interaction.user.id,
            interaction.channel_id,
            datetime.now(UTC),
        )
