"""The buttons of the journal club: nominating, the rota, swaps, notes, and calling off."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Self

import discord

from commands import club
from commands.buttons import StatefulButton, StatefulSelect
from commands.club_ids import (
    AddNote,
    CallOff,
    ClubAction,
    ClubNominations,
    ClubNotes,
    ClubPage,
    Nominate,
    NoteText,
    SwapAnswer,
    WithdrawNomination,
)
from commands.club_permissions import manages, require_club_manager
from commands.context import Interaction, view_of
from commands.errors import UserError
from commands.modals import Form
from commands.permissions import require_guild
from commands.respond import edit_or_reply, reply, reply_with
from commands.views import club_cards, paper_cards
from commands.views.layout import ButtonSpec, CardView
from store.guilds import paper_notes
from store.guilds.club import clubs, progress, rotas, sessions
from store.guilds.club.models import Session
from store.guilds.club.rota import Presenter
from store.guilds.club.rotas import RotaIsFullError
from store.guilds.paper_notes import TooManyNotesError
from store.text.partial_dates import in_words
from store.text.tags_and_notes import LONGEST_NOTE


class NominateButton(StatefulButton[Nominate], id_type=Nominate):
    """Nominates a paper from its card."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, self._nominate(interaction), private=True)

    async def _nominate(self, interaction: Interaction) -> CardView:
        await club.require_club(interaction)
        paper = await view_of(interaction).paper(self.state.handle)
        if paper is None:
            raise UserError("That paper is no longer here.")
        return await club.nominate(interaction, paper)


class WithdrawNominationSelect(StatefulSelect[WithdrawNomination], id_type=WithdrawNomination):
    """Takes a nomination back."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._withdraw(interaction))

    async def _withdraw(self, interaction: Interaction) -> CardView:
        of, handle = await club.require_club(interaction), self.item.values[0]
        async with interaction.client.library.db.write() as connection:
            for one in await clubs.nominated(connection, of.owner):
                if one.handle == handle and (manages(interaction, of) or one.person_id == interaction.user.id):
                    await clubs.withdraw(connection, of.owner, handle)
        return await club.card(interaction, ClubNominations())


class ClubActionButton(StatefulButton[ClubAction], id_type=ClubAction):
    """Joins or leaves the rota; ends the club, or calls a session off, which is asked first."""

    async def answer(self, interaction: Interaction) -> None:
        of, verb = await club.require_club(interaction), self.state.verb
        if verb in ("join", "leave"):
            await edit_or_reply(interaction, _join(interaction, joins=verb == "join"))
            return
        require_club_manager(interaction, of)
        if verb == "ended":
            await edit_or_reply(interaction, _end(interaction, of.owner))
            return
        if verb == "end":
            question = "End the journal club? What was read, nominated and noted is kept."
            button = ButtonSpec("End the club", ClubAction("ended"))
        else:
            async with interaction.client.library.db.read() as connection:
                session = await sessions.current(connection, of.owner)
            if session is None:
                raise UserError("No session is being prepared.")
            day = session.day.isoformat()
            question = f"Call the session on {in_words(day)} off? Its paper and its nominations stay for the next one."
            button = ButtonSpec("Call it off", CallOff(day))
        await reply_with(interaction, club_cards.confirm(question, button), private=True)


async def _join(interaction: Interaction, *, joins: bool) -> CardView:
    guild_id, person_id = require_guild(interaction), interaction.user.id
    async with interaction.client.library.db.write() as connection:
        people = await rotas.of_owner(connection, guild_id)
        others = tuple(who for who in people if who.person_id != person_id)
        if joins == (len(others) == len(people)):
            try:
                await rotas.save(connection, guild_id, (*others, Presenter(person_id=person_id)) if joins else others)
            except RotaIsFullError as error:
                raise UserError(error.message) from error
        await progress.advance(connection, guild_id, datetime.now(UTC))
    club.wake(interaction)
    return await club.card(interaction, ClubPage())


async def _end(interaction: Interaction, owner: int) -> CardView:
    async with interaction.client.library.db.write() as connection:
        if of := await clubs.of_owner(connection, owner):
            await progress.end(connection, of, datetime.now(UTC))
    club.wake(interaction)
    return paper_cards.message("The journal club has ended. Its nominations, rota and notes are kept for a new one.")


class CallOffButton(StatefulButton[CallOff], id_type=CallOff):
    """Calls the session of a day off."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._call_off(interaction))

    async def _call_off(self, interaction: Interaction) -> CardView:
        of = await club.require_club(interaction)
        require_club_manager(interaction, of)
        now = datetime.now(UTC)
        async with interaction.client.library.db.write() as connection:
            session = await sessions.current(connection, of.owner)
            if session is None or session.day.isoformat() != self.state.since:
                raise UserError("That session is over, or was called off.")
            await progress.skip(connection, of, session, "called_off", now)
            await progress.advance(connection, of.owner, now)
        club.wake(interaction)
        return await club.card(interaction, ClubPage())


class SwapAnswerButton(StatefulButton[SwapAnswer], id_type=SwapAnswer):
    """Agrees to change places in the rota, or does not. It may be pressed in direct messages."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._answer(interaction))

    async def _answer(self, interaction: Interaction) -> CardView:
        agreed, now = self.state.verb == "yes", datetime.now(UTC)
        async with interaction.client.library.db.write() as connection:
            swap = await rotas.swap_of(connection, self.state.question)
            if swap is None:
                raise UserError("That was answered already, or is not asked any more.")
            if interaction.user.id != swap.asked_id:
                raise UserError(f"Only <@{swap.asked_id}> can answer that.")
            await rotas.answer_swap(connection, swap, agreed=agreed)
            await progress.advance(connection, swap.owner, now)
        club.wake(interaction)
        said = "You have changed places." if agreed else "Nothing changes."
        return paper_cards.message(f"{said} /club shows who presents when.")


class AddNoteButton(StatefulButton[AddNote], id_type=AddNote):
    """Opens the form for a note."""

    async def answer(self, interaction: Interaction) -> None:
        form = await NoteForm.make(interaction, NoteText(self.state.since))
        await form.open(interaction)


class NoteForm(Form[NoteText], title="A note on the session", id_type=NoteText):
    """A note on what was said in a session."""

    def __init__(self, state: NoteText) -> None:
        super().__init__(state)
        field: discord.ui.TextInput[discord.ui.Modal] = discord.ui.TextInput(
            custom_id="said", style=discord.TextStyle.paragraph, max_length=LONGEST_NOTE
        )
        self.add_field("What is to be kept, for everybody here", field)

    @classmethod
    async def make(cls, interaction: Interaction, state: NoteText) -> Self:
        await _session_of(interaction, state)
        return cls(state)

    @classmethod
    async def answer(cls, interaction: Interaction, state: NoteText, values: Mapping[str, str]) -> None:
        await reply(interaction, _noted(interaction, state, values["said"]), private=True)


async def _session_of(interaction: Interaction, state: NoteText) -> Session:
    guild_id = require_guild(interaction)
    async with interaction.client.library.db.read() as connection:
        session = await sessions.on_day(connection, guild_id, state.since)
    if session is None or session.paper is None:
        raise UserError("I know no session of that day.")
    return session


async def _noted(interaction: Interaction, state: NoteText, said: str) -> CardView:
    session = await _session_of(interaction, state)
    assert session.paper
    handle, person_id = session.paper.handle, interaction.user.id
    async with interaction.client.library.db.write() as connection:
        try:
            now = datetime.now(UTC)
            kept = await paper_notes.add(connection, session.owner, person_id, handle, said, now, shared=True)
        except TooManyNotesError as error:
            raise UserError(error.message) from error
    if kept is None:
        raise UserError("The note is empty.")
    return await club.card(interaction, ClubNotes(handle))
