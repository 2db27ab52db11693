"""`/ask`: what the abstracts in the store say to a question, in their own sentences."""

from __future__ import annotations

import json

from discord import app_commands

from commands import options, suggestions
from commands.addresses import AnswerPage
from commands.context import Interaction, scope_of, view_of
from commands.errors import UserError
from commands.respond import reply
from commands.views import answer_cards
from commands.views.layout import CardView
from store import answering
from store.search.parser import parse
from store.search.query import Query
from store.storage import button_state


@app_commands.command(name="ask", description="What abstracts say for and against it, sentence by sentence")
@app_commands.describe(
    question="A claim, or a question of yes or no, such as: does retrieval reduce hallucination?",
    author=options.AUTHOR,
    category=options.CATEGORY,
    since=options.SINCE,
    followed="Only papers that the subscriptions of this channel match",
    private=options.PRIVATE,
)
@app_commands.autocomplete(author=suggestions.suggest_names)
async def ask_command(
    interaction: Interaction,
    question: app_commands.Range[str, 1, 400],
    author: options.QueryAuthor | None = None,
    category: options.QueryCategory | None = None,
    since: options.QueryDate | None = None,
    followed: bool = False,
    private: bool = False,
) -> None:
    """Answer `/ask`."""
    scope = answering.EVERYTHING
    if author or category or since:
        scope = options.read_query(options.ANY, author=author, category=category, since=since)
    await reply(interaction, _answered(interaction, question, scope, followed), private=private)


async def _answered(interaction: Interaction, question: str, scope: Query, followed: bool) -> CardView:
    asked = json.dumps([question, scope.canonical(), followed])
    token = await button_state.keep(view_of(interaction).db, "ask", scope_of(interaction), asked)
    return await _card(interaction, question, scope, followed, AnswerPage(token, 0))


async def page(interaction: Interaction, address: AnswerPage) -> CardView:
    """A page of the answer; raises `UserError` where the question is forgotten."""
    db = interaction.client.library.db
    asked = await button_state.recall(db, "ask", scope_of(interaction), address.question)
    if asked is None:
        raise UserError("That question is too old to be asked again by a button. Ask it with /ask.")
    question, scope, followed = json.loads(asked)
    return await _card(interaction, question, parse(scope) if scope else answering.EVERYTHING, followed, address)


async def _card(interaction: Interaction, question: str, scope: Query, followed: bool, address: AnswerPage) -> CardView:
    view = view_of(interaction)
    what = await answering.followed_in(view.db, scope_of(interaction)) if followed else None
    if followed and what is None:
        raise UserError("This channel follows nothing yet. Ask without followed, or set it up with /subscribe.")
    return answer_cards.answer(await answering.ask(view, question, scope, what), scope, followed, address)
