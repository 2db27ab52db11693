"""`/why`, and the buttons under posts: what became of a paper in this channel, and by which rule."""

from __future__ import annotations

from discord import app_commands

from commands import disambiguation
from commands.answers import Answer
from commands.buttons import PaperButton, StatefulButton, of_paper
from commands.context import Interaction, UserError
from commands.respond import reply, turn
from commands.views import posts, subscription_cards
from commands.views.layout import CardView
from store.guilds import digests
from store.guilds.explain import explain
from store.library import Library
from store.models import Handle


@app_commands.command(name="why", description="What became of a paper in this channel, and by which rule")
@app_commands.describe(paper="A title as you remember it, an arXiv id or a DOI", private="Show the answer to me only")
@app_commands.autocomplete(paper=disambiguation.suggest_papers)
async def why_command(interaction: Interaction, paper: app_commands.Range[str, 1, 400], private: bool = True) -> None:
    """Answer `/why`."""
    await reply(interaction, disambiguation.paper(interaction, paper, "why", _answer(interaction)), private=private)


def _answer(interaction: Interaction) -> Answer:
    scope = subscription_cards.scope_of(interaction)

    async def answer(library: Library, handle: Handle) -> CardView:
        paper, found = await explain(library.db, scope, handle)
        return subscription_cards.outcomes(paper.title, found, scope)

    return answer


class WhyButton(PaperButton, template=of_paper("why")):
    """The paper that was meant by `/why`, where several fitted or none."""

    def says(self, interaction: Interaction) -> Answer:
        """What became of it in this channel."""
        return _answer(interaction)


class PostButton(StatefulButton, template=f"post:why:{subscription_cards.NAMED}"):
    """Why a post is here."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, _explained(interaction, self.state["token"]), private=True)


class MoreButton(StatefulButton, template=f"post:more:{subscription_cards.NAMED}:(?P<page>[0-9]{{1,4}})"):
    """The papers that a post had no room for."""

    async def answer(self, interaction: Interaction) -> None:
        view = _more(interaction, self.state["token"], int(self.state["page"]))
        message = interaction.message
        if message and message.flags.ephemeral:
            await turn(interaction, view)
        else:
            await reply(interaction, view, private=True)


async def _explained(interaction: Interaction, token: str) -> CardView:
    found = await digests.causes(interaction.client.library.db, subscription_cards.scope_of(interaction), token)
    if not found:
        raise UserError("I no longer know why I posted that. Ask /why with the paper's title.")
    return posts.explained(found)


async def _more(interaction: Interaction, token: str, page: int) -> CardView:
    found = await digests.over_cap(interaction.client.library.db, subscription_cards.scope_of(interaction), token)
    if not found:
        raise UserError("I no longer know those papers. Look for them with /search.")
    return posts.more(found, token, page)
