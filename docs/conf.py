"""How Sphinx builds this site: `make docs`."""

from __future__ import annotations

import sys
from importlib import metadata
from pathlib import Path

from sphinx.application import Sphinx

sys.path.insert(0, str(Path(__file__).parent.parent))

project = "Lectern"
author = "the Lectern contributors"
project_copyright = author
release = metadata.version("lectern")
extensions = ["myst_parser"]
html_theme = "furo"
html_title = "Lectern"
html_show_sphinx = False
smartquotes = False  # quotation marks in examples are typed as they stand
exclude_patterns = ["_build"]
nitpicky = True
myst_heading_anchors = 4
myst_enable_extensions = ["deflist"]


def insert_reference(app: Sphinx, docname: str, source: list[str]) -> None:
    """Put the tables that are made from the code where a page asks for them."""
    from tools.reference import insert

    source[0] = insert(source[0])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the hook that fills in the reference tables."""
    app.connect("source-read", insert_reference)
    return {"parallel_read_safe": True}
