"""What custom_ids admit: what is made is read back, what former versions made is read, and nothing else is."""

from __future__ import annotations

import re
from typing import get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commands import (
    addresses,
    author_ids,
    club_ids,
    custom_ids,
    follow_ids,
    help_ids,
    list_ids,
    message_ids,
    watch_ids,
    web_ids,
    zotero_ids,
)
from commands.addresses import APART, CardAddress
from commands.custom_ids import MAX_LENGTH, MAX_PAGE, CustomId
from commands.registry import BUTTONS, FORMS
from commands.verbs import PaperVerb

CARDS = CardAddress.__subclasses__()
MODULES = {
    module.__name__
    for module in (custom_ids, author_ids, club_ids, follow_ids, list_ids, message_ids, watch_ids, web_ids, zotero_ids)
}
KINDS = [k for k in CustomId.__subclasses__() if k.__module__ in MODULES] + CARDS
ANSWERED = [button.id_type for button in BUTTONS] + [form.id_type for form in FORMS]
HANDLE, OTHER, QUESTION, TOKEN = "abcdefg234567", "bcdefgh345672", "qrstuvw765432", "AbC_-0123456789x"
FIELDS = {
    "handle": st.from_regex(r"[a-z2-7]{13}", fullmatch=True),
    "person": st.from_regex(r"[a-z2-7]{13}", fullmatch=True),
    "other": st.from_regex(r"[a-z2-7]{13}", fullmatch=True),
    "question": st.from_regex(r"[a-z2-7]{13}", fullmatch=True),
    "token": st.from_regex(r"[A-Za-z0-9_-]{16}", fullmatch=True),
    "item": st.from_regex(r"[A-Z0-9]{8}", fullmatch=True),
    "page": st.integers(0, MAX_PAGE),
    "number": st.integers(0, 99),
    "addition": st.integers(1, 10**18 - 1),
    "address": st.from_regex(r"[a-z]+:[a-z2-7]{13}", fullmatch=True),
    "trail": st.sampled_from(["", "<search:qrstuvw765432:3", "<paper:open:abcdefg234567<names:qrstuvw765432"]),
    "since": st.dates().filter(lambda day: 1000 <= day.year < 3000).map(str),
    "category": st.sampled_from(["cs.CL", "hep-th", "q-bio", "cond-mat.mes-hall"]),
}
VALUES = st.sampled_from(KINDS).flatmap(
    lambda kind: st.builds(
        kind,
        **{
            name: FIELDS[name] if name in FIELDS else st.sampled_from(get_args(hint))
            for name, hint in get_type_hints(kind).items()
            if name not in ("form", "template", "personal")
        },
    )
)
VERBS: tuple[PaperVerb, ...] = (
    "open",
    "summary",
    "line",
    "abstract",
    "marked",
    "related",
    "problem",
    "method",
    "result",
    "cite",
    "authors",
    "why",
    "sources",
)
FORMER = {
    **{f"paper:{verb}:{HANDLE}": addresses.PaperAction(verb, HANDLE) for verb in VERBS},
    **{f"pick:{verb}:{HANDLE}:{QUESTION}": addresses.PickedPaper(verb, HANDLE, QUESTION) for verb in VERBS},
    f"paper:abstract:{HANDLE}:0": addresses.AbstractPage(HANDLE, 0),
    f"paper:abstract:{HANDLE}:12": addresses.AbstractPage(HANDLE, 12),
    f"cite:plain:{HANDLE}": addresses.Citation("plain", HANDLE),
    f"cite:bibtex:{HANDLE}": addresses.Citation("bibtex", HANDLE),
    f"cite:ris:{HANDLE}": addresses.Citation("ris", HANDLE),
    f"cite:csl-json:{HANDLE}": addresses.Citation("csl-json", HANDLE),
    f"cite:bibtex:{HANDLE}:2": addresses.CitationPage("bibtex", HANDLE, 2),
    f"profile:{HANDLE}": addresses.AuthorPage(HANDLE),
    f"author:{HANDLE}:0": addresses.AuthorPapers(HANDLE, 0),
    f"author:{HANDLE}:9999": addresses.AuthorPapers(HANDLE, 9999),
    f"people:most:{HANDLE}:2": addresses.AuthorPeople("most", HANDLE, 2),
    f"short:newest:{HANDLE}:{QUESTION}:0": addresses.CompactPapers("newest", HANDLE, QUESTION, 0),
    f"told:cited:{HANDLE}:{QUESTION}:2": addresses.PapersInOneLine("cited", HANDLE, QUESTION, 2),
    f"chain:{HANDLE}:{QUESTION}": addresses.CoauthorChain(HANDLE, QUESTION),
    f"works:cited:{HANDLE}:{QUESTION}:2": addresses.ChosenPapers("cited", HANDLE, QUESTION, 2),
    f"ask:{QUESTION}:0": addresses.AnswerPage(QUESTION, 0),
    "team": addresses.TeamPage(),
    "team:out": author_ids.TeamList(),
    "team:follow": author_ids.FollowTeam(),
    f"compare:{QUESTION}": addresses.Comparison(QUESTION),
    f"novel:{HANDLE}": addresses.AuthorNovelty(HANDLE),
    f"new:{HANDLE}:2026-08-27": addresses.AuthorChanges(HANDLE, "2026-08-27"),
    f"since:author:{HANDLE}": author_ids.AuthorAction("since", HANDLE),
    f"since:{HANDLE}": author_ids.SinceWhen(HANDLE),
    f"lines:{HANDLE}": addresses.AuthorSummaries(HANDLE),
    f"same:{HANDLE}": addresses.SamePeople(HANDLE),
    f"who:{HANDLE}:{QUESTION}": addresses.PickedAuthor(HANDLE, QUESTION),
    f"people:{HANDLE}": custom_ids.AuthorList(HANDLE),
    f"search:{QUESTION}:3": addresses.SearchPage(QUESTION, 3),
    f"hits:relevance:{QUESTION}:3": addresses.HitPage("relevance", QUESTION, 3),
    f"draft:yes:{QUESTION}": custom_ids.DraftDecision("yes", QUESTION),
    f"like:yes:{QUESTION}": follow_ids.FollowDecision("yes", QUESTION),
    f"like:me:{QUESTION}": follow_ids.FollowDecision("me", QUESTION),
    f"follow:hits:{QUESTION}": follow_ids.FollowHits(QUESTION),
    f"follow:paper:{HANDLE}": follow_ids.FollowPaper(HANDLE),
    "missed:2027-03-01:2": addresses.CatchUpPage("2027-03-01", 2),
    "help:find": help_ids.HelpPage("find"),
    f"save:{HANDLE}": list_ids.SavePaper(HANDLE),
    "lists:0": list_ids.AllLists(0),
    "zotero:new": zotero_ids.ZoteroConnect(),
    "zotero:form": zotero_ids.ZoteroForm(),
    f"zotero:now:{TOKEN}": zotero_ids.ZoteroAction("now", TOKEN),
    f"zotero:here:{TOKEN}:ABCD2345": zotero_ids.ZoteroChoice("here", TOKEN, "ABCD2345"),
    "lists:new": list_ids.NewList(),
    "lists:form": list_ids.NewListForm(),
    f"list:added:{TOKEN}:0": list_ids.ListPage("added", TOKEN, 0),
    f"list:title:{TOKEN}:2:{QUESTION}": list_ids.FoundPage("title", TOKEN, 2, QUESTION),
    f"order:{TOKEN}": list_ids.ListOrders(TOKEN),
    f"order:{TOKEN}:{QUESTION}": list_ids.FoundOrders(TOKEN, QUESTION),
    f"list:more:{TOKEN}": list_ids.ListAction("more", TOKEN),
    f"rename:{TOKEN}": list_ids.RenameForm(TOKEN),
    f"within:{TOKEN}": list_ids.SearchForm(TOKEN),
    f"file:{TOKEN}": list_ids.ListExport(TOKEN),
    f"next:reading:added:{TOKEN}:0:{HANDLE}": list_ids.EntryNext("reading", "added", TOKEN, 0, HANDLE),
    f"entry:remove:{TOKEN}:{HANDLE}": list_ids.EntryAction("remove", TOKEN, HANDLE),
    f"moveto:{TOKEN}:{HANDLE}": list_ids.EntryMove(TOKEN, HANDLE),
    f"note:{TOKEN}:{HANDLE}": list_ids.NoteForm(TOKEN, HANDLE),
    f"tags:{TOKEN}:{HANDLE}": list_ids.TagsForm(TOKEN, HANDLE),
    f"notes:{TOKEN}:{HANDLE}": list_ids.OwnNotes(TOKEN, HANDLE),
    f"renote:{TOKEN}": list_ids.EditNoteForm(TOKEN),
    f"notes:{HANDLE}": list_ids.PaperNotes(HANDLE),
    "weekly:on": list_ids.WeeklySaved("on"),
    "mine:2": follow_ids.MinePage(2),
    "mine:sure": follow_ids.MineAll("sure"),
    f"vote:up:{TOKEN}:{HANDLE}": follow_ids.PaperVote("up", TOKEN, HANDLE),
    f"sent:{TOKEN}": message_ids.MessageReason(TOKEN),
    f"votes:{TOKEN}": follow_ids.PostVotes(TOKEN),
    f"follow:author:{HANDLE}": author_ids.AuthorAction("follow", HANDLE),
    f"dm:author:{HANDLE}": author_ids.AuthorAction("dm", HANDLE),
    f"narrow:author:{HANDLE}": author_ids.AuthorAction("narrow", HANDLE),
    f"narrow:{HANDLE}": author_ids.NarrowPapers(HANDLE),
    f"export:author:{HANDLE}": author_ids.AuthorAction("export", HANDLE),
    "hidden:3": custom_ids.HiddenPage(3),
    f"watch:paper:{HANDLE}": watch_ids.WatchPaper(HANDLE),
    f"watch:me:{HANDLE}": watch_ids.WatchStart("me", HANDLE),
    f"watch:end:here:{HANDLE}": watch_ids.WatchEnd("here", HANDLE),
    "watches:3": watch_ids.WatchPage(3),
    "watches:posted:off": watch_ids.WatchPosted("off"),
    f"web:show:sub:{TOKEN}": web_ids.SubscriptionWeb("show", TOKEN),
    f"web:show:list:{TOKEN}": web_ids.ListWeb("show", TOKEN),
    f"web:end:author:{HANDLE}": web_ids.AuthorWeb("end", HANDLE),
    f"unhide:{HANDLE}": custom_ids.ShowAgain(HANDLE),
    "setup": custom_ids.SetupForm(),
    f"setup:fetch:{QUESTION}": custom_ids.SetupStep("fetch", QUESTION),
    f"setup:confirm:{QUESTION}": custom_ids.SetupStep("confirm", QUESTION),
    f"setup:cancel:{QUESTION}": custom_ids.SetupStep("cancel", QUESTION),
    f"setup:who:9:{QUESTION}": custom_ids.SetupPerson(9, QUESTION),
    f"setup:what:{QUESTION}": custom_ids.SetupChoice(QUESTION),
    f"draft:no:{QUESTION}": custom_ids.DraftDecision("no", QUESTION),
    "follow:cs.CL": custom_ids.FollowCategory("cs.CL"),
    "follow:cond-mat.mes-hall": custom_ids.FollowCategory("cond-mat.mes-hall"),
    "subs:0": custom_ids.SubscriptionPage(0),
    "subs:8": custom_ids.SubscriptionPage(8),
    f"sub:manage:{TOKEN}": custom_ids.SubscriptionAction("manage", TOKEN),
    f"sub:pause:{TOKEN}": custom_ids.SubscriptionAction("pause", TOKEN),
    f"sub:resume:{TOKEN}": custom_ids.SubscriptionAction("resume", TOKEN),
    f"sub:post:{TOKEN}": custom_ids.SubscriptionAction("post", TOKEN),
    f"sub:drop:{TOKEN}": custom_ids.SubscriptionAction("drop", TOKEN),
    f"sub:edit:{TOKEN}": custom_ids.SubscriptionAction("edit", TOKEN),
    f"sub:delete:{TOKEN}": custom_ids.SubscriptionAction("delete", TOKEN),
    f"sub:end:{TOKEN}": custom_ids.SubscriptionAction("end", TOKEN),
    "unsubscribe": custom_ids.UnsubscribeList(),
    f"again:{QUESTION}": custom_ids.FormAgain(QUESTION),
    "unsubscribe:0": custom_ids.UnsubscribePage(0),
    "unsubscribe:all": custom_ids.UnsubscribeAll("all"),
    "unsubscribe:sure": custom_ids.UnsubscribeAll("sure"),
    f"edit:{TOKEN}": custom_ids.SubscriptionForm(TOKEN),
    f"post:why:{TOKEN}": custom_ids.PostReasons(TOKEN),
    f"post:more:{TOKEN}:0": addresses.PostOverCap(TOKEN, 0),
    "add": custom_ids.AddForm(),
    f"paper:cite:{HANDLE}<author:{HANDLE}:2": addresses.PaperAction("cite", HANDLE, trail=f"<author:{HANDLE}:2"),
    f"titles:open:{QUESTION}": addresses.PaperChoice("open", QUESTION),
    f"names:{QUESTION}": addresses.AuthorChoice(QUESTION),
    f"meant:yes:open:{HANDLE}:{QUESTION}": custom_ids.MeantPaper("yes", "open", HANDLE, QUESTION),
    f"meant:undo:{HANDLE}:{QUESTION}": custom_ids.MeantAuthor("undo", HANDLE, QUESTION),
    f"add:{QUESTION}": custom_ids.AddNamed(QUESTION),
    "back:1790000000000000": custom_ids.TakeBack(1790000000000000),
    f"own:ask:{HANDLE}": custom_ids.OwnPaper("ask", HANDLE),
    f"own:sure:{HANDLE}": custom_ids.OwnPaper("sure", HANDLE),
    f"person:join:{HANDLE}:{OTHER}": custom_ids.JoinPeople("join", HANDLE, OTHER),
    f"person:part:{HANDLE}:{OTHER}": custom_ids.JoinPeople("part", HANDLE, OTHER),
    f"whose:{HANDLE}:{OTHER}": addresses.NotTheirs(HANDLE, OTHER),
    f"whose:{HANDLE}:{OTHER}:{HANDLE}": custom_ids.MovePaper(HANDLE, OTHER, HANDLE),
    f"whose:nobody:{HANDLE}:{OTHER}": custom_ids.NobodysPaper("nobody", HANDLE, OTHER),
    f"whose:back:{HANDLE}:{OTHER}": custom_ids.NobodysPaper("back", HANDLE, OTHER),
    f"corrected:{HANDLE}": addresses.PersonCorrections(HANDLE),
    f"outside:summary:{QUESTION}": addresses.OutsidePapers("summary", QUESTION),
    f"outside:{QUESTION}": addresses.OutsidePeople(QUESTION),
    f"take:cite:{QUESTION}": addresses.FoundPaper("cite", QUESTION),
    f"bring:{QUESTION}": addresses.FoundAuthor(QUESTION),
    f"refresh:{HANDLE}": addresses.RefreshedAuthor(HANDLE),
    "cards:3": custom_ids.CardList(3),
    f"nominate:{HANDLE}": club_ids.Nominate(HANDLE),
    "club:join": club_ids.ClubAction("join"),
    "club:off:2026-03-12": club_ids.CallOff("2026-03-12"),
    "club:withdraw": club_ids.WithdrawNomination(),
    f"swap:yes:{QUESTION}": club_ids.SwapAnswer("yes", QUESTION),
    "clubnote:2026-03-12": club_ids.NoteText("2026-03-12"),
    "club:note:2026-03-12": club_ids.AddNote("2026-03-12"),
    "club": club_ids.ClubPage(),
    "nominated": club_ids.ClubNominations(),
    f"clubnotes:{HANDLE}": club_ids.ClubNotes(HANDLE),
    f"share:author:{HANDLE}:0": custom_ids.ShowInChannel(f"author:{HANDLE}:0"),
}
"""What is in messages and forms, of every version."""


EDITED = st.builds(
    lambda text, at, new: text[:at] + new + text[at + 1 :],
    st.sampled_from(sorted(FORMER)),
    st.integers(0, 40),
    st.text(max_size=2),
)


def parsed(text: str) -> list[CustomId]:
    """What each kind reads the text as."""
    return [value for kind in KINDS if (value := kind.parse(text))]


@pytest.mark.parametrize("text", FORMER)
def test_a_button_of_a_former_version_is_read_and_answered(text: str) -> None:
    assert parsed(text) == [FORMER[text]]
    assert str(FORMER[text]) == text
    assert sum(kind.parse(text) is not None for kind in ANSWERED) == 1


def test_every_kind_but_the_disabled_button_is_answered_and_was_made_before() -> None:
    answered = {*ANSWERED, *CARDS} - {CardAddress}
    assert answered == set(KINDS) - {custom_ids.Disabled} == {type(value) for value in FORMER.values()}


@given(VALUES)
def test_what_is_made_is_read_back_by_its_kind_alone_and_fits_into_discord(value: CustomId) -> None:
    assert parsed(str(value)) == [value]
    assert len(str(value)) <= MAX_LENGTH


@given(st.one_of(st.text(), EDITED))
def test_what_is_read_is_what_would_be_made(text: str) -> None:
    for value in parsed(text):
        assert str(value) == text


@pytest.mark.parametrize(
    "text",
    [
        *("", "paper", "paper:open:", f"paper:fly:{HANDLE}", f"paper:open:{HANDLE.upper()}", f"paper:open:{HANDLE}\n"),
        *(f"paper:open:{HANDLE}:{QUESTION}", f"pick:open:{HANDLE}", f"author:{HANDLE}:-1", f"author:{HANDLE}:10000"),
        *(
            f"author:{HANDLE}:٣",
            f"author:{HANDLE}:01",
            "dead:08",
            f"cite:apa:{HANDLE}",
            f"sub:steal:{TOKEN}",
            f"sub:end:{TOKEN}x",
        ),
        *("unsubscribe:", "unsubscribe:maybe", "subs:", f"post:why:{HANDLE}", f"draft:yes:{TOKEN}", "add:1"),
        *("follow:", "follow:cs.CL or agents", "follow:cs.CL.x", "follow:CS", "follow:cs."),
    ],
)
def test_anything_else_is_not_read(text: str) -> None:
    assert parsed(text) == []


def test_a_value_that_its_field_does_not_admit_cannot_be_made() -> None:
    with pytest.raises(ValueError, match=re.escape("author:{handle}:{page}")):
        addresses.AuthorPapers(HANDLE, MAX_PAGE + 1)
    for handle in ("", "short", f"{HANDLE}:1", "../../../../x"):
        with pytest.raises(ValueError, match="is no custom_id"):
            custom_ids.AuthorList(handle)
    with pytest.raises(ValueError, match="is no custom_id"):
        custom_ids.SubscriptionForm("x" * 100)


CARD_ADDRESSES = [value for value in FORMER.values() if isinstance(value, CardAddress)]


@given(st.lists(st.sampled_from(CARD_ADDRESSES), min_size=2, max_size=9))
def test_each_card_leads_back_to_those_before_it_as_far_as_there_is_room(opened: list[CardAddress]) -> None:
    card = opened[0].alone()
    for one in opened[1:]:
        before, card = card, one.opened_from(card)
        assert len(str(card)) <= MAX_LENGTH
        assert card.alone() == one.alone()
        back = card.back
        # The way back may be shorter, but never leads elsewhere.
        assert back is not None
        assert str(before).startswith(str(back))
        assert back.alone() == before.alone()
    assert CardAddress.parse(str(card)) == card


def test_a_card_without_a_way_back_has_none() -> None:
    assert CARD_ADDRESSES[0].back is None
    apart = CARD_ADDRESSES[0].opened_apart()
    assert apart.trail == APART
    assert apart.back is None
    assert apart.alone() == CARD_ADDRESSES[0]
