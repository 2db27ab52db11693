"""What each service is asked, and where in the made library it finds the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.simulator.services import arxiv_shapes, shapes
from bot.simulator.services.library import MadeLibrary, MadePaper, MadePerson, announced
from bot.simulator.services.service import LIBRARY, SERVICE
from store.outside import ServiceName

Profile = tuple[MadePerson, int, list[MadePaper]]
"""A person as OpenAlex or Semantic Scholar has them: which of their profiles it is, and its papers."""
_SEARCH, _LIST = 0.001, 0.0001
"""Dollars that OpenAlex takes."""
_MISSING = web.HTTPNotFound


def _library(request: web.Request) -> MadeLibrary:
    return request.app[LIBRARY]


def _profiles(library: MadeLibrary, people: Sequence[MadePerson], *, mixed: bool) -> list[Profile]:
    found: list[Profile] = []
    for person in people:
        if mixed and person.mixed_with is not None:
            continue
        shared = [one for one in library.people if mixed and one.mixed_with == person.number]
        papers = list({paper.number: paper for one in (person, *shared) for paper in one.papers}.values())
        rest = [paper for paper in papers if person.split and paper.number % 5 == 0]
        found.append((person, 0, [paper for paper in papers if paper not in rest] if rest else papers))
        if rest:
            found.append((person, 1, rest))
    return found


def _openalex_profile(library: MadeLibrary, one: str) -> Profile | None:
    wanted = one.rpartition("/")[2].removeprefix("orcid:")
    for person in library.people:
        if wanted in (person.openalex_id(0), person.openalex_id(1), person.orcid if person.has_orcid else ""):
            profiles = _profiles(library, [person], mixed=True)
            return next((each for each in profiles if wanted in (each[0].openalex_id(each[1]), person.orcid)), None)
    return None


def _priced(request: web.Request, body: object, price: float) -> web.Response:
    service = request.app[SERVICE]
    service.spent += price
    headers = {"X-RateLimit-Cost-USD": f"{price:g}", "X-RateLimit-Remaining-USD": f"{1 - service.spent:.4f}"}
    return web.json_response(body, headers=headers)


def _check_openalex_key(request: web.Request) -> None:
    key = request.query.get("api_key")
    if key is not None and key != request.app[SERVICE].key:
        raise web.HTTPUnauthorized


async def _openalex_authors(request: web.Request) -> web.Response:
    _check_openalex_key(request)
    library = _library(request)
    profiles = _profiles(library, library.named(request.query["search"]), mixed=True)
    found = [shapes.openalex_author(*profile) for profile in profiles[: int(request.query["per-page"])]]
    return _priced(request, {"meta": {"count": len(profiles)}, "results": found}, _SEARCH)


async def _openalex_author(request: web.Request) -> web.Response:
    _check_openalex_key(request)
    wanted = request.match_info["id"]
    if wanted.startswith("A4"):  # merged into the one with the same number
        raise web.HTTPMovedPermanently(f"/authors/A5{wanted[2:]}?{request.query_string}")
    profile = _openalex_profile(_library(request), wanted)
    if profile is None:
        raise _MISSING
    return _priced(request, shapes.openalex_author(*profile), 0)


async def _openalex_works(request: web.Request) -> web.Response:
    _check_openalex_key(request)
    library, query = _library(request), request.query
    field, _, value = query["filter"].partition(":")
    if field == "title.search":
        found, price = library.titled(value), _SEARCH
    else:
        profiles = [each for one in value.split("|") if (each := _openalex_profile(library, one))]
        found, price = list({paper.number: paper for each in profiles for paper in each[2]}.values()), _LIST
    by_citations = query.get("sort") == "cited_by_count:desc"
    found.sort(key=lambda paper: paper.cited if by_citations else paper.published.toordinal(), reverse=True)
    size, cursor = int(query["per-page"]), query.get("cursor", "*")
    start = 0 if cursor == "*" else int(cursor)
    following = str(start + size) if "cursor" in query and start < len(found) else None
    meta = {"count": len(found), "per_page": size, "next_cursor": following}
    works = [shapes.openalex_work(paper) for paper in found[start : start + size]]
    return _priced(request, {"meta": meta, "results": works}, price)


async def _openalex_work(request: web.Request) -> web.Response:
    _check_openalex_key(request)
    paper = _library(request).by_identifier.get(request.match_info["id"].removeprefix("doi:").lower())
    if paper is None:
        raise _MISSING
    return _priced(request, shapes.openalex_work(paper), 0)


async def _s2_search(request: web.Request) -> web.Response:
    library = _library(request)
    profiles = _profiles(library, library.named(request.query["query"]), mixed=False)
    if not profiles:
        return web.json_response({"total": 0, "offset": 0})
    found = [shapes.s2_author(*profile) for profile in profiles[: int(request.query["limit"])]]
    return web.json_response({"total": len(profiles), "offset": 0, "data": found})


def _s2_profile(request: web.Request) -> Profile:
    library = _library(request)
    for profile in _profiles(library, library.people, mixed=False):
        if profile[0].s2_id(profile[1]) == request.match_info["id"]:
            return profile
    raise _MISSING


async def _s2_author(request: web.Request) -> web.Response:
    return web.json_response(shapes.s2_author(*_s2_profile(request)))


async def _s2_author_papers(request: web.Request) -> web.Response:
    _, _, papers = _s2_profile(request)
    start, size = int(request.query["offset"]), int(request.query["limit"])
    following: Mapping[str, Any] = {"next": start + size} if start + size < len(papers) else {}
    data = [shapes.s2_paper(paper) for paper in papers[start : start + size]]
    return web.json_response({"offset": start, **following, "data": data})


async def _s2_batch(request: web.Request) -> web.Response:
    known = _library(request).by_identifier
    ids = [str(one).split(":", 1)[-1].lower() for one in (await request.json())["ids"]]
    return web.json_response([shapes.s2_paper(known[one]) if one in known else None for one in ids])


async def _s2_match(request: web.Request) -> web.Response:
    found = _library(request).titled(request.query["query"], 1)
    if not found:
        return web.json_response({"error": "Title match not found"}, status=404)
    return web.json_response({"data": [{**shapes.s2_paper(found[0]), "matchScore": 100.0}]})


async def _dblp_authors(request: web.Request) -> web.Response:
    name = request.query["q"]
    people = _library(request).named(name)[: int(request.query["h"])]
    return web.json_response(shapes.dblp_hits(name, map(shapes.dblp_author, people)))


async def _dblp_publications(request: web.Request) -> web.Response:
    title = request.query["q"]
    papers = _library(request).titled(title, int(request.query["h"]))
    return web.json_response(shapes.dblp_hits(title, map(shapes.dblp_publication, papers)))


async def _dblp_person(request: web.Request) -> web.Response:
    pid, people = request.match_info["pid"], _library(request).people
    person = next((one for one in people if one.pid == pid), None)
    namesakes = [one for one in people if one.suffix and one.pid.partition("-")[0] == pid]
    if person is None and not namesakes:
        raise _MISSING
    page = shapes.dblp_person(person) if person else shapes.dblp_disambiguation(namesakes)
    return web.Response(text=page, content_type="text/xml")


async def _dblp_record(request: web.Request) -> web.Response:
    paper = _library(request).by_identifier.get(request.match_info["key"].lower())
    if paper is None:
        raise _MISSING
    return web.Response(text=f'<?xml version="1.0"?><dblp>{shapes.dblp_record(paper)}</dblp>', content_type="text/xml")


async def _crossref_work(request: web.Request) -> web.Response:
    paper = _library(request).by_identifier.get(request.match_info["doi"].lower())
    if paper is None or not paper.doi:
        raise _MISSING
    return web.json_response({"status": "ok", "message": shapes.crossref_work(paper)})


async def _crossref_works(request: web.Request) -> web.Response:
    papers = _library(request).titled(request.query["query.bibliographic"], int(request.query["rows"]))
    items = [shapes.crossref_work(paper) for paper in papers if paper.doi]
    return web.json_response({"status": "ok", "message": {"total-results": len(items), "items": items}})


async def _orcid(request: web.Request) -> web.Response:
    for person in _library(request).people:
        if person.has_orcid and person.orcid == request.match_info["orcid"]:
            return web.json_response(shapes.orcid_record(person))
    raise _MISSING


async def _openreview(request: web.Request) -> web.Response:
    paper = _library(request).by_identifier.get(request.query["id"].lower())
    return web.json_response({"notes": [shapes.openreview_note(paper)] if paper else [], "count": int(bool(paper))})


async def _arxiv(request: web.Request) -> web.Response:
    library, query = _library(request), request.query
    if "id_list" in query:
        known = library.by_identifier
        papers = [known[one] for one in query["id_list"].split(",") if one in known]
    else:
        field, _, words = query["search_query"].partition(":")
        if field == "au":
            papers = [paper for person in library.named(words.strip('"')) for paper in person.papers if paper.arxiv]
        else:
            papers = [paper for paper in library.titled(words) if paper.arxiv]
    shown = papers[: int(query["max_results"])]
    return web.Response(text=arxiv_shapes.answer(shown, len(papers)), content_type="application/atom+xml")


async def _arxiv_rss(request: web.Request) -> web.Response:
    """What arXiv announced today in the categories or archives that are asked for."""
    wanted, now = request.match_info["categories"].split("+"), datetime.now(UTC)
    papers = [
        (paper, category)
        for paper, category in announced(_library(request), now.date())
        if category in wanted or category.partition(".")[0] in wanted
    ]
    return web.Response(text=arxiv_shapes.announcement(papers, now), content_type="application/rss+xml")


async def _arxiv_oai(_: web.Request) -> web.Response:
    """That nothing was missed."""
    text = '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="noRecordsMatch"/></OAI-PMH>'
    return web.Response(text=text, content_type="text/xml")


ROUTES: dict[ServiceName, list[web.RouteDef]] = {
    "arxiv": [web.get("/", _arxiv), web.get("/rss/{categories}", _arxiv_rss), web.get("/oai", _arxiv_oai)],
    "crossref": [web.get("/", _crossref_works), web.get("/{doi:.+}", _crossref_work)],
    "dblp": [
        web.get("/search/author/api", _dblp_authors),
        web.get("/search/publ/api", _dblp_publications),
        web.get("/pid/{pid:.+}.xml", _dblp_person),
        web.get("/rec/{key:.+}.xml", _dblp_record),
    ],
    "openalex": [
        web.get("/authors", _openalex_authors),
        web.get("/authors/{id:.+}", _openalex_author),
        web.get("/works", _openalex_works),
        web.get("/works/{id:.+}", _openalex_work),
    ],
    "s2": [
        web.get("/author/search", _s2_search),
        web.get("/author/{id}/papers", _s2_author_papers),
        web.get("/author/{id}", _s2_author),
        web.post("/paper/batch", _s2_batch),
        web.get("/paper/search/match", _s2_match),
    ],
    "orcid": [web.get("/{orcid}/record", _orcid)],
    "openreview": [web.get("/notes", _openreview)],
}
