"""Takes a recorded conflict into a store: what two services say of one DOI is one paper, with where they differ.

`python -m tests.check_conflicts ../shared/fixtures` prints what the card says, and exits with 1 where that is not so.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import yaml

from commands.addresses import PaperAction
from commands.views import paper_text, source_cards
from seeds.formats import reader
from store import ingest
from store.catalog import papers
from store.library import Library
from store.models import Identifier, Paper, ParsedSource

RECORDING = "c_semantic_scholar/Future-House__paper-qa/test_bulk_doi_search.yaml"
DOI = Identifier(scheme="doi", value="10.1038/s42256-024-00832-8")


def sources(path: Path) -> list[ParsedSource]:
    """The answers of Semantic Scholar and Crossref on the DOI, each as read."""
    found = []
    for exchange in yaml.safe_load(path.read_text("utf-8"))["interactions"]:
        answer = exchange["response"].get("body", {}).get("string", exchange["response"].get("content", ""))
        if "s42256-024-00832-8" not in exchange["request"]["uri"] or not isinstance(answer, str):
            continue
        name = "crossref.bib" if answer.lstrip().startswith("@") else "answer.json"
        found.append(reader.read(name, answer.encode(), datetime.now(UTC)))
    return found


async def taken(parsed: list[ParsedSource]) -> list[Paper]:
    """The papers that a store makes of them."""
    with tempfile.TemporaryDirectory() as folder:
        library = await Library.open(Path(folder) / "lectern.db")
        for number, one in enumerate(parsed):
            await ingest.take(library.db, f"answer {number}", one)
        found = [paper async for page in papers.in_pages(library.db) for paper in page]
        await library.close()
    return found


def main() -> int:
    """Print the card, and say whether it is as it should be."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fixtures", type=Path)
    parsed = sources(parser.parse_args().fixtures / RECORDING)
    found = asyncio.run(taken(parsed))
    for paper in found:
        print(paper.title, paper_text.facts(paper), f"⚠ {paper_text.differing(paper)}", sep="\n")
        source_cards.differences(paper, PaperAction("sources", paper.handle))
    fields = {paper_text.field_name(one) for paper in found for one in paper.disagreements}
    right = len(parsed) >= 2 and len(found) == 1 and DOI in found[0].identifiers and fields == {"venue"}
    # One dates the preprint and the other the publication.
    right = right and all((found[0].preprinted, found[0].in_venue))
    print(
        "one paper with both dates and its disagreement"
        if right
        else f"{len(parsed)} answers made {len(found)} papers: {fields}"
    )
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
