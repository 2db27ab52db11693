"""`/mine`: what somebody follows for themselves, and following something more."""

from __future__ import annotations

from datetime import UTC, datetime

from discord import app_commands

from commands import options, subscribe, suggestions
from commands.buttons import StatefulButton
from commands.context import OUTBOX_CHANGED, Interaction
from commands.follow_ids import MineAll, MinePage
from commands.respond import edit_or_reply, reply
from commands.views import mine_cards, paper_cards
from commands.views.layout import CardView
from store.guilds import pauses, subscriptions


@app_commands.command(name="mine", description="What you follow for yourself, by direct message; or follow more")
@app_commands.describe(
    follow='To follow: words, =exact, "a phrase", -not, a|b, cat:cs.CL',
    author=options.AUTHOR,
    category=options.CATEGORY,
)
@app_commands.autocomplete(author=suggestions.suggest_names)
async def mine_command(
    interaction: Interaction,
    follow: options.QueryText | None = None,
    author: options.QueryAuthor | None = None,
    category: options.QueryCategory | None = None,
) -> None:
    """Answer `/mine`."""
    if follow or author or category:
        query = options.read_query(follow or options.ANY, author=author, category=category)
        await subscribe.propose_for_oneself(interaction, query)
        return
    await reply(interaction, _page(interaction, 0), private=True)


async def _page(interaction: Interaction, page: int) -> CardView:
    found = await subscriptions.of_person(interaction.client.library.db, interaction.user.id)
    return mine_cards.followed(found, page, interaction.client.mention("mine"))


class MinePageButton(StatefulButton[MinePage], id_type=MinePage):
    """Another page of what somebody follows."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, _page(interaction, self.state.page))


class MineAllButton(StatefulButton[MineAll], id_type=MineAll):
    """Pauses, resumes or ends all that somebody follows; before it ends all, it asks."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._done(interaction))

    async def _done(self, interaction: Interaction) -> CardView:
        db, now = interaction.client.library.db, datetime.now(UTC)
        found = await subscriptions.of_person(db, interaction.user.id)
        match self.state.verb:
            case "end":
                return mine_cards.end_all_question(found)
            case "sure":
                for one in found:
                    await subscriptions.delete(db, one.scope, [one.token], now)
                return paper_cards.message("Ended all that you followed. What I sent you stays where it is.")
            case "pause":
                for one in found:
                    await pauses.pause(db, one.scope, one.token, "you paused all", now)
            case "resume":
                for one in found:
                    await pauses.resume(db, one.scope, one.token, now, post_held=True)
                interaction.client.dispatch(OUTBOX_CHANGED)
        return await _page(interaction, 0)
