"""Teaching: a person says what they meant by words that nothing fits, and from then on these words find it here.

Nothing is learned by looking: only a yes makes an alias. It names whoever said so, and anybody can undo it.
"""

from __future__ import annotations

from collections.abc import Sequence

from commands.addresses import PickedAuthor, PickedPaper
from commands.context import Interaction, scope_of
from commands.custom_ids import MeantAuthor, MeantPaper
from commands.errors import UserError
from commands.verbs import MeantReply
from commands.views import markdown
from commands.views.layout import ButtonSpec, CardView
from store.guilds import aliases
from store.guilds.aliases import AliasKind
from store.storage import button_state
from store.text.timestamps import day_in_words

Picked = PickedPaper | PickedAuthor
Meant = MeantPaper | MeantAuthor
_LABELS: dict[MeantReply, str] = {"yes": "Yes, remember it", "no": "No", "undo": "Undo"}
_MAX_ECHO = 80


def kind_of(about: Picked | Meant) -> AliasKind:
    """Whether a title or an author was typed."""
    return "title" if isinstance(about, PickedPaper | MeantPaper) else "author"


async def typed(interaction: Interaction, about: Picked | Meant) -> str:
    """What was typed; raises `UserError` where that is too long ago."""
    db = interaction.client.library.db
    text = await button_state.recall(db, kind_of(about), scope_of(interaction), about.question)
    if text is None:
        raise UserError("I no longer know what was typed. Ask again.")
    return text


async def ask(interaction: Interaction, card: CardView, picked: Picked) -> CardView:
    """The card of what was picked where nothing fitted, with the question whether it was meant.

    In direct messages nothing is taught.
    """
    if interaction.guild_id:
        text = markdown.echo(await typed(interaction, picked), _MAX_ECHO)
        card.note = f"-# Is this what you meant by “{text}”?"
        card.note_buttons = _buttons(picked, ("yes", "no"))
    return card


async def name_source(interaction: Interaction, card: CardView, picked: Picked, query: str) -> CardView:
    """The card of what an alias led to, with who taught it and a way to undo it."""
    lesson = await aliases.lesson(interaction.client.library.db, scope_of(interaction).guild_id, kind_of(picked), query)
    if lesson is None:
        return card
    text = markdown.echo(query, _MAX_ECHO)
    if lesson.taught_by is None:
        card.note = f"-# Somebody here once picked this for “{text}”. Is it what you meant?"
        card.note_buttons = _buttons(picked, ("yes", "no"))
    else:
        day = day_in_words(lesson.added)
        card.note = f"-# “{text}” is understood as this, as <@{lesson.taught_by}> said on {day}."
        card.note_buttons = _buttons(picked, ("undo",))
    return card


async def remember(interaction: Interaction, card: CardView, meant: Meant) -> CardView:
    """Let what was typed stand for this on this server from now on, and say so under its card."""
    query, guild_id = await typed(interaction, meant), scope_of(interaction).guild_id
    db, user_id = interaction.client.library.db, interaction.user.id
    if not await aliases.remember(db, guild_id, kind_of(meant), query, meant.handle, taught_by=user_id):
        raise UserError("I cannot remember that: it has no word, or it is too long.")
    card.note = f"-# “{markdown.echo(query, _MAX_ECHO)}” leads here from now on, for everybody on this server."
    card.note_buttons = _buttons(meant, ("undo",))
    return card


async def forget(interaction: Interaction, meant: Meant) -> None:
    """Undo what was taught; after a no, only what nobody has taught but a former version has noted."""
    db, guild_id, query = interaction.client.library.db, scope_of(interaction).guild_id, await typed(interaction, meant)
    lesson = await aliases.lesson(db, guild_id, kind_of(meant), query)
    if lesson and (meant.reply == "undo" or lesson.taught_by is None):
        await aliases.forget(db, guild_id, kind_of(meant), query)


def _buttons(about: Picked | Meant, replies: Sequence[MeantReply]) -> list[ButtonSpec]:
    return [ButtonSpec(_LABELS[reply], _meant(about, reply)) for reply in replies]


def _meant(about: Picked | Meant, reply: MeantReply) -> Meant:
    if isinstance(about, PickedPaper | MeantPaper):
        return MeantPaper(reply, about.verb, about.handle, about.question)
    return MeantAuthor(reply, about.handle, about.question)
