"""How close papers are to those that somebody follows."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from store.catalog.merge import merge
from store.models import Paper, PaperRecord, Source
from store.similarity.feedback import MAX_VOTES, Vote, learned
from store.similarity.follower_index import FollowerIndex
from store.similarity.profiles import PROFILE_TERMS, Background, Followed, profile
from store.similarity.terms import TERMS, Vector, terms_of
from store.similarity.threshold import LEAST, threshold
from store.text.handles import handle

SOURCE = Source(kind="dump", name="test", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
TITLES = [
    "Web agents that learn to browse",
    "Training web agents by reinforcement",
    "Parsing morphologically rich languages",
    "Dependency parsing with neural networks",
    "A corpus of parliament speeches",
    "Speech recognition for small languages",
]


def paper(title: str, abstract: str | None = None) -> Paper:
    return merge(handle("test", title), [PaperRecord(source=SOURCE, title=title, abstract=abstract)])


def terms(title: str, abstract: str | None = None) -> Vector:
    return terms_of(paper(title, abstract))


BACKGROUND = Background.of(terms(title) for title in TITLES)


def test_terms_are_stems_and_pairs_which_punctuation_and_case_leave_alone() -> None:
    assert terms("Parsing trees").terms.tolist() == terms("PARSE: tree!").terms.tolist()
    assert len(terms("Parsing trees").terms) == 3
    assert set(terms("parsing trees").terms) != set(terms("trees parsing").terms)  # The pair is another.


def test_terms_are_bounded_for_any_text() -> None:
    long = terms("Long", " ".join(f"word{number}" for number in range(5_000)))
    assert len(long.terms) <= 2 * 1_000 + 1


@given(st.text(), st.text())
def test_any_text_has_terms_in_ascending_order(title: str, abstract: str) -> None:
    found = terms(title or "-", abstract)
    assert (np.diff(found.terms) > 0).all()
    assert not len(found.terms) or 0 <= found.terms.min() <= found.terms.max() < TERMS


def test_the_closest_paper_has_the_highest_score() -> None:
    own = profile(BACKGROUND, [Followed(terms(TITLES[0]), 2024.0)])
    scores = [float(FollowerIndex([own]).scores(BACKGROUND.vector(terms(title)))[0]) for title in TITLES]
    assert sorted(range(6), key=lambda n: -scores[n])[:2] == [0, 1]
    assert scores[2] == 0


def test_newer_papers_count_more_and_a_year_that_is_not_known_counts_little() -> None:
    old, new = terms(TITLES[0]), terms(TITLES[2])
    own = profile(BACKGROUND, [Followed(old, 2010.0), Followed(new, 2024.0), Followed(terms(TITLES[4]), None)])
    index = FollowerIndex([own])
    of_new, of_old, of_unknown = (index.scores(BACKGROUND.vector(one))[0] for one in (new, old, terms(TITLES[4])))
    assert of_new > 4 * of_old
    assert of_new > 4 * of_unknown


def test_a_profile_is_bounded() -> None:
    abstract = " ".join(f"word{number}" for number in range(900))
    assert len(profile(BACKGROUND, [Followed(terms("Long", abstract), None)]).terms) == PROFILE_TERMS


@given(st.lists(st.sampled_from(TITLES), min_size=1, max_size=6), st.sampled_from(TITLES))
def test_the_index_gives_each_follower_the_cosine_of_their_profile(followed: list[str], title: str) -> None:
    profiles = [profile(BACKGROUND, [Followed(terms(one), None)]) for one in followed]
    new = BACKGROUND.vector(terms(title))
    wanted = [
        sum(
            float(value) * dict(zip(one.terms, one.values, strict=True)).get(term, 0.0)
            for term, value in zip(*new, strict=True)
        )
        for one in profiles
    ]
    assert np.allclose(FollowerIndex(profiles).scores(new), wanted, atol=1e-5)
    assert FollowerIndex([]).scores(new).tolist() == []


scores = st.lists(st.floats(0, 1, width=32), max_size=200).map(lambda one: np.array(one, dtype=np.float32))


@given(scores, st.floats(0.1, 30), st.floats(0.1, 30))
def test_no_more_than_the_volume_gets_through(values: np.ndarray, days: float, per_day: float) -> None:
    least = threshold(values, days, per_day)
    assert (values > least).sum() <= per_day * days
    assert least >= LEAST
    assert threshold(values, days, per_day + 1) <= least


def test_the_volume_is_used_where_scores_differ() -> None:
    values = np.linspace(0.1, 1, 100, dtype=np.float32)
    assert (values > threshold(values, 10, 3)).sum() == 30


votes = st.lists(
    st.builds(
        lambda title, wanted: Vote(BACKGROUND.vector(terms(title)), wanted), st.sampled_from(TITLES), st.booleans()
    ),
    max_size=12,
)
OWN = profile(BACKGROUND, [Followed(terms(TITLES[0]), 2024.0), Followed(terms(TITLES[3]), 2023.0)])


def score(of: Vector, title: str) -> float:
    return float(FollowerIndex([of]).scores(BACKGROUND.vector(terms(title)))[0])


def test_without_votes_nothing_changes() -> None:
    assert learned(OWN, [], 0.3) is OWN


@given(votes, st.sampled_from(TITLES), st.floats(0, 1))
def test_a_vote_never_moves_its_paper_the_other_way(before: list[Vote], title: str, least: float) -> None:
    now = score(learned(OWN, before, least), title)
    for wanted, sign in ((True, 1), (False, -1)):
        after = learned(OWN, [*before, Vote(BACKGROUND.vector(terms(title)), wanted)], least)
        assert sign * (score(after, title) - now) >= -1e-5


def test_votes_move_papers_that_share_terms_and_no_others() -> None:
    taught = learned(OWN, [Vote(BACKGROUND.vector(terms(TITLES[1])), False)], 0.1)
    assert score(taught, TITLES[1]) < score(OWN, TITLES[1])
    assert score(taught, TITLES[4]) == score(OWN, TITLES[4])


def test_only_the_newest_votes_count() -> None:
    old, new = Vote(BACKGROUND.vector(terms(TITLES[1])), True), Vote(BACKGROUND.vector(terms(TITLES[2])), False)
    with_old = learned(OWN, [old, *[new] * MAX_VOTES], 0.1)
    assert np.array_equal(with_old.values, learned(OWN, [new] * MAX_VOTES, 0.1).values)
