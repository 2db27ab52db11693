"""Tries an installed distribution, outside the repository: its data files are there, and a new store takes papers in.

Run by `.ci/release-check` in an environment that holds nothing but the wheel.
"""

from __future__ import annotations

import asyncio
import tempfile
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path

import store
from seeds.bundled_documents import bundled_documents
from seeds.formats import reader
from store import ingest
from store.library import Library
from store.summaries.model import load_model


async def main() -> None:
    """Open a new store, which runs the migrations, and import the bundled documents."""
    assert "site-packages" in str(Path(store.__file__)), "this tries the repository, not the installed distribution"
    assert load_model().features, "the weights of the summaries are missing"
    templates = {one.name for one in resources.files("bot.web").joinpath("templates").iterdir()}
    assert templates >= {"page.html", "page.css"}, "the templates of pages are missing"
    documents = list(bundled_documents())
    assert documents, "the bundled documents are missing"
    with tempfile.TemporaryDirectory() as folder:
        library = await Library.open(Path(folder) / "lectern.db")
        try:
            for name, content in documents:
                report = await ingest.take(library.db, name, reader.read(name, content, datetime.now(UTC)))
                print(f"{name}: {report.new} papers")
                assert report.new and not report.problems
        finally:
            await library.close()


if __name__ == "__main__":
    asyncio.run(main())
