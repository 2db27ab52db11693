"""References say what the paper says, in forms that other programs read back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seeds.formats import reader
from store.catalog.citation_styles import STYLES, CitationStyle, cite, key
from store.catalog.merge import merge
from store.models import Authorship, Identifier, Notice, Paper, PaperRecord
from store.text.handles import handle
from tests.support.limits import grows_too_fast
from tests.support.made import names, record

WORDS = st.text(st.sampled_from("abcXYZ é&%$#_{}~^\\:-"), min_size=1, max_size=30).map(str.strip).filter(bool)
PLAIN = st.text(st.sampled_from("abcdefgXYZéüß"), min_size=2, max_size=12)
PEOPLE = st.lists(
    st.tuples(PLAIN, PLAIN, st.sampled_from(("", "", ", Jr.", ", III"))).map(lambda p: f"{p[0]} {p[1]}{p[2]}"),
    min_size=1,
    max_size=5,
    unique=True,
)


def paper(one: PaperRecord) -> Paper:
    return merge(handle("p"), [one])


def read_back(name: str, content: str) -> PaperRecord:
    reading = reader.read(name, content.encode(), datetime(2026, 1, 1, tzinfo=UTC))
    assert not reading.problems
    (only,) = reading.papers
    return only


@pytest.mark.parametrize("style", STYLES)
def test_a_reference_to_a_retracted_paper_says_so(style: CitationStyle) -> None:
    notice = Notice(kind="retraction", told_by="Retraction Watch", date="2026-03-02", doi="10.1000/r")
    said = cite(paper(record("On Looms", withdrawn=True, notices=(notice,))), style)
    assert "RETRACTED 2026-03-02, doi:10.1000/r" in said
    assert "WITHDRAWN" in cite(paper(record("On Looms", withdrawn=True)), style)
    assert "RETRACTED" not in cite(paper(record("On Looms")), style)


@settings(max_examples=40)
@pytest.mark.parametrize(("style", "name"), [("bibtex", "a.bib"), ("ris", "a.ris"), ("csl-json", "a.json")])
@given(
    title=st.text(st.sampled_from("abc XYZ é&%#:,"), min_size=3, max_size=60).map(str.strip).filter(len), people=PEOPLE
)
def test_what_is_written_is_read_back(style: CitationStyle, name: str, title: str, people: list[str]) -> None:
    title = " ".join(f"Title {title}".split())
    given_paper = paper(
        record(
            title,
            authors=names(*people),
            published="2024-08",
            identifiers=(Identifier(scheme="doi", value="10.1234/x.y"),),
        )
    )
    back = read_back(name, cite(given_paper, style))
    assert back.title == title
    assert [a.name for a in back.authors] == people
    assert back.published is not None
    assert back.published.startswith("2024")
    assert ("doi", "10.1234/x.y") in [(i.scheme, i.value) for i in back.identifiers]


@given(title=WORDS, venue=WORDS)
def test_hostile_titles_break_no_style(title: str, venue: str) -> None:
    given_paper = paper(record(title, venue=venue, authors=(), authors_complete=False))
    for style in STYLES:
        assert cite(given_paper, style).strip()
    json.loads(cite(given_paper, "csl-json"))


def test_a_list_that_is_incomplete_says_so_and_invents_no_order() -> None:
    listed = (*names("Rongwu Xu", "Team GLM"), Authorship(name="Zehan Qi"))
    group = tuple(a.model_copy(update={"is_group": a.name == "Team GLM"}) for a in listed)
    shown = paper(
        record("Knowledge Conflicts: A Survey", authors=group, authors_complete=False, published="2024-03-13")
    )
    assert cite(shown, "plain") == "Rongwu Xu, Team GLM et al. (2024). Knowledge Conflicts: A Survey."
    assert "author = {Rongwu Xu and {Team GLM} and others}" in cite(shown, "bibtex")
    assert "month = mar\n" in cite(shown, "bibtex")
    assert "AU  - Team GLM" in cite(shown, "ris")
    assert "Zehan Qi" not in cite(shown, "csl-json")


def test_the_key_is_what_people_would_type() -> None:
    shown = paper(record("On the Long²RAG Benchmark", authors=names("Zehan Qi"), published="2024"))
    assert key(shown) == f"qi2024long2rag-{handle('p')[:6]}"
    assert key(paper(record("A", authors=()))).startswith("anonuntitled-")


@pytest.mark.parametrize("style", STYLES)
def test_a_long_list_of_authors_takes_time_in_proportion(style: CitationStyle) -> None:
    def call(size: int) -> Callable[[], str]:
        shown = paper(record(authors=names(*(f"Ada B{number} Byron" for number in range(size)))))
        return lambda: cite(shown, style)

    assert grows_too_fast(call, 1000) is None


def test_papers_that_look_alike_have_keys_of_their_own() -> None:
    alike = [merge(handle(name), [record("Web Agents", authors=names("Bo Li"), published="2024")]) for name in "abc"]
    assert len({key(one) for one in alike}) == 3


@pytest.mark.parametrize("name", ["John Smith, Jr.", "John Smith Jr."])
def test_what_follows_a_name_is_not_the_family_name(name: str) -> None:
    shown = paper(record("On looms", authors=names(name), published="2024"))
    assert key(shown).startswith("smith2024looms-")
    assert "author = {Smith, Jr., John}" in cite(shown, "bibtex")
    assert "AU  - Smith, John, Jr.\n" in cite(shown, "ris")
    (item,) = json.loads(cite(shown, "csl-json"))
    assert item["author"] == [{"family": "Smith", "given": "John", "suffix": "Jr."}]


def test_a_family_name_alone_keeps_what_follows_it() -> None:
    shown = paper(record("On looms", authors=names("Erdős, Jr.")))
    assert [a.name for a in read_back("a.bib", cite(shown, "bibtex")).authors] == ["Erdős, Jr."]


ACL = (Identifier(scheme="acl", value="2024.acl-long.12"),)
ARXIV = (Identifier(scheme="arxiv", value="2411.02337"),)
DOI = (Identifier(scheme="doi", value="10.1234/x.y"),)
DBLP = {
    key: (Identifier(scheme="dblp", value=value),)
    for key, value in (
        ("conf", "conf/acl/Byron24"),
        ("journal", "journals/tacl/Byron24"),
        ("corr", "journals/corr/abs-1"),
    )
}


@pytest.mark.parametrize(
    ("venue", "identifiers", "entry"),
    [
        (None, ACL, "@inproceedings"),
        (None, (Identifier(scheme="acl", value="2024.tacl-1.3"),), "@article"),
        (None, (Identifier(scheme="acl", value="Q18-1012"),), "@article"),
        (None, (Identifier(scheme="acl", value="P18-1012"),), "@inproceedings"),
        ("Looms", ACL, "@inproceedings"),
        ("Looms", DBLP["conf"], "@inproceedings"),
        (None, DBLP["journal"], "@article"),
        (None, DBLP["corr"], "@misc"),
        (None, ARXIV, "@misc"),
        (None, (Identifier(scheme="doi", value="10.1101/2024.01"),), "@misc"),
        (None, DOI, "@misc"),
        ("bioRxiv", DOI, "@misc"),
        ("Journal of Looms", ARXIV, "@article"),
        ("Nature", DOI, "@article"),
        ("Proceedings of the National Academy of Sciences", DOI, "@article"),
        ("Proceedings of the IEEE", DOI, "@article"),
        ("Proceedings of the IEEE Conference on Looms", DOI, "@inproceedings"),
        ("Annual Meeting of the Association for Computational Linguistics", (), "@inproceedings"),
        ("ACL (1)", (), "@inproceedings"),
        ("NeurIPS", ARXIV, "@inproceedings"),
        ("EMNLP/IJCNLP 2019", (), "@inproceedings"),
        ("JMLR", (), "@article"),
    ],
)
def test_the_entry_is_of_the_kind_that_is_known(
    venue: str | None, identifiers: tuple[Identifier, ...], entry: str
) -> None:
    assert cite(paper(record(venue=venue, identifiers=identifiers)), "bibtex").startswith(f"{entry}{{")


def test_a_paper_known_by_its_acl_id_has_its_address() -> None:
    shown = paper(record("On looms", authors=names("Ada Byron"), identifiers=ACL, published="2024-08-12"))
    assert cite(shown, "bibtex") == (
        f"@inproceedings{{{key(shown)},\n"
        "  title = {{On looms}},\n"
        "  author = {Ada Byron},\n"
        "  year = {2024},\n"
        "  month = aug,\n"
        "  url = {https://aclanthology.org/2024.acl-long.12}\n"
        "}"
    )
    assert cite(shown, "plain") == "Ada Byron (2024). On looms. https://aclanthology.org/2024.acl-long.12"


def test_a_preprint_has_its_eprint_with_class_and_address() -> None:
    written = cite(paper(record(identifiers=ARXIV, category="CL")), "bibtex")
    for field in ("eprint = {2411.02337}", "archiveprefix = {arXiv}", "primaryclass = {cs.CL}"):
        assert field in written
    assert "url = {https://arxiv.org/abs/2411.02337}" in written
    assert "primaryclass" not in cite(paper(record(identifiers=ARXIV, category="Biology")), "bibtex")


def test_a_plain_reference_has_its_full_stops_but_none_after_an_address() -> None:
    doi = (Identifier(scheme="doi", value="10.1234/x.y"),)
    shown = paper(record("On looms", authors=names("Ada Byron"), authors_complete=False, identifiers=doi))
    assert cite(shown, "plain") == "Ada Byron et al. On looms. https://doi.org/10.1234/x.y"
