"""The chart of an author's years: seen in dark and light themes, told in words, and safe with any category."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from commands.views.drawing import COLOURS, INK
from commands.views.year_chart import MOST_YEARS, chart, compared
from store.profiles.years import Year

DARK, LIGHT = "#2b2d31", "#ffffff"
"""Behind the cards of Discord's two themes."""
LEAST_CONTRAST = 3.0
"""For graphics and large text: WCAG 2.2, success criteria 1.4.3 and 1.4.11."""


def year(number: int, papers: int = 1, category: str = "cs.CL", citations: int = 0) -> Year:
    return Year(year=number, categories=((category, papers),), citations=citations)


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("colour", [*COLOURS, INK])
@pytest.mark.parametrize("background", [DARK, LIGHT])
def test_every_colour_stands_out_in_both_themes(colour: str, background: str) -> None:
    one, other = sorted((luminance(colour), luminance(background)))
    assert (other + 0.05) / (one + 0.05) >= LEAST_CONTRAST


def test_bars_are_as_high_as_the_years_have_papers() -> None:
    found = chart([year(2020, 2), year(2021, 6)])
    assert found is not None
    image = Image.open(BytesIO(found.content))
    blue = tuple(int(COLOURS[0][at : at + 2], 16) for at in (1, 3, 5))
    is_blue = (np.asarray(image.convert("RGB")) == blue).all(axis=2)
    # The little square of the legend stands above one of the bars.
    heights = sorted({int(height) for height in is_blue[image.height // 8 :].sum(axis=0)} - {0})
    assert heights[0] / heights[-1] == pytest.approx(2 / 6, abs=0.02)


def test_it_is_told_in_words() -> None:
    found = chart([year(2020, 1200, citations=7), year(2022, 1, "cs.AI")])
    assert found is not None
    assert found.description == (
        "Papers by year: 1,200 in 2020, 1 in 2022. By category: cs.CL 1,200, cs.AI 1. "
        "Papers of 2020 are cited most: 7 times."
    )


def test_one_year_needs_no_chart() -> None:
    assert chart([]) is None
    assert chart([year(2020)]) is None


def test_a_wrong_year_does_not_fill_the_chart_with_empty_ones() -> None:
    found, without = chart([year(1024), year(2020), year(2021)]), chart([year(2020), year(2021)])
    assert found is not None and without is not None
    assert found.content == without.content
    assert "1 in 1024" in found.description


@pytest.mark.parametrize("category", ["$\\frac{1}{", "计算语言学", "_hidden", "", "c" * 500, "%s{}"])
def test_any_category_is_drawn(category: str) -> None:
    found = chart([year(number, 1, category, 3) for number in range(2021 - MOST_YEARS, 2021)])
    assert found is not None
    assert len(found.description) <= 1024
    Image.open(BytesIO(found.content)).verify()


@pytest.mark.parametrize("name", ["计算语言学", "$\\frac{1}{", "_hidden", "", "a" * 500])
def test_any_names_are_compared(name: str) -> None:
    years = [year(number, number - 2019) for number in range(2020, 2026)]
    found = compared([("Ada Bee", years), (name, years[2:]), ("Bo Li", []), ("Cy Dee", years[:1])])
    assert found is not None
    assert found.description.startswith("Papers by year. Ada Bee: 1 in 2020, 2 in 2021, 3 in 2022")
    Image.open(BytesIO(found.content)).verify()
    assert compared([("Ada Bee", years[:1]), (name, years[:1])]) is None
