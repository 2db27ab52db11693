"""`/team`: whom a server calls its team, and what they do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from discord import app_commands

from commands import disambiguation, options, subscribe, suggestions
from commands.addresses import TeamPage
from commands.author_ids import FollowTeam, TeamList
from commands.buttons import StatefulButton, StatefulSelect
from commands.context import Interaction, drawn, view_of
from commands.errors import UserError
from commands.respond import edit_or_reply, reply
from commands.views import network_chart, team_cards
from commands.views.layout import CardView
from store import team_profile
from store.guilds import team_members
from store.models import Author
from store.search.parser import QueryError, parse
from store.search.query import Clause, Query, Term

NEW_FOR = timedelta(days=30)
"""For which papers are told as new ones."""


@app_commands.command(name="team", description="Your team: its people, what came out lately, who works with whom")
@app_commands.describe(add="Somebody to add to the team", private=options.PRIVATE)
@app_commands.autocomplete(add=suggestions.suggest_authors)
async def team_command(interaction: Interaction, add: options.Name | None = None, private: bool = False) -> None:
    """Answer `/team`."""
    await reply(interaction, _add(interaction, add) if add else card(interaction, TeamPage()), private=private)


async def card(interaction: Interaction, address: TeamPage) -> CardView:
    """The team of the server."""
    since = datetime.now(UTC).date() - NEW_FOR
    what = await team_profile.load(view_of(interaction), since.isoformat())
    chart = await drawn(interaction, network_chart.network, [one.name for one in what.people], what.pairs)
    return team_cards.team(team_cards.TeamView(what, since, chart, _followed(what.people) is not None), address)


async def _add(interaction: Interaction, typed: str) -> CardView:
    view, who = view_of(interaction), await disambiguation.the_author(interaction, typed)
    async with view.db.write() as connection:
        await team_members.add(connection, view.owner, who.handle)
    return await card(interaction, TeamPage())


class TeamSelect(StatefulSelect[TeamList], id_type=TeamList):
    """Takes somebody out of the team."""

    async def answer(self, interaction: Interaction) -> None:
        await edit_or_reply(interaction, self._out(interaction))

    async def _out(self, interaction: Interaction) -> CardView:
        await team_profile.remove(view_of(interaction), self.item.values[0])
        return await card(interaction, TeamPage())


class FollowTeamButton(StatefulButton[FollowTeam], id_type=FollowTeam):
    """The preview of a subscription to all of the team."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, self._proposed(interaction), private=True)

    async def _proposed(self, interaction: Interaction) -> CardView:
        followed = _followed(await team_profile.members(view_of(interaction)))
        if followed is None:
            raise UserError("The team has changed, so that one subscription cannot name all. Use /team again.")
        return await subscribe.proposed(interaction, followed)


def _followed(people: tuple[Author, ...] | list[Author]) -> Query | None:
    """The query for papers by any of them; None for nobody, and where their names are too long for one query."""
    any_of = Clause(alternatives=tuple(Term(kind="author", value=one.name) for one in people))
    try:
        return parse(Query(clauses=(any_of,)).canonical()) if people else None
    except QueryError:
        return None
