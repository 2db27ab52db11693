"""References in programs that others keep: biber, bibtexparser, rispy and citeproc-py."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
import rispy
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import split_multiple_persons_names
from citeproc import Citation, CitationItem, CitationStylesBibliography, CitationStylesStyle, formatter
from citeproc.source.json import CiteProcJSON

from store.catalog.citation_styles import cite, key
from store.catalog.merge import merge
from store.models import Identifier, Paper
from store.text.handles import handle
from tests.support.made import names, record

MANY = tuple(f"Ada Byron {letter}eaver" for letter in "ABCDEFGHIJ")
NAMED = {
    "acl": Identifier(scheme="acl", value="2024.acl-long.12"),
    "arxiv": Identifier(scheme="arxiv", value="2411.02337"),
    "doi": Identifier(scheme="doi", value="10.1234/x_y"),
}
PAPERS = [
    merge(
        handle("paper", str(number)),
        [
            record(
                f"Looms, No. {number}",
                authors=names(*people),
                published=published,
                venue=venue,
                category="CL",
                identifiers=tuple(NAMED[scheme] for scheme in schemes),
            )
        ],
    )
    for number, (people, published, venue, schemes) in enumerate(
        [
            (("Ada Byron",), "2024-11-04", "Journal of Looms", ("doi", "arxiv")),
            (("Ada Byron", "Bo Li"), "2024-11", "Annual Meeting on Looms", ("acl", "doi")),
            (("Ada Byron", "John Smith, Jr."), "2024-05-01", None, ("arxiv",)),
            (MANY, "2024", "ACL 2024", ("acl",)),
            (("Ada Byron",), "2024", "bioRxiv", ("doi",)),
        ]
    )
]
HOSTILE = [
    merge(
        handle("hostile", text), [record(f"Looms {text}", authors=names(f"Ada {text}"), venue=text, published="2024")]
    )
    for text in (
        "100% of $x_1$",
        "{",
        "}",
        "}{",
        "\\",
        "a \\input{x} b",
        "@article{x,",
        '"',
        "#1 & ~^",
        "and",
        "%",
        "É–ß 論",
    )
]


@pytest.mark.parametrize("paper", PAPERS, ids=key)
def test_every_form_says_the_same(paper: Paper) -> None:
    (entry,) = parse_string(cite(paper, "bibtex")).entries
    bibtex = {name: str(field.value).strip("{}") for name, field in entry.fields_dict.items()}
    (ris,) = rispy.loads(cite(paper, "ris"))
    (csl,) = json.loads(cite(paper, "csl-json"))
    title = f"Looms, No. {PAPERS.index(paper)}"
    assert bibtex["title"] == ris["title"] == csl["title"] == title
    assert entry.key == ris["id"] == csl["id"] == key(paper)
    people = [a.name for a in paper.authors]
    assert len(split_multiple_persons_names(bibtex["author"])) == len(people)
    assert [name.partition(",")[0] for name in ris["authors"]] == [one["family"] for one in csl["author"]]
    date = csl["issued"]["date-parts"][0]
    assert bibtex["year"] == ris["year"] == str(date[0])
    assert [int(part) for part in ris["date"].split("/")] == date
    months = "jan feb mar apr may jun jul aug sep oct nov dec".split()
    assert bibtex.get("month") == (months[date[1] - 1] if len(date) > 1 else None)
    venue = next((bibtex[name] for name in ("journal", "booktitle", "howpublished") if name in bibtex), None)
    assert venue == (ris.get("journal_name") or ris.get("secondary_title")) == csl.get("container-title") == paper.venue
    assert bibtex.get("doi") == ris.get("doi") == csl.get("DOI")
    assert bibtex.get("url") == next(iter(ris.get("urls", [])), None) == csl.get("URL")
    assert (
        (f"arXiv:{bibtex['eprint']}" if "eprint" in bibtex else None)
        == ris.get("accession_number")
        == csl.get("number")
    )
    kinds = {
        "article": ("JOUR", "article-journal"),
        "inproceedings": ("CONF", "paper-conference"),
        "misc": ("UNPB", "article"),
    }
    assert (ris["type_of_reference"], csl["type"]) == kinds[entry.entry_type]


def test_ris_has_no_tag_that_rispy_does_not_know() -> None:
    for read in rispy.loads("".join(cite(paper, "ris") + "\n" for paper in [*PAPERS, *HOSTILE])):
        assert "unknown_tag" not in read


def test_csl_json_is_read_and_shown_by_citeproc() -> None:
    """Where a field or type is unknown, citeproc-py warns, which is an error here."""
    items = [json.loads(cite(paper, "csl-json"))[0] for paper in [*PAPERS, *HOSTILE]]
    style = CitationStylesStyle("harvard-cite-them-right", validate=False)
    shown = CitationStylesBibliography(style, CiteProcJSON(items), formatter.plain)
    for item in items:
        shown.register(Citation([CitationItem(item["id"])]))
    written = ["".join(map(str, entry)) for entry in shown.bibliography()]
    assert len(written) == len(items)
    assert sum("2024" in entry and "Looms, No. " in entry for entry in written) == len(PAPERS)


@pytest.mark.skipif(not shutil.which("biber"), reason="biber is not installed")
def test_biber_finds_nothing_wrong(tmp_path: Path) -> None:
    """Every field that biblatex demands is there, and hostile texts make no entry or field."""
    source = tmp_path / "a.bib"
    for papers, options in ((PAPERS, ["--validate-datamodel"]), (HOSTILE, [])):
        source.write_text("\n".join(cite(paper, "bibtex") for paper in papers))
        done = subprocess.run(
            ["biber", "--tool", *options, "--output-file", str(tmp_path / "b.bib"), str(source)],
            cwd=tmp_path, capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout
        assert not [line for line in done.stdout.splitlines() if line.startswith(("WARN", "ERROR"))]
        assert len(parse_string((tmp_path / "b.bib").read_text()).entries) == len(papers)
