"""Papers by their outside identifiers: who gave the identifier is asked, else another that knows it too."""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass

from seeds.decoding import Problems
from seeds.services import questions
from seeds.services.answers import ServiceAnswer
from seeds.services.calling import Caller, NotAnsweredError, Service
from seeds.services.questions import Question
from store.models import Fetched, Identifier, ParsedSource, Scheme
from store.outside import ServiceName

FAILURES = 2
"""After failing at so many papers in a row, a service is not asked for the rest: the first may be the paper's fault."""

_PREPRINT_OF_DBLP = re.compile(r"journals/corr/abs-(\d{4})-(\d{4,5})")
_ASKED: Mapping[Scheme, tuple[ServiceName, ...]] = {
    "arxiv": ("arxiv", "openalex", "s2"),
    "doi": ("crossref", "openalex", "s2"),
    "acl": ("openalex", "crossref", "s2"),
    "openalex": ("openalex",),
    "s2": ("s2",),
    "dblp": ("dblp", "arxiv"),
    "openreview": ("openreview",),
}
"""Who knows which identifiers, in the order in which they are asked: whoever gave it first, then what is free, and
Semantic Scholar last, which without a key often has no room. OpenAlex has abstracts where Crossref has none, which is
why it goes before it for the ACL's papers."""


@dataclass(frozen=True)
class _Sources:
    caller: Caller
    services: Mapping[ServiceName, Service]

    async def ask(self, service: ServiceName, question: Question) -> ServiceAnswer:
        return await self.caller.ask(self.services[service], question)

    def may_ask(self, service: ServiceName) -> bool:
        return not self.caller.is_off(self.services[service])


async def fetch_papers(
    caller: Caller, services: Mapping[ServiceName, Service], wanted: Sequence[Identifier]
) -> AsyncGenerator[Fetched, None]:
    """Ask for papers by identifier, each wanted once; gives what each request brought as it comes.

    Identifiers that no service can look up, and papers that none has, are settled with a problem.
    """
    sources = _Sources(caller, services)
    alone = [one for one in wanted if one.scheme not in ("arxiv", "s2")]
    for start in range(0, len(batch := [one for one in wanted if one.scheme == "arxiv"]), questions.ARXIV_IDS):
        part = await _from_arxiv(sources, batch[start : start + questions.ARXIV_IDS])
        if part.failed:
            async for other in _each(sources, part.failed, part.reason, _ASKED["arxiv"][1:]):
                yield other
        else:
            yield part
    for start in range(0, len(batch := [one for one in wanted if one.scheme == "s2"]), questions.S2_BATCH):
        yield await _from_s2(sources, batch[start : start + questions.S2_BATCH])
    for scheme in dict.fromkeys(one.scheme for one in alone):
        of_scheme = [one for one in alone if one.scheme == scheme]
        async for other in _each(sources, of_scheme, "", _ASKED.get(scheme, ())):
            yield other


async def _each(
    sources: _Sources, wanted: Sequence[Identifier], before: str, order: Sequence[ServiceName]
) -> AsyncGenerator[Fetched, None]:
    """Ask for one paper after the other, of each the services in that order until one has it.

    `before` says why one could not be asked that comes before these; empty where there is none.
    """
    reason = before
    may_be_asked = [name for name in order if sources.may_ask(name)]
    if order and not may_be_asked:
        names = _and([sources.services[name].title for name in order])
        yield Fetched(failed=tuple(wanted), reason=before or f"{names} may not be asked, by the settings.")
        return
    failures: dict[ServiceName, int] = {}
    for number, one in enumerate(wanted):
        left = [name for name in may_be_asked if failures.get(name, 0) < FAILURES]
        if not left and failures:
            yield Fetched(failed=tuple(wanted[number:]), reason=reason)
            return
        part, failed = await _one(sources, one, left)
        failures |= {name: failures.get(name, 0) + 1 if name in failed else 0 for name in left}
        if before and not part.parsed.papers:  # the service that was asked before these may have it
            part = Fetched(failed=(one,), reason=f"{before} {part.reason}".strip())
        reason = part.reason or reason
        yield part


async def _one(
    sources: _Sources, one: Identifier, order: Sequence[ServiceName]
) -> tuple[Fetched, Mapping[ServiceName, str]]:
    """What the first service that has the paper says of it, and for each that failed why."""
    failed: dict[ServiceName, str] = {}
    lacking: list[str] = []
    unread: list[str] = []
    for name in order:
        question = _question(name, one)
        if question is None:
            continue
        try:
            answer = await sources.ask(name, question)
        except NotAnsweredError as error:
            failed[name] = str(error)
            continue
        if answer.papers:
            return Fetched(parsed=ParsedSource(papers=answer.papers, problems=answer.problems), settled=(one,)), failed
        title = sources.services[name].title
        if answer.problems:
            unread.append(f"{title}: {answer.problems[0].message}")
        else:
            lacking.append(title)
    lack = f"{_and(lacking)} {'does' if len(lacking) == 1 else 'do'} not have {one.value}" if lacking else ""
    if failed:
        return Fetched(failed=(one,), reason=" ".join(filter(None, (lack and f"{lack}.", *failed.values())))), failed
    if lack or unread:
        return _problem(one, ". ".join(filter(None, (lack, *unread)))), failed
    return _problem(one, f"{one.value} can only be read from a file"), failed


def _question(service: ServiceName, one: Identifier) -> Question | None:
    """How the service is asked for the paper; None where it does not know identifiers of that kind."""
    doi = one.value if one.scheme == "doi" else f"10.18653/v1/{one.value}" if one.scheme == "acl" else None
    match service:
        case "arxiv" if one.scheme == "dblp":
            preprint = _PREPRINT_OF_DBLP.fullmatch(one.value)
            return questions.arxiv_by_ids([f"{preprint[1]}.{preprint[2]}"]) if preprint else None
        case "crossref":
            return questions.crossref_by_doi(doi) if doi else None
        case "openalex":
            return questions.openalex_work(Identifier(scheme="doi", value=doi) if one.scheme == "acl" and doi else one)
        case "s2":
            return questions.s2_papers([_for_s2(one)])
        case "dblp":
            return questions.dblp_record(one.value)
        case "openreview":
            return questions.openreview_note(one.value)
        case _:
            return None


def _for_s2(one: Identifier) -> str:
    return one.value if one.scheme == "s2" else f"{one.scheme.upper()}:{one.value}"


async def _from_arxiv(sources: _Sources, wanted: Sequence[Identifier]) -> Fetched:
    arxiv_ids = [one.value for one in wanted]
    try:
        read = await sources.ask("arxiv", questions.arxiv_by_ids(arxiv_ids))
    except NotAnsweredError as error:
        return Fetched(failed=tuple(wanted), reason=str(error))
    problems = Problems()
    for problem in read.problems:
        problems.add(None, problem.message)
    values = {identifier.value for paper in read.papers for identifier in paper.identifiers}
    for arxiv_id in arxiv_ids:
        if arxiv_id not in values and not read.problems:  # with one that is none, arXiv answers with an error alone
            problems.add(None, f"arXiv does not have {arxiv_id}")
    return Fetched(parsed=ParsedSource(papers=read.papers, problems=problems.listed()), settled=tuple(wanted))


async def _from_s2(sources: _Sources, wanted: Sequence[Identifier]) -> Fetched:
    try:
        read = await sources.ask("s2", questions.s2_papers([one.value for one in wanted]))
    except NotAnsweredError as error:
        return Fetched(failed=tuple(wanted), reason=str(error))
    problems = Problems()
    there = {identifier for paper in read.papers for identifier in paper.identifiers}
    for one in wanted:
        if one not in there:
            problems.add(None, f"Semantic Scholar does not have {one.value}")
    return Fetched(parsed=ParsedSource(papers=read.papers, problems=problems.listed()), settled=tuple(wanted))


def _problem(one: Identifier, message: str) -> Fetched:
    problems = Problems()
    problems.add(None, message)
    return Fetched(parsed=ParsedSource(problems=problems.listed()), settled=(one,))


def _and(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]
