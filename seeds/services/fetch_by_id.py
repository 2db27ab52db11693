"""Papers by their names from outside: arXiv's query interface for arXiv ids, Crossref for DOIs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from seeds.decoding import Problems
from seeds.formats import json_files
from seeds.http import Fetcher, FetchError, NotFoundError
from seeds.services import arxiv
from seeds.xml import XmlError, parse
from store.models import Frozen, Identifier, PaperRecord, ParsedSource, Source

MOST = 50
"""Papers that are asked for at once."""


class Services(Frozen):
    """Addresses of the services."""

    arxiv: str = "https://export.arxiv.org/api/query"
    crossref: str = "https://api.crossref.org/works"


async def papers(fetcher: Fetcher, services: Services, wanted: Sequence[Identifier]) -> ParsedSource:
    """Ask for the first 50 papers wanted, by arXiv id or DOI.

    Names of other kinds, papers that a service does not have and services that do not answer are problems.
    """
    problems = Problems()
    found: list[PaperRecord] = []
    wanted = tuple(dict.fromkeys(wanted))
    if len(wanted) > MOST:
        problems.add(None, f"only the first {MOST} of {len(wanted):,} papers are asked for")
        wanted = wanted[:MOST]
    numbers = [one.value for one in wanted if one.scheme == "arxiv"]
    if numbers:
        found += await _of_arxiv(fetcher, services.arxiv, numbers, problems)
    for one in wanted:
        if one.scheme == "doi":
            found += await _of_crossref(fetcher, services.crossref, one.value, problems)
        elif one.scheme != "arxiv":
            problems.add(None, f"{one.value} can only be read from a file")
    return ParsedSource(papers=tuple(found), problems=problems.listed())


async def _of_arxiv(fetcher: Fetcher, base: str, numbers: Sequence[str], problems: Problems) -> Sequence[PaperRecord]:
    try:
        answer = await fetcher.get(base, {"id_list": ",".join(numbers), "max_results": str(len(numbers))})
        reading = arxiv.read_entries(
            parse(answer.content), Source(kind="arxiv", name="arXiv", retrieved=datetime.now(UTC))
        )
    except (FetchError, XmlError) as error:
        problems.add(None, f"arXiv: {error}")
        return ()
    for problem in reading.problems:
        problems.add(None, problem.message)
    there = {identifier.value for paper in reading.papers for identifier in paper.identifiers}
    for number in numbers:
        if number not in there and not reading.problems:
            problems.add(None, f"arXiv does not have {number}")
    return reading.papers


async def _of_crossref(fetcher: Fetcher, base: str, doi: str, problems: Problems) -> Sequence[PaperRecord]:
    try:
        answer = await fetcher.get(f"{base}/{quote(doi, safe='')}")
    except NotFoundError:
        problems.add(None, f"Crossref does not have {doi}")
        return ()
    except FetchError as error:
        problems.add(None, f"Crossref: {error}")
        return ()
    reading = json_files.read(answer.content, Source(kind="crossref", name="Crossref", retrieved=datetime.now(UTC)))
    for problem in reading.problems:
        problems.add(None, f"Crossref's {doi}: {problem.message}")
    return reading.papers
