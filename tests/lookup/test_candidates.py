"""What is read and ranked for a query: candidate generation and query expansion, on both sides of every limit."""

from __future__ import annotations

import math
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from store.lookup import Lookup, fallback
from store.lookup.candidates import Alternative, CandidateGenerator
from store.lookup.index.doc_values import DocValues
from store.lookup.index.fields import TITLES
from store.lookup.index.posting_lists import PostingLists
from store.lookup.index.prefix_index import PrefixIndex
from store.lookup.index.snapshot import IndexVersion, Snapshot
from store.lookup.index.vocabulary import Vocabulary
from store.lookup.query_expansion import QueryExpansion
from store.storage.database import Database
from tests.lookup.library import write_papers

TITLES_READ = {
    1: "a b c d e f g",
    2: "a b c d e f",
    3: "a b c d e",
    4: "a b",
    5: "a c",
    6: "a",
    7: "b",
    8: "c",
    9: "d",
}


@pytest.fixture
async def connection(db: Database) -> AsyncIterator[sqlite3.Connection]:
    """A file with posting lists of titles that are single letters."""
    lookup = await Lookup.open(db)
    await write_papers(db, dict(TITLES_READ))
    await lookup.close()
    opened = sqlite3.connect(db.path)
    yield opened
    opened.close()


Generate = Callable[[int], CandidateGenerator]


@pytest.fixture
def generator(connection: sqlite3.Connection) -> Generate:
    """A generator for a store that is said to have so many texts."""

    def made(texts: int) -> CandidateGenerator:
        snapshot = Snapshot(TITLES, Vocabulary(), PrefixIndex(), DocValues(9, shapes=False), IndexVersion(1, 0))
        snapshot.doc_values.put(list(TITLES_READ), list(TITLES_READ.values()), [0] * 9, [2020] * 9)
        snapshot.doc_values.texts = texts
        return CandidateGenerator(snapshot, PostingLists(connection, TITLES), 25)

    return made


def clauses(**texts: int) -> list[list[Alternative]]:
    """One clause for each word, which is said to be in so many texts."""
    return [[Alternative(word, number, 1.0)] for word, number in texts.items()]


BOTH, ONE = [1, 2, 3, 4], [1, 2, 3, 4, 5, 6]
"""Ids of the texts with `a` and `b`, and of all with `a`."""


@pytest.mark.parametrize(
    ("store", "words", "expected"),
    [
        # Words are required until fewer than 20 texts can be expected.
        (1_000, {"a": 20, "b": 500}, BOTH),
        (1_000, {"a": 19, "b": 500}, ONE),
        # Two words are in one text four times more often than by chance: 100 * 4 * 50 / 1,000 = 20.
        (1_000, {"a": 100, "b": 50, "c": 900}, [1, 2, 3]),
        (1_000, {"a": 100, "b": 49, "c": 900}, BOTH),
        # A word is left out if it would cost more than 120,000 and fewer than 24,000 texts can be expected.
        (100_000, {"a": 20_000, "b": 100_000}, BOTH),
        (100_001, {"a": 20_000, "b": 100_001}, ONE),
        (192_000, {"a": 24_000, "b": 100_000}, BOTH),
        (192_000, {"a": 23_999, "b": 100_000}, ONE),
        # Skipping through the postings of a frequent word costs 60 for each text of the rarest.
        (3_000_000, {"a": 1_967, "b": 900_000}, BOTH),
        (3_000_000, {"a": 1_968, "b": 900_000}, ONE),
        # At most six words are required.
        (1_000, dict.fromkeys("abcdefg", 1_000), [1, 2]),
    ],
)
def test_the_rarest_words_are_required_until_few_texts_are_expected(
    generator: Generate, store: int, words: dict[str, int], expected: list[int]
) -> None:
    found = generator(store).matching_all(clauses(**words))
    assert sorted(found.ids) == expected
    assert not found.truncated


def test_a_query_reads_no_more_postings_than_it_may(generator: Generate) -> None:
    for frequent, found in ((9_000, True), (9_001, False)):
        one = generator(3_000_000)
        assert one.matching_all(clauses(a=391_000)).ids
        assert bool(one.matching_all(clauses(b=frequent)).ids) is found
        assert one.matching_all(clauses(a=391_000)).ids, "what was read once costs nothing"


def test_joined_alternatives_cost_an_eighth_more_each(generator: Generate) -> None:
    for frequent, found in ((8_000, True), (8_001, False)):
        one = generator(3_000_000)
        assert one.matching_all(clauses(a=391_000)).ids
        either = [[Alternative("b", frequent - 1, 1.0), Alternative("c", 1, 1.0)]]
        assert bool(one.matching_all(either).ids) is found


@pytest.mark.parametrize(
    ("store", "words", "expected"),
    [(9_000, {"a": 1_499}, True), (9_000, {"a": 1_500}, False), (8_000, {"a": 2_000, "b": 1_499}, True)],
)
def test_words_are_selective_if_fewer_than_6000_texts_are_expected(
    generator: Generate, store: int, words: dict[str, int], expected: bool
) -> None:
    assert generator(store).is_selective(clauses(**words)) is expected


def test_one_word_may_be_missing_if_even_the_rarest_is_frequent(generator: Generate) -> None:
    words = {"a": 2_000, "b": 2_000, "d": 2_000}
    assert sorted(generator(10_000).matching_all_but_one(clauses(**words)).ids) == [1, 2, 3, 4]
    assert generator(10_000).matching_all_but_one(clauses(**{**words, "a": 1_999})).ids == []
    assert generator(10_000).matching_all_but_one(clauses(a=2_000, b=2_000)).ids == []


def weighted(**words: tuple[int, float]) -> list[list[Alternative]]:
    return [[Alternative(word, texts, weight)] for word, (texts, weight) in words.items()]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        # A candidate needs half of the largest weight.
        ({"b": (1, 1.0), "d": (1, 3.0)}, [1, 2, 3, 9]),
        ({"b": (1, 3.0), "d": (1, 3.0)}, [1, 2, 3, 4, 7, 9]),
        ({"b": (1, 2.9), "d": (1, 3.0)}, [1, 2, 3, 9]),
        # Three rare words are read in any case, more up to 600 postings.
        ({"e": (100, 1.0), "f": (100, 1.0), "g": (100, 1.0), "d": (300, 3.0)}, [1, 2, 3, 9]),
        ({"e": (100, 1.0), "f": (100, 1.0), "g": (100, 1.0), "d": (301, 3.0)}, [1, 2, 3]),
        ({"e": (100, 1.0), "f": (100, 1.0), "d": (500, 2.0)}, [1, 2, 3, 9]),
        # All of them up to 6,000 postings.
        ({"b": (3_000, 1.0), "d": (3_000, 1.0)}, [1, 2, 3, 4, 7, 9]),
        ({"b": (3_000, 1.0), "d": (3_001, 1.0)}, [1, 2, 3, 4, 7]),
        # A frequent word counts where the rare ones are, up to 40,000 postings.
        ({"b": (700, 1.0), "d": (40_000, 3.0)}, [1, 2, 3]),
        ({"b": (700, 1.0), "d": (40_001, 3.0)}, [1, 2, 3, 4, 7]),
        ({"b": (666, 1.0), "d": (90_000, 3.0)}, [1, 2, 3]),
        ({"b": (667, 1.0), "d": (90_000, 3.0)}, [1, 2, 3, 4, 7]),
    ],
)
def test_texts_of_the_largest_weight_are_candidates(
    generator: Generate, words: dict[str, tuple[int, float]], expected: list[int]
) -> None:
    assert sorted(generator(3_000_000).matching_most(weighted(**words)).ids) == expected


def test_nothing_is_found_for_unknown_words(generator: Generate) -> None:
    for number in range(3):
        unknown: list[list[Alternative]] = [[]] * number
        assert generator(9).matching_all(unknown).ids == []
        assert generator(9).matching_most(unknown).ids == []


@pytest.fixture
async def many(db: Database) -> AsyncIterator[CandidateGenerator]:
    """450 texts with `alpha`, of which 110 have `beta` and 1 has `gamma`."""
    lookup = await Lookup.open(db)
    await write_papers(db, {i: f"alpha {'beta ' * (i <= 110)}{'gamma' * (i == 1)}" for i in range(1, 451)})
    await lookup.ready()
    opened = sqlite3.connect(db.path)
    snapshot = Snapshot.build(opened, TITLES, lambda what, done, total: None)
    yield CandidateGenerator(snapshot, PostingLists(opened, TITLES), 25)
    opened.close()
    await lookup.close()


async def test_no_more_candidates_are_ranked_than_worth_while(many: CandidateGenerator) -> None:
    every = many.matching_all(clauses(alpha=450))
    assert (len(every.ids), every.truncated) == (300, True)
    most = many.matching_most(clauses(beta=110))
    assert (len(most.ids), most.truncated) == (100, True)


@pytest.mark.parametrize(("share", "truncated"), [(0.79, False), (0.81, True)])
async def test_many_that_match_nearly_as_well_are_truncated(
    many: CandidateGenerator, share: float, truncated: bool
) -> None:
    found = many.matching_most(weighted(beta=(110, share), gamma=(1, 1 - share)))
    assert (len(found.ids), found.truncated) == (100, truncated)


def expansion(query: str, texts: int = 1_000, **counts: int) -> QueryExpansion:
    snapshot = Snapshot(
        TITLES, Vocabulary.of(counts.items()), PrefixIndex(), DocValues(0, shapes=False), IndexVersion(1, 0)
    )
    snapshot.doc_values.texts = texts
    return QueryExpansion(query.split(), snapshot)


def alternatives(found: Sequence[Sequence[Alternative]]) -> list[list[str]]:
    return [[alternative.expression for alternative in clause] for clause in found]


def test_words_are_searched_for_as_typed_joined_and_completed() -> None:
    one = expansion("deep pars", deep=9, deeppars=2, parsing=5, parse=7)
    assert alternatives(one.as_typed()) == [["deep", "deeppars"], ["(parse OR parsing)", "deeppars"]]
    weights = [[alternative.weight for alternative in clause] for clause in one.as_typed()]
    joined = 2.0 * math.log(1 + 1_000 / 2.5)
    assert weights[0] == pytest.approx([math.log(1 + 1_000 / 9.5), joined])
    assert weights[1] == pytest.approx([0.9 * math.log(1 + 1_000 / 12.5), joined])


def test_unknown_words_are_respelt_by_length() -> None:
    assert alternatives(expansion("parsxy", parsab=3, parsxa=2).unknown_respelt()) == [["parsxa"]]
    assert alternatives(expansion("parsxy", parsab=3).unknown_respelt()) == [["parsab"]]
    assert alternatives(expansion("parxy zzzzz", parab=3).unknown_respelt()) == [[], []]
    (clause,) = expansion("parsxy", parsab=3, parsxa=2).all_respelt()
    assert [a.weight for a in clause] == pytest.approx(
        [0.85 * math.log(1 + 1_000 / 2.5), 0.7 * math.log(1 + 1_000 / 3.5)]
    )


def test_known_words_are_respelt_unless_they_are_frequent_or_short() -> None:
    assert alternatives(expansion("pars zzzzzzz", pars=2, paxx=3).all_respelt())[0] == ["pars", "paxx"]
    assert alternatives(expansion("pars zzzzzzz", pars=3, paxx=3).all_respelt())[0] == ["pars"]
    assert alternatives(expansion("par zzzzzzz", par=2, pxx=3).all_respelt())[0] == ["par"]
    assert alternatives(expansion("2018 zzzzzzz", **{"2018": 1, "2019": 3}).all_respelt())[0] == ["2018"]


def test_a_word_is_split_where_the_parts_are_rarest() -> None:
    counts = {"ab": 1, "cdefgh": 9, "abc": 2, "defgh": 9, "abcd": 3, "efgh": 9, "abcde": 4, "fgh": 9}
    (clause, _) = expansion("abcdefgh zzzzzzzzzzzz", **counts).unknown_respelt()
    assert [a.expression for a in clause if "AND" in a.expression] == [
        "(ab AND cdefgh)",
        "(abc AND defgh)",
        "(abcd AND efgh)",
    ]
    for frequent, split in ((59_999, True), (60_000, False)):
        (clause, _) = expansion("abcdef zzzzzzzzzz", 10**6, abc=1, **{"def": frequent}).unknown_respelt()
        assert bool(clause) is split


def test_unknown_words_are_looked_for_within_others() -> None:
    ((found,),) = expansion("graph", hypergraphs=4).substrings()
    assert (found.expression, found.texts) == ("hypergraphs", 4)
    assert found.weight == pytest.approx(0.7 * math.log(1 + 1_000 / 4.5))
    assert expansion("grap", hypergraphs=4).substrings() == [[]]


def test_a_word_stands_for_at_most_24_others() -> None:
    counts = {f"pars{a}{b}": 1 for a in "abcdef" for b in "vwxyz"}
    ((alternative,),) = expansion("pars", **counts).as_typed()
    assert alternative.expression.count(" OR ") == 23


def test_searching_without_an_index_reads_so_many_words_and_rows(connection: sqlite3.Connection) -> None:
    connection.executemany(
        "INSERT INTO papers (id, handle, title, added) VALUES (?, ?, ?, '')",
        [(i, f"handle{i:07}", f"common title {i}") for i in range(100, 2_200)],
    )
    assert len(fallback.search(connection, TITLES, "common title", 5_000)) == 2_000
    connection.executemany(
        "INSERT INTO papers (id, handle, title, added) VALUES (?, ?, ?, '')",
        [(50, "handle0000050", "zebra"), (51, "handle0000051", "yak of the third word"), (52, "handle0000052", "emu")],
    )
    assert [f.id for f in fallback.search(connection, TITLES, "longestword otherword zebra yak emu", 5)] == [50]
    connection.execute("INSERT INTO papers (id, handle, title, added) VALUES (53, 'handle0000053', 'emu, zebra', '')")
    for words, matched in ((7, 2), (8, 1)):
        others = " ".join(f"q{i}" for i in range(1, words))
        (found,) = fallback.search(connection, TITLES, f"zebra {others} emu", 1)
        assert (found.id, len(found.matched)) == (53 if matched == 2 else 50, matched)
