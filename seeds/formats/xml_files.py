"""XML files: answers of arXiv and of OAI-PMH repositories, and DBLP's records, recognised by their first element."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element

from seeds.formats import dblp
from seeds.formats.file_format import FileFormat, NotThisFormatError
from seeds.services import arxiv_api, arxiv_rss, oai_pmh
from seeds.xml import XmlError, name_of, parse
from store.models import ParsedSource, Problem, Source, SourceKind

_READERS: dict[str, tuple[SourceKind, Callable[[Element, Source], ParsedSource]]] = {
    "rss": ("arxiv", arxiv_rss.read_file),
    "OAI-PMH": ("oai", oai_pmh.read_file),
    "ListRecords": ("oai", oai_pmh.read_file),
    "record": ("oai", oai_pmh.read_file),
    "dblp": ("dblp", dblp.read_xml),
}
"""By the name of the first element. Atom's, `feed`, is that of two interfaces of arXiv."""


def read(content: bytes, source: Source) -> ParsedSource:
    """Read a document; the kind of `source` is replaced by that of the service whose answer it is.

    Raises `NotThisFormatError` for XML of another kind. What is not well-formed is a problem.
    """
    try:
        root = parse(content)
    except XmlError as error:
        return ParsedSource(problems=(Problem(line=error.line, message=str(error)),))
    if name_of(root) == "feed":
        is_announcement = root.find("{*}entry/{*}announce_type") is not None
        read_feed = arxiv_rss.read_file if is_announcement else arxiv_api.read_entries
        return read_feed(root, source.model_copy(update={"kind": "arxiv"}))
    if name_of(root) not in _READERS:
        raise NotThisFormatError
    kind, read_root = _READERS[name_of(root)]
    return read_root(root, source.model_copy(update={"kind": kind}))


FORMAT = FileFormat(
    name="XML of arXiv, OAI-PMH or DBLP",
    extensions=(".xml", ".rss", ".atom"),
    beginning=re.compile(rb"\A<\?xml"),
    source_kind="dump",
    read=read,
)
