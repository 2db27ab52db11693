"""Facts about authors, each against the papers themselves."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store.catalog.merge import merge
from store.models import Paper
from store.profiles.author_profile import AuthorProfile, profile, short_name
from store.profiles.key_phrases import phrases_of
from store.profiles.topics import WordFrequencies
from store.text.handles import handle
from tests.support.made import names, record


def paper(title: str, **fields: object) -> Paper:
    return merge(handle("paper", title), [record(title, **fields)])


def profile_of(*papers: Paper) -> AuthorProfile:
    newest_first = sorted(papers, key=lambda one: one.published or "", reverse=True)
    frequencies = WordFrequencies(titles=1000, counts={})
    return profile(newest_first, phrases_of(newest_first), frequencies, "Ashish Vaswani")


def test_years_and_categories_are_counted() -> None:
    found = profile_of(
        paper("Looms", published="2021-05", category="cs.CL", cross_lists=("cs.AI",)),
        paper("Silk", published="2023", category="cs.CL"),
        paper("Wool", published=None, category="cs.AI"),
        *(paper(f"Cotton {n}", published="2022", category="math.CO") for n in range(8)),
    )
    assert (found.papers, found.undated) == (11, 1)
    assert [(one.year, one.papers) for one in found.years] == [(2021, 1), (2022, 8), (2023, 1)]
    assert found.categories == (("math.CO", 8),), "less than a fifth are listed in the others"


def test_recent_work_is_told_from_earlier_work_by_years_else_by_the_middle_month() -> None:
    by_year = profile_of(
        *(paper(f"{name} for Web Agents", published="2025-03") for name in ("Rewards", "Curricula", "Tools")),
        *(paper(f"{name} of Knowledge Conflicts", published="2021") for name in ("Kinds", "Causes", "Costs")),
    )
    assert by_year.recent and by_year.earlier
    assert ([one.phrase for one in by_year.recent.topics], by_year.recent.since) == (["web agents"], "2024")
    assert ([one.phrase for one in by_year.earlier.topics], by_year.earlier.until) == (["knowledge conflicts"], "2023")
    by_month = profile_of(
        *(paper(f"{name} for Web Agents", published="2025-09") for name in ("Rewards", "Curricula", "Tools")),
        *(paper(f"{name} of Knowledge Conflicts", published="2025-02") for name in ("Kinds", "Causes", "Costs")),
    )
    assert by_month.recent and by_month.earlier
    assert (by_month.recent.since, by_month.earlier.until) == ("2025-09", "2025-08")


def test_two_papers_are_not_enough_to_tell_times_apart() -> None:
    found = profile_of(
        *(paper(f"{name} for Web Agents", published="2025-03") for name in ("Rewards", "Curricula", "Tools")),
        *(paper(f"{name} of Knowledge Conflicts", published="2021") for name in ("Kinds", "Causes")),
    )
    assert found.recent and found.recent.since is None
    assert found.earlier is None


def test_what_to_read_first_has_its_reason_and_no_paper_twice() -> None:
    found = profile_of(
        paper("Old Looms", published="2001", citations=90),
        paper("New Looms", published="2025", citations=1),
        paper("Weaving Silk on Jacquard Looms", published="2010"),
        paper("Dyeing Silk on Jacquard Looms", published="2011", citations=3),
    )
    assert [(one.paper.title, one.reason) for one in found.to_read] == [
        ("Old Looms", "most cited"),
        ("New Looms", "newest"),
        ("Dyeing Silk on Jacquard Looms", "central"),
    ]
    uncited = profile_of(paper("Looms", published="2025"), paper("Silk", published="2010"))
    assert [(one.paper.title, one.reason) for one in uncited.to_read] == [("Looms", "newest"), ("Silk", "recent")]


def test_a_title_names_its_subject_before_a_colon() -> None:
    assert short_name(paper("WebRL: Training Agents")) == "WebRL"
    assert short_name(paper("Long²RAG: Evaluating Generation")) == "Long²RAG"
    assert short_name(paper("Introduction: Training Agents")) is None
    assert short_name(paper("A Very Long Beginning of a Title: WebRL")) is None


def test_nobody_with_no_papers_has_no_facts() -> None:
    found = profile_of()
    assert found == AuthorProfile(
        papers=0, undated=0, years=(), categories=(), topics=(), topics_since=None, recent=None, earlier=None,
        to_read=(), spellings=(),
    )  # fmt: skip


DATES = st.one_of(st.none(), st.sampled_from(["2019", "2021-05", "2021-06-03", "2024-12-31", "2025"]))
TITLES = st.lists(st.sampled_from("web agents knowledge conflicts looms silk for of".split()), min_size=1, max_size=6)


@given(st.lists(st.tuples(TITLES, DATES), max_size=12, unique_by=lambda one: tuple(one[0])))
def test_the_papers_of_a_time_are_of_that_time(made: list[tuple[list[str], str | None]]) -> None:
    papers = {one.handle: one for one in (paper(" ".join(words), published=date) for words, date in made)}
    found = profile_of(*papers.values())
    for work in filter(None, (found.recent, found.earlier)):
        assert work.topics
        for topic in work.topics:
            dates = [papers[number].published for number in topic.papers]
            assert not work.since or all(date and date >= work.since[: len(date)] for date in dates)
            assert not work.until or all(date and date[: len(work.until)] <= work.until for date in dates)
        on_topic = {number for topic in work.topics for number in topic.papers}
        assert {one.handle for one in work.examples} <= on_topic


def test_spellings_of_a_name_are_those_of_papers_that_do_not_have_it_as_it_is() -> None:
    found = profile_of(
        paper("Looms", authors=names("A. Vaswani", "Ashish Vaswáni")),
        paper("Silk", authors=names("Ashish Vaswani", "A. Vaswani")),
        paper("Wool", authors=names("A. Vaswani", "Anna Vaswani", "Vaswani")),
    )
    assert found.spellings == ("A. Vaswani", "Ashish Vaswáni")
