"""All papers of a person, page by page, from the service that knows the person by the identifier."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping

from seeds.services import questions
from seeds.services.answers import ServiceAnswer
from seeds.services.calling import Caller, NotAnsweredError, Service
from seeds.services.questions import Question
from store.outside import PaperPage, PersonIdentifier, ServiceName

LISTED_AT_ONCE = 100
"""Papers of a page where the service gives all in one answer; as many as Semantic Scholar's."""


def person_questions(one: PersonIdentifier) -> list[tuple[ServiceName, Question]]:
    """Who is asked about a person with that identifier, one after the other until one knows them."""
    match one.scheme:
        case "openalex":
            return [("openalex", questions.openalex_person(one))]
        case "orcid":  # OpenAlex has figures, the record itself has not
            return [("openalex", questions.openalex_person(one)), ("orcid", questions.orcid_record(one.value))]
        case "s2":
            return [("s2", questions.s2_person(one.value))]
        case "dblp":
            return [("dblp", questions.dblp_person(one.value))]


async def pages(
    caller: Caller,
    services: Mapping[ServiceName, Service],
    one: PersonIdentifier,
    after: str | None = None,
    *,
    fresh: bool = False,
) -> AsyncGenerator[PaperPage, None]:
    """The pages from a cursor on, or from the beginning. A cursor names its service: to another it means nothing.

    A service that fails at the beginning is followed by the next that knows the identifier; one that fails later ends
    the pages with a failure, to be resumed at the same service.
    """
    began, _, place = (after or "").partition(":")
    failures: list[str] = []
    for name in _services_of(one):
        service = services[name]
        if (began and name != began) or caller.is_off(service):
            continue
        first, cursor = True, place
        while True:
            try:
                # One answer may be all pages, of which the first was fresh.
                anew = fresh and (not cursor or name in ("openalex", "s2"))
                answer = await caller.ask(service, _page(name, one, cursor), fresh=anew)
            except NotAnsweredError as error:
                failures.append(str(error))
                if not first or began:
                    yield PaperPage(cursor=f"{name}:{cursor}", failure=str(error))
                    return
                break
            if len(answer.people) > 1:
                yield PaperPage(failure=f"{service.title} has several people under that; choose one of them.")
                return
            page = _as_page(name, answer, cursor)
            if first and not began and not page.papers:
                break  # another service may know some
            first = False
            yield page
            if page.cursor is None:
                return
            cursor = page.cursor.partition(":")[2]
    yield PaperPage(cursor=after, failure=" ".join(failures)) if failures else PaperPage(total=0)


def _services_of(one: PersonIdentifier) -> tuple[ServiceName, ...]:
    return ("openalex", "orcid") if one.scheme == "orcid" else (one.scheme,)


def _page(name: ServiceName, one: PersonIdentifier, cursor: str) -> Question:
    if name == "openalex":
        return questions.openalex_works_of(one, cursor or "*")
    if name == "s2":
        return questions.s2_papers_of(one.value, cursor or "0")
    return questions.dblp_person(one.value) if name == "dblp" else questions.orcid_record(one.value)


def _as_page(name: ServiceName, answer: ServiceAnswer, cursor: str) -> PaperPage:
    if name in ("openalex", "s2"):
        # OpenAlex gives a cursor with its last page too, which leads to an empty one.
        full = len(answer.papers) + len(answer.problems) >= questions.WORKS_PAGE
        following = answer.cursor if full or name == "s2" else None
        return PaperPage(papers=answer.papers, total=answer.total, cursor=f"{name}:{following}" if following else None)
    start = int(cursor) if cursor.isdecimal() else 0
    end = start + LISTED_AT_ONCE
    more = f"{name}:{end}" if end < len(answer.papers) else None
    return PaperPage(papers=answer.papers[start:end], total=len(answer.papers), cursor=more)
