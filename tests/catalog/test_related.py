"""Related papers: what makes two papers related, and by how much."""

from __future__ import annotations

import pytest

from store import ingest
from store.catalog import papers
from store.catalog.merge import merge
from store.catalog.related import CANDIDATES_BY_AUTHOR, Related, candidates, rank
from store.models import Paper, ParsedSource
from store.storage.database import Database
from store.text.handles import handle
from store.text.web_addresses import without_addresses
from tests.support.made import names, record

OTHERS = ("Weather of Distant Planets", "Trade Routes through Deserts", "Soil Bacteria under Drought")


def made(title: str, abstract: str = "", *authors: str) -> Paper:
    return merge(handle(title), [record(title, abstract=abstract or None, authors=names(*authors))])


def ranked(paper: Paper, *candidates: Paper) -> list[Related]:
    return rank(paper, [*candidates, *(made(title) for title in OTHERS)])


def test_shared_words_are_the_reasons() -> None:
    (only,) = ranked(made("Looms in Lyon"), made("Punched Cards for Looms of Lyon"))
    assert (only.words, only.authors) == (("looms", "lyon"), ())


@pytest.mark.parametrize(
    "place",
    [
        "https://github.com/lab/project",
        "http://www.project.example/data",
        "www.project.example",
        "github.com/lab/project.",
        "(project.github.io)",
        r"\url{https://project.example}",
        "anonymous.4open.science/r/project",
        "10.1145/project.1234",
        "doi: 10.1145/project",
        "someone@project.example",
    ],
)
def test_parts_of_an_address_are_no_reasons(place: str) -> None:
    (only,) = ranked(made("Looms in Lyon", f"Code: {place} ."), made("Looms and Hats", f"Code: {place} ."))
    assert only.words == ("looms", "code")
    both = [made("Looms", place), made("Hats", place)]
    assert not ranked(*both)


def test_prose_with_full_stops_gives_its_words() -> None:
    prose = "Punched cards, e.g. those of Lyon vs. those of Basel.Weavers and/or spinners kept them; 3.5 times"
    (only,) = ranked(made("Looms", prose), made("Hats", prose))
    assert {"weavers", "cards", "lyon"} & set(only.words)
    assert without_addresses(prose) == prose


@pytest.mark.parametrize("shared", [1, 3, 5])
def test_shared_authors_count_up_to_three(shared: int) -> None:
    people = [f"Ada Byron{letter}" for letter in "abcde"]
    (only,) = ranked(made("Looms in Lyon", "", *people), made("Tides of the Moon", "", *people[:shared]))
    assert only.score == pytest.approx(0.08 * min(3, shared))
    assert len(only.authors) == shared


def test_a_word_of_the_title_counts_more_than_one_of_the_abstract() -> None:
    paper = made("Looms", "cards")
    found = ranked(paper, made("Games of Cards"), made("Games of Looms"))
    assert [one.paper.title for one in found] == ["Games of Looms", "Games of Cards"]
    assert found[0].score > 2 * found[1].score


def test_words_of_half_the_papers_say_nothing() -> None:
    papers = [made(f"Looms and {word}") for word in ("Hats", "Shoes", "Coats", "Gloves")]
    assert not rank(made("Looms and Scarves"), papers)
    assert rank(made("Looms and Scarves"), [papers[0], *(made(title) for title in OTHERS)])


def test_a_faint_likeness_is_left_out() -> None:
    faint = made("Cotton", " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz") + " looms")
    assert not ranked(made("Silk", "looms " + " ".join(f"other{letter}" for letter in "abcdefghijklmnopqrst")), faint)


async def test_candidates_share_an_author_or_a_rare_word(db: Database) -> None:
    by_author = [record(f"Tides {number} of the Moon", authors=names("Ada Byron")) for number in range(70)]
    others = (record("Looms in Lyon", authors=names("Ada Byron")), record("Looms at Home", authors=names("Cy Dee")))
    await ingest.take(db, "a file", ParsedSource(papers=(*by_author, *others)))
    stored = {paper.title: paper async for page in papers.in_pages(db) for paper in page}
    async with db.read() as connection:
        near = await candidates(connection, stored["Looms in Lyon"])
        assert not await candidates(connection, made("Unheard of"))
    found = rank(stored["Looms in Lyon"], await papers.by_handles(db, near), limit=100)
    assert len(found) == CANDIDATES_BY_AUTHOR + 1
    assert {one.paper.title for one in found if one.words} == {"Looms at Home"}
