from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seeds.tex.convert import clean, to_text
from tests.support.limits import grows_too_fast, limits

TEX_SIGNS = "\\${}~`"


@pytest.mark.parametrize(
    ("tex", "text"),
    [
        ("Long$^2$RAG", "Long²RAG"),
        (r"named \textbf{perspective-taking (\textsc{PeT})} that", "named perspective-taking (PeT) that"),
        (r"(up to $89\%$)", "(up to 89%)"),
        (r"train \& test", "train & test"),
        (r"at \url{https://example.org/a_b/c%20d#e--f}.", "at https://example.org/a_b/c%20d#e--f."),
        (r"\textsc{\href{https://autoglm.zhipuai.cn}{AutoGLM}}.", "AutoGLM."),
        (r"\"o \'{\i} \c{c} Erd\H{o}s \L ukasz na{\"\i}ve", "ö í ç Erdős Łukasz naïve"),
        (r"$O(n \log n)$", "O(n log n)"),
        (r"$x_{i}^{2} \leq \frac{a+b}{c} \sqrt{2}$", "xᵢ² ≤ (a+b)/c √2"),
        (r"$f:\mathbb{R}\to\mathbb{R}$ and $90^\circ$", "f:ℝ→ℝ and 90°"),
        (r"$24^{\mathrm{th}}$ \(x\) \[y\] $$z$$", "24ᵗʰ x y z"),
        ("10^{-5} of H_2O in snake_case", "10⁻⁵ of H_2O in snake_case"),
        ("costs $5 and $6", "costs $5 and $6"),
        (r"US$5 or US$6, \$7", "US$5 or US$6, $7"),
        ("80% of people", "80% of people"),
        ("from 5% to 10%", "from 5% to 10%"),
        ("pages 1--2---``so'' they say", "pages 1–2—“so” they say"),
        ("Fig.~1 et~al. of ~5% (~30)", "Fig. 1 et al. of ~5% (~30)"),
        (r"as shown \cite{a,b} and \citep[see][p. 3]{c}", "as shown and"),
        (r"We propose \ours, a \foo{fine} method", "We propose ours, a fine method"),
        (r"\textbf{A} \textbf{B} {\em C} {\bf D}", "A B C D"),
        (r"{unbalanced \textbf{a", "unbalanced a"),
        ("a} b}", "a b"),
        (r"\begin{itemize}\item one \item two\end{itemize}", "one two"),
        (r"\begin{equation}x=1\end{equation}", "x=1"),
        (r"$\{0,1\}$ C# Q&A #1 {GPT}-4", "{0,1} C# Q&A #1 GPT-4"),
        (r"\input{/etc/passwd}", ""),
        (r"the end \frac", "the end"),
        ("https://example.org/~user/a_b and $x$", "https://example.org/~user/a_b and x"),
        ("  two\n  lines \x00\x1b ", "two lines"),
    ],
)
def test_becomes_readable(tex: str, text: str) -> None:
    assert to_text(tex) == text


def assert_presentable(text: str) -> None:
    assert text == " ".join(text.split())
    assert not any(unicodedata.category(char) in ("Cc", "Cs") for char in text)


@given(st.text())
def test_any_text_becomes_presentable(text: str) -> None:
    assert_presentable(to_text(text))


@given(
    st.lists(
        st.sampled_from(
            [
                *"${}\\^_&%#~[]()'\"`",
                "\\frac",
                "\\textbf{",
                "\\(",
                "\\]",
                "\\begin{align}",
                "\\end{align}",
                "\\'",
                " :wordword ",
                "é",
            ]
        ),
        max_size=60,
    ).map("".join)
)
def test_any_tex_becomes_presentable(tex: str) -> None:
    text = to_text(tex)
    assert_presentable(text)
    assert not any(command in text for command in ("\\frac", "\\textbf", "\\begin"))
    assert len(text) <= 10 * len(tex)
    assert text.count("ordword") == tex.count("ordword")  # a macro before it may take its first characters


@given(st.text(alphabet=st.characters(exclude_characters=TEX_SIGNS)).filter(lambda text: "--" not in text))
def test_text_without_tex_stays(text: str) -> None:
    assert to_text(text) == clean(text)
    assert to_text(to_text(text)) == to_text(text)


@pytest.mark.parametrize(
    "part", ["{", "}", "$", "$^{", "\\frac", r"\textbf{", r"\(", r"\cite[", r"\begin{equation}", "`", "\\'"]
)
def test_no_repetition_raises_or_grows(part: str) -> None:
    for times in (300, 20_000):
        tex = part * times
        assert len(to_text(tex)) <= 4 * len(tex)


@pytest.mark.limits
@pytest.mark.parametrize("accent", [r"\'", r"\c", r"\^", r"\H", r"\dot", r"\vec", r"\tilde"])
def test_nested_accents_do_not_double_the_text(accent: str) -> None:
    with limits():
        assert len(to_text(f"{accent}{{" * 39 + "xyz" + "}" * 39)) <= 3 * 6


def test_accents_of_several_letters_and_of_letters_with_marks() -> None:
    assert to_text(r"\"{ab} \'{\^e} \vec{\hat{x}} \'{\i}") == "äb̈ ế x̂⃗ í"


@pytest.mark.limits
@pytest.mark.parametrize(
    "macro", ["sqrt", "cite", "cite[a]", "footnote", "textcolor", "includegraphics", "section*", "color"]
)
def test_optional_arguments_that_are_not_closed_are_searched_for_once(macro: str) -> None:
    with limits():
        assert to_text(f"Looms \\{macro}[" * 30).count("Looms") == 30


# Each is repeated, alone and where it is never closed. Beside the names of macros these are the forms of arguments.
_REPEATED = [
    *(
        f"\\{name}"
        for name in ("'", "c", "sqrt", "frac", "frac1", "verb", "verb|", "href", "url", "begin", "end", "not")
    ),
    *(f"\\{name}{{" for name in ("'", "c", "dot", "sqrt", "frac", "verb", "href", "href{a}", "url", "begin", "end")),
    *(
        f"\\{name}["
        for name in ("sqrt", "cite", "footnote", "textcolor", "definecolor", "item", "\\", "section*", "foo")
    ),
    *("\\begin{a", "\\begin{array}{c}", "\\begin{tabular}{c}a&b\\\\", "\\begin {verbatim}", "\\begin{equation}"),
    *("\\begin{align}a\\end{gather}", "\\begin{cases}", "\\left(", "\\left[", "\\right", "\\(", "\\)", "\\[", "\\]"),
    *(
        "$",
        "$$",
        "$a",
        "$^",
        "$^{",
        "$a$",
        "\\(^",
        "\\(a\\)",
        "^",
        "_",
        "^{",
        "_{",
        "a_1",
        "%",
        "\\%",
        "%\n",
        "&",
        "#",
        "~",
    ),
    *(
        "--",
        "``",
        "''",
        '"',
        "\\\\",
        "\\item",
        "{",
        "}",
        "}{",
        "[",
        "]",
        "[{",
        "{[",
        "\\sqrt[{",
        "\\sqrt[\\frac{",
        "\\cite[a][",
    ),
    *("\\foo", "\\foo{", "\\textbf", "\\textbf{", "\\mathbb{", "\\ket{", "\\ensuremath{", "\\text{", "\\underbrace{"),
    *(
        "\\textsuperscript{",
        "\\textcolor{a}{",
        "\\texorpdfstring{",
        "\\newcommand{",
        "\\def",
        "https://",
        "https://a\\_",
        "\\_",
    ),
]


@pytest.mark.limits
@pytest.mark.parametrize("part", _REPEATED)
def test_time_and_length_grow_with_the_text(part: str) -> None:
    for prefix, suffix in (("", ""), ("\\(", "\\)"), ("", "x}]")):

        def tex(size: int, prefix: str = prefix, suffix: str = suffix) -> str:
            return prefix + part * (size // len(part)) + suffix

        assert grows_too_fast(lambda size: lambda: to_text(tex(size)), 300) is None
        assert len(to_text(tex(1200))) <= 5 * 1200
