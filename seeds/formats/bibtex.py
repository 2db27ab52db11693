"""BibTeX and BibLaTeX files, read with bibtexparser."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from bibtexparser import middlewares, model
from bibtexparser.entrypoint import parse_string
from bibtexparser.library import Library
from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names
from bibtexparser.middlewares.parsestack import default_parse_stack

from seeds import record_builder
from seeds.decoding import Problems, decode, excerpt
from seeds.formats.file_format import FileFormat
from seeds.links import link_to
from seeds.tex.convert import to_text
from store.models import Authorship, Identifier, PaperRecord, ParsedSource, Source
from store.text import identifiers, partial_dates

_DECLARED = re.compile(
    rb"^[ \t]*+%[ \t]*+Encoding:[ \t]*+"
    rb"((?:utf-?8|utf-?16|(?:us-)?ascii|latin-?1|iso-?8859-\d+|windows-\d+|cp\d+|gbk|gb2312|gb18030"
    rb"|big5|euc-?jp|euc-?kr|shift_?jis|koi8-r))[ \t\r]*$",
    re.MULTILINE | re.IGNORECASE,
)
_NO_PAPER = {"proceedings", "mvproceedings", "collection", "mvcollection", "periodical", "xdata", "set", "control"}
_AGAIN = "\0"  # in no text that `decode` gives
_READ = frozenset(
    "title subtitle abstract author date year month day primaryclass eprintclass journal journaltitle booktitle url "
    "howpublished doi eprint ee volume note number crossref publisher".split()
)
"""The fields that are read."""
_MOST_REPEATED = 5
"""Characters that each character of a file may become, since `@string` and `crossref` repeat text; by choice."""
_INHERITED = ("year", "date", "month", "publisher")


def read(content: bytes, source: Source) -> ParsedSource:
    """Read every entry that is a paper; proceedings as such, sets and the like are not. Never raises."""
    problems = Problems()
    declared = _DECLARED.search(content[:2000])
    text = decode(content, problems, declared[1].decode("ascii") if declared else None)
    entries = list(_entries(text, problems))
    by_key = {entry.key.lower(): entry for entry in reversed(entries) if entry.key}
    papers: list[PaperRecord] = []
    read_fields = {id(entry): _fields(entry) for entry in entries}
    inheritable = _MOST_REPEATED * len(text)
    for entry in entries:
        if entry.entry_type.lower() in _NO_PAPER:
            continue
        fields = read_fields[id(entry)]
        parent = by_key.get(fields.get("crossref", "").lower())
        if parent is not None and parent is not entry:
            inherited = read_fields[id(parent)]
            if "title" not in fields:
                fields = inherited | fields
            fields = {name: inherited[name] for name in _INHERITED if name in inherited} | fields
            fields.setdefault("booktitle", inherited.get("title", inherited.get("booktitle", "")))
            inheritable -= sum(map(len, fields.values()))
        try:
            if inheritable < 0:
                raise record_builder.UnreadableRecordError("this file repeats its text too often by crossref")
            papers.append(_record(entry.key, fields, source))
        except record_builder.UnreadableRecordError as error:
            problems.add(_line(entry), f"{excerpt(entry.key) if entry.key else 'this entry'} is not read: {error}")
    if not papers and not problems.listed():
        problems.add(None, "there is no BibTeX entry in it")
    return ParsedSource(papers=tuple(papers), problems=problems.listed())


def _entries(text: str, problems: Problems) -> Iterator[model.Entry]:
    blocks: list[model.Block] = []
    for place, block in enumerate(parse_string(text, parse_stack=[]).blocks):
        if isinstance(block, model.DuplicateBlockKeyBlock | model.DuplicateFieldKeyBlock):
            # Keys are the writer's own affair, and of two fields of one name the last counts, as in BibTeX.
            if isinstance(block.ignore_error_block, model.Entry):
                block.ignore_error_block.key += f"{_AGAIN}{place}"
                blocks.append(block.ignore_error_block)
        elif isinstance(block, model.ParsingFailedBlock):
            problems.add(_line(block), "this entry cannot be read: braces, quotes or commas do not fit together")
        else:
            blocks.append(block)
    library = Library(list(_without_long_strings(blocks, _MOST_REPEATED * len(text), problems)))
    for step in (*default_parse_stack(), middlewares.MonthIntMiddleware()):
        library = step.transform(library)
    for entry in library.entries:
        entry.key = entry.key.partition(_AGAIN)[0]
        yield entry


def _without_long_strings(blocks: Sequence[model.Block], left: int, problems: Problems) -> Iterator[model.Block]:
    """The blocks without each `@string` that is too long for how often it is used; together they may fill `left`."""
    entries = (block for block in blocks if isinstance(block, model.Entry))
    uses = Counter(str(field.value).lower() for entry in entries for field in entry.fields)
    for block in blocks:
        if isinstance(block, model.String):
            left -= uses[block.key.lower()] * len(str(block.value))
            if left < 0:
                problems.add(_line(block), "this @string is too long for how often it is used; it is left out")
                continue
        yield block


def _line(block: model.Block) -> int | None:
    return None if block.start_line is None else block.start_line + 1


def _fields(entry: model.Entry) -> dict[str, str]:
    fields = ((field.key.lower(), field) for field in entry.fields)
    return {name: str(field.value).strip() for name, field in fields if name in _READ}


def _record(key: str, fields: Mapping[str, str], source: Source) -> PaperRecord:
    authors, complete = _authors(fields.get("author", ""))
    title = fields.get("title", "")
    if fields.get("subtitle"):
        title = f"{title}: {fields['subtitle']}"
    place = next((fields[name] for name in ("journal", "journaltitle", "booktitle") if fields.get(name)), None)
    return record_builder.build(
        source,
        title=title,
        abstract=fields.get("abstract"),
        authors=authors,
        authors_complete=complete,
        published=partial_dates.from_iso(fields.get("date"))
        or partial_dates.from_parts(fields.get("year"), fields.get("month"), fields.get("day")),
        category=fields.get("primaryclass") or fields.get("eprintclass"),
        venue=place,
        identifiers=_identifiers(key, fields),
        links=[link_to(to_text(fields[name])) for name in ("url", "howpublished") if fields.get(name)],
    )


def _authors(text: str) -> tuple[tuple[Authorship, ...], bool]:
    """The author list and whether it is all of them."""
    names = split_multiple_persons_names(" ".join(text.split()))
    complete = not names or names[-1].lower() not in ("others", "et al.", "et al")
    return record_builder.authorships(map(_name, names if complete else names[:-1])), complete


def _name(name: str) -> str:
    parts = dict(re.findall(r"(given|family|prefix|suffix)\s*=\s*\{?([^,{}]+)\}?", name))
    if parts.get("family"):
        words = [parts.get(part, "") for part in ("given", "prefix", "family", "suffix")]
        return " ".join(filter(None, words))
    split = parse_single_name_into_parts(name, strict=False)
    plain = " ".join([*split.first, *split.von, *split.last])
    return f"{plain}, {' '.join(split.jr)}" if split.jr else plain


def _identifiers(key: str, fields: Mapping[str, str]) -> Iterator[Identifier | None]:
    if fields.get("doi"):
        yield from identifiers.of_doi(to_text(fields["doi"]))
    # Google Scholar writes `journal = {arXiv preprint arXiv:2407.13168}`, DBLP `volume = {abs/2407.13168}`.
    for name in ("eprint", "journal", "howpublished", "url", "ee"):
        yield from identifiers.find(to_text(fields.get(name, "")))
    for name in ("eprint", "volume", "note", "number"):
        yield identifiers.arxiv(fields.get(name, "").removeprefix("abs/"))
    if key.startswith("DBLP:"):
        yield record_builder.identifier("dblp", key.removeprefix("DBLP:"))


FORMAT = FileFormat(
    name="BibTeX",
    extensions=(".bib", ".bibtex"),
    beginning=re.compile(rb"^@[A-Za-z]+\s*[{(]", re.MULTILINE),
    source_kind="bibtex",
    read=read,
)
