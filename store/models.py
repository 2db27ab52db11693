"""Papers, people and their sources as frozen values, the only ones that leave the store.

A *record* is what one source says of one paper, at one time. A `Paper` is what the card shows: the records of one
paper merged by `store.catalog.merge`, with every disagreement kept.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from store.text.partial_dates import PartialDate

HANDLE_PATTERN = "[a-z2-7]{13}"
Handle = Annotated[str, StringConstraints(pattern=f"^{HANDLE_PATTERN}$")]
"""A public name of a paper or author, stable over imports of the same data: 13 letters of base 32."""

SourceKind = Literal[
    "operator", "author_page", "arxiv", "oai", "crossref", "dblp", "openalex", "s2", "orcid", "openreview", "csl",
    "bibtex", "ris", "dump",
]  # fmt: skip
Scheme = Literal["arxiv", "doi", "acl", "dblp", "openalex", "s2", "openreview", "url"]
LinkKind = Literal["code", "data", "abstract", "pdf", "project", "other"]
CorrectedField = Literal["title", "abstract", "authors", "published", "category", "venue"]
NoticeKind = Literal["retraction", "withdrawal", "concern", "correction"]
MetricName = Literal["h_index", "papers", "citations", "novelty", "ai_score"]


class Frozen(BaseModel):
    """Base of every model here: immutable, and no field that is not named."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Frozen):
    """Where a value comes from. `name` is what people are shown: a file's name or a service's."""

    kind: SourceKind
    name: str
    retrieved: AwareDatetime


class Identifier(Frozen):
    """An outside name of a paper. arXiv ids are kept without version, DOIs in lower case without resolver."""

    scheme: Scheme
    value: str


class Link(Frozen):
    """A web address that a source gives, http or https only."""

    kind: LinkKind
    url: str


class Authorship(Frozen):
    """One author on one paper: `Ada Byron`, `Hans Berg, Jr.`

    `position` counts from 1; None where the source does not give the place.
    """

    name: str
    position: int | None = Field(default=None, ge=1)
    is_group: bool = False


class AuthorId(Frozen):
    """What a source says who an author on its list is: the name as it is there, and their identifier in a service."""

    name: str
    scheme: Literal["orcid", "dblp", "openalex", "s2"]
    value: str


class Notice(Frozen):
    """What became of a paper after it was published; a `concern` is an expression of concern.

    `told_by` is who says so, `doi` that of the notice itself where it has one.
    """

    kind: NoticeKind
    told_by: str
    date: PartialDate | None = None
    doi: str | None = None


class PaperRecord(Frozen):
    """What one source says of one paper, in readable text."""

    source: Source
    title: str = Field(min_length=1)
    abstract: str | None = None
    authors: tuple[Authorship, ...] = ()
    authors_complete: bool = True
    author_ids: tuple[AuthorId, ...] = ()
    affiliations: tuple[str, ...] = ()
    published: PartialDate | None = None
    updated: PartialDate | None = None
    category: str | None = None
    cross_lists: tuple[str, ...] = ()
    venue: str | None = None
    has_code: bool | None = None
    citations: int | None = Field(default=None, ge=0)
    identifiers: tuple[Identifier, ...] = ()
    links: tuple[Link, ...] = ()
    withdrawn: bool = False
    """The source says that the paper is no longer to be relied on, or has deleted its record of it."""
    notices: tuple[Notice, ...] = ()
    version: int | None = Field(default=None, ge=1)
    """The number of the preprint's version at arXiv."""
    cites: tuple[Identifier, ...] = ()
    """Papers of its list of references, as far as the source names them by arXiv id or DOI."""
    corrects: tuple[CorrectedField, ...] = ()
    """The fields that a person corrects with this record, which says nothing of the others; else it is a source's."""


class Claim(Frozen):
    """A value of a field, as text, in a disagreement: the best source that gives it, and others that agree."""

    value: str
    source: Source
    others: tuple[Source, ...] = ()


class Disagreement(Frozen):
    """A field on which sources differ. The first claim is the one that the card shows."""

    field: str
    claims: tuple[Claim, ...]


class Paper(Frozen):
    """A paper as the card shows it.

    Where sources date both the preprint and the publication, `preprinted` and `in_venue` are the two dates.
    """

    handle: Handle
    title: str
    abstract: str | None
    authors: tuple[Authorship, ...]
    authors_complete: bool
    affiliations: tuple[str, ...]
    published: PartialDate | None
    updated: PartialDate | None
    category: str | None
    cross_lists: tuple[str, ...]
    venue: str | None
    has_code: bool | None
    citations: int | None
    citations_source: Source | None
    identifiers: tuple[Identifier, ...]
    links: tuple[Link, ...]
    sources: tuple[Source, ...]
    withdrawn: bool = False
    disagreements: tuple[Disagreement, ...] = ()
    preprinted: PartialDate | None = None
    in_venue: PartialDate | None = None
    notices: tuple[Notice, ...] = ()
    version: int | None = None
    cites: tuple[Identifier, ...] = ()


class PaperOutline(Frozen):
    """What can be counted of a paper without reading it all; each field as in `Paper`."""

    handle: Handle
    published: PartialDate | None
    category: str | None
    cross_lists: tuple[str, ...]
    citations: int | None


class Metric(Frozen):
    """A figure about an author. `novelty` is in percent; the rest are plain numbers."""

    name: MetricName
    value: float
    source: Source

    @property
    def measured(self) -> date:
        """The day on which the source said so, in UTC."""
        return self.source.retrieved.date()


class AuthorPage(Frozen):
    """One author's page in a paper index, as read: the head's figures and the papers."""

    source: Source
    name: str
    field: str | None
    metrics: tuple[Metric, ...]
    papers: tuple[PaperRecord, ...]
    same_person: tuple[Source, ...] = ()
    """Other pages of the same person, by whatever name."""


class Author(Frozen):
    """A person or group that papers in the store name. `papers` counts those in the store."""

    handle: Handle
    name: str
    is_group: bool
    field: str | None
    papers: int
    distinction: str = ""
    """What tells this person from another of the same name; empty while there is only one."""


class Problem(Frozen):
    """Something in a source that could not be read. `line` counts from 1; None where the place is unknown."""

    line: int | None
    message: str


class Withdrawal(Frozen):
    """A source's word that a paper is withdrawn, of which it gives nothing but an identifier."""

    source: Source
    identifier: Identifier


class ParsedSource(Frozen):
    """A file or a service's answer after parsing: what could be read, and what could not, with its place."""

    pages: tuple[AuthorPage, ...] = ()
    papers: tuple[PaperRecord, ...] = ()
    problems: tuple[Problem, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()


class DocumentNames(Frozen):
    """Which paper a document is: `own` for sure, as `told_by` says; else one of the `possible` ones, if any.

    `problem` is a sentence on what could not be read.
    """

    own: Identifier | None = None
    told_by: str = ""
    possible: tuple[Identifier, ...] = ()
    title: str = ""
    problem: str = ""


class Fetched(Frozen):
    """What a service said to some identifiers, each of which is in `settled` or in `failed`.

    `failed` may be asked for again later; `reason` is a sentence that names the service and says why.
    """

    parsed: ParsedSource = ParsedSource()
    settled: tuple[Identifier, ...] = ()
    failed: tuple[Identifier, ...] = ()
    reason: str = ""


class Hit(Frozen):
    """An answer of a look-up. `score` is in 0..1; `matched` pairs each word of the query with the word it stood for.

    `taught` if it was found by an alias alone.
    """

    handle: Handle
    text: str
    score: float = Field(ge=0, le=1)
    matched: tuple[tuple[str, str], ...] = ()
    taught: bool = False


class IntakeReport(Frozen):
    """How many papers one import added, changed or left as they were; `problems` come from parsing the source."""

    source: str
    finished: datetime
    new: int
    changed: int
    unchanged: int
    problems: tuple[Problem, ...] = ()
    addition: int | None = None
    """The number of what a member handed over, by which it can be taken back."""
