"""Whatever a paper holds, its reference is one entry with our fields and no others, in one block of a message."""

from __future__ import annotations

import json
import re
import unicodedata

from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import split_multiple_persons_names
from hypothesis import example, given
from hypothesis import strategies as st

from commands.addresses import PaperAction
from commands.views import paper_cards
from store.catalog.citation_styles import STYLES, cite
from store.catalog.merge import merge
from store.models import Authorship, Identifier, Link, Paper
from store.text.handles import handle
from store.text.visible import one_line
from tests.commands.test_cards import sent
from tests.support.hostile import ADDRESSES, TEXTS
from tests.support.made import record

BIBTEX = {"title", "author", "year", "month", "journal", "booktitle", "howpublished", "doi", "eprint"} | {
    "archiveprefix", "primaryclass", "url"
}  # fmt: skip
RIS = {"TY", "ID", "TI", "AU", "PY", "DA", "JO", "T2", "DO", "AN", "UR", "N1", "ER"}
CSL = {"id", "type", "title", "author", "issued", "container-title", "DOI", "number", "URL", "note"}
INJECTED = "10.5555/y},note={\\input{/etc/passwd}"
PAPERS = st.builds(
    lambda title, names, complete, venue, doi, arxiv, url, published: merge(
        handle("p"),
        [
            record(
                title,
                authors=tuple(Authorship(name=n, position=p, is_group=g) for p, (n, g) in enumerate(names, 1)),
                authors_complete=complete,
                venue=venue,
                identifiers=(Identifier(scheme="doi", value=doi), Identifier(scheme="arxiv", value=arxiv)),
                links=(Link(kind="pdf", url=url),),
                published=published,
            )
        ],
    ),
    title=TEXTS.filter(bool),
    names=st.lists(st.tuples(TEXTS, st.booleans()), max_size=4),
    complete=st.booleans(),
    venue=st.none() | TEXTS,
    doi=TEXTS.map(lambda text: f"10.5555/{text}"),
    arxiv=TEXTS | st.just("2411.02337"),
    url=ADDRESSES | TEXTS.map(lambda text: f"https://example.org/{text}"),
    published=st.sampled_from([None, "2024", "2024-08", "2024-08-12"]),
)
PLAIN = record("Looms", identifiers=(Identifier(scheme="doi", value=INJECTED),))


@example(merge(handle("p"), [PLAIN]))
@given(PAPERS)
def test_bibtex_is_one_entry_with_our_fields(paper: Paper) -> None:
    written = cite(paper, "bibtex")
    library = parse_string(written)
    assert not library.failed_blocks
    assert len(library.blocks) == 1
    (entry,) = library.entries
    fields = entry.fields_dict
    assert fields.keys() <= BIBTEX
    assert re.fullmatch(r"[a-z0-9]+-[a-z2-7]{6}", entry.key)
    named = [a for a in paper.authors if one_line(a.name)]
    if named or not paper.authors_complete:
        assert len(split_multiple_persons_names(fields["author"].value)) == len(named) + (not paper.authors_complete)
    # BibTeX itself counts every brace, also one after a backslash.
    depths = [0]
    for character in written:
        depths.append(depths[-1] + (character == "{") - (character == "}"))
    assert min(depths) == 0 == depths[-1]
    assert 0 not in depths[depths.index(1) : -1]


@example(merge(handle("p"), [PLAIN]))
@given(PAPERS)
def test_ris_is_one_entry_with_our_fields(paper: Paper) -> None:
    tags = []
    for line in cite(paper, "ris").splitlines():
        tag = re.fullmatch(r"([A-Z][A-Z0-9])  - (.*)", line)
        assert tag, line
        tags.append(tag[1])
    assert (tags[0], tags[-1]) == ("TY", "ER")
    assert set(tags) <= RIS
    assert all(tags.count(tag) == 1 for tag in set(tags) - {"AU"})


@given(PAPERS)
def test_csl_json_is_one_item_with_our_fields(paper: Paper) -> None:
    (item,) = json.loads(cite(paper, "csl-json"))
    assert item.keys() <= CSL
    assert all(person.keys() <= {"family", "given", "suffix", "literal"} for person in item["author"])


@given(PAPERS)
def test_no_reference_has_invisible_characters_or_ends_its_block(paper: Paper) -> None:
    for style in STYLES:
        written = cite(paper, style)
        unseen = {c for c in written if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")} - set(
            "\n\u200c\u200d"
        )
        assert not unseen
        assert style != "plain" or "\n" not in written
        shown = json.dumps(sent(paper_cards.citation(paper, style, written, STYLES, PaperAction("cite", paper.handle))))
        assert shown.count("```") == 2


def test_a_doi_that_ends_its_field_is_left_out_and_a_real_one_is_not() -> None:
    assert "doi" not in cite(merge(handle("p"), [PLAIN]), "bibtex")
    strange = "10.1002/(sici)1097-4636(199705)35:2<163::aid-jbm4>3.0.co;2-d"
    real = record("Looms", identifiers=(Identifier(scheme="doi", value=strange),))
    for style in STYLES[1:]:
        assert strange in cite(merge(handle("p"), [real]), style)


def test_a_name_that_is_a_list_stays_one_name() -> None:
    names = ("Johnson and Johnson", "others", "A, B, C, D", "given=Ada")
    paper = merge(handle("p"), [record(authors=tuple(Authorship(name=n, position=p) for p, n in enumerate(names, 1)))])
    written = cite(paper, "bibtex")
    assert "author = {{Johnson and Johnson} and {others} and {A, B, C, D} and {given=Ada}}" in written
