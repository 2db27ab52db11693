"""The services outside that know papers and people: which is asked for what, and what is told where one fails."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

from seeds.services import papers_by_id, papers_of_person, questions, titles
from seeds.services.answers import ServiceAnswer
from seeds.services.calling import Caller, NotAnsweredError, Service
from seeds.services.questions import Question
from store.models import Fetched, Identifier, PaperRecord
from store.outside import FoundPerson, Outside, PaperPage, PersonIdentifier, ServiceName, ServiceState

_PEOPLE: tuple[tuple[ServiceName, Callable[[str], Question]], ...] = (
    ("openalex", questions.openalex_people),
    ("s2", questions.s2_people),
    ("dblp", questions.dblp_people),
)
"""Who is asked for people of a name, one after the other until one has some. OpenAlex says the most of each in one
answer; DBLP, though it costs nothing, does not say how much they have published."""
_ANSWERED_TITLE = 92
"""Per cent of likeness of titles from which a paper counts as found, so that no further service is asked."""


class OutsideServices:
    """As `commands.context.OutsideServices` describes it."""

    def __init__(self, caller: Caller, services: Mapping[ServiceName, Service]) -> None:
        self._caller, self._services = caller, services

    def papers(self, wanted: Sequence[Identifier]) -> AsyncGenerator[Fetched, None]:
        """Papers by their identifiers, each wanted once; gives what each request brought as it comes."""
        return papers_by_id.fetch_papers(self._caller, self._services, wanted)

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
        """People of this name, the one with the most papers first; namesakes are apart, as the service has them."""
        self._caller.expect_answers()
        failures: list[str] = []
        for service, question in _PEOPLE:
            answers, failed = await self._all([(service, question(name))])
            failures += failed
            if people := [person for answer in answers for person in answer.people]:
                people.sort(key=lambda person: -(person.papers or 0))
                return Outside(tuple(await self._with_best_known(people)), tuple(failures))
        return Outside((), tuple(failures))

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

    async def _with_best_known(self, people: Sequence[FoundPerson]) -> Sequence[FoundPerson]:
        """The same with the title of each one's best-known paper, for which OpenAlex has to be asked separately.

        One person alone is not chosen from, and their papers come anyway.
        """
        if len(people) < 2 or people[0].identifier.scheme != "openalex":
            return people
        question = questions.openalex_best_known([person.identifier.value for person in people])
        answers, _ = await self._all([("openalex", question)])
        best = {one.person: one.title for answer in answers for one in answer.best_known}
        return [one.model_copy(update={"best_known": best.get(one.identifier.value)}) for one in people]

    async def _all(
        self, asked: Sequence[tuple[ServiceName, Question]], *, fresh: bool = False
    ) -> tuple[list[ServiceAnswer], list[str]]:
        """What each service answers, all asked at once, and why those failed that did; not those turned off."""
        on = [
            (self._services[name], question)
            for name, question in asked
            if not self._caller.is_off(self._services[name])
        ]
        results = await asyncio.gather(
            *(self._caller.ask(service, question, fresh=fresh) for service, question in on), return_exceptions=True
        )
        answers: list[ServiceAnswer] = []
        failures: list[str] = []
        for (service, _), result in zip(on, results, strict=True):
            if isinstance(result, ServiceAnswer):
                answers.append(result)
                if result.problems and not result.people and not result.papers:
                    failures.append(f"{service.title}: {result.problems[0].message}.")
            elif isinstance(result, NotAnsweredError):
                failures.append(str(result))
            else:
                raise result
        return answers, failures
