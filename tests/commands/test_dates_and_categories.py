"""Dates and categories have one form each, on every card and on the command line; CONTRIBUTING.md lists them."""

from __future__ import annotations

import inspect
import pkgutil
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints

from commands import views
from commands.addresses import (
    AnswerPage,
    AuthorChanges,
    AuthorNovelty,
    AuthorPage,
    AuthorPapers,
    AuthorPeople,
    CardAddress,
    CatchUpPage,
    ChosenPapers,
    CoauthorChain,
    CompactPapers,
    Comparison,
    FoundPaper,
    NotTheirs,
    PaperAction,
    PapersInOneLine,
    PersonCorrections,
    PostOverCap,
    TeamPage,
)
from commands.club_ids import ClubNominations, ClubNotes, ClubPage
from commands.views import (
    author_cards,
    changes_card,
    comparison_cards,
    follow_cards,
    outside_cards,
    paper_cards,
    people_cards,
    preview_card,
    profile_cards,
    setup_cards,
    status_card,
    team_cards,
    watch_cards,
    year_chart,
)
from commands.views.author_summary import facts
from commands.views.catch_up_cards import CatchUp
from commands.views.layout import ButtonSpec, CardView
from commands.web_ids import SubscriptionWeb
from store.answers.answer import Answer, Quote
from store.answers.question import read_question
from store.catalog.citation_styles import STYLES
from store.catalog.merge import merge
from store.catalog.novelty import Nearest, Novelty
from store.catalog.paper_events import PaperEvent
from store.catalog.same_person import SamePerson
from store.closeness.paper_scores import WouldPost
from store.correcting_people import JoinedPeople
from store.guilds import watch_news
from store.guilds.aliases import Alias
from store.guilds.catch_up import Missed
from store.guilds.digests import Digest
from store.guilds.explain import Outcome
from store.guilds.feed_state import FeedState
from store.guilds.following import following
from store.guilds.hidden_papers import HiddenPaper
from store.guilds.items import Item
from store.guilds.pauses import LostChannel
from store.guilds.person_corrections import Joined
from store.guilds.post_contents import Cause
from store.guilds.posts import Backlog
from store.guilds.scheduled_messages import ScheduledMessage
from store.guilds.subscriptions import Options, Pause, Scope, Subscription
from store.guilds.watch_news import Citing, WatchNews
from store.guilds.watches import Watch
from store.models import Author, IntakeReport, Metric, Notice
from store.outside import FoundPerson, PersonIdentifier
from store.preview import Heard, Preview, Sources
from store.profiles.author_profile import profile
from store.profiles.changes import Change
from store.profiles.key_phrases import phrases_of
from store.profiles.topics import WordFrequencies
from store.profiles.years import Year
from store.search.matcher import Rejection, matches
from store.search.parser import parse
from store.search.related import Related
from store.summaries.extractive import highlight, summarise
from store.summaries.rewriter import RewrittenSlot, RewrittenSummary
from store.team import Member
from store.team_profile import TeamProfile
from store.text.handles import handle
from tests.commands import made_lists
from tests.commands.test_cards import texts_of
from tests.support import made_clubs
from tests.support.made import DAY, record, source

SOON = datetime.now(UTC) + timedelta(hours=5)
ABSTRACT = "Web agents fail. We present a tool for agents. It improves results by 4.2%. Code is at https://a.bc/x."
PAPER = merge(
    handle("p"),
    [
        record(
            source=source("a", "arxiv"),
            abstract=ABSTRACT,
            category="CL",
            cross_lists=("LG", "stat.ml"),
            published="2024-11-04",
            citations=5,
        ),
        record(source=source("b", "dblp"), category="cs.AI", published="2023-10", citations=6),
    ],
)
EARLIER = merge(handle("e"), [record("Earlier Agents", published="2023-10", category="IT")])
QUERY = parse("attention since:2024-08 cat:CL")
REASONS = matches(QUERY, PAPER)
assert REASONS
assert not isinstance(REASONS, Rejection)
SUMMARY = summarise(PAPER.title, ABSTRACT)
assert SUMMARY.tldr
ITEMS = (Item(paper=PAPER, reasons=REASONS), Item(paper=EARLIER, reasons=REASONS))
AUTHOR = Author(handle=handle("a"), name="Ada Byron", is_group=False, field="CL", papers=2, distinction="CL, a.txt")
PROFILE = profile((PAPER, EARLIER), phrases_of((PAPER, EARLIER)), WordFrequencies(titles=9, counts={}), "Ada")
FIGURE = Metric(name="h_index", value=3, source=source())
OTHER = Author(handle=handle("o"), name="Bo Li", is_group=False, field="LG", papers=1)
SUBSCRIPTION = Subscription(
    id=1, token="x" * 16, scope=Scope(1, 2), target_id=2, creator_id=3, query=QUERY, options=Options(), created=DAY,
    waiting=1, pause=Pause(kind="asked", since=DAY, reason="asked"), last_post=DAY,
)  # fmt: skip
OUTCOME = Outcome(
    subscription_id=1,
    token="x" * 16,
    query=QUERY,
    deleted=False,
    state="pending",
    reasons=REASONS,
    due=SOON,
    posted=DAY,
    next_try=SOON,
)
FEED = FeedState(name="arXiv cs", state="good", tried=DAY, last_good=DAY, items=3, new=2, next_try=SOON)
PERSON = FoundPerson(source=source(), identifier=PersonIdentifier(scheme="s2", value="1"), name="Ada Byron", papers=2)
SETUP = setup_cards.Setup(
    scope=Scope(1, 2),
    target_id=2,
    person_id=3,
    anchor_id=4,
    categories="CL",
    words="",
    members=(Member(typed="Ada", candidates=(PERSON,), total=1), Member(typed="Bo", failures=("It is down.",))),
    fetched=("2 papers",),
)
PROPOSAL = setup_cards.Proposal(query="cat:cs.CL", recent=2, peak=20, announced=3, followed=False)
_NOTICE = Notice(kind="correction", told_by="the publisher", date="2024-11-04", doi="10.1000/n")
EVENTS = (
    PaperEvent(kind="version", key="v", version=2, updated="2024-11-04", title_before="Once", abstract_before=""),
    PaperEvent(kind="published", key="p", venue="Journal of Looms", doi="10.1000/x"),
    PaperEvent(kind="corrected", key="c", notice=_NOTICE),
    PaperEvent(kind="withdrawn", key="w"),
)
NEWS = [WatchNews(handle=PAPER.handle, title=PAPER.title, event=event) for event in EVENTS]
NEWS.append(
    WatchNews(
        handle=PAPER.handle,
        title=PAPER.title,
        citing=Citing(handle=EARLIER.handle, title=EARLIER.title, authors=("Ada Byron",), query="attention"),
    )
)
WATCH = Watch(handle=PAPER.handle, title=PAPER.title, asked_by=3, since=DAY)
SAMPLES: list[object] = [
    *(PAPER, SUMMARY, SUMMARY.tldr, QUERY, AUTHOR, OTHER, SUBSCRIPTION, Options(), Scope(1, 2), *ITEMS, *STYLES),
    *(Related(paper=one, score=1, words=("agents",), authors=()) for one in (PAPER, EARLIER)),
    Novelty(
        percentile=83,
        compared=100,
        category="cs.CL",
        year="2024",
        nearest=(Nearest(paper=EARLIER, similarity=0.5, words=("agents",)),),
    ),
    *(OUTCOME, *(OUTCOME.model_copy(update={"state": state}) for state in ("posted", "failed", "held"))),
    *highlight(ABSTRACT, SUMMARY),
    SamePerson(author=OTHER, evidence=("with Ada Bee on both",)),
    JoinedPeople(
        said=Joined(owner=1, said_by=3, said=DAY, first=AUTHOR.handle, second=OTHER.handle), first=AUTHOR, second=OTHER
    ),
    NotTheirs(PAPER.handle, AUTHOR.handle),
    PersonCorrections(AUTHOR.handle),
    Alias(kind="title", query="attention", handle=handle("p"), text="Attention Is All You Need"),
    CatchUp(
        DAY.date(),
        [Missed(handle=PAPER.handle, channels=(1, 2), person_id=3, last=DAY)],
        {PAPER.handle: PAPER},
        {PAPER.handle: [SUBSCRIPTION]},
        follows=True,
        in_server=True,
    ),
    CatchUpPage("2024-11-04", 0),
    SubscriptionWeb("show", SUBSCRIPTION.token),
    ScheduledMessage(
        key="lost:1",
        owner=1,
        kind="lost_channel",
        content=LostChannel(query="agents", target_id=2, reason="gone").model_dump_json(),
        reason="You made it.",
        target_id=None,
        person_id=3,
        handle=None,
        due=DAY,
        dropped=None,
    ),
    made_lists.LIST,
    made_lists.ENTRY,
    made_lists.NOTE,
    made_lists.SHOWN,
    made_lists.LINK,
    made_lists.ITEM,
    *made_clubs.MESSAGES,
    *(made_clubs.status("Looms", 3, 2, is_decided=decided) for decided in (True, False)),
    *(made_clubs.nomination("Looms"), made_clubs.session(made_clubs.nomination("Looms")), made_clubs.NOTE),
    *(ClubPage(), ClubNominations(), ClubNotes(PAPER.handle), ButtonSpec("Sure", None)),
    *(
        ScheduledMessage(
            key="watch:1",
            owner=1,
            kind=watch_news.KIND,
            content=news.model_dump_json(),
            reason="It is watched.",
            target_id=2,
            person_id=None,
            handle=PAPER.handle,
            due=DAY,
            dropped=None,
        )
        for news in NEWS
    ),
    watch_cards.Watched((WATCH,), (WATCH,), 2, True, True),
    watch_cards.Watched(None, (), 2, False, False),
    Cause(query=QUERY, creator_id=3, items=ITEMS),
    Digest(
        query=QUERY,
        scope=Scope(1, 2),
        role_id=None,
        part=1,
        parts=1,
        shown=2,
        total=2,
        day=DAY.date(),
        items=ITEMS,
        over_cap=0,
    ),
    Preview(total=2, recent=2, peak=(date(2024, 11, 4), 2), newest="2024-11-04", samples=ITEMS),
    Preview(total=2, recent=0, peak=None, newest="2024-11-04", samples=ITEMS, undated=(("2024-11", 2),)),
    preview_card.Plan(QUERY, Options(), own_thread=True),
    preview_card.Plan(QUERY, Options(), Options()),
    preview_card.Plan(QUERY, None, Options()),
    preview_card.Arrival(Sources(categories=("cs.CL",), unheard=("cs.CL",), since=None), SOON, True),
    preview_card.Arrival(
        Sources(categories=("cs.CL",), unheard=("cs.CL",), since=None), SOON, False, Heard(day=DAY.date()), ITEMS
    ),
    preview_card.Arrival(Sources(categories=("cs.CL",), unheard=(), since=DAY), SOON),
    DAY,
    HiddenPaper(handle=handle("p"), title="Attention", person=3, at=DAY),
    RewrittenSummary(
        model="m", slots=(RewrittenSlot(slot="tldr", text="A tool.", sources=(SUMMARY.tldr,), rewritten=True),)
    ),
    paper_cards.Results("### Papers", (PAPER, EARLIER)),
    Answer(
        question=read_question("Do tools help?"),
        quotes=(Quote(number=1, group="for", paper=PAPER, sentence=SUMMARY.tldr),),
        looked_at=2,
        papers=2,
    ),
    AnswerPage(handle("q"), 0),
    author_cards.PapersView(AUTHOR, (PAPER, EARLIER), 2, 0, handle("q")),
    PROFILE,
    profile_cards.ProfileView(
        AUTHOR,
        PROFILE,
        (FIGURE,),
        ((OTHER, 2),),
        [(fact, ChosenPapers("newest", handle("a"), handle("q"), 0)) for fact in facts(PROFILE, ((OTHER, 2),))],
        today=DAY.date(),
    ),
    AuthorChanges(handle("a"), "2024-11-01"),
    Comparison(handle("q")),
    TeamPage(),
    AuthorNovelty(handle("a")),
    team_cards.TeamView(
        TeamProfile(people=(AUTHOR, OTHER), papers=2, new=(PAPER,), topics=PROFILE.topics, pairs=((0, 1, 2),)),
        date(2024, 11, 1),
        None,
        True,
    ),
    comparison_cards.ComparedAuthor(AUTHOR, PROFILE, (FIGURE,)),
    comparison_cards.Together(AUTHOR, OTHER, 2, ChosenPapers("newest", handle("a"), handle("q"), 0)),
    comparison_cards.ComparedPaper(PAPER, SUMMARY.tldr),
    follow_cards.FollowPlan(following(["Agents"], 3, ["cs.CL"]), Options(), watched=True),
    WouldPost(days=3, looked_at=4_500, total=9, asked=0.2, items=ITEMS),
    year_chart.chart([Year(year=year, categories=(("cs.CL", 1),), citations=0) for year in (2023, 2024)]),
    changes_card.ChangesView(
        AUTHOR,
        date(2024, 11, 1),
        (PAPER,),
        "2024-11-04",
        ChosenPapers("newest", handle("a"), handle("q"), 0),
        [Change(before=FIGURE, now=FIGURE.model_copy(update={"value": 5}))],
        date(2024, 11, 4),
        ["Ada Bee"],
        date(2026, 11, 22),
    ),
    people_cards.Coauthor(OTHER, (PAPER, EARLIER), ChosenPapers("newest", handle("a"), handle("q"), 0)),
    CompactPapers("newest", handle("a"), handle("q"), 0),
    AuthorPeople("latest", handle("a"), 0),
    PapersInOneLine("newest", handle("a"), handle("q"), 0),
    CoauthorChain(handle("a"), handle("o")),
    *(AuthorPapers(handle("a"), 0), ChosenPapers("cited", handle("a"), handle("q"), 1)),
    status_card.Status(
        1,
        1,
        0,
        Backlog(2, DAY),
        ("cs",),
        {"arXiv cs": FEED},
        (IntakeReport(source="f", finished=DAY, new=1, changed=0, unchanged=0),),
    ),
    *(PaperAction("open", handle("p")), AuthorPage(handle("a")), PostOverCap("x" * 16, 0)),
    *(0, True),
    SETUP,
    SETUP.model_copy(update={"heard": (3, DAY.date()), "proposals": (PROPOSAL,), "wanted": (0,)}),
    outside_cards.Here("**A Title**", PaperAction("open", handle("p"))),
    outside_cards.Found([(outside_cards.paper_outside(record()), FoundPaper("open", handle("q")))], ["It is down."]),
]
WORDS = {"handle": handle("p"), "token": "x" * 16, "question": handle("q")}
ROOT = Path(__file__).parent.parent.parent

OTHER_FORMS = re.compile(
    r"\b\d{4}-\d{2}"  # 2024-11, 2024-11-04
    r"|\b\d{1,2}/\d{1,2}/\d{2,4}\b"  # 11/4/2024
    r"|\b(?:January|February|March|April|June|July|August|September|October|November|December)\b"
    r"|\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\.? \d{1,2}\b(?!\d)"  # Nov 4
    r"|<t:\d+(?!\d|:R>|:F>)"  # a moment that is shown neither by how long it is from now nor as one to be there at
    r"|(?<![\w.])(?:AI|CL|IT|LG|ML|CS\.\w+)\b|\b\w+\.(?:ai|cl|it|lg|ml)\b"
)
"""Dates and categories in any form but ours. In a query they stay as they are typed."""
AS_TYPED = re.compile(r"\b(?:since|cat):\S+|```.*?```|in CL\b", re.DOTALL)


def cards() -> Iterator[tuple[str, CardView]]:
    """What every function of a card makes of the samples."""
    for module in pkgutil.iter_modules(views.__path__, "commands.views."):
        for name, function in inspect.getmembers(import_module(module.name), inspect.isfunction):
            makes_card = name[0] != "_" and function.__annotations__.get("return") == CardView.__name__
            if function.__module__ == module.name and makes_card:
                hints = get_type_hints(function)
                given = [
                    name for name, one in inspect.signature(function).parameters.items() if one.default is one.empty
                ]
                for arguments in product(*(samples(name, hints[name]) for name in given)):
                    yield function.__name__, function(*arguments)


def samples(name: str, hint: Any) -> list[Any]:
    """Arguments for a parameter of that name and type."""
    if name in WORDS or hint is str:
        return [WORDS.get(name, "words")]
    if isinstance(hint, type) and get_origin(hint) is None:
        found = [one for one in SAMPLES if type(one) is hint or (hint is CardAddress and isinstance(one, PaperAction))]
        assert found, f"SAMPLES has no {hint.__name__} for the parameter {name}"
        return found
    first, *others = get_args(hint)
    if get_origin(hint) is tuple:
        return list(product(*(samples(name, one) for one in (first, *others))))
    if get_origin(hint) is Mapping:
        return [{}]
    if get_origin(hint) is Sequence:
        return [samples(name, first)]
    return [first] if get_origin(hint) is Literal else samples(name, first)


def test_every_card_shows_dates_and_categories_in_one_form() -> None:
    shown: dict[str, str] = {}
    for name, card in cards():
        words = AS_TYPED.sub("", "\n".join(texts_of(card)))
        assert not (found := OTHER_FORMS.findall(words)), f"{name} shows {found}"
        shown[name] = shown.get(name, "") + words
    for name in ("paper", "results", "related", "papers", "post", "over_cap", "preview", "explained"):
        assert "4 Nov 2024" in shown[name]
        assert "cs.CL" in shown[name]
    assert "Oct 2023" in shown["results"]
    assert "Sources differ on year" in shown["paper"]
    assert "cs.CL, a.txt" in shown["people"]
    assert f"To be posted <t:{int(SOON.timestamp())}:R>" in shown["outcomes"]


def test_no_date_is_formatted_elsewhere() -> None:
    """Log lines have ISO dates, as programs read them, and made arXiv ids begin with a year and month."""
    found = {
        path.relative_to(ROOT).as_posix(): formats
        for room in ("commands", "bot")
        for path in ROOT.glob(f"{room}/**/*.py")
        if (formats := re.findall(r"%[Yyb]|%[mB]\b|:[DdFfTt]>", path.read_text()))
    }
    assert found.keys() == {"bot/logs.py", "bot/simulator/services/library.py", "commands/views/markdown.py"}
