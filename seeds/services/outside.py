"""The services outside that know papers and people: which is asked for what, and what is told where one fails."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Mapping, Sequence

from seeds.services import papers_by_id, papers_of_person, questions, refreshing, same_people, titles
from seeds.services.answers import ServiceAnswer
from seeds.services.calling import Caller, NotAnsweredError, Service
from seeds.services.questions import Question
from seeds.services.refreshing import RefreshingService
from store.models import Fetched, Identifier, PaperRecord
from store.outside import FoundPerson, Outside, PaperPage, PersonIdentifier, PersonScheme, ServiceName, ServiceState
from store.text.normalize import fold

_PREFERRED: tuple[PersonScheme, ...] = ("openalex", "s2", "dblp", "orcid")
"""Whose word of a person is shown, and whose papers come first: who says the most."""
_PAGES = 3
"""Pages of people at DBLP that are read to find out who they are elsewhere, which its search does not say."""
_OTHERS_WITHIN_S = 4.0
"""Seconds that others have where OpenAlex knows somebody, by choice: DBLP has slow days, and what it adds is little.
What comes later is kept for the next time."""
_ANSWERED_TITLE = 92
"""Per cent of likeness of titles from which a paper counts as found, so that no further service is asked."""


class OutsideServices:
    """As `commands.context.OutsideServices` describes it."""

    def __init__(self, caller: Caller, services: Mapping[ServiceName, Service]) -> None:
        self._caller, self._services = caller, services

    def papers(self, wanted: Sequence[Identifier]) -> AsyncGenerator[Fetched, None]:
        """Papers by their identifiers, each wanted once; gives what each request brought as it comes."""
        return papers_by_id.fetch_papers(self._caller, self._services, wanted)

    async def refresh(self, service: RefreshingService, wanted: Sequence[Identifier]) -> Fetched:
        """What a service says now of these papers, at most `MOST_AT_ONCE` of it, by one request."""
        return await refreshing.refresh(self._caller, self._services, service, wanted)

    async def citing(self, cited: Identifier) -> Fetched:
        """Papers that cite one, each with that one among those it cites."""
        return await refreshing.citing(self._caller, self._services, cited)

    async def papers_titled(self, title: str) -> Outside[PaperRecord]:
        """Papers whose titles are like this one, the most alike first; a paper of several services once."""
        asked: list[tuple[ServiceName, Question]] = [
            ("arxiv", questions.arxiv_titled(title)),
            ("crossref", questions.crossref_titled(title)),
            ("dblp", questions.dblp_titled(title)),
        ]
        if self._services["s2"].key:
            asked.append(("s2", questions.s2_titled(title)))
        answers, failures = await self._all(asked)
        found = titles.ranked(title, [paper for answer in answers for paper in answer.papers])
        if not found or titles.likeness(title, found[0].title) < _ANSWERED_TITLE:
            more, also_failed = await self._all([("openalex", questions.openalex_titled(title))])
            failures += also_failed
            found = titles.ranked(title, [*found, *(paper for answer in more for paper in answer.papers)])
        return Outside(found, tuple(failures))

    async def people_named(self, name: str) -> Outside[FoundPerson]:
        """People of this name, whoever has the most papers first, each once where services surely mean one person.

        OpenAlex says the most of each in one answer. Where it knows one person who is called just so, nobody else is
        asked: `elsewhere` can be later.
        """
        self._caller.expect_answers()
        answers, failures = await self._all([("openalex", questions.openalex_people(name))])
        first = [person for answer in answers for person in answer.people]
        if len(first) == 1 and fold(first[0].name) == fold(name):
            return Outside(tuple(first), tuple(failures))
        more, failed = await self._all(
            self._about_others(name, at_openalex=bool(first)), within_s=_OTHERS_WITHIN_S if first else None
        )
        found = await self._united([*answers, *more])
        return Outside(tuple(sorted(found, key=lambda person: -(person.papers or 0))), (*failures, *failed))

    async def elsewhere(self, person: FoundPerson) -> tuple[FoundPerson, ...]:
        """The same person as other services know them, as far as that is sure."""
        asked = self._about_others(person.name, at_openalex=True)
        if person.identifier.scheme != "openalex":
            asked.append(("openalex", questions.openalex_people(person.name)))
        own = ServiceAnswer(people=(person.model_copy(update={"elsewhere": None}),))
        answers, _ = await self._all([one for one in asked if one[0] != person.identifier.scheme])
        found = await self._united([own, *answers])
        every = [one.everywhere for one in found]
        known = next(ones for ones in every if person.identifier in [one.identifier for one in ones])
        return tuple(one for one in known if one.identifier != person.identifier)

    async def person(self, identifier: PersonIdentifier, *, fresh: bool = False) -> Outside[FoundPerson]:
        """The one person with that identifier, or none; `fresh` asks again even if that is known.

        DBLP may answer with several: those whom it has by the name of a page for what it has not told apart.
        """
        failures: list[str] = []
        for service, question in papers_of_person.person_questions(identifier):
            answers, failed = await self._all([(service, question)], fresh=fresh)
            failures += failed
            if people := tuple(person for answer in answers for person in answer.people):
                return Outside(people, tuple(failures))
        return Outside((), tuple(failures))

    def papers_of(
        self, identifier: PersonIdentifier, after: str | None = None, *, fresh: bool = False
    ) -> AsyncGenerator[PaperPage, None]:
        """All papers of a person, in pages, the newest first where the service can; `after` is a cursor of a page."""
        return papers_of_person.pages(self._caller, self._services, identifier, after, fresh=fresh)

    async def states(self) -> Sequence[ServiceState]:
        """How each service is doing, and what was spent on it today."""
        return await self._caller.states(self._services.values())

    def _about_others(self, name: str, *, at_openalex: bool) -> list[tuple[ServiceName, Question]]:
        """Who beside OpenAlex is asked for people of a name: Semantic Scholar, which is often busy, if it is needed."""
        asked: list[tuple[ServiceName, Question]] = [("dblp", questions.dblp_people(name))]
        if self._services["s2"].key or not at_openalex:
            asked.insert(0, ("s2", questions.s2_people(name)))
        return asked

    async def _united(self, answers: Sequence[ServiceAnswer]) -> tuple[FoundPerson, ...]:
        """The people of these answers, each once.

        For titles of theirs OpenAlex and DBLP have to be asked separately. One person alone is neither chosen from nor
        compared, and their papers come anyway.
        """
        people = [person for answer in answers for person in answer.people]
        people.sort(key=lambda person: _PREFERRED.index(person.identifier.scheme))
        titles: defaultdict[str, list[str]] = defaultdict(list)
        pages: dict[str, FoundPerson] = {}
        more = (await self._all(_about(people), within_s=_OTHERS_WITHIN_S))[0] if len(people) > 1 else []
        for answer in (*answers, *more):
            for known in answer.best_known:
                titles[known.person].append(known.title)
        for answer in more:
            for person in answer.people:
                pages[person.identifier.value] = person
                titles[person.identifier.value] = [paper.title for paper in answer.papers]
        found = []
        for person in people:
            value = person.identifier.value
            person = pages.get(value, person)
            if person.identifier.scheme == "openalex":
                person = person.model_copy(update={"best_known": next(iter(titles[value]), person.best_known)})
            found.append(same_people.known(person, titles[value]))
        return same_people.united(found)

    async def _all(
        self, asked: Sequence[tuple[ServiceName, Question]], *, fresh: bool = False, within_s: float | None = None
    ) -> tuple[list[ServiceAnswer], list[str]]:
        """What each service answers, all asked at once, and why those failed that did; not those turned off.

        A service is asked one thing after the other, as it wants to be.
        """
        until = None if within_s is None else asyncio.get_running_loop().time() + within_s
        results: dict[int, ServiceAnswer | str] = {}

        async def ask(service: Service) -> None:
            for number, (name, question) in enumerate(asked):
                if name != service.name:
                    continue
                try:
                    async with asyncio.timeout_at(until):
                        results[number] = await self._caller.ask(service, question, fresh=fresh)
                except NotAnsweredError as error:
                    results[number] = str(error)
                except TimeoutError:
                    results[number] = f"{service.title} is slow; it may have answered when you ask again."

        on = {name: self._services[name] for name, _ in asked if not self._caller.is_off(self._services[name])}
        await asyncio.gather(*map(ask, on.values()))
        answers: list[ServiceAnswer] = []
        failures: list[str] = []
        for number, (name, _) in enumerate(asked):
            result = results.get(number)
            if isinstance(result, ServiceAnswer):
                answers.append(result)
                if result.problems and not result.people and not result.papers:
                    failures.append(f"{on[name].title}: {result.problems[0].message}.")
            elif result:
                failures.append(result)
        return answers, failures


def _about(people: Sequence[FoundPerson]) -> list[tuple[ServiceName, Question]]:
    """What says who these people are elsewhere, and what they are best known for."""
    at_openalex = [one.identifier.value for one in people if one.identifier.scheme == "openalex"]
    at_dblp = [one for one in people if one.identifier.scheme == "dblp"]
    elsewhere = [one for one in people if one.identifier.scheme != "dblp"]
    compared = [one for one in at_dblp if any(same_people.may_be_one(one, other) for other in elsewhere)]
    asked: list[tuple[ServiceName, Question]] = []
    if at_openalex:
        asked.append(("openalex", questions.openalex_best_known(at_openalex)))
    return [*asked, *(("dblp", questions.dblp_person(one.identifier.value)) for one in compared[:_PAGES])]
