"""`/subscribe`: shows what it would have posted, then asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

import discord
from discord import app_commands

from commands import custom_ids, drafts, options, own_threads, places, suggestions
from commands.buttons import StatefulButton
from commands.context import Interaction, scope_of, view_of
from commands.drafts import Draft
from commands.errors import UserError
from commands.follow_ids import FollowHits
from commands.permissions import require_channel, require_manager, require_mentionable
from commands.respond import edit_with, first_answer, reply
from commands.schedules import CADENCE_CHOICES, WEEKDAY_CHOICES, read_schedule, suggest_zones
from commands.views import paper_cards, preview_card, subscription_cards
from commands.views.layout import CardView
from store.guilds import subscriptions
from store.guilds.own_papers import owner_of
from store.guilds.subscriptions import MAX_CAP, Options, PostForm, Subscription, TooManyError
from store.preview import Heard, matching, preview, sources
from store.search.parser import parse
from store.search.query import Query
from store.storage import button_state


class QueryDraft(Draft):
    """A subscription to a query."""

    kind: Literal["draft"] = "draft"
    query: str
    own_thread: bool


@app_commands.command(name="subscribe", description="Post new papers in this channel; you see a preview first")
@app_commands.describe(
    query=options.QUERY,
    author=options.AUTHOR,
    category=options.CATEGORY,
    code=options.CODE,
    cadence="As they come, or gathered once a day or week",
    at="Time of day of a digest, such as 08:30",
    weekday="Day of a weekly digest",
    zone="Time zone of that time, such as Europe/Berlin",
    role="A role to mention with each post",
    cap="Most papers in a post; a button shows the others",
    thread="Post into a new thread of its own",
    form="Papers in full or short; without this, five or more are short",
    repeats="Also papers that another channel here has had",
)
@app_commands.choices(cadence=CADENCE_CHOICES)
@app_commands.choices(weekday=WEEKDAY_CHOICES)
@app_commands.autocomplete(author=suggestions.suggest_names, zone=suggest_zones)
@app_commands.default_permissions(manage_channels=True)
async def subscribe_command(
    interaction: Interaction,
    query: options.QueryText,
    author: options.QueryAuthor | None = None,
    category: options.QueryCategory | None = None,
    code: bool | None = None,
    cadence: str = "now",
    at: app_commands.Range[str, 1, 8] = "08:30",
    weekday: int = 0,
    zone: app_commands.Range[str, 1, 60] = "UTC",
    role: discord.Role | None = None,
    cap: app_commands.Range[int, 1, MAX_CAP] = 10,
    thread: bool = False,
    form: PostForm | None = None,
    repeats: bool = False,
) -> None:
    """Answer `/subscribe`."""
    require_manager(interaction)
    require_channel(interaction, own_thread=thread)
    read = options.read_query(query, author=author, category=category, code=code)
    chosen = Options(
        schedule=read_schedule(cadence, at, weekday, zone),
        role_id=require_mentionable(interaction, role),
        cap=cap,
        form=form,
        once=not repeats,
    )
    await reply(interaction, _proposed(interaction, read, chosen, None, own_thread=thread), private=True)


class FollowCategoryButton(StatefulButton[custom_ids.FollowCategory], id_type=custom_ids.FollowCategory):
    """The preview that `/subscribe` shows for a category."""

    async def answer(self, interaction: Interaction) -> None:
        await propose(interaction, parse(f"cat:{self.state.category}"))


class FollowHitsButton(StatefulButton[FollowHits], id_type=FollowHits):
    """The preview of following what a search finds."""

    async def answer(self, interaction: Interaction) -> None:
        await reply(interaction, self._proposed(interaction), private=True)

    async def _proposed(self, interaction: Interaction) -> CardView:
        db = interaction.client.library.db
        text = await button_state.recall(db, "search", scope_of(interaction), self.state.question)
        if text is None:
            raise UserError("That search is too old to be followed. Search again with /search.")
        return await proposed(interaction, parse(text))


async def propose(interaction: Interaction, query: Query) -> None:
    """Show a preview to whoever pressed a button, to follow the query here, where they may, or for themselves."""
    await reply(interaction, proposed(interaction, query), private=True)


async def proposed(interaction: Interaction, query: Query) -> CardView:
    """That preview."""
    here, personal = await places.options_of(interaction)
    return await _proposed(interaction, query, here, personal, own_thread=False)


async def propose_for_oneself(interaction: Interaction, query: Query) -> None:
    """Show the preview to follow the query for oneself alone."""
    await reply(interaction, _proposed_for_oneself(interaction, query), private=True)


async def _proposed_for_oneself(interaction: Interaction, query: Query) -> CardView:
    return await _proposed(interaction, query, None, await places.personal_options(interaction), own_thread=False)


class DraftButton(StatefulButton[custom_ids.DraftDecision], id_type=custom_ids.DraftDecision):
    """Confirm or Cancel under a preview."""

    async def answer(self, interaction: Interaction) -> None:
        draft = await drafts.recall(interaction, QueryDraft, "draft", self.state.question, "/subscribe")
        if self.state.verb == "no":
            await edit_with(interaction, paper_cards.message("Cancelled. Nothing was subscribed."))
            return
        chosen = places.confirmed(interaction, draft, self.state.verb, own_thread=draft.own_thread)
        if draft.own_thread:
            own_threads.tag_for(interaction, parse(draft.query))  # Its refusal leaves the preview as it is.
        await first_answer(interaction.response.defer)
        made, now = await _create(interaction, draft, chosen), datetime.now(UTC)
        arrival = await _arrival(interaction, made.query, made.options)
        heading = f"### Subscribed\n{preview_card.coming(arrival, now)}"
        if chosen is draft.personal:
            heading += f"\n{places.for_you(interaction)}"
        await interaction.edit_original_response(view=subscription_cards.subscription(made, heading))


async def _proposed(
    interaction: Interaction, query: Query, here: Options | None, personal: Options | None, *, own_thread: bool
) -> CardView:
    draft = QueryDraft(
        scope=scope_of(interaction),
        person_id=interaction.user.id,
        query=query.canonical(),
        options=here,
        personal=personal,
        own_thread=own_thread,
        anchor_id=interaction.id,
    )
    return await _preview(interaction, draft, query)


async def _preview(interaction: Interaction, draft: QueryDraft, query: Query) -> CardView:
    """What is known at once. Where feeds were never heard, they are asked once it is shown, and then it is replaced."""
    announcements = interaction.client.announcements
    # What somebody follows for themselves are everybody's papers, and not those that a server's members added.
    view = view_of(interaction) if draft.options else interaction.client.library.view(owner_of(0, draft.person_id))
    tag = own_threads.tag_for(interaction, query) if draft.own_thread else None
    plan = preview_card.Plan(query, draft.options, draft.personal, draft.own_thread, tag.name if tag else None)
    now = datetime.now(UTC)
    would_post = await preview(view, query, now.date(), preview_card.SAMPLES)
    arrival = await _arrival(interaction, query, plan.first_options)
    question = await button_state.keep(view.db, "draft", draft.scope, draft.model_dump_json())
    if announcements is None or not arrival.sources.unheard:
        return preview_card.preview(plan, would_post, arrival, question, now)

    async def with_what_is_heard() -> CardView | None:
        refusal = interaction.client.limits.refusal(interaction.user.id, interaction.guild_id, "fetch")
        heard = Heard(problem=refusal) if refusal else await announcements.hear(arrival.sources.unheard)
        found = replace(arrival, heard=heard, matching=await matching(query, heard.papers))
        if not (found.matching or heard.problem):
            next_ones = announcements.first_announcements(heard=True)
            found = replace(found, first=plan.first_options.schedule.due(next_ones))
        if not await _is_undecided(interaction, question):
            return None
        return preview_card.preview(plan, would_post, found, question, datetime.now(UTC))

    shown = preview_card.preview(plan, would_post, replace(arrival, asking=True), question, now)
    shown.replacement = with_what_is_heard
    return shown


async def _arrival(interaction: Interaction, query: Query, options: Options) -> preview_card.Arrival:
    announcements = interaction.client.announcements
    found = await sources(interaction.client.library.db, query, datetime.now(UTC))
    if announcements is None:
        return preview_card.Arrival(found, None)
    return preview_card.Arrival(found, options.schedule.due(announcements.first_announcements(heard=not found.unheard)))


async def _is_undecided(interaction: Interaction, question: str) -> bool:
    """Whether the preview still asks: Confirm or Cancel may have been pressed in the meantime."""
    try:
        shown = discord.ui.LayoutView.from_message(await interaction.original_response())
    except discord.HTTPException:
        return False
    confirm = str(custom_ids.DraftDecision("yes", question))
    return any(getattr(item, "custom_id", None) == confirm for item in shown.walk_children())


async def _create(interaction: Interaction, draft: QueryDraft, chosen: Options) -> Subscription:
    db = interaction.client.library.db
    query, scope = parse(draft.query), draft.scope
    if chosen is draft.personal:
        told = f"From now on, new papers for {subscription_cards.quoted_query(query)} come to you here."
        scope = await places.direct_messages(interaction, paper_cards.message(told))
    if made := await subscriptions.by_anchor(db, scope, draft.anchor_id):
        return made
    target_id = await own_threads.create(interaction, query) if draft.own_thread else scope.channel_id
    try:
        return await subscriptions.create(
            db, scope, target_id, draft.person_id, query, chosen, datetime.now(UTC), draft.anchor_id
        )
    except TooManyError as error:
        raise UserError(str(error)) from error
