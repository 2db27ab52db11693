"""`/export`: a file for the person who asks, with just what they asked for."""

from __future__ import annotations

import csv
import json
from io import StringIO

import pytest
from bibtexparser.entrypoint import parse_string

from commands import export
from tests.discord.conversation import Answer, Conversation
from tests.discord.test_papers import TITLES


async def file_of(answer: Answer) -> tuple[str, str]:
    """The name and the text of the file of an answer."""
    (attachment,) = answer.shown.attachments
    return attachment.filename, (await attachment.read()).decode()


async def test_an_authors_papers_are_a_bibtex_file(ask: Conversation) -> None:
    answer = await ask("export", query="*", author="Zehan Qi")
    assert answer.private
    assert answer.text == "13 papers by “Zehan Qi”."
    name, text = await file_of(answer)
    assert name == "papers.bib"
    assert len(parse_string(text).entries) == 13


async def test_a_search_can_be_a_table_or_csl_json(ask: Conversation) -> None:
    name, text = await file_of(await ask("export", query='"web agents"', format="csv"))
    assert name == "papers.csv"
    assert TITLES["WebRL"] in {row["title"] for row in csv.DictReader(StringIO(text))}
    name, text = await file_of(await ask("export", query='"web agents"', format="csl-json"))
    assert name == "papers.json"
    assert TITLES["WebRL"] in {item["title"] for item in json.loads(text)}


async def test_nothing_to_export_is_said(ask: Conversation) -> None:
    refused = await ask("export", query="qqqqqqqq")
    assert refused.private
    assert "qqqqqqqq" in refused.text
    assert not refused.shown.attachments
    assert "posted in this channel" in (await ask("export", query="*", posted=True)).text


async def test_that_there_are_more_is_said_without_a_number_that_was_not_counted(
    ask: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export, "MOST_PAPERS", 5)
    for options in ({"query": "*"}, {"query": "*", "author": "Zehan Qi"}):
        answer = await ask("export", **options)
        assert answer.text.startswith("5 papers")
        assert answer.text.endswith("These are the first; there are more.")
        _, text = await file_of(answer)
        assert len(parse_string(text).entries) == 5
