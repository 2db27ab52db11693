"""Nothing that one guild does changes a byte of what another sees, apart from what services gave both.

Two worlds live through the same history, in one of them without guild A. Guild B has to see the same in both.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from store import answering, correcting_people, ingest, own_intake, own_removal, team_profile
from store.catalog import intake_reports
from store.errors import NotFoundError
from store.guilds import (
    aliases,
    catch_up,
    digests,
    hidden_papers,
    list_entries,
    own_additions,
    paper_notes,
    pauses,
    reading_lists,
    subscriptions,
    team_members,
    team_memory,
    watches,
)
from store.guilds.explain import explain
from store.guilds.subscriptions import Options, Scope
from store.library import Library
from store.models import AuthorPage, Identifier, Metric, PaperRecord, ParsedSource, Source
from store.preview import preview
from store.related_papers import related_papers
from store.search.parser import parse
from tests.guilds.channels import NOW, deliver
from tests.support.made import names
from tests.support.migrated import put_empty_store

GUILD_A, GUILD_B = 100, 101
LATER = NOW + timedelta(days=1)
SHOWN = ("shown" + "a" * 8, "shown" + "b" * 8)
"""Handles of papers that somebody shows to a channel."""
CHANNELS = {GUILD_A: Scope(GUILD_A, 200), GUILD_B: Scope(GUILD_B, 201)}
PEOPLE = ("Ada Byron", "Bo Lee", "Cy Dee")
TITLES = ("Looms in Lyon", "Looms of Lyon", "Silk and Looms", "Silk", "A Survey of Weaving by Machine")
QUERIES = ("looms", "silk", '"looms in lyon"', 'author:"Ada Byron"', "weaving -silk")


class Step(NamedTuple):
    """Something that happens: by a guild, or by a service where `guild` is None."""

    guild: int | None
    what: Callable[[Library], Awaitable[object]]
    name: str

    def __repr__(self) -> str:
        return self.name


records = st.builds(
    lambda title, abstract, people, arxiv, dois, name, kind: PaperRecord(
        source=Source(kind=kind, name=name, retrieved=NOW),
        title=title,
        abstract=abstract,
        authors=names(*people),
        identifiers=tuple(
            [Identifier(scheme="arxiv", value=arxiv)] * bool(arxiv) + [Identifier(scheme="doi", value=v) for v in dois]
        ),
    ),
    st.sampled_from(TITLES),
    st.sampled_from((None, "Silk from looms.", "Machines weave.")),
    st.lists(st.sampled_from(PEOPLE), unique=True, max_size=2),
    st.sampled_from(("", "2601.00001", "2601.00002")),
    st.lists(st.sampled_from(("10.1/a", "10.1/b")), unique=True, max_size=2),
    st.sampled_from(("/add", "/add: looms.bib")),
    st.sampled_from(("bibtex", "dump")),
)
batches = st.lists(records, min_size=1, max_size=3)


def _adding(guild: int, batch: list[PaperRecord], figure: int | None) -> Step:
    async def add(library: Library) -> None:
        source = Source(kind="author_page", name="/add: me.html", retrieved=NOW)
        figures = (Metric(name="h_index", value=figure or 0, source=source),)
        page = AuthorPage(source=source, name=PEOPLE[0], field=None, metrics=figures, papers=())
        parsed = ParsedSource(papers=tuple(batch), pages=(page,) if figure else ())
        await own_intake.take(library.db, own_additions.Addition(guild, 7), "/add", parsed, NOW)

    return Step(guild, add, f"guild {guild} adds {[(r.title, r.abstract, r.identifiers) for r in batch]} {figure}")


def _announcing(batch: list[PaperRecord]) -> Step:
    async def announce(library: Library) -> None:
        told = [r.model_copy(update={"source": Source(kind="arxiv", name="arXiv", retrieved=NOW)}) for r in batch]
        await ingest.take(library.db, "arXiv", ParsedSource(papers=tuple(told)), now=NOW)

    return Step(None, announce, f"arXiv gives {[(r.title, r.abstract, r.identifiers) for r in batch]}")


def _following(guild: int, query: str) -> Step:
    async def follow(library: Library) -> None:
        await subscriptions.create(
            library.db, CHANNELS[guild], CHANNELS[guild].channel_id, 7, parse(query), Options(), NOW, 0
        )

    return Step(guild, follow, f"guild {guild} follows {query}")


def _pausing(guild: int) -> Step:
    async def pause(library: Library) -> None:
        for one in await subscriptions.in_channel(library.db, CHANNELS[guild]):
            await pauses.pause(library.db, one.scope, one.token, "rest", NOW)

    return Step(guild, pause, f"guild {guild} pauses")


def _watching(guild: int, place: int) -> Step:
    async def watch(library: Library) -> None:
        found = await library.view(guild).search(parse("looms|silk"), 50)
        shown = await library.view(guild).papers(found.handles)
        if shown:
            paper = shown[place % len(shown)]
            async with library.db.write() as connection:
                watcher = watches.Watcher(guild, CHANNELS[guild].channel_id, 0)
                await watches.start(connection, watcher, paper, 7, NOW)
                await watches.start(connection, watches.of_person(guild), paper, guild, NOW)

    return Step(guild, watch, f"guild {guild} watches {place}")


def _renewing(arxiv: str, version: int) -> Step:
    record = PaperRecord(
        source=Source(kind="oai", name="arXiv again", retrieved=NOW),
        title=TITLES[0],
        abstract=f"Version {version}.",
        version=version,
        identifiers=(Identifier(scheme="arxiv", value=arxiv),),
    )

    async def renew(library: Library) -> None:
        await ingest.take(library.db, "arXiv", ParsedSource(papers=(record,)), now=NOW)

    return Step(None, renew, f"arXiv gives version {version} of {arxiv}")


def _delivering(guild: int) -> Step:
    async def post(library: Library) -> None:
        await deliver(library.db, target=CHANNELS[guild].channel_id)

    return Step(guild, post, f"guild {guild} is delivered to")


def _teaching(guild: int, typed: str, place: int) -> Step:
    async def teach(library: Library) -> None:
        hits = (await library.view(guild).find_papers("looms", 5)).hits
        if hits:
            await aliases.remember(library.db, guild, "title", typed, hits[place % len(hits)].handle, taught_by=7)

    return Step(guild, teach, f"guild {guild} teaches {typed}")


def _taking_back(guild: int, place: int, manager: bool) -> Step:
    async def take_back(library: Library) -> None:
        hits = (await library.view(guild).find_papers("looms", 5)).hits
        if hits:
            with suppress(NotFoundError, own_removal.NotAllowedError):
                handle = hits[place % len(hits)].handle
                await own_removal.remove_paper(library.db, guild, handle, 7, manager=manager)

    return Step(guild, take_back, f"guild {guild} takes a paper back")


def _joining(guild: int, one: str, other: str, undo: bool) -> Step:
    async def join(library: Library) -> None:
        view = library.view(guild)
        first, second = [await view.namesakes(name) for name in (one, other)]
        if first and second:
            handles = first[0].handle, second[0].handle
            await (correcting_people.part(view, *handles) if undo else correcting_people.join(view, *handles, 7))

    return Step(guild, join, f"guild {guild} {'parts' if undo else 'joins'} {one} and {other}")


def _giving(guild: int, place: int, whose: str | None) -> Step:
    async def give(library: Library) -> None:
        view = library.view(guild)
        hits = (await view.find_papers("looms", 5)).hits
        named = await view.authors_of(hits[place % len(hits)].handle) if hits else []
        owner = await view.namesakes(whose) if whose else []
        if named:
            paper, other = hits[place % len(hits)].handle, owner[0].handle if owner else None
            await correcting_people.move(view, paper, named[0].handle, other, 7)

    return Step(guild, give, f"guild {guild} gives a paper to {whose}")


def _hiding(guild: int, place: int, undo: bool) -> Step:
    async def hide(library: Library) -> None:
        view = library.view(guild)
        found = await view.papers([hit.handle for hit in (await view.find_papers("looms", 5)).hits])
        hidden = await view.hidden()
        async with library.db.write() as connection:
            if undo and hidden:
                await hidden_papers.show_again(connection, guild, hidden[0].handle, NOW)
            elif found:
                await hidden_papers.hide(connection, guild, found[place % len(found)], 7, NOW)

    return Step(guild, hide, f"guild {guild} {'shows' if undo else 'hides'} a paper")


def _calling_team(guild: int, name: str, undo: bool) -> Step:
    async def call(library: Library) -> None:
        view = library.view(guild)
        for author in await view.namesakes(name):
            if undo:
                await team_profile.remove(view, author.handle)
            else:
                async with library.db.write() as connection:
                    await team_members.add(connection, view.owner, author.handle)

    return Step(guild, call, f"guild {guild} {'no longer ' if undo else ''}calls {name} its team")


def _saving(guild: int, place: int, undo: bool) -> Step:
    async def save(library: Library) -> None:
        view = library.view(guild)
        found = await view.papers([hit.handle for hit in (await view.find_papers("looms", 5)).hits])
        async with library.db.write() as connection:
            one = await reading_lists.named(connection, guild, 7, "Looms", NOW, team=True)
            if undo:
                await reading_lists.delete(connection, one)
            elif found:
                paper = found[place % len(found)]
                await list_entries.save(connection, one, paper, 7, NOW, ["silk"])
                await paper_notes.add(connection, guild, 7, paper.handle, "Read it.", NOW, shared=True)

    return Step(guild, save, f"guild {guild} {'deletes its list' if undo else 'saves a paper'}")


def _sharing(guild: int, handle: str) -> Step:
    async def share(library: Library) -> None:
        async with library.db.write() as connection:
            await team_memory.note_shared(connection, guild, handle, 7, CHANNELS[guild].channel_id, NOW)

    return Step(guild, share, f"guild {guild} shows a paper to its channel")


def _following_for_oneself(guild: int, query: str) -> Step:
    """A member of a guild follows something by direct message."""

    async def follow(library: Library) -> None:
        direct = Scope(0, 1000 + guild)
        await subscriptions.create(library.db, direct, direct.channel_id, guild, parse(query), Options(), NOW)

    return Step(guild, follow, f"a member of guild {guild} follows {query}")


guilds = st.sampled_from((GUILD_A, GUILD_A, GUILD_B))
steps = st.one_of(
    st.builds(_adding, guilds, batches, st.sampled_from((None, None, 999))),
    st.builds(_announcing, batches),
    st.builds(_following, guilds, st.sampled_from(QUERIES)),
    st.builds(_pausing, guilds),
    st.builds(_watching, guilds, st.integers(0, 4)),
    st.builds(_renewing, st.sampled_from(("2601.00001", "2601.00002")), st.integers(1, 3)),
    st.builds(_delivering, guilds),
    st.builds(_taking_back, guilds, st.integers(0, 4), st.booleans()),
    st.builds(_joining, guilds, st.sampled_from(PEOPLE), st.sampled_from(PEOPLE), st.booleans()),
    st.builds(_giving, guilds, st.integers(0, 4), st.sampled_from((*PEOPLE, None))),
    st.builds(_calling_team, guilds, st.sampled_from(PEOPLE), st.booleans()),
    st.builds(_sharing, guilds, st.sampled_from(SHOWN)),
    st.builds(_following_for_oneself, guilds, st.sampled_from(("looms", "silk"))),
    st.builds(_hiding, guilds, st.integers(0, 4), st.booleans()),
    st.builds(_saving, guilds, st.integers(0, 4), st.booleans()),
    st.builds(_teaching, guilds, st.sampled_from(("loom thing", "silk")), st.integers(0, 4)),
)


async def seen(library: Library) -> dict[str, Any]:
    """All that guild B can be shown, by what asks for it."""
    view = library.view(GUILD_B)
    shown: dict[str, Any] = {}
    for query in QUERIES:
        found = await view.search(parse(query), 50)
        shown[f"search {query}"] = [found, await view.papers(found.handles)]
        shown[f"preview {query}"] = await preview(view, parse(query), NOW.date())
        for paper in await view.papers(found.handles):
            shown[f"related {paper.handle}"] = await related_papers(view, paper)
            shown[f"authors {paper.handle}"] = await view.authors_of(paper.handle)
            _, outcomes = await explain(library.db, CHANNELS[GUILD_B], GUILD_B, paper.handle)
            shown[f"why {paper.handle}"] = [
                o.model_copy(update={"subscription_id": 1, "token": "x" * 16, "message_id": 1}) for o in outcomes
            ]
    async with library.db.read() as connection:
        watchers = (watches.Watcher(GUILD_B, CHANNELS[GUILD_B].channel_id, 0), watches.of_person(GUILD_B))
        for watcher in watchers:
            shown[f"watched by {watcher.name}"] = await watches.asked_for(connection, watcher)
            async with connection.execute(
                "SELECT key, content, due, dropped FROM scheduled_messages WHERE owner = ? ORDER BY key",
                [watcher.owner],
            ) as rows:
                shown[f"told to {watcher.name}"] = [tuple(row) async for row in rows]
    for question in ("Do looms weave silk?", "Machines do not weave"):
        shown[f"ask {question}"] = await answering.ask(view, question)
    for typed in (*TITLES, "loom", "lyon byron", "loom thing", "sikl", "weeving", "zzz"):
        shown[f"paper {typed}"] = await view.resolve_paper(typed)
    for typed in (*PEOPLE, "ada", "byron lee", "zzz"):
        shown[f"author {typed}"] = await view.resolve_author(typed)
        for author in await view.namesakes(typed):
            papers_of = await view.papers_of(author.handle)
            shown[f"page {author.handle}"] = [author, papers_of, await view.metrics(author.handle)]
            said = await correcting_people.of_person(view, author.handle)
            shown[f"said of {author.handle}"] = [
                one.model_dump(mode="json", exclude={"said": {"said"}}) for one in said
            ]
            shown[f"coauthors {author.handle}"] = await view.coauthors(author.handle)
    for scheme, value in (("arxiv", "2601.00001"), ("arxiv", "2601.00002"), ("doi", "10.1/a"), ("doi", "10.1/b")):
        shown[value] = await view.papers_named([Identifier.model_validate({"scheme": scheme, "value": value})])
    async with library.db.read() as connection:
        for one in await reading_lists.lists_of(connection, GUILD_B, 7):
            entries = await list_entries.entries(connection, one)
            notes = await paper_notes.notes_on(connection, GUILD_B, 7, [entry.handle for entry in entries])
            texts = {handle: [note.text for note in of_paper] for handle, of_paper in notes.items()}
            shown[f"list {one.name}"] = [one.counts, entries, texts]
        matched = [row[0] for row in await connection.execute_fetchall("SELECT handle FROM ledger")]
        remembered = await team_memory.seen(connection, GUILD_B, [*SHOWN, *matched], LATER)
        shown["memory"] = {handle: [place.channel_id for place in places] for handle, places in remembered.items()}
        here = [CHANNELS[GUILD_B].channel_id]
        shown["missed"] = [one.handle for one in await catch_up.missed(connection, GUILD_B, here, NOW)]
        shown["followed for oneself"] = sorted(await catch_up.reasons(connection, GUILD_B, matched))
    shown["hidden"] = await view.hidden()
    shown["team"] = await team_profile.load(view, "2026-01-01")
    shown["newest"] = await view.newest(5)
    shown["aliases"] = await aliases.entries(library.db, GUILD_B)
    shown["intakes"] = await intake_reports.latest(library.db)
    waiting = await digests.begin_due(library.db, CHANNELS[GUILD_B].channel_id, NOW, lambda items, _: [len(items)])
    contents = [await digests.content(library.db, post) for post in waiting]
    shown["posts"] = [[item.model_dump(mode="json") for item in digest.items] for digest in contents]
    return shown


async def lived_through(history: list[Step], path: Path) -> bytes:
    library = await Library.open(path)
    try:
        for step in history:
            await step.what(library)
        return json.dumps(await seen(library), default=_plain, sort_keys=True).encode()
    finally:
        await library.close()


def _plain(value: Any) -> Any:
    return value.model_dump(mode="json")


@settings(max_examples=(settings.default or settings()).max_examples // 5)
@given(st.lists(steps, min_size=4, max_size=14))
def test_a_guild_sees_the_same_with_and_without_another(history: list[Step]) -> None:
    with TemporaryDirectory() as folder:
        without = [step for step in history if step.guild != GUILD_A]
        with_a = asyncio.run(lived_through(history, put_empty_store(Path(folder) / "with.db")))
        assert with_a == asyncio.run(lived_through(without, put_empty_store(Path(folder) / "without.db")))


def test_a_leak_is_found() -> None:
    """The check of the check: what everybody is given does change what guild B sees."""
    record = PaperRecord(source=Source(kind="bibtex", name="/add", retrieved=NOW), title=TITLES[0])
    with TemporaryDirectory() as folder:
        leaked = asyncio.run(lived_through([_announcing([record])], Path(folder) / "with.db"))
        assert leaked != asyncio.run(lived_through([], Path(folder) / "without.db"))
