"""What a process that reads can be asked for, and how it does it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AwareDatetime, Field, TypeAdapter

from seeds import pdf
from seeds.formats import reader
from seeds.formats.json_files import BATCH
from seeds.reading.limits import TooManyAtOnceError
from seeds.record_builder import UnreadableRecordError
from seeds.services import arxiv_rss, oai_pmh
from seeds.services.answers import ServiceAnswer
from seeds.services.readers import READERS, AnswerKind
from seeds.xml import XmlError, parse
from store.models import DocumentNames, Frozen, ParsedSource, Source


class ContentJob(Frozen):
    """Read the content of a file, or pasted text, as `reader.read` does."""

    kind: Literal["content"] = "content"
    name: str
    retrieved: AwareDatetime
    largest: int
    most_papers: int


class DocumentJob(Frozen):
    """Find out which paper a PDF is, as `pdf.read_names` does."""

    kind: Literal["document"] = "document"


class PathJob(Frozen):
    """Read a file from disk in parts, as `reader.read_file` does."""

    kind: Literal["path"] = "path"
    path: Path
    retrieved: AwareDatetime


class AnswerJob(Frozen):
    """Read an answer of arXiv that says what changed there."""

    kind: Literal["announcements", "oai"]
    source: Source


class ServiceJob(Frozen):
    """Read the answer of a service to a question, as the reader of that name does."""

    kind: Literal["service"] = "service"
    answer: AnswerKind
    source: Source


Job = Annotated[ContentJob | DocumentJob | PathJob | AnswerJob | ServiceJob, Field(discriminator="kind")]
JOB: TypeAdapter[Job] = TypeAdapter(Job)

RESULTS = (ParsedSource, DocumentNames, ServiceAnswer, arxiv_rss.FeedAnswer, oai_pmh.OaiPage)
ERRORS = {
    error.__name__: error
    for error in (
        reader.UnreadableFileError,
        TooManyAtOnceError,
        UnreadableRecordError,
        XmlError,
        oai_pmh.TokenExpiredError,
        oai_pmh.OaiError,
    )
}
"""Errors that tell what is wrong with what was read, each before those of which it is a kind."""


def results(job: Job, content: bytes) -> Iterator[Frozen]:
    """Do the job; one result for each part. Raises one of `ERRORS`."""
    match job:
        case ContentJob():
            parsed = reader.read(job.name, content, job.retrieved, largest=job.largest)
            found = sum(len(page.papers) for page in parsed.pages) + len(parsed.papers)
            if found > job.most_papers:
                raise TooManyAtOnceError(
                    f"That holds {found:,} papers; I take at most {job.most_papers}. Use `lectern import` for more."
                )
            yield parsed
        case DocumentJob():
            yield pdf.read_names(content)
        case PathJob():
            try:
                for parsed in reader.read_file(job.path, job.retrieved):
                    yield from _parts(parsed)
            except OSError as error:
                raise reader.UnreadableFileError(f"It cannot be read: {error.strerror or error}.") from error
        case ServiceJob():
            yield READERS[job.answer](content, job.source)
        case AnswerJob(kind="announcements"):
            yield arxiv_rss.read_feed(content, job.source.retrieved)
        case AnswerJob(kind="oai"):
            yield oai_pmh.read_page(parse(content), job.source)


def _parts(parsed: ParsedSource) -> Iterator[ParsedSource]:
    """The same with at most 1,000 papers in each, as `reader.read_file` divides lines of JSON, and undivided pages."""
    yield parsed.model_copy(update={"papers": parsed.papers[:BATCH]})
    for start in range(BATCH, len(parsed.papers), BATCH):
        yield ParsedSource(papers=parsed.papers[start : start + BATCH])


def error_frame(error: Exception) -> bytes:
    """An error of `ERRORS`, to be sent to the other process."""
    name = next(name for name, kind in ERRORS.items() if isinstance(error, kind))
    return json.dumps([name, str(error)]).encode()


def error_of(frame: bytes) -> Exception:
    """The error of a frame, of the same kind and with the same message; raises `ValueError` for any other frame."""
    name, message = TypeAdapter(tuple[str, str]).validate_json(frame)
    kind = ERRORS.get(name)
    if kind is None:
        raise ValueError("an error that does not belong here")
    error = kind.__new__(kind)  # their constructors make the message of other things
    error.args = (message,)
    return error
