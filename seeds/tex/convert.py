"""Turns the TeX of titles and abstracts into readable text.

pylatexenc knows the symbols, accents and arguments. It takes a document for granted, though, where `%` begins a comment
and `$` always begins mathematics; a text that only may hold TeX is first rewritten so that this is true of it.
"""

from __future__ import annotations

import re

from pylatexenc import latexwalker

from seeds.tex import macros

_LONGEST_PARSED = 10_000
"""Characters. A longer text is only stripped of braces and commands, which takes no parser. By choice: five times what
arXiv takes as an abstract, and half a second for the parser where nearly every character is a command."""
_DEEPEST = 40
"""Levels of braces that are parsed; what is deeper is read as if it were not in braces. So it is with brackets."""

_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff]")
_MAYBE_TEX = re.compile(r"[\\${}~]|--|``")
_MORE_THAN_BRACES = re.compile(r"[\\$~]|--|``|''|[\^_]\{")

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
_BRACKET = re.compile(r"\\.|[{}\[\]]")
_CLOSES = {"}": "{", "]": "[", r"\)": r"\("}
# Words that no macro looks at; mathematics, and arguments that are written in another way, are not among them.
_WORDS = re.compile(
    r"\\\((?:[^\\]|\\[^()])*+(?:\\\))?|[\^_]\{[^{}]*\}|\\(?:text(?:super|sub)script|[dt]?frac|nicefrac|sqrt)(?:\{[^{}]*\}|\[[^\[\]]*\])*"
    r"|\\(?:[A-Za-z@]+\*?|.)\s*[^\\]?|(?P<words>[A-Za-z0-9][A-Za-z0-9 ,.;:()]{3,})"
)
_PLACEHOLDERS = re.compile(r"[\ue000-\uf8ff]")
_OPEN_BRACKET = "\uf8ff"
"""The last placeholder, for a `[` that is not closed; a parsed text has fewer runs of words than there are others."""
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
    if not _MORE_THAN_BRACES.search(text):  # which BibTeX has around capitals
        return clean(text.replace("{", "").replace("}", ""))
    if len(text) > _LONGEST_PARSED:
        return _stripped(text)
    # pylatexenc makes a token of each character; one placeholder for a run of words makes it five times as fast.
    words: list[str] = []

    def placeholder(match: re.Match[str]) -> str:
        if not match["words"]:
            return match.group()
        words.append(match.group())
        return chr(0xDFFF + len(words))

    prepared = _closed_brackets(_WORDS.sub(placeholder, _prepared(_PLACEHOLDERS.sub("", text))))
    try:
        nodes = macros.Walker(prepared).get_latex_nodes()[0]
        readable = macros.Converter(len(prepared)).nodelist_to_text(nodes)
    except (latexwalker.LatexWalkerError, RecursionError, LookupError, TypeError, ValueError, AttributeError):
        # What pylatexenc raises on input such as a macro at the end that lacks its argument.
        return _stripped(text)
    except macros.TooMuchWorkError:
        return _stripped(text)
    readable = _PLACEHOLDERS.sub(lambda match: words[ord(match.group()) - 0xE000], readable.replace(_OPEN_BRACKET, "["))
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


def _closed_brackets(tex: str) -> str:
    """With a placeholder for each `[` that is not closed in its group, or is too deep.

    After a macro it could begin an optional argument, for whose end the parser would search the rest of the text, and
    again for each such argument in it.
    """
    pieces: list[str] = []
    opened: list[tuple[str, int]] = []
    end = depth = 0
    for match in _BRACKET.finditer(tex):
        found = match.group()
        pieces += (tex[end : match.start()], found)
        end = match.end()
        if found in ("{", "[", r"\("):
            depth += found == "["
            opened.append((found, len(pieces) - 1))
        elif found in _CLOSES:
            if found == "]" and (not opened or opened[-1][0] != "["):
                continue
            while opened:
                opening, place = opened.pop()
                if opening == "[":
                    if found != "]" or depth > _DEEPEST:
                        pieces[place] = _OPEN_BRACKET
                    depth -= 1
                if opening == _CLOSES[found]:
                    break
    for opening, place in opened:
        if opening == "[":
            pieces[place] = _OPEN_BRACKET
    return "".join(pieces) + tex[end:]
