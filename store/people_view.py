"""The authors as one guild sees them: everybody's, and those of papers that its members added; as it corrected them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from store import corrected_people
from store.catalog import authors, same_person
from store.catalog.same_person import SamePerson
from store.corrected_people import CorrectedPeople
from store.guilds import hidden_papers, own_authors, own_papers
from store.guilds.own_papers import Owner
from store.models import Author, Handle, Hit, Metric
from store.storage.database import Database
from store.text.handles import is_handle


@dataclass(frozen=True)
class PeopleView:
    """What the owner, a guild or a person in direct messages, may see of authors."""

    db: Database
    owner: Owner
    read: tuple[CorrectedPeople, frozenset[Handle]] | None = field(default=None, kw_only=True, compare=False)
    """What was said of people, and hidden, in a view that does not ask for it each time."""

    async def corrections(self) -> CorrectedPeople:
        """What the owner and the operator said of people."""
        return self.read[0] if self.read else await corrected_people.load(self.db, self.owner)

    async def for_one_answer(self) -> Self:
        """The same view for an answer that only reads: it asks once for what was said of people, and hidden."""
        return replace(self, read=(await self.corrections(), await self.hidden_handles()))

    async def authors(self, handles: Sequence[Handle]) -> list[Author]:
        """The authors in the order asked for, with the owner's papers counted; unknown ones are left out.

        A handle of somebody who turned out to be another, or was said to be, is the other's.
        """
        people = await self._people(handles)
        return list({people[handle].handle: people[handle] for handle in handles if handle in people}.values())

    async def author(self, handle: Handle) -> Author | None:
        """The author of that handle."""
        return next(iter(await self.authors([handle])), None) if is_handle(handle) else None

    async def namesakes(self, name: str) -> list[Author]:
        """Everybody of exactly this name, those with most papers first."""
        found = await self.authors([author.handle for author in await self.bearers(name)])
        return sorted(found, key=lambda author: -author.papers)

    async def bearers(self, name: str) -> list[Author]:
        """The same, whatever was said of them."""
        known = [author.handle for author in await authors.namesakes(self.db, name)]
        return list((await self.uncorrected([*known, own_authors.handle_of(name)])).values())

    async def united(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits of people, each person once, by the handle of their page; the best of each stays."""
        people = await self._people([hit.handle for hit in hits])
        found: dict[Handle, Hit] = {}
        for hit in hits:
            handle = people[hit.handle].handle if hit.handle in people else hit.handle
            found.setdefault(handle, hit.model_copy(update={"handle": handle}))
        return list(found.values())

    async def alike(self, handle: Handle) -> list[Author]:
        """Others whose names may be another form of the author's, or the same, those with most papers first."""
        group = await self.group(handle)
        found = [one for member in sorted(group) for one in await same_person.alike(self.db, member)]
        return sorted(await self.authors([one for one in found if one not in group]), key=lambda one: -one.papers)

    async def same_people(self, handle: Handle) -> list[SamePerson]:
        """Others who may be the same person as the author, the likeliest first."""
        group = await self.group(handle)
        offered = [one for member in sorted(group) for one in await same_person.candidates(self.db, member)]
        people = await self._people([one.author.handle for one in offered])
        found: dict[Handle, SamePerson] = {}
        for one in offered:
            author = people.get(one.author.handle)
            if author and author.handle not in group:
                found.setdefault(author.handle, one.model_copy(update={"author": author}))
        return list(found.values())

    async def group(self, handle: Handle) -> frozenset[Handle]:
        """The handles of all who are one with the author, also theirs."""
        return (await self._corrected_group(handle))[1]

    async def metrics(self, handle: Handle) -> list[Metric]:
        """The latest figure of each kind from each source."""
        return [metric for history in await self.metric_histories(handle) for metric in authors.latest(history)]

    async def metric_histories(self, handle: Handle) -> list[list[Metric]]:
        """What sources have said of the author, as in `store.catalog.authors`: in a list each what stands apart."""
        found: list[list[Metric]] = []
        for member in sorted(await self.group(handle)):
            async with self.db.read() as connection:
                own = await own_authors.metric_history(connection, self.owner, member)
            found += [await authors.metric_history(self.db, member), own]
        return found

    async def papers_of(self, handle: Handle) -> list[Handle]:
        """The author's papers, newest first."""
        corrected, group = await self._corrected_group(handle)
        hidden = await self.hidden_handles()
        if corrected.people.isdisjoint(group):
            everybodys = await authors.papers_of(self.db, handle)
            async with self.db.read() as connection:
                own = await own_authors.papers_of(connection, self.owner, handle)
            if not own:
                return [paper for paper in everybodys if paper not in hidden]
            found = [*everybodys, *own]
        else:
            found = sorted(await self._papers(corrected, group))
        async with self.db.read() as connection:
            papers = await own_papers.load_by_handles(connection, self.owner, found)
        by_handle = {paper.handle: paper for paper in papers.values()}
        shown = [one for one in by_handle if one not in hidden]
        return sorted(shown, key=lambda one: by_handle[one].published or "", reverse=True)

    async def coauthors(self, handle: Handle, limit: int = 8) -> list[tuple[Author, int]]:
        """Who else is named on the author's papers, with how many they share, most first."""
        corrected, group = await self._corrected_group(handle)
        papers = await self._papers(corrected, group)
        apart = corrected.people | group
        async with self.db.read() as connection:
            shared = await own_authors.coauthors(connection, self.owner, papers, apart)
        # Beyond the first `limit` of the catalogue, one can be among the first in all only by the owner's papers.
        for other, count in (await authors.coauthors(self.db, papers, apart, limit + len(shared))).items():
            shared[other] = shared.get(other, 0) + count
        together: dict[frozenset[Handle], set[Handle]] = defaultdict(set)
        for paper, named in await corrected_people.named_on(self.db, self.owner, papers, corrected.people):
            if (person := corrected.whose(paper, named)) and person not in group:
                together[corrected.group(person)].add(paper)
        shared |= {min(other): len(on) for other, on in together.items()}
        found = await self._people(list(shared))
        people = [(found[one], count) for one, count in shared.items() if one in found]
        return sorted(people, key=lambda one: (-one[1], -one[0].papers, one[0].name))[:limit]

    async def authors_of(self, paper: Handle) -> list[Author]:
        """The authors of a paper in the order of its list; those without a place last."""
        corrected = await self.corrections()
        people = [corrected.whose(paper, named) for named in await self.named_on(paper)]
        return await self.authors([one for one in dict.fromkeys(people) if one])

    async def named_on(self, paper: Handle) -> list[Handle]:
        """Who is named on a paper, in that order, whatever was said of it."""
        everybodys = [author.handle for author in await authors.of_paper(self.db, paper)]
        async with self.db.read() as connection:
            own = await own_authors.of_paper(connection, self.owner, paper)
        return list(dict.fromkeys(everybodys or own))

    async def uncorrected(self, handles: Iterable[Handle]) -> dict[Handle, Author]:
        """The authors by handle, whatever was said of them."""
        handles = list(dict.fromkeys(handles))
        found = {author.handle: author for author in await authors.by_handles(self.db, handles)}
        async with self.db.read() as connection:
            own = await own_authors.load(connection, self.owner, handles)
        for handle, author in own.items():
            known = found.get(handle)
            found[handle] = known.model_copy(update={"papers": known.papers + author.papers}) if known else author
        if hidden := await self.hidden_handles():
            fewer = await authors.counts(self.db, hidden)
            for handle in found.keys() & fewer.keys():
                found[handle] = found[handle].model_copy(update={"papers": found[handle].papers - fewer[handle]})
        return found

    async def _corrected_group(self, handle: Handle) -> tuple[CorrectedPeople, frozenset[Handle]]:
        """What was said of people, and who are one with the author by it."""
        moved, corrected = await authors.moved(self.db, [handle]), await self.corrections()
        return corrected, corrected.group(moved.get(handle, handle))

    async def _people(self, handles: Sequence[Handle]) -> dict[Handle, Author]:
        """By these handles, whoever they lead to."""
        moved = await authors.moved(self.db, handles)
        now = {handle: moved.get(handle, handle) for handle in handles}
        corrected = await self.corrections()
        found = await self.uncorrected(one for handle in now.values() for one in corrected.group(handle))
        people: dict[Handle, Author] = {}
        for group in {corrected.group(handle) for handle in now.values()}:
            known = [found[one] for one in group if one in found]
            if known:
                # The name under which most is known.
                main = min(known, key=lambda one: (-one.papers, one.handle))
                if not corrected.people.isdisjoint(group):
                    papers = len(await self._papers(corrected, group))
                    field = main.field or next((one.field for one in known if one.field), None)
                    main = main.model_copy(update={"papers": papers, "field": field})
                people |= dict.fromkeys(group, main)
        return {handle: people[one] for handle, one in now.items() if one in people}

    async def _papers(self, corrected: CorrectedPeople, group: Iterable[Handle]) -> set[Handle]:
        """The papers of people who are one."""
        group = frozenset(group)
        found = {paper for (paper, _), whose in corrected.moved.items() if whose in group}
        for member in group:
            everybodys = await authors.papers_of(self.db, member)
            async with self.db.read() as connection:
                own = await own_authors.papers_of(connection, self.owner, member)
            found.update(paper for paper in (*everybodys, *own) if corrected.whose(paper, member) in group)
        return found - await self.hidden_handles()

    async def hidden_handles(self) -> frozenset[Handle]:
        """The handles of papers that the owner's managers hid."""
        if self.read:
            return self.read[1]
        async with self.db.read() as connection:
            return await hidden_papers.handles(connection, self.owner)
