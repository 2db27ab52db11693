"""Papers, asked for as people type."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from aiohttp import web
from bibtexparser.entrypoint import parse_string
from bibtexparser.middlewares.names import split_multiple_persons_names

from store.text.timestamps import day_in_words
from tests.discord.conversation import Conversation, conversation
from tests.seeds.serving import service

TITLES = {
    "VisualAgentBench": "VisualAgentBench: Towards Large Multimodal Models as Visual Foundation Agents",
    "Survey on Factuality": "Survey on Factuality in Large Language Models: Knowledge, Retrieval and Domain-Specificity",
    "Walking in Others": "Walking in Others' Shoes: How Perspective-Taking Guides Large Language Models in Reducing Toxicity and Bias",
    "DebateQA": "DebateQA: Evaluating Question Answering on Debatable Knowledge",
    "NaturalCodeBench": "NaturalCodeBench: Examining Coding Performance Mismatch on HumanEval and Natural User Prompts",
    "AgentRL": "AgentRL: Scaling Agentic Reinforcement Learning with a Multi-Turn, Multi-Task Framework",
    "Knowledge Conflicts": "Knowledge Conflicts for LLMs: A Survey",
    "MR-Ben": "MR-Ben: A Meta-Reasoning Benchmark for Evaluating System-2 Thinking in LLMs",
    "ChatGLM": "ChatGLM: A Family of Large Language Models from GLM-130B to GLM-4 All Tools",
    "WebRL": "WebRL: Training LLM Web Agents via Self-Evolving Online Curriculum Reinforcement Learning",
    "AutoGLM": "AutoGLM: Autonomous Foundation Agents for GUIs",
    "Long²RAG": "Long²RAG: Evaluating Long-Context & Long-Form Retrieval-Augmented Generation with Key Point Recall",
    "Bias and Volatility": "Bias and Volatility: A Statistical Framework for Evaluating Large Language Model's Stereotypes and the"
    " Associated Generation Inconsistency",
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("webrl", "WebRL"),
        ("web rl", "WebRL"),
        ("long2rag", "Long²RAG"),
        ("mrben", "MR-Ben"),
        ("natural code bench", "NaturalCodeBench"),
        ("debate qa", "DebateQA"),
        ("knowledg conflits survey", "Knowledge Conflicts"),
        ("perspectiv taking prompting", "Walking in Others"),
        ("chatglm", "ChatGLM"),
    ],
)
async def test_a_title_in_any_form_opens_its_card(ask: Conversation, typed: str, meant: str) -> None:
    answer = await ask("paper", title=typed)
    assert answer.text.startswith(f"### {TITLES[meant]}\n")
    assert not answer.private


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("that paper by Zehan Qi on web agents", "WebRL"),
        ("MR-Ben (Zeng et al., 2024)", "MR-Ben"),
        ("rongwu xu knowledge conflicts", "Knowledge Conflicts"),
    ],
)
async def test_a_paper_described_by_its_authors_opens_its_card(ask: Conversation, typed: str, meant: str) -> None:
    assert (await ask("paper", title=typed)).text.startswith(f"### {TITLES[meant]}\n")
    assert (await ask.suggested("paper", "title", typed))[0].startswith(TITLES[meant][:90])


@pytest.mark.parametrize(
    ("typed", "closest"),
    [("chatgpt", "ChatGLM"), ("agentbench", "VisualAgentBench"), ("codebench", "NaturalCodeBench")],
)
async def test_the_name_of_another_system_offers_a_choice(ask: Conversation, typed: str, closest: str) -> None:
    answer = await ask("paper", title=typed)
    assert answer.text.startswith(f"### Nothing fits exactly; the closest papers to “{typed}”")
    assert answer.titles[0] == TITLES[closest]


async def test_every_paper_is_found_by_title_and_by_acronym(ask: Conversation) -> None:
    for start, title in TITLES.items():
        assert (await ask("paper", title=title)).text.startswith(f"### {title}\n")
        if title.startswith(f"{start}:"):
            assert (await ask("paper", title=start.lower())).text.startswith(f"### {title}\n")


async def test_every_paper_is_first_despite_any_single_typing_error(ask: Conversation) -> None:
    for title in TITLES.values():
        for place in range(0, len(title) - 1, 3):
            swapped = title[:place] + title[place + 1] + title[place] + title[place + 2 :]
            for typed in (title[:place] + title[place + 1 :], title[:place] + "x" + title[place:], swapped):
                hits = await ask.client.library.lookup.titles(typed, 5)
                assert hits[0].text == title, typed


async def test_a_card_shows_code_only_where_the_page_does(ask: Conversation) -> None:
    with_code = set()
    for start, title in TITLES.items():
        if "`Code`" in (await ask("paper", title=title)).text:
            with_code.add(start)
    assert with_code == {
        "VisualAgentBench", "Walking in Others", "NaturalCodeBench", "AgentRL", "MR-Ben", "ChatGLM"
    }  # fmt: skip


async def test_the_parts_of_a_summary_say_which_sentences_they_are_and_their_addresses_can_be_followed(
    ask: Conversation,
) -> None:
    summary = await ask("summary", paper="agentrl")
    text = summary.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "**Result**\nExperiments show that AgentRL" in text
    assert "`sentence 7 of 10`" in text
    assert "**Resources**\nAgentRL is open-sourced at <https://github.com/THUDM/AgentRL>. `sentence 9 of 10`" in text
    assert "\N{WORD JOINER}" not in str(summary.shown.components)
    card = await ask("paper", title="agentrl")
    await ask.press(card, "Abstract")
    assert "<https://github.com/THUDM/AgentRL>" in card.text


async def test_a_reference_with_very_many_authors_is_given_whole(ask: Conversation) -> None:
    people = [f"Ada{chr(97 + n % 26)}{n} Byron" for n in range(400)]
    entry = f"@article{{a, title={{Looms of Many Hands}}, author={{{' and '.join(people)}}}, year=2026}}"
    await ask("add", file=("a.bib", entry.encode()))
    card = await ask("cite", paper="looms of many hands")
    parts = [re.findall(r"```bibtex\n(.*?)\n```", card.text, re.DOTALL)]
    while "▶" in card.buttons():
        await ask.press(card, "▶")
        parts.append(re.findall(r"```bibtex\n(.*?)\n```", card.text, re.DOTALL))
    assert len(parts) > 3
    (whole,) = parse_string("\n".join(part for (part,) in parts)).entries
    assert split_multiple_persons_names(str(whole.fields_dict["author"].value)) == people
    assert whole.fields_dict["title"].value == "{Looms of Many Hands}"


async def test_the_result_of_a_paper_is_its_own(ask: Conversation) -> None:
    assert "from 4.8% to 42.4%" in (await ask("summary", paper="webrl")).text


async def test_one_card_shows_the_abstract_the_authors_and_the_reference(ask: Conversation) -> None:
    card = await ask("paper", title="long2rag")
    await ask.press(card, "Abstract")
    assert "we introduce the Long²RAG benchmark and the Key Point Recall (KPR) metric" in card.text
    await ask.press(card, "Authors")
    assert "Zehan Qi, Rongwu Xu, Zhijiang Guo" in card.text
    assert "lists only the first authors" in card.text
    await ask.press(card, "Cite")
    assert "author = {Zehan Qi and Rongwu Xu and Zhijiang Guo and others}" in card.text
    assert "year = {2024}" in card.text
    await ask.press(card, "ris")
    assert "AU  - Qi, Zehan" in card.text
    await ask.press(card, "Related")
    assert card.titles
    assert TITLES["Long²RAG"] not in card.titles
    assert not card.private


async def test_buttons_still_work_after_a_restart(store_file: Path) -> None:
    async with conversation(store_file) as before:
        labels = (await before("paper", title="webrl")).buttons()
    async with conversation(store_file) as after:
        card = await after("paper", title="agentrl")
        assert labels.keys() == card.buttons().keys()
        assert "Zehan Qi" in (await after.press(card, "Authors")).text


async def test_an_acronym_opens_its_paper_although_other_titles_begin_with_it(ask: Conversation) -> None:
    made = [
        {"title": title, "authors": ["Ann Made"]} for title in ("Glove: Vectors for Words", "Glover and His Models")
    ]
    await ask("add", entry=json.dumps(made))
    assert (await ask("paper", title="glove")).text.startswith("### Glove: Vectors for Words\n")
    assert "Several papers fit" in (await ask("paper", title="glov")).text


async def test_adding_many_papers_says_how_many_are_shown(ask: Conversation) -> None:
    made = [{"title": f"A Made Paper on {word}", "authors": ["Ann Made"]} for word in "looms cards mills gears".split()]
    assert "These are the first" not in (await ask("add", entry=json.dumps(made))).text
    made += [{"title": f"A Made Paper on {word}", "authors": ["Ann Made"]} for word in ("punches", "drums")]
    added = await ask("add", entry=json.dumps(made))
    assert "2 new, 4 already known" in added.text and "These are the first 5" in added.text


async def test_a_partial_match_is_not_called_a_match(ask: Conversation) -> None:
    offered = await ask("paper", title="reinforcement learning is all you need")
    assert len(offered.titles) > 1
    assert "closest" in offered.text and "fit “" not in offered.text


async def test_unknown_identifiers_are_counted(ask: Conversation) -> None:
    answer = await ask("paper", title="2411.00001 2411.00002 2411.00003 2411.00004 2411.00005")
    assert "2411.00003 and 2 more are not in the store. arXiv: 127.0.0.1 cannot be reached." in answer.text


async def test_a_search_by_an_unknown_name_offers_the_closest_names(ask: Conversation) -> None:
    for asked in ({"query": "*", "author": "zehan qui"}, {"query": 'agents author:"zehan qui"'}):
        assert (await ask("search", **asked)).titles[0] == "Zehan Qi"
    assert "The closest titles" in (await ask("search", author="zehan qi", query="zebra")).text


async def test_a_search_by_author_and_word_finds_the_paper(ask: Conversation) -> None:
    answer = await ask("search", query="xu conflicts")
    assert "By author and title" in answer.text
    assert answer.titles == [TITLES["Knowledge Conflicts"]]


async def test_a_search_without_words_offers_no_titles(ask: Conversation) -> None:
    answer = await ask("search", query="cat:math.CO since:2019")
    assert answer.private and answer.text == (
        "There are no papers in math.CO, and published since 2019. Ask for less, or look up a title with /paper."
    )


async def test_no_result_at_all_says_what_to_try_next(ask: Conversation) -> None:
    answer = await ask("paper", title="qqqqqqqq")
    assert answer.text.startswith("### No paper here is anything like “qqqqqqqq”")
    assert "Not asked: arXiv: 127.0.0.1 cannot be reached." in answer.text


async def test_an_unknown_identifier_is_reported(ask: Conversation) -> None:
    answer = await ask("paper", title="https://arxiv.org/abs/2411.02337v2")
    assert answer.private
    assert "arXiv 2411.02337 is not in the store" in answer.text


async def test_a_private_reply_is_shown_to_one_person(ask: Conversation) -> None:
    assert (await ask("paper", title="webrl", private=True)).private


async def test_a_paper_that_was_added_is_found_by_identifier_title_and_in_messages(ask: Conversation) -> None:
    entry = (
        '@inproceedings{x, title={A Made {\\"U}ber-Paper on Caf{\\\'e} Agents}, author={M{\\"u}ller, Anna and Lee, Bo},'
        " year=2025, eprint={2501.01234}, archiveprefix={arXiv}, doi={10.1234/made.5}, abstract={We introduce a made paper.}}"
    )
    added = await ask("add", entry=entry)
    assert added.titles == ["A Made Über-Paper on Café Agents"]
    for typed in ("arXiv:2501.01234v3", "https://doi.org/10.1234/MADE.5", "uber paper cafe agents"):
        assert "A Made Über-Paper on Café Agents" in (await ask("paper", title=typed)).text
    assert "1 paper" in (await ask("author", name="anna mueller")).text
    again = await ask("add", entry=entry)
    assert "1 already known" in again.text
    message = await ask.scene.admin.send(
        ask.scene.channels["lounge"], "see https://arxiv.org/pdf/2501.01234 and 2502.99999"
    )
    result = await ask.scene.member.context_menu(ask.scene.channels["lounge"], "Look up papers", message)
    found = ask._answer(result)
    assert found.titles == ["A Made Über-Paper on Café Agents"]
    assert "arXiv 2502.99999 is not in the store" in found.text


async def test_bad_input_to_add_says_what_to_do(ask: Conversation) -> None:
    for entry in ("hello", "@article{"):
        answer = await ask("add", entry=entry)
        assert answer.private
        assert "Give me" in answer.text or "Check" in answer.text
    assert "Give me BibTeX" in (await ask("add", file=("notes.txt", b"Some words."))).text


ATOM = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><entry>
<id>http://arxiv.org/abs/2501.01234v2</id><title>A Fetched Paper on $\\alpha$-Agents</title>
<published>2025-01-02T00:00:00Z</published><updated>2025-02-03T00:00:00Z</updated><summary>We fetch it.</summary>
<author><name>Anna M\u00fcller</name></author><category term="cs.CL"/></entry></feed>"""


async def test_a_paper_is_fetched_by_its_id_and_the_service_is_named(store_file: Path) -> None:
    async with (
        service(web.Response(text=ATOM, content_type="application/atom+xml")) as arxiv,
        conversation(store_file, arxiv_url=arxiv.address) as ask,
    ):
        added = await ask("add", entry="https://arxiv.org/abs/2501.01234v1")
        assert added.titles == ["A Fetched Paper on α-Agents"]
        card = await ask("paper", title="2501.01234")
        assert f"arXiv, read {day_in_words(datetime.now(UTC))}" in card.text
        assert arxiv.requests[0].query["id_list"] == "2501.01234"


async def test_a_text_file_of_ids_is_fetched(store_file: Path) -> None:
    async with (
        service(web.Response(text=ATOM, content_type="application/atom+xml")) as arxiv,
        conversation(store_file, arxiv_url=arxiv.address) as ask,
    ):
        assert (await ask("add", file=("ids.txt", b"2501.01234\n"))).titles == ["A Fetched Paper on α-Agents"]
