"""An Atom feed (RFC 4287) of what an address shows.

Written with the standard library, in these lines, as `feedgen` would bring lxml with it for no more than that.
"""

from __future__ import annotations

from datetime import UTC, datetime
from xml.etree import ElementTree as ET

from bot.web.contents import Contents, Entry

MEDIA_TYPE = "application/atom+xml"
_ATOM = "http://www.w3.org/2005/Atom"


def feed(contents: Contents, page_url: str, feed_url: str) -> bytes:
    """The document, in UTF-8; the addresses are those of the page and of the feed itself."""
    root = ET.Element("feed", {"xmlns": _ATOM, "xml:lang": "en"})
    _text(root, "id", contents.id)
    _text(root, "title", contents.title)
    _text(root, "subtitle", contents.what)
    _text(root, "updated", _moment(contents.updated))
    # For entries of which no author is known (4.2.1).
    _text(ET.SubElement(root, "author"), "name", "Lectern")
    _link(root, "self", feed_url, MEDIA_TYPE)
    _link(root, "alternate", page_url, "text/html")
    for one in contents.entries:
        _entry(root, one, page_url)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, "unicode").encode()


def _entry(root: ET.Element, entry: Entry, page_url: str) -> None:
    element = ET.SubElement(root, "entry")
    _text(element, "id", entry.id)
    _text(element, "title", entry.title)
    _text(element, "updated", _moment(entry.updated))
    for name in entry.authors:
        _text(ET.SubElement(element, "author"), "name", name)
    # Without content there has to be one (4.1.2).
    _link(element, "alternate", entry.url or f"{page_url}#{entry.handle}", "text/html")
    if entry.category:
        ET.SubElement(element, "category", {"term": entry.category})
    if summary := "\n\n".join(filter(None, ("\n".join(entry.notes), entry.abstract))):
        _text(element, "summary", summary)


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = text


def _link(parent: ET.Element, relation: str, url: str, media_type: str) -> None:
    ET.SubElement(parent, "link", {"rel": relation, "href": url, "type": media_type})


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
