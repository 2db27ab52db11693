"""Charts of authors' years: papers by category and citations of one, papers of several (extra `charts`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from importlib.util import find_spec
from typing import TYPE_CHECKING

from commands.views import markdown
from commands.views.drawing import COLOURS, INK, figure_of, has_glyphs, png
from commands.views.layout import Picture
from store.profiles.years import Year

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST_YEARS = 2
"""Years with papers from which a chart says more than a sentence."""
MOST_YEARS = 40
"""Years that are shown, the last of them: more would be too narrow to tell apart on a phone."""
_HEIGHT, _HEIGHT_WITH_CITATIONS = 2.2, 3.2
"""Inches."""
_TEXT = 15
"""Points of 72 to an inch, so that 23 of them go across the picture; a phone shows it some 260 to 320 pixels wide."""
_REMEMBERED = 64
"""Charts that are kept, of some 20 kB each."""
_LEAST_WIDTH = 6
"""Years across which bars are spread, so that a few are not as wide as walls."""
_MOST_TICKS = 6
_LONGEST_NAME = 12


def chart(years: Sequence[Year]) -> Picture | None:
    """The chart; None for fewer than two years, or without matplotlib. The first one takes a second, others a tenth."""
    if len(years) < LEAST_YEARS or find_spec("matplotlib") is None:
        return None
    # Years are those of dates from outside: a single wrong one must not fill the chart with empty years.
    shown = tuple(year for year in years if year.year > years[-1].year - MOST_YEARS)
    return Picture("years.png", _drawn(shown), _in_words(years))


def compared(named: Sequence[tuple[str, Sequence[Year]]]) -> Picture | None:
    """Papers a year of several authors, at most four, a line each; None as for `chart`."""
    spans = [year.year for _, years in named for year in years]
    if not spans or max(spans) - min(spans) + 1 < LEAST_YEARS or find_spec("matplotlib") is None:
        return None
    first = max(min(spans), max(spans) - MOST_YEARS + 1)
    lines = tuple((name, tuple((year.year, year.papers) for year in years)) for name, years in named)
    told = "; ".join(f"{name}: {', '.join(f'{n:,} in {year}' for year, n in years)}" for name, years in lines)
    return Picture("years.png", _drawn_lines(lines, first, max(spans)), markdown.plain(f"Papers by year. {told}", 1024))


@lru_cache(_REMEMBERED)
def _drawn_lines(lines: tuple[tuple[str, tuple[tuple[int, int], ...]], ...], first: int, last: int) -> bytes:
    figure = figure_of(_HEIGHT)
    axes = figure.subplots()
    for number, ((name, years), colour) in enumerate(zip(lines, (*COLOURS, INK), strict=False), 1):
        papers = dict(years)
        short = name if len(name) <= _LONGEST_NAME else name.rpartition(" ")[2]
        label = markdown.shorten(short, _LONGEST_NAME) if has_glyphs(short) else str(number)
        span = range(first, last + 1)
        axes.plot(span, [papers.get(year, 0) for year in span], color=colour, label=label, marker="o", linewidth=2)
    axes.set_ylim(bottom=0)
    _title(axes, "Papers")
    _years(axes, first, last)
    _legend(axes, len(lines))
    _axis(axes)
    return png(figure)


def _in_words(years: Sequence[Year]) -> str:
    """What the chart shows, for those who do not see it."""
    papers = ", ".join(f"{year.papers:,} in {year.year}" for year in years[-MOST_YEARS:])
    of_categories = sum((Counter(dict(year.categories)) for year in years), Counter[str]())
    categories = ", ".join(f"{_name(code)} {number:,}" for code, number in of_categories.most_common(len(COLOURS)))
    cited = max(years, key=lambda year: year.citations)
    most = f" Papers of {cited.year} are cited most: {cited.citations:,} times." if cited.citations else ""
    return markdown.plain(f"Papers by year: {papers}. By category: {categories}.{most}", 1024)


def _name(category: str) -> str:
    return category or "no category"


@lru_cache(_REMEMBERED)
def _drawn(years: tuple[Year, ...]) -> bytes:
    cited = any(year.citations for year in years)
    figure = figure_of(_HEIGHT_WITH_CITATIONS if cited else _HEIGHT)
    axes = figure.subplots(2 if cited else 1, 1, sharex=True, squeeze=False, height_ratios=[4, 3] if cited else None)
    _papers(axes[0, 0], years)
    if cited:
        below: Axes = axes[1, 0]
        below.bar([year.year for year in years], [year.citations for year in years], color=INK)
        _title(below, "Citations of each year’s papers")
    _years(axes[0, 0], years[0].year, years[-1].year)
    for one in axes[:, 0]:
        _axis(one)
    return png(figure)


def _papers(axes: Axes, years: Sequence[Year]) -> None:
    """Bars of papers by year, of one part for each category."""
    of_categories = sum((Counter(dict(year.categories)) for year in years), Counter[str]())
    # The font has no letters of many scripts, and matplotlib leaves out of a legend what begins with "_".
    named = [one for one in of_categories if one.isascii() and not one.startswith("_")]
    main = sorted(named, key=lambda one: (-of_categories[one], one))[: len(COLOURS)]
    parts = [(_name(code), colour, {code}) for code, colour in zip(main, COLOURS, strict=False)]
    if others := of_categories.keys() - {*main}:
        parts.append(("others", INK, others))
    below = [0] * len(years)
    for name, colour, codes in parts:
        heights = [sum(number for code, number in year.categories if code in codes) for year in years]
        label = markdown.shorten(name, _LONGEST_NAME)
        axes.bar([year.year for year in years], heights, bottom=below, color=colour, label=label)
        below = [one + height for one, height in zip(below, heights, strict=True)]
    _title(axes, "Papers")
    if of_categories.keys() != {""}:
        _legend(axes, len(parts))


def _legend(axes: Axes, parts: int) -> None:
    legend = axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1), ncols=parts, fontsize=_TEXT - 4, frameon=False,
        labelcolor=INK, handlelength=0.8, handletextpad=0.4, columnspacing=0.9, borderaxespad=0.2,
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_parse_math(False)


def _years(axes: Axes, first: int, last: int) -> None:
    """The years along the axis, with room beside a few of them."""
    spare = max(0.0, (_LEAST_WIDTH - (last - first + 1)) / 2)
    axes.set_xlim(first - 0.6 - spare, last + 0.6 + spare)
    axes.set_xticks(range(first, last + 1, -(-(last - first + 1) // _MOST_TICKS)))


def _title(axes: Axes, text: str) -> None:
    axes.set_title(text, loc="left", color=INK, fontsize=_TEXT)


def _axis(axes: Axes) -> None:
    from matplotlib.ticker import MaxNLocator

    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    axes.tick_params(colors=INK, labelsize=_TEXT - 2, length=0)
    axes.yaxis.set_major_locator(MaxNLocator(3, integer=True))
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.grid(axis="y", color=INK, alpha=0.25)
    axes.set_axisbelow(True)
