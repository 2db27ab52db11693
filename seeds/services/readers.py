"""What reads which answer of a service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from seeds.services import (
    arxiv_api,
    crossref,
    dblp_people,
    openalex_people,
    openreview,
    orcid,
    semantic_scholar_people,
)
from seeds.services.answers import ServiceAnswer
from store.models import Source

AnswerKind = Literal[
    "arxiv entries",
    "crossref work",
    "crossref works",
    "dblp people",
    "dblp person",
    "dblp papers",
    "dblp record",
    "openalex people",
    "openalex person",
    "openalex works",
    "openalex work",
    "openalex best known",
    "openreview notes",
    "orcid record",
    "s2 people",
    "s2 person",
    "s2 papers",
    "s2 batch",
]

READERS: dict[AnswerKind, Callable[[bytes, Source], ServiceAnswer]] = {
    "arxiv entries": arxiv_api.read_answer,
    "crossref work": crossref.read_work,
    "crossref works": crossref.read_works,
    "dblp people": dblp_people.read_people,
    "dblp person": dblp_people.read_person,
    "dblp papers": dblp_people.read_papers,
    "dblp record": dblp_people.read_record,
    "openalex people": openalex_people.read_people,
    "openalex person": openalex_people.read_person,
    "openalex works": openalex_people.read_works,
    "openalex work": openalex_people.read_work,
    "openalex best known": openalex_people.read_best_known,
    "openreview notes": openreview.read_notes,
    "orcid record": orcid.read_record,
    "s2 people": semantic_scholar_people.read_people,
    "s2 person": semantic_scholar_people.read_person,
    "s2 papers": semantic_scholar_people.read_papers,
    "s2 batch": semantic_scholar_people.read_batch,
}
"""Each raises `UnreadableRecordError`, and of XML `XmlError`, where the answer is not of the form that it should be."""
