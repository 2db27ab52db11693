"""What each service can be asked, by the cheapest call that answers it, and how long an answer stays true enough."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from urllib.parse import quote

from seeds.services.readers import AnswerKind
from store.models import Frozen, Identifier
from store.outside import PersonIdentifier

DAY, WEEK = timedelta(days=1), timedelta(days=7)
SEARCH_PRICE, LIST_PRICE = 1_000, 100
"""Millionths of a dollar that OpenAlex takes for a search and for a list; a single entity is free
(developers.openalex.org, "Authentication & Pricing", 2026)."""
PEOPLE, TITLES = 10, 5
"""Of a search; more than ten of a name cannot be chosen from on one card."""
WORKS_PAGE, S2_PAGE, S2_BATCH, ARXIV_IDS, CROSSREF_DOIS, S2_CITATIONS = 50, 100, 500, 100, 20, 300
"""Papers in one answer. OpenAlex's works of fifty take some 400 kB, which is read while a person waits."""

_PERSON = (
    "id,orcid,ids,display_name,display_name_alternatives,works_count,cited_by_count,summary_stats,affiliations,"
    "last_known_institutions,topics,counts_by_year"
)
_WORK = (
    "id,doi,title,display_name,publication_year,publication_date,authorships,is_authors_truncated,primary_location,"
    "locations,cited_by_count,abstract_inverted_index,is_retracted"
)
_S2_PERSON = "name,affiliations,homepage,paperCount,citationCount,hIndex,externalIds"
_S2_FOUND = f"{_S2_PERSON},papers.title,papers.year,papers.citationCount,papers.fieldsOfStudy"
_S2_PAPER = (
    "title,abstract,venue,publicationVenue,year,publicationDate,citationCount,externalIds,openAccessPdf,authors.name"
)


class Question(Frozen):
    """What a service is asked, and what reads the answer."""

    path: str
    params: Mapping[str, str] = {}
    body: tuple[str, ...] = ()
    """Ids that are posted as `{"ids": [...]}`."""
    read: AnswerKind
    price: int = 1
    """At most: requests, or millionths of a dollar."""
    keep: timedelta


def arxiv_by_ids(arxiv_ids: Sequence[str]) -> Question:
    """Papers by their arXiv ids, at most `ARXIV_IDS`."""
    params = {"id_list": ",".join(arxiv_ids), "max_results": str(len(arxiv_ids))}
    return Question(path="", params=params, read="arxiv entries", keep=WEEK)


def arxiv_titled(title: str) -> Question:
    """Papers with these words in their titles."""
    params = {"search_query": f"ti:{_phrase(title)}", "max_results": str(TITLES)}
    return Question(path="", params=params, read="arxiv entries", keep=DAY)


def crossref_by_doi(doi: str) -> Question:
    """A work by its DOI."""
    return Question(path=f"/{quote(doi, safe='')}", read="crossref work", keep=WEEK)


def crossref_by_dois(dois: Sequence[str]) -> Question:
    """Works by their DOIs, at most `CROSSREF_DOIS`, none of which has a comma: filters of one name are alternatives."""
    params = {"filter": ",".join(f"doi:{doi}" for doi in dois), "rows": str(len(dois))}
    return Question(path="", params=params, read="crossref works", keep=DAY)


def crossref_titled(title: str) -> Question:
    """Works that fit a reference."""
    return Question(
        path="", params={"query.bibliographic": title, "rows": str(TITLES)}, read="crossref works", keep=DAY
    )


def openalex_work(one: Identifier) -> Question:
    """A work by OpenAlex's own id or a DOI, free of charge; arXiv papers have the DOI that arXiv gave them."""
    named = {"openalex": one.value, "arxiv": f"doi:10.48550/arXiv.{one.value}"}.get(one.scheme, f"doi:{one.value}")
    path = f"/works/{quote(named, safe=':')}"
    return Question(path=path, params={"select": _WORK}, read="openalex work", price=0, keep=WEEK)


def openalex_titled(title: str) -> Question:
    """Works with such a title."""
    params = {"filter": f"title.search:{_for_filter(title)}", "per-page": str(TITLES), "select": _WORK}
    return Question(path="/works", params=params, read="openalex works", price=SEARCH_PRICE, keep=DAY)


def openalex_people(name: str) -> Question:
    """People of that name."""
    params = {"search": name, "per-page": str(PEOPLE), "select": _PERSON}
    return Question(path="/authors", params=params, read="openalex people", price=SEARCH_PRICE, keep=DAY)


def openalex_best_known(people: Sequence[str]) -> Question:
    """Works of any of these people, those first that are cited most."""
    params = {
        "filter": f"authorships.author.id:{'|'.join(people)}",
        "sort": "cited_by_count:desc",
        "per-page": "100",
        "select": "id,title,authorships",
    }
    return Question(path="/works", params=params, read="openalex best known", price=LIST_PRICE, keep=DAY)


def openalex_person(one: PersonIdentifier) -> Question:
    """A person by OpenAlex's id or ORCID, free of charge."""
    named = one.value if one.scheme == "openalex" else f"orcid:{one.value}"
    return Question(path=f"/authors/{named}", params={"select": _PERSON}, read="openalex person", price=0, keep=DAY)


def openalex_works_of(one: PersonIdentifier, cursor: str = "*") -> Question:
    """A page of a person's works, the newest first."""
    field = "authorships.author.id" if one.scheme == "openalex" else "authorships.author.orcid"
    params = {
        "filter": f"{field}:{one.value}",
        "sort": "publication_date:desc",
        "per-page": str(WORKS_PAGE),
        "cursor": cursor,
        "select": _WORK,
    }
    return Question(path="/works", params=params, read="openalex works", price=LIST_PRICE, keep=DAY)


def s2_papers(ids: Sequence[str]) -> Question:
    """Papers by Semantic Scholar's ids or `ARXIV:…`, `DOI:…`, `ACL:…`, at most `S2_BATCH`."""
    return Question(path="/paper/batch", params={"fields": _S2_PAPER}, body=tuple(ids), read="s2 batch", keep=WEEK)


def s2_citations(paper_id: str) -> Question:
    """Papers that cite one, at most `S2_CITATIONS`."""
    params = {"fields": _S2_PAPER, "limit": str(S2_CITATIONS)}
    return Question(path=f"/paper/{quote(paper_id, safe=':')}/citations", params=params, read="s2 papers", keep=DAY)


def s2_titled(title: str) -> Question:
    """The one paper whose title is the most like this."""
    return Question(
        path="/paper/search/match", params={"query": title, "fields": _S2_PAPER}, read="s2 papers", keep=DAY
    )


def s2_people(name: str) -> Question:
    """People of that name, with the titles of their papers."""
    params = {"query": name, "limit": str(PEOPLE), "fields": _S2_FOUND}
    return Question(path="/author/search", params=params, read="s2 people", keep=DAY)


def s2_person(author_id: str) -> Question:
    """A person."""
    return Question(path=f"/author/{author_id}", params={"fields": _S2_FOUND}, read="s2 person", keep=DAY)


def s2_papers_of(author_id: str, offset: str = "0") -> Question:
    """A page of a person's papers."""
    params = {"fields": _S2_PAPER, "limit": str(S2_PAGE), "offset": offset}
    return Question(path=f"/author/{author_id}/papers", params=params, read="s2 papers", keep=DAY)


def dblp_people(name: str) -> Question:
    """People of that name; namesakes are apart."""
    params = {"q": name, "format": "json", "h": str(PEOPLE), "c": "0"}
    return Question(path="/search/author/api", params=params, read="dblp people", keep=DAY)


def dblp_person(pid: str) -> Question:
    """A person with all their papers."""
    return Question(path=f"/pid/{quote(pid)}.xml", read="dblp person", keep=DAY)


def dblp_titled(title: str) -> Question:
    """Papers with these words in their records."""
    params = {"q": title, "format": "json", "h": str(TITLES), "c": "0"}
    return Question(path="/search/publ/api", params=params, read="dblp papers", keep=DAY)


def dblp_record(key: str) -> Question:
    """A paper by its key."""
    return Question(path=f"/rec/{quote(key)}.xml", read="dblp record", keep=WEEK)


def orcid_record(orcid: str) -> Question:
    """A person's record with their works."""
    return Question(path=f"/{orcid}/record", read="orcid record", keep=DAY)


def openreview_note(forum: str) -> Question:
    """A submission."""
    return Question(path="/notes", params={"id": forum}, read="openreview notes", keep=WEEK)


def _phrase(text: str) -> str:
    """A phrase for arXiv's query language, in which quotation marks, brackets and backslashes mean something."""
    plain = "".join(" " if char in '"()\\' else char for char in text)
    return f'"{" ".join(plain.split())}"'


def _for_filter(text: str) -> str:
    """Words for OpenAlex's filters, in which commas and bars mean something."""
    return " ".join("".join(char if char.isalnum() or char in "-'" else " " for char in text).split())
