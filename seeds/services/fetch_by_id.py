"""Papers by their outside identifiers: arXiv is asked for arXiv ids, Crossref for DOIs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from seeds.decoding import Problems
from seeds.http import Fetcher, FetchError, NotFoundError
from seeds.reading.limits import NotReadError
from seeds.reading.parsers import Parsers
from seeds.record_builder import UnreadableRecordError
from seeds.xml import XmlError
from store.models import Frozen, Identifier, PaperRecord, ParsedSource, Source

MOST_PAPERS = 50
"""Papers that are asked for at once: at 3 s between two requests, 50 DOIs take two and a half minutes."""


class ServiceAddresses(Frozen):
    """Where the services are."""

    arxiv: str = "https://export.arxiv.org/api/query"
    crossref: str = "https://api.crossref.org/works"


async def fetch_papers(
    fetcher: Fetcher, parsers: Parsers, addresses: ServiceAddresses, wanted: Sequence[Identifier]
) -> ParsedSource:
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
        found += await _from_arxiv(fetcher, parsers, addresses.arxiv, arxiv_ids, problems)
    for one in wanted:
        if one.scheme == "doi":
            found += await _from_crossref(fetcher, parsers, addresses.crossref, one.value, problems)
        elif one.scheme != "arxiv":
            problems.add(None, f"{one.value} can only be read from a file")
    return ParsedSource(papers=tuple(found), problems=problems.listed())


async def _from_arxiv(
    fetcher: Fetcher, parsers: Parsers, base: str, arxiv_ids: Sequence[str], problems: Problems
) -> Sequence[PaperRecord]:
    source = Source(kind="arxiv", name="arXiv", retrieved=datetime.now(UTC))
    try:
        answer = await fetcher.get(base, {"id_list": ",".join(arxiv_ids), "max_results": str(len(arxiv_ids))})
        read = await parsers.read_arxiv(answer.content, source)
    except (FetchError, XmlError, NotReadError) as error:
        problems.add(None, f"arXiv: {error}")
        return ()
    for problem in read.problems:
        problems.add(None, problem.message)
    values = {identifier.value for paper in read.papers for identifier in paper.identifiers}
    for arxiv_id in arxiv_ids:
        if arxiv_id not in values and not read.problems:  # with one that is none, arXiv answers with an error alone
            problems.add(None, f"arXiv does not have {arxiv_id}")
    return read.papers


async def _from_crossref(
    fetcher: Fetcher, parsers: Parsers, base: str, doi: str, problems: Problems
) -> Sequence[PaperRecord]:
    source = Source(kind="crossref", name="Crossref", retrieved=datetime.now(UTC))
    try:
        answer = await fetcher.get(f"{base}/{quote(doi, safe='')}")
        return (await parsers.read_crossref(answer.content, source)).papers
    except NotFoundError:
        problems.add(None, f"Crossref does not have {doi}")
    except FetchError as error:
        problems.add(None, f"Crossref: {error}")
    except (UnreadableRecordError, NotReadError) as error:
        problems.add(None, f"Crossref's {doi} is not read: {error}")
    return ()
