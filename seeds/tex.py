"""TeX as titles and abstracts have it, made readable.

pylatexenc knows the symbols, accents and arguments. It takes a document for granted, though, where `%` begins a comment
and `$` always begins mathematics; a text that only may hold TeX is first rewritten so that this is true of it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import TypeVar

from pylatexenc import latex2text, latexwalker, macrospec

_T = TypeVar("_T")

_LONGEST = 20_000
"""Characters up to which a text is parsed; longer ones are only stripped."""
_DEEPEST = 40
"""Levels of braces that are parsed; what is deeper is read as if it were not in braces."""

_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")
_MAYBE_TEX = re.compile(r"[\\${}~]|--|``")

_MATH_NAMES = r"(?:equation|align|gather|multline|eqnarray|displaymath|math|flalign)\*?"
_TOKEN = re.compile(
    r"(?P<address>https?://(?:\\[_%#&~]|[^\s{}\\<>\"$])+)"
    r"|\$\$(?P<in_display>[^$]+)\$\$"
    # As pandoc has it: no space inside the dollars and no digit after them; or what only mathematics has.
    r"|\$(?P<in_dollars>(?=\S)(?:\\.|[^$\\])*?(?<=\S))\$(?!\d)"
    r"|\$(?=[^$\\^_=<>{]*[\\^_=<>{])(?P<in_spaced>(?:\\.|[^$\\])*)\$"
    r"|\\\((?P<in_round>(?:[^\\]|\\[^()])+)\\\)"
    r"|\\\[(?P<in_square>(?:[^\\]|\\[^\[\]])+)\\\]"
    rf"|\\begin\{{(?P<name>{_MATH_NAMES})\}}(?P<in_begin>(?:(?!\\(?:begin|end)\{{(?P=name)\}}).)+)\\end\{{(?P=name)\}}"
    r"|(?P<mark>\\(?:begin|end)\s*\{[^{}]*\}|\\[()\[\]])"
    r"|(?P<letter>\\(?:[lLoOij]|ss|ae|AE|oe|OE|aa|AA)(?![A-Za-z]))\s*"
    r"|(?P<macro>\\(?:[A-Za-z@]+\*?|.)|\\$)"
    r"|(?P<script>[\^_](?=\{))"
    r"|(?P<about>(?<![^\s([])~)"
    r"|(?P<special>[$%&#^_{}])"
)
_IN_MATH = re.compile(
    r"(?P<mark>\\(?:begin|end)\s*\{[^{}]*\}|\\\\)|(?P<macro>\\(?:[A-Za-z@]+\*?|.)|\\$)|(?P<special>[$%#&{}])"
)
_BARE_SCRIPT = re.compile(r"(?<!\\)([\^_])\s*(\\[A-Za-z]+(?:\{[^{}]*\})?|[^\s{}\\^_])")
_BRACE = re.compile(r"\\.|[{}]")
# Words that no macro looks at; mathematics, and arguments that are written in another way, are not among them.
_WORDS = re.compile(
    r"\\\(.*?\\\)|[\^_]\{[^{}]*\}|\\(?:text(?:super|sub)script|[dt]?frac|nicefrac|sqrt)(?:\{[^{}]*\}|\[[^\[\]]*\])*"
    r"|\\(?:[A-Za-z@]+\*?|.)\s*[^\\]?|(?P<words>[A-Za-z0-9][A-Za-z0-9 ,.;:()]{3,})"
)
_STANDINS = re.compile(r"[\ue000-\uf8ff]")
_LITERAL = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "^": r"\textasciicircum{}",
        "~": r"\textasciitilde{}",
        "-": "{-}",
        "`": "{`}",
        "'": "{'}",
        **{char: f"\\{char}" for char in "$%&#_{}"},
    }
)

_SUPER = dict(
    zip(
        "0123456789+-−=(),abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVW",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾,ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂ",
        strict=True,
    )
)
_SUB = dict(zip("0123456789+-−=()aehijklmnoprstuvx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓ", strict=True))


def _each(names: str, value: _T) -> dict[str, _T]:
    return dict.fromkeys(names.split(), value)


# Written as this.
_SIGNS = {
    **_each("par newline linebreak smallskip medskip bigskip hfill quad qquad item today \\ , ; : >", " "),
    **_each(
        "noindent indent centering protect xspace ignorespaces nonumber maketitle relax newblock leavevmode - / !", ""
    ),
    **_each(
        "bf it em rm sf tt sc sl bfseries itshape scshape ttfamily sffamily rmfamily normalfont upshape mdseries", ""
    ),
    **_each("tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge boldmath unboldmath sloppy", ""),
    **_each("displaystyle textstyle scriptstyle left right limits nolimits big Big bigg Bigg", ""),
    **_each("bigl bigr Bigl Bigr biggl biggr", ""),
    "textasciicircum": "^",
    "textasciigrave": "`",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
}
# Left out together with these arguments.
_UNREAD = {
    **_each("cite citet citep citealt citealp citeauthor citeyear parencite textcite autocite", "*[[{"),
    **_each("label ref autoref cref Cref eqref input include includegraphics hspace vspace phantom", "*[{"),
    **_each("hphantom vphantom thanks", "{"),
    "color": "[{",
    "definecolor": "[{{{",
}
# Arguments, and from which on those in braces are the text.
_SHOWN = {
    **_each("url path nolinkurl mbox hbox textmd textsf texttt textup textnormal operatorname", ("*{", 0)),
    **_each("mathbf mathit mathsf mathtt mathrm mathnormal bm boldsymbol uppercase title author date", ("{", 0)),
    **_each("section subsection subsubsection paragraph subparagraph chapter part", ("*[{", 0)),
    "href": ("{{", 1),
    "footnote": ("[{", 0),
    "textcolor": ("[{{", 1),
    "texorpdfstring": ("{{", 1),
}
_COMPUTED = {"dfrac": "{{", "tfrac": "{{", "textsuperscript": "{", "textsubscript": "{"}
_BETWEEN = {
    "between-macro-and-chars": False,
    "between-latex-constructs": True,
    "after-comment": False,
    "in-equations": None,
}


def clean(text: str) -> str:
    """The same words on one line: one space between them, no control characters, no halves of surrogate pairs."""
    return " ".join(_INVISIBLE.sub("", text).split())


def to_text(tex: str) -> str:
    r"""Readable text of what may hold TeX: `Long$^2$RAG` is `Long²RAG`, `train \& test` is `train & test`.

    Words are kept, also those of unknown macros' arguments; citations and labels are not. `80% of` and `$5` are what
    they look like. Text without TeX comes back as `clean` leaves it. Never raises.
    """
    text = clean(tex)
    if not _MAYBE_TEX.search(text):
        return text
    if len(text) > _LONGEST:
        return _stripped(text)
    # pylatexenc takes a token for each character; a character that stands for many makes it five times as fast.
    words: list[str] = []

    def stand_in(match: re.Match[str]) -> str:
        if not match["words"]:
            return match.group()
        words.append(match.group())
        return chr(0xDFFF + len(words))

    prepared = _WORDS.sub(stand_in, _prepared(_STANDINS.sub("", text)))
    try:
        walker = latexwalker.LatexWalker(prepared, latex_context=_syntax(), tolerant_parsing=True)
        readable = _converter().nodelist_to_text(walker.get_latex_nodes()[0])
    except (latexwalker.LatexWalkerError, RecursionError, LookupError, TypeError, ValueError, AttributeError):
        # What pylatexenc raises on input such as a macro at the end that lacks its argument.
        return _stripped(text)
    readable = _STANDINS.sub(lambda match: words[ord(match.group()) - 0xE000], readable)
    return clean(re.sub(r"\\(?=[A-Za-z_%&#${}^~])", "", readable))


def _stripped(text: str) -> str:
    """Without braces, dollars and backslashes, for what the parser does not take."""
    text = re.sub(r"\\[A-Za-z]+\*?\s*(?=[{\[])|\\(?=[A-Za-z])", "", text)
    return clean(re.sub(r"\\+(.?)|[{}$~]", lambda match: match.group(1) or " ", text).replace("\\", ""))


def _prepared(text: str) -> str:
    """The text as TeX that says what is meant: braces balanced, mathematics in `\\(…\\)`, all else escaped."""
    return _balanced(_TOKEN.sub(_token, text))


def _token(match: re.Match[str]) -> str:
    kind = match.lastgroup
    found = match.group()
    if kind == "address":
        return re.sub(r"\\([_%#&~])", r"\1", found).translate(_LITERAL)
    if kind == "mark":
        return " "
    if kind == "letter":
        return match["letter"] + "{}"
    if kind in ("macro", "script"):
        return found if found != "\\" else ""
    if kind in ("special", "about"):
        return found if found in "{}" else found.translate(_LITERAL)
    content = next(value for name, value in match.groupdict().items() if name.startswith("in_") and value is not None)
    mathematics = _IN_MATH.sub(_math_token, _BARE_SCRIPT.sub(r"\1{\2}", content))
    return rf"\({_balanced(mathematics)}\)"


def _math_token(match: re.Match[str]) -> str:
    if match["mark"]:
        return " "
    found = match.group()
    if match["macro"]:
        return found if found not in ("\\", r"\(", r"\)", r"\[", r"\]") else ""
    return {"&": " ", "{": "{", "}": "}"}.get(found, f"\\{found}")


def _balanced(tex: str) -> str:
    """With what is open closed at the end, without braces that close nothing, and without those that are too deep."""
    depth = 0

    def brace(match: re.Match[str]) -> str:
        nonlocal depth
        found = match.group()
        if found == "{":
            depth += 1
            return found if depth <= _DEEPEST else ""
        if found == "}":
            depth -= 1
            if depth < 0:
                depth = 0
                return ""
            return found if depth < _DEEPEST else ""
        return found

    return _BRACE.sub(brace, tex) + "}" * min(depth, _DEEPEST)


class _Converter(latex2text.LatexNodes2Text):  # type: ignore[misc]  # pylatexenc has no types
    """Knows what to do with macros that pylatexenc does not know: the argument is text, a name alone is a word."""

    def macro_node_to_text(self, node: latexwalker.LatexMacroNode) -> str:
        source, end = node.parsing_state.s, node.pos + node.len
        space = node.macro_post_space if source[end : end + 1] == "\\" else ""  # before other text it is kept anyway
        if self.latex_context.get_macro_spec(node.macroname) is not None:
            return f"{super().macro_node_to_text(node)}{space}"
        arguments = [one for one in (node.nodeargd.argnlist if node.nodeargd else ()) or () if one is not None]
        if arguments:
            return "".join(str(self._groupnodecontents_to_text(one)) for one in arguments)
        return "" if source[end : end + 1] in ("{", "[") else f"{node.macroname}{space}"


def _script(characters: dict[str, str], sign: str) -> Callable[..., str]:
    def render(node: latexwalker.LatexSpecialsNode, l2tobj: latex2text.LatexNodes2Text) -> str:
        text = str(l2tobj.node_arg_to_text(node, 0)).strip()
        if all(char in characters for char in text):
            return "".join(characters[char] for char in text)
        if len(text) == 1 and not text.isalnum():
            return {"∘": "°", "'": "′"}.get(text, text)
        return sign + _bracketed(text)

    return render


def _shown(first: int) -> Callable[..., str]:
    def render(node: latexwalker.LatexMacroNode, l2tobj: latex2text.LatexNodes2Text) -> str:
        groups = [
            one for one in node.nodeargd.argnlist if one is not None and one.isNodeType(latexwalker.LatexGroupNode)
        ]
        required = [one for one in groups if one.delimiters[0] == "{"]
        return "".join(l2tobj.node_arg_to_text(node, node.nodeargd.argnlist.index(one)) for one in required[first:])

    return render


def _bracketed(text: str) -> str:
    return text if text.isalnum() else f"({text})"


def _fraction(node: latexwalker.LatexMacroNode, l2tobj: latex2text.LatexNodes2Text) -> str:
    over, under = (l2tobj.node_arg_to_text(node, place).strip() for place in (0, 1))
    return f"{_bracketed(over)}/{_bracketed(under)}" if over or under else ""


def _root(node: latexwalker.LatexMacroNode, l2tobj: latex2text.LatexNodes2Text) -> str:
    index, of = (l2tobj.node_arg_to_text(node, place).strip() for place in (0, 1))
    return "".join(_SUPER.get(char, char) for char in index) + "√" + _bracketed(of)


@cache
def _syntax() -> macrospec.LatexContextDb:
    context = latexwalker.get_default_latex_context_db()
    arguments = {**_UNREAD, **{name: spec for name, (spec, _) in _SHOWN.items()}, **_COMPUTED}
    context.add_context_category(
        "lectern",
        prepend=True,
        macros=[macrospec.MacroSpec(name, spec) for name, spec in arguments.items()],
        specials=[macrospec.SpecialsSpec(sign, args_parser=macrospec.MacroStandardArgsParser("{")) for sign in "^_"],
    )
    return context


@cache
def _converter() -> _Converter:
    context = latex2text.get_default_latex_context_db()
    written: dict[str, str | Callable[..., str]] = {
        **_SIGNS,
        **dict.fromkeys(_UNREAD, ""),
        **{name: _shown(first) for name, (_, first) in _SHOWN.items()},
        **dict.fromkeys(("frac", "dfrac", "tfrac", "nicefrac"), _fraction),
        "sqrt": _root,
        "textsuperscript": _script(_SUPER, "^"),
        "textsubscript": _script(_SUB, "_"),
    }
    context.add_context_category(
        "lectern",
        prepend=True,
        macros=[latex2text.MacroTextSpec(name, simplify_repl=text) for name, text in written.items()],
        specials=[
            latex2text.SpecialsTextSpec("^", simplify_repl=_script(_SUPER, "^")),
            latex2text.SpecialsTextSpec("_", simplify_repl=_script(_SUB, "_")),
            latex2text.SpecialsTextSpec("~", simplify_repl=" "),
        ],
    )
    return _Converter(latex_context=context, math_mode="text", keep_comments=True, strict_latex_spaces=_BETWEEN)
