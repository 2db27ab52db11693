"""What the server remembers of a paper: noted when one is shown to a channel, and told on its card."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from commands.addresses import PaperAction
from commands.context import Interaction
from commands.permissions import is_public
from commands.views.layout import CardView
from store.errors import GuildStoreUnavailableError
from store.guilds import paper_notes, team_memory
from store.guilds.team_memory import Memory
from store.models import Paper


async def of_paper(interaction: Interaction, paper: Paper) -> Memory:
    """Where the server first had a paper, among this channel and those that everybody on it can read, and its notes.

    Nobody is told what they showed themselves, such as the card that they come back to.
    """
    guild = interaction.guild
    if guild is None:
        return Memory()
    try:
        async with interaction.client.library.db.read() as connection:
            found = await team_memory.seen(connection, guild.id, [paper.handle], datetime.now(UTC))
            notes = await paper_notes.count_shared(connection, guild.id, paper.handle)
    except GuildStoreUnavailableError:
        return Memory()  # The paper itself is to be shown.
    known = (one for one in found.get(paper.handle, ()) if one.person_id != interaction.user.id)
    here = interaction.channel_id
    told = (one for one in known if one.channel_id == here or is_public(guild.get_channel_or_thread(one.channel_id)))
    return Memory(first=next(told, None), notes=notes)


async def note(interaction: Interaction, shown: CardView) -> None:
    """A card was shown to the channel; where it is a paper's, that is remembered."""
    if not (interaction.guild_id and interaction.channel_id and isinstance(shown.address, PaperAction)):
        return
    # While the server's memory cannot be reached, papers are shown all the same.
    with suppress(GuildStoreUnavailableError):
        async with interaction.client.library.db.write() as connection:
            await team_memory.note_shared(
                connection,
                interaction.guild_id,
                shown.address.handle,
                interaction.user.id,
                interaction.channel_id,
                datetime.now(UTC),
            )
