"""Made papers in the forms in which arXiv answers and announces them, which are those of recordings."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from email.utils import format_datetime
from xml.sax.saxutils import escape

from bot.simulator.services.library import MadePaper


def announcement(papers: Iterable[tuple[MadePaper, str]], now: datetime) -> str:
    """A day's announcement of new papers, each with its category."""
    items = "".join(
        f"<item><title>{escape(paper.title)}</title><link>https://arxiv.org/abs/{paper.arxiv}</link>"
        f"<description>arXiv:{paper.arxiv}v1 Announce Type: new \nAbstract: {escape(paper.abstract)}</description>"
        f'<guid isPermaLink="false">oai:arXiv.org:{paper.arxiv}v1</guid><category>{category}</category>'
        f"<pubDate>{format_datetime(now)}</pubDate><arxiv:announce_type>new</arxiv:announce_type>"
        f"<dc:creator>{escape(', '.join(paper.names))}</dc:creator></item>"
        for paper, category in papers
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:arxiv="http://arxiv.org/schemas/atom" '
        f'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>made</title>{items}</channel></rss>'
    )


def answer(papers: Iterable[MadePaper], total: int) -> str:
    """An answer of the query interface."""
    entries = "".join(
        f"<entry><id>http://arxiv.org/abs/{paper.arxiv}v1</id><title>{escape(paper.title)}</title>"
        f"<summary>{escape(paper.abstract)}</summary><published>{paper.published}T00:00:00Z</published>"
        f"<updated>{paper.published}T00:00:00Z</updated>"
        + "".join(f"<author><name>{escape(name)}</name></author>" for name in paper.names)
        + '<category term="cs.CL"/></entry>'
        for paper in papers
    )
    return (
        '<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/">'
        f"<opensearch:totalResults>{total}</opensearch:totalResults>{entries}</feed>"
    )
