"""Which papers a source has described already, so that an entry that a file repeats is taken once."""

from __future__ import annotations

from collections import defaultdict


class SeenRecords:
    """Records already seen in this file, by source and paper, to skip duplicates.

    One byte for each paper of the store, since a file may have millions.
    """

    def __init__(self) -> None:
        self._papers: defaultdict[int, bytearray] = defaultdict(bytearray)

    def add(self, source_id: int, paper_id: int) -> bool:
        """Add a source's record of a paper; whether it is the first one."""
        papers = self._papers[source_id]
        papers.extend(bytes(max(0, paper_id + 1 - len(papers))))
        seen, papers[paper_id] = papers[paper_id], True
        return not seen

    def move(self, merged_id: int, survivor_id: int) -> set[int]:
        """Count the records of one paper for another, as its id may be given again.

        Returns the sources of which only the first paper had been seen.
        """
        sources = [i for i, papers in self._papers.items() if merged_id < len(papers) and papers[merged_id]]
        for source_id in sources:
            self._papers[source_id][merged_id] = False
        return {source_id for source_id in sources if self.add(source_id, survivor_id)}
