"""Posts keep Discord's limits, whatever the papers, queries and reasons hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from commands.views import posts
from store.catalog.merge import merge
from store.guilds.digests import Digest
from store.guilds.items import Item
from store.guilds.subscriptions import PostForm, Scope
from store.models import Authorship, PaperRecord, Source
from store.search.matcher import Reason
from store.search.query import Clause, Query, Term
from tests.discord.conversation import walk

SOURCE = Source(kind="arxiv", name="arXiv", retrieved=datetime(2026, 1, 1, tzinfo=UTC))
TEXTS = st.text(min_size=1, max_size=40) | st.sampled_from(
    ["@everyone ", "*_`|~<@1>[x](https://y) ", "\u202eא", "𝕏" * 50, "# "]
)
LONG = st.builds(lambda text, times: text * times, TEXTS, st.sampled_from([1, 1, 5, 200]))
RECORDS = st.builds(
    PaperRecord,
    source=st.just(SOURCE),
    title=LONG,
    abstract=st.none() | LONG,
    authors=st.lists(LONG.map(lambda name: Authorship(name=name)), max_size=30).map(tuple),
    affiliations=st.lists(LONG, max_size=3).map(tuple),
    category=st.none() | TEXTS,
    cross_lists=st.lists(TEXTS, max_size=5).map(tuple),
    venue=st.none() | LONG,
)
ITEMS = st.builds(
    lambda record, reasons: Item(
        paper=merge("aaaaaaaaaaaaa", [record]), reasons=tuple(Reason(kind="text", text=reason) for reason in reasons)
    ),
    RECORDS,
    st.lists(LONG, min_size=1, max_size=4),
)
QUERIES = st.lists(TEXTS, min_size=1, max_size=10).map(
    lambda words: Query(clauses=tuple(Clause(alternatives=(Term(kind="text", value=word),)) for word in words))
)


def _item(title: str, reason: str, **fields: object) -> Item:
    record = PaperRecord.model_validate({"source": SOURCE, "title": title, **fields})
    return Item(paper=merge("aaaaaaaaaaaaa", [record]), reasons=(Reason(kind="text", text=reason),))


SHORT = _item("Agents", "word")
WITHOUT_ABSTRACT = _item("Agents " * 38, "word")
WITH_ABSTRACT = _item("Agents " * 38, "word", abstract=f"We show that agents {'really ' * 20}work. " * 3)
WORDS = "agents " * 100
LONGEST = _item(
    WORDS,
    WORDS,
    abstract=f"{WORDS}. " * 3,
    authors=[Authorship(name="agents " * 12)] * 30,
    affiliations=[WORDS] * 3,
    category="a" * 40,
    cross_lists=["a" * 40] * 5,
    venue=WORDS,
)
LONGEST_QUERY = Query(clauses=(Clause(alternatives=(Term(kind="text", value="agents" * 83),)),))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    items=st.lists(ITEMS, min_size=1, max_size=25),
    query=QUERIES,
    over=st.integers(0, 5000),
    role=st.none() | st.just(5),
    form=st.sampled_from([None, "full", "compact"]),
)
def test_every_paper_is_in_one_message_and_every_message_fits(
    items: list[Item], query: Query, over: int, role: int | None, form: PostForm | None
) -> None:
    counts = posts.split(items, form)
    assert sum(counts) == len(items) and all(counts)
    _expect_to_fit(items, counts, query, over, role, form)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(
    items=st.lists(st.tuples(ITEMS, ITEMS), min_size=1, max_size=10),
    query=QUERIES,
    over=st.integers(0, 5000),
)
@example(items=[(SHORT, LONGEST)] * 10, query=LONGEST_QUERY, over=5000)
@example(items=[(WITHOUT_ABSTRACT, WITH_ABSTRACT)] * 10, query=LONGEST_QUERY, over=5000)
def test_a_message_that_was_begun_fits_whatever_its_papers_become(
    items: list[tuple[Item, Item]], query: Query, over: int
) -> None:
    begun, retried = zip(*items, strict=True)
    _expect_to_fit(retried, posts.split(begun), query, over, 5)


def _expect_to_fit(
    items: Sequence[Item],
    counts: Sequence[int],
    query: Query,
    over: int,
    role: int | None,
    form: PostForm | None = None,
) -> None:
    at = 0
    for part, count in enumerate(counts, 1):
        digest = Digest(
            query=query,
            scope=Scope(1, 2),
            role_id=role,
            part=part,
            parts=len(counts),
            shown=len(items),
            total=len(items) + over,
            day=date(2026, 9, 30),
            form=form,
            items=tuple(items[at : at + count]),
            over_cap=over if part == len(counts) else 0,
        )
        at += count
        components = posts.post(digest, "x" * 16, posts.tldrs(digest)).to_components()  # type: ignore[no-untyped-call]  # discord.py has none
        found = list(walk(components))
        texts = [c["content"] for c in found if c["type"] == 10]
        assert sum(len(text.encode("utf-16-le")) // 2 for text in texts) <= 4000
        assert len(found) <= 40
        assert not any("@everyone" in text or "<@1>" in text for text in texts)
        assert any(c.get("custom_id") == f"post:why:{'x' * 16}" for c in found)
        opened = [c for c in found if c.get("custom_id", "").startswith("paper:")]
        assert len(opened) >= count, "every paper is there, with its button"


def _texts(
    items: Sequence[Item], *, total: int | None = None, part: int = 1, parts: int = 1, came: int | None = None
) -> list[str]:
    """What stands on a message with these papers, from top to bottom."""
    shown, over = len(items), (total or len(items)) - len(items)
    digest = Digest(
        query=Query(clauses=(Clause(alternatives=(Term(kind="text", value="web agents"),)),)), scope=Scope(1, 2),
        role_id=None, part=part, parts=parts, shown=shown, total=total or shown, day=date(2026, 11, 27),
        items=tuple(items), over_cap=over, came=came,
    )  # fmt: skip
    components = posts.post(digest, "x" * 16, posts.tldrs(digest)).to_components()  # type: ignore[no-untyped-call]
    return [c.get("content") or c["label"] for c in walk(components) if c["type"] in (2, 10)]


def test_a_message_says_how_many_papers_of_which_day_it_has() -> None:
    assert _texts([SHORT])[0] == '**New paper** for “"web agents"” · 27 Nov 2026'
    many = _texts([SHORT] * 7, total=12, part=2, parts=2)
    assert many[0] == '**7 of 12 new papers** for “"web agents"” · 27 Nov 2026 · part 2 of 2'
    digest = _texts([SHORT] * 7, came=31)
    assert digest[0] == '**7 of 31 new papers** match “"web agents"” · 27 Nov 2026'
    capped = _texts([SHORT] * 7, total=12, came=31)
    assert capped[0] == '**12 of 31 new papers** match “"web agents"” · 27 Nov 2026 · 7 of them here'
    assert _texts([SHORT], came=1)[0] == '**New paper** for “"web agents"” · 27 Nov 2026'
    scored = SHORT.model_copy(update={"reasons": (Reason(kind="close", text="close", score=0.5),)})
    assert _texts([scored] * 2, came=31)[0].endswith(
        '**2 of 31 new papers** match “"web agents"” · 27 Nov 2026 · closest first'
    )
    assert many[2:] == [*"1234567", "Why am I seeing this", "and 5 more"]


def test_a_few_papers_are_shown_in_full_and_many_by_title_first_author_and_category() -> None:
    paper = _item(
        "Web Agents", "word", abstract="We show that agents work well on the web. They do.", category="cs.CL",
        authors=[Authorship(name="Ada Abe", position=1), Authorship(name="Bo Li", position=2)],
    )  # fmt: skip
    full = _texts([paper] * (posts.COMPACT_FROM - 1))
    assert "Ada Abe, Bo Li" in full[1]
    assert "-# word\nWe show that" in full[1]
    assert full[4].startswith("**4.** **Web Agents**")
    compact = _texts([paper] * posts.COMPACT_FROM)
    assert compact[1].splitlines()[-2:] == ["**5.** **Web Agents**", "-# Ada Abe et al. · cs.CL"]
    assert "We show" not in str(compact)
    assert len(posts.split([paper] * 10)) == 1
    assert posts.split([paper] * 11) == [10, 1]
