"""Which captures are pages of an index, told by their address."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, urlsplit

from crawler.declare import Api, Feed, Listing, Numbers
from crawler.source import Source
from crawler.spiders.walk import languages_of


@dataclass(frozen=True, slots=True)
class FoundIndex:
    """An index of a source, in one language where it has several."""

    source: type[Source]
    discovery: Listing | Feed | Api
    language: str | None = None

    @property
    def holds_releases(self) -> bool:
        """Whether its entries are whole releases."""
        return isinstance(self.discovery, Api) and self.discovery.embedded


def index_at(url: str, sources: Iterable[type[Source]]) -> FoundIndex | None:
    """The index that has a page at this address; None when no source's has.

    An API whose answers are whole releases is known by its path alone: whatever was asked of it, they are
    releases. Any other index is itself only with every parameter that its definition names.
    """
    asked = urlsplit(url)
    for source in sources:
        for found in _indexes(source):
            if any(_is_page_of(each, asked, found) for each in _addresses(found)):
                return found
    return None


def _indexes(source: type[Source]) -> Iterator[FoundIndex]:
    for discovery in source.discoveries():
        if not isinstance(discovery, Numbers):
            for language in languages_of(discovery, source.languages):
                yield FoundIndex(source, discovery, language)


def _addresses(found: FoundIndex) -> Iterator[str]:
    for pattern in (found.discovery.url, getattr(found.discovery, "first_url", None)):
        if pattern is not None:
            yield pattern.replace("{language}", found.language or "")


def _is_page_of(pattern: str, asked: SplitResult, found: FoundIndex) -> bool:
    declared = urlsplit(pattern)
    if declared.hostname != asked.hostname:
        return False
    path = re.escape(declared.path).replace(r"\{page\}", r"\d+")
    if re.fullmatch(path, asked.path) is None:
        return False
    named = {(name, value) for name, value in parse_qsl(declared.query) if "{page}" not in value}
    return found.holds_releases or named <= set(parse_qsl(asked.query))
