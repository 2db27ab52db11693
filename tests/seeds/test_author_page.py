from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seeds.bundled_documents import bundled_documents
from seeds.formats.author_page import read
from store.models import AuthorPage, PaperRecord, ParsedSource
from store.text.normalize import fold
from tests.seeds.making import names, source

SOURCE = source("author_page", "zehan-qi.txt")
SEED = dict(bundled_documents())["zehan-qi.txt"]


def page_of(reading: ParsedSource) -> AuthorPage:
    (page,) = reading.pages
    return page


@pytest.fixture(scope="module")
def seed() -> AuthorPage:
    reading = read(SEED, SOURCE)
    assert reading.problems == ()
    assert reading.papers == ()
    return page_of(reading)


def paper(page: AuthorPage, title: str) -> PaperRecord:
    (found,) = [one for one in page.papers if one.title.startswith(title)]
    return found


class TestSeedPage:
    def test_head(self, seed: AuthorPage) -> None:
        assert (seed.name, seed.field) == ("Zehan Qi", "CL")
        assert {metric.name: metric.value for metric in seed.metrics} == {
            "h_index": 36,
            "papers": 13,
            "citations": 2602,
            "novelty": 51,
            "ai_score": 48,
        }
        assert {metric.source for metric in seed.metrics} == {SOURCE}

    def test_every_entry(self, seed: AuthorPage) -> None:
        assert [(one.category, one.published, one.has_code, one.title.split(":")[0]) for one in seed.papers] == [
            ("AI", "2024-08-12", True, "VisualAgentBench"),
            ("CL", "2023-10-11", None, "Survey on Factuality in Large Language Models"),
            ("CL", "2024-07-22", True, "Walking in Others' Shoes"),
            ("CL", "2024-08-02", None, "DebateQA"),
            ("CL", "2024-05-07", True, "NaturalCodeBench"),
            ("AI", "2025-10-05", True, "AgentRL"),
            ("CL", "2024-03-13", None, "Knowledge Conflicts for LLMs"),
            ("CL", "2024-06-20", True, "MR-Ben"),
            ("CL", "2024-06-18", True, "ChatGLM"),
            ("CL", "2024-11-04", None, "WebRL"),
            ("HC", "2024-10-28", None, "AutoGLM"),
            ("CL", "2024-10-30", None, "Long²RAG"),
            ("CL", "2024-02-23", None, "Bias and Volatility"),
        ]

    def test_every_word_is_there(self, seed: AuthorPage) -> None:
        long_lines = [line for line in SEED.decode().split("\n") if len(line) > 200]
        assert len(long_lines) == 13
        for line, one in zip(long_lines, seed.papers, strict=True):
            plain = re.sub(r"\\href\{[^}]*\}|\\[a-z]+|[{}]", "", line.replace("$^2$", "2"))
            assert fold(str(one.abstract)) == fold(plain)

    def test_authors_and_their_places(self, seed: AuthorPage) -> None:
        visual = paper(seed, "VisualAgentBench")
        assert [(author.name, author.position) for author in visual.authors] == [
            ("Xiao Liu", 1),
            ("Tianjie Zhang", 2),
            ("Yu Gu", 3),
            ("Zehan Qi", None),
        ]
        assert not visual.authors_complete
        assert visual.affiliations == ("cmu", "microsoft-research")
        assert paper(seed, "Knowledge Conflicts").authors[1].position == 2
        assert all("Zehan Qi" in names(one) for one in seed.papers)
        team = paper(seed, "ChatGLM").authors[0]
        assert (team.name, team.is_group) == ("Team GLM", True)
        assert sum(author.is_group for one in seed.papers for author in one.authors) == 1

    def test_tex_is_made_readable(self, seed: AuthorPage) -> None:
        long2rag = paper(seed, "Long²RAG")
        assert long2rag.title.startswith("Long²RAG:")
        shoes = paper(seed, "Walking")
        assert "perspective-taking prompting (PeT)" in str(shoes.abstract)
        assert "(up to 89%)" in str(shoes.abstract)

    def test_links(self, seed: AuthorPage) -> None:
        links = {one.title.split(":")[0]: [f"{link.kind} {link.url}" for link in one.links] for one in seed.papers}
        assert {title: found for title, found in links.items() if found} == {
            "VisualAgentBench": ["code https://github.com/THUDM/VisualAgentBench"],
            "NaturalCodeBench": ["code https://github.com/THUDM/NaturalCodeBench"],
            "AgentRL": ["code https://github.com/THUDM/AgentRL", "other https://autoglm.zhipuai.cn"],
            "ChatGLM": ["code https://github.com/THUDM", "code https://huggingface.co/THUDM"],
        }

    @settings(max_examples=60)
    @given(st.integers(0, len(SEED) - 1))
    def test_cut_off_anywhere_gives_the_papers_before(self, end: int) -> None:
        whole = page_of(read(SEED, SOURCE)).papers
        reading = read(SEED[:end], SOURCE)
        for page in reading.pages:
            assert page.papers[:12] == whole[: len(page.papers[:12])]
            for last, full in zip(page.papers[12:], whole[12:], strict=False):
                # Of the last paper nothing tells a whole abstract from one that is cut off after a sentence.
                assert last.model_copy(update={"abstract": full.abstract}) == full
                assert str(full.abstract).startswith(str(last.abstract))
                assert str(last.abstract).endswith(".")
            assert page.papers[12:] or reading.problems
        if not reading.pages:
            assert reading.papers == ()
            assert reading.problems

    def test_order_and_line_ends_and_blank_lines_do_not_matter(self, seed: AuthorPage) -> None:
        text = SEED.decode()
        assert page_of(read(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode(), SOURCE)) == seed
        assert page_of(read(text.encode("utf-16"), SOURCE)) == seed
        assert page_of(read(re.sub("\n+", "\n", text).encode(), SOURCE)) == seed
        assert page_of(read(text.replace("\n", "\n\n").encode(), SOURCE)) == seed
        head, *entries = re.split(r"(?m)^(?=[A-Z]{2}[A-Z][a-z]{2} \d)", text + "\n\n")
        random.Random(1).shuffle(entries)
        shuffled = page_of(read((head + "".join(entries)).encode(), SOURCE))
        assert sorted(one.title for one in shuffled.papers) == sorted(one.title for one in seed.papers)
        assert all(one in seed.papers for one in shuffled.papers)


HEAD = "Ada Byron\n\nCL\nh-index2\n2papers\n10citations\nNovelty5%\nAI Score7\n\n2 Papers\n\n"
FIRST = "CLAug 12, 2024Code\nOn Engines\n\nAda Byron, Charles Babbage\n\nWe describe engines. They compute.\n\n"
SECOND = "AIJul 1, 2023\nOn Looms\n\nJoseph Jacquard et al. · lyon\n\nLooms weave patterns from cards.\n"


def problems(text: str | bytes) -> tuple[list[str], list[str]]:
    """Titles read, and problems with their lines."""
    reading = read(text, SOURCE)
    papers = [*reading.papers, *(one for page in reading.pages for one in page.papers)]
    return [one.title for one in papers], [f"{problem.line}: {problem.message}" for problem in reading.problems]


@pytest.mark.parametrize(
    ("text", "titles", "said"),
    [
        (HEAD + FIRST + SECOND, ["On Engines", "On Looms"], []),
        (HEAD + FIRST.replace("Aug 12", "Aug 32") + SECOND, ["On Looms"], ["12: this paper is not read: “CLAug 32"]),
        (HEAD + FIRST.replace("Aug 12", "Foo 12") + SECOND, ["On Looms"], ["12: this paper is not read: “CLFoo 12"]),
        (HEAD + FIRST.replace("2024Code", "2024Data") + SECOND, ["On Engines", "On Looms"], ["12: the mark “Data”"]),
        (HEAD + FIRST.replace("We describe engines. They compute.\n", "") + SECOND, ["On Looms"], ["12: this paper"]),
        (HEAD + FIRST.replace("On Engines\n", "") + SECOND, ["On Looms"], ["12: this paper is not read"]),
        (HEAD + FIRST.replace("Ada Byron, Charles Babbage", "1, 2") + SECOND, ["On Looms"], ["12: this paper"]),
        (HEAD + FIRST + SECOND.replace("AIJul 1, 2023\n", ""), ["On Engines"], ["19: what begins with “On Looms”"]),
        (
            HEAD + FIRST + SECOND.replace("cards.\n", "ca"),
            ["On Engines"],
            ["19: this paper is not read: the page is cut"],
        ),
        (
            HEAD + FIRST + SECOND.replace("Looms weave", "x" * 50_001),
            ["On Engines"],
            ["19: this paper is not read: its"],
        ),
        (
            HEAD.replace("h-index2", "h-index two") + FIRST + SECOND,
            ["On Engines", "On Looms"],
            ["4: “h-index two” is not"],
        ),
        (
            HEAD.replace("Novelty5", "Novelty500") + FIRST + SECOND,
            ["On Engines", "On Looms"],
            ["7: 500 is not possible"],
        ),
        (
            HEAD.replace("2papers", "3papers") + FIRST + SECOND,
            ["On Engines", "On Looms"],
            ["10: the page announces 3 papers and also 2"],
        ),
        (
            HEAD.replace("2 Papers", "").replace("2papers", "9papers") + FIRST + SECOND,
            ["On Engines", "On Looms"],
            ["None: the page announces 9"],
        ),
        (FIRST + SECOND, ["On Engines", "On Looms"], []),
        (HEAD, [], ["None: the page lists no papers"]),
        ("", [], ["None: this is no author page"]),
        ("A text about\n\nsomething else.\n", [], ["None: this is no author page"]),
        (bytes(range(256)) * 100, [], ["2: this is not UTF-8", "1: this is not text", "None: this is no author page"]),
        (
            (HEAD + FIRST).encode().replace(b"engines.", b"eng\x00ines\x07.") + SECOND.encode(),
            ["On Engines", "On Looms"],
            ["17: control"],
        ),
        (
            (HEAD + FIRST).encode().replace(b"engines.", b"engines\xff.") + SECOND.encode(),
            ["On Engines", "On Looms"],
            ["17: "],
        ),
    ],
)
def test_what_is_good_is_read_and_what_is_not_is_reported(
    text: str | bytes, titles: list[str], said: list[str]
) -> None:
    found, messages = problems(text)
    assert found == titles
    for beginning in said:
        assert any(message.startswith(beginning) for message in messages), messages
    if not said:
        assert messages == []


def test_a_page_without_a_name_gives_its_papers_alone() -> None:
    reading = read(HEAD.removeprefix("Ada Byron\n\nCL\n") + FIRST + SECOND, SOURCE)
    assert reading.pages == ()
    assert [names(one) for one in reading.papers] == [["Ada Byron", "Charles Babbage"], ["Joseph Jacquard"]]
    assert any("does not begin with a name" in problem.message for problem in reading.problems)


def test_ten_megabytes_are_read_in_bounds() -> None:
    text = HEAD.replace("2", "9") + FIRST * 200 + "x" * 5_000_000 + "\n" + "garbage\n" * 600_000 + SECOND
    reading = read(text, SOURCE)
    assert len(page_of(reading).papers) >= 200
    assert len(reading.problems) <= 101


@dataclass
class Entry:
    category: str
    day: date
    code: bool
    title: str
    authors: list[str]
    et_al: bool
    affiliations: list[str]
    abstract: str


words = st.text("abcdefghijklmnopqrstuvwxyzé", min_size=1, max_size=8)
phrases = st.lists(words, min_size=2, max_size=12).map(" ".join)
people = st.lists(words, min_size=2, max_size=3).map(lambda parts: " ".join(part.title() for part in parts))
entries = st.builds(
    Entry,
    category=st.sampled_from(["CL", "AI", "HC", "cs.CL", "quant-ph", "M", "MAR"]),
    day=st.dates(date(1991, 1, 1), date(2100, 12, 31)),
    code=st.booleans(),
    title=phrases,
    authors=st.lists(
        people.filter(lambda name: "And" not in name.split() and "Team" not in name), min_size=1, max_size=4
    ),
    et_al=st.booleans(),
    affiliations=st.lists(words, max_size=3, unique=True),
    abstract=st.lists(phrases, min_size=3, max_size=6).map(lambda sentences: ". ".join(sentences) + "."),
)


def rendered(entry: Entry) -> str:
    listed = ", ".join(entry.authors) + (" et al." if entry.et_al else "")
    places = f" · {', '.join(entry.affiliations)}" if entry.affiliations else ""
    day = f"{entry.day:%b} {entry.day.day}, {entry.day.year}"
    first = f"{entry.category}{day}{'Code' if entry.code else ''}"
    return f"{first}\n{entry.title}\n\n{listed}{places}\n\n{entry.abstract}\n\n"


@given(st.lists(entries, min_size=1, max_size=4), people, st.integers(0, 999), st.integers(0, 9_999_999))
def test_a_page_reads_back_as_it_was_written(listed: list[Entry], name: str, h_index: int, citations: int) -> None:
    head = f"{name}\n\nCL\nh-index{h_index}\n{len(listed)}papers\n{citations:,}citations\n\n{len(listed)} Papers\n\n"
    reading = read(head + "".join(map(rendered, listed)), SOURCE)
    assert reading.problems == ()
    page = page_of(reading)
    assert (page.name, {metric.name: metric.value for metric in page.metrics}) == (
        name,
        {"h_index": h_index, "papers": len(listed), "citations": citations},
    )
    for entry, one in zip(listed, page.papers, strict=True):
        assert (one.category, one.published, one.has_code) == (
            entry.category,
            entry.day.isoformat(),
            entry.code or None,
        )
        assert (one.title, one.abstract, one.affiliations) == (entry.title, entry.abstract, tuple(entry.affiliations))
        assert names(one)[: len(entry.authors)] == entry.authors
        assert [author.position for author in one.authors[: len(entry.authors)]] == list(
            range(1, len(entry.authors) + 1)
        )
        assert one.authors_complete == (not entry.et_al and name in entry.authors)
        assert name in names(one)


@given(
    st.lists(
        st.sampled_from([*HEAD.split("\n"), *FIRST.split("\n"), *SECOND.split("\n"), "\x00", "·", "et al."]),
        max_size=30,
    ),
    st.binary(max_size=20),
)
def test_any_lines_are_read_without_exception(lines: list[str], tail: bytes) -> None:
    reading = read("\n".join(lines).encode() + tail, SOURCE)
    for one in [*reading.papers, *(one for page in reading.pages for one in page.papers)]:
        assert one.title
        assert one.abstract
        assert one.authors
