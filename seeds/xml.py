"""XML from outside, parsed safely: no entities or document types of its own, and nothing is fetched."""

from __future__ import annotations

import re
from datetime import datetime
from email.utils import parsedate_to_datetime
from html.entities import name2codepoint
from xml.etree.ElementTree import Element, ParseError, TreeBuilder  # no parser: defusedxml does the parsing

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

DEEPEST = 100
"""Elements in elements. What services send has fewer than ten, with formulas in a title thirty; by choice."""
LONGEST_NAMESPACE = 1_000
"""Characters: the parser copies a namespace into the name of every element in it."""

_DOCTYPE = re.compile(rb"<!DOCTYPE\s+[\w.-]+(?:\s+SYSTEM\s+\"[^\"<>]*\")?\s*>")
_ENTITY = re.compile(rb"&([A-Za-z]{2,8}[0-9]{0,2});")
_FORBIDDEN = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_XML_ENTITIES = {"amp", "lt", "gt", "quot", "apos"}


class XmlError(Exception):
    """This is not well-formed XML, or XML that may do harm."""

    def __init__(self, line: int | None) -> None:
        self.line = line
        super().__init__(self.__doc__ if line is None else f"{self.__doc__} (line {line})")


def parse(content: bytes) -> Element:
    """The root of a document; raises `XmlError`.

    Control characters are left out and the entities of HTML are known, since DBLP has them in a separate file.
    """
    if not content.startswith((b"\xff\xfe", b"\xfe\xff")):
        content = _FORBIDDEN.sub(b"", content)
        content = _ENTITY.sub(_character, _DOCTYPE.sub(b"", content, count=1))
    try:
        parser = DefusedXMLParser(target=_FlatTreeBuilder(), forbid_dtd=True)
        parser.parser.StartNamespaceDeclHandler = _check_namespace
        parser.feed(content)
        root: Element = parser.close()
    except ParseError as error:
        raise XmlError(error.position[0]) from error
    except (DefusedXmlException, LookupError, ValueError) as error:  # a lookup fails where the encoding is not known
        raise XmlError(None) from error
    return root


class _FlatTreeBuilder(TreeBuilder):
    """Makes the elements, in no more than `DEEPEST` levels: what is in each of them is read for each level again."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ValueError(self._depth)
        return super().start(tag, attributes)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _check_namespace(prefix: str | None, address: str | None) -> None:
    if len(address or "") > LONGEST_NAMESPACE:
        raise ValueError(prefix)


def _character(match: re.Match[bytes]) -> bytes:
    name = match[1].decode("ascii")
    code = None if name in _XML_ENTITIES else name2codepoint.get(name)
    return match[0] if code is None else b"&#%d;" % code


def name_of(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def text_of(element: Element | None, name: str = "") -> str:
    """All text in the element, or in its first child of that name in any namespace; empty where there is none."""
    found = element.find(f"{{*}}{name}") if name and element is not None else element
    return "".join(found.itertext()).strip() if found is not None else ""


def texts_of(element: Element, name: str) -> list[str]:
    """The texts of all children of that name in any namespace."""
    return [text_of(child) for child in element.findall(f"{{*}}{name}")]


def time_of(element: Element, name: str) -> datetime | None:
    """The time in the first child of that name, in ISO 8601 or RFC 2822 with its zone; None for anything else."""
    text = text_of(element, name)
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            found = read(text)
        except (ValueError, TypeError, IndexError):
            continue
        if found.tzinfo is not None:
            return found
    return None
