"""XML of strangers to a tree: no entity is resolved, no network asked, nothing grows beyond what was sent."""

from __future__ import annotations

from lxml import etree

from crawler.pages.paragraphs import Element


class NoXml(ValueError):
    """The text is no XML; the message says why."""


def parse_xml(text: str) -> Element:
    """The root element, of broken XML what can be had of it. Raises NoXml."""
    # A parser for each document: recovering from a broken one must not colour the reading of the next.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
    )
    data = text.replace("\0", "").lstrip().encode("utf-8", "replace")
    try:
        root = etree.fromstring(data, parser) if data else None
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NoXml(f"no XML: {error}") from error
    if root is None:
        raise NoXml("no XML")
    return root


def local_name(element: Element) -> str:
    """The element's name without its namespace; "" for what is no element (an unresolved entity)."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def children(element: Element, *names: str) -> list[Element]:
    """The child elements of these local names."""
    return [child for child in element if local_name(child) in names]


def child_text(element: Element, *names: str) -> str | None:
    """The text of the first child of one of these names, tried in that order."""
    for name in names:
        for child in children(element, name):
            text = " ".join("".join(child.itertext()).split())
            if text:
                return text
    return None
