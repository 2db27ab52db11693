"""Related papers: what makes two papers related, and by how much."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from store import ingest
from store.catalog import papers
from store.catalog.merge import merge
from store.embeddings.semantic_index import SemanticIndex
from store.library import Library
from store.models import Paper, ParsedSource
from store.related_papers import related_papers
from store.search.related import CANDIDATES_BY_AUTHOR, Facet, Related, candidates, most_related, read, scored
from store.search.words import WordCounts
from store.storage.database import Database
from store.text.handles import handle
from store.text.web_addresses import without_addresses
from tests.support.embedders import HashingEmbedder
from tests.support.made import names, record

OTHERS = ("Weather of Distant Planets", "Trade Routes through Deserts", "Soil Bacteria under Drought")


def made(title: str, abstract: str = "", *authors: str) -> Paper:
    return merge(handle(title), [record(title, abstract=abstract or None, authors=names(*authors))])


def counted(*papers: Paper) -> WordCounts:
    stems = Counter(stem for paper in papers for stem in read(paper).stems)
    return WordCounts(papers=len(papers), length=10, words={}, stems=stems)


def ranked(paper: Paper, *candidates: Paper, limit: int = 5, **similarities: float) -> list[Related]:
    others = [*candidates, *(made(title) for title in OTHERS)]
    near = {one.handle: similarities[one.title.lower()] for one in others if one.title.lower() in similarities}
    return most_related(scored(read(paper), others, counted(paper, *others), near), limit)


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
    assert found[0].score > 1.5 * found[1].score


def test_words_of_half_the_papers_say_nothing() -> None:
    papers = [made(f"Looms and {word}") for word in ("Hats", "Shoes", "Coats", "Gloves")]
    asked = made("Looms and Scarves")
    assert not most_related(scored(read(asked), papers, counted(asked, *papers)))
    assert ranked(asked, papers[0])


def test_a_faint_likeness_is_left_out() -> None:
    faint = made("Cotton", " ".join(f"word{letter}" for letter in "abcdefghijklmnopqrstuvwxyz") + " looms")
    assert not ranked(made("Silk", "looms " + " ".join(f"other{letter}" for letter in "abcdefghijklmnopqrst")), faint)


async def test_candidates_share_an_author_or_a_rare_word(db: Database) -> None:
    by_author = [record(f"Tides {number} of the Moon", authors=names("Ada Byron")) for number in range(70)]
    others = (record("Looms in Lyon", authors=names("Ada Byron")), record("Looms at Home", authors=names("Cy Dee")))
    await ingest.take(db, "a file", ParsedSource(papers=(*by_author, *others)))
    stored = {paper.title: paper async for page in papers.in_pages(db) for paper in page}
    async with db.read() as connection:
        near, counts = await candidates(connection, read(stored["Looms in Lyon"]))
        assert not (await candidates(connection, read(made("Unheard of"))))[0]
    found = most_related(scored(read(stored["Looms in Lyon"]), await papers.by_handles(db, near), counts), limit=100)
    assert len(found) == CANDIDATES_BY_AUTHOR + 1
    assert {one.paper.title for one in found if one.words} == {"Looms at Home"}


def test_forms_of_a_word_are_shared_and_told_as_the_paper_has_them() -> None:
    (only,) = ranked(made("A Loom in Lyon"), made("Weaving with Looms"))
    assert only.words == ("loom",)


def test_papers_that_say_the_like_in_other_words_are_related() -> None:
    asked = made("Looms in Lyon")
    near, far = made("Weaving"), made("Drought")
    assert [(one.paper.title, one.similarity) for one in ranked(asked, near, far, weaving=0.7, drought=0.3)] == [
        ("Weaving", 0.7)
    ]


def test_similarity_is_added_and_a_paper_without_a_vector_counts_as_the_others_do() -> None:
    asked, first, second = made("Looms in Lyon"), made("Looms"), made("Lyon")
    found = {one.paper.title: one.score for one in ranked(asked, first, second)}
    with_vectors = {one.paper.title: one.score for one in ranked(asked, first, second, looms=0.6)}
    assert with_vectors == {title: pytest.approx(score + 0.6) for title, score in found.items()}


PARTS = (
    "Weavers suffer from broken threads. We propose a controller with punched cards."
    " Our results show that looms stop 40% less often than before."
)


@pytest.mark.parametrize(
    ("facet", "first"),
    [("problem", "Broken Threads of Weavers"), ("method", "Punched Cards in a Controller"), ("result", "Looms Stop Less Often")],
)  # fmt: skip
def test_words_of_the_facet_count_more(facet: Facet, first: str) -> None:
    asked = made("Cotton", PARTS)
    titles = ("Broken Threads of Weavers", "Punched Cards in a Controller", "Looms Stop Less Often")
    others = [made(title) for title in titles]
    found = most_related(
        scored(read(asked, facet), others, counted(asked, *others, *(made(title) for title in OTHERS)))
    )
    assert found[0].paper.title == first


async def test_with_a_model_the_nearest_are_candidates(db: Database) -> None:
    titles = ("A Car", "Automobiles", *OTHERS)
    await ingest.take(db, "a file", ParsedSource(papers=tuple(record(title, authors=()) for title in titles)))
    library = await Library.open(db.path)
    semantic = SemanticIndex(HashingEmbedder())
    await semantic.embed_missing(db, 8)
    stored = {paper.title: paper async for page in papers.in_pages(db) for paper in page}
    assert not await related_papers(library.view(), stored["A Car"])
    view = replace(library, semantic=semantic).view()
    (only,) = await related_papers(view, stored["A Car"])
    assert (only.paper.title, only.words) == ("Automobiles", ())
    await library.close()
