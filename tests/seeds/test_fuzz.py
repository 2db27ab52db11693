from __future__ import annotations

import pytest

from tests.fuzz_parsers import run


@pytest.mark.limits
def test_no_input_takes_more_than_its_limits() -> None:
    figures = run(number=0, most=1000)
    assert figures["inputs"] == 1000
