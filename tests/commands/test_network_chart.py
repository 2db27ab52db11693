"""The picture of who works with whom."""

from __future__ import annotations

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from commands.views.drawing import COLOURS
from commands.views.network_chart import network


def blue_parts(content: bytes) -> int:
    """How many points are of the colour of lines, whatever shines through them."""
    image = np.asarray(Image.open(BytesIO(content)).convert("RGBA")).astype(int)
    blue = [int(COLOURS[0][at : at + 2], 16) for at in (1, 3, 5)]
    return int(((abs(image[:, :, :3] - blue).max(axis=2) < 12) & (image[:, :, 3] > 150)).sum())


def test_more_papers_together_make_a_wider_line() -> None:
    names = ["Ada Bee", "Bo Li", "Cy Dee"]
    one, both = network(names, [(0, 1, 9)]), network(names, [(0, 1, 9), (1, 2, 1)])
    alike = network(names, [(0, 1, 9), (1, 2, 9)])
    assert one and both and alike
    assert blue_parts(one.content) < blue_parts(both.content) < blue_parts(alike.content)
    assert both.description == "Papers together: Ada Bee and Bo Li 9, Bo Li and Cy Dee 1."


def test_nothing_is_drawn_where_there_is_nothing_to_see() -> None:
    assert network(["Ada Bee", "Bo Li"], [(0, 1, 3)]) is None
    assert network(["Ada Bee", "Bo Li", "Cy Dee"], []) is None


@pytest.mark.parametrize("name", ["计算语言学", "$\\frac{1}{", "_hidden", "", "a" * 500, "%s{}"])
def test_any_name_is_drawn(name: str) -> None:
    names = [f"{name}{at}" for at in range(24)] + [name]
    found = network(names, [(at, other, 2) for at in range(25) for other in range(at + 1, 25)])
    assert found and len(found.description) <= 1024
    Image.open(BytesIO(found.content)).verify()
