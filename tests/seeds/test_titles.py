from __future__ import annotations

from seeds.services.titles import likeness, ranked
from store.models import Authorship, Identifier, PaperRecord
from tests.seeds.making import source


def paper(title: str, *, abstract: str | None = None, doi: str = "", author: str = "Ada Example") -> PaperRecord:
    named = (Identifier(scheme="doi", value=doi),) if doi else ()
    authors = (Authorship(name=author, position=1),)
    return PaperRecord(source=source("crossref"), title=title, abstract=abstract, identifiers=named, authors=authors)


def test_a_paper_of_several_services_is_shown_once_as_the_one_that_says_the_most() -> None:
    plain, full = paper("On Looms and Mills", doi="10.1000/x"), paper("On looms and mills!", abstract="We weave.")
    renamed = paper("Looms and Mills Revisited", doi="10.1000/x")
    assert ranked("on looms and mills", [plain, full, renamed]) == (full,)


def test_namesakes_of_papers_stay_apart_and_what_is_unlike_is_left_out() -> None:
    first, second = paper("On Looms and Mills"), paper("On Looms and Mills", author="Ben Sample")
    assert ranked("On Looms and Mills", [paper("Gliders over Harbours"), first, second]) == (first, second)


def test_a_title_without_its_subtitle_is_found_first() -> None:
    whole, other = paper("On Looms and Mills: A Study of Everything That Turns"), paper("On Looms or Mills")
    assert ranked("On Looms and Mills", [other, whole]) == (whole, other)
    assert likeness("On", "On Looms and Mills") < 55, "too short to be the beginning of anything"
