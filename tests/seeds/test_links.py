from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.links import MOST_LINKS, link_to, links_in
from store.text.web_addresses import LONGEST


@pytest.mark.parametrize(
    ("text", "links"),
    [
        (
            r"available at \url{https://github.com/THUDM/VisualAgentBench}.",
            ["code https://github.com/THUDM/VisualAgentBench"],
        ),
        (r"\textsc{\href{https://autoglm.zhipuai.cn}{AutoGLM}}.", ["other https://autoglm.zhipuai.cn"]),
        ("(see https://gitlab.com/a/b), twice: https://gitlab.com/a/b!", ["code https://gitlab.com/a/b"]),
        ("https://en.wikipedia.org/wiki/A_(b)", ["other https://en.wikipedia.org/wiki/A_(b)"]),
        (r"\url{https://example.org/a\_b\%20c}", ["other https://example.org/a_b%20c"]),
        ("github.com/a/b and www.github.com/c/d.", ["code https://github.com/a/b", "code https://www.github.com/c/d"]),
        ("https://huggingface.co/datasets/a/b", ["data https://huggingface.co/datasets/a/b"]),
        ("https://huggingface.co/a/b", ["code https://huggingface.co/a/b"]),
        ("https://zenodo.org/records/1", ["data https://zenodo.org/records/1"]),
        ("https://a.github.io/b/", ["project https://a.github.io/b/"]),
        ("https://arxiv.org/abs/2411.02337", ["abstract https://arxiv.org/abs/2411.02337"]),
        ("https://github.com.evil.example/x", ["other https://github.com.evil.example/x"]),
        ("javascript:alert(1) ftp://a.example/b http://localhost/ http://user:word@a.example/ https://[::1", []),
    ],
)
def test_finds_addresses(text: str, links: list[str]) -> None:
    assert [f"{link.kind} {link.url}" for link in links_in(text)] == links


@given(
    st.text(max_size=2000)
    | st.lists(st.sampled_from(["https://a.b/", "github.com/", ")", "\\_", "x", " "])).map("".join)
)
def test_any_text_gives_bounded_web_addresses(text: str) -> None:
    links = links_in(text)
    assert len(links) <= MOST_LINKS
    for link in links:
        assert link.url.startswith(("http://", "https://"))
        assert len(link.url) <= LONGEST
        assert link_to(link.url) == link
