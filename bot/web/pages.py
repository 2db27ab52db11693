"""Readable pages of what addresses show: HTML by Jinja2, without a script, with a policy that forbids everything else.

Needs the extra `web`.
"""

from __future__ import annotations

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bot.web.contents import Contents, Entry
from store.text.partial_dates import in_words

MOST_AUTHORS = 12
"""Authors that are named of a paper, two lines of a phone each; the feed has more."""


class Pages:
    """The template and the style of pages, read once."""

    def __init__(self) -> None:
        environment = Environment(
            loader=PackageLoader("bot.web"),
            autoescape=select_autoescape(default=True, default_for_string=True),
            undefined=StrictUndefined,
            trim_blocks=True,
        )
        loaded = environment.get_template("page.css").render()
        self._template = environment.get_template("page.html")
        self._style = Markup(loaded)  # noqa: S704 - our own file, without anything from outside
        digest = base64.b64encode(hashlib.sha256(loaded.encode()).digest()).decode()
        self.policy = (
            f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none';"
            " frame-ancestors 'none'"
        )
        """The Content-Security-Policy of a page: nothing but its own style, which is named by its digest."""

    def page(self, contents: Contents, feed_url: str) -> bytes:
        """The page, in UTF-8."""
        rendered = self._template.render(
            contents=contents,
            feed_url=feed_url,
            style=self._style,
            papers=_papers(contents),
            facts=_facts,
            byline=_byline,
        )
        return rendered.encode()


def _papers(contents: Contents) -> str:
    shown, total = len(contents.entries), contents.total
    if shown < total:
        return f"the first {shown:,} of {total:,} papers"
    return "1 paper" if total == 1 else f"{total:,} papers"


def _byline(entry: Entry) -> str:
    left_out = len(entry.authors) - MOST_AUTHORS
    more = f" and {left_out:,} more" if left_out > 0 else ""
    return f"{', '.join(entry.authors[:MOST_AUTHORS])}{more}" or "Authors not known"


def _facts(entry: Entry) -> list[str]:
    published = in_words(entry.published) if entry.published else ""
    return [fact for fact in (published, entry.category, entry.venue, entry.came) if fact]
