"""A small library, and how rows get into the tables without the rest of the store."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from pathlib import Path

from store.lookup.index.fields import Field
from store.lookup.index.posting_lists import vocabulary_table
from store.lookup.index.writer import index_row, index_terms, update_names, update_titles
from store.storage.database import Database
from store.text.handles import handle

PAPERS = (
    "VisualAgentBench: Towards Large Multimodal Models as Visual Foundation Agents",
    "Survey on Factuality in Large Language Models: Knowledge, Retrieval and Domain-Specificity",
    "Walking in Others' Shoes: How Perspective-Taking Guides Large Language Models in Reducing Toxicity and Bias",
    "DebateQA: Evaluating Question Answering on Debatable Knowledge",
    "NaturalCodeBench: Examining Coding Performance Mismatch on HumanEval and Natural User Prompts",
    "AgentRL: Scaling Agentic Reinforcement Learning with a Multi-Turn, Multi-Task Framework",
    "Knowledge Conflicts for LLMs: A Survey",
    "MR-Ben: A Meta-Reasoning Benchmark for Evaluating System-2 Thinking in LLMs",
    "ChatGLM: A Family of Large Language Models from GLM-130B to GLM-4 All Tools",
    "WebRL: Training LLM Web Agents via Self-Evolving Online Curriculum Reinforcement Learning",
    "AutoGLM: Autonomous Foundation Agents for GUIs",
    "Long²RAG: Evaluating Long-Context & Long-Form Retrieval-Augmented Generation with Key Point Recall",
    "Bias and Volatility: A Statistical Framework for Evaluating Large Language Model's Stereotypes and the "
    "Associated Generation Inconsistency",
)
AUTHORS = (
    "Zehan Qi", "Xiao Liu", "Tianjie Zhang", "Yu Gu", "Cunxiang Wang", "Xiaoze Liu", "Yuanhao Yue", "Rongwu Xu",
    "Zi'an Zhou", "Tianwei Zhang", "Xuan Qi", "Shudan Zhang", "Hanlin Zhao", "Hanchen Zhang", "Bowen Lv", "Zhijiang Guo",
    "Zhongshen Zeng", "Yinhong Liu", "Yingjia Wan", "Team GLM", "Aohan Zeng", "Bin Xu", "Iat Long Iong", "Bo Qin",
    "Dongzhu Liang", "Yiran Liu", "Ke Yang", "Hinrich Schütze", "Jörg Tiedemann",
)  # fmt: skip


def paper(id_: int) -> str:
    return handle("paper", str(id_))


def author(id_: int) -> str:
    return handle("author", str(id_))


async def write_papers(
    db: Database, titles: Mapping[int, str | None], citations: Mapping[int, int] | None = None
) -> None:
    """Insert, change or (None) delete papers, and tell the index."""
    async with db.write() as connection:
        rows = await connection.execute_fetchall(
            "SELECT id, title FROM papers WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(titles)),)
        )
        old = {row[0]: row[1] for row in rows}
        for id_, title in titles.items():
            if title is None:
                await connection.execute("DELETE FROM papers WHERE id = ?", (id_,))
            else:
                await connection.execute(
                    "INSERT INTO papers (id, handle, title, published, citations, added) VALUES (?, ?, ?, '2024', ?, '') "
                    "ON CONFLICT (id) DO UPDATE SET title = excluded.title, citations = excluded.citations",
                    (id_, paper(id_), title, (citations or {}).get(id_, 0)),
                )
        await update_titles(connection, [(id_, old.get(id_), title) for id_, title in titles.items()])


async def write_authors(db: Database, names: Mapping[int, str], papers: Mapping[int, int] | None = None) -> None:
    async with db.write() as connection:
        for id_, name in names.items():
            await connection.execute(
                "INSERT INTO authors (id, handle, name, name_key, papers) VALUES (?, ?, ?, ?, ?)",
                (id_, author(id_), name, f"{name} {id_}", (papers or {}).get(id_, 1)),
            )
        await update_names(connection, [(id_, None, name) for id_, name in names.items()])


def assert_exact(path: Path, field: Field) -> int:
    """Check every word of every text against the postings, straight in the file; the number of texts."""
    connection = sqlite3.connect(path)
    try:
        expected: dict[str, int] = {}
        source = connection.execute(f"SELECT id, {field.text} FROM {field.source} ORDER BY id").fetchall()
        rows = [(id_, *index_row(field, text)) for id_, text in source]
        assert connection.execute(f"SELECT id, folded, extra FROM {field.texts} ORDER BY id").fetchall() == rows
        for _, folded, extra in rows:
            for word in index_terms(folded, extra):
                expected[word] = expected.get(word, 0) + 1
        with vocabulary_table(connection, field) as table:
            assert dict(connection.execute(f"SELECT term, doc FROM {table}")) == expected
        return len(rows)
    finally:
        connection.close()
