"""Authors, asked for as people type."""

from __future__ import annotations

import re

import pytest

from store import ingest
from store.guilds import subscriptions
from store.guilds.subscriptions import Scope
from store.models import ParsedSource
from tests.discord.conversation import Answer, Conversation
from tests.discord.server import text
from tests.discord.test_papers import TITLES
from tests.support.made import names, record


@pytest.mark.parametrize("typed", ["zehan qui", "Qi Zehan", "z. qi", "ZEHAN  QI"])
async def test_a_name_in_any_form_opens_the_author_page(ask: Conversation, typed: str) -> None:
    assert (await ask("author", name=typed)).text.startswith("## Zehan Qi\n")


async def test_the_page_has_all_figures_with_source_and_date(ask: Conversation) -> None:
    page = (await ask("author", name="zehan qi")).text
    for figure in ("h-index **36**", "**13** papers", "**2,602** citations", "novelty **51 %**", "AI score **48**"):
        assert figure in page
    assert re.search(r"zehan-qi\.txt, read \d+ \w{3} \d{4}$", page, re.MULTILINE)
    assert "cannot be about the same papers" in page


async def test_the_page_buttons_reach_all_papers_newest_first(ask: Conversation) -> None:
    page = await ask.press(await ask("author", name="zehan qi"), "All papers")
    found = list(page.titles)
    while "▶" in page.buttons():
        page = await ask.press(page, "▶")
        found += page.titles
    assert len(found) == len(set(found)) == 13
    assert set(found) == set(TITLES.values())
    assert found[0] == TITLES["AgentRL"]
    assert found[-1] == TITLES["Survey on Factuality"]
    back = await ask.press(page, "◀")
    assert back.titles == found[5:10]


async def test_a_coauthor_can_be_opened_from_the_list(ask: Conversation) -> None:
    page = await ask("author", name="zehan qi")
    opened = await ask.choose(page, "Xiao Liu")
    assert "## Xiao Liu" in opened.text
    assert "## Zehan Qi" in (await ask.press(opened, "← Back")).text


async def test_the_page_says_who_it_is_in_facts_each_of_which_leads_to_its_papers(ask: Conversation) -> None:
    page = await ask("author", name="zehan qi")
    assert "13 papers from 2023 to 2025, mostly in cs.CL (10). Most often with Xiao Liu (5) and Rongwu" in page.text
    assert "Recent work, since Jul 2024, includes **reinforcement learning** (3) and **foundation agents**" in page.text
    assert "as in AgentRL and AutoGLM; before, **language models**" in page.text
    assert "Topics: language models (" in page.text
    assert len(page.titles) == 3
    facts = [option for option in page.options() if option["value"].startswith("works:")]
    assert len(facts) >= 6
    for fact in facts:
        behind = await ask.choose(page, fact["label"])
        assert behind.text.startswith(f"### Zehan Qi: {fact['description']} "), fact
        await ask.press(behind, "← Back")


async def test_the_page_has_a_picture_of_the_years_which_goes_and_comes_with_it(ask: Conversation) -> None:
    page = await ask("author", name="zehan qi")
    ((words, _),) = page.pictures
    assert words.startswith("Papers by year: 1 in 2023, 11 in 2024, 1 in 2025.")
    papers = await ask.press(page, "All papers")
    assert not papers.pictures
    (answered, *_) = [r.json or {} for r in reversed(ask.scene.env.http_requests) if r.path.endswith("/callback")]
    assert answered["data"]["attachments"] == [], "Discord keeps the files of a message that is not told otherwise"
    again = await ask.press(papers, "← Back")
    assert [told for told, _ in again.pictures] == [words]


async def test_papers_are_sorted_as_one_wants_them(ask: Conversation) -> None:
    cited = [record(f"Looms {n}", authors=names("Ada Bee"), citations=n, published=f"{2020 + n}") for n in (2, 1, 3)]
    await ingest.take(ask.client.library.db, "made", ParsedSource(papers=tuple(cited)))
    page = await ask.press(await ask("author", name="ada bee"), "All papers")
    assert page.titles == ["Looms 3", "Looms 2", "Looms 1"]
    await ask.press(page, "Oldest")
    assert page.titles == ["Looms 1", "Looms 2", "Looms 3"]
    assert (await ask.press(page, "Most cited")).titles == ["Looms 3", "Looms 2", "Looms 1"]


async def test_a_group_is_shown_as_a_group(ask: Conversation) -> None:
    assert "group" in (await ask("author", name="team glm")).text


async def test_a_surname_of_several_people_gives_a_choice(ask: Conversation) -> None:
    choice = await ask("author", name="liu")
    assert {"Xiao Liu", "Yiran Liu"} <= set(choice.titles)
    assert "## Yiran Liu" in (await ask.open(choice, "Yiran Liu")).text


async def test_a_name_in_another_script_offers_names_that_sound_like_it(ask: Conversation) -> None:
    answer = await ask("author", name="泽汉齐")
    assert answer.text.startswith("### Nobody fits exactly; the closest names to “泽汉齐”")
    assert answer.titles[0] == "Zehan Qi"


async def test_an_unknown_name_offers_the_closest_names(ask: Conversation) -> None:
    answer = await ask("author", name="bob smith")
    assert answer.titles
    assert "closest" in answer.text


async def test_someone_else_who_turns_the_page_gets_a_copy(ask: Conversation) -> None:
    page = await ask.press(await ask("author", name="zehan qi"), "All papers")
    result = await ask.scene.admin.click(page.shown, custom_id=page.buttons()["▶"])
    copy = ask._answer(result)
    assert copy.private
    assert copy.shown.id != page.shown.id


async def test_both_pages_lead_to_who_may_be_the_same_person(ask: Conversation) -> None:
    papers = [
        record("Parsing with Sparsity", authors=names("Noah A. Smith", "Ada Bee")),
        record("Grammars for Dialogue", authors=names("Noah A. Smith", "Ada Bee")),
        record("Structured Sparsity", authors=names("Noah Smith", "Ada Bee")),
    ]
    await ingest.take(ask.client.library.db, "made", ParsedSource(papers=tuple(papers)))
    choice = await ask("author", name="noah smith")
    assert "Noah A. Smith" in choice.text and "Several people fit" in choice.text
    page = await ask.open(choice, "Noah Smith")
    same = await ask.press(page, "Noah A. Smith, 2 papers: the same person?")
    assert "Who else may be Noah Smith" in same.text
    assert "with Ada Bee on both; titles that share “sparsity”" in same.text
    fuller = await ask.open(same, "Noah A. Smith")
    assert fuller.text.startswith("## Noah A. Smith\n")
    assert "**1.** **Noah Smith**" in (await ask.press(fuller, "Noah Smith, 1 paper: the same person?")).text
    others = (await ask("author", name="zehan qi")).buttons()
    assert not any("same person" in label for label in others)


async def test_every_byline_on_a_page_names_its_author_in_bold(ask: Conversation) -> None:
    page = await ask.press(await ask("author", name="zehan qi"), "All papers")
    bylines: list[str] = []
    for _ in range(3):
        bylines += re.findall(r"(?m)^\*\*\d+\.\*\* \*\*.*\n(.*)$", page.text)
        if "▶" in page.buttons():
            await ask.press(page, "▶")
    assert len(bylines) == 13
    assert [byline for byline in bylines if byline.count("**Zehan Qi**") != 1] == []
    assert any(byline.endswith("*et al.*, with **Zehan Qi**") for byline in bylines), "lists that are cut off"
    assert any(byline.startswith("**Zehan Qi**, ") for byline in bylines)


async def test_an_author_is_exported_and_followed_from_their_page(ask: Conversation) -> None:
    page = await ask.as_admin("author", name="zehan qi")
    file = await ask.as_admin.press(page, "Export")
    assert "13 papers by Zehan Qi." in file.shown.content
    assert [attachment.filename for attachment in file.shown.attachments] == ["papers.bib"]
    preview = await ask.as_admin.press(page, "Follow")
    assert "by “Zehan Qi”" in preview.text
    assert {"Follow here", "Follow for me"} <= preview.buttons().keys()


async def test_an_author_is_followed_by_direct_message_from_a_server(ask: Conversation) -> None:
    """Which everybody may: what comes of it is seen by them alone."""
    page, person = await ask("author", name="zehan qi"), ask.scene.member.user
    preview = await ask.press(page, "Follow")
    assert preview.private and "For you: a direct message, daily at 08:30 (UTC)" in preview.text
    assert "Follow here" not in preview.buttons()
    assert "For you alone" in (await ask.press(preview, "Follow for me")).text
    told = person.dm_channel.last_message
    assert told and 'author:"Zehan Qi"' in text(told)
    made = await subscriptions.in_channel(ask.client.library.db, Scope(0, person.dm_channel.id))
    assert [(one.query.canonical(), one.creator_id) for one in made] == [('author:"Zehan Qi"', person.id)]
    assert not await subscriptions.in_channel(ask.client.library.db, Scope(ask.scene.guild.id, page.shown.channel_id))


async def test_who_wrote_with_an_author_is_shown_with_years_and_what_they_wrote(ask: Conversation) -> None:
    page = await ask.press(await ask("author", name="zehan qi"), "People")
    assert page.text.startswith("### Zehan Qi: ")
    assert page.titles[:2] == ["Xiao Liu", "Rongwu Xu"]
    assert "5 papers together, 2024 to 2025 · 5 papers here" in page.text
    joint = await ask.choose(page, "with Rongwu Xu")
    assert joint.text.startswith("### Zehan Qi: 4 papers with Rongwu Xu")
    await ask.press(joint, "← Back")
    assert (await ask.press(page, "▶")).text.startswith("### Zehan Qi: ")
    assert "## " in (await ask.press(page, "1")).text


async def test_who_wrote_with_an_author_last_comes_first_where_one_wants_it(ask: Conversation) -> None:
    page = await ask.press(await ask.press(await ask("author", name="zehan qi"), "People"), "Latest first")
    assert "of the newest 60 papers, the last first" in page.text
    newest = await ask("paper", title="agentrl")
    assert all(name in newest.text for name in page.titles[:3])
    assert (await ask.press(page, "Most papers first")).titles[:2] == ["Xiao Liu", "Rongwu Xu"]


async def test_a_page_of_papers_in_one_line_each(ask: Conversation) -> None:
    papers = await ask.press(await ask("author", name="zehan qi"), "All papers")
    titles = (await ask.press(papers, "▶")).titles
    lines = await ask.press(papers, "In one line each")
    assert lines.titles == titles and lines.text.count("`sentence") == 5
    third = await ask.press(lines, "▶")
    assert len(third.titles) == 3
    assert (await ask.press(third, "← Back")).titles == titles


async def test_more_papers_stand_on_a_compact_page(ask: Conversation) -> None:
    papers = await ask.press(await ask("author", name="zehan qi"), "All papers")
    compact = await ask.press(papers, "Compact")
    assert len(compact.entries) == 10 and "et al." not in compact.text
    assert len((await ask.press(compact, "▶")).entries) == 3
    oldest = await ask.press(compact, "Oldest")
    assert TITLES["Survey on Factuality"] in oldest.entries[0]
    assert TITLES["Survey on Factuality"] in (await ask.press(oldest, "1")).text


async def test_how_two_people_are_connected(ask: Conversation) -> None:
    looms = [
        record("Looms of Lyon", authors=names("Ada Bee", "Bo Lee"), published="2024"),
        record("Silk of Lyon", authors=names("Bo Lee", "Cy Dee"), published="2025"),
        record("Wool of York", authors=names("Eve Far")),
    ]
    await ingest.take(ask.client.library.db, "made", ParsedSource(papers=tuple(looms)))
    chain = await ask("coauthors", one="ada bee", other="cy dee")
    assert chain.text.startswith("### Ada Bee and Cy Dee: 2 steps apart")
    assert chain.titles == ["Ada Bee – Bo Lee", "Bo Lee – Cy Dee"]
    assert "1 paper together, 2025\nSilk of Lyon" in chain.text
    joint = await ask.press(chain, "2")
    assert joint.text.startswith("### Bo Lee: 1 paper with Cy Dee")
    assert (await ask.press(joint, "← Back")).titles == ["Ada Bee – Bo Lee", "Bo Lee – Cy Dee"]
    assert "wrote together" in (await ask("coauthors", one="ada bee", other="bo lee")).text
    assert (
        "I know no papers that connect Ada Bee and Eve Far"
        in (await ask("coauthors", one="ada bee", other="eve far")).text
    )
    assert "may be several people or none" in (await ask("coauthors", one="qqqq zzzz", other="cy dee")).text


async def test_papers_are_narrowed_down_by_a_query(ask: Conversation) -> None:
    page = await ask.press(await ask("author", name="zehan qi"), "All papers")
    member = ask.scene.member
    form = await member.click(page.shown, custom_id=page.buttons()["Narrow down"])
    await ask.scene.member.submit_modal(form, {"query": '"web agents"|webrl since:2024'})
    assert page.text.startswith("### Zehan Qi: 1 paper with “web agents” or “webrl” in title or abstract, and")
    assert "Most relevant" not in page.buttons(), "of one paper"
    form = await member.click(page.shown, custom_id=page.buttons()["Narrow down"])
    await member.submit_modal(form, {"query": "knowledge"})
    relevant = await ask.press(page, "Most relevant")
    assert "knowledge" in relevant.titles[0].lower() and "Most relevant" not in relevant.buttons()
    form = await member.click(page.shown, custom_id=page.buttons()["Narrow down"])
    await member.submit_modal(form, {"query": "cat:cs.CL"})
    assert "Most cited" in page.buttons() and "Most relevant" not in page.buttons(), "without a word"
    assert "## Zehan Qi" in (await ask.press(page, "← Back")).text
    page = await ask.press(page, "All papers")
    form = await member.click(page.shown, custom_id=page.buttons()["Narrow down"])
    wrong = await member.submit_modal(form, {"query": "cat:"})
    assert wrong.response
    assert "After cat:" in Answer(wrong, wrong.response).text
