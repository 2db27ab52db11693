"""`/follow`: papers close to those that one names; shows what it would have posted, then asks."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import UTC, datetime
from typing import Literal

import discord
from discord import app_commands

from commands import drafts, places, suggestions
from commands.buttons import StatefulButton
from commands.context import Interaction, scope_of, view_of
from commands.drafts import Draft
from commands.errors import UserError
from commands.follow_ids import FollowDecision, FollowPaper, PaperVote, PostVotes
from commands.permissions import require_channel, require_manager, require_mentionable
from commands.respond import edit_or_reply, edit_with, reply
from commands.schedules import CADENCE_CHOICES, WEEKDAY_CHOICES, read_schedule, suggest_zones
from commands.views import follow_cards, markdown, paper_cards, subscription_cards
from commands.views.layout import CardView
from store import team_profile
from store.closeness.followed import followed_paper, papers_of_author
from store.guilds import follows, own_papers, subscriptions
from store.guilds.following import Following, following
from store.guilds.follows import MOST_PAPERS, FollowedPaper
from store.guilds.own_papers import owner_of
from store.guilds.subscriptions import MAX_CAP, Options, TooManyError
from store.lookup.resolve import Sure
from store.models import Author, Handle, Paper
from store.similarity.terms import terms_of
from store.storage import button_state
from store.text import identifiers
from store.text.arxiv_taxonomy import ARCHIVES, archive_of, full_category
from store.text.visible import one_line
from store.view import View

MOST_NAMED = 10
"""Papers and people that one command names, each of which is looked up."""
PER_DAY = 3
"""Papers a day, unless somebody says otherwise: about what a person reads, and a group discusses."""
MOST_CATEGORIES = 5
"""Categories whose announcements a subscription needs, the most frequent of its papers."""


class FollowDraft(Draft):
    """A subscription to papers and people, as handles."""

    kind: Literal["follow"] = "follow"
    papers: tuple[Handle, ...]
    people: tuple[Handle, ...]
    per_day: int


@app_commands.command(name="follow", description="Post papers close to some you name; you see a preview first")
@app_commands.describe(
    like="Papers or authors, with ; between, or: the team",
    per_day="About how many papers a day",
    cadence="As they come, or gathered once a day or week",
    at="Time of day of a digest, such as 08:30",
    weekday="Day of a weekly digest",
    zone="Time zone of that time, such as Europe/Berlin",
    role="A role to mention with each post",
    cap="Most papers in a post; a button shows the others",
)
@app_commands.choices(cadence=CADENCE_CHOICES)
@app_commands.choices(weekday=WEEKDAY_CHOICES)
@app_commands.autocomplete(like=suggestions.suggest_several, zone=suggest_zones)
@app_commands.default_permissions(manage_channels=True)
async def follow_command(
    interaction: Interaction,
    like: app_commands.Range[str, 1, 600],
    per_day: app_commands.Range[int, 1, MAX_CAP] = PER_DAY,
    cadence: str = "now",
    at: app_commands.Range[str, 1, 8] = "08:30",
    weekday: int = 0,
    zone: app_commands.Range[str, 1, 60] = "UTC",
    role: discord.Role | None = None,
    cap: app_commands.Range[int, 1, MAX_CAP] = 10,
) -> None:
    """Answer `/follow`."""
    require_manager(interaction)
    require_channel(interaction, own_thread=False)
    chosen = Options(
        schedule=read_schedule(cadence, at, weekday, zone),
        role_id=require_mentionable(interaction, role),
        cap=cap,
        once=True,
    )
    await reply(interaction, _preview(interaction, like, per_day, chosen), private=True)


async def _preview(interaction: Interaction, like: str, per_day: int, chosen: Options) -> CardView:
    papers, people = await _named(interaction, like)
    return await _preview_of(
        interaction,
        FollowDraft(
            scope=scope_of(interaction),
            person_id=interaction.user.id,
            papers=tuple(paper.handle for paper in papers),
            people=tuple(who.handle for who in people),
            per_day=per_day,
            options=chosen,
            anchor_id=interaction.id,
        ),
    )


class FollowPaperButton(StatefulButton[FollowPaper], id_type=FollowPaper):
    """The preview of following papers close to one, here or for oneself."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, self._preview(interaction), private=True)

    async def _preview(self, interaction: Interaction) -> CardView:
        here, personal = await places.options_of(interaction)
        draft = FollowDraft(
            scope=scope_of(interaction),
            person_id=interaction.user.id,
            papers=(self.state.handle,),
            people=(),
            per_day=PER_DAY,
            options=here,
            personal=personal,
            anchor_id=interaction.id,
        )
        return await _preview_of(interaction, draft)


async def _preview_of(interaction: Interaction, draft: FollowDraft) -> CardView:
    library, now = interaction.client.library, datetime.now(UTC)
    query, what = await _followed(interaction, draft, draft.options)
    view = _view_for(interaction, draft, draft.options)
    would_post = await library.scores.preview(view.owner, what, query, now, follow_cards.SAMPLES)
    question = await button_state.keep(library.db, "follow", draft.scope, draft.model_dump_json())
    watched = interaction.client.announcements is not None
    plan = follow_cards.FollowPlan(query, draft.options, watched, draft.personal)
    return follow_cards.preview(plan, would_post, question)


def _view_for(interaction: Interaction, draft: FollowDraft, chosen: Options | None) -> View:
    """The papers as the channel sees them, or whoever follows for themselves."""
    if chosen is None or chosen is draft.personal:
        return interaction.client.library.view(owner_of(0, draft.person_id))
    return view_of(interaction)


async def _named(interaction: Interaction, like: str) -> tuple[list[Paper], list[Author]]:
    """The papers and people that were typed; raises `UserError` where one is not sure."""
    parts = [part for typed in like.split(";") if (part := one_line(typed))]
    if not parts:
        raise UserError("Name a paper or an author; several with ; between, or: the team.")
    if len(parts) > MOST_NAMED:
        raise UserError(f"Name at most {MOST_NAMED} papers and authors; follow the others apart.")
    papers: dict[Handle, Paper] = {}
    people: dict[Handle, Author] = {}
    for part in parts:
        if part.casefold() in suggestions.TEAM:
            members = await team_profile.members(view_of(interaction))
            if not members:
                raise UserError("Nobody is in the team yet. Add people with /team first.")
            people |= {who.handle: who for who in members}
        elif isinstance(found := await _meant(interaction, part), Paper):
            papers[found.handle] = found
        else:
            people[found.handle] = found
    return list(papers.values()), list(people.values())


async def _meant(interaction: Interaction, typed: str) -> Paper | Author:
    """The paper or author that was meant for sure."""
    view = view_of(interaction)
    if paper := await view.paper(typed):
        return paper
    if author := await view.author(typed):
        return author
    if len(named := await view.papers_named(identifiers.find(typed))) == 1:
        return named[0]
    title, name = await view.resolve_paper(typed), await view.resolve_author(typed)
    if isinstance(name, Sure) and not (isinstance(title, Sure) and title.hit.score > name.hit.score):
        author = await view.author(name.hit.handle)
    elif isinstance(title, Sure):
        paper = await view.paper(title.hit.handle)
    if found := paper or author:
        return found
    raise UserError(
        f"“{markdown.echo(typed, 100)}” may be several papers or people, or none. Choose one that I suggest."
    )


async def _followed(
    interaction: Interaction, draft: FollowDraft, chosen: Options | None
) -> tuple[Following, list[FollowedPaper]]:
    """What a draft follows, read again: its papers, and those of its people."""
    view = _view_for(interaction, draft, chosen)
    papers = await view.papers(draft.papers)
    people = await view.authors(draft.people)
    if not papers and not people:
        raise UserError("What you named is no longer here. Use /follow again.")
    what = await asyncio.to_thread(lambda: [followed_paper(paper) for paper in papers])
    for who in people:
        what += await papers_of_author(view, who.handle, who.name)
    what = list({paper.handle: paper for paper in reversed(what)}.values())[::-1][:MOST_PAPERS]
    if not any(len(paper.terms.terms) for paper in what):
        raise UserError("I know no papers by them that say anything. Add some with /add, then follow them.")
    async with view.db.read() as connection:
        known = await own_papers.load_by_handles(connection, view.owner, [paper.handle for paper in what])
    counts = Counter(full_category(paper.category) for paper in known.values() if paper.category)
    categories = [name for name, _ in counts.most_common(MOST_CATEGORIES) if archive_of(name) in ARCHIVES]
    names = [*(paper.title for paper in papers), *(who.name for who in people)]
    return following(names, draft.per_day, categories), what


class FollowButton(StatefulButton[FollowDecision], id_type=FollowDecision):
    """Confirm or Cancel under a preview."""

    async def answer(self, interaction: Interaction) -> None:
        draft = await drafts.recall(interaction, FollowDraft, "follow", self.state.question, "/follow")
        if self.state.verb == "no":
            await edit_with(interaction, paper_cards.message("Cancelled. Nothing is followed."))
            return
        chosen = places.confirmed(interaction, draft, self.state.verb)
        await edit_or_reply(interaction, _made(interaction, draft, chosen))


async def _made(interaction: Interaction, draft: FollowDraft, chosen: Options) -> CardView:
    db, scope = interaction.client.library.db, draft.scope
    query, what = await _followed(interaction, draft, chosen)
    if chosen is draft.personal:
        told = f"From now on, papers {subscription_cards.quoted_query(query)} come to you here."
        scope = await places.direct_messages(interaction, paper_cards.message(told))
    made = await subscriptions.by_anchor(db, scope, draft.anchor_id)
    if made is None:
        try:
            made = await subscriptions.create(
                db, scope, scope.channel_id, draft.person_id, query, chosen, datetime.now(UTC),
                draft.anchor_id, what, draft.people,
            )  # fmt: skip
        except TooManyError as error:
            raise UserError(str(error)) from error
    heading = "### Followed\nVote 👍 or 👎 under its posts, and it learns."
    if chosen is draft.personal:
        heading += f"\n{places.for_you(interaction)}"
    return subscription_cards.subscription(made, heading)


class PaperVoteButton(StatefulButton[PaperVote], id_type=PaperVote):
    """A vote on a paper of a post, by whoever reads it."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, _voted(interaction, self.state), private=True)


async def _voted(interaction: Interaction, state: PaperVote) -> CardView:
    view, wanted = view_of(interaction), state.verb == "up"
    async with view.db.read() as connection:
        found = await follows.voted_on(connection, scope_of(interaction), state.token)
    paper = await view.paper(state.handle)
    brought = found.get(state.handle) or (found.get(paper.handle) if paper else None)
    if not paper or not brought:
        raise UserError("Nothing here follows such papers any more, so there is nothing to learn.")
    terms = await asyncio.to_thread(terms_of, paper)
    async with view.db.write() as connection:
        for subscription_id in brought:
            counts = await follows.vote(
                connection, subscription_id, interaction.user.id, paper.handle, terms, datetime.now(UTC), wanted=wanted
            )
        up, down = await follows.count_votes(connection, brought[0])
    return follow_cards.voted(paper, wanted=wanted, counts=counts, up=up, down=down)


class PostVotesButton(StatefulButton[PostVotes], id_type=PostVotes):
    """The papers of a post, to vote on each."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, self._votes(interaction), private=True)

    async def _votes(self, interaction: Interaction) -> CardView:
        view = view_of(interaction)
        async with view.db.read() as connection:
            found = await follows.voted_on(connection, scope_of(interaction), self.state.token)
        papers = await view.papers(list(found))
        if not papers:
            raise UserError("Nothing here follows such papers any more, so there is nothing to learn.")
        return follow_cards.votes(papers, self.state.token)
