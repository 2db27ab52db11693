"""Macros that pylatexenc does not know: those of titles and abstracts, sub- and superscripts, fractions."""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Callable
from functools import cache, partial
from typing import TypeVar

from pylatexenc import latex2text, latexwalker, macrospec

_T = TypeVar("_T")

MOST_TOKENS = 40
"""Tokens that the parser may look at for each character of a text. Titles and abstracts take at most 8; what takes more
has arguments that the parser reads again and again."""
MOST_WRITTEN = 200
"""Characters that may be written for each one of a text, each counted again for every level of braces around it."""
_SHORT = 1000
"""Characters that are added to every text's length for these bounds."""
_MOST_MARKS = 4
"""Accents and other marks on one letter, as `commands.views.markdown` shows them."""

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
_OF_NODES = frozenset({"environmentname", "macroname", "specials_chars"})
"""Arguments that pylatexenc gives to functions that write a node, from the node."""
_BETWEEN = {
    "between-macro-and-chars": False,
    "between-latex-constructs": True,
    "after-comment": False,
    "in-equations": None,
}


class TooMuchWorkError(Exception):
    """To read this text would take far more time or memory than its length allows."""


class Walker(latexwalker.LatexWalker):  # type: ignore[misc]  # pylatexenc has no types
    """The parser of pylatexenc, with an end: raises `TooMuchWorkError` where it would take too long."""

    def __init__(self, tex: str) -> None:
        super().__init__(tex, latex_context=_syntax(), tolerant_parsing=True)
        self._tokens_left = MOST_TOKENS * (len(tex) + _SHORT)

    def get_token(self, *place: object, **settings: object) -> latexwalker.LatexToken:
        """Called by pylatexenc for each token, often several times for the same one."""
        self._tokens_left -= 1
        if self._tokens_left < 0:
            raise TooMuchWorkError
        return super().get_token(*place, **settings)


class Converter(latex2text.LatexNodes2Text):  # type: ignore[misc]
    """Knows what to do with macros that pylatexenc does not know: the argument is text, a name alone is a word.

    Made for one text, of `length` characters; raises `TooMuchWorkError` where the result would be far longer.
    """

    def __init__(self, length: int) -> None:
        super().__init__(
            latex_context=_replacements(), math_mode="text", keep_comments=True, strict_latex_spaces=_BETWEEN
        )
        self._characters_left = MOST_WRITTEN * (length + _SHORT)

    def nodelist_to_text(self, nodelist: list[latexwalker.LatexNode]) -> str:
        """Called by pylatexenc for each group and argument."""
        text = str(super().nodelist_to_text(nodelist))
        self._characters_left -= len(text)
        if self._characters_left < 0:
            raise TooMuchWorkError
        return text

    def apply_simplify_repl(self, node: latexwalker.LatexNode, simplify_repl: object, what: str) -> str:
        """Called by pylatexenc for each macro and sign; it looks at the function's signature each time, which takes a
        third of all time."""
        if not callable(simplify_repl):
            return str(super().apply_simplify_repl(node, simplify_repl, what))
        names = _argument_names(simplify_repl)
        given = {name: getattr(node, name) for name in names & _OF_NODES if hasattr(node, name)}
        if "l2tobj" in names:
            given["l2tobj"] = self
        return str(simplify_repl(node, **given) or "")

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


@cache
def _argument_names(function: Callable[..., object]) -> frozenset[str]:
    return frozenset(inspect.getfullargspec(function).args)


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


def _accent(mark: str, node: latexwalker.LatexMacroNode, l2tobj: latex2text.LatexNodes2Text) -> str:
    """Each letter of the argument with the mark. Marks have none themselves, or nested accents would double them."""
    letters: list[str] = []
    for char in l2tobj.nodelist_to_text(node.nodeargs[:1]).strip() if node.nodeargs else " ":
        if letters and unicodedata.combining(char):
            letters[-1] += char
        else:
            letters.append({"ı": "i", "ȷ": "j"}.get(char, char))
    return "".join(
        unicodedata.normalize("NFC", letter + mark) if len(letter) <= _MOST_MARKS else letter for letter in letters
    )


def _fraction(node: latexwalker.LatexMacroNode, l2tobj: latex2text.LatexNodes2Text) -> str:
    over, under = (l2tobj.node_arg_to_text(node, place).strip() for place in (0, 1))
    return f"{_bracketed(over)}/{_bracketed(under)}" if over or under else ""


def _root(node: latexwalker.LatexMacroNode, l2tobj: latex2text.LatexNodes2Text) -> str:
    index, of = (l2tobj.node_arg_to_text(node, place).strip() for place in (0, 1))
    return "".join(_SUPER.get(char, char) for char in index) + "√" + _bracketed(of)


@cache
def _syntax() -> macrospec.LatexContextDb:
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
def _replacements() -> macrospec.LatexContextDb:
    """The text of each macro, for writing what was parsed."""
    context = latex2text.get_default_latex_context_db()
    written: dict[str, str | Callable[..., str]] = {
        **{name: partial(_accent, mark) for name, mark in latex2text._defaultspecs.unicode_accents_list},
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
    return context
