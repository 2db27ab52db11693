"""Every card keeps every limit of Discord, whatever a paper contains."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, get_args
from urllib.parse import unquote

import discord
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from commands import addresses, answers, custom_ids, verbs
from commands.registry import BUTTONS
from commands.views import (
    author_cards,
    correction_cards,
    paper_cards,
    paper_text,
    people_cards,
    posts,
    profile_cards,
    source_cards,
    subscription_cards,
    year_chart,
)
from commands.views.author_summary import facts
from commands.views.markdown import length
from commands.views.paging import PAGE_SIZE, page_buttons
from store.catalog.citation_styles import STYLES, cite
from store.catalog.merge import merge
from store.catalog.novelty import Nearest, Novelty
from store.catalog.same_person import SamePerson
from store.correcting_people import JoinedPeople, MovedPaper, PersonCorrection
from store.guilds.digests import Digest
from store.guilds.items import Item
from store.guilds.person_corrections import Joined, Moved
from store.guilds.subscriptions import Options, Scope, Subscription
from store.models import Author, Authorship, Identifier, Link, Metric, Paper, PaperRecord
from store.profiles.author_profile import profile
from store.profiles.key_phrases import phrases_of
from store.profiles.topics import WordFrequencies
from store.search.matcher import Reason
from store.search.parser import parse
from store.search.related import most_related, read, scored
from store.search.words import WordCounts
from store.summaries.extractive import highlight, summarise
from store.summaries.sentence_splitter import Sentence
from store.text.handles import handle
from tests.support.hostile import ADDRESSES
from tests.support.made import DAY, page, record, source
from tests.wire import message_rules
from tests.wire.payloads import V2

NASTY = st.sampled_from(
    [
        *("@everyone <@1> <#2> </paper:3>", "**" * 600, "x" * 10_000, "שלום עולם " * 50, "](https://evil.example) [x"),
        *("e\u0301\u0302\u0303\u0304\u0305\u0306" * 300, "```\n# Heading\n> quote\n- list", "\u202eevil\u200b"),
        *("😀" * 900, "<t:0:R>", "\x00\x07"),
    ]
)
TEXT = st.one_of(st.text(min_size=1, max_size=300), NASTY)
DATES = st.sampled_from([None, "2024", "2024-08", "2024-08-12"])
SOURCES = st.builds(source, TEXT, st.sampled_from(["arxiv", "bibtex", "author_page", "crossref"]))
LINKS = st.builds(
    Link,
    kind=st.sampled_from(["code", "data", "abstract", "pdf", "other"]),
    url=st.one_of(TEXT, ADDRESSES, st.just("https://a.bc/" + "c" * 400)),
)
RECORDS = st.builds(
    PaperRecord,
    source=SOURCES,
    title=TEXT,
    abstract=st.one_of(st.none(), TEXT, st.lists(TEXT, max_size=12).map(". ".join)),
    authors=st.lists(
        st.builds(Authorship, name=TEXT, position=st.one_of(st.none(), st.integers(1, 5000))), max_size=120
    ).map(tuple),
    authors_complete=st.booleans(),
    affiliations=st.lists(TEXT, max_size=8).map(tuple),
    published=DATES,
    category=st.one_of(st.none(), TEXT, st.just("cs.CL")),
    cross_lists=st.lists(TEXT, max_size=9).map(tuple),
    venue=st.one_of(st.none(), TEXT),
    has_code=st.sampled_from([None, True, False]),
    citations=st.one_of(st.none(), st.integers(0, 10**9)),
    identifiers=st.lists(
        st.builds(Identifier, scheme=st.sampled_from(["arxiv", "doi", "s2"]), value=TEXT), max_size=5
    ).map(tuple),
    links=st.lists(LINKS, max_size=8).map(tuple),
)
PAPERS = st.lists(RECORDS, min_size=1, max_size=4).map(lambda records: merge(handle("p", records[0].title), records))


def sent(view: discord.ui.LayoutView) -> list[dict[str, Any]]:
    """The components as Discord gets them."""
    return view.to_components()  # type: ignore[no-any-return, no-untyped-call]  # discord.py has no types for it


def walk(component: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield component
    for child in [*component.get("components", []), *filter(None, [component.get("accessory")])]:
        yield from walk(child)


def check(view: discord.ui.LayoutView) -> None:
    """The limits in the documentation of message components, counted on what is sent."""
    assert message_rules.check_message_payload({"flags": V2, "components": sent(view)}) == []
    found = [c for top in sent(view) for c in walk(top)]
    assert 0 < len(found) <= 40
    texts = [c["content"] for c in found if c["type"] == 10]
    assert texts
    assert all(t.strip() for t in texts)
    assert sum(map(length, texts)) <= 4000
    ids = [c["custom_id"] for c in found if "custom_id" in c]
    assert len(ids) == len(set(ids))
    assert all(0 < len(i) <= 100 for i in ids)
    for component in found:
        match component["type"]:
            case 1:
                assert 1 <= len(component["components"]) <= 5
            case 2:
                assert 1 <= length(component.get("label") or "x") <= 80
                assert len(component.get("url", "")) <= 512
                live = not component.get("disabled") and "custom_id" in component
                assert not live or any(b.id_type.parse(component["custom_id"]) for b in BUTTONS)
            case 3:
                assert 1 <= len(component["options"]) <= 25
                assert all(1 <= length(o["label"]) <= 100 for o in component["options"])
            case 9:
                assert 1 <= len(component["components"]) <= 3
    for written in (re.sub(r"```.*?```", "", t, flags=re.DOTALL) for t in texts):
        assert "@everyone" not in written
        assert "<@1>" not in written


AT = addresses.PaperAction("open", handle("p"))
COUNTS = WordCounts(papers=1000, length=100, words={}, stems={})


HANDLES = [handle(str(number)) for number in range(9)]


def said_of(paper: Paper, people: Sequence[Author]) -> list[PersonCorrection]:
    """That two are one, and that the paper is another's, of as many people."""
    said: list[PersonCorrection] = []
    for number, who in enumerate(people):
        when = {"owner": number % 3, "said_by": 10**18, "said": DAY}
        pair = Joined(first=HANDLES[0], second=handle(who.name, str(number)), **when)
        said.append(JoinedPeople(said=pair, first=who, second=who))
        moved = Moved(paper=paper.handle, person=handle(str(number)), name="", whose=None, **when)
        said.append(MovedPaper(said=moved, paper=paper, person=who, whose=who if number % 2 else None))
    return said


@settings(max_examples=40)
@given(PAPERS)
def test_every_card_of_a_paper(paper: Paper) -> None:
    summary = summarise(paper.title, paper.abstract) if paper.abstract else None
    at = addresses.PaperAction("open", paper.handle)
    check(paper_cards.paper(paper, summary, at))
    if summary and paper.abstract:
        check(paper_cards.summarised(paper, summary, at))
        check(paper_cards.marked(paper, highlight(paper.abstract, summary), at))
    for number in (0, 1, 9999):
        check(paper_cards.abstract(paper, at, number))
    for style in STYLES:
        check(paper_cards.citation(paper, style, cite(paper, style), STYLES, at))
    names = dict.fromkeys(a.name for a in paper.authors)
    people = [Author(handle=handle(name), name=name, is_group=False, field=None, papers=1) for name in names]
    check(correction_cards.authors_of(paper, people[:25], said_of(paper, people), at))


@pytest.mark.parametrize(
    ("address", "shown"),
    [("HTTPS://Example.org/a", "https://example.org/a"), ("https://example.org:x/", None), ("https://.com/", None)],
)
def test_the_card_of_a_paper_whose_address_came_in_before_addresses_were_checked(
    address: str, shown: str | None
) -> None:
    view = paper_cards.paper(merge(handle("p"), [record(links=(Link(kind="code", url=address),))]), None, AT)
    check(view)
    urls = [c["url"] for top in sent(view) for c in walk(top) if "url" in c]
    assert [url for url in urls if "scholar.google" not in url] == ([shown] if shown else [])


@settings(max_examples=20)
@given(
    st.lists(PAPERS, max_size=9, unique_by=lambda p: p.handle), TEXT, st.integers(0, 900), st.lists(SOURCES, max_size=5)
)
def test_every_card_of_several(papers: list[Paper], name: str, shown: int, sources: list[Any]) -> None:
    who = Author(handle=handle(name), name=name, is_group=False, field=name, papers=900, distinction=name)
    metrics = [Metric(name="h_index", value=1e9, source=s) for s in sources]
    listed = author_cards.PapersView(who, papers[:PAGE_SIZE], 900, 3, handle("q"))
    check(author_cards.papers(listed, addresses.AuthorPapers(who.handle, min(shown, 179))))
    many = [paper.model_copy(update={"handle": h}) for h, paper in zip(HANDLES, papers * len(HANDLES), strict=False)]
    short = author_cards.PapersView(who, many[: author_cards.COMPACT_SIZE], 900, 3, handle("q"))
    check(author_cards.compact(short, addresses.CompactPapers("newest", who.handle, handle("q"), min(shown, 89))))
    what = profile(papers, phrases_of(papers), WordFrequencies(titles=9, counts={}), name)
    behind = [
        (fact, addresses.ChosenPapers("newest", who.handle, handle(fact.label), 0)) for fact in facts(what, [(who, 3)])
    ]
    page = profile_cards.ProfileView(
        who,
        what,
        metrics,
        [(who.model_copy(update={"handle": handle(str(n))}), 3) for n in range(30)],
        behind,
        has_alike=True,
        today=DAY.date(),
        chart=year_chart.chart(what.years),
    )
    check(profile_cards.profile(page, addresses.AuthorPage(who.handle)))
    others = [who.model_copy(update={"handle": handle(str(n))}) for n in range(people_cards.PER_PAGE)]
    joint = [addresses.ChosenPapers("newest", who.handle, other.handle, 0) for other in others]
    together = [people_cards.Coauthor(other, papers, at) for other, at in zip(others, joint, strict=True)]
    check(people_cards.coauthors(who, together, 500, addresses.AuthorPeople("most", who.handle, 3)))
    check(author_cards.people("### Several", [who], AT))
    for paper in papers[:1]:
        said = said_of(paper, [who] * 9)
        check(profile_cards.profile(replace(page, said=said, alike=who), addresses.AuthorPage(who.handle)))
        check(correction_cards.corrections(who, said, addresses.PersonCorrections(who.handle)))
        at = addresses.NotTheirs(paper.handle, who.handle)
        check(correction_cards.whose(paper, who, [who.model_copy(update={"handle": h}) for h in HANDLES], at))
    same = [SamePerson(author=who.model_copy(update={"handle": h}), evidence=(name, name)) for h in HANDLES[:5]]
    check(correction_cards.same_people(who, same, addresses.SamePeople(who.handle)))
    check(paper_cards.results(paper_cards.Results("### Papers", papers, addresses.SearchPage(handle("q"), 3), 900)))
    if papers:
        nearest = tuple(Nearest(paper=paper, similarity=1, words=()) for paper in papers)
        novelty = Novelty(
            percentile=100, compared=100, category=papers[0].category or name, year="2024", nearest=nearest
        )
        check(paper_cards.related(papers[0], most_related(scored(read(papers[0]), papers[1:], COUNTS)), AT, novelty))


def test_figures_that_contradict_each_other_are_shown_with_a_note() -> None:
    shown = page("Zehan Qi", record(), h_index=36, papers=13, citations=2602, novelty=51, ai_score=48)
    who = Author(handle=handle("z"), name="Zehan Qi", is_group=False, field="CL", papers=13)
    written = str(
        sent(
            profile_cards.profile(
                profile_cards.ProfileView(
                    who, profile([], [], WordFrequencies(titles=0, counts={}), ""), shown.metrics, today=DAY.date()
                ),
                addresses.AuthorPage(who.handle),
            )
        )
    )
    for figure in ("h-index **36**", "**13** papers", "**2,602** citations", "novelty **51 %**", "AI score **48**"):
        assert figure in written
    assert "page.txt, read 22 Nov 2026" in written
    assert "An h-index of 36 needs at least 36 papers, and this page counts 13" in written


def paper_of(title: str, name: str, retrieved: datetime = DAY, citations: int | None = 7) -> Paper:
    read = source(name, "openalex", retrieved)
    return merge(handle(title), [record(title, source=read, citations=citations, published="2024-08-12")])


def test_the_related_papers_say_how_novel_the_paper_is_and_by_whose_measure() -> None:
    near = Nearest(paper=paper_of("Looms *of* Lyon", "OpenAlex"), similarity=0.5, words=("looms",))
    found = Novelty(percentile=83, compared=100, category="cs.CL", year="2024", nearest=(near, near))
    shown = paper_of("Looms", "OpenAlex")
    assert texts_of(paper_cards.related(shown, [], AT, found))[1] == (
        "-# Novelty by Lectern's measure: farther from earlier papers than 83 % of 100 papers of cs.CL in 2024"
        " · nearest: “Looms \\*of\\* Lyon” (12 Aug 2024)"
    )
    assert "Novelty" not in str(texts_of(paper_cards.related(shown, [], AT)))


def texts_of(view: discord.ui.LayoutView) -> list[str]:
    return [c["content"] for top in sent(view) for c in walk(top) if c["type"] == 10]


def test_a_card_that_lists_papers_names_each_source_of_citations_once_at_its_end() -> None:
    earlier = DAY - timedelta(days=30)
    shown = [
        paper_of("Self-Attention Once", "OpenAlex", earlier),
        paper_of("Self-Attention Twice", "OpenAlex"),
        paper_of("Self-Attention Thrice", "papers.jsonl.gz"),
    ]
    who = Author(handle=handle("a"), name="Ada Byron", is_group=False, field=None, papers=3)
    items = tuple(Item(paper=paper, reasons=(Reason(kind="text", text="“attention” in the title"),)) for paper in shown)
    query, here = parse("attention"), Scope(1, 2)
    digest = Digest(
        query=query,
        scope=here,
        role_id=None,
        part=1,
        parts=1,
        shown=3,
        total=3,
        day=date(2024, 11, 4),
        items=items,
        over_cap=0,
    )
    foot = "-# Citations from OpenAlex, read 23 Oct 2026 to 22 Nov 2026; papers.jsonl.gz, read 22 Nov 2026"
    for view in (
        paper_cards.results(paper_cards.Results("### Papers", shown)),
        paper_cards.related(shown[0], most_related(scored(read(shown[0]), shown, COUNTS)), AT),
        author_cards.papers(
            author_cards.PapersView(who, shown, 3, 0, handle("q")), addresses.AuthorPapers(who.handle, 0)
        ),
        posts.post(digest, "x" * 16, {}),
    ):
        check(view)
        *above, last = texts_of(view)
        assert last == foot
        assert "OpenAlex" not in str(above)
        assert "2026" not in str(above)
        assert "7 citations" in str(above)


def test_a_card_whose_papers_have_no_citations_names_no_source_of_them() -> None:
    shown = paper_of("Once", "OpenAlex", citations=None)
    assert "OpenAlex" not in str(texts_of(paper_cards.results(paper_cards.Results("### Papers", [shown]))))


@given(st.lists(PAPERS, max_size=9))
@settings(max_examples=20)
def test_the_sources_of_citations_keep_to_their_limit(papers: list[Paper]) -> None:
    assert length(paper_text.citation_sources(papers)) <= paper_text.LONGEST_CITATION_SOURCES


def test_the_card_of_one_paper_says_whose_its_citations_are() -> None:
    card = str(texts_of(paper_cards.paper(paper_of("Once", "OpenAlex"), None, AT)))
    assert "7 citations (OpenAlex, read 22 Nov 2026)" in card


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [((3,), "`sentence 3 of 9`"), ((3, 5), "`sentences 3 and 5 of 9`"), ((3, 5, 6), "`sentences 3, 5 and 6 of 9`")],
)
def test_the_sentences_of_a_summary_are_named_in_words(numbers: tuple[int, ...], shown: str) -> None:
    sentences = [Sentence(number=number, total=9, start=0, end=2, text="A.") for number in numbers]
    assert paper_text.sentence_numbers(sentences).replace("\N{NO-BREAK SPACE}", " ") == shown


def addresses_of(paper: Paper) -> dict[str, str]:
    view = paper_cards.paper(paper, None, AT)
    check(view)
    return {c["label"]: c["url"] for top in sent(view) for c in walk(top) if "url" in c}


def test_a_paper_whose_place_no_source_gives_can_be_searched_for() -> None:
    scholar = "https://scholar.google.com/scholar?q="
    arxiv = "https://arxiv.org/search/?searchtype=title&query="
    nowhere = merge(handle("p"), [record("Q&A: 100% of a+b", category="CL")])
    assert addresses_of(nowhere) == {
        "Search arXiv": f"{arxiv}Q%26A:+100%25+of+a%2Bb",
        "Search Google Scholar": f"{scholar}Q%26A:+100%25+of+a%2Bb",
    }
    elsewhere = merge(handle("p"), [record("Q", category="Biology", links=(Link(kind="code", url="https://a.bc/x"),))])
    assert addresses_of(elsewhere) == {"Code: a.bc/x": "https://a.bc/x", "Search Google Scholar": f"{scholar}Q"}
    known = merge(handle("p"), [record(identifiers=(Identifier(scheme="arxiv", value="1706.03762"),), category="CL")])
    assert addresses_of(known) == {"arXiv 1706.03762": "https://arxiv.org/abs/1706.03762"}


def test_as_much_of_a_long_title_is_searched_for_as_fits_into_an_address() -> None:
    searched = addresses_of(merge(handle("p"), [record("論" * 200)]))["Search Google Scholar"]
    assert 300 < len(searched) <= 512
    assert set(unquote(searched.split("q=")[1])) == {"論"}


def test_the_page_buttons_end_where_their_custom_ids_do() -> None:
    pages = custom_ids.MAX_PAGE + 2
    for at in (0, 1, custom_ids.MAX_PAGE - 1, custom_ids.MAX_PAGE):
        before, _, after = page_buttons(at, pages, custom_ids.SubscriptionPage)
        assert before.custom_id == (custom_ids.SubscriptionPage(at - 1) if at else None)
        assert after.custom_id == (custom_ids.SubscriptionPage(at + 1) if at < custom_ids.MAX_PAGE else None)
    assert page_buttons(0, 1, custom_ids.SubscriptionPage) == []


@pytest.mark.parametrize(
    ("waiting", "question"),
    [
        (0, "Delete **“agents”**?"),
        (1, "Delete **“agents”**? 1 paper is waiting and will not be posted."),
        (2, "Delete **“agents”**? 2 papers are waiting and will not be posted."),
    ],
)
def test_deleting_a_subscription_says_what_will_not_be_posted(waiting: int, question: str) -> None:
    one = Subscription(
        id=1,
        token="x" * 16,
        scope=Scope(1, 2),
        target_id=2,
        creator_id=3,
        query=parse("agents"),
        options=Options(),
        created=DAY,
        waiting=waiting,
        pause=None,
        last_post=None,
    )
    view = subscription_cards.delete_question(one)
    check(view)
    assert [c["content"] for top in sent(view) for c in walk(top) if c["type"] == 10] == [question]


def test_every_verb_of_a_button_has_an_answer() -> None:
    assert set(answers.PAPER_ANSWERS) == set(get_args(verbs.PaperVerb))


def test_a_disagreement_is_marked_and_told_on_a_click() -> None:
    one = record(source=source("Crossref", "crossref"), published="2024-05", venue="Nature Machine Intelligence")
    other = record(source=source("S2", "s2"), published="2023-04-11", venue="Nat. Mac. Intell.")
    paper = merge(handle("paper", "x"), [one, other])
    card = paper_cards.paper(paper, None, addresses.PaperAction("open", paper.handle))
    check(card)
    components = [c for top in sent(card) for c in walk(top)]
    assert "-# ⚠ Sources differ on year, venue" in texts_of(card)
    assert [c["custom_id"] for c in components if c.get("label") == "Sources"] == [f"paper:sources:{paper.handle}"]
    told = source_cards.differences(paper, addresses.PaperAction("sources", paper.handle))
    check(told)
    shown = "\n".join(texts_of(told))
    for value in ("May 2024", "11 Apr 2023", "Nat. Mac. Intell", "Crossref, read 22 Nov 2026", "S2, read 22 Nov 2026"):
        assert value in shown
