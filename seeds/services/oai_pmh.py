"""OAI-PMH, the protocol for harvesting records by the day on which they changed: its answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from xml.etree.ElementTree import Element

from seeds import record_builder
from seeds.decoding import Problems
from seeds.tex.convert import clean
from seeds.xml import name_of, text_of, texts_of, time_of
from store.models import Frozen, Identifier, PaperRecord, ParsedSource, Problem, Source, Withdrawal
from store.text import identifiers, partial_dates, person_names


class OaiError(Exception):
    """The repository refuses: its code and message."""

    def __init__(self, code: str, message: str) -> None:
        self.code = code
        super().__init__(f"The repository answers {code}{f': {clean(message)[:200]}' if message else ''}.")


class TokenExpiredError(OaiError):
    """The token for the next page is no longer good; the list has to be asked for again from its beginning."""


class OaiPage(Frozen):
    """A part of a list. `token` is for the next part and may be kept over a restart; None at the end of the list."""

    papers: tuple[PaperRecord, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    """Of records that the repository has deleted."""
    problems: tuple[Problem, ...] = ()
    token: str | None = None
    answered: datetime | None = None
    """When the repository answered, by its own clock: the list after this one begins on that day."""


def read_file(root: Element, source: Source) -> ParsedSource:
    """Read a saved answer, or a single record, as a file; an answer that is an error is a problem. Never raises."""
    try:
        page = read_page(root, source)
    except OaiError as error:
        return ParsedSource(problems=(Problem(line=None, message=str(error)),))
    if not (page.papers or page.withdrawals or page.problems):
        return ParsedSource(problems=(Problem(line=None, message="There is no record in it."),))
    return ParsedSource(papers=page.papers, withdrawals=page.withdrawals, problems=page.problems)


def read_page(root: Element, source: Source) -> OaiPage:
    """Read an answer to ListRecords or GetRecord; raises `OaiError` unless it only says that there are no records."""
    for refusal in root.findall("{*}error"):
        code = refusal.get("code", "")
        if code == "noRecordsMatch":
            return OaiPage(answered=time_of(root, "responseDate"))
        raise (TokenExpiredError if code == "badResumptionToken" else OaiError)(code, text_of(refusal))
    problems = Problems()
    papers: list[PaperRecord] = []
    withdrawals: list[Withdrawal] = []
    for number, element in enumerate(_records(root), start=1):
        header = element.find("{*}header")
        oai_identifier = text_of(header, "identifier")
        if header is not None and header.get("status") == "deleted":
            if arxiv_id := identifiers.arxiv(oai_identifier):
                withdrawals.append(Withdrawal(source=source, identifier=arxiv_id))
            continue
        try:
            papers.append(_record(element, source))
        except record_builder.UnreadableRecordError as error:
            problems.add(None, f"record {number} ({oai_identifier[:100]}) is not read: {error}")
    return OaiPage(
        papers=tuple(papers),
        withdrawals=tuple(withdrawals),
        problems=problems.listed(),
        token=text_of(root.find(".//{*}resumptionToken")) or None,
        answered=time_of(root, "responseDate"),
    )


def _records(root: Element) -> Iterator[Element]:
    return root.iter(root.tag) if name_of(root) == "record" else root.iterfind(".//{*}record")


def _record(element: Element, source: Source) -> PaperRecord:
    metadata = element.find("{*}metadata")
    inner = next(iter(metadata), None) if metadata is not None else None
    if inner is None:
        raise record_builder.UnreadableRecordError("it has no metadata")
    match name_of(inner):
        case "arXiv" | "arXivRaw":
            return _arxiv(inner, source)
        case "dc":
            return _dublin_core(inner, source)
        case other:
            raise record_builder.UnreadableRecordError(f"its format {other[:40]} is not known")


def _arxiv(inner: Element, source: Source) -> PaperRecord:
    """arXiv's own formats: with authors in parts, or (raw) in one text and with all versions."""
    categories = text_of(inner, "categories").split()
    people = inner.findall("{*}authors/{*}author")
    names = [_name(person) for person in people] or person_names.split_names(text_of(inner, "authors"))
    versions = [text_of(version, "date") for version in inner.findall("{*}version")]
    return record_builder.build(
        source,
        title=text_of(inner, "title"),
        abstract=text_of(inner, "abstract"),
        authors=record_builder.authorships(names),
        affiliations=[name for person in people for name in texts_of(person, "affiliation")],
        published=partial_dates.from_iso(text_of(inner, "created"))
        or partial_dates.from_rfc2822(versions[0] if versions else ""),
        updated=partial_dates.from_iso(text_of(inner, "updated"))
        or partial_dates.from_rfc2822(versions[-1] if versions else ""),
        category=next(iter(categories), None),
        cross_lists=categories[1:],
        venue=text_of(inner, "journal-ref"),
        version=len(versions) or None,
        withdrawn=record_builder.is_withdrawal(text_of(inner, "comments")),
        identifiers=[
            identifiers.arxiv(text_of(inner, "id")),
            *identifiers.of_dois(text_of(inner, "doi")),
        ],
    )


def _name(person: Element) -> str:
    name = f"{text_of(person, 'forenames')} {text_of(person, 'keyname')}".strip()
    suffix = text_of(person, "suffix")
    return f"{name}, {suffix}" if suffix else name


def _dublin_core(inner: Element, source: Source) -> PaperRecord:
    # The first description is the abstract; arXiv adds others that begin with "Comment:".
    described = [text for text in texts_of(inner, "description") if not text.startswith("Comment:")]
    dates = [found for found in map(partial_dates.from_iso, texts_of(inner, "date")) if found]
    return record_builder.build(
        source,
        title=text_of(inner, "title"),
        abstract=next(iter(described), None),
        authors=record_builder.authorships(map(person_names.given_first, texts_of(inner, "creator"))),
        published=min(dates, default=None),
        updated=max(dates) if len(dates) > 1 else None,
        identifiers=[found for text in texts_of(inner, "identifier") for found in _identified(text)],
    )


def _identified(text: str) -> tuple[Identifier, ...]:
    return identifiers.of_doi(text) if re.match(r"doi:", text, re.IGNORECASE) else identifiers.find(text)
