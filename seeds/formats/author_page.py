"""Author pages of a paper index, as copied from the browser: a head with figures, then one entry for each paper.

An entry begins with a line such as `AIAug 12, 2024Code`: category, date and the mark of papers with code in one. Title,
authors and abstract follow, a line each; blank lines mean nothing. An entry is read whole or not at all.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date

from seeds import record_builder
from seeds.decoding import Problems, decode, excerpt
from seeds.formats.file_format import FileFormat, NotThisFormatError
from seeds.tex.convert import to_text
from store.models import AuthorPage, Authorship, Metric, MetricName, PaperRecord, ParsedSource, Source
from store.text.normalize import fold
from store.text.partial_dates import month_number
from store.text.person_names import ends_with_et_al, is_group, split_names, without_et_al

MOST_LINES = 1_000_000
"""Lines of a page, with blank ones. A page of a thousand papers has fewer than ten thousand."""
NO_PAGE = "this is no author page"
"""The problem of a text that is something else."""

_NUMBER = r"(?P<number>\d[\d,]{0,14}(?:\.\d{1,6})?)"
_FIGURES: tuple[tuple[MetricName, re.Pattern[str], float], ...] = (
    ("h_index", re.compile(rf"h-?\s?index\s*+(?::\s*+)?{_NUMBER}", re.IGNORECASE), 1e4),
    ("papers", re.compile(rf"{_NUMBER}\s*papers?", re.IGNORECASE), 1e6),
    ("citations", re.compile(rf"{_NUMBER}\s*citations?", re.IGNORECASE), 1e9),
    ("novelty", re.compile(rf"novelty\s*+(?::\s*+)?{_NUMBER}\s*%", re.IGNORECASE), 100),
    ("ai_score", re.compile(rf"AI\s*score\s*+(?::\s*+)?{_NUMBER}", re.IGNORECASE), 100),
)
_WHOLE = {"h_index", "papers", "citations"}
_FIELD = re.compile(r"[A-Za-z][A-Za-z.-]{0,19}")

_MONTH = r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_ENTRY = re.compile(
    rf"(?P<category>[A-Za-z][A-Za-z.-]{{0,19}}?)\s*(?P<month>{_MONTH})[a-z]{{0,6}}\.?\s+(?:(?P<day>\d{{1,2}}),\s*)?"
    r"(?P<year>\d{4})\s*(?P<mark>[A-Za-z]\w{0,19})?"
)
# What was meant to begin an entry: a short line with a day and a year at its end.
_BROKEN_ENTRY = re.compile(r"[A-Za-z.-]{1,20}\s*\d{1,4}\s*,\s*\d{1,6}\s*\w{0,20}")
_SENTENCE_END = re.compile(r"[.!?…。][)\]}\"'”’]*$")


@dataclasses.dataclass(slots=True)
class _Line:
    number: int
    text: str


@dataclasses.dataclass
class _Head:
    name: str | None = None
    field: str | None = None
    metrics: dict[MetricName, Metric] = dataclasses.field(default_factory=dict)
    announced: int | None = None


def read(content: bytes | str, source: Source) -> ParsedSource:
    """Read a page: one `AuthorPage`, or its papers alone where the page does not say whose it is.

    Never raises: what cannot be read is among the problems, with its line.
    """
    problems = Problems()
    text = decode(content if isinstance(content, bytes) else content.encode("utf-8", "replace"), problems)
    if text.count("\n") > MOST_LINES:
        problems.add(None, NO_PAGE)
        return ParsedSource(problems=problems.listed())
    stripped = [line.strip() for line in text.split("\n")]
    cut = len(stripped) if stripped[-1] else None  # without a line feed at its end the last line may be a part
    lines = [_Line(number, line) for number, line in enumerate(stripped, start=1) if line]
    starts = [place for place, line in enumerate(lines) if _begins_entry(line.text)]
    if not starts and not any(_figure(line.text) for line in lines):
        problems.add(None, NO_PAGE)
        return ParsedSource(problems=problems.listed())
    head = _read_head(lines[: starts[0] if starts else len(lines)], source, cut, problems)
    expected = head.announced

    papers: list[PaperRecord] = []
    for place, start in enumerate(starts):
        last = place + 1 == len(starts)
        block = lines[start : len(lines) if last else starts[place + 1]]
        # Where the page ends without a line feed the last entry may be cut off. It is if papers are missing.
        open_end = last and block[-1].number == cut
        cut_off = open_end and (
            not _SENTENCE_END.search(text[-10:]) or (expected is not None and len(starts) < expected)
        )
        try:
            papers.append(_read_entry(block, head.name, source, problems, cut_off=cut_off))
        except record_builder.UnreadableRecordError as error:
            problems.add(block[0].number, f"this paper is not read: {error}")
    if not starts:
        problems.add(None, "the page lists no papers")
    elif expected is not None and expected != len(papers):
        problems.add(None, f"the page announces {expected:,} papers, of which {len(papers):,} could be read")
    if head.name is None:
        return ParsedSource(papers=tuple(papers), problems=problems.listed())
    page = AuthorPage(
        source=source,
        name=head.name,
        field=head.field,
        metrics=tuple(head.metrics[name] for name, _, _ in _FIGURES if name in head.metrics),
        papers=tuple(papers),
    )
    return ParsedSource(pages=(page,), problems=problems.listed())


def _begins_entry(text: str) -> bool:
    return len(text) <= 80 and bool(_ENTRY.fullmatch(text) or _BROKEN_ENTRY.fullmatch(text))


def _read_head(lines: list[_Line], source: Source, cut: int | None, problems: Problems) -> _Head:
    head = _Head()
    for place, line in enumerate(lines):
        if line.number == cut:
            problems.add(line.number, "the page is cut off here")
        elif figure := _figure(line.text):
            _take_figure(head, *figure, line.number, source, problems)
        elif place == 0 and len(line.text) <= record_builder.LONGEST_NAME and any(char.isalpha() for char in line.text):
            head.name = to_text(line.text)
        elif head.field is None and not head.metrics and _FIELD.fullmatch(line.text):
            head.field = line.text
        else:
            problems.add(line.number, f"{excerpt(line.text)} is not understood")
    if head.name is None and lines:
        problems.add(lines[0].number, "the page does not begin with a name")
    return head


def _figure(text: str) -> tuple[MetricName, float, float] | None:
    for name, pattern, most in _FIGURES:
        match = pattern.fullmatch(text)
        if match:
            return name, float(match["number"].replace(",", "")), most
    return None


def _take_figure(
    head: _Head, name: MetricName, value: float, most: float, line: int, source: Source, problems: Problems
) -> None:
    if value > most or (name in _WHOLE and value != int(value)):
        problems.add(line, f"{value:,g} is not possible here")
        return
    if name == "papers":
        # The number stands in the head, and again above the entries.
        if head.announced is not None and head.announced != value:
            problems.add(line, f"the page announces {head.announced:,} papers and also {value:,g}")
        head.announced = int(value)
    if name in head.metrics:
        if name != "papers":
            problems.add(line, "this figure is given twice; the first is taken")
        return
    head.metrics[name] = Metric(name=name, value=value, source=source)


def _read_entry(
    block: list[_Line], page_author: str | None, source: Source, problems: Problems, *, cut_off: bool
) -> PaperRecord:
    """The entry that the lines are; raises `UnreadableRecordError` if it is not whole."""
    first = _ENTRY.fullmatch(block[0].text)
    published = _date(first) if first else None
    if first is None or published is None:
        raise record_builder.UnreadableRecordError(f"{excerpt(block[0].text)} is no category and date")
    body = list(_of_one_entry(block[1:], problems))
    if cut_off and len(body) + 1 == len(block):
        raise record_builder.UnreadableRecordError("the page is cut off in it")
    if len(body) < 3:
        raise record_builder.UnreadableRecordError("its title, authors or abstract is missing")
    names, complete, affiliations = _byline(body[1].text)
    authors = record_builder.authorships(names)
    # A sentence in its place has words enough between two commas.
    if not authors or any(len(name.split()) > 8 for name in names):
        raise record_builder.UnreadableRecordError(f"{excerpt(body[1].text)} is no list of authors")
    if page_author and fold(page_author) not in {fold(author.name) for author in authors}:
        authors = (*authors, Authorship(name=page_author, is_group=is_group(page_author)))
        complete = False
    mark = first["mark"]
    if mark and mark != "Code":
        problems.add(block[0].number, f"the mark {excerpt(mark)} is not known")
    return record_builder.build(
        source,
        title=body[0].text,
        abstract=" ".join(line.text for line in body[2:]),
        authors=authors,
        authors_complete=complete,
        affiliations=affiliations,
        published=published,
        category=first["category"],
        has_code=True if mark == "Code" else None,  # no mark says nothing
    )


def _of_one_entry(lines: list[_Line], problems: Problems) -> Iterator[_Line]:
    """The lines up to where another entry begins whose first line is missing or broken."""
    for place, line in enumerate(lines):
        following = lines[place + 1].text if place + 1 < len(lines) else ""
        short = len(line.text) <= 60 and not _SENTENCE_END.search(line.text)
        apart = line.number > lines[place - 1].number + 1
        if place > 2 and ((short and apart) or _ends_as_byline(following)):
            problems.add(line.number, f"what begins with {excerpt(line.text)} belongs to no paper")
            return
        yield line


def _ends_as_byline(text: str) -> bool:
    return len(text) <= 500 and ends_with_et_al(text.partition("·")[0])


def _byline(text: str) -> tuple[list[str], bool, list[str]]:
    """Names, whether they are all, and affiliations."""
    listed, _, affiliated = text.partition("·")
    complete = not ends_with_et_al(listed.rstrip())
    names = split_names(without_et_al(listed.rstrip()))
    return names, complete, [part.strip() for part in affiliated.split(",") if part.strip()]


def _date(match: re.Match[str]) -> str | None:
    """The ISO date of an entry's first line; None if there is no such day."""
    month = month_number(match["month"]) or 0
    try:
        day = date(int(match["year"]), month, int(match["day"] or 1))
    except ValueError:
        return None
    if not 1900 <= day.year <= 2199:
        return None
    return day.isoformat() if match["day"] else day.isoformat()[:7]


def _read_file(content: bytes, source: Source) -> ParsedSource:
    page = read(content, source)
    if any(problem.message == NO_PAGE for problem in page.problems):
        raise NotThisFormatError
    return page


FORMAT = FileFormat(
    name="author page (.txt)",
    extensions=(".txt",),
    beginning=None,
    source_kind="author_page",
    read=_read_file,
)
