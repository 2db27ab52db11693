"""Folding: the one form in which texts are compared, and the other forms in which a word may be typed."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

MAX_WORD = 40
"""Letters of a word that the index keeps; longer ones are cut there, in texts and in queries alike."""

HEAD = ":"
"""Ends an indexed word that is the whole head of a title, so that it is no word that anyone can type."""

_SHORT, _REMEMBERED = 200, 8192
"""Characters of titles and names, which are folded many times on the way in, and how many of them are remembered."""

# fmt: off
_GREEK = [
    "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu", "xi",
    "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
]
# fmt: on
_GREEK_LETTER = re.compile(r"(?<![α-ω])[α-ω](?![α-ω])")
# A command goes with the blanks after it, except that a Greek letter's name is a word that people type.
_TEX = re.compile(rf"\\(?!(?:{'|'.join(_GREEK)})(?![a-z]))(?:[A-Za-z]+\*?\s*|[^A-Za-z\s])|[${{}}^_]")
_APOSTROPHES = re.compile(r"['’‘ʼ`´]")
_PILE = re.compile(r"[^\w\s]{30,}")
_NOT_WORD = re.compile(r"[^a-z0-9]+")
_BETWEEN_COMPOUNDS = re.compile(r"[\s/,;:()\[\]]+")
_IN_COMPOUND = frozenset("-‐‑–.+")
_AFTER_HEAD = re.compile(r":(?=\s)|\s[-–—]+\s|—")
_MAX_HEAD, _MAX_HEAD_WORDS = 24, 4
_DIGRAPHS = {"ä": "ae", "ö": "oe", "ü": "ue", "ő": "oe", "ű": "ue", "ø": "oe", "å": "aa", "đ": "dj"}
_UMLAUTS = str.maketrans(_DIGRAPHS | {upper.upper(): pair.title() for upper, pair in _DIGRAPHS.items()})

_BY_SOUND = {"ç": "ch", "č": "ch", "ć": "ch", "ş": "sh", "ș": "sh", "š": "sh", "ž": "zh", "ğ": "gh"}
_SOUNDS = str.maketrans(_BY_SOUND | {upper.upper(): pair.title() for upper, pair in _BY_SOUND.items()})


def fold(text: str) -> str:
    """Lower-case ASCII words with one space between: `Zi'an Zhou` is `zian zhou`, `Long$^2$RAG` is `long2rag`."""
    return _folded_short(text) if len(text) <= _SHORT else _folded(text)


def _folded(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _without_piled_marks(text))
    text = _TEX.sub("", text)
    if not text.isascii():
        text = anyascii(_APOSTROPHES.sub("", text))
    return _NOT_WORD.sub(" ", _APOSTROPHES.sub("", text).lower()).strip()


_folded_short = lru_cache(maxsize=_REMEMBERED)(_folded)


def _without_piled_marks(text: str) -> str:
    """Without the accents and other marks where very many stand together: to put them in order takes quadratic time."""
    return _PILE.sub(lambda match: "".join(char for char in match[0] if not unicodedata.combining(char)), text)


def other_forms(text: str) -> list[str]:
    """Words that stand for parts of `text` but are not in `fold(text)`, in alphabetical order.

    A compound joined (`MR-Ben` as `mrben`), ö as oe (`Schütze` as `schuetze`), a Greek letter by its name.
    """
    forms: set[str] = set()
    if not _IN_COMPOUND.isdisjoint(text):
        for compound in _BETWEEN_COMPOUNDS.split(text):
            if not _IN_COMPOUND.isdisjoint(compound):
                joined = fold(compound).replace(" ", "")
                if 2 < len(joined) <= MAX_WORD:
                    forms.add(joined)
    if not text.isascii():
        text = unicodedata.normalize("NFC", _without_piled_marks(text))
        forms.update(fold(text.translate(_UMLAUTS)).split())
        forms.update(_GREEK[ord(letter) - ord("α")] for letter in _GREEK_LETTER.findall(text.lower()))
    return sorted(forms.difference(fold(text).split())) if forms else []


def by_sound(name: str) -> set[str]:
    """The folded words of a name with its letters written as they sound: `Çağrı` as `chaghri`."""
    if name.isascii():
        return set()
    name = unicodedata.normalize("NFC", _without_piled_marks(name))
    sounded = name.translate(_SOUNDS)
    return set(fold(sounded).split()) if sounded != name else set()


def head(text: str) -> str | None:
    """What stands before a colon or dash, joined, if it may be an acronym: `MR-Ben: A Meta-...` has `mrben`."""
    parts = _AFTER_HEAD.split(text, maxsplit=1)
    if len(parts) == 1:
        return None
    folded = fold(parts[0])
    joined = folded.replace(" ", "")
    return joined if 0 < len(joined) <= _MAX_HEAD and folded.count(" ") < _MAX_HEAD_WORDS else None


def words(folded: str) -> list[str]:
    """The words of a folded text as the index keeps them."""
    return [word[:MAX_WORD] for word in folded.split()]
