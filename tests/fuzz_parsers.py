"""Reads made-up files of every format, and queries, each within 1 s of CPU time and 256 MB.

`python -m tests.fuzz_parsers --inputs 200000 --fixtures ../shared/fixtures` tries rounds of 1,000 inputs and prints a line
of JSON for each, the last with the figures of all. A run that was stopped goes on with `--first-round`. It exits with 1
at the first input that takes more, or raises what no reader may, and prints that input.
"""

from __future__ import annotations

import argparse
import gzip
import json
import logging
import resource
import sys
import time
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from commands.custom_ids import CustomId
from commands.views import markdown
from seeds.formats import reader
from seeds.links import links_in
from seeds.markup import without_markup
from seeds.tex.convert import to_text
from store.models import ParsedSource
from store.search.parser import QueryError, parse
from store.text import arxiv_taxonomy, identifiers, normalize, partial_dates, person_names, web_addresses
from store.text.visible import one_line
from tests.check_fixtures import documents
from tests.fuzz_variants import variants
from tests.support.limits import limits

RETRIEVED = datetime(2026, 1, 1, tzinfo=UTC)
LARGEST = 16_000
"""Bytes of an input. Longer ones take longer in proportion, as the tests of growth show."""
ROUND = 1000
_ALL = list(HealthCheck)
VARIANTS = 9
"""Damaged forms of each input that was made: making one takes five times as long as reading it."""
_FIGURES = ("inputs", "slowest_s", "bytes", "memory_mb")
MOST_WRITTEN = 20
"""Characters of a result for each one of the input: a word of TeX such as `\\textbackslash` is shorter as text."""

_TEX = (
    r"\'{ \c{ \vec{ \sqrt[ \sqrt{ \frac{ \cite[ \verb| \href{ \begin{array}{c} \end{array} \begin{equation} \textbf{ \( \) "
    r"\[ \] $ $$ ^{ _{ { } [ ] & % \% # ~ -- `` '' \\ \foo \ket{ \i \' https:// https://a.b/c"
).split()
_WORDS = [
    *"looms|On|a|et al.|and|Ada Byron|10.1000/a|2605.00001|arXiv:|Jan 1, 2026|2026|-|,|;|·|.|1|(|)|é|ﬀ|中".split("|"),
    *"<i>|</i>|<sup>|&amp;|&#233;|<mml:math>|<!--|@|=|'|\\|h-index|papers|AI|AIAug 12, 2024Code|\n#|\n1.|://".split(
        "|"
    ),
    *"doi:|author:|cat:|since:2024|-code:yes|(cat:|OR ".split("|"),
    *(" ", "  ", "\n", "\r\n", "\t", "\u0301", "\u0316", "\u202e", "\x00", "\ud800", "\U0001f600", '"', "|"),
]
_pieces = st.tuples(st.sampled_from([*_TEX, *_WORDS]), st.one_of(st.just(1), st.integers(1, 60), st.integers(1, 3000)))
fragments = st.lists(_pieces, max_size=12).map(lambda parts: "".join(part * count for part, count in parts)[:LARGEST])
_short = fragments.map(lambda text: text[:300])


class Input(NamedTuple):
    """A file; without a name it is a text, for everything that reads text."""

    name: str
    content: bytes


def _encoded(text: str) -> bytes:
    return text.encode("utf-8", "replace")


@st.composite
def _bibtex(draw: st.DrawFn) -> bytes:
    def entry() -> str:
        names = st.sampled_from("title author abstract year doi url eprint crossref journal note a".split())
        quotes = st.sampled_from([("{", "}"), ('"', '"'), ("", ""), ("{", ""), ('"', "")])
        fields = draw(st.lists(st.tuples(names, quotes, draw(st.sampled_from([fragments, _short]))), max_size=5))
        kind = draw(st.sampled_from(["@misc{", "@article(", "@string{", "@comment{", "@book{", "@", "\n"]))
        inner = ",".join(f"{name}={opening}{text}{closing}" for name, (opening, closing), text in fields)
        return f"{kind}{draw(st.sampled_from('abp'))},{inner}{draw(st.sampled_from(['}', ')', '']))}\n"

    return _encoded("".join(entry() * draw(st.integers(1, 20)) for _ in range(draw(st.integers(1, 3)))))


@st.composite
def _ris(draw: st.DrawFn) -> bytes:
    lines = st.tuples(st.sampled_from("TY TI AU AB PY DO UR ER M3 JO".split()), _short)
    return _encoded("TY  - JOUR\n" + "".join(f"{tag}  - {text}\n" for tag, text in draw(st.lists(lines, max_size=12))))


_NAMES = (
    "title authors author abstract published year doi url id type issued date-parts family given indexed info key text "
    "authors_parsed categories versions handle disagreements identifiers scheme value links paperId externalIds ids "
    "display_name authorships abstract_inverted_index name affiliation message results data items hit hits result"
).split()
_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), _short),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(_NAMES), inner, max_size=8),
        st.tuples(inner, st.integers(1, 100)).map(lambda pair: [pair[0]] * pair[1]),
    ),
    max_leaves=25,
)
_json = st.one_of(_values, st.lists(_values, min_size=2, max_size=4)).map(lambda value: json.dumps(value).encode())


@st.composite
def _xml(draw: st.DrawFn) -> bytes:
    names = (
        "record metadata arXiv title abstract authors author name keyname header identifier entry item channel summary id "
        "description published category article year ee dc creator doi skipDays day announce_type link resumptionToken"
    ).split()

    def element(depth: int) -> str:
        name = draw(st.sampled_from(names))
        inner = draw(_short).replace("\x00", "") if depth > 3 or draw(st.booleans()) else ""
        text = inner.replace("&", "&amp;").replace("<", "&lt;")
        children = "".join(element(depth + 1) for _ in range(draw(st.integers(0, 3)))) if depth < 5 else ""
        levels = draw(st.sampled_from([1, 1, 1, 3, 90, 300]))
        return f"<{name} term='a' status=''>" * levels + text + children + f"</{name}>" * levels

    root = draw(st.sampled_from(["rss", "feed", "OAI-PMH", "ListRecords", "record", "dblp", "html"]))
    space = draw(st.sampled_from(["", " xmlns='a'", f" xmlns='{'x' * 5000}'"]))
    inner = "".join(element(0) for _ in range(draw(st.integers(0, 3))))
    return _encoded(f"<?xml version='1.0'?><{root}{space}>{inner}</{root}>")


_page = st.lists(st.one_of(st.just("AIAug 12, 2024Code\n"), _short, fragments), max_size=12).map(
    lambda lines: _encoded("Ada Byron\nh-index 3\n2 papers\n" + "\n".join(lines))
)


def inputs(recordings: Sequence[tuple[str, bytes]] = ()) -> st.SearchStrategy[Input]:
    """Inputs of every kind: made by the rules of a format, out of recordings, packed, plain text, and custom_ids."""
    made = [st.tuples(st.just(f"a.{ending}"), content) for ending, content in _FORMATS]
    recorded = [st.sampled_from(list(recordings))] if recordings else []
    files = st.one_of(*made, *recorded).map(lambda pair: Input(pair[0], pair[1][:LARGEST]))
    packed = files.map(lambda one: Input(f"{one.name}.gz", gzip.compress(one.content, mtime=0)))
    texts = fragments.map(lambda text: Input("", text.encode("utf-8", "surrogatepass")))
    states = st.one_of([st.from_regex(kind.template, fullmatch=True) for kind in CustomId.__subclasses__()])
    return st.one_of(files, files, packed, texts, states.map(lambda text: Input("", text.encode())))


_FORMATS = (("bib", _bibtex()), ("ris", _ris()), ("json", _json), ("jsonl", _json), ("xml", _xml()), ("txt", _page))
_READS_TEXT: tuple[Callable[[str], object], ...] = (
    *(to_text, without_markup, links_in, identifiers.find, identifiers.arxiv, identifiers.of_doi, identifiers.of_dois),
    *(normalize.fold, normalize.other_forms, normalize.head, person_names.split_names, person_names.without_et_al),
    *(person_names.given_first, person_names.parts, person_names.is_group, person_names.name_key),
    *(partial_dates.from_iso, partial_dates.from_parts, partial_dates.from_rfc2822),
    *(web_addresses.normalised, arxiv_taxonomy.full_category, arxiv_taxonomy.subject_case),
    *(one_line, markdown.escape, lambda text: markdown.safe(text, 500), lambda text: markdown.echo(text, 200)),
)


def check(one: Input) -> None:
    """Read an input everywhere it could come in; raises what no reader may raise, and `LimitError`."""
    if not one.name:
        text = one.content.decode("utf-8", "replace")
        for read in _READS_TEXT:
            with limits():
                read(text)
        for kind in CustomId.__subclasses__():
            with limits():
                read_back = kind.parse(text)
            assert read_back is None or str(read_back) == text
        for query in (text, text[:500]):
            with limits():
                try:
                    assert parse(parse(query).canonical()) == parse(query)
                except QueryError:
                    continue
        return
    for read_bytes in (
        lambda name, content: [reader.read(name, content, RETRIEVED)],
        lambda name, content: reader.read_stream(name, BytesIO(content), RETRIEVED),
    ):
        with limits():
            try:
                written = sum(map(_length, read_bytes(one.name, one.content)))
            except reader.UnreadableFileError:
                continue
        size = _unpacked_size(one)
        assert written <= MOST_WRITTEN * (size + 1000), f"{written:,} characters of {size:,}"


def _unpacked_size(one: Input) -> int:
    """Bytes of the file; packing that is damaged may hold all that the packed bytes can."""
    if not one.name.endswith(".gz"):
        return len(one.content)
    try:
        return len(gzip.decompress(one.content))
    except (OSError, EOFError, zlib.error):
        return 1032 * len(one.content)  # The most that DEFLATE packs into a byte.


def _length(parsed: ParsedSource) -> int:
    papers = (*parsed.papers, *(paper for page in parsed.pages for paper in page.papers))
    return sum(
        len(p.title) + len(p.abstract or "") + sum(len(a.name) for a in p.authors) + sum(map(len, p.affiliations))
        for p in papers
    )


def run(number: int, most: int, recordings: Sequence[tuple[str, bytes]] = ()) -> dict[str, float]:
    """Try `most` inputs, the same ones for the same number of the round. Returns the figures."""
    figures = dict.fromkeys(_FIGURES, 0.0)

    @seed(number)
    @settings(
        max_examples=-(-most // (1 + VARIANTS)),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=_ALL,
    )
    @given(inputs(recordings))
    def try_one(made: Input) -> None:
        for content in (made.content, *variants(made.content, VARIANTS, LARGEST)):
            one = Input(made.name, content)
            started = time.process_time()
            try:
                check(one)
            except Exception as error:
                error.add_note(repr(one))
                raise
            figures["slowest_s"] = max(figures["slowest_s"], time.process_time() - started)
            figures["inputs"] += 1
            figures["bytes"] += len(content)

    try_one()
    figures["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--inputs", type=int, default=200_000)
    arguments.add_argument("--first-round", type=int, default=0)
    arguments.add_argument("--fixtures", type=Path, help="recordings that inputs are made out of")
    options = arguments.parse_args()
    logging.disable()
    recordings: list[tuple[str, bytes]] = []
    if options.fixtures:
        paths = sorted(path for path in options.fixtures.rglob("*") if path.is_file() and path.suffix != ".md")
        recordings = [(name, content) for path in paths for name, content, _ in documents(path)]
    total = dict.fromkeys(_FIGURES, 0.0)
    for number in range(options.first_round, -(-options.inputs // ROUND)):
        figures = run(number, min(ROUND, options.inputs - number * ROUND), recordings)
        highest = {name: max(total[name], figures[name]) for name in ("slowest_s", "memory_mb")}
        total = {name: total[name] + figures[name] for name in total} | highest
        print(
            json.dumps({"next_round": number + 1, **{name: round(value, 3) for name, value in total.items()}}),
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
