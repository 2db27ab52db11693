"""What became of a paper in a channel: for each subscription, and what was told of it since."""

from __future__ import annotations

from datetime import UTC, datetime

from commands import team_memory
from commands.addresses import PaperAction
from commands.context import Interaction, owner_of, scope_of
from commands.permissions import how_to_start
from commands.views import memory_text, subscription_cards, watch_cards
from commands.views.layout import CardView
from store.guilds import scheduled_messages
from store.guilds.explain import explain


async def of_paper(interaction: Interaction, address: PaperAction) -> CardView:
    """What became of the paper in this channel, and by which rule."""
    scope = scope_of(interaction)
    library = interaction.client.library
    found, outcomes = await explain(library.db, scope, owner_of(interaction), address.handle)
    outcomes = [
        one.model_copy(update={"closeness": await library.scores.of(one.subscription_id, found, datetime.now(UTC))})
        if one.state == "not_close"
        else one
        for one in outcomes
    ]
    async with library.db.read() as connection:
        said = await scheduled_messages.about(connection, owner_of(interaction), found.handle)
    memory = memory_text.line(await team_memory.of_paper(interaction, found))
    told = [watch_cards.in_one_line(one) for one in said if one.target_id == scope.channel_id]
    how = how_to_start(interaction)
    shown = subscription_cards.outcomes(found.title, outcomes, scope, how, list(filter(None, [memory, *told])))
    shown.address = address
    return shown
