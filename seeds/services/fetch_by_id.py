"""Papers by their outside identifiers: arXiv is asked for arXiv ids, Crossref for DOIs."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from seeds.decoding import Problems
from seeds.http import Fetcher, FetchError, NotFoundError, UnavailableError
from seeds.reading.limits import NotReadError
from seeds.reading.parsers import Parsers
from seeds.record_builder import UnreadableRecordError
from seeds.xml import XmlError
from store.models import Fetched, Frozen, Identifier, ParsedSource, Source

TRIES, ANSWER_WITHIN_S = 2, 20.0
"""Of one request, for which a person waits: a service that is busy is asked again, one that is down soon named."""
FAILURES = 2
"""After so many requests in a row that failed, a service is not asked for the rest: the first may be the paper's."""


class ServiceAddresses(Frozen):
    """Where the services are."""

    arxiv: str = "https://export.arxiv.org/api/query"
    crossref: str = "https://api.crossref.org/works"


async def fetch_papers(
    fetcher: Fetcher, parsers: Parsers, addresses: ServiceAddresses, wanted: Sequence[Identifier]
) -> AsyncGenerator[Fetched, None]:
    """Ask for papers by arXiv id or DOI, each wanted once; gives what each request brought as it comes.

    Identifiers of other schemes, and papers that a service does not have, are settled with a problem.
    """
    if arxiv_ids := [one for one in wanted if one.scheme == "arxiv"]:
        yield await _from_arxiv(fetcher, parsers, addresses.arxiv, arxiv_ids)
    dois, failures = [one for one in wanted if one.scheme == "doi"], 0
    for number, doi in enumerate(dois):
        part = await _from_crossref(fetcher, parsers, addresses.crossref, doi)
        failures = failures + 1 if part.failed else 0
        if failures == FAILURES:
            yield part.model_copy(update={"failed": tuple(dois[number:])})
            break
        yield part
    for other in wanted:
        if other.scheme not in ("arxiv", "doi"):
            yield _problem(other, f"{other.value} can only be read from a file")


def _problem(one: Identifier, message: str) -> Fetched:
    problems = Problems()
    problems.add(None, message)
    return Fetched(parsed=ParsedSource(problems=problems.listed()), settled=(one,))


async def _from_arxiv(fetcher: Fetcher, parsers: Parsers, base: str, wanted: Sequence[Identifier]) -> Fetched:
    source = Source(kind="arxiv", name="arXiv", retrieved=datetime.now(UTC))
    arxiv_ids = [one.value for one in wanted]
    try:
        answer = await fetcher.get(
            base,
            {"id_list": ",".join(arxiv_ids), "max_results": str(len(arxiv_ids))},
            tries=TRIES,
            answer_within=ANSWER_WITHIN_S,
        )
        read = await parsers.read_arxiv(answer.content, source)
    except (FetchError, XmlError, NotReadError) as error:
        return Fetched(failed=tuple(wanted), reason=f"arXiv: {error}")
    problems = Problems()
    for problem in read.problems:
        problems.add(None, problem.message)
    values = {identifier.value for paper in read.papers for identifier in paper.identifiers}
    for arxiv_id in arxiv_ids:
        if arxiv_id not in values and not read.problems:  # with one that is none, arXiv answers with an error alone
            problems.add(None, f"arXiv does not have {arxiv_id}")
    return Fetched(parsed=ParsedSource(papers=read.papers, problems=problems.listed()), settled=tuple(wanted))


async def _from_crossref(fetcher: Fetcher, parsers: Parsers, base: str, doi: Identifier) -> Fetched:
    source = Source(kind="crossref", name="Crossref", retrieved=datetime.now(UTC))
    address = f"{base}/{quote(doi.value, safe='')}"
    try:
        answer = await fetcher.get(address, tries=TRIES, answer_within=ANSWER_WITHIN_S)
        papers = (await parsers.read_crossref(answer.content, source)).papers
    except NotFoundError:
        return _problem(doi, f"Crossref does not have {doi.value}")
    except UnavailableError as error:
        return Fetched(failed=(doi,), reason=f"Crossref: {error}")
    except (FetchError, UnreadableRecordError, NotReadError) as error:
        return _problem(doi, f"Crossref's {doi.value} is not read: {error}")
    return Fetched(parsed=ParsedSource(papers=papers), settled=(doi,))
