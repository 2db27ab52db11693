"""`/add` with a PDF: the paper that it is, by the identifiers in it, or the question which it is."""

from __future__ import annotations

from commands import add_by_id
from commands.buttons import StatefulButton
from commands.context import Interaction, scope_of
from commands.custom_ids import AddNamed
from commands.errors import UserError
from commands.respond import edit_or_reply
from commands.views import markdown, paper_cards, paper_text
from commands.views.layout import ButtonSpec, CardView
from store.models import DocumentNames, Identifier
from store.storage import button_state
from store.text import identifiers

SOURCE_NAME = "/add of a PDF"
_ADVICE = "Give /add its arXiv id or DOI, or look for its title with /paper"


async def add(interaction: Interaction, names: DocumentNames) -> CardView:
    """The paper that a PDF is, fetched; or which it may be, to choose. Raises `UserError` where nothing says so."""
    if names.own is not None:
        note = f"-# Found by {names.told_by}: {_named(names.own)}. The PDF itself is not kept."
        return await add_by_id.add(interaction, SOURCE_NAME, [names.own], [note])
    if not names.possible:
        raise UserError(_nothing(names))
    db, scope = interaction.client.library.db, scope_of(interaction)
    tokens = [await button_state.keep(db, "identifier", scope, one.value) for one in names.possible]
    buttons = [
        ButtonSpec(f"Add {_named(one)}", AddNamed(token)) for one, token in zip(names.possible, tokens, strict=True)
    ]
    is_it = "it is this one" if len(buttons) == 1 else "it is one of these"
    title = f" “{markdown.safe(names.title, 200)}”" if names.title else ""
    problem = f" {names.problem}" if names.problem else ""
    card = paper_cards.message(
        f"I am not sure which paper this PDF{title} is.{problem} Perhaps {is_it}, perhaps they are what it cites."
        f"\n-# If not: {_ADVICE}."
    )
    card.note_buttons = buttons
    return card


class AddNamedButton(StatefulButton[AddNamed], id_type=AddNamed):
    """Adds the paper that a PDF is said to be."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, _add(interaction, self.state.question))


async def _add(interaction: Interaction, token: str) -> CardView:
    text = await button_state.recall(interaction.client.library.db, "identifier", scope_of(interaction), token)
    if text is None:
        raise UserError("I no longer know that identifier. Give it to /add.")
    return await add_by_id.add(interaction, SOURCE_NAME, identifiers.find(text)[:1])


def _named(one: Identifier) -> str:
    return f"{paper_text.SCHEME_NAMES.get(one.scheme, one.scheme)} {markdown.plain(one.value, 60)}"


def _nothing(names: DocumentNames) -> str:
    title = f": “{markdown.safe(names.title, 200)}”" if names.title else ""
    if names.problem:
        return f"I cannot read which paper that PDF is. {names.problem} {_ADVICE}{title}."
    return f"No arXiv id or DOI is on that PDF's first page, in its metadata or in its name. {_ADVICE}{title}."
