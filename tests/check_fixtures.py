"""Runs every reader over the recordings that are kept beside the project, and compares with what is expected there.

`python -m tests.check_fixtures ../shared/fixtures` prints a line for each group and exits with 1 if a reader raised or
read less than it should.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import traceback
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import yaml

from seeds.formats import reader
from store.models import ParsedSource

NOW = datetime.now(UTC)
SUFFIXES = {".bib", ".ris", ".xml", ".json", ".yaml", ".txt", ".jsonl"}


@dataclass
class Tally:
    files: int = 0
    records: int = 0
    problems: int = 0
    other: int = 0
    expected: int = 0
    raised: list[str] = field(default_factory=list)
    less: list[str] = field(default_factory=list)


def documents(path: Path) -> Iterator[tuple[str, bytes, int]]:
    """The documents in a recording, each with a name and how many records it is known to hold at least."""
    content = path.read_bytes()
    if path.suffix == ".yaml":
        for exchange in yaml.safe_load(content)["interactions"]:
            body = exchange["response"].get("body", {})
            said = body.get("string", exchange["response"].get("content", ""))
            yield "answer.json", said.encode() if isinstance(said, str) else said or b"", 0
    elif "csl_json" in str(path):
        match = re.search(r">>=+ INPUT =+>>(.*?)<<=+ INPUT", content.decode(), re.DOTALL)
        items = json.loads(match[1]) if match else []
        yield "items.json", json.dumps(items).encode(), sum(bool(item.get("title")) for item in items)
    elif "a_arxiv_atom" in str(path):
        body = json.loads(content)["body"].encode("latin-1")
        yield "answer.xml", body, body.count(b"<entry>") if b"/api/errors" not in body else 0
    elif "a_arxiv_rss" in str(path):
        yield path.name, content, content.count(b"<item>")
    elif path.suffix == ".xml" and "b_oai" in str(path):
        yield path.name, content, content.count(b"<metadata>")
    elif "kaggle" in str(path):
        yield path.name + "l", content, content.count(b"\n")
    elif path.suffix == ".bib":
        # An entry counts if its title stands on a line of its own, which is what can be counted without a parser.
        text = content.decode("utf-8", "replace")
        entries = re.split(r"(?m)^@(?!comment|string|preamble)", text, flags=re.IGNORECASE)[1:]
        papers = [
            entry for entry in entries if not re.match(r"(?i)(mv)?(proceedings|collection)|periodical|xdata|set", entry)
        ]
        yield path.name, content, sum(bool(re.search(r"(?im)^\s*title\s*=\s*[{\"]+\w", entry)) for entry in papers)
    elif path.suffix == ".ris":
        yield path.name, content, len(re.findall(rb"(?m)^(?:TI|T1)  ?- *\S", content)) and 1
    elif path.suffix in SUFFIXES:
        yield path.name, content, 0


def check(path: Path, tally: Tally) -> None:
    tally.files += 1
    for name, content, expected in documents(path):
        try:
            reading = reader.read(name, content, NOW)
        except reader.UnknownFormatError:
            tally.other += 1
            continue
        except Exception:  # noqa: BLE001 - the point of this program is to find any
            tally.raised.append(f"{path}: {traceback.format_exc(limit=-2)}")
            continue
        read = count(reading)
        tally.records += read
        tally.problems += len(reading.problems)
        tally.expected += expected
        if read < expected:
            tally.less.append(f"{path}: {read} of {expected} records; {[p.message for p in reading.problems[:3]]}")


def count(reading: ParsedSource) -> int:
    return len(reading.papers) + sum(len(page.papers) for page in reading.pages)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("fixtures", type=Path)
    parser.add_argument("--verbose", action="store_true", help="name the files that hold less than expected")
    arguments = parser.parse_args()
    failed = False
    print(f"{'group':28}{'files':>7}{'records':>9}{'expected':>9}{'problems':>9}{'other':>7}{'raised':>7}")
    for group in sorted(path for path in arguments.fixtures.iterdir() if path.is_dir()):
        tally = Tally()
        for path in sorted(one for one in group.rglob("*") if one.is_file()):
            check(path, tally)
        print(
            f"{group.name:28}{tally.files:7}{tally.records:9}{tally.expected:9}{tally.problems:9}{tally.other:7}"
            f"{len(tally.raised):7}"
        )
        for line in tally.raised + (tally.less if arguments.verbose else []):
            print(f"  {line}")
        failed |= bool(tally.raised) or tally.records < tally.expected
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
