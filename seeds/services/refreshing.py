"""What services say now of papers that are known: many in one request, and asked anew whatever was kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from seeds.services import questions
from seeds.services.calling import Caller, NotAnsweredError, Service
from seeds.services.questions import Question
from store.models import Fetched, Identifier, ParsedSource
from store.outside import ServiceName

RefreshingService = Literal["arxiv", "crossref", "s2"]
MOST_AT_ONCE: Mapping[RefreshingService, int] = {
    "arxiv": questions.ARXIV_IDS,
    "crossref": questions.CROSSREF_DOIS,
    "s2": questions.S2_BATCH,
}
"""Papers in one request."""


async def refresh(
    caller: Caller,
    services: Mapping[ServiceName, Service],
    service: RefreshingService,
    wanted: Sequence[Identifier],
) -> Fetched:
    """What a service says of these papers, at most `MOST_AT_ONCE`, by one request."""
    values = [one.value for one in wanted]
    match service:
        case "arxiv":
            question = questions.arxiv_by_ids(values)
        case "crossref":
            question = questions.crossref_by_dois(values)
        case "s2":
            question = questions.s2_papers([f"{one.scheme.upper()}:{one.value}" for one in wanted])
    return await _asked(caller, services[service], question, wanted)


async def citing(caller: Caller, services: Mapping[ServiceName, Service], cited: Identifier) -> Fetched:
    """Papers that cite one, each with that one among those it cites."""
    answer = await _asked(
        caller, services["s2"], questions.s2_citations(f"{cited.scheme.upper()}:{cited.value}"), [cited]
    )
    papers = tuple(one.model_copy(update={"cites": (cited,)}) for one in answer.parsed.papers)
    return answer.model_copy(update={"parsed": ParsedSource(papers=papers)})


async def _asked(caller: Caller, service: Service, question: Question, wanted: Sequence[Identifier]) -> Fetched:
    try:
        answer = await caller.ask(service, question, fresh=True)
    except NotAnsweredError as error:
        return Fetched(failed=tuple(wanted), reason=str(error))
    return Fetched(parsed=ParsedSource(papers=answer.papers), settled=tuple(wanted))
