"""`/club`: how the journal club of a server stands, nominations, and the rota of presenters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import discord
from discord import app_commands

from commands import disambiguation, options, suggestions
from commands.addresses import CardAddress
from commands.club_ids import ClubNominations, ClubNotes, ClubPage
from commands.club_permissions import lacking, manages
from commands.context import CLUBS_CHANGED, OUTBOX_CHANGED, Interaction, view_of
from commands.errors import UserError
from commands.permissions import is_manager, require_guild, whom_to_ask
from commands.respond import reply
from commands.views import club_cards, paper_cards
from commands.views.layout import CardView
from store.guilds import paper_notes, scheduled_messages
from store.guilds.club import calendar, clubs, progress, rota, rotas, sessions
from store.guilds.club.clubs import TooManyNominatedError
from store.guilds.club.messages import REASON, SwapRequest
from store.guilds.club.models import Club
from store.guilds.scheduled_messages import KEPT, NewMessage
from store.models import Paper
from store.text.partial_dates import in_words

_UPCOMING = 5
"""Sessions of which the card says who presents."""


@app_commands.command(name="club", description="The journal club: next session, nominations, and who presents")
@app_commands.describe(
    nominate="A paper to read: words of its title, an arXiv id or a DOI",
    swap_with="Ask somebody to change places with you in the rota",
    away_until="You do not present until after this day, such as 2026-12-24",
    private=options.PRIVATE,
)
@app_commands.autocomplete(nominate=suggestions.suggest_papers)
async def club_command(
    interaction: Interaction,
    nominate: options.Title | None = None,
    swap_with: discord.User | None = None,
    away_until: options.QueryDate | None = None,
    private: bool = True,
) -> None:
    """Answer `/club`."""
    require_guild(interaction)
    if nominate:
        await reply(interaction, _nominate_named(interaction, nominate), private=private)
    elif swap_with:
        await reply(interaction, _ask_swap(interaction, swap_with.id), private=True)
    elif away_until:
        await reply(interaction, _away(interaction, options.read_day(away_until)), private=True)
    else:
        await reply(interaction, card(interaction, ClubPage()), private=private)


def wake(interaction: Interaction) -> None:
    """Have done and sent what has become due by what somebody did."""
    interaction.client.dispatch(CLUBS_CHANGED)
    interaction.client.dispatch(OUTBOX_CHANGED)


async def require_club(interaction: Interaction) -> Club:
    """The club of the server where somebody asks; raises `UserError` that says how to get one."""
    guild_id = require_guild(interaction)
    async with interaction.client.library.db.read() as connection:
        club = await clubs.of_owner(connection, guild_id)
    if club is None:
        whom = "Set one up with /clubsetup, such as `/clubsetup weekday:Thursday at:16:00 zone:Europe/Berlin`."
        ask = f"Somebody with the permission Manage Channels can set one up: ask {whom_to_ask(interaction)}."
        raise UserError(f"There is no journal club here yet. {whom if is_manager(interaction) else ask}")
    return club


async def card(interaction: Interaction, address: CardAddress) -> CardView:
    """The card of the club at this address."""
    club = await require_club(interaction)
    match address:
        case ClubPage():
            return club_cards.status(await status(interaction, club), address)
        case ClubNominations():
            async with interaction.client.library.db.read() as connection:
                found = await clubs.nominated(connection, club.owner)
            mine = [one for one in found if manages(interaction, club) or one.person_id == interaction.user.id]
            return club_cards.nominations(found, mine, address)
        case ClubNotes():
            return await _notes(interaction, address)
    raise AssertionError(address)


async def status(interaction: Interaction, club: Club) -> club_cards.ClubStatus:
    """How the club stands now; what is due is done first."""
    now = datetime.now(UTC)
    async with interaction.client.library.db.write() as connection:
        session = await progress.advance(connection, club.owner, now)
        assert session is not None
        people = await rotas.of_owner(connection, club.owner)
        nominated = await clubs.nominated(connection, club.owner)
        swaps = await rotas.swaps(connection, club.owner)
        last = await sessions.last(connection, club.owner)
        left_out = await progress.left_out(connection, last) if last else []
        poll = await scheduled_messages.by_key(connection, session.key("poll"))
    days = [session.day]
    while len(days) < _UPCOMING:
        days.append(calendar.next_day(club.rhythm, now, after=days[-1]))
    return club_cards.ClubStatus(
        club=club,
        place=progress.place(club),
        session=session,
        poll_id=poll.message_id if poll else None,
        nominated=nominated,
        presenters=list(zip(days, rota.upcoming(people, days), strict=True)),
        swaps=swaps,
        last=last,
        left_out=left_out,
        lacking=lacking(interaction.guild, club),
        manages=manages(interaction, club),
    )


async def _notes(interaction: Interaction, address: ClubNotes) -> CardView:
    view = view_of(interaction)
    paper = await view.paper(address.handle)
    if paper is None:
        raise UserError("That paper is no longer here.")
    async with view.db.read() as connection:
        held = await sessions.of_paper(connection, view.owner, paper.handle)
        noted = await paper_notes.notes_of(connection, view.owner, interaction.user.id, paper.handle)
    return club_cards.notes(paper, held, [one for one in noted if one.shared], address)


async def _nominate_named(interaction: Interaction, typed: str) -> CardView:
    await require_club(interaction)
    return await nominate(interaction, await disambiguation.the_paper(interaction, typed))


async def nominate(interaction: Interaction, paper: Paper) -> CardView:
    """Nominate a paper for whoever asks."""
    club, now = await require_club(interaction), datetime.now(UTC)
    async with interaction.client.library.db.write() as connection:
        session = await sessions.current(connection, club.owner)
        if session and session.paper and session.paper.handle == paper.handle:
            raise UserError("That paper is chosen for the next session already.")
        try:
            is_new = await clubs.nominate(connection, club.owner, paper.handle, paper.title, interaction.user.id, now)
        except TooManyNominatedError as error:
            most = clubs.MOST_NOMINATED
            raise UserError(f"{most} papers are nominated already. Take one back first: /club, Nominations.") from error
        await progress.advance(connection, club.owner, now)
    wake(interaction)
    return club_cards.nominated(paper, is_new)


async def _ask_swap(interaction: Interaction, asked_id: int) -> CardView:
    club, now, asker_id = await require_club(interaction), datetime.now(UTC), interaction.user.id
    async with interaction.client.library.db.write() as connection:
        in_rota = {who.person_id for who in await rotas.of_owner(connection, club.owner)}
        if asker_id not in in_rota or asked_id not in in_rota or asker_id == asked_id:
            raise UserError(
                "You can change places with somebody if you are both in the rota: press Join the rota in /club."
            )
        swap = await rotas.ask_swap(connection, club.owner, asker_id, asked_id, now)
        content = SwapRequest(token=swap.token, guild_id=club.owner, channel_id=club.channel_id, asker_id=asker_id)
        await scheduled_messages.schedule(
            connection,
            NewMessage(
                key=f"swap:{swap.token}",
                owner=club.owner,
                kind="club_swap",
                content=content.model_dump_json(),
                reason=REASON,
                due=now,
                expires=now + KEPT,
                person_id=asked_id,
                anchor_id=interaction.id,
            ),
        )
    wake(interaction)
    return paper_cards.message(
        f"I have asked <@{asked_id}> in a direct message; they can also answer in /club. Nothing changes"
        " until they agree."
    )


async def _away(interaction: Interaction, until: date) -> CardView:
    club = await require_club(interaction)
    async with interaction.client.library.db.write() as connection:
        people = await rotas.of_owner(connection, club.owner)
        if interaction.user.id not in [who.person_id for who in people]:
            raise UserError("You are not in the rota. Press Join the rota in /club first.")
        today = datetime.now(ZoneInfo(club.rhythm.zone)).date()
        away = until if until >= today else None
        changed = [
            who.model_copy(update={"away_until": away}) if who.person_id == interaction.user.id else who
            for who in people
        ]
        await rotas.save(connection, club.owner, tuple(changed))
        await progress.advance(connection, club.owner, datetime.now(UTC))
    wake(interaction)
    said = (
        f"You do not present up to {in_words(away.isoformat())}; you keep your place for later."
        if away
        else "You are back."
    )
    return paper_cards.message(said)
