"""Made people and papers in the forms in which services answer.

The forms are those of recorded answers for OpenAlex's works, Semantic Scholar, Crossref and DBLP's publication search;
of OpenAlex's authors, DBLP's author search and pages of persons, ORCID and OpenReview from their documentation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape

from bot.simulator.services.library import MadePaper, MadePerson

Object = dict[str, Any]


def openalex_author(person: MadePerson, part: int, papers: list[MadePaper]) -> Object:
    """A profile, which has these papers."""
    years = sorted({paper.published.year for paper in papers}, reverse=True)
    place = {"id": "https://openalex.org/I1", "display_name": person.place, "type": "education"}
    cited = sorted((paper.cited for paper in papers), reverse=True)
    topic = {"id": "https://openalex.org/T1", "subfield": {"display_name": person.field}}
    return {
        "id": f"https://openalex.org/{person.openalex_id(part)}",
        "orcid": f"https://orcid.org/{person.orcid}" if person.has_orcid and not part else None,
        "display_name": person.name,
        "display_name_alternatives": [person.name, f"{person.name[0]}. {person.name.split()[-1]}"],
        "works_count": len(papers),
        "cited_by_count": sum(cited),
        "summary_stats": {"h_index": sum(count > rank for rank, count in enumerate(cited)), "i10_index": 0},
        "affiliations": [{"institution": place, "years": years}],
        "last_known_institutions": [place],
        "topics": [topic],
        "counts_by_year": [{"year": year, "works_count": 1, "cited_by_count": 0} for year in years[:10]],
        "ids": {"openalex": f"https://openalex.org/{person.openalex_id(part)}"},
    }


def openalex_work(paper: MadePaper) -> Object:
    """A work; every fourth has no abstract there."""
    index: dict[str, list[int]] = {}
    for place, word in enumerate(paper.abstract.split() if paper.has_abstract("openalex") else ()):
        index.setdefault(word, []).append(place)
    doi = paper.doi or (f"10.48550/arxiv.{paper.arxiv}" if paper.arxiv else "")
    locations = [{"landing_page_url": f"http://arxiv.org/abs/{paper.arxiv}", "pdf_url": None}] if paper.arxiv else []
    authors = [_openalex_authorship(person, paper) for person in paper.authors]
    return {
        "id": f"https://openalex.org/{paper.openalex_id}",
        "doi": f"https://doi.org/{doi}" if doi else None,
        "title": paper.title,
        "display_name": paper.title,
        "publication_year": paper.year("openalex"),
        "publication_date": paper.published.isoformat(),
        "authorships": authors,
        "primary_location": {"source": {"display_name": paper.venue} if paper.venue else None, "pdf_url": None},
        "locations": locations,
        "cited_by_count": paper.citations("openalex"),
        "abstract_inverted_index": index or None,
        "is_retracted": False,
    }


def _openalex_authorship(person: MadePerson, paper: MadePaper) -> Object:
    part = int(person.split and paper.number % 5 == 0)
    return {
        "author_position": "middle",
        "author": {
            "id": f"https://openalex.org/{person.openalex_id(part)}",
            "display_name": person.name,
            "orcid": f"https://orcid.org/{person.orcid}" if person.has_orcid and not part else None,
        },
        "institutions": [{"display_name": person.place}],
        "raw_author_name": person.name,
    }


def s2_author(person: MadePerson, part: int, papers: list[MadePaper]) -> Object:
    """An author with their papers, of which a request says which fields it wants; nulls where nothing is known."""
    counts = sorted((paper.citations("s2") for paper in papers), reverse=True)
    return {
        "authorId": person.s2_id(part),
        "externalIds": {"ORCID": person.orcid} if person.has_orcid and not part else {},
        "name": person.name,
        "affiliations": [person.place] if person.number % 3 == 0 else [],
        "homepage": None,
        "paperCount": len(papers),
        "citationCount": sum(counts),
        "hIndex": sum(count > rank for rank, count in enumerate(counts)),
        "papers": [
            {
                "paperId": paper.s2_id,
                "title": paper.title,
                "year": paper.year("s2"),
                "citationCount": paper.citations("s2"),
                "fieldsOfStudy": ["Computer Science"] if paper.number % 2 else None,
            }
            for paper in papers
        ],
    }


def s2_paper(paper: MadePaper) -> Object:
    """A paper."""
    outside = {"ArXiv": paper.arxiv, "DOI": paper.doi, "ACL": paper.acl, "CorpusId": paper.number}
    return {
        "paperId": paper.s2_id,
        "externalIds": {name: value for name, value in outside.items() if value},
        "title": paper.title,
        "abstract": paper.abstract or None,
        "venue": paper.venue,
        "publicationVenue": None,
        "year": paper.year("s2"),
        "publicationDate": paper.published.isoformat() if paper.number % 3 else None,
        "citationCount": paper.citations("s2"),
        "openAccessPdf": None,
        "authors": [
            {"authorId": one.s2_id(int(one.split and paper.number % 5 == 0)), "name": one.name} for one in paper.authors
        ],
    }


def crossref_work(paper: MadePaper) -> Object:
    """A work; there are no abstracts."""
    preprint = {"id-type": "doi", "id": f"10.48550/arxiv.{paper.arxiv}"}
    return {
        "DOI": paper.doi,
        "title": [paper.title],
        "author": [
            {
                "given": " ".join(name.split()[:-1]),
                "family": name.split()[-1],
                "sequence": "additional",
                "affiliation": [],
            }
            for name in paper.names
        ],
        "container-title": [paper.venue] if paper.venue else [],
        "issued": {"date-parts": [[paper.year("crossref")]]},
        "is-referenced-by-count": paper.citations("crossref"),
        "type": "proceedings-article",
        "URL": f"https://doi.org/{paper.doi}",
        "indexed": {"date-time": "2026-01-01T00:00:00Z"},
        "relation": {"has-preprint": [preprint]} if paper.arxiv else {},
    }


def dblp_hits(name: str, hits: Iterable[Object]) -> Object:
    """An answer of one of DBLP's searches, in which a single hit is no list and none is no field."""
    listed = [{"@score": "1", "@id": str(number), "info": info} for number, info in enumerate(hits)]
    found: Mapping[str, Any] = {"hit": listed[0] if len(listed) == 1 else listed} if listed else {}
    total = str(len(listed))
    return {"result": {"query": name, "hits": {"@total": total, "@sent": total, "@first": "0", **found}}}


def dblp_author(person: MadePerson) -> Object:
    """A hit of the author search."""
    note = {"@type": "affiliation", "text": f"{person.place}, Made Country"}
    return {
        "author": person.dblp_name,
        "url": f"https://dblp.org/pid/{person.pid}",
        **({"notes": {"note": note}} if person.place else {}),
    }


def dblp_publication(paper: MadePaper) -> Object:
    """A hit of the publication search, in which a single author is no list."""
    authors = [{"@pid": person.pid, "text": person.dblp_name} for person in paper.authors]
    return {
        "authors": {"author": authors[0] if len(authors) == 1 else authors},
        "title": f"{paper.title}.",
        "venue": paper.venue,
        "year": str(paper.year("dblp")),
        "type": "Conference and Workshop Papers",
        "key": paper.dblp_key,
        **({"doi": paper.doi, "ee": f"https://doi.org/{paper.doi}"} if paper.doi else {}),
    }


def dblp_record(paper: MadePaper) -> str:
    """A publication in XML."""
    authors = [f'<author pid="{person.pid}">{escape(person.dblp_name)}</author>' for person in paper.authors]
    ee = f"<ee>https://doi.org/{paper.doi}</ee>" if paper.doi else ""
    ee += f"<ee>https://arxiv.org/abs/{paper.arxiv}</ee>" if paper.arxiv else ""
    return (
        f'<inproceedings key="{paper.dblp_key}" mdate="2026-01-01">{"".join(authors)}'
        f"<title>{escape(paper.title)}.</title><year>{paper.year('dblp')}</year>"
        f"<booktitle>{escape(paper.venue)}</booktitle>{ee}</inproceedings>"
    )


def dblp_person(person: MadePerson) -> str:
    """A person's page in XML."""
    about = f'<author pid="{person.pid}">{escape(person.dblp_name)}</author>'
    if person.place:
        about += f'<note type="affiliation">{escape(person.place)}</note>'
    if person.has_orcid:
        about += f"<url>https://orcid.org/{person.orcid}</url>"
    records = "".join(f"<r>{dblp_record(paper)}</r>" for paper in person.papers)
    return (
        f'<?xml version="1.0"?><dblpperson name="{escape(person.dblp_name)}" pid="{person.pid}">'
        f'<person key="homepages/{person.pid}">{about}</person>{records}</dblpperson>'
    )


def dblp_disambiguation(people: list[MadePerson]) -> str:
    """The page of a name that several people have."""
    homonyms = "".join(
        f'<h><person key="homepages/{one.pid}"><author pid="{one.pid}">{one.dblp_name}</author></person></h>'
        for one in people
    )
    return (
        f'<?xml version="1.0"?><dblpperson name="{people[0].name}"><person publtype="disambiguation">'
        f"<author>{people[0].name}</author></person><homonyms>{homonyms}</homonyms></dblpperson>"
    )


def orcid_record(person: MadePerson) -> Object:
    """A record, in which people have entered only some of their works."""
    given, family = person.name.split()
    works = [
        {
            "work-summary": [
                {
                    "title": {"title": {"value": paper.title}},
                    "external-ids": {
                        "external-id": [
                            {
                                "external-id-type": "doi",
                                "external-id-value": paper.doi,
                                "external-id-relationship": "self",
                            }
                        ]
                    },
                    "publication-date": {"year": {"value": str(paper.published.year)}, "month": None, "day": None},
                    "journal-title": {"value": paper.venue} if paper.venue else None,
                }
            ]
        }
        for paper in person.papers
        if paper.doi and paper.number % 2
    ]
    job = {
        "organization": {"name": person.place},
        "start-date": {"year": {"value": str(person.first_year)}},
        "end-date": None,
    }
    return {
        "orcid-identifier": {"path": person.orcid},
        "person": {
            "name": {"given-names": {"value": given}, "family-name": {"value": family}, "credit-name": None},
            "other-names": {"other-name": []},
        },
        "activities-summary": {
            "employments": {"affiliation-group": [{"summaries": [{"employment-summary": job}]}]},
            "works": {"group": works},
        },
    }


def openreview_note(paper: MadePaper) -> Object:
    """A submission."""
    content = {"title": paper.title, "authors": paper.names, "abstract": paper.abstract, "venue": paper.venue}
    return {
        "id": paper.openreview_id,
        "forum": paper.openreview_id,
        "content": {name: {"value": value} for name, value in content.items()},
        "pdate": 1_700_000_000_000,
    }
