"""What all pictures have in common: size, colours, and how they become a file (extra `charts`).

One picture is for dark and light themes: its background is transparent, and its colours stand out on both.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

COLOURS = ("#3b82f6", "#d9700d", "#25a06a")
"""For what is told apart; all else has that of ink."""
INK = "#7f8896"
"""For text, lines, and what has no colour of its own."""
_WIDTH, _DPI = 4.8, 200
"""Inches, and dots in each."""
_FIRST_WITHOUT_GLYPHS = "\u0530"
"""The first letter that is not Latin, Greek or Cyrillic."""


def has_glyphs(name: str) -> bool:
    """Whether a picture can show a name: the font has no letters of many scripts; and a legend leaves out `_names`."""
    return bool(name) and name[0] != "_" and max(name) < _FIRST_WITHOUT_GLYPHS


def figure_of(height: float) -> Figure:
    """An empty figure, as wide as all pictures and so many inches high."""
    from matplotlib.figure import Figure

    return Figure(figsize=(_WIDTH, height), dpi=_DPI, layout="constrained")


def png(figure: Figure) -> bytes:
    """The picture without a background."""
    content = BytesIO()
    figure.savefig(content, format="png", transparent=True)
    return content.getvalue()
