"""Macros that pylatexenc does not know: those of titles and abstracts, sub- and superscripts, fractions."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from pylatexenc import latex2text, latexwalker, macrospec

_T = TypeVar("_T")

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


# Macros without arguments, and the text that stands for each.
_SIGNS = {
    **_each("par newline linebreak smallskip medskip bigskip hfill quad qquad item today \\ , ; : >", " "),
    **_each(
        "noindent indent centering protect xspace ignorespaces nonumber maketitle relax newblock leavevmode - / !", ""
    ),
    **_each(
        "bf it em rm sf tt sc sl bfseries itshape scshape ttfamily sffamily rmfamily normalfont upshape mdseries", ""
    ),
    **_each("tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge boldmath unboldmath sloppy", ""),
    **_each("cal frak Bbb displaystyle textstyle scriptstyle left right limits nolimits big Big bigg Bigg", ""),
    **_each("bigl bigr Bigl Bigr biggl biggr", ""),
    "textasciicircum": "^",
    "textasciigrave": "`",
    "textless": "<",
    "textgreater": ">",
    "textbar": "|",
}
# Macros that are left out together with these arguments.
_LEFT_OUT = {
    **_each("cite citet citep citealt citealp citeauthor citeyear parencite textcite autocite", "*[[{"),
    **_each("label ref autoref cref Cref eqref input include includegraphics hspace vspace phantom", "*[{"),
    **_each("hphantom vphantom thanks", "{"),
    "color": "[{",
    "definecolor": "[{{{",
}
# Macros with arguments, and the first of those in braces that is shown.
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


class Converter(latex2text.LatexNodes2Text):  # type: ignore[misc]  # pylatexenc has no types
    """Knows what to do with macros that pylatexenc does not know: the argument is text, a name alone is a word."""

    def macro_node_to_text(self, node: latexwalker.LatexMacroNode) -> str:
        """Called by pylatexenc for each macro."""
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
        if text in _RAISED_SIGNS:
            return _RAISED_SIGNS[text]
        return sign + _bracketed(text)

    return render


# Signs that look raised already, or have a raised form of their own.
_RAISED_SIGNS = {"∘": "°", "'": "′", "′": "′", "*": "*", "∗": "*", "†": "†", "‡": "‡", "⊤": "ᵀ"}


def _shown(first: int) -> Callable[..., str]:
    def render(node: latexwalker.LatexMacroNode, l2tobj: latex2text.LatexNodes2Text) -> str:
        groups = [
            one for one in node.nodeargd.argnlist if one is not None and one.isNodeType(latexwalker.LatexGroupNode)
        ]
        required = [one for one in groups if one.delimiters[0] == "{"]
        return "".join(l2tobj.node_arg_to_text(node, node.nodeargd.argnlist.index(one)) for one in required[first:])

    return render


def _bracketed(text: str) -> str:
    return text if text.isalnum() or len(text) == 1 else f"({text})"


def _fraction(node: latexwalker.LatexMacroNode, l2tobj: latex2text.LatexNodes2Text) -> str:
    over, under = (l2tobj.node_arg_to_text(node, place).strip() for place in (0, 1))
    return f"{_bracketed(over)}/{_bracketed(under)}" if over or under else ""


def _root(node: latexwalker.LatexMacroNode, l2tobj: latex2text.LatexNodes2Text) -> str:
    index, of = (l2tobj.node_arg_to_text(node, place).strip() for place in (0, 1))
    return "".join(_SUPER.get(char, char) for char in index) + "√" + _bracketed(of)


@cache
def syntax() -> macrospec.LatexContextDb:
    """The arguments of each macro, for parsing."""
    context = latexwalker.get_default_latex_context_db()
    arguments = {**_LEFT_OUT, **{name: spec for name, (spec, _) in _SHOWN.items()}, **_COMPUTED}
    context.add_context_category(
        "lectern",
        prepend=True,
        macros=[macrospec.MacroSpec(name, spec) for name, spec in arguments.items()],
        specials=[macrospec.SpecialsSpec(sign, args_parser=macrospec.MacroStandardArgsParser("{")) for sign in "^_"],
    )
    return context


@cache
def converter() -> Converter:
    """The text of each macro, for writing what was parsed."""
    context = latex2text.get_default_latex_context_db()
    written: dict[str, str | Callable[..., str]] = {
        **_SIGNS,
        **dict.fromkeys(_LEFT_OUT, ""),
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
    return Converter(latex_context=context, math_mode="text", keep_comments=True, strict_latex_spaces=_BETWEEN)
