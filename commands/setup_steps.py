"""The steps of `/setup`: finding people, fetching their papers, proposing what to follow, and subscribing."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from commands import service_intake
from commands.context import Interaction, owner_of, scope_of, view_of
from commands.errors import UserError
from commands.respond import show_progress
from commands.views import markdown, paper_cards, preview_card, setup_cards
from commands.views.layout import CardView
from commands.views.setup_cards import Proposal, Setup
from store import team
from store.guilds import subscriptions, team_members
from store.guilds.person_intakes import PersonIntake
from store.guilds.subscriptions import Options, Scope, TooManyError
from store.guilds.team_members import TeamIsFullError
from store.models import Handle
from store.outside import FoundPerson
from store.preview import Heard, matching, preview, sources
from store.search.parser import QueryError, parse
from store.search.query import Query
from store.storage import button_state
from store.team import Member

ASKING = "Asking arXiv what it announced last …"


async def find(interaction: Interaction, setup: Setup, typed: list[str]) -> CardView:
    """Ask who each line is, one after the other, as services are asked at their own pace anyway."""
    done = 0

    async def found(line: str) -> Member:
        nonlocal done
        if refusal := interaction.client.limits.refusal(interaction.user.id, interaction.guild_id, "search"):
            return Member(typed=line, failures=(refusal,))
        member = await team.find(interaction.client.outside, line)
        done += 1
        await show_progress(interaction, f"-# Looking for your team: {done} of {len(typed)} …")
        return member

    members = tuple([await found(line) for line in typed])
    setup = setup.model_copy(update={"members": members})
    if not members:
        await show_progress(interaction, f"-# {ASKING}")
        return await _propose(interaction, setup)
    return setup_cards.team(setup, await keep(interaction, setup))


async def fetch(interaction: Interaction, setup: Setup, token: Handle) -> CardView:
    """Take in the first page of everybody's papers, one after the other, and propose what to follow."""
    setup = setup.model_copy(update={"fetched": ()})
    people, client = setup.people, interaction.client
    share = client.limits.share(interaction.user.id, interaction.guild_id, "person", len(people)) if people else 0
    for at, person in enumerate(people):
        doing = f"Fetching {at + 1} of {markdown.counted(len(people), 'person').replace('persons', 'people')} …"
        await interaction.edit_original_response(view=setup_cards.fetching(setup, token, doing))
        if at < share:
            intake = await service_intake.begin(interaction, person.everywhere)
            line = _fetched(person, intake)
            if intake.author:
                await _join_team(interaction, intake.author)
        else:
            line = f"✗ {markdown.safe(person.name, 80)}: not fetched, as too many people were lately; try /author later"
        setup = setup.model_copy(update={"fetched": (*setup.fetched, line)})
    view = setup_cards.fetching(setup, token, ASKING)
    await interaction.edit_original_response(view=view)
    return await _propose(interaction, setup)


async def _join_team(interaction: Interaction, author: Handle) -> None:
    """Make somebody a member of the server's team; where it is full, they are followed all the same."""
    with suppress(TeamIsFullError):
        async with interaction.client.library.db.write() as connection:
            await team_members.add(connection, owner_of(interaction), author)


def _fetched(person: FoundPerson, intake: PersonIntake) -> str:
    name = f"**{markdown.safe(person.name, 80)}**"
    if intake.author is None:
        return f"✗ {name}: {markdown.safe(intake.failure, 160)} I try again by myself."
    if intake.complete:
        return f"✓ {name}: {markdown.counted(intake.taken, 'paper')}"
    total = f" of {intake.total:,}" if intake.total is not None else ""
    return f"✓ {name}: {intake.taken:,}{total} papers, the rest is on its way"


async def _propose(interaction: Interaction, setup: Setup) -> CardView:
    """The card of proposals. What feeds announced last is asked once for all that were never heard."""
    db, now, announcements = interaction.client.library.db, datetime.now(UTC), interaction.client.announcements
    follow = queries(setup)
    needed = {query: await sources(db, query, now) for query in follow}
    unheard = {name for one in needed.values() for name in one.unheard}
    heard: Heard | None = None
    if announcements is None:
        heard = Heard(problem="whoever runs me has turned off asking arXiv.")
    elif unheard:
        refusal = interaction.client.limits.refusal(interaction.user.id, interaction.guild_id, "fetch")
        heard = Heard(problem=refusal) if refusal else await announcements.hear(unheard)
    here = {one.query for one in await subscriptions.in_channel(db, _target(setup))}
    proposals: list[Proposal] = []
    for query in follow:
        would_post = await preview(view_of(interaction), query, now.date(), 0)
        asked = heard is not None and not heard.problem and bool(needed[query].unheard)
        proposals.append(
            Proposal(
                query=query.canonical(),
                recent=would_post.recent,
                peak=would_post.peak[1] if would_post.peak else 0,
                announced=len(await matching(query, heard.papers)) if heard and asked else None,
                followed=query in here,
            )
        )
    setup = setup.model_copy(
        update={
            "members": tuple(_decided(member) for member in setup.members),
            "proposals": tuple(proposals),
            "wanted": tuple(at for at, one in enumerate(proposals) if not one.followed and not one.is_much),
            "heard": (len(heard.papers), heard.day) if heard and not heard.problem else None,
            "problem": heard.problem or "" if heard else "",
        }
    )
    if not proposals:
        return paper_cards.message("Nobody was chosen and no topics were named, so there is nothing to follow.")
    return setup_cards.proposals(setup, await keep(interaction, setup))


def _decided(member: Member) -> Member:
    """The same without those who were not chosen, who are of no use any more."""
    kept = (member.person,) if member.person else ()
    return member.model_copy(update={"candidates": kept, "chosen": 0 if kept else None})


async def subscribe(interaction: Interaction, setup: Setup) -> CardView:
    """Make the subscriptions that are chosen; each is made once, however often this is confirmed."""
    db, now = interaction.client.library.db, datetime.now(UTC)
    made: list[Query] = []
    problem = ""
    for at in setup.wanted:
        query = parse(setup.proposals[at].query)
        try:
            await subscriptions.create(
                db,
                _target(setup),
                setup.target_id,
                setup.person_id,
                query,
                Options(once=True),
                now,
                setup.anchor_id + at + 1,
            )
        except TooManyError as error:
            problem = str(error)
            break
        made.append(query)
    manage = interaction.client.mention("subscriptions", interaction.permissions)
    notes = [f"-# {manage} there changes, pauses and ends them, and says how often each posts."]
    return setup_cards.done(
        setup, [one.canonical() for one in made], problem, await _coming(interaction, made, now), notes
    )


async def _coming(interaction: Interaction, made: list[Query], now: datetime) -> str:
    """When the first papers may come: the soonest of all."""
    announcements = interaction.client.announcements
    if not made:
        return ""
    arrivals = [preview_card.Arrival(await sources(interaction.client.library.db, query, now), None) for query in made]
    widest = max(arrivals, key=lambda one: len(one.sources.categories))
    if announcements is not None:
        heard = not any(one.sources.unheard for one in arrivals)
        widest = replace(widest, first=announcements.first_announcements(heard=heard))
    return preview_card.coming(widest, now)


def queries(setup: Setup) -> list[Query]:
    """What is to be proposed; raises `UserError` that says what cannot be read."""
    try:
        return team.queries(setup.people, setup.categories, setup.words)
    except QueryError as error:
        raise UserError(markdown.echo(str(error), 400)) from error


def _target(setup: Setup) -> Scope:
    return Scope(setup.scope.guild_id, setup.target_id)


async def keep(interaction: Interaction, setup: Setup) -> Handle:
    """The token of how far it is."""
    db = interaction.client.library.db
    return await button_state.keep(db, "setup", setup.scope, setup.model_dump_json(exclude_defaults=True))


async def kept(interaction: Interaction, token: Handle) -> Setup:
    """How far it is, for whoever began it; raises `UserError` for anybody else, and where that is forgotten."""
    text = await button_state.recall(interaction.client.library.db, "setup", scope_of(interaction), token)
    try:
        setup = Setup.model_validate_json(text or "")
    except ValueError:
        raise UserError("That is too old. Use /setup again.") from None
    if setup.person_id != interaction.user.id:
        raise UserError("Somebody else is setting up with that. Use /setup yourself.")
    return setup
