"""Why am I seeing this: the button under scheduled messages."""

from __future__ import annotations

from commands.buttons import StatefulButton
from commands.context import Interaction, owner_of
from commands.message_ids import MessageReason
from commands.respond import reply
from commands.views import markdown, paper_cards
from commands.views.layout import CardView
from store.guilds import scheduled_messages


class MessageReasonButton(StatefulButton[MessageReason], id_type=MessageReason):
    """Says why a message was sent."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, self._reason(interaction), private=True)

    async def _reason(self, interaction: Interaction) -> CardView:
        db = interaction.client.library.db
        said = await scheduled_messages.by_token(db, owner_of(interaction), interaction.user.id, self.state.token)
        text = markdown.safe(said.reason, 600) if said else "This message is not known here any more."
        return paper_cards.message(text)
