"""Papers by their outside identifiers: arXiv is asked for arXiv ids, Crossref for DOIs."""

from __future__ import annotations

from collections.abc import Sequence

from seeds.decoding import Problems
from seeds.http import Fetcher, FetchError, NotFoundError
from seeds.record_builder import UnreadableRecordError
from seeds.services import arxiv_api, crossref
from seeds.xml import XmlError
from store.models import Frozen, Identifier, PaperRecord, ParsedSource

MOST_PAPERS = 50
"""Papers that are asked for at once: at 3 s between two requests, 50 DOIs take two and a half minutes."""


class ServiceAddresses(Frozen):
    """Where the services are."""

    arxiv: str = "https://export.arxiv.org/api/query"
    crossref: str = "https://api.crossref.org/works"


async def fetch_papers(fetcher: Fetcher, addresses: ServiceAddresses, wanted: Sequence[Identifier]) -> ParsedSource:
    """Ask for the first 50 of the papers, by arXiv id or DOI.

    Identifiers of other schemes, papers that a service does not have and services that do not answer are problems.
    """
    problems = Problems()
    found: list[PaperRecord] = []
    wanted = tuple(dict.fromkeys(wanted))
    if len(wanted) > MOST_PAPERS:
        problems.add(None, f"only the first {MOST_PAPERS} of {len(wanted):,} papers are asked for")
        wanted = wanted[:MOST_PAPERS]
    arxiv_ids = [one.value for one in wanted if one.scheme == "arxiv"]
    if arxiv_ids:
        found += await _from_arxiv(fetcher, addresses.arxiv, arxiv_ids, problems)
    for one in wanted:
        if one.scheme == "doi":
            found += await _from_crossref(fetcher, addresses.crossref, one.value, problems)
        elif one.scheme != "arxiv":
            problems.add(None, f"{one.value} can only be read from a file")
    return ParsedSource(papers=tuple(found), problems=problems.listed())


async def _from_arxiv(
    fetcher: Fetcher, base: str, arxiv_ids: Sequence[str], problems: Problems
) -> Sequence[PaperRecord]:
    try:
        answer = await arxiv_api.fetch_papers(fetcher, base, arxiv_ids)
    except (FetchError, XmlError) as error:
        problems.add(None, f"arXiv: {error}")
        return ()
    for problem in answer.problems:
        problems.add(None, problem.message)
    return answer.papers


async def _from_crossref(fetcher: Fetcher, base: str, doi: str, problems: Problems) -> Sequence[PaperRecord]:
    try:
        return (await crossref.fetch_paper(fetcher, base, doi),)
    except NotFoundError:
        problems.add(None, f"Crossref does not have {doi}")
    except FetchError as error:
        problems.add(None, f"Crossref: {error}")
    except UnreadableRecordError as error:
        problems.add(None, f"Crossref's {doi} is not read: {error}")
    return ()
