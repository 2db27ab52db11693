"""A picture of who works with whom: people in a circle, and lines as wide as they have papers together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec

from commands.views import markdown
from commands.views.drawing import COLOURS, INK, figure_of, has_glyphs, png
from commands.views.layout import Picture

LEAST_PEOPLE = 3
"""From which a picture says more than a sentence."""
_HEIGHT = 3.6
_TEXT = 11
_WIDEST_LINE = 9.0
_LONGEST_NAME = 18
_TOLD_PAIRS = 20


def network(names: Sequence[str], pairs: Sequence[tuple[int, int, int]]) -> Picture | None:
    """The picture; None where few people have nothing to show. `pairs` are places in `names`, and papers together."""
    if len(names) < LEAST_PEOPLE or not pairs or find_spec("matplotlib") is None:
        return None
    told = [f"{names[one]} and {names[other]} {papers:,}" for one, other, papers in pairs]
    words = f"Papers together: {markdown.first_of(told, _TOLD_PAIRS)}."
    return Picture("team.png", _drawn(tuple(names), tuple(pairs)), markdown.plain(words, 1024))


@lru_cache(32)
def _drawn(names: tuple[str, ...], pairs: tuple[tuple[int, int, int], ...]) -> bytes:
    figure = figure_of(_HEIGHT)
    axes = figure.subplots()
    axes.set_axis_off()
    # Beginning half a step beside the top, no two names stand at one height on one side.
    angles = [2 * math.pi * (at + 0.5) / len(names) for at in range(len(names))]
    places = [(math.sin(angle), math.cos(angle)) for angle in angles]
    most = max(papers for _, _, papers in pairs)
    for one, other, papers in reversed(pairs):
        (x, y), (to_x, to_y) = places[one], places[other]
        width = max(1.0, _WIDEST_LINE * papers / most)
        axes.plot((x, to_x), (y, to_y), color=COLOURS[0], linewidth=width, alpha=0.75, solid_capstyle="round")
    for number, (name, (x, y)) in enumerate(zip(names, places, strict=True), 1):
        axes.plot(x, y, marker="o", markersize=8, color=INK)
        short = name if len(name) <= _LONGEST_NAME else f"{name[0]}. {name.rpartition(' ')[2]}"
        label = markdown.shorten(short, _LONGEST_NAME) if has_glyphs(name) else str(number)
        side = "left" if x > 0 else "right"
        text = axes.text(x * 1.12, y * 1.08, label, color=INK, fontsize=_TEXT, ha=side, va="center")
        text.set_parse_math(False)
    axes.set_xlim(-3.2, 3.2)
    axes.set_ylim(-1.2, 1.2)
    return png(figure)
